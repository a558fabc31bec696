"""What installers are made from, as far as reading it tells: versions, names and what is asked for agree everywhere."""

import configparser
import plistlib
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from desktop_app import __version__

ROOT = Path(__file__).resolve().parents[1]
PACKAGING = ROOT / "packaging"
APP_ID = "io.strongroom.Strongroom"
WINDOWS = [PACKAGING / "windows" / name for name in ("strongroom.iss", "strongroom.nsi")]


def test_every_place_names_this_version() -> None:
    with (PACKAGING / "macos" / "Info.plist").open("rb") as file:
        mac = plistlib.load(file)
    releases = ET.parse(PACKAGING / "linux" / f"{APP_ID}.metainfo.xml").findall("releases/release")
    assert mac["CFBundleShortVersionString"] == mac["CFBundleVersion"] == __version__
    assert releases[0].get("version") == __version__


def test_bot_files_and_links_are_known_to_every_system() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment,method-assign]
    entry.read(PACKAGING / "linux" / f"{APP_ID}.desktop", encoding="utf-8")
    desktop = entry["Desktop Entry"]
    kinds = ET.parse(PACKAGING / "linux" / f"{APP_ID}.xml").getroot()
    mime = next(iter(kinds)).get("type")
    assert f"{mime};x-scheme-handler/strongroom;" == desktop["MimeType"]
    assert desktop["Exec"] == "strongroom %u"  # files and links
    with (PACKAGING / "macos" / "Info.plist").open("rb") as file:
        mac = plistlib.load(file)
    assert mac["CFBundleURLTypes"][0]["CFBundleURLSchemes"] == ["strongroom"]
    assert mac["CFBundleDocumentTypes"][0]["CFBundleTypeExtensions"] == ["strongroom"]
    for script in WINDOWS:
        text = script.read_text(encoding="utf-8")
        assert "URL Protocol" in text
        assert r"Classes\.strongroom" in text


@pytest.mark.parametrize("script", WINDOWS, ids=lambda path: path.name)
def test_windows_needs_no_administrator_and_asks_before_data_are_deleted(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    assert "PrivilegesRequired=lowest" in text or "RequestExecutionLevel user" in text
    assert not re.search(r"\bHKLM\b|\{commonpf|\{pf\}|\$PROGRAMFILES", text)
    assert "DEFBUTTON2" in text  # the answer that keeps everything
    assert re.search(r"CurrentVersion\\Run\b", text), "starting at login goes with the program"


def test_the_inno_script_is_whole() -> None:
    """A compiler is not everywhere: sections that exist, parameters that belong there, names that are defined."""
    text = WINDOWS[0].read_text(encoding="utf-8")
    known = {
        "Setup": None,
        "Languages": {"Name", "MessagesFile"},
        "CustomMessages": None,
        "Tasks": {"Name", "Description", "Flags"},
        "Files": {"Source", "DestDir", "Flags"},
        "InstallDelete": {"Type", "Name"},
        "Icons": {"Name", "Filename", "AppUserModelID", "Tasks"},
        "Registry": {"Root", "Subkey", "ValueType", "ValueName", "ValueData", "Flags"},
        "Run": {"Filename", "Description", "Flags"},
        "Code": None,
    }
    section = ""
    for line in text.splitlines():
        if head := re.fullmatch(r"\[(\w+)\]", line):
            section = head[1]
            assert section in known
        elif section and (parameters := known[section]) and line.strip() and not line.startswith(";"):
            unquoted = re.sub(r'"(?:[^"]|"")*"', '""', line)
            assert {part.split(":")[0].strip() for part in unquoted.split(";") if part.strip()} <= parameters, line
    used = set(re.findall(r"\{#(\w+)\}", text))
    assert used <= {"AppVersion", "Bundle", "Icons", *re.findall(r"#define (\w+)", text)}


def test_workflows_use_nothing_that_can_be_exchanged_behind_our_back() -> None:
    for path in (ROOT / ".github" / "workflows").glob("*.yml"):
        for used in re.findall(r"uses: (\S+)(.*)", path.read_text(encoding="utf-8")):
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", used[0]), used
            assert re.fullmatch(r" # v\d+\.\d+\.\d+", used[1]), used
