"""How an editor reaches the engine: what it may ask, and the window's latest knowledge."""

from collections.abc import Awaitable, Coroutine
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from desktop_app.core.settings import Settings
from desktop_app.engine.views import BotView, DealView, FundsBar
from desktop_app.gui.known import Known
from desktop_app.gui.wishes import BotRef

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desktop_app.core.columns import Candles
    from desktop_app.core.events import PriceTick
    from desktop_app.core.market import Balance, Market
    from desktop_app.gui.bridge import Bridge

T = TypeVar("T")


class EditorWishes(Protocol):
    """The part of the supervisor that editors use. Every call runs on the engine's loop and may raise Problem."""

    async def markets(self, account: str) -> "Mapping[str, Market]": ...
    async def prices(self, account: str) -> "Mapping[str, PriceTick]": ...
    async def volumes(self, account: str, quote: str) -> "Mapping[str, Decimal]": ...
    async def balances(self, account: str) -> "Mapping[str, Balance]": ...
    async def candles(self, account: str, symbol: str, timeframe: str, start: int, end: int) -> "Candles": ...
    async def uncommitted(self, account: str, quote: str, excluding: BotRef | None = None) -> FundsBar: ...
    async def add_bot(self, source: str | Settings) -> int: ...
    async def edit_bot(self, bot: BotRef, source: str | Settings, apply_to_open: bool = False) -> None: ...
    async def start_bot(self, bot: BotRef, even_if_short: bool = False) -> None: ...
    async def bot(self, bot: BotRef) -> BotView: ...
    async def deals(
        self, bot: BotRef | None = None, include_closed: bool = False, limit: int = 500, offset: int = 0
    ) -> "Sequence[DealView]": ...


class AskEngine(Protocol):
    """Runs a wish on the engine's loop and gives its answer here."""

    def __call__(self, wish: Coroutine[Any, Any, T], /) -> Awaitable[T]: ...


class SpawnWork(Protocol):
    """Runs window work to its end; what goes wrong is told by whoever holds the tasks."""

    def __call__(self, work: Coroutine[Any, Any, Any], doing: str = "", /) -> object: ...


@dataclass(frozen=True, slots=True)
class EngineLink:
    wishes: EditorWishes
    ask: AskEngine
    spawn: SpawnWork
    known: Known


def link_of(bridge: "Bridge") -> EngineLink:
    """The link over the window's bridge; the engine has to be attached."""
    return EngineLink(cast(EditorWishes, bridge.wishes), bridge.ask, bridge.spawn, bridge.known)
