"""What a grid comes to, in a few lines that are always in sight: profit per cell, size, start, and both ends."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from desktop_app.gui import fmt
from desktop_app.gui.editor.grid.picture import GridPicture
from desktop_app.gui.editor.grid.sentences import (
    above_words,
    below_words,
    cells_words,
    line_words,
    percent_span,
    profit_words,
    start_words,
    step_words,
)
from desktop_app.gui.i18n import tr
from desktop_app.gui.notices import plain_label, restyle


class Figures(QWidget):
    """Words only; the colour of a loss repeats what the remark beside the field says."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: GridPicture | None = None
        self.profit, self.step, self.cells = QLabel(), plain_label(), plain_label()
        self.line, self.start, self.above, self.below = (plain_label() for _ in range(4))
        self._names = [QLabel() for _ in range(5)]
        self._lay_out()

    def show_picture(self, picture: GridPicture) -> None:
        self._picture = picture
        self.retranslate()

    def set_stale(self, is_stale: bool) -> None:
        self.setEnabled(not is_stale)

    def words(self) -> str:
        """Everything that is said, for a screen reader."""
        values = (self.profit, self.step, self.cells, self.line, self.start, self.above, self.below)
        return " · ".join(label.text() for label in values if label.text())

    # --- inside

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        font = self.profit.font()
        font.setBold(True)
        self.profit.setFont(font)
        self.step.setProperty("role", "muted")
        self.cells.setProperty("role", "muted")
        earns = QVBoxLayout()
        earns.setSpacing(1)
        for label in (self.profit, self.step, self.cells):
            earns.addWidget(label)
        for row, name in enumerate(self._names):
            name.setProperty("role", "muted")
            grid.addWidget(name, row, 0)
            name.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        grid.addLayout(earns, 0, 1)
        for row, label in enumerate((self.line, self.start, self.above, self.below), 1):
            grid.addWidget(label, row, 1, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.addLayout(grid)
        column.addStretch()

    def retranslate(self) -> None:
        picture = self._picture
        if picture is None:
            return
        preview = picture.preview
        earns = ""
        if preview is not None and preview.least is not None and preview.most is not None:
            earns = f"{percent_span(preview.least.percent, preview.most.percent)}   ({profit_words(picture)})"
        self.profit.setText(earns or fmt.UNKNOWN)
        mood = "loss" if preview is not None and preview.least is not None and preview.least.net <= 0 else "profit"
        if self.profit.property("role") != mood:
            self.profit.setProperty("role", mood)
            restyle(self.profit)
        for label, text in (
            (self.step, step_words(picture)), (self.cells, cells_words(picture)), (self.line, line_words(picture)),
            (self.start, start_words(picture)), (self.above, above_words(picture)), (self.below, below_words(picture)),
        ):  # fmt: skip
            label.setText(text)
            label.setVisible(bool(text))
        self._name_rows(picture)
        self.setAccessibleName(self.words())

    def _name_rows(self, picture: GridPicture) -> None:
        lower = upper = fmt.UNKNOWN
        if picture.layout is not None and picture.market is not None:
            lower = fmt.price(picture.layout.lines[0].price, picture.market.price_tick)
            upper = fmt.price(picture.layout.lines[-1].price, picture.market.price_tick)
        is_infinite = picture.settings is not None and picture.settings.grid.is_infinite
        names = (
            tr("Profit per cell, after fees"),
            tr("Per line"),
            tr("On the change") if picture.is_running else tr("On start"),
            tr("Upwards") if is_infinite else tr("Above {price}").format(price=upper),
            tr("Below {price}").format(price=lower),
        )
        for label, text in zip(self._names, names, strict=True):
            label.setText(text)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
