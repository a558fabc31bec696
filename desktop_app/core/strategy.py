"""The one shape that every bot has, so that live, paper and backtest can drive any of them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, Protocol, TypeVar, runtime_checkable

from desktop_app.core.commands import Command
from desktop_app.core.deal import Deal
from desktop_app.core.events import Event
from desktop_app.core.said import Said
from desktop_app.core.settings import Settings


@dataclass(frozen=True, slots=True)
class Watch:
    """When a bot must be called about a pair: nothing between these can change its mind.

    `below`/`above`: it reacts when the price is at or beyond that level. `follows`: every turning point of the
    price matters (trailing); live, every tick. `wants_open`: it wants the next tick that `opens` (to start a deal or
    to move an opening order), unless that comes before `opens_after`, ms UTC.
    """

    below: Decimal | None = None
    above: Decimal | None = None
    follows: bool = False
    wants_open: bool = False
    opens_after: int = 0


S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Step(Generic[S]):
    """The answer of a bot to an event. `closed` are deals that ended in this step and left the state.

    `is_minor`: only remembered prices moved; losing them in a crash loses no order and no fill.
    """

    state: S
    commands: tuple[Command, ...] = ()
    closed: tuple[Deal, ...] = ()
    is_minor: bool = False


class Bot(Protocol[S]):
    """Frozen; every method is pure: same state and event, same answer."""

    @property
    def bot_id(self) -> int: ...
    @property
    def symbols(self) -> tuple[str, ...]: ...
    def first_state(self, at: int) -> S: ...
    def on_event(self, state: S, event: Event) -> Step[S]: ...
    def watch(self, state: S, symbol: str) -> Watch: ...
    def wake_at(self, state: S) -> int | None:
        """The next moment at which the bot must get ClockStruck, ms UTC."""

    def deals(self, state: S) -> tuple[Deal, ...]:
        """The deals that are running, oldest first."""

    def why(self, state: S, symbol: str, at: int, price: Decimal | None) -> Said:
        """Why the bot is not trading, or what it waits for, in one sentence; never empty."""

    def funds_needed(self, state: S, symbol: str, price: Decimal) -> Decimal:
        """Quote that the bot may still come to need on this pair beyond what rests on the exchange."""

    def is_done(self, state: S) -> bool:
        """The bot stopped itself (stop loss with `stop_bot`, stop_after_deals) and has no deal running."""


@runtime_checkable
class KeepsDealSettings(Protocol):
    """A bot whose running deals keep settings of their own, which `EditDeal` changes."""

    def deal_settings(self, state: object, number: int) -> Settings | None:
        """What a running deal runs on; None of a deal that is not running."""
