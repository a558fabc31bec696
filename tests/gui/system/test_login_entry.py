"""The switch shows what the system has, whoever wrote it, and never what was only wished for."""

import plistlib
import sys
from pathlib import Path

import pytest

from desktop_app.config import default_data_dir
from desktop_app.gui.system import login_entry as module
from desktop_app.gui.system.login_entry import (
    AutostartFile,
    LaunchAgent,
    desktop_fields,
    entry_name,
    exec_line,
    login_entry,
    set_switch,
)
from desktop_app.gui.system.unable import Unable


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "my apps" / "strongroom"
    path.parent.mkdir()
    path.touch(mode=0o755)
    return path


@pytest.fixture
def entry(tmp_path: Path, program: Path) -> AutostartFile:
    return AutostartFile(tmp_path / "autostart" / "x.desktop", (str(program), "--in-background"))


def test_off_at_first_then_on_then_off_without_a_trace(entry: AutostartFile) -> None:
    assert not entry.is_on()
    assert set_switch(entry, is_on=True)
    assert Path(entry.place).is_file() and entry.is_on()
    assert not set_switch(entry, is_on=False)
    assert not Path(entry.place).exists()
    assert not set_switch(entry, is_on=False), "switching off twice is no mistake"


def test_the_file_is_a_desktop_entry_that_names_the_program(entry: AutostartFile, program: Path) -> None:
    set_switch(entry, is_on=True)
    fields = desktop_fields(Path(entry.place).read_text())
    assert fields["Exec"] == f'"{program}" --in-background'
    assert fields["TryExec"] == str(program)
    assert fields["Type"] == "Application" and fields["Terminal"] == "false"


@pytest.mark.parametrize("change", [("enabled=true", "enabled=false"), ("Terminal=false", "Hidden=true")])
def test_what_somebody_switched_off_elsewhere_counts_as_off(entry: AutostartFile, change: tuple[str, str]) -> None:
    set_switch(entry, is_on=True)
    path = Path(entry.place)
    path.write_text(path.read_text().replace(*change))
    assert not entry.is_on()
    assert set_switch(entry, is_on=True), "switching it on here mends it"


def test_an_entry_of_a_program_that_is_gone_or_another_counts_as_off(entry: AutostartFile, program: Path) -> None:
    set_switch(entry, is_on=True)
    assert not AutostartFile(Path(entry.place), ("/elsewhere/strongroom", "--in-background")).is_on()
    program.unlink()
    assert not entry.is_on()


def test_an_entry_that_the_system_does_not_keep_is_told(tmp_path: Path) -> None:
    entry = AutostartFile(tmp_path / "x.desktop", (str(tmp_path / "gone"), "--in-background"))
    with pytest.raises(Unable, match="The system did not keep it"):
        set_switch(entry, is_on=True)


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path, program: Path) -> None:
    (tmp_path / "autostart").write_text("a file, not a folder")
    entry = AutostartFile(tmp_path / "autostart" / "x.desktop", (str(program),))
    with pytest.raises(Unable, match=r"cannot be read|could not be switched"):
        set_switch(entry, is_on=True)


def test_no_name_of_a_folder_can_add_a_line_or_a_word(tmp_path: Path, program: Path) -> None:
    nasty = 'a\nHidden=true "b" $HOME `c` %f \\ d'
    entry = AutostartFile(tmp_path / "x.desktop", (str(program), "--data-dir", nasty))
    assert set_switch(entry, is_on=True)
    text = Path(entry.place).read_text()
    assert "Hidden" not in desktop_fields(text) and text.count("\n") == 8
    assert exec_line(("x", nasty)) == 'x "a\\nHidden=true \\\\"b\\\\" \\\\$HOME \\\\`c\\\\` %%f \\\\\\\\ d"'


def test_launch_agents_say_what_the_launcher_reads(tmp_path: Path) -> None:
    entry = LaunchAgent(tmp_path / "LaunchAgents" / "io.x.plist", ("/Applications/x", "--in-background"))
    assert not entry.is_on()
    assert set_switch(entry, is_on=True)
    told = plistlib.loads(Path(entry.place).read_bytes())
    assert told["ProgramArguments"] == ["/Applications/x", "--in-background"]
    assert told["RunAtLoad"] is True and told["Label"] == "io.x"
    Path(entry.place).write_bytes(plistlib.dumps(told | {"Disabled": True}))
    assert not entry.is_on()
    for broken in (b"no list", plistlib.dumps([1])):
        Path(entry.place).write_bytes(broken)
        assert not entry.is_on()
    assert not set_switch(entry, is_on=False) and not Path(entry.place).exists()


def test_each_data_folder_has_an_entry_of_its_own(tmp_path: Path) -> None:
    assert entry_name(default_data_dir()) == ""
    assert entry_name(tmp_path / "a") != entry_name(tmp_path / "b")


@pytest.mark.skipif(sys.platform != "linux", reason="the place is another there")
def test_on_linux_it_lies_where_desktops_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "start_command", lambda _: ("/usr/bin/strongroom", "--in-background"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    place = login_entry(default_data_dir()).place
    assert place == str(tmp_path / "autostart" / "io.strongroom.Strongroom.desktop")
    monkeypatch.setenv("XDG_CONFIG_HOME", "not/absolute")
    assert login_entry(default_data_dir()).place.startswith(str(Path.home() / ".config"))
