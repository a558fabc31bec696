"""Starting at login: whether the system will do it, as it says itself, and switching that on and off."""

import hashlib
import os
import plistlib
import sys
from pathlib import Path
from typing import Protocol

from desktop_app.config import APP_ID, APP_NAME, default_data_dir, write_atomically
from desktop_app.gui.i18n import tr_later
from desktop_app.gui.system.program import start_command
from desktop_app.gui.system.unable import Unable, reason_of

_MOST_BYTES = 65_536
_TO_ESCAPE = '\\"`$'
_NEEDS_QUOTES = frozenset(" \t\n'<>~|&;*?#()=")
_WRITTEN_OUT = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_UNWRITTEN = tr_later("Starting at login could not be switched ({reason}). {place} is as it was.")
_UNKEPT = tr_later(
    "The system did not keep it: {place} says otherwise. Look at its own settings for programs at login."
)


class LoginEntry(Protocol):
    """One system's way. Nothing is remembered here: the truth is what the system has."""

    place: str  # where people find it

    def is_on(self) -> bool:
        """Whether this very program will be started. Raises Unable."""

    def switch(self, *, is_on: bool) -> None:
        """Raises Unable."""


def login_entry(data_dir: Path) -> LoginEntry:
    """This system's way, for the window of this data folder. Raises Unable."""
    command = start_command(data_dir)
    name = entry_name(data_dir)
    if sys.platform == "win32":
        from desktop_app.gui.system.windows_login import RunKey

        return RunKey(f"{APP_NAME}{name}", command)
    if sys.platform == "darwin":
        return LaunchAgent(Path.home() / "Library" / "LaunchAgents" / f"{APP_ID}{name}.plist", command)
    config = os.environ.get("XDG_CONFIG_HOME") or ""
    folder = Path(config) if Path(config).is_absolute() else Path.home() / ".config"
    return AutostartFile(folder / "autostart" / f"{APP_ID}{name}.desktop", command)


def entry_name(data_dir: Path) -> str:
    """Several data folders may each have an entry: empty for the usual one."""
    folder = data_dir.absolute()
    if folder == default_data_dir().absolute():
        return ""
    return "." + hashlib.blake2s(str(folder).encode(), digest_size=4).hexdigest()


def set_switch(entry: LoginEntry, *, is_on: bool) -> bool:
    """Switch, and read back what came of it. Raises Unable."""
    entry.switch(is_on=is_on)
    if entry.is_on() != is_on:
        raise Unable(_UNKEPT, place=entry.place)
    return is_on


class AutostartFile:
    """Linux and its kin: a desktop entry in the autostart folder, which does nothing once the program is gone."""

    def __init__(self, path: Path, command: tuple[str, ...]) -> None:
        self._path, self._command = path, command
        self.place = str(path)

    def is_on(self) -> bool:
        fields = desktop_fields(_read(self._path))
        is_hidden = fields.get("Hidden", "").casefold() == "true"
        is_disabled = fields.get("X-GNOME-Autostart-enabled", "").casefold() == "false"
        is_ours = fields.get("Exec") == exec_line(self._command) and fields.get("TryExec") == field_text(
            self._command[0]
        )
        return is_ours and not is_hidden and not is_disabled and Path(self._command[0]).is_file()

    def switch(self, *, is_on: bool) -> None:
        lines = (
            "[Desktop Entry]",
            "Type=Application",
            f"Name={APP_NAME}",
            f"Exec={exec_line(self._command)}",
            f"TryExec={field_text(self._command[0])}",
            f"Icon={APP_ID}",
            "Terminal=false",
            "X-GNOME-Autostart-enabled=true",
        )
        _write(self._path, "\n".join((*lines, "")).encode(), is_there=is_on)


class LaunchAgent:
    """macOS: a property list that its launcher reads at login."""

    def __init__(self, path: Path, command: tuple[str, ...]) -> None:
        self._path, self._command = path, command
        self.place = str(path)

    def is_on(self) -> bool:
        try:
            told = plistlib.loads(_read(self._path).encode()) if self._path.exists() else {}
        except (ValueError, plistlib.InvalidFileException):
            return False
        if not isinstance(told, dict):
            return False
        is_ours = told.get("ProgramArguments") == list(self._command)
        return is_ours and told.get("RunAtLoad") is True and told.get("Disabled") is not True

    def switch(self, *, is_on: bool) -> None:
        told = {
            "Label": self._path.stem,
            "ProgramArguments": list(self._command),
            "RunAtLoad": True,
            "ProcessType": "Interactive",
            "LimitLoadToSessionType": "Aqua",
        }
        _write(self._path, plistlib.dumps(told), is_there=is_on)


def exec_line(command: tuple[str, ...]) -> str:
    """The words of a desktop entry's Exec: quoted, and without the codes that a per cent sign begins."""
    return field_text(" ".join(_quoted(word) for word in command).replace("%", "%%"))


def field_text(text: str) -> str:
    """A field of a desktop entry: what would end its line, or be read as an escape, is written out."""
    return "".join(_WRITTEN_OUT.get(sign, sign) for sign in text)


def _quoted(word: str) -> str:
    kept = "".join(f"\\{sign}" if sign in _TO_ESCAPE else sign for sign in word)
    return f'"{kept}"' if kept != word or not word or not _NEEDS_QUOTES.isdisjoint(word) else word


def desktop_fields(text: str) -> dict[str, str]:
    """The fields of a desktop entry's first group."""
    fields: dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith("[") and line.strip() != "[Desktop Entry]":
            break
        name, sign, value = line.partition("=")
        if sign and not line.startswith("#"):
            fields[name.strip()] = value.strip()
    return fields


def _read(path: Path) -> str:
    """Empty where there is none. Raises Unable."""
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES).decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise Unable(tr_later("{place} cannot be read ({reason})."), place=path, reason=reason_of(error)) from None


def _write(path: Path, content: bytes, *, is_there: bool) -> None:
    try:
        if is_there:
            write_atomically(path, content)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise Unable(_UNWRITTEN, place=path, reason=reason_of(error)) from None
