"""An exchange's trading floor, written without the product's code, so that its books can contradict the product's.

A stand (`binance.BinanceStand`, `kucoin.KucoinStand`) speaks one exchange's language on top of it. Everything is exact
(Decimal), everything is told to `listeners`, and nothing happens by itself: prices move when a test moves them.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from typing import Literal

ZERO = Decimal(0)
ONE_MINUTE = 60_000


def wall_clock() -> int:
    return time.time_ns() // 1_000_000


class No(Exception):
    """The floor refuses; nothing happened. A stand translates `kind` into its exchange's code and words."""

    def __init__(self, kind: str, text: str = "") -> None:
        super().__init__(text or kind)
        self.kind = kind


class Status(StrEnum):
    OPEN = "open"
    FILLED = "filled"
    CANCELED = "canceled"
    EXPIRED = "expired"
    EXPIRED_IN_MATCH = "expired_in_match"


class Kind(StrEnum):
    LIMIT = "limit"
    MARKET = "market"
    MAKER = "limit_maker"
    STOP = "stop_market"  # waits for its stop price, then is a market order
    STOP_LIMIT = "stop_limit"
    TAKE = "take_profit_market"
    TAKE_LIMIT = "take_profit_limit"


Side = Literal["buy", "sell"]
Number = str | int | Decimal
_WAITING = {Kind.STOP, Kind.STOP_LIMIT, Kind.TAKE, Kind.TAKE_LIMIT}
_AT_MARKET = {Kind.MARKET, Kind.STOP, Kind.TAKE}


@dataclass(slots=True)
class Pair:
    """One market with its rules. `status`: trading, break, halt or cancel_only."""

    base: str
    quote: str
    price_tick: Decimal = Decimal("0.01")
    amount_step: Decimal = Decimal("0.00001")
    min_amount: Decimal = Decimal("0.00001")
    max_amount: Decimal = Decimal(9000)
    max_market_amount: Decimal = Decimal(100)
    min_cost: Decimal = Decimal(5)
    max_cost: Decimal = Decimal(9_000_000)
    cost_filter: str = "NOTIONAL"  # older markets of Binance say MIN_NOTIONAL
    price_band: Decimal = Decimal(5)  # a limit may be this many times the last price, or one part of it
    maker_fee: Decimal = Decimal("0.001")
    taker_fee: Decimal = Decimal("0.001")
    status: str = "trading"
    price: Decimal = ZERO
    liquidity: Decimal | None = None  # what market orders find until the next move; None: enough
    next_trade: int = 1
    book_version: int = 1
    candles: dict[int, list[Decimal]] = field(default_factory=dict)  # by minute: open, high, low, close, volume

    @property
    def symbol(self) -> str:
        return self.base + self.quote

    @property
    def ask(self) -> Decimal:
        return self.price + self.price_tick

    @property
    def bid(self) -> Decimal:
        return self.price


@dataclass(slots=True)
class Balance:
    free: Decimal = ZERO
    locked: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return self.free + self.locked


@dataclass(slots=True)
class Account:
    """Who a key belongs to. `fee_in`: "received" (the coin one gets), "quote", or the name of a third coin."""

    key: str
    secret: str
    password: str = ""
    uid: int = 354_937_868
    fee_in: str = "received"
    may_trade: bool = True
    may_withdraw: bool = False
    may_transfer: bool = False
    is_revoked: bool = False
    is_ip_bound: bool = True
    balances: dict[str, Balance] = field(default_factory=dict)

    def of(self, asset: str) -> Balance:
        return self.balances.setdefault(asset, Balance())


@dataclass(frozen=True, slots=True)
class Trade:
    id: int
    order_id: int
    symbol: str
    side: Side
    price: Decimal
    amount: Decimal
    fee: Decimal
    fee_asset: str
    is_maker: bool
    at: int


@dataclass(slots=True)
class Order:
    """An order on the floor. `cost` asks for quote money instead of coins (market orders only)."""

    account: Account
    pair: Pair
    client_id: str
    side: Side
    kind: Kind
    amount: Decimal
    price: Decimal = ZERO
    stop_price: Decimal = ZERO
    cost: Decimal = ZERO
    time_in_force: str = "GTC"
    id: int = 0
    status: Status = Status.OPEN
    created_at: int = 0
    updated_at: int = 0
    is_working: bool = True
    lock: Decimal = ZERO  # still held back, in quote for a buy and in base for a sell
    holds: bool = False  # a test fills it by hand; price moves do not
    trades: list[Trade] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)  # what a stand must repeat and the floor does not care about

    @property
    def filled(self) -> Decimal:
        return sum((trade.amount for trade in self.trades), ZERO)

    @property
    def paid(self) -> Decimal:
        return sum((trade.amount * trade.price for trade in self.trades), ZERO)

    @property
    def rest(self) -> Decimal:
        return self.amount - self.filled

    @property
    def is_open(self) -> bool:
        return self.status is Status.OPEN


@dataclass(frozen=True, slots=True)
class OrderNews:
    """`what`: new, trade, canceled, expired."""

    order: Order
    what: str
    trade: Trade | None = None
    cancel_id: str = ""


@dataclass(frozen=True, slots=True)
class BalanceNews:
    """Money came or went without an order: a deposit, a withdrawal, a sale by hand elsewhere."""

    account: Account
    asset: str
    change: Decimal


@dataclass(frozen=True, slots=True)
class PriceNews:
    pair: Pair
    price: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Books:
    """Everything a test may compare, of one account, as plain copies."""

    orders: tuple[Order, ...]
    trades: tuple[Trade, ...]
    balances: dict[str, Balance]

    def accepted(self, client_id: str) -> int:
        """How many times this id became an order."""
        return sum(order.client_id == client_id for order in self.orders)

    @property
    def doubled(self) -> list[str]:
        ids = [order.client_id for order in self.orders]
        return sorted({one for one in ids if ids.count(one) > 1})

    def open_orders(self) -> tuple[Order, ...]:
        return tuple(order for order in self.orders if order.is_open)


News = OrderNews | BalanceNews | PriceNews


class Floor:
    """One exchange's markets, accounts and orders.

    `ids_unique`: "open" (Binance: among open orders), "ever" (Bybit), "never". `order_lag_ms`/`trade_lag_ms`: how long
    look-ups and trade lists do not show what has happened. `seen_*` are what a stand may show at that moment.
    """

    def __init__(self, now: Callable[[], int] = wall_clock, *, ids_unique: str = "open") -> None:
        self._now = now
        self.skew_ms = 0
        self.ids_unique = ids_unique
        self.order_lag_ms = 0
        self.trade_lag_ms = 0
        self.max_open_orders = 200
        self.pairs: dict[str, Pair] = {}
        self.accounts: dict[str, Account] = {}
        self.orders: dict[int, Order] = {}
        self.listeners: list[Callable[[News], None]] = []
        self._next_order = 1001
        self._late: list[tuple[int, Callable[[], object]]] = []

    # --- what there is ------------------------------------------------------------------------------------------------

    def now(self) -> int:
        """The exchange's clock."""
        return self._now() + self.skew_ms

    def list_pair(self, pair: Pair, price: Number) -> Pair:
        self.pairs[pair.symbol] = pair
        self._price(pair, Decimal(price), ZERO)
        return pair

    def delist(self, symbol: str) -> None:
        del self.pairs[symbol]

    def open_account(self, key: str, secret: str, password: str = "", **balances: str) -> Account:
        account = Account(key, secret, password)
        for asset, amount in balances.items():
            account.of(asset).free = Decimal(amount)
        self.accounts[key] = account
        return account

    def pair(self, symbol: str) -> Pair:
        if symbol not in self.pairs:
            raise No("unknown_symbol")
        return self.pairs[symbol]

    def books(self, account: Account) -> Books:
        orders = tuple(
            replace(order, trades=[*order.trades]) for order in self.orders.values() if order.account is account
        )
        trades = tuple(trade for order in orders for trade in order.trades)
        return Books(orders, trades, {asset: replace(one) for asset, one in account.balances.items()})

    # --- what outsiders do --------------------------------------------------------------------------------------------

    def move(self, symbol: str, price: Number, amount: Number = "1") -> None:
        """The market trades at that price now; resting orders that it reaches are filled at their own price."""
        self.arrive()
        pair = self.pair(symbol)
        pair.liquidity = None
        self._price(pair, Decimal(price), Decimal(amount))
        for order in [*self.orders.values()]:
            if order.is_open and order.pair is pair and not order.holds:
                self._reach(order)

    def fill(self, order: Order, amount: Number | None = None, price: Number | None = None) -> Trade:
        """Fill (part of) a resting order by hand."""
        live = self.orders[order.id]
        assert live.is_open
        size = live.rest if amount is None else Decimal(amount)
        return self._trade(live, size, live.price if price is None else Decimal(price), is_maker=True)

    def give(self, account: Account, asset: str, change: Number) -> None:
        """A deposit, or with a minus a withdrawal or a sale of coins by hand."""
        account.of(asset).free += Decimal(change)
        assert account.of(asset).free >= ZERO
        self._tell(BalanceNews(account, asset, Decimal(change)))

    def expire(self, order: Order, status: Status = Status.EXPIRED) -> None:
        self._end(self.orders[order.id], status, "expired")

    def later(self, at: int, action: Callable[[], object]) -> None:
        """Something that is still on its way to the exchange."""
        self._late.append((at, action))

    @property
    def next_arrival(self) -> int | None:
        """When the next of these is due, on the exchange's clock."""
        return min((at for at, _ in self._late), default=None)

    def arrive(self) -> None:
        """Let everything happen whose time has come."""
        due = sorted((one for one in self._late if one[0] <= self.now()), key=lambda one: one[0])
        self._late = [one for one in self._late if one not in due]
        for _, action in due:
            action()

    # --- what an account asks -----------------------------------------------------------------------------------------

    def place(self, order: Order) -> Order:
        self.arrive()
        self.check(order)
        order.id, self._next_order = self._next_order, self._next_order + 1
        order.created_at = order.updated_at = self.now()
        self._lock(order)
        self.orders[order.id] = order
        order.is_working = order.kind not in _WAITING
        self._tell(OrderNews(order, "new"))
        if order.is_working:
            self._work(order)
        return order

    def check(self, order: Order) -> None:
        """Raise No if the order breaks a rule; change nothing."""
        pair = order.pair
        if pair.status != "trading":
            raise No("halted" if pair.status != "cancel_only" else "cancel_only")
        if not order.account.may_trade:
            raise No("no_permission")
        self._check_amount(order)
        self._check_price(order)
        self._check_cost(order)
        mine = [one for one in self.orders.values() if one.account is order.account]
        if self.ids_unique != "never" and any(
            one.client_id == order.client_id and (one.is_open or self.ids_unique == "ever") for one in mine
        ):
            raise No("duplicate")
        if sum(one.is_open and one.pair is pair for one in mine) >= self.max_open_orders:
            raise No("too_many")
        asset, need = self._need(order)
        if order.account.of(asset).free < need:
            raise No("insufficient")
        if order.kind is Kind.MAKER and self._crosses(order):
            raise No("would_match")

    def cancel(self, account: Account, order: Order, cancel_id: str = "") -> Order:
        self.arrive()
        if order.account is not account or not order.is_open:
            raise No("unknown_order")
        self._end(order, Status.CANCELED, "canceled", cancel_id)
        return order

    def find(self, account: Account, *, order_id: int = 0, client_id: str = "", symbol: str = "") -> Order | None:
        """The latest order of that id, whether it may be shown yet or not."""
        self.arrive()
        for order in reversed([*self.orders.values()]):
            is_it = order.id == order_id if order_id else order.client_id == client_id
            if is_it and order.account is account and symbol in ("", order.pair.symbol):
                return order
        return None

    def is_seen(self, order: Order) -> bool:
        return order.created_at + self.order_lag_ms <= self.now()

    def seen_orders(self, account: Account, symbol: str = "") -> list[Order]:
        """Oldest first."""
        self.arrive()
        return [
            order
            for order in self.orders.values()
            if order.account is account and symbol in ("", order.pair.symbol) and self.is_seen(order)
        ]

    def seen_trades(self, account: Account, symbol: str = "") -> list[Trade]:
        """By trade id."""
        self.arrive()
        trades = (
            trade
            for order in self.orders.values()
            if order.account is account and symbol in ("", order.pair.symbol)
            for trade in order.trades
            if trade.at + self.trade_lag_ms <= self.now()
        )
        return sorted(trades, key=lambda trade: (trade.symbol, trade.id))

    def candles(self, symbol: str, start: int, end: int, minutes: int = 1) -> Iterator[tuple[int, list[Decimal]]]:
        """Open, high, low, close, volume by start time, gaps filled flat; the last one may still be running."""
        pair = self.pair(symbol)
        known = sorted(pair.candles)
        size = minutes * ONE_MINUTE
        at = max(start + -start % size, known[0] - known[0] % size)
        close = next((pair.candles[one][3] for one in reversed(known) if one < at), None)
        while at < min(end, self.now()):
            parts = [pair.candles[one] for one in range(at, at + size, ONE_MINUTE) if one in pair.candles]
            if parts:
                high, low = max(part[1] for part in parts), min(part[2] for part in parts)
                yield at, [parts[0][0], high, low, parts[-1][3], sum((part[4] for part in parts), ZERO)]
                close = parts[-1][3]
            elif close is not None:
                yield at, [close, close, close, close, ZERO]
            at += size

    def history(self, symbol: str, closes: list[str], *, minutes: int = 1) -> None:
        """Past candles up to now: each a straight way from one close to the next."""
        pair = self.pair(symbol)
        start = self.now() // ONE_MINUTE * ONE_MINUTE - len(closes) * minutes * ONE_MINUTE
        last = Decimal(closes[0])
        for number, text in enumerate(closes):
            close = Decimal(text)
            for part in range(minutes):
                at = start + (number * minutes + part) * ONE_MINUTE
                pair.candles[at] = [last, max(last, close), min(last, close), close, Decimal(1)]
                last = close

    # --- the matching -------------------------------------------------------------------------------------------------

    def _check_amount(self, order: Order) -> None:
        pair = order.pair
        if order.cost:
            return
        if order.amount % pair.amount_step or not pair.min_amount <= order.amount <= pair.max_amount:
            raise No("lot_size")
        if order.kind is Kind.MARKET and order.amount > pair.max_market_amount:
            raise No("market_lot_size")

    def _check_price(self, order: Order) -> None:
        pair = order.pair
        for price in (order.price, order.stop_price):
            if price % pair.price_tick or price < ZERO:
                raise No("price_filter")
        if order.kind not in _AT_MARKET:
            if order.price <= ZERO:
                raise No("price_filter")
            if not pair.price / pair.price_band <= order.price <= pair.price * pair.price_band:
                raise No("percent_price")

    def _check_cost(self, order: Order) -> None:
        cost = order.cost or order.amount * (order.price or order.stop_price or order.pair.price)
        if not order.pair.min_cost <= cost <= order.pair.max_cost:
            raise No("notional")

    def _need(self, order: Order) -> tuple[str, Decimal]:
        if order.side == "sell":
            return order.pair.base, order.amount or order.cost / order.pair.bid
        price = order.price or max(order.stop_price, order.pair.ask)
        return order.pair.quote, order.cost or order.amount * price

    def _lock(self, order: Order) -> None:
        if order.cost:  # how many coins that is, to the step
            price = order.pair.ask if order.side == "buy" else order.pair.bid
            order.amount = (order.cost / price // order.pair.amount_step) * order.pair.amount_step
        asset, need = self._need(order)
        balance = order.account.of(asset)
        balance.free -= need
        balance.locked += need
        order.lock = need

    def _crosses(self, order: Order) -> bool:
        return order.price >= order.pair.ask if order.side == "buy" else order.price <= order.pair.bid

    def _work(self, order: Order) -> None:
        """What an order does on arrival: take what is there, then rest or expire."""
        pair = order.pair
        price = pair.ask if order.side == "buy" else pair.bid
        if not order.holds and (order.kind in _AT_MARKET or self._crosses(order)):
            there = order.rest if pair.liquidity is None else min(order.rest, pair.liquidity)
            if there > ZERO and not (order.time_in_force == "FOK" and there < order.rest):
                if pair.liquidity is not None:
                    pair.liquidity -= there
                self._trade(order, there, price, is_maker=False)
        if order.is_open and (order.kind in _AT_MARKET or order.time_in_force in ("IOC", "FOK")):
            self._end(order, Status.EXPIRED, "expired")

    def _reach(self, order: Order) -> None:
        price = order.pair.price
        if not order.is_working:
            rises = (order.side == "buy") == (order.kind in (Kind.STOP, Kind.STOP_LIMIT))
            if price >= order.stop_price if rises else price <= order.stop_price:
                order.is_working = True
                self._work(order)
        elif (order.side == "buy" and price <= order.price) or (order.side == "sell" and price >= order.price):
            self._trade(order, order.rest, order.price, is_maker=True)

    def _trade(self, order: Order, amount: Decimal, price: Decimal, *, is_maker: bool) -> Trade:
        pair, account = order.pair, order.account
        is_buy = order.side == "buy"
        spent, gained = (amount * price, amount) if is_buy else (amount, amount * price)
        rate = pair.maker_fee if is_maker else pair.taker_fee
        fee_asset, fee = self._fee(order, amount * price * rate, gained * rate)
        paying = account.of(pair.quote if is_buy else pair.base)
        order.lock -= spent
        paying.locked -= spent
        if order.lock < ZERO:  # it cost more than was held back: a market buy above the price it was measured by
            paying.free += order.lock
            paying.locked -= order.lock
            order.lock = ZERO
        account.of(pair.base if is_buy else pair.quote).free += gained
        account.of(fee_asset).free -= fee
        now = self.now()  # of the trade and of the order, which are told side by side
        trade = Trade(pair.next_trade, order.id, pair.symbol, order.side, price, amount, fee, fee_asset, is_maker, now)
        pair.next_trade += 1
        order.trades.append(trade)
        order.updated_at = now
        if order.rest <= ZERO:
            order.status = Status.FILLED
            self._release(order)
        self._tell(OrderNews(order, "trade", trade))
        return trade

    def _fee(self, order: Order, in_quote: Decimal, in_received: Decimal) -> tuple[str, Decimal]:
        pair, account = order.pair, order.account
        received = pair.base if order.side == "buy" else pair.quote
        if account.fee_in == "quote":
            return pair.quote, _cut(in_quote)
        third = self.pairs.get(account.fee_in + pair.quote)
        if third is not None:
            fee = _cut(in_quote * Decimal("0.75") / third.price)
            if account.of(account.fee_in).free >= fee:
                return account.fee_in, fee
        return received, _cut(in_received)

    def _end(self, order: Order, status: Status, what: str, cancel_id: str = "") -> None:
        order.status = status
        order.updated_at = self.now()
        self._release(order)
        self._tell(OrderNews(order, what, None, cancel_id))

    def _release(self, order: Order) -> None:
        balance = order.account.of(order.pair.quote if order.side == "buy" else order.pair.base)
        balance.locked -= order.lock
        balance.free += order.lock
        order.lock = ZERO

    def _price(self, pair: Pair, price: Decimal, amount: Decimal) -> None:
        pair.price = price
        pair.book_version += 1
        minute = self.now() // ONE_MINUTE * ONE_MINUTE
        candle = pair.candles.setdefault(minute, [price, price, price, price, ZERO])
        candle[1], candle[2], candle[3] = max(candle[1], price), min(candle[2], price), price
        candle[4] += amount
        self._tell(PriceNews(pair, price, amount))

    def _tell(self, news: News) -> None:
        for listener in self.listeners:
            listener(news)


def _cut(fee: Decimal) -> Decimal:
    return fee.quantize(Decimal("1e-8"), ROUND_DOWN)
