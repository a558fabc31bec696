"""Says of each order whether it may leave for the exchange now, has to wait for something, or leaves never."""

import asyncio
from dataclasses import dataclass, field
from decimal import Decimal

from desktop_app.core.commands import PlaceOrder
from desktop_app.core.market import Balance
from desktop_app.core.order import Order, OrderType, Side
from desktop_app.core.risk import is_exit
from desktop_app.core.said import Said, said
from desktop_app.engine.news import LogNews
from desktop_app.engine.problem import worded
from desktop_app.engine.shapes import Desk, Runner

_PATIENCE_MS = 30_000  # of a market order that opens or adds: later its price would not be the one it was decided at
_AGAIN_MS = 300_000  # after the exchange said that the money for an order is not there
_SETTLING_MS = 1_000  # a balance that is younger than this against a fill may not know of it
_HALTED_MS = 60_000


@dataclass(slots=True)
class _Waiting:
    bot: int
    order: Order
    since: int
    why: Said
    is_dropped: bool = False
    turn: "asyncio.Future[None]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


@dataclass(slots=True)
class _Short:
    """The exchange had not enough of `asset` for an order. `seen`: what there was of it afterwards."""

    at: int
    amount: Decimal
    is_exit: bool
    seen: Balance | None = None
    is_seen: bool = False


class Departures:
    """Exits wait only for what makes them impossible; what takes new risk waits for everything that is uncertain."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._waiting: dict[str, _Waiting] = {}
        self._short: dict[tuple[int, str], _Short] = {}
        self._halted: dict[str, int] = {}  # pairs that refused an order as halted, and until when that is believed
        self._fills: dict[str, int] = {}  # when an asset last moved by our own trade
        self._told: set[tuple[int, str, str]] = set()

    @property
    def short_bots(self) -> frozenset[int]:
        return frozenset(bot for bot, _ in self._short)

    def __contains__(self, client_id: str) -> bool:
        return client_id in self._waiting

    def why(self, bot: int) -> Said | None:
        """What the bot's orders wait for."""
        waiting = next((one.why for one in self._waiting.values() if one.bot == bot), None)
        if waiting is not None:
            return waiting
        return next((self._short_said(*key) for key in self._short if key[0] == bot), None)

    def why_wait(self, runner: Runner, order: Order) -> Said | None:
        """None: it may go now."""
        desk, link = self._desk, self._desk.link
        is_shut = link.is_shut and not desk.is_panic_exit(runner, order)
        if is_shut or not link.is_connected:
            return said("wait_connection", account=desk.row.name, reason=link.reason)
        market = desk.markets.get(order.symbol)
        if market is None or not market.is_active or desk.clock() < self._halted.get(order.symbol, 0):
            return said("wait_halted", pair=order.symbol)
        if not is_exit(PlaceOrder(order, 0)):
            uncertain = self._why_no_risk()
            if uncertain is not None:
                return uncertain
        return self._why_no_money(runner, order)

    async def wait(self, runner: Runner, order: Order) -> str:
        """Return when the order may go, empty, or when it never will, with the reason."""
        why = self.why_wait(runner, order)
        while why is not None:
            one = self._waiting[order.client_id] = _Waiting(runner.bot_id, order, self._since(order), why)
            self._tell(runner, order, why)
            try:
                await one.turn
                if one.is_dropped:
                    return worded(said("order_not_wanted"))
            finally:
                if one.is_dropped or one.turn.cancelled():
                    self._waiting.pop(order.client_id, None)
            never = self._desk.why_not_send(runner, order)
            why = self.why_wait(runner, order)
            if never or (why is not None and self._is_too_old(one)):
                self._waiting.pop(order.client_id, None)
                return never or worded(why or one.why)
        self._waiting.pop(order.client_id, None)
        return ""

    def drop(self, client_id: str) -> bool:
        """The order is not wanted any more; whether it was waiting here."""
        one = self._waiting.get(client_id)
        if one is None:
            return False
        one.is_dropped = True
        _wake(one)
        return True

    def poke(self) -> None:
        """Something has changed: whoever waits looks again."""
        for one in tuple(self._waiting.values()):
            _wake(one)
        if not self._waiting:
            self._told.clear()

    # --- money

    def fell_short(self, runner: Runner, order: Order) -> None:
        """The exchange said that it has not the money for this order: no second try until there is other money."""
        asset = self._asset(order)
        ends = is_exit(PlaceOrder(order, 0))
        self._short[runner.bot_id, asset] = _Short(self._desk.clock(), order.amount, ends)
        self._desk.link.look_soon()  # an order or a fill of ours that we do not know of may have taken it
        self._desk.link.want_balances()

    def balances_seen(self) -> None:
        """New balances have come."""
        now = self._desk.clock()
        for key, short in tuple(self._short.items()):
            balance = self._desk.balances.get(key[1])
            if not short.is_seen:
                short.seen, short.is_seen = balance, True
                self._tell_short(*key)
            elif now - short.at >= _AGAIN_MS:
                # What a cancelled order had locked may have been free by the first look: nothing changes any more.
                is_there = balance is not None and balance.free >= short.amount
                if (short.is_exit and is_there) or balance != short.seen:
                    del self._short[key]
        self.poke()

    def traded(self, symbol: str) -> None:
        """A trade of ours has moved both assets of the pair."""
        now = self._desk.clock()
        for asset in symbol.split("/"):
            self._fills[asset] = now

    def halted(self, symbol: str) -> None:
        self._halted[symbol] = self._desk.clock() + _HALTED_MS

    def _why_no_risk(self) -> Said | None:
        desk, link = self._desk, self._desk.link
        if desk.frozen is not None:
            return desk.frozen
        if not link.is_reconciled:
            return said("why_waits_for_check", account=desk.row.name)
        if not link.is_live_feed:
            return said("why_waits_for_prices", account=desk.row.name, reason=link.reason)
        return None

    def _why_no_money(self, runner: Runner, order: Order) -> Said | None:
        desk = self._desk
        asset = self._asset(order)
        if (runner.bot_id, asset) in self._short:
            return self._short_said(runner.bot_id, asset)
        is_sale = order.side is Side.SELL and is_exit(PlaceOrder(order, 0))
        if desk.exchange.is_simulated or not is_sale or desk.balances_at < self._fills.get(asset, 0) + _SETTLING_MS:
            return None
        balance = desk.balances.get(asset, Balance(asset))
        if desk.balances and balance.total < order.amount:
            return said("coins_missing", amount=order.amount, base=asset, there=balance.total)
        return None

    def _short_said(self, bot: int, asset: str) -> Said:
        short = self._short[bot, asset]
        balance = self._desk.balances.get(asset, Balance(asset))
        if not short.is_exit:
            return said("funds_missing", quote=asset, there=balance.free)
        if balance.total < short.amount:
            return said("coins_missing", amount=short.amount, base=asset, there=balance.total)
        return said("coins_locked", amount=short.amount, base=asset, there=balance.free)

    def _asset(self, order: Order) -> str:
        base, _, quote = order.symbol.partition("/")
        return base if order.side is Side.SELL else quote

    # --- small

    def _since(self, order: Order) -> int:
        before = self._waiting.get(order.client_id)
        return before.since if before is not None else self._desk.clock()

    def _is_too_old(self, one: _Waiting) -> bool:
        is_market_entry = one.order.type is OrderType.MARKET and not is_exit(PlaceOrder(one.order, 0))
        return is_market_entry and self._desk.clock() - one.since >= _PATIENCE_MS

    def _tell(self, runner: Runner, order: Order, why: Said) -> None:
        key = (runner.bot_id, why.code, order.symbol)
        if key in self._told:
            return
        self._told.add(key)
        desk = self._desk
        tracked = runner.ledger.live.get(order.client_id)
        deal = tracked.deal if tracked is not None else 0
        at, name = desk.exchange.now(), desk.row.name
        desk.bus.publish(LogNews(at, "warning", name, runner.row.name, deal, "order_waits", why))
        desk.pulse.bot(runner)

    def _tell_short(self, bot: int, asset: str) -> None:
        runner = self._desk.runners.get(bot)
        if runner is None:
            return
        desk, why = self._desk, self._short_said(bot, asset)
        at, name = desk.exchange.now(), desk.row.name
        desk.bus.publish(LogNews(at, "warning", name, runner.row.name, 0, "order_waits", why))
        desk.pulse.bot(runner)


def _wake(one: _Waiting) -> None:
    if not one.turn.done():
        one.turn.set_result(None)
