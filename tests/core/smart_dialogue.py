"""A conversation with a smart trade; the exchange is played by the test."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from desktop_app.core.client_id import BotIdentity
from desktop_app.core.commands import Tell
from desktop_app.core.events import Event
from desktop_app.core.market import Market
from desktop_app.core.order import Order, Role
from desktop_app.core.said import Said
from desktop_app.core.strategies.dca_state import DcaDeal
from desktop_app.core.strategies.smart import SmartTradeBot
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.core.strategies.smart_state import SmartState
from tests.core.dialogue import FREE_OF_FEES, PAIR, Dialogue

D = Decimal


def trade(**parts: Any) -> SmartTradeSettings:
    given: dict[str, Any] = {"name": "swing", "account": "demo", "pair": PAIR, "amount": "1"}
    return SmartTradeSettings.model_validate(given | parts)


@dataclass
class SmartDialogue(Dialogue):
    """The test's side of the conversation."""

    settings: SmartTradeSettings = field(default_factory=trade)  # type: ignore[assignment]
    market: Market = FREE_OF_FEES
    state: SmartState = field(init=False)  # type: ignore[assignment]
    bot: SmartTradeBot = field(init=False)  # type: ignore[assignment]

    def __post_init__(self) -> None:
        self.bot = SmartTradeBot(BotIdentity(7), self.settings, {PAIR: self.market})
        self.state = self.bot.first_state(self.at)

    def hear(self, event: Event) -> Any:
        step = self.bot.on_event(self.state, event)
        assert step == self.bot.on_event(self.state, event), "the same state and event gave two answers"
        self.state = step.state
        self.said = step.commands
        self.closed += step.closed
        self.told += [command.said.code for command in step.commands if isinstance(command, Tell)]
        return step.commands

    @property
    def deal(self) -> DcaDeal:
        assert self.state.deal is not None
        return self.state.deal

    @property
    def live(self) -> tuple[Order, ...]:
        return self.state.deal.deal.live_orders if self.state.deal is not None else ()

    def why(self, price: str = "100") -> Said:
        return self.bot.why(self.state, PAIR, self.at, D(price))

    def entered(self, price: str = "100") -> "SmartDialogue":
        """The same conversation after a market entry has filled at `price`."""
        self.tick(price)
        self.accept()
        self.fill(self.order(Role.BASE), price)
        self.accept()
        return self
