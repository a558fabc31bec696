"""An engine that only remembers what it was asked, with the deal #128 of the specification and some company."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np

from desktop_app.core.capability import Capability, Level
from desktop_app.core.columns import TIMEFRAMES, Candles
from desktop_app.core.credentials import Credentials
from desktop_app.core.deal import Deal, DealStatus, Direction, Position
from desktop_app.core.events import Ask, PriceTick
from desktop_app.core.market import Balance, Market
from desktop_app.core.order import Fill, Order, OrderStatus, OrderType, Role, Side
from desktop_app.core.rights import Rights
from desktop_app.core.risk import Limits
from desktop_app.core.said import said
from desktop_app.core.strategies.dca_settings import BaseOrder, DcaSettings, SafetyOrders, TakeProfit
from desktop_app.engine.bus import Bus
from desktop_app.engine.news import (
    AccountNews,
    BalanceNews,
    BotNews,
    CandleNews,
    DealNews,
    LogNews,
    PriceNews,
    TimelineNews,
)
from desktop_app.engine.panic import PanicReport
from desktop_app.engine.quitting import QuitAccount, QuitDeal, QuitSummary
from desktop_app.engine.views import (
    AccountCheck,
    AccountView,
    BotView,
    DealDetail,
    DealView,
    Evidence,
    FundsBar,
    KeyringView,
    TimelineLine,
)

D = Decimal
NOW = 1_795_614_067_000  # 2026-11-25 13:41:07 UTC
ACCOUNT = "Paper wallet"

MARKETS = {
    market.symbol: market
    for market in (
        Market("BTC/USDT", "BTC", "USDT", D("0.01"), D("0.00001")),
        Market("ETH/USDT", "ETH", "USDT", D("0.01"), D("0.0001")),
        Market("SOL/USDT", "SOL", "USDT", D("0.01"), D("0.001")),
        Market("EUR/USDT", "EUR", "USDT", D("0.0001"), D("0.1")),
        Market("XRP/USDT", "XRP", "USDT", D("0.0001"), D("0.1")),
        Market("DOGE/USDT", "DOGE", "USDT", D("0.00001"), D(1)),
        Market("SHIB/USDT", "SHIB", "USDT", D("0.00000001"), D(1)),
        Market("PEPE/USDT", "PEPE", "USDT", D("0.00000001"), D(1)),
        Market("LINK/USDT", "LINK", "USDT", D("0.001"), D("0.01")),
        Market("ETH/BTC", "ETH", "BTC", D("0.00001"), D("0.0001")),
    )
}
PRICES = {
    "BTC/USDT": "63120.00", "ETH/USDT": "3412.18", "SOL/USDT": "148.23", "EUR/USDT": "1.0907", "XRP/USDT": "0.6184",
    "DOGE/USDT": "0.13794", "SHIB/USDT": "0.00002361", "PEPE/USDT": "0.00001422", "LINK/USDT": "14.603",
    "ETH/BTC": "0.05406",
}  # fmt: skip

SETTINGS = DcaSettings(
    name="BTC starter",
    account=ACCOUNT,
    pairs=("BTC/USDT",),
    base_order=BaseOrder(volume=D("20.5"), type="limit"),
    safety_orders=SafetyOrders(
        volume=D(24), price_deviation=D("1.5"), step_scale=D("1.4"), volume_scale=D("1.5"), max_count=4, max_active=2
    ),
    take_profit=TakeProfit(percent=D("1.5")),
)


def order(
    client_id: str, role: Role, index: int, side: Side, amount: str, price: str, status: OrderStatus = OrderStatus.OPEN
) -> Order:
    made = Order(
        client_id, "BTC/USDT", role, index, side, OrderType.LIMIT, D(amount), D(price), exchange_id=f"88{index}1",
        status=OrderStatus.OPEN, placed_at=NOW - 3_600_000,
    )  # fmt: skip
    if status is OrderStatus.FILLED:
        cost = D(amount) * D(price)
        return replace(made, status=status, filled=D(amount), cost=cost, fee=cost * D("0.001"))
    return replace(made, status=status)


FILLS = (
    ("b0", Fill("t1", D("64210.50"), D("0.00032"), D("64210.50") * D("0.00032") * D("0.001"), at=NOW - 8_000_000)),
    ("s1", Fill("t2", D("63310.58"), D("0.00038"), D("63310.58") * D("0.00038") * D("0.001"), at=NOW - 1_300_000)),
)


def deal_128(**changes: Any) -> Deal:
    position = Position()
    for _, fill in FILLS:
        position = position.with_fill(fill, is_entry=True)
    deal = Deal(
        number=128,
        symbol="BTC/USDT",
        direction=Direction.LONG,
        status=DealStatus.OPEN,
        opened_at=NOW - 8_047_000,
        position=position,
        orders=(
            order("b0", Role.BASE, 0, Side.BUY, "0.00032", "64210.50", OrderStatus.FILLED),
            order("s1", Role.SAFETY, 1, Side.BUY, "0.00038", "63310.58", OrderStatus.FILLED),
            order("s2", Role.SAFETY, 2, Side.BUY, "0.00059", "61960.82"),
            order("s3", Role.SAFETY, 3, Side.BUY, "0.00090", "60071.14"),
            order("tp", Role.TAKE_PROFIT, 1, Side.SELL, "0.00070", "64807.29"),
        ),
        take_profits=(D("64807.29"),),
        safety_total=4,
        safety_filled=1,
    )
    return replace(deal, **changes)


def deal_view(deal: Deal | None = None, *, bot_id: int = 1, name: str = "BTC starter", mode: str = "sim") -> DealView:
    deal = deal or deal_128()
    last = D(PRICES[deal.symbol])
    return DealView(bot_id, name, ACCOUNT, deal, last, deal.unrealised(last, D("0.001")), mode)


WHY = said("why_waits_tp_or_so", take_profit=D("64807.29"), index=2, safety=D("61960.82"))


def bot_view(**changes: Any) -> BotView:
    view = BotView(
        bot_id=1,
        name="BTC starter",
        kind="dca",
        account=ACCOUNT,
        pairs=("BTC/USDT",),
        status="running",
        why=WHY,
        deals_open=1,
        deals_max=1,
        profit=D("12.34"),
        profit_today=D("4.12"),
        funds_used=D("135.31"),
        funds_max=D("216.99"),
        started_at=NOW - 200_000_000,
        version=1,
        settings_json=SETTINGS.model_dump_json(),
        mode="sim",
        deals_closed=17,
    )
    return replace(view, **changes)


BOTS = (
    bot_view(),
    bot_view(
        bot_id=2, name="ETH swing", pairs=("ETH/USDT", "SOL/USDT"), deals_open=0, deals_max=3, profit=D("-3.20"),
        profit_today=D(0), status="running", why=said("why_cooldown", seconds=42), funds_used=D(0), funds_max=D(320),
        deals_closed=6,
    ),
    bot_view(bot_id=3, name="SHIB dips", pairs=("SHIB/USDT",), deals_open=0, profit=D(0), profit_today=D(0),
             status="stopped", why=said("why_bot_stopped"), funds_used=D(0), funds_max=D(80), deals_closed=0),
)  # fmt: skip

_BASE = {"amount": D("0.00032"), "price": D("64210.5")}
TIMELINE = (
    TimelineLine(NOW - 8_047_000, said("deal_started", pair="BTC/USDT", **_BASE), False),
    TimelineLine(NOW - 8_000_000, said("base_filled", **_BASE, fee=D("0.0205")), False),
    TimelineLine(
        NOW - 1_300_000,
        said("safety_filled", index=1, amount=D("0.00038"), price=D("63310.58"), fee=D("0.0241"),
             before=D("64274.71"), average=D("63785.69")),
        False,
    ),
    TimelineLine(NOW - 900_000, said("order_refused", role="safety", index=4, reason="market is busy"), True),
)  # fmt: skip


def account_view(**changes: Any) -> AccountView:
    view = AccountView(ACCOUNT, "sim", True, True, True, True, D(60), NOW, account_id=1, is_reconciled=True)
    return replace(view, **changes)


LIVE = "Binance main"


def live_view(**changes: Any) -> AccountView:
    """A live account with a good key; it may not trade yet."""
    view = AccountView(
        LIVE, "binance", False, False, False, True, D(1), NOW, account_id=2, is_reconciled=True, is_connected=True,
        key_tail="…x7Q2", key_state="ok", rights=GOOD_RIGHTS, verdict="ok", checked_at=NOW - 60_000,
        clock_offset_ms=210,
    )  # fmt: skip
    return replace(view, **changes)


GOOD_RIGHTS = Rights(
    read=True, trade=True, withdraw=False, transfer=False, ip_restricted=True, created_at=NOW - 143 * 86_400_000,
    uid="77",
)  # fmt: skip


def key_check(rights: Rights = GOOD_RIGHTS, **changes: Any) -> AccountCheck:
    made = AccountCheck("binance", True, 210, rights, "ok", (), tail="…x7Q2", checked_at=NOW)
    return replace(made, **changes)


def capability(name: str, level: Level = Level.CONNECTABLE, **changes: Any) -> Capability:
    made = Capability(
        name.lower().replace(" ", "").replace(".", ""), name, level, True, ("apiKey", "secret"), True, True, True,
        True, True, True, False,
    )  # fmt: skip
    return replace(made, **changes)


EXCHANGES = (
    capability("Binance", Level.FULL),
    capability("KuCoin", Level.FULL, credentials=("apiKey", "secret", "password")),
    capability("OKX", Level.CHECKED, credentials=("apiKey", "secret", "password")),
    capability("Kraken", Level.CHECKED),
    capability("CoinMate", can_trade=False, key_check=False, websockets=False, private_stream=False),
    *(capability(f"Small {number:02}", key_check=False, private_stream=False) for number in range(80)),
)


def candles(symbol: str, timeframe: str, start: int, end: int) -> Candles:
    """A walk that ends at the pair's price, the same every time."""
    step = TIMEFRAMES[timeframe]
    first = -(-start // step) * step
    count = max(0, (end - first) // step)
    at = first + np.arange(count, dtype=np.int64) * step
    if not count:
        empty = np.empty(0)
        return Candles(at, empty, empty, empty, empty, empty)
    rng = np.random.default_rng(7)
    walk = np.cumsum(rng.standard_normal(count)) * 0.0016 * np.sqrt(step / 900_000)
    close = float(PRICES[symbol]) * np.exp(walk - walk[-1])
    opened = np.concatenate((close[:1], close[:-1]))
    spread = np.abs(rng.standard_normal(count)) * close * 0.0008
    return Candles(
        at, opened, np.maximum(opened, close) + spread, np.minimum(opened, close) - spread, close,
        (rng.random(count) * 40 + 5) * step / 60_000,
    )  # fmt: skip


class FakeSupervisor:
    """Answers from what it holds; `calls` is what it was asked to do, in order."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.views = [account_view()]
        self.bot_views = list(BOTS)
        self.deal_views = [deal_view()]
        self.problem: Exception | None = None
        self.check = key_check()
        self.evidence: dict[str, Sequence[Evidence]] = {}
        self.checks_wait: asyncio.Event | None = None
        self.keyring_waits: asyncio.Event | None = None
        self.keyring_view = KeyringView("ok", "Secret Service")
        self.opened_keyring = KeyringView("ok", "Secret Service")
        self.report = PanicReport(2, 3, 3, (), 0, 1, (said("panic_left", amount=D("0.01355"), asset="BTC"),), True)

    def _do(self, *call: Any) -> None:
        self.calls.append(call)
        if self.problem is not None:
            raise self.problem

    async def accounts(self) -> Sequence[AccountView]:
        return self.views

    async def exchanges(self) -> Sequence[Capability]:
        return EXCHANGES

    async def keyring(self) -> KeyringView:
        if self.keyring_waits is not None:
            await self.keyring_waits.wait()
        return self.keyring_view

    async def test_keyring(self) -> KeyringView:
        self._do("test_keyring")
        return self.opened_keyring

    async def check_key(self, exchange: str, config: Mapping[str, Any], credentials: Credentials) -> AccountCheck:
        self._do("check_key", exchange, credentials)
        if self.checks_wait is not None:
            await self.checks_wait.wait()
        return self.check

    async def add_account(
        self, name: str, exchange: str, *, is_paper: bool = False, config: Mapping[str, Any] | None = None,
        credentials: Credentials | None = None, session_only: bool = False,
    ) -> AccountView:  # fmt: skip
        self._do("add_account", name, exchange, is_paper, dict(config or {}), credentials, session_only)
        view = live_view(name=name, exchange=exchange, is_paper=is_paper)
        self.views.append(view)
        return view

    async def check_account(self, name: str) -> AccountCheck:
        self._do("check_account", name)
        return self.check

    async def replace_key(self, name: str, credentials: Credentials, *, session_only: bool = False) -> AccountCheck:
        self._do("replace_key", name, credentials, session_only)
        return self.check

    async def set_limits(self, name: str, limits: Limits) -> None:
        self._do("set_limits", name, limits)

    async def allow_trading(self, name: str) -> None:
        self._do("allow_trading", name)

    async def remove_account(self, name: str) -> None:
        self._do("remove_account", name)

    async def remind_of_key(self, account: str) -> None:
        self._do("remind_of_key", account)

    async def reconnect(self, account: str) -> None:
        self._do("reconnect", account)

    async def acknowledge_foreign(self, account: str) -> None:
        self._do("acknowledge_foreign", account)

    async def foreign(self, account: str) -> Sequence[Evidence]:
        return self.evidence.get(account, ())

    async def set_speed(self, account: str, speed: Decimal) -> None:
        self._do("set_speed", account, speed)

    async def watch(self, account: str, symbols: tuple[str, ...], owner: str = "window") -> None:
        self._do("watch", account, symbols, owner)

    async def markets(self, account: str) -> Mapping[str, Market]:
        return MARKETS

    async def prices(self, account: str) -> Mapping[str, PriceTick]:
        return {symbol: tick(symbol) for symbol in MARKETS}

    async def balances(self, account: str) -> Mapping[str, Balance]:
        return {"USDT": Balance("USDT", D("9864.69"), D("96.62")), "BTC": Balance("BTC", D(0), D("0.00070"))}

    async def candles(self, account: str, symbol: str, timeframe: str, start: int, end: int) -> Candles:
        return candles(symbol, timeframe, start, end)

    async def uncommitted(self, account: str, quote: str, excluding: int | str | None = None) -> FundsBar:
        return FundsBar(D(10_000), (), D(10_000), quote)

    async def bot(self, bot: int) -> BotView:
        return next(view for view in await self.bots() if view.bot_id == bot)

    async def bots(self) -> Sequence[BotView]:
        return self.bot_views

    async def add_bot(self, source: Any) -> int:
        self._do("add_bot", source)
        return 11

    async def mirror_bot(self, bot: int | str, account: str, name: str, percent: Decimal | None = None) -> int:
        self._do("mirror_bot", bot, account, name, percent)
        return 12

    async def start_bot(self, bot: int | str, even_if_short: bool = False) -> None:
        self._do("start_bot", bot, even_if_short)

    async def pause_bot(self, bot: int | str) -> None:
        self._do("pause_bot", bot)

    async def stop_bot(self, bot: int | str, then: str = "leave") -> None:
        self._do("stop_bot", bot, then)

    async def remove_bot(self, bot: int | str) -> None:
        self._do("remove_bot", bot)

    async def add_trade(self, source: Any, even_if_short: bool = False) -> int:
        self._do("add_trade", source, even_if_short)
        return 40 + len([call for call in self.calls if call[0] == "add_trade"])

    async def ask(self, bot: int | str, ask: Ask) -> None:
        self._do("ask", bot, ask)

    async def deals(
        self, bot: int | str | None = None, include_closed: bool = False, limit: int = 500, offset: int = 0
    ) -> Sequence[DealView]:
        return self.deal_views

    async def deal(self, bot: int | str, number: int) -> DealDetail:
        view = next(view for view in self.deal_views if (view.bot_id, view.deal.number) == (bot, number))
        return DealDetail(view, view.deal.orders, FILLS, TIMELINE)

    async def timeline(self, limit: int = 200, before: int | None = None) -> Sequence[tuple[int, int, TimelineLine]]:
        return [(1, 128, line) for line in reversed(TIMELINE)]

    async def panic(self, sell: bool = False, accounts: tuple[str, ...] = ()) -> PanicReport:
        self._do("panic", sell, accounts)
        return self.report

    async def quit_summary(self) -> QuitSummary:
        bots = tuple(view.name for view in self.bot_views if view.status == "running")
        if not bots:
            return QuitSummary(())
        deals = tuple(
            QuitDeal(view, view.deal.live_orders, (
                said("quit_stops_safety", count=1), said("quit_stops_take_profit"), said("quit_stops_no_stop_loss"),
            ))
            for view in self.deal_views
        )  # fmt: skip
        account = self.views[0]
        stops = (said("quit_stops_new_deals"), said("quit_stops_simulation"))
        return QuitSummary((QuitAccount(account.name, account.mode, account.is_simulated, bots, deals, stops),))


def tick(symbol: str, price: str | None = None, at: int = NOW) -> PriceTick:
    last = D(price or PRICES[symbol])
    return PriceTick(
        symbol, last, at, bid=last * D("0.9999"), ask=last * D("1.0001"), quote_volume_24h=D(1_600_000_000)
    )


class FakeEngine:
    """A supervisor and a bus; `say` publishes as the engine would."""

    def __init__(self) -> None:
        self.supervisor = FakeSupervisor()
        self.bus = Bus()

    def account(self, **changes: Any) -> None:
        self.bus.publish(AccountNews(account_view(**changes)))

    def bot(self, view: BotView) -> None:
        self.bus.publish(BotNews(view))

    def deal(self, view: DealView) -> None:
        self.bus.publish(DealNews(view.bot_id, view))

    def price(self, symbol: str, price: str, at: int = NOW) -> None:
        self.bus.publish(PriceNews(ACCOUNT, tick(symbol, price, at)))

    def candle(self, symbol: str, candle: Any, *, is_closed: bool = False) -> None:
        self.bus.publish(CandleNews(ACCOUNT, symbol, candle, is_closed))

    def log(self, level: str, code: str, bot: str = "", deal: int = 0, **values: Any) -> None:
        self.bus.publish(LogNews(NOW, level, ACCOUNT, bot, deal, code, said(code, **values)))

    def told(self, deal: int, code: str, *, bot_id: int = 1, **values: Any) -> None:
        self.bus.publish(TimelineNews(bot_id, deal, NOW, said(code, **values), False))

    def balances(self, **free: str) -> None:
        self.bus.publish(BalanceNews(ACCOUNT, {asset: Balance(asset, D(amount)) for asset, amount in free.items()}))
