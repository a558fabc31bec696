"""How numbers, times and ages are written for people, and how people's numbers are read."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import Enum

UNKNOWN = "—"
MINUS = "\N{MINUS SIGN}"
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_ROUNDING = Context(prec=120, rounding=ROUND_HALF_EVEN)
_LARGEST_EXPONENT = 60
_DOLLARS = {
    "USD", "USDT", "USDC", "BUSD", "FDUSD", "TUSD", "DAI", "USDP", "USDD", "PYUSD", "USD1",
    "EUR", "EURT", "EURI", "GBP", "AUD", "CAD", "CHF", "CNY", "SGD", "TRY", "BRL",
}  # fmt: skip
_UNQUOTED_DECIMALS = 8


def decimals_of(step: Decimal) -> int:
    """Count the decimals that a tick or lot step calls for: 0.50 needs one, 10 none."""
    exponent = step.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def currency_decimals(currency: str) -> int:
    """Two for money of the dollar's kind, eight for coins."""
    return 2 if currency.upper() in _DOLLARS else _UNQUOTED_DECIMALS


def price(value: Decimal | None, tick: Decimal) -> str:
    """Write a price with exactly the decimals of its tick size."""
    return _number(value, decimals_of(tick))


def narrow_price(value: Decimal | None, tick: Decimal) -> str:
    """Write a tiny price with counted zeros (0.0₅1234), for narrow cells whose tooltip has the whole price."""
    plain = price(value, tick)
    match = re.fullmatch(rf"({MINUS}?0\.)(0{{4,}})([1-9]\d*)", plain)
    if not match:
        return plain
    return f"{match[1]}0{str(len(match[2])).translate(_SUBSCRIPTS)}{match[3]}"


def amount(value: Decimal | None, step: Decimal) -> str:
    """Write an amount of coins with exactly the decimals of its lot step."""
    return _number(value, decimals_of(step))


def quote(value: Decimal | None, currency: str) -> str:
    """Write a sum without its currency, for columns whose title names it."""
    return _number(value, currency_decimals(currency))


def money(value: Decimal | None, currency: str) -> str:
    """Write a sum with its currency: 216.77 USDT."""
    return _with_unit(quote(value, currency), currency)


def signed(value: Decimal | None, currency: str) -> str:
    """Write a result without its currency, the sign always shown, zero without one."""
    return _number(value, currency_decimals(currency), plus=True)


def pnl(value: Decimal | None, currency: str) -> str:
    """Write a result: sign, number, currency."""
    return _with_unit(signed(value, currency), currency)


def percent(value: Decimal | None, *, sign: bool = True, decimals: int = 2) -> str:
    """Write percent points: 1.5 becomes +1.50 %; what rounds to nothing is 0.00 % without a sign."""
    if value is None or not value.is_finite():
        return UNKNOWN
    rounded = _rounded(value, decimals)
    return f"{_signed_text(rounded, decimals, plus=sign)} %"


def multiplier(value: Decimal | None, decimals: int = 2) -> str:
    """Write a factor: 1.50 ×."""
    text = _number(value, decimals)
    return text if text == UNKNOWN else f"{text} ×"


def whole(value: int | None) -> str:
    """Write a count with thousands separated."""
    return UNKNOWN if value is None else f"{value:,}".replace("-", MINUS)


def plain(value: Decimal | None) -> str:
    """Write a raw number as a table copy or an input field wants it: no separators, ASCII minus, never scientific."""
    if value is None or not value.is_finite():
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def compact(value: Decimal | None, *, chinese: bool = False) -> str:
    """Write a volume in few characters: 3.21M, or 321.00万 and 3.21亿."""
    if value is None or not value.is_finite():
        return UNKNOWN
    units = _CHINESE_UNITS if chinese else _ENGLISH_UNITS
    size = abs(value)
    for power, name in units:
        scaled = _rounded(value / power, 2)
        if size >= power or abs(_rounded(size, 2)) >= power:
            next_up = next((bigger for bigger, _ in reversed(units) if bigger > power), None)
            if next_up is not None and abs(scaled) * power >= next_up:
                return compact(next_up.copy_sign(value), chinese=chinese)
            return f"{_signed_text(scaled, 2)}{name}"
    return _signed_text(_rounded(value, 2), 2)


_ENGLISH_UNITS = ((Decimal(10**9), "B"), (Decimal(10**6), "M"), (Decimal(10**3), "K"))
_CHINESE_UNITS = ((Decimal(10**8), "亿"), (Decimal(10**4), "万"))


def _number(value: Decimal | None, decimals: int, *, plus: bool = False) -> str:
    if value is None or not value.is_finite() or value.adjusted() > _LARGEST_EXPONENT:
        return UNKNOWN
    smallest = Decimal(1).scaleb(-decimals)
    if 0 < abs(value) < smallest:
        edge = _signed_text(smallest.copy_sign(value), decimals, plus=plus)
        return f"< {edge}" if value > 0 else f"> {edge}"
    return _signed_text(_rounded(value, decimals), decimals, plus=plus)


def _rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), context=_ROUNDING)


def _signed_text(value: Decimal, decimals: int, *, plus: bool = False) -> str:
    sign = MINUS if value < 0 else "+" if plus and value > 0 else ""
    return f"{sign}{abs(value):,.{decimals}f}"


def _with_unit(text: str, unit: str) -> str:
    return text if text == UNKNOWN else f"{text} {unit}"


@dataclass(frozen=True, slots=True)
class Units:
    """The words for spans of time in one language."""

    day: str
    hour: str
    minute: str
    second: str


ENGLISH = Units("d", "h", "m", "s")
CHINESE = Units("天", "时", "分", "秒")


def duration(ms: int | None, units: Units = ENGLISH) -> str:
    """Write a span with its two largest units: 2 h 14 m."""
    if ms is None:
        return UNKNOWN
    seconds = max(0, ms) // 1000
    parts = (
        (seconds // 86_400, units.day),
        (seconds // 3_600 % 24, units.hour),
        (seconds // 60 % 60, units.minute),
        (seconds % 60, units.second),
    )
    first = next((i for i, (count, _) in enumerate(parts) if count), len(parts) - 1)
    shown = [part for part in parts[first : first + 2] if part[0] or part is parts[first]]
    return " ".join(f"{count} {unit}" for count, unit in shown)


def minutes(ms: int | None, units: Units = ENGLISH) -> str:
    """Write a span as `duration` does, but none finer than a minute."""
    if ms is not None and ms < 60_000:
        return f"< 1 {units.minute}"
    return duration(ms, units)


def age(at: int | None, now: int, units: Units = ENGLISH) -> str:
    """Write how long ago `at` was."""
    return UNKNOWN if at is None else duration(now - at, units)


def moment(at: int | None, zone: tzinfo) -> str:
    """Write a point in time in the user's zone: 2026-11-22 13:41:07."""
    return UNKNOWN if at is None else _local(at, zone).strftime("%Y-%m-%d %H:%M:%S")


def clock(at: int | None, zone: tzinfo) -> str:
    """Write the time of day in the user's zone: 13:41:07."""
    return UNKNOWN if at is None else _local(at, zone).strftime("%H:%M:%S")


def zone_name(at: int, zone: tzinfo) -> str:
    """Name a zone by its distance from UTC at that moment: UTC+8, UTC−3:30."""
    offset = _local(at, zone).utcoffset()
    minutes = round(offset.total_seconds() / 60) if offset is not None else 0
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else MINUS}{hours}{f':{rest:02d}' if rest else ''}"


def _local(at: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(at // 1000, UTC).astimezone(zone)


class Problem(Enum):
    """Why a typed number was not taken."""

    EMPTY = "empty"
    UNCLEAR_COMMA = "unclear comma"  # 1,5 could be one and a half or a slip
    NOT_A_NUMBER = "not a number"


_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
_UNGROUPED = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_LONGEST_INPUT = 40


def parse_number(text: str) -> Decimal | Problem:
    """Read 1234.5, 1,234.5 and full-width figures; refuse what could be meant two ways."""
    cleaned = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    cleaned = cleaned.replace(MINUS, "-").replace("。", ".")
    if not cleaned:
        return Problem.EMPTY
    if len(cleaned) > _LONGEST_INPUT or not cleaned.isascii():
        return Problem.NOT_A_NUMBER
    if _UNGROUPED.fullmatch(cleaned) or _GROUPED.fullmatch(cleaned):
        return Decimal(cleaned.replace(",", ""))
    if re.fullmatch(r"[+-]?[\d.]*\d,[\d.,]*", cleaned):
        return Problem.UNCLEAR_COMMA
    return Problem.NOT_A_NUMBER
