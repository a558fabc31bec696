import sys
from pathlib import Path

import pytest

from desktop_app.gui import resources
from desktop_app.gui.resources import resource_path


def test_a_checkout_reads_the_folder_at_its_top() -> None:
    assert resource_path("icons/app.svg").is_file()


def test_a_frozen_bundle_reads_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "resources").mkdir()
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)

    assert resource_path("x") == tmp_path / "resources" / "x"


def test_a_missing_folder_is_said_plainly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "nowhere" / "desktop_app")

    with pytest.raises(FileNotFoundError, match="resources folder is missing"):
        resource_path("icons/app.svg")
