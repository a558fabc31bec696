"""What a grid bot remembers: nothing else survives a restart. It stays small: filled orders leave it at once."""

from dataclasses import dataclass
from decimal import Decimal

from desktop_app.core.change import quick, replace
from desktop_app.core.deal import Deal, DealStatus
from desktop_app.core.grid_tally import GridTally
from desktop_app.core.market import ZERO
from desktop_app.core.order import Order, OrderType, Role, Side
from desktop_app.core.strategies.grid_settings import Grid, GridSettings, StopAction


@quick
@dataclass(frozen=True, slots=True)
class Cell:
    """Two neighbouring lines and the one order that they share: a buy at `low` or, holding coins, a sell at `high`.

    `index` is that of the lower line. `amount` is what the order is for, `done` what it has traded so far. Holding,
    `coins` are there to be sold: fewer than `amount` until they are bought. `received` and `paid` are coins and quote
    of the buy that the sell belongs to; coins from elsewhere have none. `got` is what the sell brought so far.
    """

    index: int
    low: Decimal
    high: Decimal
    is_holding: bool
    amount: Decimal
    coins: Decimal = ZERO
    done: Decimal = ZERO
    received: Decimal = ZERO
    paid: Decimal = ZERO
    got: Decimal = ZERO
    blocked_until: int = 0

    @property
    def line(self) -> int:
        """Of the order that it has or wants."""
        return self.index + 1 if self.is_holding else self.index

    @property
    def price(self) -> Decimal:
        return self.high if self.is_holding else self.low

    @property
    def side(self) -> Side:
        return Side.SELL if self.is_holding else Side.BUY

    @property
    def left(self) -> Decimal:
        """What its order still has to trade."""
        return (self.coins if self.is_holding else self.amount) - self.done

    @property
    def bound(self) -> Decimal:
        """Coins in the account that are this cell's."""
        return self.coins - self.done if self.is_holding else self.received


@dataclass(frozen=True, slots=True)
class GridDeal:
    """A running grid with the settings that it runs on."""

    deal: Deal
    settings: GridSettings
    volume: Decimal  # per line, in the unit of the settings
    added: Decimal = ZERO  # quote given later, beyond what the settings say
    added_volume: Decimal = ZERO  # of each line by that
    cells: tuple[Cell, ...] = ()  # lowest first, without gaps
    serial: int = 0  # orders made so far: the next client id's number
    last: Decimal = ZERO  # the path's price as last seen
    missing: Decimal = ZERO  # coins that must still be bought before lines rest
    kept: Decimal = ZERO  # coins that are profit: no line sells them
    retired: int | None = None  # the cell that leaves one end so that the grid can move
    is_rebuilding: bool = False  # edited: its old orders go, then the lines are laid anew
    level_up: Decimal | None = None  # where it moves or grows
    level_down: Decimal | None = None
    level_profit: Decimal | None = None  # where the total is the profit wished for
    moves: tuple[tuple[int, Decimal], ...] = ()  # when and where it lately moved: a jump is told by these
    paused_until: int = 0  # by pump protection
    bar_end: int = 0  # of the candle in which it last traded: what ends it there ends then
    ending: DealStatus | None = None
    then: StopAction = "stop_and_sell"
    refusals: int = 0
    blocked_until: int = 0  # of orders at market, after a refusal
    is_even: bool = False  # nothing is left to do: each line that may rest has its one order and all coins for it

    @property
    def grid(self) -> Grid:
        return self.settings.grid

    @property
    def tally(self) -> GridTally:
        assert self.deal.grid is not None
        return self.deal.grid

    @property
    def is_opening(self) -> bool:
        return self.deal.status is DealStatus.OPENING

    @property
    def loose(self) -> Decimal:
        """Coins that no line sells and that are no profit: the next sell line takes them."""
        return self.deal.held - self.kept - sum((cell.bound for cell in self.cells), ZERO)

    def cell(self, index: int) -> Cell | None:
        place = index - self.cells[0].index if self.cells else -1
        return self.cells[place] if 0 <= place < len(self.cells) else None

    def cell_of(self, order: Order) -> Cell | None:
        """The cell that this order trades for now; None of an order of lines that are no more."""
        cell = self.cell(order.index - 1 if order.side is Side.SELL else order.index)
        is_its = cell is not None and order.role is Role.GRID and cell.side is order.side and cell.price == order.price
        return cell if is_its else None

    def with_cell(self, cell: Cell) -> "GridDeal":
        return replace(self, cells=self.cells_with(cell))

    def cells_with(self, cell: Cell) -> tuple[Cell, ...]:
        place = cell.index - self.cells[0].index
        return (*self.cells[:place], cell, *self.cells[place + 1 :])

    def order(self, client_id: str) -> Order | None:
        """The newest are looked at first: news of an order mostly comes soon after it was made."""
        for order in reversed(self.deal.orders):
            if order.client_id == client_id:
                return order
        return None

    def orders_with(self, before: Order, after: Order | None) -> tuple[Order, ...]:
        """The orders with one of them changed, or gone."""
        orders = list(self.deal.orders)
        place = len(orders) - 1
        while orders[place] is not before:
            place -= 1
        orders[place : place + 1] = () if after is None else (after,)
        return tuple(orders)

    def with_order(self, before: Order, after: Order) -> "GridDeal":
        """An order that is over leaves: the journal has it, and its coins are in the sums."""
        return self.with_deal(orders=self.orders_with(before, None if after.status.is_final else after))

    def with_deal(self, **changes: object) -> "GridDeal":
        return replace(self, deal=replace(self.deal, **changes))  # type: ignore[arg-type]

    def with_tally(self, tally: GridTally) -> "GridDeal":
        return self.with_deal(grid=tally)

    def ends(self, status: DealStatus, then: StopAction = "stop_and_sell") -> "GridDeal":
        """On the way to its end."""
        return replace(self, ending=status, then=then, blocked_until=0).with_deal(status=DealStatus.CLOSING)

    def live(self, role: Role) -> tuple[Order, ...]:
        return tuple(order for order in self.deal.orders if order.role is role and order.is_live)

    @property
    def has_order_at_market(self) -> bool:
        return any(order.type is OrderType.MARKET and order.is_live for order in self.deal.orders)


@dataclass(frozen=True, slots=True)
class GridState:
    """`came_from` is the first price seen while the bot waits for its start price; `dust` are coins that the last
    grid could not sell, and what they were worth."""

    opens_after: int
    deal: GridDeal | None = None
    next_number: int = 1
    came_from: Decimal | None = None
    dust: Decimal = ZERO
    dust_worth: Decimal = ZERO
    is_asked: bool = False
    is_paused: bool = False
    is_stopped: bool = False
    free: tuple[tuple[str, Decimal], ...] = ()

    def free_of(self, asset: str) -> Decimal:
        return dict(self.free).get(asset, ZERO)
