"""The folder with the user's own strategies, and which of them the user has agreed to run, by what is in them."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from desktop_app.config import write_atomically
from desktop_app.own.check import LARGEST_FILE

TRUST_FILE = "trusted.json"
_MOST_TRUSTED = 1_000
_MOST_FILES = 500


class NoStrategy(ValueError):
    """There is no such file, or it cannot be read: a sentence."""


@dataclass(frozen=True, slots=True)
class StrategyFile:
    """A strategy as it stood when it was read: what runs is this text, whatever becomes of the file."""

    name: str
    text: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Trusted:
    digest: str
    name: str
    at: int


class StrategyFolder:
    """Reads strategies and remembers consents; a changed file has no consent, because it is another text."""

    def __init__(self, folder: Path) -> None:
        self.path = folder

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(path.name for path in self.path.glob("*.py"))[:_MOST_FILES])

    def read(self, name: str) -> StrategyFile:
        """Raises NoStrategy."""
        return read_strategy(self.path / name)

    def keep(self, file: StrategyFile) -> None:
        """Write a strategy of elsewhere into the folder, in place of one of the same name. Raises OSError."""
        write_atomically(self.path / file.name, file.text.encode())

    def is_trusted(self, file: StrategyFile) -> bool:
        return any(one.digest == file.digest and one.name == file.name for one in self.trusted())

    def trust(self, file: StrategyFile, at: int) -> None:
        """Remember the consent to run exactly this text under this name. Raises OSError."""
        others = [one for one in self.trusted() if one.name != file.name]
        self._write([*others, Trusted(file.digest, file.name, at)])

    def distrust(self, name: str) -> None:
        """Raises OSError."""
        self._write([one for one in self.trusted() if one.name != name])

    def trusted(self) -> tuple[Trusted, ...]:
        """What cannot be read counts as no consent."""
        try:
            raw = json.loads((self.path / TRUST_FILE).read_text(encoding="utf-8"))
            return tuple(Trusted(str(one["sha256"]), str(one["name"]), int(one["at"])) for one in raw[:_MOST_TRUSTED])
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return ()

    def _write(self, trusted: list[Trusted]) -> None:
        rows = [{"sha256": one.digest, "name": one.name, "at": one.at} for one in trusted[-_MOST_TRUSTED:]]
        write_atomically(self.path / TRUST_FILE, json.dumps(rows, ensure_ascii=False, indent=1).encode() + b"\n")


def read_strategy(path: Path) -> StrategyFile:
    """Raises NoStrategy."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE * 4 + 1)
        text = content.decode("utf-8-sig")
    except FileNotFoundError:
        raise NoStrategy(f"there is no file {path.name}") from None
    except UnicodeDecodeError as error:
        raise NoStrategy(f"{path.name} is no UTF-8 text (byte {error.start})") from None
    except (OSError, ValueError) as error:
        raise NoStrategy(f"{path.name} cannot be read ({getattr(error, 'strerror', None) or error})") from None
    return StrategyFile(path.name, text)
