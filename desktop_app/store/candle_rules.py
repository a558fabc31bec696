"""What candles must satisfy before anything is computed from them, and the names of their timeframes."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from desktop_app.core.columns import TIMEFRAMES, Candles

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIRST_ROW = 2  # a file's first line is its header
OLDEST, NEWEST = 946_684_800_000, 4_102_444_800_000  # the years 2000 to 2100, ms UTC
_UNITS = {"w": 604_800_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000}
_ENOUGH_TO_JUDGE = 3
_RARE = 10  # a spacing that is ten times rarer than the usual one is a mistake, not the timeframe


class CandleProblem(ValueError):
    """Candles that are refused; `row` is the line of the file (its header is line 1), 0 when it is the whole file."""

    def __init__(self, row: int, reason: str) -> None:
        super().__init__(f"Row {row}: {reason}." if row else f"{reason[:1].upper()}{reason[1:]}.")
        self.row = row
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Spacing:
    """How candles follow each other: `gaps` are the places where some are missing, `missing` how many there are."""

    timeframe: str
    step_ms: int
    gaps: int = 0
    missing: int = 0


def step_of(timeframe: str) -> int:
    """Milliseconds of a timeframe such as 5m. Raises CandleProblem when it is none."""
    if timeframe in TIMEFRAMES:
        return TIMEFRAMES[timeframe]
    match = re.fullmatch(r"([1-9][0-9]{0,4})([smhdw])", timeframe, re.ASCII)
    if not match:
        raise CandleProblem(0, f"the timeframe {timeframe[:20]!r} is not one like 1m, 15m, 4h or 1d")
    return int(match[1]) * _UNITS[match[2]]


def timeframe_name(step_ms: int) -> str:
    """The name of a spacing in the largest unit that fits. Raises CandleProblem below a second."""
    for unit, length in _UNITS.items():
        if step_ms % length == 0 and (unit != "w" or step_ms == length):
            return f"{step_ms // length}{unit}"
    raise CandleProblem(0, f"the candles are {step_ms} ms apart, which is not a whole number of seconds")


def check_candles(candles: Candles) -> None:
    """Raises CandleProblem for the first row that cannot be a candle."""
    if not len(candles):
        raise CandleProblem(0, "the file has no candles")
    if _are_candles(candles):
        return
    at, low, high = candles.at, candles.low, candles.high
    prices = (("open", candles.open), ("high", high), ("low", low), ("close", candles.close))
    step = np.diff(at, prepend=at[:1] - 1)
    checks: list[tuple[NDArray[np.bool_], str]] = []
    for name, column in (*prices, ("volume", candles.volume)):
        checks += [(np.isnan(column), f"{name} is not a number"), (np.isinf(column), f"{name} is infinite")]
    checks += [
        ((at < OLDEST) | (at >= NEWEST), "the time is outside the years 2000 to 2100"),
        (step < 0, "the time goes back"),
        (step == 0, "the time is the same as in the row before"),
    ]
    checks += [(column <= 0, f"{name} is not above zero") for name, column in prices]
    checks += [
        (candles.volume < 0, "volume is negative"),
        (high < low, "high is below low"),
        ((candles.open > high) | (candles.open < low), "open is outside low and high"),
        ((candles.close > high) | (candles.close < low), "close is outside low and high"),
    ]
    found = [(int(mask.argmax()), reason) for mask, reason in checks if mask.any()]
    if found:
        row, reason = min(found, key=lambda problem: problem[0])
        raise CandleProblem(row + FIRST_ROW, reason)


def _are_candles(candles: Candles) -> bool:
    """Whether all of it is right, told in few passes; where it is not, the passes that can say what is wrong follow."""
    at, low, high = candles.at, candles.low, candles.high
    if int(at[0]) < OLDEST or int(at[-1]) >= NEWEST or not (at[1:] > at[:-1]).all():
        return False
    is_right = low > 0
    for column in (candles.open, candles.close):
        is_right &= low <= column
        is_right &= column <= high
    is_right &= high < np.inf
    is_right &= candles.volume >= 0
    is_right &= candles.volume < np.inf
    return bool(is_right.all())


def find_spacing(at: "NDArray[np.int64]", timeframe: str | None) -> Spacing:
    """The spacing of times that rise. Raises CandleProblem where it is wrong."""
    steps = np.diff(at)
    if timeframe is None:
        if not len(steps):
            raise CandleProblem(0, "one candle does not tell its timeframe; name it with --timeframe")
        step_ms = _usual(steps)
        timeframe = timeframe_name(step_ms)
    else:
        step_ms = step_of(timeframe)
    if (steps == step_ms).all():
        return Spacing(timeframe, step_ms)
    wrong = steps % step_ms != 0
    if wrong.any():
        i = int(wrong.argmax())
        raise CandleProblem(
            i + 1 + FIRST_ROW, f"the spacing is wrong: {_span(int(steps[i]))} after a {timeframe} candle"
        )
    if len(at) >= _ENOUGH_TO_JUDGE and int(steps.min()) > step_ms:
        raise CandleProblem(FIRST_ROW + 1, f"the candles are {_span(int(steps.min()))} apart, not {timeframe}")
    gaps = steps > step_ms
    return Spacing(timeframe, step_ms, int(gaps.sum()), int((steps // step_ms - 1).sum()))


def _usual(steps: "NDArray[np.int64]") -> int:
    """The smallest spacing, unless it is a rare slip among candles that keep another one."""
    if (steps == steps[0]).all():
        return int(steps[0])
    lengths, counts = np.unique(steps, return_counts=True)
    usual = int(counts.argmax())
    if counts[0] * _RARE < counts[usual]:
        i = int((steps == lengths[0]).argmax())
        after, usually = _span(int(lengths[0])), _span(int(lengths[usual]))
        raise CandleProblem(
            i + 1 + FIRST_ROW, f"the spacing is wrong: {after} after a candle, where {usually} is usual"
        )
    return int(lengths[0])


def _span(length_ms: int) -> str:
    return f"{length_ms} ms" if length_ms % 1000 else timeframe_name(length_ms)
