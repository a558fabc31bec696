"""An engine that knows one account, answers at once, and remembers what it was asked."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np

from desktop_app.core.columns import TIMEFRAMES, Candles
from desktop_app.core.events import PriceTick
from desktop_app.core.market import Balance, Market
from desktop_app.core.said import said
from desktop_app.core.settings import Settings
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.engine.problem import Problem
from desktop_app.engine.views import AccountView, BotView, DealView, FundsBar
from desktop_app.gui.editor.link import EngineLink
from desktop_app.gui.known import Known

D = Decimal
NOW = 1_795_608_067_000
PAIR = "BTC/USDT"
MARKET = Market(PAIR, "BTC", "USDT")
ETH = Market("ETH/USDT", "ETH", "USDT", amount_step=D("0.0001"))
LAST = D("64210.50")
DCA_REF: dict[str, Any] = {
    "name": "BTC starter",
    "account": "Paper wallet",
    "pairs": [PAIR],
    "base_order": {"volume": "20.50", "type": "limit"},
    "safety_orders": {
        "volume": "24.00", "max_count": 4, "max_active": 2, "price_deviation": "1.5",
        "step_scale": "1.4", "volume_scale": "1.5",
    },
    "take_profit": {"percent": "1.5"},
}  # fmt: skip


def dca_ref(**changes: Any) -> DcaSettings:
    return DcaSettings.model_validate(DCA_REF | changes)


def account(mode: str = "paper", name: str = "Paper wallet", exchange: str = "binance") -> AccountView:
    return AccountView(name, exchange, mode == "sim", mode == "paper", True, True, D(1), NOW)


def bot_view(settings: Settings, bot_id: int = 7, status: str = "running", deals_open: int = 0) -> BotView:
    return BotView(
        bot_id, settings.name, settings.kind, settings.account, settings.pairs, status, said("why_opens_next"),
        deals_open, 1, D(0), D(0), D(0), D(0), NOW, 1, settings.model_dump_json(), "paper",
    )  # fmt: skip


class FakeEngine:
    """The supervisor as far as editors ask it."""

    def __init__(self, mode: str = "paper", free: str = "10000", exchange: str = "binance") -> None:
        self.known = Known()
        self.view = account(mode, exchange=exchange)
        self.known.accounts[self.view.name] = self.view
        self.known.markets[self.view.name] = {PAIR: MARKET, "ETH/USDT": ETH}
        self.set_price(LAST)
        self.known.balances[self.view.name] = {"USDT": Balance("USDT", D(free))}
        self.funds = FundsBar(D(free), (), D(free), "USDT")
        self.asked: list[tuple[Any, ...]] = []
        self.open_deals: tuple[DealView, ...] = ()
        self.refusal: Problem | None = None
        self.candle_calls = 0
        self.volumes_told: dict[str, Decimal] = {}

    def set_price(self, price: Decimal, symbol: str = PAIR) -> None:
        self.known.prices[self.view.name, symbol] = PriceTick(symbol, price, NOW)

    def set_feed(self, *, is_live: bool) -> None:
        self.view = replace(self.view, is_live_feed=is_live)
        self.known.accounts[self.view.name] = self.view

    def add_bot_view(self, bot: BotView) -> BotView:
        self.known.bots[bot.bot_id] = bot
        return bot

    def link(self) -> EngineLink:
        return EngineLink(self, self.ask, self.spawn, self.known)

    async def ask(self, wish: Coroutine[Any, Any, Any]) -> Any:
        return await wish

    def spawn(self, work: Coroutine[Any, Any, Any], doing: str = "") -> object:
        try:
            running = asyncio.get_running_loop()
        except RuntimeError:
            return _driven(work)
        tasks = running.create_task(work)
        self._task = tasks
        return tasks

    # --- wishes

    async def markets(self, account: str) -> Mapping[str, Market]:
        return self.known.markets.get(account, {})

    async def prices(self, account: str) -> Mapping[str, PriceTick]:
        return {symbol: tick for (name, symbol), tick in self.known.prices.items() if name == account}

    async def volumes(self, account: str, quote: str) -> Mapping[str, Decimal]:
        self.asked.append(("volumes", account, quote))
        return self.volumes_told

    async def balances(self, account: str) -> Mapping[str, Balance]:
        return self.known.balances[account]

    async def candles(self, account: str, symbol: str, timeframe: str, start: int, end: int) -> Candles:
        self.candle_calls += 1
        step = TIMEFRAMES[timeframe]
        at = np.arange(start // step + 1, end // step + 1, dtype=np.int64) * step
        chance = np.random.default_rng(5)
        last = float(self.known.prices[account, symbol].price) if (account, symbol) in self.known.prices else 100.0
        path = np.cumsum(chance.normal(0, last * 0.0012, len(at)))
        close = last + path - path[-1]
        open_ = np.concatenate(([close[0]], close[:-1]))
        wick = np.abs(chance.normal(0, last * 0.0008, len(at)))
        high, low = np.maximum(open_, close) + wick, np.minimum(open_, close) - wick
        return Candles(at, open_, high, low, close, chance.exponential(12, len(at)))

    async def uncommitted(self, account: str, quote: str, excluding: int | str | None = None) -> FundsBar:
        self.asked.append(("uncommitted", account, quote, excluding))
        return replace(self.funds, quote=quote)

    async def add_bot(self, source: str | Settings) -> int:
        self._refuse()
        assert isinstance(source, Settings)
        self.asked.append(("add_bot", source))
        self.add_bot_view(bot_view(source, 11, "stopped"))
        return 11

    async def edit_bot(self, bot: int | str, source: str | Settings, apply_to_open: bool = False) -> None:
        self._refuse()
        assert isinstance(source, Settings)
        self.asked.append(("edit_bot", bot, source, apply_to_open))
        before = self.known.bots[int(bot)]
        self.add_bot_view(bot_view(source, int(bot), before.status, before.deals_open))

    async def start_bot(self, bot: int | str, even_if_short: bool = False) -> None:
        self._refuse()
        self.asked.append(("start_bot", bot, even_if_short))
        self.add_bot_view(replace(self.known.bots[int(bot)], status="running"))

    async def bot(self, bot: int | str) -> BotView:
        return self.known.bots[int(bot)]

    async def deals(
        self, bot: int | str | None = None, include_closed: bool = False, limit: int = 500, offset: int = 0
    ) -> Sequence[DealView]:
        return self.open_deals

    def did(self, what: str) -> list[tuple[Any, ...]]:
        return [call for call in self.asked if call[0] == what]

    def _refuse(self) -> None:
        if self.refusal is not None:
            raise self.refusal


def _driven(work: Coroutine[Any, Any, Any]) -> object:
    """Nothing here waits for anything, so a coroutine runs through at once."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("this needs a running loop")
