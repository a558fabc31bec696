"""A document with a chart: one pair of one account, its candles, its orders and its fills."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from desktop_app.core.columns import TIMEFRAMES
from desktop_app.gui import fmt, wording
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.i18n import tr, units
from desktop_app.gui.notices import plain_label
from desktop_app.gui.running_candle import RunningCandle, opening_of
from desktop_app.gui.selection import Choice, Selection
from desktop_app.gui.theme import Theme

if TYPE_CHECKING:
    from desktop_app.core.columns import Candles
    from desktop_app.engine.news import CandleNews, FillNews
    from desktop_app.engine.views import DealDetail, DealView
    from desktop_app.gui.chart.lines import ChartLine
    from desktop_app.gui.chart.markers import ChartMarker
    from desktop_app.gui.chart.series import CandleSeries
    from desktop_app.gui.chart.widget import ChartWidget
    from desktop_app.gui.conditions.chart_indicators import ChartIndicators
    from desktop_app.gui.ticket.hand import ProposalHand

FIRST_BARS = 1_500
MORE_BARS = 3_000
_MOST_BARS = 200_000
_DEALS_WITH_FILLS = 20
DEFAULT_INTERVAL = "15m"


class ChartPage(QWidget):
    """Shows nothing but a word until `open_chart`: what a chart needs is loaded after the first paint."""

    title_changed = Signal(str)
    search_requested = Signal(str)
    full_requested = Signal()
    interval_changed = Signal(str)
    proposal_moved = Signal(str, object)  # a line of the ticket: key, Decimal

    def __init__(self, bridge: Bridge, selection: Selection, theme: Theme, zone: tzinfo) -> None:
        super().__init__()
        self._bridge, self._selection, self._theme, self._zone = bridge, selection, theme, zone
        self.account, self.symbol, self.interval = "", "", DEFAULT_INTERVAL
        self.chart: ChartWidget | None = None
        self._indicators: ChartIndicators | None = None
        self._remembered: dict[str, list[str]] = {}
        self._proposal: ProposalHand | None = None
        self._running = RunningCandle(TIMEFRAMES[self.interval])
        self._ask = 0  # the newest request for candles: answers to older ones are dropped
        self._is_loading_more = False
        self._has_all = False
        self._markers: dict[str, ChartMarker] = {}
        self._waiting = plain_label()
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._waiting.setProperty("role", "muted")
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._waiting)
        bridge.candles_changed.connect(self._candles_changed)
        bridge.deals_changed.connect(self._deals_changed)
        bridge.orders_changed.connect(lambda _: self._show_lines())
        bridge.fills_added.connect(self._fills_added)
        bridge.accounts_changed.connect(lambda _: self.show_freshness())
        bridge.reloaded.connect(self._reload)
        self.retranslate()

    def open_chart(self) -> None:
        """Make the chart itself; costs the import of the drawing library once."""
        if self.chart is not None:
            return
        from desktop_app.gui.chart.widget import ChartWidget
        from desktop_app.gui.conditions.chart_indicators import ChartIndicators
        from desktop_app.gui.line_hand import LineHand
        from desktop_app.gui.ticket.hand import ProposalHand

        chart = ChartWidget(self._theme, now=lambda: self._bridge.known.now(self.account))
        chart.interval_requested.connect(self.show_interval)
        chart.search_requested.connect(self.search_requested)
        chart.full_requested.connect(self.full_requested)
        chart.history_requested.connect(self._history_wanted)
        chart.line_selected.connect(self._line_selected)
        LineHand(chart, self._bridge, self._own_deals)
        self._indicators = ChartIndicators(chart, self._bridge, self.account, self._remembered)
        self._proposal = ProposalHand(chart)
        self._proposal.moved.connect(self.proposal_moved)
        self._proposal.changed.connect(self._show_lines)
        self.chart = chart
        self._pages.addWidget(chart)
        self._pages.setCurrentWidget(chart)
        if self.symbol:
            self.show_pair(self.account, self.symbol)

    def remember_indicators(self, kept: dict[str, list[str]]) -> None:
        """Where to keep which indicators the chart of a pair shows; to be called before `open_chart`."""
        self._remembered = kept

    # --- what is shown

    def show_pair(self, account: str, symbol: str) -> None:
        is_same = (account, symbol) == (self.account, self.symbol)
        self.account, self.symbol = account, symbol
        self.title_changed.emit(symbol)
        market = self._bridge.known.market(account, symbol)
        if self.chart is None or market is None:
            return
        if is_same and self.chart.symbol == symbol and self.chart.interval:
            return
        self._markers.clear()
        self.chart.set_market(symbol, market.price_tick, self._zone)
        if not self.chart.interval:
            self.chart.show_empty(tr("Loading candles…"))
        if self._indicators is not None:
            self._indicators.show_account(account)
        self._show_badge()
        self._show_lines()
        self.show_freshness()
        self._load(FIRST_BARS)
        self._bridge.spawn(self._load_fills(account, symbol), tr("reading the fills"))

    def propose(self, lines: tuple[ChartLine, ...]) -> None:
        """Lines of a ticket on this pair; what is not placed yet can be dragged freely."""
        if self._proposal is not None:
            self._proposal.propose(lines)

    def show_interval(self, interval: str) -> None:
        if interval not in TIMEFRAMES:
            return
        self.interval = interval
        self.interval_changed.emit(interval)
        if self.symbol and self.chart is not None:
            self._load(FIRST_BARS)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        if self.chart is not None:
            self.chart.set_theme(theme)

    def follow(self, choice: Choice) -> None:
        """The selection of the window; a deal's or order's pair comes into view."""
        if choice.symbol:
            self.show_pair(choice.account, choice.symbol)
        if self.chart is not None:
            self.chart.highlight(choice.order_id)

    def show_freshness(self) -> None:
        if self.chart is None:
            return
        account = self._bridge.known.accounts.get(self.account)
        if account is None or account.is_live_feed:
            self.chart.set_stale(None)
            return
        tick = self._bridge.known.prices.get((self.account, self.symbol))
        age = account.clock_at - tick.at if tick is not None else 0
        text = tr("no new data for {age}").format(age=fmt.duration(age, units()))
        self.chart.set_stale(text)

    def retranslate(self) -> None:
        self._waiting.setText(tr("Loading the chart…"))
        self._show_badge()
        self._show_lines()

    # --- candles

    def _load(self, bars: int) -> None:
        if not self._bridge.is_attached:
            return
        self._ask += 1
        self._has_all = False
        work = self._load_candles(self._ask, self.account, self.symbol, self.interval, bars)
        self._bridge.spawn(work, tr("reading candles"))

    async def _load_candles(self, ask: int, account: str, symbol: str, interval: str, bars: int) -> None:
        from desktop_app.engine.news import CandleNews
        from desktop_app.engine.problem import Problem

        step = TIMEFRAMES[interval]
        now = self._bridge.known.now(account)
        opening = opening_of(now, step)
        wishes, bridge = self._bridge.wishes, self._bridge
        try:
            candles = await bridge.ask(wishes.candles(account, symbol, interval, opening - bars * step, now))
            minutes = await bridge.ask(wishes.candles(account, symbol, "1m", opening, now))
        except Problem as problem:
            if ask == self._ask and self.chart is not None:
                self.chart.show_empty(wording.problem_text(problem))
            return
        if ask != self._ask or self.chart is None:
            return
        self._running = RunningCandle(step)
        self.chart.set_candles(_series(step, candles), interval)
        for at in range(len(minutes)):
            self._take_minute(CandleNews(account, symbol, minutes.candle(at), is_closed=True))

    def _history_wanted(self, before: int) -> None:
        if self._is_loading_more or self._has_all or self.chart is None:
            return
        series = self.chart.canvas.view.series
        if not len(series) or len(series) >= _MOST_BARS:
            return
        self._is_loading_more = True
        work = self._load_older(self._ask, self.account, self.symbol, self.interval, int(series.at[0]))
        self._bridge.spawn(work, tr("reading candles"))

    async def _load_older(self, ask: int, account: str, symbol: str, interval: str, first: int) -> None:
        step = TIMEFRAMES[interval]
        try:
            wish = self._bridge.wishes.candles(account, symbol, interval, first - MORE_BARS * step, first)
            older = await self._bridge.ask(wish)
        finally:
            self._is_loading_more = False
        if ask != self._ask or self.chart is None:
            return
        self._has_all = len(older) == 0
        if not self._has_all:
            self.chart.set_candles(_joined(step, older, self.chart.canvas.view.series), interval)

    def _candles_changed(self, news: Sequence[CandleNews]) -> None:
        if self.chart is None or not self.chart.interval:
            return
        for candle in news:
            if candle.account == self.account and candle.symbol == self.symbol:
                self._take_minute(candle)

    def _take_minute(self, news: CandleNews) -> None:
        bar = self._running.take(news.candle)
        if bar is not None and self.chart is not None:
            self.chart.update_last(bar.at, bar.open, bar.high, bar.low, bar.close, bar.volume)

    def _reload(self) -> None:
        if self.symbol and self.chart is not None:
            self.chart.set_lines(())
            symbol, self.symbol = self.symbol, ""
            self.show_pair(self.account, symbol)

    # --- orders and fills

    def _own_deals(self) -> list[DealView]:
        deals = self._bridge.known.open_deals()
        return [view for view in deals if view.account == self.account and view.deal.symbol == self.symbol]

    def _deals_changed(self, views: Sequence[DealView]) -> None:
        if any(view.account == self.account and view.deal.symbol == self.symbol for view in views):
            self._show_lines()

    def _show_lines(self) -> None:
        market = self._bridge.known.market(self.account, self.symbol)
        if self.chart is None or market is None:
            return
        from desktop_app.gui.order_lines import lines_of

        deals = [(view, self._bridge.known.settings_of(view)) for view in self._own_deals()]
        proposed = self._proposal.lines() if self._proposal is not None else ()
        self.chart.set_lines((*lines_of(deals, market), *proposed))

    def _show_badge(self) -> None:
        if self.chart is not None and self.account:
            self.chart.set_badge("LIVE" if self._bridge.known.mode(self.account) == "live" else "PAPER")

    async def _load_fills(self, account: str, symbol: str) -> None:
        bridge, wishes = self._bridge, self._bridge.wishes
        views = await bridge.ask(wishes.deals(include_closed=True, limit=200))
        own = [view for view in views if view.account == account and view.deal.symbol == symbol]
        for view in own[:_DEALS_WITH_FILLS]:
            detail = await bridge.ask(wishes.deal(view.bot_id, view.deal.number))
            if (account, symbol) != (self.account, self.symbol):
                return
            self.show_fills(detail)

    def show_fills(self, detail: DealDetail) -> None:
        """Mark the trades of a deal."""
        deal = detail.view.deal
        market = self._bridge.known.market(self.account, self.symbol)
        if self.chart is None or market is None or (detail.view.account, deal.symbol) != (self.account, self.symbol):
            return
        from desktop_app.gui.order_lines import markers_of

        self._markers.update((marker.key, marker) for marker in markers_of(detail.orders, detail.fills, market))
        self.chart.set_markers(tuple(self._markers.values()))

    def _fills_added(self, news: Sequence[FillNews]) -> None:
        market = self._bridge.known.market(self.account, self.symbol)
        if self.chart is None or market is None:
            return
        from desktop_app.gui.order_lines import marker_of

        for fill in news:
            view = self._bridge.known.deals.get(f"{fill.bot_id}-{fill.deal}")
            order = view.deal.order(fill.client_id) if view is not None else None
            if view is None or order is None or (view.account, order.symbol) != (self.account, self.symbol):
                continue
            marker = marker_of(fill.client_id, fill.fill, order.role, order.side, market, order.index)
            self._markers[marker.key] = marker
        self.chart.set_markers(tuple(self._markers.values()))

    def _line_selected(self, key: str) -> None:
        known = self._bridge.known.orders.get(key)
        if known is not None:
            self._selection.pick_order(key, known.deal_id, known.bot_id, known.account, known.order.symbol)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def day_of(candles: Candles) -> tuple[Decimal, Decimal, Decimal] | None:
    """(open, high, low) of some hours; None without any."""
    if not len(candles):
        return None
    first = candles.candle(0)
    return first.open, Decimal(repr(float(candles.high.max()))), Decimal(repr(float(candles.low.min())))


def _series(step: int, candles: Candles) -> CandleSeries:
    from desktop_app.gui.chart.series import CandleSeries

    return CandleSeries.from_arrays(
        step, candles.at, candles.open, candles.high, candles.low, candles.close, candles.volume
    )


def _joined(step: int, older: Candles, series: CandleSeries) -> CandleSeries:
    import numpy as np

    from desktop_app.gui.chart.series import CandleSeries

    return CandleSeries.from_arrays(
        step,
        np.concatenate((older.at, series.at)),
        np.concatenate((older.open, series.open)),
        np.concatenate((older.high, series.high)),
        np.concatenate((older.low, series.low)),
        np.concatenate((older.close, series.close)),
        np.concatenate((older.volume, series.volume)),
    )
