"""The kinds of bots: what a bot file may say it is, and how its bot is made."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from desktop_app.core.client_id import BotIdentity
    from desktop_app.core.market import Market
    from desktop_app.core.settings import Settings
    from desktop_app.core.strategy import Bot


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of bot: its settings, the state that it keeps, and its maker."""

    settings: "type[Settings]"
    state: type[Any]
    make_bot: "Callable[[BotIdentity, Any, Mapping[str, Market]], Bot[Any]]"


class _Kinds(Mapping[str, Kind]):
    """Each kind is imported when it is first asked for: a command that runs one bot does not pay for all."""

    _names = ("dca", "grid", "smart_trade", "signal", "python")

    def __getitem__(self, name: str) -> Kind:
        if name not in self._names:
            raise KeyError(name)
        return _load(name)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@cache
def _load(name: str) -> Kind:
    if name == "dca":
        from desktop_app.core.strategies.dca import DcaBot
        from desktop_app.core.strategies.dca_settings import DcaSettings
        from desktop_app.core.strategies.dca_state import DcaState

        return Kind(DcaSettings, DcaState, DcaBot)
    if name == "grid":
        from desktop_app.core.strategies.grid import GridBot
        from desktop_app.core.strategies.grid_settings import GridSettings
        from desktop_app.core.strategies.grid_state import GridState

        return Kind(GridSettings, GridState, GridBot)
    if name == "smart_trade":
        from desktop_app.core.strategies.smart import SmartTradeBot
        from desktop_app.core.strategies.smart_settings import SmartTradeSettings
        from desktop_app.core.strategies.smart_state import SmartState

        return Kind(SmartTradeSettings, SmartState, SmartTradeBot)
    if name == "signal":
        from desktop_app.core.strategies.signal import SignalBot
        from desktop_app.core.strategies.signal_settings import SignalSettings
        from desktop_app.core.strategies.signal_state import SignalState

        return Kind(SignalSettings, SignalState, SignalBot)
    from desktop_app.core.strategies.python import PythonBot
    from desktop_app.core.strategies.python_settings import PythonSettings
    from desktop_app.core.strategies.python_state import OwnState

    return Kind(PythonSettings, OwnState, PythonBot)


KINDS: Mapping[str, Kind] = _Kinds()
