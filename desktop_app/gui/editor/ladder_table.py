"""The preview as a table: one row an order, cells that changed light up, and the row of a line stands out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QModelIndex, QRect, QTimer, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyle, QWidget

from desktop_app.core.market import Market
from desktop_app.core.preview import PreviewRow
from desktop_app.gui import fmt
from desktop_app.gui.editor.lines import BASE, safety_key
from desktop_app.gui.editor.picture import Picture
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.models import Column, RowsModel
from desktop_app.gui.tables import DataTable
from desktop_app.gui.theme import current_theme

FLASH_MS = 400
_NO_KEYS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LadderRow:
    """A row of the preview; `flashing` are the keys of columns that have just changed."""

    key: str
    row: PreviewRow
    market: Market
    flashing: frozenset[str] = _NO_KEYS


def _name(line: LadderRow) -> str:
    return tr("SO{index}").format(index=line.row.index) if line.row.index else tr("Base")


def _net_colour(line: LadderRow) -> str | None:
    if line.row.net is None:
        return "muted"
    return "profit" if line.row.net > 0 else "loss"


COLUMNS: tuple[Column[LadderRow], ...] = (
    Column("order", "#", _name, width=5),
    Column(
        "deviation", tr_later("Dev.%"), lambda line: fmt.percent(line.row.deviation) if line.row.index else fmt.UNKNOWN,
        is_number=True, width=7, hint=tr_later("Distance from the base order"),
    ),
    Column(
        "price", tr_later("Price"), lambda line: fmt.price(line.row.price, line.market.price_tick),
        raw=lambda line: fmt.plain(line.row.price), is_number=True, width=9,
    ),
    Column(
        "volume", tr_later("Volume"), lambda line: fmt.quote(line.row.volume, line.market.quote),
        raw=lambda line: fmt.plain(line.row.volume), is_number=True, width=7,
        hint=tr_later("The order after rounding up to the exchange's steps"),
    ),
    Column(
        "total", tr_later("Total"), lambda line: fmt.quote(line.row.total, line.market.quote),
        raw=lambda line: fmt.plain(line.row.total), is_number=True, width=7,
        hint=tr_later("Spent so far, with fees"),
    ),
    Column(
        "average", tr_later("Avg price"), lambda line: fmt.price(line.row.average, line.market.price_tick),
        raw=lambda line: fmt.plain(line.row.average), is_number=True, width=9,
        hint=tr_later("Average price with fees"),
    ),
    Column(
        "take_profit", tr_later("TP price"), lambda line: fmt.price(line.row.take_profit, line.market.price_tick),
        raw=lambda line: fmt.plain(line.row.take_profit), is_number=True, width=9,
    ),
    Column(
        "required", tr_later("Required"), lambda line: fmt.percent(line.row.required_percent), is_number=True, width=8,
        hint=tr_later("How far the price has to come back from this order to the take profit"),
    ),
    Column(
        "net", tr_later("Net"), lambda line: fmt.signed(line.row.net, line.market.quote), is_number=True, width=6,
        raw=lambda line: fmt.plain(line.row.net), colour=_net_colour,
        hint=tr_later("Profit at the take profit after all fees"),
    ),
)  # fmt: skip


def rows_of(picture: Picture) -> list[LadderRow]:
    if picture.preview is None or picture.market is None:
        return []
    market = picture.market
    rows = [LadderRow(BASE, picture.preview.base, market)]
    return rows + [LadderRow(safety_key(row.index), row, market) for row in picture.preview.rungs]


class LadderTable(DataTable[LadderRow]):
    """Announces the row under the pointer, so that its line can stand out."""

    row_hovered = Signal(str)  # key; empty when the pointer leaves

    def __init__(self, parent: QWidget | None = None) -> None:
        self._highlighted = ""
        self._hovered = ""
        super().__init__(RowsModel(lambda line: line.key, COLUMNS), tr_later("Preview of orders"), parent)
        self.setSortingEnabled(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setMouseTracking(True)
        header = self.horizontalHeader()
        header.setSectionsMovable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._calm = QTimer(self, singleShot=True, interval=FLASH_MS)
        self._calm.timeout.connect(self._stop_flashing)

    def show_rows(self, rows: Sequence[LadderRow], *, is_flashing: bool) -> None:
        """Take the new rows; what differs from the old ones lights up for a moment if people caused it."""
        if is_flashing and self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) > 0:
            rows = [self._with_flash(row) for row in rows]
            self._calm.start()
        self.rows_model.replace(rows)
        self.viewport().update()

    def flashing(self) -> dict[str, frozenset[str]]:
        """The cells that light up now, by row."""
        return {line.key: line.flashing for line in self.rows_model.shown_rows() if line.flashing}

    def highlight(self, key: str) -> None:
        """Make the row of a line stand out; empty for none."""
        if key != self._highlighted:
            self._highlighted = key
            index = self.rows_model.index_of(key)
            if index.isValid():
                self.scrollTo(index)
            self.viewport().update()

    @property
    def highlighted(self) -> str:
        return self._highlighted

    # --- inside

    def _with_flash(self, line: LadderRow) -> LadderRow:
        before = self.rows_model.row_by_id(line.key)
        if before is None or before.row == line.row:
            return line
        changed = frozenset(column.key for column in COLUMNS if column.text(before) != column.text(line))
        return replace(line, flashing=changed)

    def _stop_flashing(self) -> None:
        lines = self.rows_model.shown_rows()
        self.rows_model.upsert([replace(line, flashing=_NO_KEYS) for line in lines if line.flashing])
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Light up rows and cells under their texts."""
        painter = QPainter(self.viewport())
        theme = current_theme()
        glow = QColor(theme.accent)
        glow.setAlpha(70)
        for position, line in enumerate(self.rows_model.shown_rows()):
            if line.key == self._highlighted:
                painter.fillRect(self._row_rect(position), QColor(theme.hover))
            for section, column in enumerate(COLUMNS):
                if column.key in line.flashing:
                    painter.fillRect(self.visualRect(self.rows_model.index(position, section)), glow)
        painter.end()
        super().paintEvent(event)

    def _row_rect(self, position: int) -> QRect:
        top = self.rowViewportPosition(position)
        return QRect(0, top, self.viewport().width(), self.rowHeight(position))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out, so that nothing has to be scrolled sideways."""
        super().resizeEvent(event)
        total = sum(column.width for column in COLUMNS)
        room = self.viewport().width()
        taken = 0
        for section, column in enumerate(COLUMNS):
            is_last = section == len(COLUMNS) - 1
            width = room - taken if is_last else room * column.width // total
            self.setColumnWidth(section, width)
            taken += width

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.indexAt(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(QModelIndex())

    def _hover(self, index: QModelIndex) -> None:
        key = self.rows_model.id_at(index.row()) if index.isValid() else ""
        if key != self._hovered:
            self._hovered = key
            self.row_hovered.emit(key)
