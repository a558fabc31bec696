"""A run against the bot as it is: field by field what would change, and the settings that would come of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from desktop_app.core.bot_file import read_settings
from desktop_app.core.settings import Settings
from desktop_app.gui import fmt
from desktop_app.gui.i18n import tr
from desktop_app.gui.optimiser.space_editor import now_of, unit_of, value_words
from desktop_app.gui.optimiser.variables import Variable
from desktop_app.research.space import Point


@dataclass(frozen=True, slots=True)
class Change:
    """One field; all words translated."""

    title: str
    before: str
    after: str

    @property
    def text(self) -> str:
        return f"{self.title} {self.before} → {self.after}"


def changes_of(variables: Sequence[Variable], point: Point, quote: str) -> tuple[Change, ...]:
    """What this run has otherwise than the bot."""
    values = dict(point.values)
    found = []
    for variable in variables:
        value = values[variable.path]
        if value == variable.now:
            continue
        unit = unit_of(variable, quote) if variable.is_number else ""
        after = value_words(variable, value)
        found.append(Change(tr(variable.title), now_of(variable, quote), f"{after} {unit}" if unit else after))
    return tuple(found)


def plan_change(before: Decimal | None, after: Decimal | None, quote: str) -> Change | None:
    """The money that it plans to use; None where that stays."""
    if before == after or after is None:
        return None
    return Change(tr("Plan"), fmt.quote(before, quote), fmt.money(after, quote))


def applied(settings: Settings, point: Point) -> Settings | None:
    """The bot with this run's settings; None where they make no bot."""
    data = settings.model_dump(mode="json", exclude_defaults=True)
    return read_settings(settings.kind, point.applied_to(data)).settings
