"""Sorts the engine's news into what is known now and what has changed since the last hand-over."""

from functools import singledispatchmethod
from typing import Any

from desktop_app.engine.news import (
    AccountGone,
    AccountNews,
    AwayNews,
    BalanceNews,
    BotGone,
    BotNews,
    CandleNews,
    DealNews,
    FeedNews,
    FillNews,
    ForeignNews,
    LogNews,
    OrderNews,
    PanicNews,
    PriceNews,
    ReconciledNews,
    SignalNews,
    SignalsNews,
    TimelineNews,
)
from desktop_app.engine.views import SignalsView, SignalView
from desktop_app.gui.known import Known, KnownOrder


class Changes:
    """What has come since the last hand-over."""

    def __init__(self) -> None:
        self.accounts: dict[str, object] = {}
        self.bots: dict[int, Any] = {}
        self.bots_gone: list[int] = []
        self.deals: dict[str, Any] = {}
        self.orders: dict[str, KnownOrder] = {}
        self.prices: dict[tuple[str, str], None] = {}
        self.closed_candles: list[CandleNews] = []
        self.candles: dict[tuple[str, str], CandleNews] = {}
        self.balances: dict[str, None] = {}
        self.feeds: list[FeedNews] = []
        self.fills: list[FillNews] = []
        self.timeline: list[TimelineNews] = []
        self.log: list[LogNews] = []
        self.panic: list[PanicNews] = []
        self.reconciled: list[ReconciledNews] = []
        self.foreign: list[ForeignNews] = []
        self.away: list[AwayNews] = []
        self.signals: list[SignalView] = []
        self.ways: list[SignalsView] = []


class Inbox:
    """Keeps the latest of each thing; what must not be lost (closed candles, fills, log lines) is kept in order."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self._changes = Changes()

    def drain(self) -> Changes:
        """What has come since the last time."""
        changes, self._changes = self._changes, Changes()
        return changes

    @singledispatchmethod
    def take(self, news: object) -> None:
        """What the window does not show."""

    @take.register
    def _(self, news: AccountNews) -> None:
        self.known.accounts[news.account.name] = news.account
        self._changes.accounts[news.account.name] = news.account

    @take.register
    def _(self, news: AccountGone) -> None:
        self.known.accounts.pop(news.account, None)
        self._changes.accounts[news.account] = None

    @take.register
    def _(self, news: BotNews) -> None:
        self.known.bots[news.bot.bot_id] = news.bot
        self._changes.bots[news.bot.bot_id] = news.bot

    @take.register
    def _(self, news: BotGone) -> None:
        self.known.bots.pop(news.bot_id, None)
        self._changes.bots.pop(news.bot_id, None)
        self._changes.bots_gone.append(news.bot_id)

    @take.register
    def _(self, news: DealNews) -> None:
        before = set(self.known.orders)
        self.known.take_deal(news.deal)
        self._changes.deals[news.deal.deal_id] = news.deal
        for order in news.deal.deal.orders:
            if order.is_live or order.client_id in before:
                known = KnownOrder(order, news.bot_id, news.deal.deal.number, news.deal.account)
                self._changes.orders[order.client_id] = known

    @take.register
    def _(self, news: OrderNews) -> None:
        known = KnownOrder(news.order, news.bot_id, news.deal, news.account)
        self.known.take_order(known)
        self._changes.orders[news.order.client_id] = known

    @take.register
    def _(self, news: PriceNews) -> None:
        self.known.take_price(news.account, news.tick)
        self._changes.prices[news.account, news.tick.symbol] = None

    @take.register
    def _(self, news: CandleNews) -> None:
        batch = self._changes
        if news.is_closed:
            batch.closed_candles.append(news)
            batch.candles.pop((news.account, news.symbol), None)
        else:
            batch.candles[news.account, news.symbol] = news

    @take.register
    def _(self, news: BalanceNews) -> None:
        self.known.balances[news.account] = news.balances
        self._changes.balances[news.account] = None

    @take.register
    def _(self, news: FeedNews) -> None:
        self._changes.feeds.append(news)

    @take.register
    def _(self, news: FillNews) -> None:
        self._changes.fills.append(news)

    @take.register
    def _(self, news: TimelineNews) -> None:
        self._changes.timeline.append(news)

    @take.register
    def _(self, news: LogNews) -> None:
        self._changes.log.append(news)

    @take.register
    def _(self, news: PanicNews) -> None:
        self._changes.panic.append(news)

    @take.register
    def _(self, news: ReconciledNews) -> None:
        self._changes.reconciled.append(news)

    @take.register
    def _(self, news: ForeignNews) -> None:
        self._changes.foreign.append(news)

    @take.register
    def _(self, news: AwayNews) -> None:
        self._changes.away.append(news)

    @take.register
    def _(self, news: SignalNews) -> None:
        self._changes.signals.append(news.signal)

    @take.register
    def _(self, news: SignalsNews) -> None:
        self._changes.ways.append(news.signals)
