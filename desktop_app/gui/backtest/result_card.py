"""The card of a result: figures side by side, so that profit never stands alone, and what to beware of below them."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from desktop_app.gui.backtest.figures import Figure
from desktop_app.gui.fonts import number_font
from desktop_app.gui.icons import icon_pixmap
from desktop_app.gui.notices import plain_label, restyle
from desktop_app.gui.tips import plain_tip

_NARROWEST = 148  # pixels of a figure, in the usual text size
_MOST_CAUTIONS = 6
_APART, _MARGIN = 7, 12
_OF_A_CAUTION = 15 + 6 + 24  # pixels of its picture, and what keeps it apart


class FigureCell(QWidget):
    """A name, a value, and what stands behind the value."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self.value, self.note = QLabel(), QLabel(), QLabel()
        for label in (self.name, self.value, self.note):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.name.setProperty("role", "muted")
        self.note.setProperty("role", "muted")
        font = number_font(self.font())
        font.setPointSizeF(font.pointSizeF() * 1.15)
        font.setBold(True)
        self.value.setFont(font)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.name)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.setSpacing(0)
        self._row.addWidget(self.value)
        self._row.addWidget(self.note, 1)
        column.addLayout(self._row)

    def fit(self, width: int) -> None:
        """The note stands behind the value where both fit, else below it."""
        needed = self.value.sizeHint().width() + self.note.sizeHint().width() + _APART
        is_wide = needed <= width
        self._row.setDirection(QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom)
        self._row.setSpacing(_APART if is_wide else 0)
        self.note.setVisible(bool(self.note.text()))

    def show_figure(self, figure: Figure) -> None:
        self.name.setText(figure.name)
        self.value.setText(figure.value)
        self.note.setText(figure.note)
        self.value.setProperty("role", figure.tone)
        restyle(self.value)
        self.setToolTip(plain_tip(figure.tip))
        self.setAccessibleName(f"{figure.name}: {figure.value} {figure.note}".strip())


class ResultCard(QFrame):
    """As many figures in a row as the width has room for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cells: dict[str, FigureCell] = {}
        self._figures: tuple[Figure, ...] = ()
        self.cautions: tuple[str, ...] = ()
        self._caution_words: list[QLabel] = []
        self._columns = 0
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(18)
        self._grid.setVerticalSpacing(8)
        self._warnings = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, 8, _MARGIN, 8)
        column.setSpacing(8)
        self._endings = plain_label()
        self._endings.setProperty("role", "muted")
        column.addLayout(self._grid)
        column.addWidget(self._endings)
        column.addLayout(self._warnings)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def show_result(self, figures: tuple[Figure, ...], cautions: tuple[str, ...], endings: str = "") -> None:
        if [figure.key for figure in figures] != [figure.key for figure in self._figures]:
            for cell in self.cells.values():
                self._grid.removeWidget(cell)
                cell.deleteLater()
            self.cells = {figure.key: FigureCell(self) for figure in figures}
            self._columns = 0
        self._figures, self.cautions = figures, cautions[:_MOST_CAUTIONS]
        for figure in figures:
            self.cells[figure.key].show_figure(figure)
        self._endings.setText(endings)
        self._endings.setVisible(bool(endings))
        self._place(self.width())
        self._show_cautions()

    # --- inside

    def _place(self, width: int) -> None:
        count = len(self._figures)
        if not count:
            return
        narrowest = max(_NARROWEST, self.fontMetrics().horizontalAdvance("0") * 17)
        fitting = max(1, min(count, width // narrowest))
        rows = -(-count // fitting)
        columns = -(-count // rows)  # the rows are filled evenly
        each = (width - 2 * _MARGIN - (columns - 1) * self._grid.horizontalSpacing()) // columns
        for cell in self.cells.values():
            cell.fit(each)
        if columns == self._columns:
            return
        for i in range(self._columns):
            self._grid.setColumnStretch(i, 0)
        self._columns = columns
        for i, figure in enumerate(self._figures):
            self._grid.addWidget(self.cells[figure.key], i // columns, i % columns, Qt.AlignmentFlag.AlignTop)
        for i in range(columns):
            self._grid.setColumnStretch(i, 1)

    def _show_cautions(self) -> None:
        while (item := self._warnings.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self._caution_words = [plain_label(text) for text in self.cautions]
        for label in self._caution_words:
            self._warnings.addWidget(_caution(label, self.devicePixelRatioF()))
        self._place_cautions(self.width())

    def _place_cautions(self, width: int) -> None:
        """Beside each other where all of them fit into a line: the height is the chart's."""
        metrics = self.fontMetrics()
        needed = sum(metrics.horizontalAdvance(text) + _OF_A_CAUTION for text in self.cautions)
        is_wide = needed <= width - 2 * _MARGIN
        direction = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        self._warnings.setDirection(direction)
        self._warnings.setSpacing(18 if is_wide else 2)
        for label in self._caution_words:
            label.setWordWrap(not is_wide)
        for at in range(self._warnings.count()):
            self._warnings.setStretch(at, 1 if is_wide and at == self._warnings.count() - 1 else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place(event.size().width())
        self._place_cautions(event.size().width())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_warnings"):
            self._show_cautions()
        super().changeEvent(event)


def _caution(words: QLabel, ratio: float) -> QWidget:
    line = QWidget()
    picture = QLabel()
    picture.setPixmap(icon_pixmap("warning", 15, "warning", ratio))
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(words, 1)
    return line
