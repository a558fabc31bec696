"""The drawing surface: one pane, a price axis at the right, a time axis below, and everything painted on them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QWidget

from desktop_app.gui.chart.axes import PriceAxis, TimeAxis
from desktop_app.gui.chart.crosshair import Crosshair
from desktop_app.gui.chart.items import CandleItem, Columns, GridItem, LastPriceItem, VolumeItem
from desktop_app.gui.chart.legend import Legend
from desktop_app.gui.chart.lines import ChartLine, LineBook
from desktop_app.gui.chart.markers import ChartMarker, MarkersItem
from desktop_app.gui.chart.measure import Measure
from desktop_app.gui.chart.prices import PriceFormat
from desktop_app.gui.chart.series import Bar, CandleSeries
from desktop_app.gui.chart.tags import TagsItem
from desktop_app.gui.chart.view import CandleView
from desktop_app.gui.fonts import number_font
from desktop_app.gui.theme import Theme

_AXIS_SLACK = 16.0  # pixels the price axis may be too wide before it shrinks, so that it does not breathe


class Region(Enum):
    """Where the pointer is."""

    PANE = auto()
    PRICES = auto()
    TIMES = auto()


class ChartSurface(pg.GraphicsView):  # type: ignore[misc]  # pyqtgraph ships no types
    """One pane with a price axis at the right and a time axis below."""

    history_requested = Signal(object)  # ms (too wide for a C++ int): older candles than this would be visible

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, background=theme.background)
        self.setObjectName("chart.canvas")
        self.setViewportUpdateMode(self.ViewportUpdateMode.FullViewportUpdate)
        self.setCacheMode(self.CacheModeFlag.CacheNone)
        font = number_font(self.font())
        font.setStyleStrategy(QFont.StyleStrategy.NoSubpixelAntialias)  # kept and fresh text must look the same
        self.view = CandleView()
        self.setCentralItem(None)
        self.scene().addItem(self.view)
        self.book = LineBook(self)
        self.columns = Columns(self.view)
        self.prices, self.times = PriceAxis(self.view, theme, font), TimeAxis(self.view, theme, font)
        self.candles = CandleItem(self.view, self.columns, theme)
        self.crosshair = Crosshair(self.view, self.prices, self.times, theme, font)
        self.legend = Legend(self.view, self.crosshair, theme, font)
        self.tags = TagsItem(self.view, self.book, theme, font)
        self.tags.placer.headroom = self.legend.height
        self.prices.covered = self.tags.covered
        self.markers = MarkersItem(self.view, theme)
        self.measure = Measure(self.view, theme, font)
        pane = (
            GridItem(self.view, self.prices, self.times, theme), VolumeItem(self.view, self.columns, theme),
            self.candles, LastPriceItem(self.view, theme), self.markers, self.measure, self.legend,
        )  # fmt: skip
        self._pane_items = pane
        self._framed = (self.prices, self.times, self.tags, self.crosshair)
        for item in self._framed:
            self.scene().addItem(item)
        self._theme = theme
        self._asked_history: int | None = None
        self.view.changed.connect(self._view_changed)
        self.book.changed.connect(self.redraw)

    # -- content ------------------------------------------------------------------------------------------------------

    def redraw(self) -> None:
        self.viewport().update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setBackground(theme.background)
        for item in (*self._pane_items, *self._framed):
            item.set_theme(theme)
        self.redraw()

    def set_format(self, price_format: PriceFormat) -> None:
        self.prices.format = self.legend.format = self.book.format = self.measure.format = price_format
        self._arrange()

    def set_series(self, series: CandleSeries, keep: bool) -> None:
        self._asked_history = None
        if not keep:
            self.crosshair.leave()
        self.view.set_series(series, keep)
        self._bars_changed()

    def upsert(self, bar: Bar) -> bool:
        """Take the newest candle; the view follows only if its predecessor was in sight."""
        before = self.view.series.last
        was_appended = self.view.series.upsert(bar)
        if was_appended:
            self.view.follow(before.at if before is not None else None)
        else:
            self.view.refit()
        self._bars_changed()
        return was_appended

    def set_lines(self, lines: Sequence[ChartLine]) -> None:
        if self.book.set_lines(lines):
            self.fit_lines()

    def fit_lines(self) -> None:
        self.legend.reserved = self.tags.placer.room()
        self.view.set_line_prices([float(line.price) for line in self.book.lines], self.legend.reserved)

    def set_markers(self, markers: Sequence[ChartMarker]) -> None:
        self.markers.set_markers(markers)
        self.redraw()

    def _bars_changed(self) -> None:
        self.columns.revision += 1
        self.redraw()

    # -- layout -------------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_framed"):  # pyqtgraph resizes from inside its constructor
            self._arrange()

    def _arrange(self) -> None:
        width, height = float(self.viewport().width()), float(self.viewport().height())
        axis, foot = min(self._axis_width(), width * 0.4), self.times.wanted_height()
        pane = QRectF(0, 0, max(width - axis, 1.0), max(height - foot, 1.0))
        if self.view.geometry() != pane:
            self.view.setGeometry(pane)
            for item in self._pane_items:
                item.resized()
        self.prices.place(QRectF(pane.right(), 0, axis, pane.height()))
        self.times.place(QRectF(0, pane.bottom(), width, foot))
        for overlay in (self.tags, self.crosshair):
            overlay.place(QRectF(0, 0, width, height))
        self.redraw()

    def _axis_width(self) -> float:
        wanted, now = self.prices.wanted_width(), self.prices.boundingRect().width()
        return now if wanted <= now <= wanted + _AXIS_SLACK else wanted

    def _view_changed(self) -> None:
        if abs(self._axis_width() - self.prices.boundingRect().width()) > 0.5:
            self._arrange()
        series = self.view.series
        if len(series) and self.view.x0 * series.step_ms < int(series.at[0]) != self._asked_history:
            self._asked_history = int(series.at[0])
            self.history_requested.emit(self._asked_history)
        self.redraw()

    def region(self, point: QPointF) -> Region:
        if point.y() >= self.view.pane_height:
            return Region.TIMES
        return Region.PRICES if point.x() >= self.view.pane_width else Region.PANE
