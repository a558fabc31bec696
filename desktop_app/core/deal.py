"""A deal: one run of a bot on one pair, as a fold of its fills."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter

from desktop_app.core.change import quick, replace
from desktop_app.core.grid_tally import GridTally
from desktop_app.core.market import HUNDRED, ONE, ZERO
from desktop_app.core.order import FINAL, Fill, Order, OrderStatus, Role, Side


class Direction(StrEnum):
    LONG = "long"
    SHORT = "short"

    @property
    def entry(self) -> Side:
        return Side.BUY if self is Direction.LONG else Side.SELL

    @property
    def exit(self) -> Side:
        return self.entry.opposite


class DealStatus(StrEnum):
    OPENING = "opening"
    OPEN = "open"
    TRAILING = "trailing"
    CLOSING = "closing"
    COMPLETED = "completed"
    STOPPED_OUT = "stopped_out"
    TIMED_OUT = "timed_out"
    CLOSED_BY_USER = "closed_by_user"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        return self not in _RUNNING


_client_id = attrgetter("client_id")
_RUNNING = frozenset({DealStatus.OPENING, DealStatus.OPEN, DealStatus.TRAILING, DealStatus.CLOSING})


@quick
@dataclass(frozen=True, slots=True)
class Position:
    """What the fills of a deal add up to. `*_quote` are without fees; fees are in quote.

    Entries are buys of a long and sells of a short, exits the other side. `coin_fee` are bought coins that
    the exchange kept as its fee: they cannot be sold.
    """

    entry_amount: Decimal = ZERO
    entry_quote: Decimal = ZERO
    entry_fee: Decimal = ZERO
    exit_amount: Decimal = ZERO
    exit_quote: Decimal = ZERO
    exit_fee: Decimal = ZERO
    coin_fee: Decimal = ZERO
    coin_fee_quote: Decimal = ZERO  # what those coins cost
    carried: Decimal = ZERO  # coins left over by the bot's deal before this one

    def with_fill(self, fill: Fill, *, is_entry: bool) -> "Position":
        if is_entry:
            return replace(
                self,
                entry_amount=self.entry_amount + fill.amount,
                entry_quote=self.entry_quote + fill.cost,
                entry_fee=self.entry_fee + fill.fee,
                coin_fee=self.coin_fee + fill.coin_fee,
                coin_fee_quote=self.coin_fee_quote + fill.coin_fee * fill.price,
            )
        return replace(
            self,
            exit_amount=self.exit_amount + fill.amount,
            exit_quote=self.exit_quote + fill.cost,
            exit_fee=self.exit_fee + fill.fee,
        )

    @property
    def fees(self) -> Decimal:
        return self.entry_fee + self.exit_fee

    def average(self, direction: Direction) -> Decimal:
        """Σ(price·amount ± fee) / Σ amount over the entries: what was paid (a short: received) per coin."""
        if not self.entry_amount:
            return ZERO
        fee = self.entry_fee if direction is Direction.LONG else -self.entry_fee
        return (self.entry_quote + fee) / self.entry_amount

    @property
    def entry_price(self) -> Decimal:
        """Σ(price·amount) / Σ amount over the entries, before fees."""
        return self.entry_quote / self.entry_amount if self.entry_amount else ZERO

    def held(self, direction: Direction) -> Decimal:
        """Coins that the exit still has to trade: what a long can sell, what a short must buy back."""
        received = self.entry_amount - (self.coin_fee if direction is Direction.LONG else ZERO) + self.carried
        return max(ZERO, received - self.exit_amount)

    def spent(self, direction: Direction) -> Decimal:
        """Quote that the entries took (a short: brought), fees in."""
        return self.average(direction) * self.entry_amount

    def cash(self, direction: Direction) -> Decimal:
        """Quote that came in less quote that went out. A fee kept back in coins took no quote: it is missing
        from the coins that a long can sell; a short pays it by getting fewer coins back, valued in quote."""
        if direction is Direction.LONG:
            return self.exit_quote - self.exit_fee - self.entry_quote - self.entry_fee + self.coin_fee_quote
        return self.entry_quote - self.entry_fee - self.exit_quote - self.exit_fee

    def worth(self, direction: Direction, price: Decimal, exit_fee: Decimal) -> Decimal:
        """Profit in quote if what is held were exited at `price`, net of every fee and of the fee that this costs."""
        held = self.held(direction) * price
        if direction is Direction.LONG:
            return self.cash(direction) + held * (ONE - exit_fee)
        return self.cash(direction) - held * (ONE + exit_fee)

    def realised(self, direction: Direction) -> Decimal:
        """Profit in quote of what was exited so far, net of fees, against the average price of the entries."""
        if not self.exit_amount:
            return ZERO
        entered = self.average(direction) * self.exit_amount
        if direction is Direction.LONG:
            return self.exit_quote - self.exit_fee - entered
        return entered - self.exit_quote - self.exit_fee


@quick
@dataclass(frozen=True, slots=True)
class Standing:
    """The orders of a deal by what they are for, for decisions that ask many times."""

    live: tuple[Order, ...]
    live_at: Mapping[tuple[Role, int], tuple[Order, ...]]
    filled: Mapping[tuple[Role, int], Decimal]  # coins that all orders of this role and index have traded so far
    leaving: frozenset[Role]  # of which an order is being cancelled
    has_sold: bool  # something of a take-profit step was traded


class _Remembers:
    """What was found out about a deal as it is; a changed copy knows nothing of it."""

    __slots__ = ("_standing",)
    _standing: Standing


@quick
@dataclass(frozen=True, slots=True)
class Deal(_Remembers):
    """One run of a bot. `orders` are the ones that rest, may rest, or have filled something."""

    number: int
    symbol: str
    direction: Direction
    status: DealStatus
    opened_at: int
    closed_at: int = 0
    position: Position = Position()
    orders: tuple[Order, ...] = ()
    take_profits: tuple[Decimal, ...] = ()  # prices, nearest first
    stop_loss: Decimal | None = None  # the level in force, unrounded
    safety_total: int = 0  # rungs of the ladder that exist
    safety_filled: int = 0
    note: str = ""
    grid: GridTally | None = None  # of a grid; its filled orders are in the journal only
    keeps_coins: bool = False  # it ends with its entry: what it traded is no profit yet

    @property
    def live_orders(self) -> tuple[Order, ...]:
        return tuple(order for order in self.orders if order.is_live)

    @property
    def standing(self) -> Standing:
        try:
            return self._standing
        except AttributeError:
            standing = _standing_of(self.orders)
            object.__setattr__(self, "_standing", standing)
            return standing

    @property
    def average(self) -> Decimal:
        return self.position.average(self.direction)

    @property
    def held(self) -> Decimal:
        return self.position.held(self.direction)

    @property
    def profit(self) -> Decimal:
        """Net of every fee, in quote: of a deal that is over, what its fills add up to; else what is realised.

        A grid has realised what its round trips earned; coins that it left behind count for what they were worth.
        """
        if self.grid is not None:
            return self._grid_profit(self.grid)
        if self.status.is_over and self.status is not DealStatus.CANCELLED and not self.keeps_coins:
            return self.position.cash(self.direction)
        return self.position.realised(self.direction)

    def unrealised(self, price: Decimal, exit_fee: Decimal) -> Decimal:
        """What exiting the rest at `price` would add to `profit`."""
        return self.worth(price, exit_fee) - self.profit

    def worth(self, price: Decimal, exit_fee: Decimal) -> Decimal:
        """Profit in all if the rest were exited at `price`, net of every fee."""
        taken_over = self.grid.own_cost if self.grid is not None else ZERO
        return self.position.worth(self.direction, price, exit_fee) - taken_over

    def _grid_profit(self, grid: GridTally) -> Decimal:
        if not self.status.is_over:
            return grid.profit
        return self.position.cash(self.direction) + grid.left_worth - grid.own_cost

    def part_result(self, amount: Decimal, price: Decimal, exit_fee: Decimal) -> Decimal:
        """What exiting `amount` of the rest would add to `profit`: parts at one price add up to the whole."""
        held = self.held
        return self.unrealised(price, exit_fee) * amount / held if held else ZERO

    def order(self, client_id: str) -> Order | None:
        ids = tuple(map(_client_id, self.orders))
        return self.orders[ids.index(client_id)] if client_id in ids else None

    def changed(self, **changes: object) -> "Deal":
        """A changed copy: what was found out about the orders holds while they stay."""
        after = replace(self, **changes)  # type: ignore[arg-type]
        if "orders" not in changes and (standing := getattr(self, "_standing", None)) is not None:
            object.__setattr__(after, "_standing", standing)
        return after

    def profit_percent(self) -> Decimal:
        spent = self.position.spent(self.direction)
        return self.profit / spent * HUNDRED if spent else ZERO


def _standing_of(orders: tuple[Order, ...]) -> Standing:
    live: list[Order] = []
    live_at: dict[tuple[Role, int], tuple[Order, ...]] = {}
    filled: dict[tuple[Role, int], Decimal] = {}
    leaving: set[Role] = set()
    has_sold = False
    for order in orders:
        status = order.status
        if order.filled:
            key = order.role, order.index
            filled[key] = filled[key] + order.filled if key in filled else order.filled
            has_sold = has_sold or order.role is Role.TAKE_PROFIT
        if status in FINAL:
            continue
        live.append(order)
        key = order.role, order.index
        live_at[key] = (*live_at[key], order) if key in live_at else (order,)
        if status is OrderStatus.CANCELING:
            leaving.add(order.role)
    return Standing(tuple(live), live_at, filled, frozenset(leaving), has_sold)
