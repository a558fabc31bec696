"""The last question before a bot starts: the money sentence, what has to be understood, and who is safe by default."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QVBoxLayout, QWidget

from desktop_app.gui.dialogs import Question
from desktop_app.gui.editor.picture import Picture
from desktop_app.gui.editor.sentences import has_no_stop, start_lines, start_title
from desktop_app.gui.editor.situation import Situation
from desktop_app.gui.i18n import tr
from desktop_app.gui.notices import BadgeKind, plain_label


class StartSheet(Question):
    """Cancel is the default. With real money the button sleeps for a second and until everything is ticked."""

    def __init__(
        self, parent: QWidget, title: str, lines: Sequence[str], around: Situation, ticks: Sequence[str] = ()
    ) -> None:
        self.ticks = tuple(QCheckBox(text) for text in ticks)
        badge: BadgeKind = "live" if around.is_live else "paper"
        super().__init__(parent, title, lines, badge=badge, body=_body(self.ticks, around))
        self.add_safe(tr("Cancel"))
        words = tr("Start bot with real money") if around.is_live else tr("Start bot (paper)")
        self.start_button = self.add_answer("start", words)
        for tick in self.ticks:
            tick.toggled.connect(self._refresh)
        self.guard(self.start_button, is_armed_late=around.is_live)

    def _refresh(self) -> None:
        super()._refresh()
        if not all(tick.isChecked() for tick in self.ticks):
            self.start_button.setEnabled(False)


def dca_start_sheet(parent: QWidget, picture: Picture, around: Situation) -> StartSheet:
    """The question about a DCA bot."""
    title = start_title(picture.settings, is_live=around.is_live)
    return StartSheet(parent, title, start_lines(picture, around), around, _ticks(picture, around))


def _ticks(picture: Picture, around: Situation) -> tuple[str, ...]:
    """What has to be understood before real money moves; paper asks for nothing."""
    words: list[str] = []
    if around.is_live and has_no_stop(picture):
        words.append(tr("I understand there is no stop loss"))
    if around.is_live and picture.is_short_of_money:
        words.append(short_of_money())
    return tuple(words)


def short_of_money() -> str:
    return tr("Start anyway: the money does not cover all orders")


def _body(ticks: tuple[QCheckBox, ...], around: Situation) -> QWidget:
    body = QWidget()
    column = QVBoxLayout(body)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    account = around.account.name if around.account is not None else ""
    words = tr("Account: {account}, real money.") if around.is_live else tr("Account: {account}, no real money.")
    label: QLabel = plain_label(words.format(account=account))
    label.setProperty("role", "muted")
    label.setAlignment(Qt.AlignmentFlag.AlignLeft)
    column.addWidget(label)
    for tick in ticks:
        column.addWidget(tick)
    return body
