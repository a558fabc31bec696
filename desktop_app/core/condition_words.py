"""Conditions in the words that traders use for them: RSI 14, EMA 9 × EMA 21, Stochastic %K 14/3/3."""

from collections.abc import Sequence
from decimal import Decimal
from typing import assert_never

from desktop_app.core.condition_groups import Group
from desktop_app.core.conditions import (
    Adx,
    AtrPercent,
    BollingerPercentB,
    Cci,
    Condition,
    Macd,
    Mfi,
    MovingAverages,
    ParabolicSar,
    PriceChange,
    Rsi,
    Stochastic,
    UltimateOscillator,
    VolumeSpike,
)
from desktop_app.core.indicator_catalogue import line_title, title_of
from desktop_app.core.reading import Outcome, Reading
from desktop_app.core.said import Said, Value, said
from desktop_app.core.words import plain

_TRIGGERS = {
    "less_than": "is below",
    "greater_than": "is above",
    "crosses_above": "crosses above",
    "crosses_below": "crosses below",
}


def subject(condition: Condition) -> str:
    """What is compared."""
    if isinstance(condition, MovingAverages):
        return f"{condition.kind.upper()} {condition.fast}"
    if isinstance(condition, ParabolicSar):
        return line_title(condition.left)
    if isinstance(condition, Adx):
        return f"{line_title(condition.line)} {condition.length}"
    if isinstance(condition, Stochastic):
        return f"Stochastic {line_title(condition.line)} {_numbers(condition)}"
    if isinstance(condition, Macd):
        name = "MACD" if condition.line == "macd" else f"MACD {line_title(condition.line)}"
        return f"{name} {_numbers(condition)}"
    numbers = _numbers(condition)
    return f"{title_of(condition.indicator)} {numbers}" if numbers else title_of(condition.indicator)


def limit(condition: Condition, reading: Reading | None = None) -> str:
    """What it is compared with; a line with its value where that is known."""
    right = condition.right
    if isinstance(right, Decimal):
        return plain(right)
    name = line_title(right)
    if isinstance(condition, MovingAverages):
        name = f"{condition.kind.upper()} {condition.slow}"
    if reading is None or reading.against is None:
        return name
    return f"{name} ({plain(reading.against)})"


def phrase(part: Condition | Group) -> str:
    """A condition, or a group of them, as the rest of a sentence: RSI 14 on 5m crosses below 30."""
    if isinstance(part, Group):
        both = (_listed("all of", part.all), _listed("any of", part.any))
        return ", and ".join(words for words in both if words)
    trigger = _TRIGGERS[part.trigger]
    return f"{subject(part)} on {part.timeframe} {trigger} {limit(part)}"


def _listed(name: str, parts: Sequence[Condition | Group]) -> str:
    words = [f"({phrase(part)})" if isinstance(part, Group) else phrase(part) for part in parts]
    return f"{name}: {'; '.join(words)}" if len(words) > 1 else "".join(words)


def waits_for(condition: Condition, reading: Reading | None) -> Said:
    """Why a condition is not true yet."""
    if reading is None or reading.outcome is Outcome.NOT_READY:
        have = reading.candles if reading is not None else 0
        return said(
            "why_not_ready",
            indicator=subject(condition),
            timeframe=condition.timeframe,
            candles=min(have, condition.warm_up),
            needed=condition.warm_up,
        )
    values: dict[str, Value] = {
        "indicator": subject(condition),
        "timeframe": condition.timeframe,
        "value": reading.value if reading.value is not None else "—",
        "limit": limit(condition, reading),
    }
    match condition.trigger:
        case "less_than":
            return said("why_less_than", **values)
        case "greater_than":
            return said("why_greater_than", **values)
        case "crosses_above":
            return said("why_crosses_above", **values)
        case "crosses_below":
            return said("why_crosses_below", **values)
        case _:
            assert_never(condition.trigger)


def _numbers(condition: Condition) -> str:
    match condition:
        case UltimateOscillator():
            numbers = [condition.short, condition.middle, condition.long]
        case Stochastic():
            numbers = [condition.length, condition.smooth_k, condition.smooth_d]
        case Macd():
            numbers = [condition.fast, condition.slow, condition.signal]
        case BollingerPercentB():
            return f"{condition.length}/{plain(condition.deviations)}"
        case Rsi() | Mfi() | Cci() | PriceChange() | VolumeSpike() | AtrPercent():
            numbers = [condition.length]
        case _:
            numbers = []
    return "/".join(map(str, numbers))
