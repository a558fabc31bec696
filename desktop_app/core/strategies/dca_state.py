"""What a DCA bot remembers: nothing else survives a restart."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from desktop_app.core.change import quick, replace
from desktop_app.core.deal import Deal, DealStatus, Direction
from desktop_app.core.ladder import Rung, Sizing, Target
from desktop_app.core.market import ZERO, Market
from desktop_app.core.order import Order, Role, swapped
from desktop_app.core.reading import Reading
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.entry import Entry
from desktop_app.core.strategies.wanted import Wanted
from desktop_app.core.strategy import Watch


@dataclass(frozen=True, slots=True)
class Blocked:
    """An order that was refused and is not tried again before `until`, ms UTC."""

    role: Role
    index: int
    until: int


@quick
@dataclass(frozen=True, slots=True)
class Planned:
    """What a plan of orders came to.

    `wanted` are all orders that should be there, those among them that must wait for others to leave. `settled` are
    the same by role and index, where all that can be done for them is done. `targets` are the take-profit steps that
    were reckoned with; None: they hang on the orders.
    """

    market: Market
    wanted: tuple[Wanted, ...]
    settled: Mapping[tuple[Role, int], Wanted] | None
    targets: tuple[Target, ...] | None


@quick
@dataclass(frozen=True, slots=True)
class Quiet:
    """Prices that leave a deal as it is but for the last one seen: between two levels, and none better or worse."""

    low: Decimal | None
    high: Decimal | None
    least: Decimal | None
    most: Decimal | None

    def has(self, price: Decimal) -> bool:
        is_between = (self.low is None or self.low < price) and (self.high is None or price < self.high)
        return is_between and (self.least is None or self.least <= price) and (self.most is None or price <= self.most)


@quick
@dataclass(frozen=True, slots=True)
class Outlook:
    """What a deal waits for."""

    market: Market
    watch: Watch
    quiet: Quiet | None = None


class _Remembers:
    """What was found out about a deal as it is; a changed copy knows nothing of it."""

    __slots__ = ("_outlook", "_planned")
    _outlook: Outlook
    _planned: Planned


@quick
@dataclass(frozen=True, slots=True)
class DcaDeal(_Remembers):
    """A running deal with the settings that it runs on."""

    deal: Deal
    settings: DcaSettings
    sizing: Sizing
    serial: int = 0  # orders made so far: the next client id's number
    last: Decimal = ZERO  # the path's price as last seen
    p0: Decimal = ZERO
    base_amount: Decimal = ZERO
    base_price: Decimal | None = None  # where a base order of type limit should rest
    rungs: tuple[Rung, ...] = ()
    left_out: tuple[int, ...] = ()
    fired: tuple[int, ...] = ()  # trigger rungs and signal rungs whose moment has come
    steps_done: int = 0
    shared: Decimal = ZERO  # coins that the steps after `shared_after` share, sold ones among them
    shared_after: int = 0
    best: Decimal = ZERO  # best price since the base order filled
    trail_best: Decimal = ZERO  # best price since trailing was armed
    rung_worst: Decimal = ZERO  # worst price since the first of the trailing rungs was reached that are not bought yet
    arm_price: Decimal | None = None  # where trailing is armed, while its step is not sold
    stop_level: Decimal | None = None  # of a trailing stop: never moves back
    breakeven: Decimal | None = None
    beyond_stop_since: int = 0
    bar_end: int = 0  # of the candle in which it last traded: what ends it there ends then
    ending: DealStatus | None = None
    reduce: Decimal = ZERO  # coins that the user wants out, before the take profit rests again
    blocked: tuple[Blocked, ...] = ()
    refusals: int = 0
    entry: Entry | None = None  # of a smart trade; None: a base order as bots.md 1.2 has it
    entry_amount: Decimal = ZERO  # coins that the entry is for, once that is known
    entry_rises: bool = False  # the price that the entry waits for lies above where it was
    entry_best: Decimal = ZERO  # best price for a trailing entry since it follows
    entry_now: bool = False  # its moment has come: the rest of it is traded at market
    hit: tuple[int, ...] = ()  # targets of type market whose price has come
    stop_from: Decimal = ZERO  # the price at which a stop loss given as a price was set
    heir: str = ""  # settings of the smart trade that takes over what is held

    @property
    def direction(self) -> Direction:
        return self.deal.direction

    @property
    def has_base(self) -> bool:
        return self.deal.status is not DealStatus.OPENING

    def is_better(self, price: Decimal, than: Decimal) -> bool:
        """Strictly on the side where the deal earns."""
        return price > than if self.direction is Direction.LONG else price < than

    def has_reached(self, price: Decimal, level: Decimal) -> bool:
        """At or beyond a level on the side where the deal loses: stop losses, closing levels."""
        return not self.is_better(price, level)

    def with_order(self, before: Order, after: Order, **changes: object) -> "DcaDeal":
        """The deal with an order that has changed, and what else that changes in the deal."""
        return self.with_deal(orders=swapped(self.deal.orders, before, after), **changes)

    def ends(self, status: DealStatus) -> "DcaDeal":
        """On the way to its end; nothing but the exit happens from here. The first reason to end stays."""
        if self.ending is not None:
            return self
        # That the exchange refused to let a stop rest must not keep the deal from selling now.
        blocked = tuple(block for block in self.blocked if block.role is not Role.STOP_LOSS)
        return replace(self, ending=status, blocked=blocked).with_deal(status=DealStatus.CLOSING)

    def is_blocked(self, role: Role, index: int) -> bool:
        return any(block.role is role and block.index == index for block in self.blocked) if self.blocked else False

    @property
    def planned(self) -> Planned | None:
        """The last plan, where nothing has come since that it hangs on."""
        return getattr(self, "_planned", None)

    def remembers(self, planned: Planned | None) -> "DcaDeal":
        """The same deal, knowing its plan."""
        if planned is not None:
            object.__setattr__(self, "_planned", planned)
        return self

    @property
    def outlook(self) -> Outlook | None:
        return getattr(self, "_outlook", None)

    def looks_out(self, outlook: Outlook) -> "DcaDeal":
        """The same deal, knowing what it waits for."""
        object.__setattr__(self, "_outlook", outlook)
        return self

    def live(self, role: Role, index: int | None = None) -> tuple[Order, ...]:
        if index is not None:
            return self.deal.standing.live_at.get((role, index), ())
        return tuple([order for order in self.deal.standing.live if order.role is role])

    def filled(self, role: Role, index: int) -> Decimal:
        """Coins that all orders of this role and index have traded so far."""
        return self.deal.standing.filled.get((role, index), ZERO)

    def open_rungs(self, market: Market) -> tuple[Rung, ...]:
        """Rungs that still have something to buy, nearest first; a rest under the minimum counts as bought."""
        filled = self.deal.standing.filled
        rungs: list[Rung] = []
        for rung in self.rungs:
            done = filled.get((Role.SAFETY, rung.index))
            if not done or not market.is_too_small(rung.amount - done, rung.price):
                rungs.append(rung)
        return tuple(sorted(rungs, key=_distance))

    def with_deal(self, **changes: object) -> "DcaDeal":
        return replace(self, deal=self.deal.changed(**changes))


def _distance(rung: Rung) -> Decimal:
    return abs(rung.deviation)


@quick
@dataclass(frozen=True, slots=True)
class PairState:
    """What outlives the deals on a pair. `profit` is closed profit, fees in; `dust` unsold coins of closed deals."""

    symbol: str
    opens_after: int
    profit: Decimal = ZERO
    dust: Decimal = ZERO
    is_asked: bool = False
    asked_until: int = 0  # a wish that comes true by then or not at all, ms UTC
    volume_24h: Decimal | None = None
    readings: tuple[Reading, ...] = ()


@quick
@dataclass(frozen=True, slots=True)
class DcaState:
    pairs: tuple[PairState, ...]
    deals: tuple[DcaDeal, ...] = ()
    next_number: int = 1
    deals_closed: int = 0
    is_paused: bool = False
    is_stopped: bool = False
    free: tuple[tuple[str, Decimal], ...] = ()
    listed: tuple[str, ...] = ()  # pairs of the bot's list

    def pair(self, symbol: str) -> PairState:
        """What is remembered of a pair; nothing yet of one that an edit added."""
        for pair in self.pairs:
            if pair.symbol == symbol:
                return pair
        return PairState(symbol, 0)

    def with_pair(self, changed: PairState) -> "DcaState":
        others = tuple(pair for pair in self.pairs if pair.symbol != changed.symbol)
        return replace(self, pairs=(*others, changed))

    def with_deal(self, before: DcaDeal, after: DcaDeal) -> "DcaState":
        return replace(self, deals=tuple([after if deal is before else deal for deal in self.deals]))

    def free_of(self, asset: str) -> Decimal:
        return dict(self.free).get(asset, ZERO)
