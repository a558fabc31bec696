"""A conversation with a bot: prices and order news in, commands out; the exchange is played by the test."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from desktop_app.core.client_id import BotIdentity
from desktop_app.core.commands import CancelOrder, Command, PlaceOrder, Tell
from desktop_app.core.deal import Deal
from desktop_app.core.events import (
    Ask,
    ClockStruck,
    Event,
    OrderAccepted,
    OrderCanceled,
    OrderFilled,
    OrderRejected,
    PriceTick,
    UserAsked,
)
from desktop_app.core.market import Market
from desktop_app.core.order import Fill, Order, Role, Side
from desktop_app.core.strategies.dca import DcaBot
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.dca_state import DcaDeal, DcaState

D = Decimal
PAIR = "BTC/USDT"
MARKET = Market(PAIR, "BTC", "USDT", D("0.01"), D("0.0001"))
FREE_OF_FEES = replace(MARKET, maker_fee=D(0), taker_fee=D(0))


def settings(**parts: Any) -> DcaSettings:
    """Settings of a bot that buys 100 USDT and takes 2 %, but for `parts`."""
    given: dict[str, Any] = {
        "name": "test",
        "account": "demo",
        "pairs": [PAIR],
        "base_order": {"volume": "100"},
        "take_profit": {"percent": "2"},
    }
    return DcaSettings.model_validate(given | parts)


@dataclass
class Dialogue:
    """The test's side of the conversation. `said` collects the commands of the last event."""

    settings: DcaSettings
    market: Market = MARKET
    at: int = 1_000_000
    state: DcaState = field(init=False)
    said: tuple[Command, ...] = ()
    closed: list[Deal] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    trades: int = 0

    def __post_init__(self) -> None:
        self.bot = DcaBot(BotIdentity(7), self.settings, dict.fromkeys(self.settings.pairs, self.market))
        self.state = self.bot.first_state(self.at)

    def hear(self, event: Event) -> tuple[Command, ...]:
        step = self.bot.on_event(self.state, event)
        assert step == self.bot.on_event(self.state, event), "the same state and event gave two answers"
        self.state = step.state
        self.said = step.commands
        self.closed += step.closed
        self.told += [command.said.code for command in step.commands if isinstance(command, Tell)]
        return step.commands

    def tick(self, price: str, **more: Any) -> tuple[Command, ...]:
        self.at += 1000
        return self.hear(PriceTick(more.pop("pair", PAIR), D(price), self.at, **more))

    def wait(self, seconds: int) -> tuple[Command, ...]:
        self.at += seconds * 1000
        return self.hear(ClockStruck(self.at))

    def ask(self, ask: Ask) -> tuple[Command, ...]:
        return self.hear(UserAsked(ask, self.at))

    def accept(self, *orders: Order) -> None:
        for order in orders or tuple(o for o in self.live if o.status == "pending"):
            self.hear(OrderAccepted(order.client_id, f"x{order.client_id[-4:]}", self.at))

    def fill(
        self, order: Order, price: str | None = None, amount: str | None = None, *, in_coins: bool = False
    ) -> tuple[Command, ...]:
        self.trades += 1
        at_price = D(price) if price is not None else order.price
        assert at_price is not None, "a market order needs a price"
        traded = D(amount) if amount is not None else order.remaining
        rate = self.market.maker_fee if order.price is not None else self.market.taker_fee
        coin_fee = traded * rate if in_coins and order.side is Side.BUY else D(0)
        fill = Fill(f"t{self.trades}", at_price, traded, at_price * traded * rate, coin_fee, self.at)
        return self.hear(OrderFilled(order.client_id, fill, self.at))

    def cancel(self, *orders: Order, reason: str = "") -> None:
        for order in orders or tuple(o for o in self.live if o.status == "canceling"):
            self.hear(OrderCanceled(order.client_id, self.at, reason))

    def reject(self, order: Order, reason: str = "insufficient funds") -> tuple[Command, ...]:
        return self.hear(OrderRejected(order.client_id, reason, self.at))

    @property
    def deal(self) -> DcaDeal:
        (deal,) = self.state.deals
        return deal

    @property
    def live(self) -> tuple[Order, ...]:
        return tuple(order for deal in self.state.deals for order in deal.deal.live_orders)

    def order(self, role: Role, index: int | None = None) -> Order:
        found = [o for o in self.live if o.role is role and (index is None or o.index == index)]
        assert len(found) == 1, f"{role} {index}: {found}"
        return found[0]

    def opened(self, price: str = "100", *, accept: bool = True) -> "Dialogue":
        """The same conversation after the base order has filled at `price`."""
        self.tick(price)
        self.fill(self.order(Role.BASE), price if self.order(Role.BASE).price is None else None)
        if accept:
            self.accept()
        return self


def placed(commands: Iterable[Command]) -> list[Order]:
    return [command.order for command in commands if isinstance(command, PlaceOrder)]


def canceled(commands: Iterable[Command]) -> list[str]:
    return [command.client_id for command in commands if isinstance(command, CancelOrder)]


def shape(orders: Iterable[Order]) -> list[tuple[str, int, Decimal | None, Decimal]]:
    return [(str(order.role), order.index, order.price, order.amount) for order in orders]
