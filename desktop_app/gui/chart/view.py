"""The chart's window onto time and price: it zooms, pans, fits and follows as a TradingView hand expects."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGraphicsItem, QGraphicsSceneResizeEvent

from desktop_app.gui.chart.series import CandleSeries

Floats = npt.NDArray[np.float64]

TOP_MARGIN, BOTTOM_MARGIN = 0.20, 0.10  # of the pane, above and below the visible bars
EMPTY_BARS = 8.0  # right of the last one
HOME_SPACING = 6.0  # pixels per bar
MAX_SPACING = 80.0
MIN_BARS = 4.0
WHEEL_STEP = 1.1
LINES_REACH = 1.0  # order lines may stretch an automatic price range by this much of the bars' own, each way
_SMALLEST = 1e-12
_WHOLE = 0.8  # of the pane's width: what a stretch of time takes at most when it is shown whole


@dataclass(frozen=True, slots=True)
class ViewState:
    """What a pair and interval looked like when it was left; enough to come back to."""

    spacing: float  # pixels per bar
    right_at: float | None  # ms at the right edge; None: followed the newest bar
    right_bars: float  # empty bars right of the newest one, when it was followed
    prices: tuple[float, float] | None  # None: fitted automatically
    is_log: bool


class CandleView(pg.ViewBox):  # type: ignore[misc]  # pyqtgraph ships no types
    """Holds the visible range in bars (open time / step) and price; items under it paint in its pixels."""

    changed = Signal()
    modes_changed = Signal()  # automatic or logarithmic price scale switched

    def __init__(self, parent: QGraphicsItem | None = None) -> None:
        super().__init__(parent=parent, enableMouse=False, enableMenu=False, defaultPadding=0)
        self.disableAutoRange()
        self.series = CandleSeries(60_000)
        self.x0, self.x1 = 0.0, 100.0
        self.y0, self.y1 = 0.0, 1.0
        self.pane_width, self.pane_height = 0.0, 0.0
        self.is_auto, self.is_log, self.is_home = True, False, True
        self.zooms_at_last_bar = False  # TradingView's plain wheel; the default zooms at the cursor
        self.holds_prices = False  # no automatic fitting just now: somebody aims at a price
        self.tag_room = 0.0  # pixels that order tags cover at the right edge
        self.lines_reach = LINES_REACH
        self._line_prices: tuple[float, ...] = ()
        self._restoring: ViewState | None = None

    # -- mapping ------------------------------------------------------------------------------------------------------

    @property
    def spacing(self) -> float:
        """Pixels per bar."""
        return self.pane_width / (self.x1 - self.x0)

    def x_of(self, at: float) -> float:
        return (at / self.series.step_ms - self.x0) * self.spacing

    def xs_of(self, at: npt.NDArray[np.int64]) -> Floats:
        return (at / self.series.step_ms - self.x0) * self.spacing

    def at_of(self, x: float) -> float:
        return (self.x0 + x / self.spacing) * self.series.step_ms

    def y_of(self, price: float) -> float:
        return (self.y1 - self._scaled(price)) * self.pane_height / (self.y1 - self.y0)

    def ys_of(self, prices: Floats) -> Floats:
        values = np.log10(np.maximum(prices, _SMALLEST)) if self.is_log else prices
        return (self.y1 - values) * (self.pane_height / (self.y1 - self.y0))

    def price_of(self, y: float) -> float:
        value = self.y1 - y * (self.y1 - self.y0) / max(self.pane_height, 1.0)
        return float(10.0**value) if self.is_log else value

    def visible(self) -> tuple[int, int]:
        """Index range of the bars that touch the pane."""
        step = self.series.step_ms
        return self.series.span((self.x0 - 0.5) * step, (self.x1 + 0.5) * step)

    def _scaled(self, price: float) -> float:
        return math.log10(max(price, _SMALLEST)) if self.is_log else price

    # -- data ---------------------------------------------------------------------------------------------------------

    def set_series(self, series: CandleSeries, keep: bool) -> None:
        """Show other candles; `keep` the time range when they are the same market and interval, only reloaded."""
        self.series = series
        if not keep:
            self.reset()
        elif self.is_home:
            self.home()
        else:
            self._apply()

    def follow(self, previous_last_at: int | None) -> None:
        """After a bar was appended: shift by it if the newest bar was in view, else leave everything alone."""
        last = self.series.last
        assert last is not None
        if previous_last_at is None:
            self.home()
            return
        before, now = previous_last_at / self.series.step_ms, last.at / self.series.step_ms
        if self.x0 <= before <= self.x1:
            self.x0, self.x1 = self.x0 + now - before, self.x1 + now - before
        self._apply()

    def refit(self) -> None:
        """After a bar changed: fit prices again while that is automatic."""
        if self.is_auto:
            self._apply()

    def set_line_prices(self, prices: Sequence[float], tag_room: float) -> None:
        """Order lines the automatic price range should reach for, and the width their tags cover."""
        if tuple(prices) == self._line_prices and tag_room == self.tag_room:
            return
        self._line_prices, self.tag_room = tuple(prices), tag_room
        if self.is_home:
            self.home()
        else:
            self.refit()

    # -- gestures -----------------------------------------------------------------------------------------------------

    def zoom_time(self, factor: float, anchor_x: float) -> None:
        """Show `factor` times as much time; the instant under `anchor_x` stays where it is."""
        span = self.x1 - self.x0
        wider = self._limited_span(span * factor)
        share = anchor_x / max(self.pane_width, 1.0)
        anchor = self.x0 + share * span
        self._go(anchor - share * wider, anchor + (1.0 - share) * wider)

    def wheel(self, notches: float, x: float) -> None:
        last = self.series.last
        if self.zooms_at_last_bar and last is not None and 0 <= self.x_of(last.at) <= self.pane_width:
            x = self.x_of(last.at)
        self.zoom_time(WHEEL_STEP**-notches, x)

    def pan(self, dx: float, dy: float) -> None:
        """Move the picture by pixels; up and down only while prices are not fitted automatically."""
        bars = dx / self.spacing
        if not self.is_auto:
            shift = dy * (self.y1 - self.y0) / max(self.pane_height, 1.0)
            self.y0, self.y1 = self.y0 + shift, self.y1 + shift
        self._go(self.x0 - bars, self.x1 - bars)

    def scale_prices(self, factor: float, anchor_y: float | None = None) -> None:
        """Show `factor` times as much price around a height (default: the middle); switches Auto off."""
        share = 0.5 if anchor_y is None else anchor_y / max(self.pane_height, 1.0)
        span = self.y1 - self.y0
        anchor = self.y1 - share * span
        wider = min(max(span * factor, abs(anchor) * 1e-9 + 1e-12), max(abs(anchor), 1.0) * 100)
        self.y0, self.y1 = anchor - (1 - share) * wider, anchor + share * wider
        self._set_auto(False)
        self._apply()

    def reset_prices(self) -> None:
        self._set_auto(True)
        self._apply()

    def home(self) -> None:
        """Newest bar at the right with its empty bars, at the usual spacing."""
        last, self.is_home = self.series.last, True
        if last is not None and self.pane_width > 0:
            empty = max(EMPTY_BARS, (self.tag_room + 2 * HOME_SPACING) / HOME_SPACING if self.tag_room else 0.0)
            self.x1 = last.at / self.series.step_ms + min(empty, 0.4 * self.pane_width / HOME_SPACING)
            self.x0 = self.x1 - self.pane_width / HOME_SPACING
        self._apply()

    def reset(self) -> None:
        self._set_auto(True)
        self.home()

    def show_bar(self, at: float) -> None:
        """Bring an instant into view: nothing moves if it is already there, else it lands in the middle."""
        place = at / self.series.step_ms
        if not self.x0 + 1 <= place <= self.x1 - 1:
            half = (self.x1 - self.x0) / 2
            self._go(place - half, place + half)

    def show_span(self, first: float, last: float) -> None:
        """Bring all of a stretch of time into view, in the middle; further out only if it would not fit."""
        left, right = first / self.series.step_ms, last / self.series.step_ms
        span, middle = self.x1 - self.x0, (left + right) / 2
        if right - left > span * _WHOLE:
            span = self._limited_span((right - left) / _WHOLE)
        if not (self.x0 + 1 <= left and right <= self.x1 - 1 and span == self.x1 - self.x0):
            self._go(middle - span / 2, middle + span / 2)

    def set_auto(self, is_auto: bool) -> None:
        self._set_auto(is_auto)
        self._apply()

    def set_log(self, is_log: bool) -> None:
        """Switch between equal distances and equal percentages; the visible prices stay the same."""
        if is_log == self.is_log:
            return
        low, high = self.price_of(self.pane_height), self.price_of(0)
        self.is_log = is_log
        self.y0, self.y1 = self._scaled(low), self._scaled(high)
        if not self.y1 > self.y0:
            self.is_auto = True
        self.modes_changed.emit()
        self._apply()

    # -- remembering --------------------------------------------------------------------------------------------------

    def state_now(self) -> ViewState:
        last = self.series.last
        place = last.at / self.series.step_ms if last is not None else self.x1
        follows = self.x0 <= place <= self.x1
        return ViewState(
            spacing=self.spacing if self.pane_width else HOME_SPACING,
            right_at=None if follows else self.x1 * self.series.step_ms,
            right_bars=self.x1 - place if follows else 0.0,
            prices=None if self.is_auto else (self.price_of(self.pane_height), self.price_of(0)),
            is_log=self.is_log,
        )

    def restore(self, state: ViewState) -> None:
        """Look at things as they were left; once there is a size, if there is none yet."""
        if self.pane_width <= 0:
            self._restoring = state
            return
        last = self.series.last
        newest = last.at / self.series.step_ms if last is not None else 0.0
        right = newest + state.right_bars if state.right_at is None else state.right_at / self.series.step_ms
        self.is_log = state.is_log
        self._set_auto(state.prices is None)
        if state.prices is not None:
            self.y0, self.y1 = self._scaled(state.prices[0]), self._scaled(state.prices[1])
        self.modes_changed.emit()
        self._go(right - self.pane_width / state.spacing, right)

    # -- inside -------------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QGraphicsSceneResizeEvent) -> None:
        """Keep the spacing and the right edge, as if the window were a frame over a long strip of paper."""
        super().resizeEvent(event)
        spacing, was_sized = (self.spacing if self.pane_width else HOME_SPACING), self.pane_width > 0
        self.pane_width, self.pane_height = self.rect().width(), self.rect().height()
        if self.pane_width <= 0:
            return
        if was_sized and not self.is_home:
            self.x0 = self.x1 - self._limited_span(self.pane_width / spacing)
            self._apply()
        else:
            self.home()
        if self._restoring is not None:
            state, self._restoring = self._restoring, None
            self.restore(state)

    def _go(self, x0: float, x1: float) -> None:
        self.x0, self.x1 = self._held(x0, x1)
        self.is_home = False
        self._apply()

    def _limited_span(self, span: float) -> float:
        widest = max(self._history_bars() * 1.25, self.pane_width / HOME_SPACING)
        return min(max(span, MIN_BARS, self.pane_width / MAX_SPACING), widest)

    def _held(self, x0: float, x1: float) -> tuple[float, float]:
        """Never lose sight of the candles: at least two stay in the pane."""
        if not len(self.series):
            return x0, x1
        first, last = self.series.at[0] / self.series.step_ms, self.series.at[-1] / self.series.step_ms
        shift = max(0.0, first + 2 - x1) - max(0.0, x0 - (last - 2))
        return x0 + shift, x1 + shift

    def _history_bars(self) -> float:
        return float(self.series.at[-1] - self.series.at[0]) / self.series.step_ms + 1 if len(self.series) else 1.0

    def _set_auto(self, is_auto: bool) -> None:
        if is_auto != self.is_auto:
            self.is_auto = is_auto
            self.modes_changed.emit()

    def _fit(self) -> None:
        extremes = self.series.extremes(*self.visible())
        if extremes is None:
            return
        low, high = self._scaled(extremes[0]), self._scaled(extremes[1])
        span = max(high - low, abs(high) * 1e-4, 1e-12)
        for value in map(self._scaled, self._line_prices):
            low = min(low, max(value, self._scaled(extremes[0]) - self.lines_reach * span))
            high = max(high, min(value, self._scaled(extremes[1]) + self.lines_reach * span))
        middle, span = (low + high) / 2, max(high - low, span)
        low, high = middle - span / 2, middle + span / 2
        whole = span / (1 - TOP_MARGIN - BOTTOM_MARGIN)
        self.y0, self.y1 = low - BOTTOM_MARGIN * whole, high + TOP_MARGIN * whole

    def _apply(self) -> None:
        if self.is_auto and not self.holds_prices:
            self._fit()
        # pyqtgraph items added to this view (indicators) follow its own notion of the range.
        self.setRange(xRange=(self.x0, self.x1), yRange=(self.y0, self.y1), padding=0, disableAutoRange=False)
        self.changed.emit()
