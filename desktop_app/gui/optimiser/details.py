"""The strip below the runs: what is known of the chosen one, how it differs from the bot, and what to do with it."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop_app.gui.i18n import tr
from desktop_app.gui.icons import icon_pixmap
from desktop_app.gui.notices import link_button, plain_label
from desktop_app.gui.optimiser.against import Change
from desktop_app.gui.optimiser.belief import Saying, Tone

_PICTURES: dict[Tone, tuple[str, str]] = {
    "good": ("check", "profit"),
    "bad": ("warning", "warning"),
    "neutral": ("info", "muted"),
}
_PICTURE = 14
_COLUMNS = 2
_WIDE = 760


class SayingLine(QWidget):
    """A picture, what was looked at, and what was seen."""

    def __init__(self, saying: Saying, width: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.saying = saying
        self._picture = QLabel()
        title, self.text = QLabel(saying.title), plain_label(saying.text)
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setProperty("role", "muted")
        title.setFixedWidth(width)
        title.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.text.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for part, stretch in ((self._picture, 0), (title, 0), (self.text, 1)):
            row.addWidget(part, stretch)
        self.setToolTip(saying.hint)
        self.setAccessibleName(f"{saying.title}: {saying.text}")
        self._draw()

    def _draw(self) -> None:
        picture, tint = _PICTURES[self.saying.tone]
        self._picture.setPixmap(icon_pixmap(picture, _PICTURE, tint, self.devicePixelRatioF()))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()
        super().changeEvent(event)


class Details(QWidget):
    """Buttons are named for the chosen row; they only ask."""

    closer_requested = Signal()
    backtest_requested = Signal()
    apply_requested = Signal()

    def __init__(self, parent: QWidget | None = None, *, is_trade: bool = False) -> None:
        super().__init__(parent)
        self._is_trade = is_trade  # a smart trade has no form, but the ticket
        self.lines: list[SayingLine] = []
        self._changes = plain_label()
        self.closer = link_button("")
        self.backtest, self.apply = QPushButton(), QPushButton()
        self._number = 0
        self._grid = QGridLayout()
        self._columns = _COLUMNS
        self._lay_out()
        self.closer.clicked.connect(self.closer_requested)
        self.backtest.clicked.connect(self.backtest_requested)
        self.apply.clicked.connect(self.apply_requested)
        self.show_nothing("")

    @property
    def changes_text(self) -> str:
        return self._changes.text()

    def show_run(self, number: int, bot: str, changes: Sequence[Change], sayings: Sequence[Saying]) -> None:
        self._number = number
        self._show_sayings(sayings)
        words = " · ".join(change.text for change in changes) or tr("no difference")
        self._changes.setText(tr("Row {number} vs {bot}:  {changes}").format(number=number, bot=bot, changes=words))
        for button in (self.backtest, self.apply):
            button.setEnabled(True)
        self.retranslate()

    def show_nothing(self, words: str) -> None:
        """No run is chosen."""
        self._number = 0
        self._show_sayings(())
        self._changes.setText(words)
        self.closer.hide()
        for button in (self.backtest, self.apply):
            button.setEnabled(False)
        self.retranslate()

    def show_closer(self, *, is_possible: bool, is_looking: bool) -> None:
        """Whether neighbours, chance and costs of this run can still be looked at."""
        self.closer.setVisible(is_possible or is_looking)
        self.closer.setEnabled(not is_looking)
        words = tr("Looking at neighbours, chance and costs…") if is_looking else tr("Look closer at row {number}")
        self.closer.setText(words.format(number=self._number))

    def retranslate(self) -> None:
        number = self._number
        self.backtest.setText(tr("Backtest row {number}").format(number=number) if number else tr("Backtest row"))
        self.apply.setText(tr("Open in the ticket…") if self._is_trade else tr("Apply to bot…"))
        self.backtest.setToolTip(tr("Opens a backtest with these settings, on all of the data."))
        self.apply.setToolTip(tr("Shows what would change, field by field. Nothing is started."))

    def _show_sayings(self, sayings: Sequence[Saying]) -> None:
        if [line.saying for line in self.lines] == list(sayings):
            return
        for line in self.lines:
            self._grid.removeWidget(line)
            line.setParent(None)
            line.deleteLater()
        width = max((self.fontMetrics().horizontalAdvance(saying.title) for saying in sayings), default=0)
        self.lines = [SayingLine(saying, width + 12, self) for saying in sayings]
        self._place()

    def _place(self) -> None:
        for line in self.lines:
            self._grid.removeWidget(line)
        for place, line in enumerate(self.lines):
            self._grid.addWidget(line, place // self._columns, place % self._columns)
        for column in range(_COLUMNS):
            self._grid.setColumnStretch(column, 1 if column < self._columns else 0)

    def _lay_out(self) -> None:
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(3)
        self.apply.setProperty("primary", True)
        self._changes.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._changes, 1)
        foot.addWidget(self.closer)
        foot.addWidget(self.backtest)
        foot.addWidget(self.apply)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 12, 8)
        column.setSpacing(6)
        column.addLayout(self._grid)
        column.addLayout(foot)

    def resizeEvent(self, event: object) -> None:
        columns = _COLUMNS if self.width() >= _WIDE else 1
        if columns != self._columns:
            self._columns = columns
            self._place()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
