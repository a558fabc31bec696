"""The indicators that conditions know, as a builder offers them: names, panes, lines and a sensible first condition."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, get_args

from pydantic.fields import FieldInfo

from desktop_app.core.comparison import Comparison
from desktop_app.core.conditions import MODELS, Condition

Pane = Literal["price", "own"]  # drawn over the candles, or in a pane of its own


@dataclass(frozen=True, slots=True)
class Parameter:
    """A setting of an indicator. `least`/`most` are None where anything goes."""

    name: str
    title: str
    default: Decimal
    least: Decimal | None
    most: Decimal | None
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """`first` is what a builder puts there before a person has chosen anything.

    `value`: the number that the condition compares with, as a parameter; None where only lines are compared.
    """

    name: str
    title: str
    summary: str
    pane: Pane
    lines: tuple[Line, ...]
    compared: tuple[str, ...]  # lines that a person may choose to compare
    against: tuple[str, ...]  # lines that a person may choose to compare with, besides a number
    parameters: tuple[Parameter, ...]
    value: Parameter | None
    first: Condition


_TITLES = {
    "rsi": ("RSI", "How strong the rises of the last candles are against the falls, 0 to 100."),
    "ultimate_oscillator": ("Ultimate Oscillator", "Buying pressure over three lengths at once, 0 to 100."),
    "bollinger": ("Bollinger %B", "Where the price is in its band: 0 at the lower line, 1 at the upper."),
    "sma_cross": ("SMA cross", "A fast simple mean of the price against a slow one."),
    "ema_cross": ("EMA cross", "A fast exponential mean of the price against a slow one."),
    "wma_cross": ("WMA cross", "A fast weighted mean of the price against a slow one."),
    "adx": ("ADX", "How strong a trend is, and which of its two directions leads."),
    "stochastic": ("Stochastic", "Where the price is between the low and the high of the last candles, 0 to 100."),
    "macd": ("MACD", "How far a fast mean is from a slow one, against its signal line or zero."),
    "parabolic_sar": ("Parabolic SAR", "A stop that follows the price and changes sides when the trend does."),
    "mfi": ("MFI", "Like RSI, weighed by volume, 0 to 100."),
    "cci": ("CCI", "How far the price is from its usual range; beyond ±100 is unusual."),
    "heikin_ashi": ("Heikin-Ashi", "Smoothed candles of one colour in a row: positive rising, negative falling."),
    "price_change": ("Price change", "Percent that the price has moved over some candles."),
    "volume_spike": ("Volume spike", "How many times its mean the volume is."),
    "atr_percent": ("ATR %", "How far the price usually moves in a candle, in percent."),
}
_LINES = {
    "value": "value", "fast": "fast", "slow": "slow", "adx": "ADX", "plus_di": "+DI", "minus_di": "−DI", "k": "%K",
    "d": "%D", "macd": "MACD", "signal": "signal", "histogram": "histogram", "price": "price", "sar": "SAR",
}  # fmt: skip
_FIRST: dict[str, dict[str, Any]] = {
    "rsi": {"trigger": "crosses_below", "value": 30},
    "ultimate_oscillator": {"trigger": "less_than", "value": 30},
    "bollinger": {"trigger": "crosses_below", "value": 0},
    "sma_cross": {"trigger": "crosses_above", "fast": 9, "slow": 21},
    "ema_cross": {"trigger": "crosses_above", "fast": 9, "slow": 21},
    "wma_cross": {"trigger": "crosses_above", "fast": 9, "slow": 21},
    "adx": {"trigger": "greater_than", "value": 25},
    "stochastic": {"trigger": "crosses_above", "value": "d"},
    "macd": {"trigger": "crosses_above", "value": "signal"},
    "parabolic_sar": {"trigger": "crosses_above"},
    "mfi": {"trigger": "less_than", "value": 20},
    "cci": {"trigger": "crosses_above", "value": -100},
    "heikin_ashi": {"trigger": "crosses_above", "value": 2},
    "price_change": {"trigger": "less_than", "value": -2},
    "volume_spike": {"trigger": "greater_than", "value": 3},
    "atr_percent": {"trigger": "less_than", "value": 1},
}
_ON_PRICE = frozenset({"sma_cross", "ema_cross", "wma_cross", "parabolic_sar"})
_NO_PARAMETERS = frozenset({"timeframe", "trigger", "indicator", "line", "value"})


def catalogue(timeframe: str = "5m") -> tuple[Indicator, ...]:
    """Every indicator, the usual ones first."""
    return tuple(_indicator(name, timeframe) for name in MODELS)


def condition(indicator: str, **settings: Any) -> Condition:
    """A condition on this indicator. Raises ValueError: unknown, or a setting out of its bounds."""
    if indicator not in MODELS:
        raise ValueError(f"{indicator[:40]!r} is not an indicator")
    made: Any = MODELS[indicator].model_validate({"indicator": indicator, **settings})
    return made  # type: ignore[no-any-return]


def title_of(indicator: str) -> str:
    return _TITLES[indicator][0]


def line_title(line: str) -> str:
    return _LINES[line]


def _indicator(name: str, timeframe: str) -> Indicator:
    model = MODELS[name]
    schema = model.model_json_schema()["properties"]
    title, summary = _TITLES[name]
    return Indicator(
        name=name,
        title=title,
        summary=summary,
        pane="price" if name in _ON_PRICE else "own",
        lines=tuple(Line(line, _LINES[line]) for line in model.line_names),
        compared=_choices(schema.get("line", {})),
        against=_choices(schema.get("value", {})),
        parameters=tuple(_parameter(model, key, schema[key]) for key in schema if key not in _NO_PARAMETERS),
        value=_parameter(model, "value", schema["value"]) if "value" in schema else None,
        first=condition(name, timeframe=timeframe, **_FIRST[name]),
    )


def _choices(schema: dict[str, Any]) -> tuple[str, ...]:
    return tuple(choice for part in _parts(schema) for choice in part.get("enum", ()))


def _parts(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """What a value may be, one kind each."""
    inner = schema.get("anyOf")
    return [part for one in inner for part in _parts(one)] if inner else [schema]


def _parameter(model: type[Comparison], key: str, schema: dict[str, Any]) -> Parameter:
    kind = next(part["type"] for part in _parts(schema) if part.get("type") in ("number", "integer"))
    least, most = _bounds(model.model_fields[key])
    default = model.model_fields[key].default
    return Parameter(
        name=key,
        title=str(model.model_fields[key].title),
        default=default if isinstance(default, Decimal) else Decimal(default if isinstance(default, int) else 0),
        least=least,
        most=most,
        is_whole=kind == "integer",
    )


def _bounds(field: FieldInfo) -> tuple[Decimal | None, Decimal | None]:
    """The least and the most that a field takes, wherever in its annotation they stand."""
    least: Decimal | None = None
    most: Decimal | None = None
    waiting: list[Any] = [field.annotation, *field.metadata]
    while waiting:
        part = waiting.pop()
        waiting += [*get_args(part), *getattr(part, "metadata", ())]
        least = _number(getattr(part, "ge", None), least)
        most = _number(getattr(part, "le", None), most)
    return least, most


def _number(value: object, otherwise: Decimal | None) -> Decimal | None:
    return Decimal(value) if isinstance(value, int | Decimal) else otherwise
