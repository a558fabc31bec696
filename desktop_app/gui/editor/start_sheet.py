"""The last question before a bot starts: the money sentence, what has to be understood, and who is safe by default."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QVBoxLayout, QWidget

from desktop_app.gui.dialogs import Question
from desktop_app.gui.editor.picture import Picture
from desktop_app.gui.editor.sentences import has_no_stop, start_lines, start_title
from desktop_app.gui.editor.situation import Situation
from desktop_app.gui.i18n import tr
from desktop_app.gui.notices import plain_label


class StartSheet(Question):
    """Cancel is the default. With real money the button sleeps for a second and until everything is ticked."""

    def __init__(self, parent: QWidget, picture: Picture, around: Situation) -> None:
        self.ticks = _ticks(picture, around)
        title = start_title(picture, is_live=around.is_live)
        badge = "live" if around.is_live else "paper"
        super().__init__(parent, title, start_lines(picture, around), badge=badge, body=_body(self.ticks, around))  # type: ignore[arg-type]
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


def _ticks(picture: Picture, around: Situation) -> tuple[QCheckBox, ...]:
    """What has to be understood before real money moves; paper asks for nothing."""
    words: list[str] = []
    if around.is_live and has_no_stop(picture):
        words.append(tr("I understand there is no stop loss"))
    if around.is_live and picture.cover is not None and not picture.cover.is_enough:
        words.append(tr("Start anyway: the money does not cover all orders"))
    return tuple(QCheckBox(text) for text in words)


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
