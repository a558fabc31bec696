"""Fills as small triangles that keep their size at every zoom, and what each of them was."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from desktop_app.gui.chart.items import PaneItem
from desktop_app.gui.chart.view import CandleView
from desktop_app.gui.theme import Theme

SIZE = 5.0  # half the base, in pixels
_SMALL = 0.7  # of that
_REACH = 9.0
_MOST_PAINTED = 1500


@dataclass(frozen=True, slots=True)
class ChartMarker:
    """One fill: where it happened and what to say about it (order, price, amount, fee, reason; one per line)."""

    key: str
    at: int
    price: float
    side: Literal["buy", "sell"]
    text: str
    is_small: bool = False  # a step on the way, such as a safety order


class MarkersItem(PaneItem):
    """Buys point up from below their price, sells point down from above it."""

    def __init__(self, view: CandleView, theme: Theme) -> None:
        self._markers: tuple[ChartMarker, ...] = ()
        self._at: npt.NDArray[np.int64] = np.empty(0, np.int64)
        self._price: npt.NDArray[np.float64] = np.empty(0)
        self._is_buy: npt.NDArray[np.bool_] = np.empty(0, np.bool_)
        self._is_small: npt.NDArray[np.bool_] = np.empty(0, np.bool_)
        super().__init__(view, theme)
        self.setZValue(3)

    @property
    def markers(self) -> tuple[ChartMarker, ...]:
        return self._markers

    def set_markers(self, markers: Sequence[ChartMarker]) -> None:
        self._markers = tuple(sorted(markers, key=lambda marker: marker.at))
        self._at = np.array([marker.at for marker in self._markers], np.int64)
        self._price = np.array([marker.price for marker in self._markers], np.float64)
        self._is_buy = np.array([marker.side == "buy" for marker in self._markers], np.bool_)
        self._is_small = np.array([marker.is_small for marker in self._markers], np.bool_)
        self.update()

    def marker_at(self, point: QPointF) -> ChartMarker | None:
        """The nearest triangle within reach of the pointer."""
        start, stop = self._visible()
        if start == stop:
            return None
        x, y = self._tips(start, stop)
        middle = y + np.where(self._is_buy[start:stop], SIZE, -SIZE)
        distance = np.hypot(x - point.x(), middle - point.y())
        best = int(distance.argmin())
        return self._markers[start + best] if distance[best] <= _REACH else None

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        start, stop = self._visible()
        if start == stop:
            return
        x, y = self._tips(start, stop)
        thin = slice(None, None, max(1, (stop - start) // _MOST_PAINTED))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_buy, is_small = self._is_buy[start:stop], self._is_small[start:stop]
        kinds = ((is_buy, self._theme.up, 1.0), (~is_buy, self._theme.down, -1.0))
        for side, colour, direction in kinds:
            # The outline in the ground's colour lifts the triangle off a candle of its own colour.
            painter.setPen(QPen(QColor(self._theme.background), 1))
            painter.setBrush(QColor(colour))
            for mask, size in ((side & ~is_small, SIZE), (side & is_small, SIZE * _SMALL)):
                base = 1.8 * size * direction
                triangle = QPolygonF([QPointF(0, 0), QPointF(-size, base), QPointF(size, base)])
                for tip_x, tip_y in zip(x[mask][thin].tolist(), y[mask][thin].tolist(), strict=True):
                    painter.drawPolygon(triangle.translated(tip_x, tip_y + direction))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _visible(self) -> tuple[int, int]:
        step = self._view.series.step_ms
        left, right = (self._view.x0 - 1) * step, (self._view.x1 + 1) * step
        return int(self._at.searchsorted(math.floor(left))), int(self._at.searchsorted(math.ceil(right), "right"))

    def _tips(self, start: int, stop: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """A fill belongs to its bar, so its tip is at that bar's middle."""
        step = self._view.series.step_ms
        phase = int(self._view.series.at[0]) % step if len(self._view.series) else 0
        bars = (self._at[start:stop] - phase) // step * step + phase
        return self._view.xs_of(bars), self._view.ys_of(self._price[start:stop])
