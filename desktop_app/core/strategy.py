"""The one shape that every bot has, so that live, paper and backtest can drive any of them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

from desktop_app.core.change import quick
from desktop_app.core.commands import Command
from desktop_app.core.conditions import Condition
from desktop_app.core.deal import Deal
from desktop_app.core.events import Event
from desktop_app.core.pair_list import PairList
from desktop_app.core.said import Said
from desktop_app.core.settings import Settings


@quick
@dataclass(frozen=True, slots=True)
class Watch:
    """When a bot must be called about a pair: nothing between these can change its mind.

    `below`/`above`: it reacts when the price is at or beyond that level. `follows`: every turning point of the
    price matters (trailing); live, every tick. `wants_open`: it wants the next tick that `opens` (to start a deal or
    to move an opening order), unless that comes before `opens_after`, ms UTC. `reads`: closed candles may change its
    mind; it is told of them by ConditionsRead. `calm`, of one that follows: a turning point
    from the first price to the second (None: on and on) is only remembered, so a walk of candles leaves it out.
    """

    below: Decimal | None = None
    above: Decimal | None = None
    follows: bool = False
    wants_open: bool = False
    opens_after: int = 0
    reads: bool = False
    calm: tuple[Decimal | None, Decimal | None] | None = None


S = TypeVar("S")


@quick
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


@runtime_checkable
class ReadsConditions(Protocol):
    """A bot that may wait for conditions on indicators; it is told of them by ConditionsRead."""

    def conditions(self, state: object, symbol: str) -> tuple[Condition, ...]:
        """The conditions on this pair whose readings it wants to be told."""


def conditions_of(bot: object, state: object, symbol: str) -> tuple[Condition, ...]:
    """What a bot of whatever kind wants to be told of this pair."""
    return bot.conditions(state, symbol) if isinstance(bot, ReadsConditions) else ()


@runtime_checkable
class ListsPairs(Protocol):
    """A bot whose pairs may come from a list that makes itself; it is told of them by PairsListed."""

    @property
    def pair_list(self) -> PairList | None: ...
    def listed(self, state: object) -> tuple[str, ...]:
        """The pairs that the list held last."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the user's own strategy is asked. `told` has happened, `facts` is what the bot has going on the pair
    (both of core/strategies/own); candles that closed by `until` may be shown, no later one.
    """

    symbol: str
    number: int
    told: Any
    until: int
    price: Decimal
    memory: str
    facts: Any


@runtime_checkable
class AsksStrategy(Protocol):
    """A bot that has a strategy of the user's own decide: the answer is an event, StrategyAnswered or -Failed."""

    def question(self, state: Any) -> Question | None:
        """What the strategy is to answer next; None while there is nothing to ask."""

    def end(self, state: Any) -> Said | None:
        """Why the bot stopped itself."""
