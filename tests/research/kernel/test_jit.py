"""Where compiled code is kept, and who never waits for a compiler."""

import subprocess
import sys
from pathlib import Path

import pytest

from desktop_app.research.kernel import jit

LOOK = """
import sys
import desktop_app.research.trial, desktop_app.research.kernel.trial, desktop_app.research.kernel.jit
sys.exit("numba" in sys.modules or "desktop_app.research.kernel.dca" in sys.modules)
"""


def test_neither_a_backtest_nor_the_question_who_is_covered_imports_a_compiler() -> None:
    assert subprocess.run([sys.executable, "-c", LOOK], check=False).returncode == 0


def test_compiled_code_is_kept_in_this_users_folder_under_the_name_of_its_sources(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("numba")
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path)
    folder = jit.cache_folder()

    assert folder is not None
    assert folder.is_dir() and folder.parent == tmp_path / "kernel"
    assert jit.cache_folder() == folder


def test_a_folder_that_was_chosen_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))

    assert jit.cache_folder() == tmp_path


def test_where_nothing_can_be_written_nothing_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("numba")
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    (tmp_path / "kernel").write_text("a file in the way", encoding="utf-8")
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path)

    assert jit.cache_folder() is None
