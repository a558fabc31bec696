"""How this very program is started again: as an installed application, an AppImage, or from a checkout."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from desktop_app.config import default_data_dir
from desktop_app.gui.i18n import tr_later
from desktop_app.gui.system.unable import Unable

_SANDBOX = Path("/.flatpak-info")
_IN_BACKGROUND = "--in-background"


def start_command(data_dir: Path, environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The program and its arguments that open this window on this data folder, in the background.

    Raises:
        Unable: nothing that stays where it is starts this program.
    """
    folder = data_dir.absolute()
    words = (
        (_IN_BACKGROUND,) if folder == default_data_dir().absolute() else (_IN_BACKGROUND, "--data-dir", str(folder))
    )
    return str(_program(environment)), *words


def _program(environment: Mapping[str, str]) -> Path:
    if _SANDBOX.exists():
        raise Unable(tr_later("Inside Flatpak only the system's own settings can start a program at login."))
    image = environment.get("APPIMAGE", "")
    if image and Path(image).is_file():
        return Path(image)  # what runs lies in a folder that is gone after the end
    own = Path(sys.executable)
    if getattr(sys, "frozen", False):
        return own.with_name("strongroom-window.exe") if sys.platform == "win32" else own
    script = own.with_name("strongroom-window.exe" if sys.platform == "win32" else "strongroom")
    if not script.is_file():
        raise Unable(
            tr_later("There is no strongroom command beside {python}, so nothing can be started at login."),
            python=own.name,
        )
    return script
