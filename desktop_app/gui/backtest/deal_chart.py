"""The candles that were tested, with every fill and the way of every deal; shows the deal that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import tzinfo
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop_app.core.columns import TIMEFRAMES, Candles
from desktop_app.core.market import Market
from desktop_app.core.order import Role, Side
from desktop_app.gui import fmt, wording
from desktop_app.gui.backtest.deal_rows import DealRow
from desktop_app.gui.chart.markers import ChartMarker
from desktop_app.gui.chart.series import CandleSeries
from desktop_app.gui.chart.toolbar import SHOWN
from desktop_app.gui.chart.trails import Mood, Trail
from desktop_app.gui.chart.widget import ChartWidget
from desktop_app.gui.conditions.lab import off_loop
from desktop_app.gui.i18n import tr
from desktop_app.gui.theme import Theme, current_theme
from desktop_app.research.past import Source, read_gathered
from desktop_app.research.report import OrderLine

MOST_BARS = 120_000  # in the chart at once: past that, those around the moment that is looked at
_FIRST_BARS = 1_500  # of the interval that a result is first shown in
_DEAL_BARS = (10, 300)  # a deal that takes less or more of them is shown in another interval
_FITTING = 80  # bars that it then takes, about

Spawn = Callable[[Coroutine[Any, Any, Any], str], object]


class DealChart(QWidget):
    """`show_rows` after `show_market`; `show_deal` jumps."""

    def __init__(self, folder: Path, spawn: Spawn, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder, self._spawn, self._zone = folder, spawn, zone
        self._source: Source | None = None
        self._span = (0, 0)
        self._loaded: tuple[str, int, int] = ("", 0, 0)
        self._rows: tuple[DealRow, ...] = ()
        self._market: Market | None = None
        self._is_marked = False
        self._ask = 0
        self._theme: Theme = current_theme()
        self.chart = ChartWidget(self._theme, now=lambda: 0, parent=self)
        self.chart.toolbar.full.hide()
        self.chart.interval_requested.connect(self._interval_wanted)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.chart)

    # --- what is shown

    @property
    def has_result(self) -> bool:
        return self._source is not None

    def show_result(self, source: Source, market: Market, start: int, end: int, rows: tuple[DealRow, ...]) -> None:
        """Another result: its candles, fills and ways."""
        self._source, self._span, self._loaded = source, (start, end), ("", 0, 0)
        self._rows, self._market, self._is_marked = rows, market, False
        self.chart.set_market(market.symbol, market.price_tick, self._zone)
        self.chart.show_empty(tr("Loading candles…"))
        self.chart.canvas.set_markers(())
        self.chart.canvas.set_trails(())
        self.chart.canvas.choose_trail("")
        self.show_interval(interval_for(end - start, _FIRST_BARS, source.step_ms), end)

    def show_deal(self, row: DealRow) -> None:
        """Jump to a deal, in an interval in which it can be seen."""
        assert self._source is not None
        self.chart.canvas.choose_trail(row.key)
        interval = self._loaded[0]
        step = TIMEFRAMES[interval] if interval else 1
        few, many = _DEAL_BARS
        if not interval or not few <= row.lasted / step <= many:
            interval = interval_for(row.lasted, _FITTING, self._source.step_ms)
        middle = (row.line.opened_at + row.until) // 2
        self.show_interval(interval, middle, around=(row.line.opened_at, row.until))

    def show_interval(self, interval: str, at: int, around: tuple[int, int] | None = None) -> None:
        """Show this interval with a moment in sight; candles that are not there are read."""
        loaded, first, last = self._loaded
        if loaded == interval and first <= at <= last:
            self._go(at, around)
            return
        self._ask += 1
        self._spawn(self._load(self._ask, interval, at, around), tr("reading candles"))

    # --- inside

    async def _load(self, ask: int, interval: str, at: int, around: tuple[int, int] | None) -> None:
        source, folder, step = self._source, self._folder, TIMEFRAMES[interval]
        rows, market = self._rows, self._market
        assert source is not None
        assert market is not None
        start, end = self._span
        if (end - start) // step > MOST_BARS:
            half = MOST_BARS // 2 * step
            start, end = max(start, at - half), min(end, at + half)
        candles = await off_loop(lambda: read_gathered(folder, source, start, end, interval))
        if not isValid(self) or ask != self._ask:
            return
        if not len(candles):
            self.chart.show_empty(tr("The candles of this result are not kept any more."))
            return
        if not self._is_marked:  # a grid has thousands of fills to say something about
            markers = await off_loop(lambda: markers_of(rows, market))
            if not isValid(self) or ask != self._ask:
                return
            self._is_marked = True
            self.chart.canvas.set_markers(markers)
            self.chart.canvas.set_trails([trail_of(row) for row in rows])
        self._loaded = (interval, start, end)
        self.chart.set_candles(series_of(step, candles), interval)
        self._go(at, around)

    def _go(self, at: int, around: tuple[int, int] | None) -> None:
        view = self.chart.canvas.view
        if around is not None and view.pane_width > 0:
            view.show_span(*around)
        else:
            self.chart.show_instant(at)
        self.chart.canvas.redraw()

    def _interval_wanted(self, interval: str) -> None:
        if self._source is None:
            return
        if TIMEFRAMES[interval] < self._source.step_ms:
            self.chart.toolbar.show_interval(self._loaded[0])
            return
        view = self.chart.canvas.view
        middle = round((view.x0 + view.x1) / 2 * view.series.step_ms) if len(view.series) else self._span[1]
        self.show_interval(interval, min(max(middle, self._span[0]), self._span[1]))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and current_theme() != self._theme:
            self._theme = current_theme()
            self.chart.set_theme(self._theme)
        super().changeEvent(event)


def interval_for(span: int, bars: int, finest: int) -> str:
    """The finest interval of the chart in which a span takes no more bars than this, nor finer than the candles."""
    fine_enough = [name for name in SHOWN if TIMEFRAMES[name] >= finest]
    if not fine_enough:
        return SHOWN[-1]
    return next((name for name in fine_enough if span <= bars * TIMEFRAMES[name]), fine_enough[-1])


def series_of(step: int, candles: Candles) -> CandleSeries:
    return CandleSeries.from_arrays(
        step, candles.at, candles.open, candles.high, candles.low, candles.close, candles.volume
    )


# --- fills


def markers_of(rows: tuple[DealRow, ...], market: Market) -> list[ChartMarker]:
    """A triangle for each order that filled: buys point up, sells down; safety orders are small."""
    return [
        ChartMarker(
            key=f"{row.key}.{at}",
            at=order.filled_at,
            price=float(order.price),
            side="buy" if order.side is Side.BUY else "sell",
            text=_words_of(row, order, market),
            is_small=order.role in (Role.SAFETY, Role.GRID),
        )
        for row in rows
        for at, order in enumerate(row.line.orders)
    ]


def _words_of(row: DealRow, order: OrderLine, market: Market) -> str:
    name = wording.role_name(order.role)
    if order.role in (Role.SAFETY, Role.GRID):
        name = f"{name} {order.index}"
    return "\n".join(
        (
            tr("Deal {number}").format(number=row.number) + f" · {name} · {wording.side(order.side)}",
            tr("{amount} {base} at {price}").format(
                amount=fmt.amount(order.amount, market.amount_step),
                base=market.base,
                price=fmt.price(order.price, market.price_tick),
            ),
            tr("Fee {fee}").format(fee=fmt.money(order.fee_quote, market.quote)),
        )
    )


def trail_of(row: DealRow) -> Trail:
    mood: Mood = "profit" if row.line.profit_quote >= 0 else "loss"
    points = tuple((order.filled_at, float(order.price)) for order in row.line.orders)
    if row.line.closed_at is None:
        mood = "open"
        if points:
            points = (*points, (row.until, float(row.line.average_price or points[-1][1])))
    return Trail(row.key, points, mood)
