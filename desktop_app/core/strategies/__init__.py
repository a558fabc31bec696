"""The kinds of bots: what a bot file may say it is, and how its bot is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from desktop_app.core.client_id import BotIdentity
from desktop_app.core.market import Market
from desktop_app.core.settings import Settings
from desktop_app.core.strategies.dca import DcaBot
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.dca_state import DcaState
from desktop_app.core.strategies.grid import GridBot
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.core.strategies.grid_state import GridState
from desktop_app.core.strategies.python import PythonBot
from desktop_app.core.strategies.python_settings import PythonSettings
from desktop_app.core.strategies.python_state import OwnState
from desktop_app.core.strategies.signal import SignalBot
from desktop_app.core.strategies.signal_settings import SignalSettings
from desktop_app.core.strategies.signal_state import SignalState
from desktop_app.core.strategies.smart import SmartTradeBot
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.core.strategies.smart_state import SmartState
from desktop_app.core.strategy import Bot


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of bot: its settings, the state that it keeps, and its maker."""

    settings: type[Settings]
    state: type[Any]
    make_bot: Callable[[BotIdentity, Any, Mapping[str, Market]], Bot[Any]]


KINDS: dict[str, Kind] = {
    "dca": Kind(DcaSettings, DcaState, DcaBot),
    "grid": Kind(GridSettings, GridState, GridBot),
    "smart_trade": Kind(SmartTradeSettings, SmartState, SmartTradeBot),
    "signal": Kind(SignalSettings, SignalState, SignalBot),
    "python": Kind(PythonSettings, OwnState, PythonBot),
}
