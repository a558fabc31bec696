"""A conversation with a grid bot; the exchange is played by the test, or by the program's own matcher."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from desktop_app.core.client_id import BotIdentity
from desktop_app.core.commands import CancelOrder, PlaceOrder
from desktop_app.core.deal import Deal
from desktop_app.core.events import ClockStruck, Event, OrderFilled, PriceTick
from desktop_app.core.market import Balance, Market
from desktop_app.core.matching import Matcher, Point
from desktop_app.core.order import Order, Role, Side
from desktop_app.core.strategies.grid import GridBot
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.core.strategies.grid_state import GridDeal, GridState
from tests.core.dialogue import MARKET, PAIR, Dialogue

D = Decimal
FEELESS = replace(MARKET, maker_fee=D(0), taker_fee=D(0), amount_step=D("0.001"))


def grid_settings(**grid: Any) -> GridSettings:
    """Five lines from 90 to 110, 100 USDT each, but for `grid`."""
    given: dict[str, Any] = {"lower": 90, "upper": 110, "lines": 5, "volume_per_line": 100}
    if grid.get("investment") or "step_percent" in grid:
        given = {"lower": 90}
        if "investment" in grid:
            given |= {"upper": 110, "lines": 5}
        else:
            given |= {"volume_per_line": 100, "spacing": "geometric"}
    table = {name: value for name, value in (given | grid).items() if value is not None}
    return GridSettings.model_validate({"name": "test", "account": "demo", "pairs": [PAIR], "grid": table})


class GridDialogue(Dialogue):
    """As for a DCA bot: prices and order news in, commands out."""

    settings: GridSettings  # type: ignore[assignment]
    state: GridState  # type: ignore[assignment]
    bot: GridBot  # type: ignore[assignment]

    def __post_init__(self) -> None:
        self.bot = GridBot(BotIdentity(7), self.settings, {PAIR: self.market})
        self.state = self.bot.first_state(self.at)

    @property
    def deal(self) -> GridDeal:  # type: ignore[override]
        assert self.state.deal is not None
        return self.state.deal

    @property
    def live(self) -> tuple[Order, ...]:
        return self.state.deal.deal.live_orders if self.state.deal is not None else ()

    def line(self, index: int, side: Side) -> Order:
        (order,) = [o for o in self.live if o.role is Role.GRID and o.index == index and o.side is side]
        return order

    def started(self, price: str = "100") -> "GridDialogue":
        """The same conversation once the coins are bought and the lines rest."""
        self.tick(price)
        for order in self.live:
            if order.role is Role.BALANCING:
                self.fill(order, price)
        self.accept()
        return self


class GridWorld:
    """The bot on the matcher: a price is set, and everything that follows happens."""

    def __init__(self, settings: GridSettings, market: Market = FEELESS, *, money: str | None = None) -> None:
        self.bot = GridBot(BotIdentity(7), settings, {PAIR: market})
        self.state = self.bot.first_state(0)
        balances = [Balance("USDT", D(money))] if money is not None else None
        self.matcher = Matcher([market], balances=balances)
        self.at = 0
        self.price = D(0)
        self.closed: list[Deal] = []
        self.fills: list[tuple[str, int, str, Decimal, Decimal]] = []
        self.orders: dict[str, Order] = {}

    def go(self, *prices: str, seconds: int = 60) -> "GridWorld":
        for price in prices:
            self.at += seconds * 1000
            due = self.bot.wake_at(self.state)
            if due is not None and due <= self.at:
                self._hear(ClockStruck(self.at))
            self.price = D(price)
            while events := self.matcher.fill_next(PAIR, self.point):
                for event in events:
                    self._hear(event)
            self._hear(PriceTick(PAIR, self.price, self.at))
        return self

    @property
    def point(self) -> Point:
        return Point(self.price, self.at)

    @property
    def deal(self) -> GridDeal:
        assert self.state.deal is not None
        return self.state.deal

    def hear(self, event: Event) -> None:
        self._hear(event)

    def _hear(self, event: Event) -> None:
        if isinstance(event, OrderFilled):
            order = self.orders[event.client_id]
            self.fills.append((str(order.role), order.index, str(order.side), event.fill.price, event.fill.amount))
        step = self.bot.on_event(self.state, event)
        self.state = step.state
        self.closed += step.closed
        for command in sorted(step.commands, key=lambda one: isinstance(one, PlaceOrder)):
            if isinstance(command, PlaceOrder):
                self.orders[command.order.client_id] = command.order
                for answer in self.matcher.place(command.order, self.point):
                    self._hear(answer)
            elif isinstance(command, CancelOrder):
                for answer in self.matcher.cancel(command.client_id, self.at):
                    self._hear(answer)

    def lines(self) -> list[tuple[str, Decimal, Decimal]]:
        """What rests, lowest first."""
        resting = sorted(self.matcher.orders(), key=lambda order: order.price or D(0))
        return [(str(order.side), order.price or D(0), order.remaining) for order in resting]

    def sides(self) -> str:
        """What rests, lowest first, in short: `90b 95b 105s 110s`."""
        return " ".join(f"{price.normalize():f}{side[0]}" for side, price, _ in self.lines())
