"""What the last closed candle says about a condition, and what a group of conditions makes of that."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from desktop_app.core.columns import Candles, exact
from desktop_app.core.condition_groups import Group
from desktop_app.core.conditions import Condition
from desktop_app.core.reading import Outcome, Reading

_SHOWN = 6  # significant digits of a value that people read


def read(condition: Condition, candles: Candles) -> Reading:
    """The reading after the last of these candles, all of which are closed."""
    count = len(candles)
    if count < condition.warm_up:
        return Reading(condition.key(), Outcome.NOT_READY, candles=count)
    left, right = condition.sides(candles)
    outcome = Outcome(int(condition.judged(left, right, candles)[-1]))
    return Reading(condition.key(), outcome, _shown(left[-1]), _shown(right[-1]), count)


def unread(conditions: Iterable[Condition]) -> tuple[Reading, ...]:
    """Nothing is known, and nothing that was told before counts any more."""
    return tuple(Reading(condition.key(), Outcome.NOT_READY) for condition in conditions)


def merged(before: Sequence[Reading], news: Sequence[Reading]) -> tuple[Reading, ...]:
    """All readings, each in its newest form."""
    found = {reading.key: reading for reading in (*before, *news)}
    return tuple(found.values())


def judge(group: Group, readings: Mapping[str, Reading]) -> Outcome:
    """All of `all`, and at least one of `any`; what is not ready can neither fulfil nor, by itself, rule out."""
    parts = [_of(part, readings) for part in group.all]
    if group.any:
        parts.append(_any_of([_of(part, readings) for part in group.any]))
    if Outcome.NO in parts:
        return Outcome.NO
    return Outcome.NOT_READY if Outcome.NOT_READY in parts else Outcome.YES


def unmet(group: Group, readings: Mapping[str, Reading]) -> Condition | None:
    """The condition that a group waits for: the first that is not true, rather one without values."""
    waiting = [condition for condition in group.conditions() if _of(condition, readings) is not Outcome.YES]
    without = [condition for condition in waiting if _of(condition, readings) is Outcome.NOT_READY]
    return next(iter((*without, *waiting)), None)


def _of(part: Condition | Group, readings: Mapping[str, Reading]) -> Outcome:
    if isinstance(part, Group):
        return judge(part, readings)
    reading = readings.get(part.key())
    return reading.outcome if reading is not None else Outcome.NOT_READY


def _any_of(parts: list[Outcome]) -> Outcome:
    if Outcome.YES in parts:
        return Outcome.YES
    return Outcome.NOT_READY if Outcome.NOT_READY in parts else Outcome.NO


def _shown(value: object) -> Decimal | None:
    number = exact(value)
    if not number.is_finite():
        return None
    rounded = round(number, max(0, _SHOWN - 1 - number.adjusted())) if number else Decimal(0)
    return rounded.normalize() + 0
