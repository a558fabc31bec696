"""The ticket's lines on a chart in the hand: nothing is sent by letting go, so letting go is enough."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.gui.chart.lines import ChartLine, Stage
from desktop_app.gui.line_hand import TICKET as PREFIX

if TYPE_CHECKING:
    from desktop_app.gui.chart.widget import ChartWidget


class ProposalHand(QObject):
    """Fields follow the line while it moves; Escape brings both back."""

    moved = Signal(str, object)  # key, Decimal
    changed = Signal()  # the lines are to be shown anew

    def __init__(self, chart: ChartWidget) -> None:
        super().__init__(chart)
        self._chart = chart
        self._lines: tuple[ChartLine, ...] = ()
        self._before: dict[str, Decimal] = {}  # where a line stood when it was grabbed
        chart.line_drag_moved.connect(self._drag)
        chart.line_commit_requested.connect(self._dropped)
        chart.line_drag_cancelled.connect(self._cancelled)
        chart.canvas.book.changed.connect(self._let_go)

    def propose(self, lines: tuple[ChartLine, ...]) -> None:
        if lines != self._lines:
            self._lines = lines
            self.changed.emit()

    def lines(self) -> tuple[ChartLine, ...]:
        """The ticket's lines; the one in the hand stays where it was grabbed, for the hand to move."""
        return tuple(
            replace(line, price=self._before[line.key]) if line.key in self._before else line for line in self._lines
        )

    def _drag(self, key: str, price: str) -> None:
        if key.startswith(PREFIX):
            line = self._chart.canvas.book.line(key)
            if line is not None:
                self._before.setdefault(key, line.price)
            self.moved.emit(key, Decimal(price))

    def _let_go(self) -> None:
        move = self._chart.canvas.book.move
        if move is not None and move.key.startswith(PREFIX) and move.stage is Stage.PENDING:
            QTimer.singleShot(0, self, self._chart.canvas.book.commit)

    def _dropped(self, key: str, price: str) -> None:
        if key.startswith(PREFIX):
            self._before.pop(key, None)
            self._chart.accept_pending(key)
            self.moved.emit(key, Decimal(price))
            self.changed.emit()

    def _cancelled(self, key: str) -> None:
        before = self._before.pop(key, None)
        if before is not None:
            self.moved.emit(key, before)
            self.changed.emit()
