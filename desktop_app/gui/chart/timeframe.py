"""Candle intervals: how people type them, how long they last, and what is left of the running one."""

from __future__ import annotations

import re

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
WEEK_MS = 7 * DAY_MS
WEEK_PHASE_MS = 4 * DAY_MS  # weeks start on Monday; the epoch was a Thursday

INTERVALS = ("1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w")
_UNITS = {"m": MINUTE_MS, "h": HOUR_MS, "d": DAY_MS, "w": WEEK_MS}
_TYPED = re.compile(r"(\d{0,4})\s*([a-zA-Z]?)")


def step_ms(interval: str) -> int:
    """Length of an interval such as `15m`."""
    return int(interval[:-1]) * _UNITS[interval[-1]]


def parsed(text: str) -> str | None:
    """What somebody means who types `15`, `4h`, `d` or `240`: an interval we offer, or None."""
    match = _TYPED.fullmatch(text.strip().lstrip(","))
    if match is None or not match.group(0):
        return None
    number, unit = match.group(1), match.group(2).lower() or "m"
    if unit not in _UNITS:
        return None
    length = int(number or 1) * _UNITS[unit]
    return next((interval for interval in INTERVALS if step_ms(interval) == length), None)


def countdown(left_ms: int) -> str:
    """Time until the bar closes: `04:31`, `1:59:07`, `2 d 03 h`."""
    seconds = max(0, -(-left_ms // 1000))
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours >= 24:
        return f"{hours // 24} d {hours % 24:02d} h"
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes:02d}:{seconds:02d}"
