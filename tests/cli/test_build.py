"""An installed application knows which build it is."""

import json
import sys
from pathlib import Path

import pytest

from desktop_app.cli.build import build_note


def test_an_installed_application_says_which_build_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert build_note() == "from source"
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert build_note() == "of unknown origin"
    (tmp_path / "resources").mkdir()
    told = {"version": "0.1.0", "commit": "1a2b3c4d5e6f7a8b", "system": "Linux x86_64"}
    (tmp_path / "resources" / "build.json").write_text(json.dumps(told), encoding="utf-8")
    assert build_note() == "commit 1a2b3c4d5e6f for Linux x86_64"
