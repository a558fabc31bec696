"""What a person chose on the first run, in the words of the application's settings."""

from dataclasses import dataclass
from typing import Literal

from desktop_app.gui.i18n import Language
from desktop_app.gui.theme import Colours
from desktop_app.gui.wizard.zones import SYSTEM

ThemeChoice = Literal["system", "dark", "light"]


@dataclass(frozen=True, slots=True)
class WizardResult:
    """`time_zone` is "system", "UTC" or a name like Asia/Shanghai. `start` is how it begins:
    paper money is there in any case, "connect" also opens the way to an exchange."""

    language: Language = Language.ENGLISH
    theme: ThemeChoice = "system"
    palette: Colours = "green_red"
    time_zone: str = SYSTEM
    start: Literal["paper", "connect"] = "paper"
