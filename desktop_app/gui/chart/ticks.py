"""Where an axis puts its labels: round prices, and round local times with days, months and years standing out."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from desktop_app.gui.chart.timeframe import DAY_MS, HOUR_MS, MINUTE_MS

_STEPS = (1, 2, 3, 5, 10, 15, 30)
_TIME_STEPS = tuple(n * MINUTE_MS for n in _STEPS) + tuple(n * HOUR_MS for n in (1, 2, 3, 4, 6, 12))
_DAY_STEPS = (1, 2, 3, 5, 7, 10, 15)
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)
_MONTH_MS = 30.44 * DAY_MS
_MAX_TICKS = 64


@dataclass(frozen=True, slots=True)
class TimeTick:
    """A labelled instant; the rank says what changed here: 0 minutes, 1 day, 2 month, 3 year."""

    at: int
    rank: int
    local: datetime


def price_ticks(low: float, high: float, most: int, tick: float) -> list[float]:
    """Round prices (1, 2, 2.5 or 5 times a power of ten, never finer than the market's tick) within [low, high]."""
    if not (high > low and most >= 1) or not math.isfinite(high - low):
        return []
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next((power * m for m in (1, 2, 2.5, 5) if power * m >= rough), power * 10)
    step = max(math.ceil(step / tick - 1e-9) * tick, tick)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [n * step for n in range(first, min(last, first + _MAX_TICKS) + 1)]


def log_price_ticks(low: float, high: float, most: int, tick: float) -> list[float]:
    """As `price_ticks` while the view spans less than a factor of three, else round prices of every decade."""
    if low <= 0 or high / low < 3:
        return price_ticks(low, high, most, tick)
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    found: list[float] = []
    for factors in ((1, 1.5, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,)):
        found = [10.0**d * f for d in decades for f in factors if low <= 10.0**d * f <= high]
        if len(found) <= most:
            break
    return [price for price in found if price >= tick]


def time_ticks(from_at: float, until_at: float, most: int, bar_ms: int, zone: tzinfo) -> list[TimeTick]:
    """Round local times within the stretch, at most about `most`, never closer than bars."""
    if most < 1 or not until_at > from_at:
        return []
    wanted = max((until_at - from_at) / most, bar_ms)
    step = next((s for s in _TIME_STEPS if s >= wanted), 0)
    if step:
        return _within_days(from_at, until_at, step, zone)
    days = next((n for n in _DAY_STEPS if n * DAY_MS >= wanted), 0)
    if days:
        return list(_days(from_at, until_at, days, zone))
    months = next((n for n in _MONTH_STEPS if n * _MONTH_MS >= wanted), _MONTH_STEPS[-1])
    return list(_months(from_at, until_at, months, zone))


def local_time(at: float, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone)


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _within_days(from_at: float, until_at: float, step: int, zone: tzinfo) -> list[TimeTick]:
    found: list[TimeTick] = []
    midnight = local_time(from_at, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    while (start := _ms(midnight)) <= until_at and len(found) < _MAX_TICKS:
        following = (midnight + timedelta(days=1)).replace(hour=0)
        end = _ms(following)
        first = max(0, math.ceil((from_at - start) / step))
        for n in range(first, min(-(-(end - start) // step), first + _MAX_TICKS)):
            at = start + n * step
            if at > until_at:
                break
            local = local_time(at, zone)
            found.append(TimeTick(at, _rank(local) if n == 0 else 0, local))
        midnight = following
    return found


def _days(from_at: float, until_at: float, days: int, zone: tzinfo) -> Iterator[TimeTick]:
    """Count days from the first of each month, dropping one that would crowd the next month's first."""
    day = local_time(from_at, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    for _ in range(_MAX_TICKS * days):
        at = _ms(day)
        if at > until_at:
            return
        crowded = day.day > 1 and (day + timedelta(days=max(1, days // 2))).month != day.month and days > 1
        if at >= from_at and (day.day - 1) % days == 0 and not crowded:
            yield TimeTick(at, _rank(day), day)
        day += timedelta(days=1)


def _months(from_at: float, until_at: float, months: int, zone: tzinfo) -> Iterator[TimeTick]:
    start = local_time(from_at, zone)
    number = (start.year * 12 + start.month - 1) // months * months
    for _ in range(_MAX_TICKS):
        if number >= 9999 * 12:
            return
        moment = datetime(number // 12, number % 12 + 1, 1, tzinfo=zone)
        at = _ms(moment)
        if at > until_at:
            return
        if at >= from_at:
            yield TimeTick(at, _rank(moment), moment)
        number += months


def _rank(local: datetime) -> int:
    if local.day > 1:
        return 1
    return 3 if local.month == 1 else 2
