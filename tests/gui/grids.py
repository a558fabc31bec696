"""A grid at work, made by the bot itself, for panels and editors to show."""

from decimal import Decimal
from typing import Any

from desktop_app.core.client_id import BotIdentity
from desktop_app.core.commands import CancelOrder, PlaceOrder
from desktop_app.core.deal import Deal
from desktop_app.core.events import Ask, OrderAccepted, OrderCanceled, OrderFilled, PriceTick, UserAsked
from desktop_app.core.market import Market
from desktop_app.core.order import Fill, Order, OrderType
from desktop_app.core.strategies.grid import GridBot
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.core.strategies.grid_state import GridState
from desktop_app.engine.views import BotView, DealView
from tests.gui.fake_engine import bot_view

D = Decimal
AT = 1_795_600_000_000
MARKET = Market("BTC/USDT", "BTC", "USDT")
GRID_REF: dict[str, Any] = {
    "name": "BTC range",
    "account": "Paper wallet",
    "pairs": ["BTC/USDT"],
    "grid": {"lower": "60000", "upper": "70000", "lines": 21, "investment": "1000", "volume_unit": "base"},
}


def grid_ref(**changes: Any) -> GridSettings:
    """The reference grid with other values in its `[grid]`."""
    return GridSettings.model_validate(GRID_REF | {"grid": GRID_REF["grid"] | changes})


class RunningGrid:
    """Plays an exchange to a grid bot: takes every order, and fills what it is told to."""

    def __init__(self, settings: GridSettings | None = None, price: str = "64210.50") -> None:
        self.settings = settings or grid_ref()
        self.bot = GridBot(BotIdentity(7), self.settings, {MARKET.symbol: MARKET})
        self.state: GridState = self.bot.first_state(AT)
        self._trades = self.placed = self.cancelled = 0
        self.at = AT
        self.tick(price)
        while balancing := [order for order in self.live if order.type is OrderType.MARKET]:
            self.fill(balancing[0], price)

    @property
    def deal(self) -> Deal:
        assert self.state.deal is not None
        return self.state.deal.deal

    @property
    def live(self) -> tuple[Order, ...]:
        return self.deal.live_orders

    def tick(self, price: str) -> None:
        self.at += 1000
        self._hear(PriceTick(MARKET.symbol, D(price), self.at))

    def fill(self, order: Order, price: str) -> None:
        self._trades += 1
        cost = D(price) * order.remaining
        fill = Fill(f"t{self._trades}", D(price), order.remaining, cost * MARKET.maker_fee, at=self.at)
        self._hear(OrderFilled(order.client_id, fill, self.at))

    def trade_at(self, price: str) -> None:
        """Fill the line at this price."""
        self.fill(next(order for order in self.live if order.price == D(price)), price)

    def ask(self, ask: Ask) -> None:
        self._hear(UserAsked(ask, self.at))

    def view(self, last: str = "64210.50", **changes: Any) -> DealView:
        settings = self.settings.model_dump_json()
        made = DealView(7, self.settings.name, "Paper wallet", self.deal, D(last), None, "sim", **changes)
        assert made.settings_json in ("", settings)
        return made

    def bot_view(self, **changes: Any) -> BotView:
        more: dict[str, Any] = {
            "bot_id": 7, "name": self.settings.name, "kind": "grid", "pairs": ("BTC/USDT",), "status": "running",
            "deals_open": 1, "settings_json": self.settings.model_dump_json(),
        }  # fmt: skip
        return bot_view(**(more | changes))

    def _hear(self, event: Any) -> None:
        step = self.bot.on_event(self.state, event)
        self.state = step.state
        for command in step.commands:
            if isinstance(command, PlaceOrder):
                self.placed += 1
                accepted = OrderAccepted(command.order.client_id, f"x{command.order.client_id}", self.at)
                self.state = self.bot.on_event(self.state, accepted).state
        for command in step.commands:
            if isinstance(command, CancelOrder):
                self.cancelled += 1
                self._hear(OrderCanceled(command.client_id, self.at))


def after_a_round_trip() -> RunningGrid:
    """It has bought one line lower and sold that again."""
    grid = RunningGrid()
    grid.tick("63500")
    grid.trade_at("63500")
    grid.tick("64000")
    grid.trade_at("64000")
    return grid
