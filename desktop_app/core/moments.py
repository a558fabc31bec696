"""Moments as people and programs write them, read without a clock: ISO 8601, or seconds and milliseconds since 1970."""

import re

_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?", re.IGNORECASE
)
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAY_MS = 86_400_000
_SECONDS_FROM, _SECONDS_TO = 946_684_800, 4_102_444_800  # 2000 … 2100


def read_moment(text: str) -> int | None:
    """ms UTC of a text; without an offset it is UTC. None: it is no moment of this century."""
    if re.fullmatch(r"[0-9]{10,13}", text):
        number = int(text)
        if len(text) == 13:
            return number if _SECONDS_FROM <= number // 1000 < _SECONDS_TO else None
        return number * 1000 if _SECONDS_FROM <= number < _SECONDS_TO else None
    found = _ISO.fullmatch(text) if text.isascii() else None
    if found is None:
        return None
    year, month, day, hour, minute = (int(part) for part in found.groups()[:5])
    second = int(found[6] or 0)
    if not (2000 <= year < 2100 and 1 <= month <= 12 and 1 <= day <= _days_in(year, month)):
        return None
    if hour > 23 or minute > 59 or second > 59:
        return None
    whole = _days_before(year, month, day) * _DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000
    return whole + int((found[7] or "0").ljust(3, "0")[:3]) - _offset_ms(found[8] or "Z")


def _days_in(year: int, month: int) -> int:
    return 29 if month == 2 and _is_leap(year) else _DAYS[month - 1]


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _days_before(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 to this day."""
    years = (year - 1970) * 365 + sum(_is_leap(before) for before in range(1972, year, 4))
    return years + sum(_days_in(year, before) for before in range(1, month)) + day - 1


def _offset_ms(text: str) -> int:
    if text in ("Z", "z"):
        return 0
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return (minutes if text[0] == "+" else -minutes) * 60_000
