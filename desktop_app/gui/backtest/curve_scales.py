"""Where the ticks of a curve's axes stand, and what they say."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from math import ceil, floor, log10

from desktop_app.gui import fmt

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_HOURS = (1, 2, 3, 6, 12)
_DAYS = (1, 2, 5, 7, 14)
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)
_HOUR, _DAY, _MONTH = 3_600.0, 86_400.0, 30.44 * 86_400.0
_MOST = 400  # ticks: past that something is wrong with the span


def value_ticks(low: float, high: float, most: int) -> tuple[list[float], int]:
    """At most so many round values within a range, and how many decimals tell them apart."""
    span = high - low
    if not span > 0 or most < 1:
        return [], 0
    rough = span / most
    power = 10.0 ** floor(log10(rough))
    step = next(power * one for one in _STEPS if power * one >= rough * (1 - 1e-9))
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    decimals = 0 if step >= 1 and step == int(step) else min(8, max(0, ceil(-log10(step) - 1e-9)))
    if decimals and round(step, decimals) != step and decimals < 8:
        decimals += 1  # 2.5 of a tenth needs one more
    return [index * step for index in range(first, last + 1)], decimals


def value_words(value: float, decimals: int, unit: str = "") -> str:
    """Thousands separated and a real minus, never scientific."""
    text = f"{value + 0.0:,.{decimals}f}"
    if not text.strip("-0.,"):
        text = text.lstrip("-")
    return f"{text}{unit}".replace("-", fmt.MINUS)


def time_ticks(start: float, end: float, most: int, zone: tzinfo) -> tuple[tuple[float, str], ...]:
    """At most about so many moments (seconds) with their names: hours, days or months in people's own time."""
    if not end > start or most < 1:
        return ()
    rough = (end - start) / most
    found: Iterator[datetime]
    if rough <= _HOURS[-1] * _HOUR:
        step = next(hours for hours in _HOURS if hours * _HOUR >= rough)
        found, form = _hours(start, step, zone), "%m-%d %H:%M"
    elif rough <= _DAYS[-1] * _DAY:
        step = next(days for days in _DAYS if days * _DAY >= rough)
        found, form = _days(start, step, zone), "%m-%d"
    else:
        step = next((months for months in _MONTHS if months * _MONTH >= rough), _MONTHS[-1])
        found, form = _months(start, step, zone), "%Y-%m"
    ticks: list[tuple[float, str]] = []
    for _ in range(_MOST):
        moment = next(found)
        if (at := moment.timestamp()) > end:
            break
        if at >= start:
            ticks.append((at, moment.strftime(form)))
    return tuple(ticks)


def _hours(start: float, step: int, zone: tzinfo) -> Iterator[datetime]:
    day = _local(start, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    while True:
        for hour in range(0, 24, step):
            yield day.replace(hour=hour)
        day += timedelta(days=1)


def _days(start: float, step: int, zone: tzinfo) -> Iterator[datetime]:
    day = _local(start, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    day -= timedelta(days=day.toordinal() % step)
    while True:
        yield day
        day += timedelta(days=step)


def _months(start: float, step: int, zone: tzinfo) -> Iterator[datetime]:
    local = _local(start, zone)
    number = (local.year * 12 + local.month - 1) // step * step
    while True:
        yield datetime(number // 12, number % 12 + 1, 1, tzinfo=zone)
        number += step


def _local(at: float, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(at, UTC).astimezone(zone)
