"""The drawing surface: one pane, a price axis at the right, a time axis below, and everything painted on them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import Enum, auto

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QWidget

from desktop_app.gui import fmt
from desktop_app.gui.chart.axes import PriceAxis, TimeAxis
from desktop_app.gui.chart.crosshair import Crosshair
from desktop_app.gui.chart.items import CandleItem, Columns, GridItem, LastPriceItem, VolumeItem
from desktop_app.gui.chart.legend import Legend
from desktop_app.gui.chart.lines import ChartLine, LineBook
from desktop_app.gui.chart.markers import ChartMarker, MarkersItem
from desktop_app.gui.chart.measure import Measure
from desktop_app.gui.chart.prices import PriceFormat
from desktop_app.gui.chart.series import Bar, CandleSeries
from desktop_app.gui.chart.study import Firings, Study, value_known_at
from desktop_app.gui.chart.study_items import FiringMarks, NotReady, PriceStudies, StudyPane, coloured
from desktop_app.gui.chart.tags import TagsItem
from desktop_app.gui.chart.trails import Trail, TrailsItem
from desktop_app.gui.chart.view import CandleView
from desktop_app.gui.fonts import number_font
from desktop_app.gui.theme import Theme

_PANE_SHARE, _PANES_SHARE = 0.22, 0.48  # of the height: a pane below the candles, and all of them together
_LEAST_PANE, _MOST_PANE = 56.0, 130.0
_FLATTEST_PANE = 42.0  # below that a pane is not worth its room: the last ones are left out
_AXIS_SLACK = 16.0  # pixels the price axis may be too wide before it shrinks, so that it does not breathe


class Region(Enum):
    """Where the pointer is."""

    PANE = auto()
    PRICES = auto()
    TIMES = auto()
    STUDY = auto()  # a pane below that of the candles


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
        self.trails = TrailsItem(self.view, theme)
        self.measure = Measure(self.view, theme, font)
        self.price_studies = PriceStudies(self.view, theme)
        self.firing_marks, self.not_ready = FiringMarks(self.view, theme), NotReady(self.view, theme, font)
        self.studies: list[StudyPane] = []
        self.legend.studies = self._price_readings
        pane = (
            GridItem(self.view, self.prices, self.times, theme), VolumeItem(self.view, self.columns, theme),
            self.candles, LastPriceItem(self.view, theme), self.markers, self.measure, self.legend,
            self.price_studies, self.firing_marks, self.not_ready, self.trails,
        )  # fmt: skip
        self._pane_items = pane
        self._framed = (self.prices, self.times, self.tags, self.crosshair)
        for item in self._framed:
            self.scene().addItem(item)
        self._theme, self._font = theme, font
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
        for study in self.studies:
            study.set_theme(theme)
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

    def set_trails(self, trails: Sequence[Trail]) -> None:
        """The ways of deals, from entry to exit."""
        self.trails.set_trails(trails)
        self.redraw()

    def choose_trail(self, key: str) -> None:
        """Make one of them stand out; empty for none."""
        self.trails.chosen = key
        self.redraw()

    def set_studies(self, studies: Sequence[Study]) -> None:
        """Show these over the candles, or each in a pane of its own below them."""
        self.price_studies.studies = tuple(study for study in studies if study.is_on_price)
        below = [study for study in studies if not study.is_on_price]
        for pane in self.studies[len(below) :]:
            self.scene().removeItem(pane)
        del self.studies[len(below) :]
        while len(self.studies) < len(below):
            pane = StudyPane(self.view, self.times, self.crosshair, self._theme, self._font)
            self.scene().addItem(pane)
            self.studies.append(pane)
        for pane, study in zip(self.studies, below, strict=True):
            pane.study = study
        self._arrange()

    def set_firings(self, firings: Sequence[Firings], ready_at: int | None) -> None:
        """Mark the bars at whose close groups of conditions came true; nothing could be said before `ready_at`."""
        self.firing_marks.firings, self.not_ready.ready_at = tuple(firings), ready_at
        self.redraw()

    def _price_readings(self) -> list[list[tuple[str, str]]]:
        """What the studies over the candles say at the crosshair: a line each, of texts with their colours' names."""
        at = self.crosshair.at if self.crosshair.is_shown else None
        last = self.view.series.last
        known = (at if at is not None else last.at if last is not None else 0) + self.view.series.step_ms
        lines: dict[str, list[tuple[str, str]]] = {}
        for colour, study, curve in coloured(self.price_studies.studies):
            value = value_known_at(curve, known)
            said = self.prices.format.text(value) if math.isfinite(value) else fmt.UNKNOWN
            pieces = lines.setdefault(study.key, [(study.title, "muted")])
            pieces.append((f"{curve.name} {said}" if curve.name else said, colour))
        return list(lines.values())

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
        room = max(height - foot, 1.0)
        count = min(len(self.studies), max(1, int(room * _PANES_SHARE / _FLATTEST_PANE)))
        below = self._study_height(room, count)
        pane = QRectF(0, 0, max(width - axis, 1.0), max(room - below * count, 1.0))
        if self.view.geometry() != pane:
            self.view.setGeometry(pane)
            for item in self._pane_items:
                item.resized()
        self.prices.place(QRectF(pane.right(), 0, axis, pane.height()))
        for n, study in enumerate(self.studies):
            study.setVisible(n < count)
            study.place(QRectF(0, pane.bottom() + n * below, width, below))
        self.crosshair.bottom = pane.bottom() + below * count
        self.times.place(QRectF(0, self.crosshair.bottom, width, foot))
        for overlay in (self.tags, self.crosshair):
            overlay.place(QRectF(0, 0, width, height))
        self.redraw()

    def _study_height(self, room: float, count: int) -> float:
        """A pane is worth looking at or it is not there; the candles keep half of the height."""
        if not count:
            return 0.0
        wanted = min(max(room * _PANE_SHARE, _LEAST_PANE), _MOST_PANE)
        return float(round(min(wanted, room * _PANES_SHARE / count)))

    def study_at(self, point: QPointF) -> StudyPane | None:
        return next((pane for pane in self.studies if pane.isVisible() and pane.rect.contains(point)), None)

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
            return Region.STUDY if point.y() < self.crosshair.foot else Region.TIMES
        return Region.PRICES if point.x() >= self.view.pane_width else Region.PANE
