"""The pretend exchange of backtest, paper and sim: what a real one would have done with our orders."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from desktop_app.core.change import quick, replace
from desktop_app.core.events import Event, OrderAccepted, OrderCanceled, OrderFilled, OrderRejected
from desktop_app.core.market import HUNDRED, ONE, ZERO, Balance, FeeCurrency, Market
from desktop_app.core.order import Fill, Order, OrderStatus, OrderType, Side
from desktop_app.core.wallet import Wallet

Levels = tuple[tuple[Decimal, Decimal], ...]  # (price, coins on offer: more than none), best first

UNKNOWN_PAIR = "unknown pair"
DUPLICATE_ID = "an order with this client id is already resting"
NO_PRICE = "the order lacks its price"
OFF_TICK = "the price is not a multiple of the price tick"
OFF_LOT = "the amount is not a multiple of the amount step"
TOO_SMALL = "the order is under the market's minimum amount or cost"
NO_FUNDS = "insufficient funds"
THIN_BOOK = "the order book ran out"


@dataclass(frozen=True, slots=True)
class MatchRules:
    """How honest the fills are. `fill_through`: a resting limit fills only that many ticks beyond its price.

    `volume_share_percent`: limits fill at most this part of what was traded while a candle lasted (Matcher.offer).
    """

    slippage_percent: Decimal = ZERO
    fill_through: int = 0
    volume_share_percent: Decimal | None = None


@quick
@dataclass(frozen=True, slots=True)
class Point:
    """The price at one moment. With `bids`/`asks`, what takes liquidity walks them instead of slipping.

    `path`: in a jump, how far the path has come; all that it meets trades at `price`, where it will land. What it
    had met by `jumped_from` already, and could not fill for want of volume, trades no better for the jump.
    `fill_at` is what a fill shows as its time (default `at`), `bar_end` the end of the candle it falls in.
    """

    price: Decimal
    at: int
    path: Decimal | None = None
    fill_at: int | None = None
    bar_end: int = 0
    bids: Levels = ()
    asks: Levels = ()
    jumped_from: Decimal | None = None

    @property
    def highest(self) -> Decimal:
        """What a buy limit must pay and a falling trigger must see: path and price have both come this low."""
        return self.price if self.path is None or self.path < self.price else self.path

    @property
    def lowest(self) -> Decimal:
        """What a sell limit can ask and a rising trigger must see: path and price have both come this high."""
        return self.price if self.path is None or self.path > self.price else self.path


@quick
@dataclass(frozen=True, slots=True)
class Resting:
    """An order in the book; `serial` is its place in time, `locked` what it holds back of the account."""

    order: Order
    serial: int
    locked: Decimal


@dataclass(frozen=True, slots=True)
class MatcherState:
    """All that a Matcher remembers. `totals` are free of locks; None: funds without end."""

    next_order: int = 1
    next_trade: int = 1
    totals: tuple[Balance, ...] | None = None
    resting: tuple[Resting, ...] = ()


_Key = tuple[Decimal, int, int, str]  # (± level, ladder index, serial, client id): sorted as the path meets them


@dataclass(slots=True)
class _Queues:
    """The resting orders of one pair, each kind in the order in which the price reaches it."""

    buys: list[_Key] = field(default_factory=list)  # limits, highest first
    sells: list[_Key] = field(default_factory=list)  # limits, lowest first
    falling: list[_Key] = field(default_factory=list)  # stops of sells, highest trigger first
    rising: list[_Key] = field(default_factory=list)  # stops of buys, lowest trigger first
    nearest: tuple[Decimal | None, Decimal | None] | None = None  # of all, falling and rising; None: something changed


class Matcher:
    """One account on one pretend exchange. Deterministic: the same calls give the same events and ids."""

    def __init__(
        self,
        markets: Iterable[Market],
        rules: MatchRules | None = None,
        balances: Iterable[Balance] | None = None,
        *,
        wallet: Wallet | None = None,
    ) -> None:
        """`balances` None: funds without end. `wallet`: that of an account which several matchers trade for."""
        self._markets = {market.symbol: market for market in markets}
        self._rules = rules or MatchRules()
        self._slippage = self._rules.slippage_percent / HUNDRED
        self._next_order = 1
        self._next_trade = 1
        self._wallet = wallet or Wallet(balances)
        self._resting: dict[str, Resting] = {}
        self._places: dict[str, tuple[list[_Key], _Key]] = {}  # where each of them waits
        self._queues = {symbol: _Queues() for symbol in self._markets}
        self._offered: dict[str, Decimal] = {}  # coins that limits may still fill while this candle lasts

    # --- what there is -------------------------------------------------------------------------------------------

    def state(self) -> MatcherState:
        resting = sorted(self._resting.values(), key=lambda resting: resting.serial)
        return MatcherState(self._next_order, self._next_trade, self._wallet.totals(), tuple(resting))

    @classmethod
    def from_state(cls, state: MatcherState, markets: Iterable[Market], rules: MatchRules | None = None) -> "Matcher":
        """The matcher that gave this state; every resting order's pair must be among `markets`."""
        matcher = cls(markets, rules, state.totals)
        matcher._next_order = state.next_order
        matcher._next_trade = state.next_trade
        for resting in state.resting:
            matcher._insert(resting)
        return matcher

    def order(self, client_id: str) -> Order | None:
        """A resting order as it stands; filled, cancelled and refused ones are forgotten."""
        resting = self._resting.get(client_id)
        return resting.order if resting else None

    def orders(self, symbol: str | None = None) -> tuple[Order, ...]:
        """The resting orders, oldest first."""
        resting = sorted(self._resting.values(), key=lambda resting: resting.serial)
        return tuple(one.order for one in resting if symbol is None or one.order.symbol == symbol)

    def balance(self, asset: str) -> Balance:
        return self._wallet.balance(asset)

    def balances(self) -> tuple[Balance, ...]:
        """Every asset of the account, by name; empty when funds are without end."""
        return self._wallet.balances()

    def levels(self, symbol: str) -> tuple[Decimal | None, Decimal | None]:
        """The nearest prices, falling and rising, at which something of this pair fills."""
        queues = self._queues[symbol]
        if queues.nearest is None:
            is_spent = symbol in self._offered and not self._markets[symbol].amount_down(self._offered[symbol])
            buys, sells = ([], []) if is_spent else (queues.buys, queues.sells)
            below = [queue[0][0].copy_negate() for queue in (buys, queues.falling) if queue]
            above = [queue[0][0] for queue in (sells, queues.rising) if queue]
            queues.nearest = max(below, default=None), min(above, default=None)
        return queues.nearest

    # --- what can be done ----------------------------------------------------------------------------------------

    def deposit(self, asset: str, amount: Decimal) -> None:
        """Book in (out, if negative) what no order moved; nothing to do when funds are without end."""
        self._wallet.book(asset, amount)

    @property
    def shares_volume(self) -> bool:
        """Whether it matters what a candle offers."""
        return self._rules.volume_share_percent is not None

    def offer(self, symbol: str, volume: Decimal | None) -> None:
        """A candle begins in which this much is traded: limits share the part of it that the rules allow.

        None: the candle is over, and what it had not for a limit the next one may have.
        """
        share = self._rules.volume_share_percent
        if share is None:
            return
        self._queues[symbol].nearest = None
        if volume is None:
            self._offered.pop(symbol, None)
        else:
            self._offered[symbol] = volume * share / HUNDRED

    def place(self, order: Order, point: Point) -> tuple[Event, ...]:
        """Take an order: refused, or accepted and filled as far as the price allows; what is left rests."""
        market = self._markets.get(order.symbol)
        refusal = UNKNOWN_PAIR if market is None else self._refusal(order, market, point)
        if market is None or refusal:
            return (OrderRejected(order.client_id, refusal, point.at),)
        takes = self._takes(order, point)
        if not self._can_pay(order, market, takes):
            return (OrderRejected(order.client_id, NO_FUNDS, point.at),)
        serial = self._next_order
        placed = order.becomes(OrderStatus.OPEN, exchange_id=f"o{serial}", placed_at=point.at)
        self._next_order += 1
        events: list[Event] = [OrderAccepted(order.client_id, placed.exchange_id, point.at)]
        for price, amount in takes:
            event = self._fill(placed, market, price, amount, point, is_maker=False)
            placed = placed.with_fill(event.fill)
            events.append(event)
        if placed.remaining:
            if order.type is OrderType.STOP and order.price is not None and self._is_triggered(order, point):
                self._rest(_as_limit(placed), serial, market)
            elif takes or order.type is OrderType.MARKET:
                events.extend(self._leave(placed, serial, market, point))
            else:
                self._rest(placed, serial, market)
        return tuple(events)

    def cancel(self, client_id: str, at: int, reason: str = "") -> tuple[Event, ...]:
        """Take an order out of the book; nothing happens when it does not rest (any more)."""
        if client_id not in self._resting:
            return ()
        self._remove(client_id)
        return (OrderCanceled(client_id, at, reason),)

    def reach(self, symbol: str, point: Point, volume: Decimal | None = None) -> tuple[Event, ...]:
        """The price has come here: fill what it reaches, limits before stops.

        `volume` (coins) is shared by the limits in their order, the last one filling in part; stops take all
        that they want, as market orders do.
        """
        left = volume
        events: list[Event] = []
        for client_id in tuple(self._due(symbol, point)):
            resting = self._resting[client_id]
            wanted = resting.order.remaining
            if left is not None and resting.order.type is OrderType.LIMIT:
                wanted = min(wanted, self._markets[symbol].amount_down(left))
                left -= wanted
            if wanted:
                events.extend(self._reached(resting, wanted, point))
        return tuple(events)

    def fill_next(self, symbol: str, point: Point) -> tuple[Event, ...]:
        """Like `reach`, but only the first order, so that its bot can answer before the next one fills."""
        below, above = self.levels(symbol)
        if (below is None or point.highest > below) and (above is None or point.lowest < above):
            return ()
        due = (self._resting[client_id] for client_id in self._due(symbol, point))
        resting, amount = next((one, amount) for one in due if (amount := self._fillable(one.order)))
        return self._reached(resting, amount, point)

    def _fillable(self, order: Order) -> Decimal:
        return self._offered_to(order) if order.type is OrderType.LIMIT else order.remaining

    def _offered_to(self, order: Order) -> Decimal:
        """How much of a limit can fill now."""
        offered = self._offered.get(order.symbol)
        return (
            order.remaining
            if offered is None
            else min(order.remaining, self._markets[order.symbol].amount_down(offered))
        )

    # --- taking an order -----------------------------------------------------------------------------------------

    def _refusal(self, order: Order, market: Market, point: Point) -> str:
        if order.client_id in self._resting:
            return DUPLICATE_ID
        price: Decimal | None = point.price
        if order.type is not OrderType.MARKET:
            price = order.price if order.type is OrderType.LIMIT else order.trigger
        if price is None or price <= 0:
            return NO_PRICE
        for named in (order.price, order.trigger):
            if named is not None and named % market.price_tick:
                return OFF_TICK
        if order.amount % market.amount_step:
            return OFF_LOT
        return TOO_SMALL if market.is_too_small(order.amount, price) else ""

    def _takes(self, order: Order, point: Point) -> Levels:
        """What an order trades the moment it arrives: (price, amount), best first."""
        if order.type is OrderType.LIMIT:
            return self._at_limit(order, point)
        if order.type is OrderType.STOP and not self._is_triggered(order, point):
            return ()
        if order.price is not None:
            return self._at_limit(order, point)
        return self._at_market(order, order.amount, point)

    def _at_market(self, order: Order, amount: Decimal, point: Point) -> Levels:
        is_buy = order.side is Side.BUY
        if book := point.asks if is_buy else point.bids:
            return _walk_book(book, amount)
        return ((point.price * (ONE + self._slippage if is_buy else ONE - self._slippage), amount),)

    def _at_limit(self, order: Order, point: Point) -> Levels:
        assert order.price is not None
        is_buy = order.side is Side.BUY
        if book := point.asks if is_buy else point.bids:
            good = tuple(level for level in book if (level[0] <= order.price if is_buy else level[0] >= order.price))
            return _walk_book(good, order.amount)
        # A limit at the very price has yet to be traded through when fill_through asks for that; one beyond it has not.
        gain = order.price - point.highest if is_buy else point.lowest - order.price
        if gain > 0 or (gain == 0 and not self._rules.fill_through):
            amount = self._offered_to(order)
            return ((point.price, amount),) if amount else ()
        return ()

    @staticmethod
    def _is_triggered(order: Order, point: Point) -> bool:
        assert order.trigger is not None
        return point.highest <= order.trigger if order.side is Side.SELL else point.lowest >= order.trigger

    def _can_pay(self, order: Order, market: Market, takes: Levels) -> bool:
        if self._wallet.is_endless:
            return True
        needed = sum((_price_of(order.side, market, price, part, market.taker_fee) for price, part in takes), ZERO)
        may_rest = order.type is not OrderType.MARKET and order.price is not None
        if may_rest or not takes:
            needed += self._lock_of(order, market, order.amount - sum((part for _, part in takes), ZERO))
        return self._wallet.can_pay(_paid_in(order.side, market), needed)

    def _leave(self, order: Order, serial: int, market: Market, point: Point) -> tuple[Event, ...]:
        """A limit that took a part rests with the other; a market order never rests."""
        if order.type is OrderType.LIMIT:
            self._rest(order, serial, market)
            return ()
        return (OrderCanceled(order.client_id, point.at, THIN_BOOK),)

    # --- the book ------------------------------------------------------------------------------------------------

    def _rest(self, order: Order, serial: int, market: Market) -> None:
        locked = ZERO if self._wallet.is_endless else self._lock_of(order, market, order.remaining)
        self._insert(Resting(order, serial, locked))

    def _insert(self, resting: Resting) -> None:
        order = resting.order
        queue, key = place = self._slot(resting)
        self._places[order.client_id] = place
        insort(queue, key)
        self._queues[order.symbol].nearest = None
        self._resting[order.client_id] = resting
        self._lock(order, resting.locked)

    def _remove(self, client_id: str) -> Resting:
        resting = self._resting.pop(client_id)
        queue, key = self._places.pop(client_id)
        del queue[bisect_left(queue, key)]
        self._queues[resting.order.symbol].nearest = None
        self._lock(resting.order, resting.locked.copy_negate())
        return resting

    def _lock(self, order: Order, amount: Decimal) -> None:
        if not self._wallet.is_endless:
            self._wallet.lock(_paid_in(order.side, self._markets[order.symbol]), amount)

    def _slot(self, resting: Resting) -> tuple[list[_Key], _Key]:
        """Where an order waits: limits of one price in the order of the ladder, then of their arrival."""
        order = resting.order
        queues = self._queues[order.symbol]
        is_buy = order.side is Side.BUY
        if order.type is OrderType.LIMIT:
            assert order.price is not None
            queue = queues.buys if is_buy else queues.sells
            through = self._rules.fill_through * self._markets[order.symbol].price_tick
            level = order.price - through if is_buy else order.price + through
        else:
            assert order.trigger is not None
            queue, level = queues.rising if is_buy else queues.falling, order.trigger
        falls = queue is queues.buys or queue is queues.falling
        return queue, (level.copy_negate() if falls else level, order.index, resting.serial, order.client_id)

    def _due(self, symbol: str, point: Point) -> Iterator[str]:
        """The orders that fill at this point, limits before stops, each kind in the order in which it is met."""
        queues = self._queues[symbol]
        for queue in (queues.buys, queues.sells, queues.falling, queues.rising):
            reached = point.highest.copy_negate() if queue is queues.buys or queue is queues.falling else point.lowest
            for level, _, _, client_id in queue:
                if level > reached:
                    break
                yield client_id

    def _reached(self, resting: Resting, amount: Decimal, point: Point) -> tuple[Event, ...]:
        order = resting.order
        market = self._markets[order.symbol]
        self._remove(order.client_id)
        if order.type is OrderType.LIMIT:
            assert order.price is not None
            price = order.price if point.path is None or self._is_overdue(resting, point) else point.price
            event = self._fill(order, market, price, amount, point, is_maker=True)
            if amount < order.remaining:
                self._rest(order.with_fill(event.fill), resting.serial, market)
            return (event,)
        has_limit = order.price is not None
        takes = self._at_limit(order, point) if has_limit else self._at_market(order, amount, point)
        if not self._can_pay(order, market, takes):
            return (OrderCanceled(order.client_id, point.at, NO_FUNDS),)
        events: list[Event] = []
        for price, part in takes:
            event = self._fill(order, market, price, part, point, is_maker=False)
            order = order.with_fill(event.fill)
            events.append(event)
        if order.remaining and has_limit:
            self._rest(_as_limit(order), resting.serial, market)
        elif order.remaining:
            events.extend(self._leave(order, resting.serial, market, point))
        return tuple(events)

    def _is_overdue(self, resting: Resting, point: Point) -> bool:
        """Whether the price was at this limit before the jump already: then it was volume that it lacked."""
        if point.jumped_from is None or resting.order.symbol not in self._offered:
            return False
        _, (level, *_) = self._slot(resting)
        return level <= (point.jumped_from.copy_negate() if resting.order.side is Side.BUY else point.jumped_from)

    # --- trades and money ----------------------------------------------------------------------------------------

    def _fill(
        self, order: Order, market: Market, price: Decimal, amount: Decimal, point: Point, *, is_maker: bool
    ) -> OrderFilled:
        rate = market.maker_fee if is_maker else market.taker_fee
        is_in_coins = order.side is Side.BUY and market.fee_currency is FeeCurrency.RECEIVED
        fill = Fill(
            trade_id=f"t{self._next_trade}",
            price=price,
            amount=amount,
            fee=price * amount * rate,
            coin_fee=amount * rate if is_in_coins else ZERO,
            at=point.at if point.fill_at is None else point.fill_at,
        )
        self._next_trade += 1
        if order.price is not None and order.symbol in self._offered:
            self._offered[order.symbol] -= amount
            self._queues[order.symbol].nearest = None
        if not self._wallet.is_endless:
            self._book(order.side, fill, market, is_in_coins=is_in_coins)
        return OrderFilled(order.client_id, fill, point.at, point.bar_end)

    def _book(self, side: Side, fill: Fill, market: Market, *, is_in_coins: bool) -> None:
        is_buy = side is Side.BUY
        self._wallet.book(market.quote, fill.cost.copy_negate() if is_buy else fill.cost)
        self._wallet.book(market.quote, ZERO if is_in_coins else fill.fee.copy_negate())
        self._wallet.book(market.base, fill.amount if is_buy else fill.amount.copy_negate())
        self._wallet.book(market.base, fill.coin_fee.copy_negate())

    def _lock_of(self, order: Order, market: Market, amount: Decimal) -> Decimal:
        """What resting with this amount holds back; a buy stop can only guess what it will pay."""
        if order.type is OrderType.LIMIT:
            assert order.price is not None
            return _price_of(order.side, market, order.price, amount, max(ZERO, market.maker_fee))
        assert order.trigger is not None
        worst = order.price if order.price is not None else order.trigger * (ONE + self._slippage)
        return _price_of(order.side, market, worst, amount, market.taker_fee)


def _as_limit(order: Order) -> Order:
    """A stop with a limit, once its trigger was reached."""
    return replace(order, type=OrderType.LIMIT)


def _paid_in(side: Side, market: Market) -> str:
    return market.quote if side is Side.BUY else market.base


def _price_of(side: Side, market: Market, price: Decimal, amount: Decimal, rate: Decimal) -> Decimal:
    """What a trade takes out of the account: coins for a sell, quote for a buy, with the fee if that is in quote."""
    if side is Side.SELL:
        return amount
    cost = price * amount
    return cost if market.fee_currency is FeeCurrency.RECEIVED else cost + cost * rate


def _walk_book(book: Levels, amount: Decimal) -> Levels:
    takes: list[tuple[Decimal, Decimal]] = []
    for price, offered in book:
        part = min(offered, amount)
        takes.append((price, part))
        amount -= part
        if not amount:
            break
    return tuple(takes)
