"""Where icons, style sheets and translations lie, in a checkout and in an installed application."""

import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def resource_path(name: str) -> Path:
    """Return the path of `name` ("icons/bots.svg") in the first resource folder that exists."""
    return resource_folder() / name


def resource_folder() -> Path:
    """Find the folder: frozen bundle first, then inside the package, then beside it in a checkout."""
    for folder in _candidates():
        if folder.is_dir():
            return folder
    raise FileNotFoundError("The resources folder is missing from this installation")


def _candidates() -> list[Path]:
    bundle = getattr(sys, "_MEIPASS", None)
    frozen = [Path(bundle) / "resources"] if bundle else []
    return [*frozen, _PACKAGE / "_resources", _PACKAGE.parent / "resources"]
