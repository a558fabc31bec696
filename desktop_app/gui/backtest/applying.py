"""From a tested bot to a form: what would change, field by field, before anything is put anywhere. Nothing starts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import BaseModel
from PySide6.QtWidgets import QWidget

from desktop_app.core.settings import Settings
from desktop_app.engine.views import BotView
from desktop_app.gui import fmt
from desktop_app.gui.dialogs import Choice, ask_action, ask_choice, body_lines
from desktop_app.gui.i18n import tr, tr_later

_KEPT = ("name", "account", "kind", "mirror")  # who a bot is stays its own
_MOST_SHOWN = 14
_PERCENTS = ("percent", "deviation")
_MONEY = ("volume", "volume_per_line", "investment")
_SECTIONS = {
    "base_order": tr_later("Base order"), "safety_orders": tr_later("Safety orders"),
    "take_profit": tr_later("Take profit"), "stop_loss": tr_later("Stop loss"), "start": tr_later("Start"),
    "limits": tr_later("Limits"), "grid": tr_later("Grid"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One setting that differs; `path` is its dotted name."""

    path: str
    title: str
    before: str
    after: str


def field_changes(before: Settings, after: Settings) -> tuple[FieldChange, ...]:
    """What putting `after` in the place of `before` changes, name and account left alone."""
    old, new = _flat(before), _flat(after)
    return tuple(
        FieldChange(
            path, _title(type(after), path), _words(old.get(path), _unit(path, before)),
            _words(new.get(path), _unit(path, after)),
        )
        for path in dict.fromkeys([*old, *new])
        if path.split(".")[0] not in _KEPT and old.get(path) != new.get(path)
    )  # fmt: skip


def _unit(path: str, settings: Settings) -> str:
    """Of a number, as its field has it; nothing where it is a count or a factor."""
    *section, name = path.split(".")
    if name.endswith(_PERCENTS):
        return "%"
    if name not in _MONEY:
        return ""
    part: object = settings
    for step in section:
        part = getattr(part, step, None)
    unit = getattr(part, "volume_unit", "quote")
    if unit == "percent":
        return "%"
    base, _, quote = (settings.pairs or ("/",))[0].partition("/")
    return base if unit == "base" and name != "investment" else quote


def _flat(settings: Settings) -> dict[str, Any]:
    found: dict[str, Any] = {}

    def walk(path: str, value: object) -> None:
        if isinstance(value, Mapping):
            for name, part in value.items():
                walk(f"{path}.{name}" if path else str(name), part)
        else:
            found[path] = _comparable(value)

    walk("", settings.model_dump())
    return found


def _comparable(value: object) -> object:
    """Lists as what they say; 1.0 and 1.00 are the same."""
    if isinstance(value, list | tuple):
        return json.dumps(value, default=str, ensure_ascii=False)
    return value.normalize() if isinstance(value, Decimal) else value


def _title(kind: type[BaseModel], path: str) -> str:
    """The form's own name for a setting, with that of the part that it is in."""
    titles: list[str] = []
    model: Any = kind
    for name in path.split("."):
        field = getattr(model, "model_fields", {}).get(name)
        if field is None:
            return path
        if field.title:
            titles.append(tr(field.title))
        model = field.annotation
    section = _SECTIONS.get(path.split(".", maxsplit=1)[0])
    title = titles[-1] if titles else path
    return f"{tr(section)} · {title}" if section is not None and "." in path else title


def _words(value: object, unit: str) -> str:
    if value is None or value in {"", "[]"}:
        return fmt.UNKNOWN
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, Decimal):
        return f"{fmt.plain(value)} {unit}".strip()
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


async def choose_bot(parent: QWidget, bots: Sequence[BotView]) -> int | None:
    """Which bot's form it should go into; the only one is not asked about."""
    if len(bots) == 1:
        return bots[0].bot_id
    choices = tuple(Choice(str(bot.bot_id), bot.name, ", ".join(bot.pairs[:3])) for bot in bots)
    answer = await ask_choice(
        parent, tr("Which bot should have these settings?"), (tr("Only bots on paper accounts are listed."),), choices,
        yes=tr("Show what changes"),
    )  # fmt: skip
    return int(answer) if answer is not None else None


async def agreed(parent: QWidget, bot: str, changes: Sequence[FieldChange]) -> bool:
    """Show the difference; nothing is saved, started or ordered by agreeing."""
    shown = [(change.title, f"{change.before} → {change.after}") for change in changes[:_MOST_SHOWN]]
    if len(changes) > len(shown):
        shown.append(("", tr("and {count} more").format(count=len(changes) - len(shown))))
    lines = [tr("The form of the bot gets them, unsaved. Nothing is started, stopped or ordered.")]
    title = tr("{count} settings of {bot} would change").format(count=len(changes), bot=bot)
    if len(changes) == 1:
        title = tr("1 setting of {bot} would change").format(bot=bot)
    answer = await ask_action(
        parent, title, lines, (Choice("edit", tr("Put into the form")),), no=tr("Leave the bot as it is"),
        badge="paper", body=body_lines(shown),
    )  # fmt: skip
    return answer == "edit"
