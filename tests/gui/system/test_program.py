import sys
from pathlib import Path

import pytest

from desktop_app.config import default_data_dir
from desktop_app.gui.system import program
from desktop_app.gui.system.program import start_command
from desktop_app.gui.system.unable import Unable


@pytest.fixture(autouse=True)
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "_SANDBOX", tmp_path / "no-sandbox")


@pytest.fixture
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An interpreter with our command beside it, as an environment has it."""
    name = "strongroom-window.exe" if sys.platform == "win32" else "strongroom"
    for file in ("python", name):
        (tmp_path / file).touch()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    return tmp_path / name


def test_the_usual_data_folder_needs_no_word(beside: Path) -> None:
    assert start_command(default_data_dir(), {}) == (str(beside), "--in-background")


def test_another_data_folder_is_named(beside: Path, tmp_path: Path) -> None:
    assert start_command(tmp_path / "my data", {}) == (
        str(beside), "--in-background", "--data-dir", str(tmp_path / "my data")
    )  # fmt: skip


def test_an_installed_program_is_its_own_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "strongroom"))
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    expected = "strongroom-window.exe" if sys.platform == "win32" else "strongroom"
    assert start_command(default_data_dir(), {})[0] == str(tmp_path / expected)


def test_an_image_is_started_and_not_what_it_unpacked(beside: Path, tmp_path: Path) -> None:
    image = tmp_path / "Strongroom.AppImage"
    image.touch()
    assert start_command(default_data_dir(), {"APPIMAGE": str(image)})[0] == str(image)
    assert start_command(default_data_dir(), {"APPIMAGE": str(tmp_path / "gone")})[0] == str(beside)


def test_where_nothing_would_stay_to_be_started_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python3"))
    with pytest.raises(Unable, match="no strongroom command beside python3"):
        start_command(default_data_dir(), {})
    monkeypatch.setattr(program, "_SANDBOX", tmp_path)
    with pytest.raises(Unable, match="Flatpak"):
        start_command(default_data_dir(), {})
