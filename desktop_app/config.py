"""Where files live, and what a person has chosen about the application as a whole."""

import hashlib
import json
import os
import sys
import tempfile
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal

APP_NAME = "Strongroom"
APP_ID = "io.strongroom.Strongroom"  # the name of the desktop entry, the bundle, the launch agent
DEFAULT_PROFILE = "default"
_NAME_LENGTH = 64
_MOST_SETTINGS_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Paths:
    """Every place below one data folder that anything is written to."""

    data_dir: Path

    @property
    def database(self) -> Path:
        return self.data_dir / "strongroom.sqlite3"

    @property
    def candles(self) -> Path:
        return self.data_dir / "candles"

    @property
    def logs(self) -> Path:
        return self.data_dir / "logs"

    @property
    def sim(self) -> Path:
        return self.data_dir / "sim"

    @property
    def backups(self) -> Path:
        return self.data_dir / "backups"

    @property
    def quarantine(self) -> Path:
        return self.data_dir / "quarantine"

    @property
    def strategies(self) -> Path:
        """The user's own strategies, and which of them may run."""
        return self.data_dir / "strategies"

    @property
    def settings(self) -> Path:
        return self.data_dir / "settings.json"

    @property
    def lock(self) -> Path:
        return self.data_dir / "strongroom.lock"

    @property
    def door_key(self) -> Path:
        """There while an application runs here, and after one was killed."""
        return self.data_dir / "door.key"

    @property
    def door_address(self) -> str:
        """Where a second process finds the running one: short, because a socket's path may have 100 characters."""
        name = hashlib.blake2s(str(self.data_dir.absolute()).encode(), digest_size=8).hexdigest()
        if sys.platform == "win32":
            return rf"\\.\pipe\strongroom-{name}"
        return str(runtime_dir() / name)


def runtime_dir() -> Path:
    """A folder of this user's alone for sockets; whoever uses it makes it with mode 0700."""
    given = os.environ.get("XDG_RUNTIME_DIR")
    if given and Path(given).is_dir():
        return Path(given) / "strongroom"
    owner = os.getuid() if sys.platform != "win32" else 0
    return Path(tempfile.gettempdir()) / f"strongroom-{owner}"


def default_data_dir(profile: str = DEFAULT_PROFILE) -> Path:
    """The platform's folder for this user's data; a profile other than the default one gets its own below it.

    Raises:
        ValueError: the name cannot be a folder's name everywhere.
    """
    if not 0 < len(profile) <= _NAME_LENGTH or not all(sign.isalnum() or sign in "-_" for sign in profile):
        raise ValueError(f"A profile's name has up to {_NAME_LENGTH} letters, digits, - or _, and “{profile}” is none.")
    import platformdirs

    folder = platformdirs.user_data_path(APP_NAME, appauthor=False)
    return folder if profile == DEFAULT_PROFILE else folder / "profiles" / profile


_CHOICES: dict[str, tuple[str, ...]] = {
    "theme": ("system", "dark", "light"),
    "palette": ("green_red", "red_green", "blue_orange"),
    "language": ("system", "en", "zh_CN"),
}
_SWITCHES = ("is_first_run_done", "keeps_awake", "looks_for_updates")
SMALLEST_TEXT, LARGEST_TEXT = 80, 200
_LONGEST_ZONE = 64


@dataclass(frozen=True, slots=True)
class AppSettings:
    """Choices that hold for the whole application. Raises ValueError, naming the choice that cannot be.

    Checked by hand: the window reads it before its first paint, and a validating library would double that time.
    """

    theme: Literal["system", "dark", "light"] = "system"
    palette: Literal["green_red", "red_green", "blue_orange"] = "green_red"
    language: Literal["system", "en", "zh_CN"] = "system"
    time_zone: str = "system"  # or UTC, or a name like Asia/Shanghai
    text_percent: int = 100
    is_first_run_done: bool = False
    order_guard_percent: int = 50  # of the free money: a ticket that takes more asks once more
    keeps_awake: bool = False  # the computer, while bots are at work
    looks_for_updates: bool = False  # without being asked each time

    def __post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                raise ValueError(f"{name} must be one of {', '.join(choices)}")
        if type(self.time_zone) is not str or len(self.time_zone) > _LONGEST_ZONE:
            raise ValueError(f"time_zone must be a name of up to {_LONGEST_ZONE} characters")
        if type(self.text_percent) is not int or not SMALLEST_TEXT <= self.text_percent <= LARGEST_TEXT:
            raise ValueError(f"text_percent must be from {SMALLEST_TEXT} to {LARGEST_TEXT}")
        for name in _SWITCHES:
            if type(getattr(self, name)) is not bool:
                raise ValueError(f"{name} must be true or false")
        if type(self.order_guard_percent) is not int or not 1 <= self.order_guard_percent <= 100:
            raise ValueError("order_guard_percent must be from 1 to 100")

    def save(self, path: Path) -> None:
        """Replace the file whole: a power cut leaves the old one or the new one. Raises OSError."""
        write_atomically(path, json.dumps(asdict(self), ensure_ascii=False, indent=2).encode() + b"\n")


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """What was read, and the names of the settings that could not be, for which the defaults stand."""

    settings: AppSettings
    unreadable: tuple[str, ...] = ()


def load_settings(path: Path) -> LoadedSettings:
    """The settings of a file; nothing in it can keep the application from starting."""
    try:
        with path.open("rb") as file:
            raw = json.loads(file.read(_MOST_SETTINGS_BYTES))
    except FileNotFoundError:
        return LoadedSettings(AppSettings())
    except (OSError, ValueError, RecursionError):
        return LoadedSettings(AppSettings(), (path.name,))
    if not isinstance(raw, dict):
        return LoadedSettings(AppSettings(), (path.name,))
    return _without_bad_ones(raw)


def _without_bad_ones(raw: dict[str, Any]) -> LoadedSettings:
    """A name that another version wrote is left out; a value that cannot be leaves the default."""
    good: dict[str, Any] = {}
    bad: list[str] = []
    for field in fields(AppSettings):
        if field.name in raw:
            try:
                AppSettings(**{field.name: raw[field.name]})
            except (ValueError, TypeError):
                bad.append(field.name)
            else:
                good[field.name] = raw[field.name]
    return LoadedSettings(AppSettings(**good), tuple(sorted(bad)))


def write_atomically(path: Path, content: bytes) -> None:
    """Give `path` this content at once and for good, or leave it as it was. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
