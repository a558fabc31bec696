"""The ways of finished deals over the candles: from entry to exit, coloured by what came of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from desktop_app.gui.chart.items import PaneItem
from desktop_app.gui.chart.view import CandleView
from desktop_app.gui.theme import Theme

Mood = Literal["profit", "loss", "open"]
_MOST_PAINTED = 400
_MOST_POINTS = 200  # of one way: past that it is a scribble


@dataclass(frozen=True, slots=True)
class Trail:
    """One deal: its fills in order, as (ms, price); a deal that still runs ends at the last candle."""

    key: str
    points: tuple[tuple[int, float], ...]
    mood: Mood


class TrailsItem(PaneItem):
    """Dashed for an open deal, thick for the chosen one; the colour is the result's."""

    def __init__(self, view: CandleView, theme: Theme) -> None:
        self._trails: tuple[Trail, ...] = ()
        self._first = np.empty(0, np.int64)
        self._last = np.empty(0, np.int64)
        self.chosen = ""
        super().__init__(view, theme)
        self.setZValue(2.5)

    @property
    def trails(self) -> tuple[Trail, ...]:
        return self._trails

    def set_trails(self, trails: Sequence[Trail]) -> None:
        self._trails = tuple(sorted((one for one in trails if len(one.points) > 1), key=lambda one: one.points[0][0]))
        self._first = np.array([one.points[0][0] for one in self._trails], np.int64)
        self._last = np.array([one.points[-1][0] for one in self._trails], np.int64)
        self.update()

    def visible(self) -> list[Trail]:
        """Those that touch the pane, the chosen one last, so that it lies on top."""
        step = self._view.series.step_ms
        left, right = (self._view.x0 - 1) * step, (self._view.x1 + 1) * step
        found = [self._trails[i] for i in np.flatnonzero((self._first <= right) & (self._last >= left)).tolist()]
        shown = found[:: max(1, len(found) // _MOST_PAINTED)]
        if self.chosen:
            shown = [one for one in shown if one.key != self.chosen] + [one for one in found if one.key == self.chosen]
        return shown

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if not len(self._view.series):
            return
        colours = {"profit": self._theme.profit, "loss": self._theme.loss, "open": self._theme.muted}
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for trail in self.visible():
            pen = QPen(QColor(colours[trail.mood]), 2.4 if trail.key == self.chosen else 1.2)
            pen.setStyle(Qt.PenStyle.DashLine if trail.mood == "open" else Qt.PenStyle.SolidLine)
            painter.setPen(pen)
            painter.drawPolyline(self._way(trail))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _way(self, trail: Trail) -> QPolygonF:
        """A fill belongs to its bar, so the way goes through the bars' middles, as the triangles stand."""
        points = trail.points
        if len(points) > _MOST_POINTS:
            points = (*points[:: len(points) // _MOST_POINTS + 1], points[-1])
        step = self._view.series.step_ms
        phase = int(self._view.series.at[0]) % step
        at = np.array([point[0] for point in points], np.int64)
        xs = self._view.xs_of((at - phase) // step * step + phase)
        ys = self._view.ys_of(np.array([point[1] for point in points], np.float64))
        return QPolygonF([QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)])
