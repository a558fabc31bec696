"""From a run to the bot's form: shown field by field first, one step that can be undone, and nothing is started."""

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from desktop_app.core.settings import Settings
from desktop_app.gui.dialogs import Choice, ask_action
from desktop_app.gui.editor.draft import Draft
from desktop_app.gui.editor.kinds import draft_from
from desktop_app.gui.fonts import number_font
from desktop_app.gui.i18n import tr
from desktop_app.gui.optimiser.against import Change, applied
from desktop_app.research.space import Point, Value

Way = Literal["edit", "new"]
# Fields of a form that hold whole groups of conditions, and where their numbers are in the settings.
_BLOCKS = {
    "start.conditions": ("start.all.", "start.any."),
    "safety_orders.on_conditions": ("safety_orders.on_conditions.",),
    "take_profit.on_conditions": ("take_profit.on_conditions.",),
    "limits.on_conditions": ("limits.on_conditions.",),
}


class ChangeTable(QWidget):
    """Field, what the bot has, what it would have."""

    def __init__(self, changes: Sequence[Change], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 4, 0, 4)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(4)
        for column, words in enumerate((tr("Setting"), tr("Bot now"), tr("After"))):
            grid.addWidget(_label(words, "muted", is_right=column > 0), 0, column)
        for line, change in enumerate(changes, 1):
            for column, text in enumerate((change.title, change.before, change.after)):
                grid.addWidget(_label(text, "title" if column == 2 else "", is_right=column > 0), line, column)
        grid.setColumnStretch(0, 1)
        self.setAccessibleName("; ".join(change.text for change in changes))


async def ask_where(parent: QWidget, bot: str, number: int, changes: Sequence[Change], *, has_bot: bool) -> Way | None:
    """Show what would change, and ask where to put it; None to leave everything as it is."""
    lines = [
        tr("It goes into the form of the bot, unsaved. Nothing is started, stopped or ordered."),
        tr("Ctrl+Z in the form takes it back."),
    ]
    ways = [Choice("new", tr("Open as a new bot"))]
    if has_bot:
        ways.append(Choice("edit", tr("Put into the form")))
    title = tr("Row {number} for {bot}").format(number=number, bot=bot)
    answer = await ask_action(parent, title, lines, ways, no=tr("Keep the bot as it is"), body=ChangeTable(changes))
    return answer if answer in ("edit", "new") else None  # type: ignore[return-value]


async def agreed_on_ticket(parent: QWidget, trade: str, number: int, changes: Sequence[Change]) -> bool:
    """Of a smart trade: show what would differ, and ask whether it should stand in the ticket."""
    lines = [
        tr("It opens in the ticket as a new trade; one that is placed already stays as it is."),
        tr("Nothing is ordered before you press the ticket's button."),
    ]
    title = tr("Row {number} for {bot}").format(number=number, bot=trade)
    ways = [Choice("ticket", tr("Open in the ticket"))]
    answer = await ask_action(parent, title, lines, ways, no=tr("Not now"), body=ChangeTable(changes))
    return answer == "ticket"


def with_point(draft: Draft, point: Point, settings: Settings) -> Draft:
    """The form with these settings in their fields; whatever else was typed stays. Conditions are taken as
    `settings`, which the run was of, have them."""
    made = applied(settings, point)
    whole = draft_from(made) if made is not None else None
    for path, value in point.values:
        field = next((one for one in _BLOCKS if path.startswith(_BLOCKS[one])), "")
        if field and whole is not None:
            draft = draft.with_text(field, whole.text(field))
        elif not field:
            draft = draft.with_text(path, _text(value))
    return draft


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else ""
    return value if isinstance(value, str) else f"{value:f}"


def _label(text: str, role: str, *, is_right: bool) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        label.setProperty("role", role)
    if is_right:
        label.setFont(number_font(label.font()))
        label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return label
