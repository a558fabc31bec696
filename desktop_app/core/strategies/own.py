"""What a strategy of the user's own is written with: its settings, what it is told, what it sees, what it can want.

A strategy file imports this module under the name `strongroom`, which stays the same for ever:

    from strongroom import Field, Number, Options, buy, sell

    class Settings(Options):
        spend: Number = Field(50, gt=0, title="Spend")

    def on_event(settings, state, event, view):
        ...
        return state, [buy(quote=settings.spend)]

`on_event` is pure: the same arguments, the same answer. `state` is any value that JSON can hold (None at first);
nothing else is remembered. It is called when a candle of the bot's timeframe has closed, when an order of its own
traded, and when one was refused. What happens between two candles is left to resting orders, targets and the stop,
which the bot watches at every price, also while the strategy is not asked.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, Field

from desktop_app.core.columns import Candles
from desktop_app.core.settings import Number, read_number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "Answer", "Buy", "Cancel", "CandleClosed", "Candles", "Field", "Filled", "Mine", "Number", "Options",
    "Refused", "Say", "Sell", "Stop", "Target", "Targets", "View", "atr", "buy", "cancel", "ema", "hour", "number",
    "rsi", "say", "sell", "sma", "stop", "targets", "weekday",
]  # fmt: skip

MOST_ACTIONS = 50
MOST_NAME = 40
_PLACES = 12
_DAY_MS = 86_400_000
_HOUR_MS = 3_600_000


class Options(BaseModel, frozen=True, extra="forbid", validate_default=True):
    """What your strategy can be told: a field each, with a default, bounds and a title. The form comes from it."""


# --- what it is told


@dataclass(frozen=True, slots=True)
class CandleClosed:
    """The newest candle in `view.candles` has just closed. `at` is that moment, ms UTC."""

    at: int
    kind: Literal["candle"] = "candle"


@dataclass(frozen=True, slots=True)
class Filled:
    """An order of yours traded. `left` is what of it still rests; `name` what you called it, else empty."""

    name: str
    side: Literal["buy", "sell"]
    price: Decimal
    amount: Decimal
    left: Decimal
    at: int
    kind: Literal["filled"] = "filled"


@dataclass(frozen=True, slots=True)
class Refused:
    """An order of yours is not there: the exchange refused it, or somebody cancelled it there."""

    name: str
    side: Literal["buy", "sell"]
    reason: str
    at: int
    kind: Literal["refused"] = "refused"


Told = Annotated[CandleClosed | Filled | Refused, Field(discriminator="kind")]


# --- what it sees


@dataclass(frozen=True, slots=True)
class Mine:
    """An order of yours that rests."""

    name: str
    side: Literal["buy", "sell"]
    price: Decimal | None
    amount: Decimal
    filled: Decimal


@dataclass(frozen=True, slots=True)
class Facts:
    """What the bot has going on its pair. `budget` is the quote that it may still spend."""

    symbol: str
    coins: Decimal
    average: Decimal
    invested: Decimal
    budget: Decimal
    stop: Decimal | None
    orders: tuple[Mine, ...] = ()
    is_paused: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """What your strategy sees when it is asked: closed candles only, never a price of the future."""

    symbol: str
    at: int
    price: Decimal
    candles: Candles
    coins: Decimal
    average: Decimal
    invested: Decimal
    budget: Decimal
    stop: Decimal | None
    orders: tuple[Mine, ...]
    is_paused: bool

    @property
    def has_position(self) -> bool:
        return self.coins > 0

    def order(self, name: str) -> Mine | None:
        return next((mine for mine in self.orders if mine.name == name), None)


# --- what it can want


@dataclass(frozen=True, slots=True)
class Buy:
    quote: Decimal | None = None
    coins: Decimal | None = None
    price: Decimal | None = None
    name: str = ""
    do: Literal["buy"] = "buy"


@dataclass(frozen=True, slots=True)
class Sell:
    """`percent` of the coins that are held now, or `coins`."""

    percent: Decimal | None = None
    coins: Decimal | None = None
    price: Decimal | None = None
    name: str = ""
    do: Literal["sell"] = "sell"


@dataclass(frozen=True, slots=True)
class Cancel:
    name: str
    do: Literal["cancel"] = "cancel"


@dataclass(frozen=True, slots=True)
class Target:
    price: Decimal
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Targets:
    """The sell orders that rest from now on; earlier ones are cancelled first."""

    targets: tuple[Target, ...] = ()
    do: Literal["targets"] = "targets"


@dataclass(frozen=True, slots=True)
class Stop:
    """Sell everything at market when the price comes down to this; None takes the stop away."""

    price: Decimal | None
    do: Literal["stop"] = "stop"


@dataclass(frozen=True, slots=True)
class Say:
    """What the bot says it waits for, in your own words."""

    text: str
    do: Literal["say"] = "say"


Action = Annotated[Buy | Sell | Cancel | Targets | Stop | Say, Field(discriminator="do")]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a strategy answered: its new state as JSON, and what it wants."""

    state: str = "null"
    actions: tuple[Action, ...] = field(default=())


def number(value: object) -> Decimal:
    """A finite decimal from a whole number, a text, a float, or a decimal of any length. Raises ValueError."""
    if isinstance(value, Decimal) and value.is_finite() and value != round(value, _PLACES):
        value = round(value, _PLACES)  # an average has as many places as a division gives
    return read_number(float(value) if isinstance(value, float) else value)


def buy(*, quote: object = None, coins: object = None, price: object = None, name: str = "") -> Buy:
    """Buy for so much quote, or so many coins; at market, or with a limit order at `price`."""
    if (quote is None) == (coins is None):
        raise ValueError("buy: give either quote= or coins=")
    return Buy(_above_zero("quote", quote), _above_zero("coins", coins), _above_zero("price", price), _name(name))


def sell(*, percent: object = None, coins: object = None, price: object = None, name: str = "") -> Sell:
    """Sell everything, a part in percent, or so many coins; at market, or with a limit order at `price`."""
    if percent is not None and coins is not None:
        raise ValueError("sell: give percent= or coins=, not both")
    if percent is None and coins is None:
        percent = 100
    return Sell(_share(percent), _above_zero("coins", coins), _above_zero("price", price), _name(name))


def cancel(name: str) -> Cancel:
    """Cancel your resting order of this name; a part that traded stays."""
    if not name:
        raise ValueError("cancel: name the order, as in buy(…, name='dip') and cancel('dip')")
    return Cancel(_name(name))


def targets(*steps: tuple[object, object]) -> Targets:
    """Let these sell orders rest: (price, percent of what is held now) each. Without one: none rests."""
    made = tuple(Target(_must("price", price), _must_share(percent)) for price, percent in steps)
    if sum(target.percent for target in made) > 100:
        raise ValueError("targets: the percents add up to more than 100")
    return Targets(made)


def stop(price: object) -> Stop:
    """Sell everything when the price comes down to this. `stop(None)` takes the stop away."""
    return Stop(_above_zero("stop", price))


def say(text: str) -> Say:
    """Let the bot say in the window what it waits for."""
    return Say(" ".join(str(text).split())[:200])


# --- small indicators of the newest candle; None until there are enough candles. TA-Lib has many more: `import talib`.


def sma(values: "NDArray[np.float64]", length: int) -> float | None:
    """The mean of the last `length` values."""
    return float(values[-length:].mean()) if 0 < length <= len(values) else None


def ema(values: "NDArray[np.float64]", length: int) -> float | None:
    """The exponential mean, as TA-Lib has it."""
    import talib

    return _newest(talib.EMA(values, length)) if len(values) >= length else None


def rsi(values: "NDArray[np.float64]", length: int = 14) -> float | None:
    """Relative strength from 0 to 100."""
    import talib

    return _newest(talib.RSI(values, length)) if len(values) > length else None


def atr(candles: Candles, length: int = 14) -> float | None:
    """How far the price moves within a candle, on average."""
    import talib

    return _newest(talib.ATR(candles.high, candles.low, candles.close, length)) if len(candles) > length else None


def hour(at: int) -> int:
    """The hour of the day, UTC."""
    return at % _DAY_MS // _HOUR_MS


def weekday(at: int) -> int:
    """The day of the week, UTC: 0 is Monday."""
    return (at // _DAY_MS + 3) % 7


def _newest(values: "NDArray[np.float64]") -> float | None:
    newest = float(values[-1])
    return newest if newest == newest else None  # noqa: PLR0124 - not a number: not ready


def _name(name: object) -> str:
    if not isinstance(name, str) or len(name) > MOST_NAME or not name.isprintable():
        raise ValueError(f"name: must be a text of at most {MOST_NAME} visible characters")
    return name


def _above_zero(what: str, value: object) -> Decimal | None:
    return None if value is None else _must(what, value)


def _must(what: str, value: object) -> Decimal:
    try:
        found = number(value)
    except ValueError as error:
        raise ValueError(f"{what}: {error}") from None
    if found <= 0:
        raise ValueError(f"{what}: must be more than 0, not {found}")
    return found


def _share(value: object) -> Decimal | None:
    return None if value is None else _must_share(value)


def _must_share(value: object) -> Decimal:
    found = _must("percent", value)
    if found > 100:
        raise ValueError(f"percent: must be at most 100, not {found}")
    return found
