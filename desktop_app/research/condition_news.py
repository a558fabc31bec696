"""Conditions over candles of the past, computed once as columns, and told where a candle opens."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop_app.core.columns import TIMEFRAMES, Candles
from desktop_app.core.conditions import Condition
from desktop_app.core.events import ConditionsRead, Event
from desktop_app.core.gathering import gather, joined
from desktop_app.core.preview import Problem
from desktop_app.core.reading import Outcome, Reading
from desktop_app.core.said import said

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FOR_EVER = 10**15


@dataclass(frozen=True, slots=True)
class ConditionNews:
    """Which condition holds when which candle opens: what the closed candles of its timeframe said until then."""

    symbol: str
    keys: tuple[str, ...]
    at: "NDArray[np.int64]"
    outcomes: "tuple[NDArray[np.int8], ...]"  # one column per condition, one row per candle
    told: "NDArray[np.int64]"  # rows at which something differs from the row before

    def next(self, index: int) -> int:
        """The first row from `index` on that has news; past the last where there is none."""
        place = int(self.told.searchsorted(index))
        return int(self.told[place]) if place < len(self.told) else len(self.at)

    def events(self, index: int) -> tuple[Event, ...]:
        if self.next(index) != index:
            return ()
        changed = tuple(
            Reading(key, Outcome(int(column[index])))
            for key, column in zip(self.keys, self.outcomes, strict=True)
            if not index or column[index] != column[index - 1]
        )
        return (ConditionsRead(self.symbol, changed, int(self.at[index])),)


def problems_of(conditions: tuple[Condition, ...], every_ms: int) -> tuple[Problem, ...]:
    """Conditions that candles of this spacing cannot answer."""
    base = next((name for name, ms in TIMEFRAMES.items() if ms == every_ms), f"{every_ms // 1000}s")
    wrong = dict.fromkeys(one.timeframe for one in conditions if one.every_ms % every_ms)
    return tuple(Problem("conditions", said("timeframe_too_fine", timeframe=name, base=base)) for name in wrong)


def make_news(
    conditions: tuple[Condition, ...], symbol: str, candles: Candles, every_ms: int, before: Candles | None = None
) -> ConditionNews:
    """`before`: candles right before the first, for the indicators only."""
    import numpy as np

    whole = candles if before is None or not len(before) else joined(before, candles)
    coarser: dict[int, Candles] = {}
    columns: list[NDArray[np.int8]] = []
    for condition in conditions:
        step = condition.every_ms
        if step not in coarser:
            coarser[step] = whole if step == every_ms else gather(whole, step, _FOR_EVER)
        closed = coarser[step]
        outcomes = condition.outcomes(closed)
        # A candle is closed for whoever stands at an opening moment that is not before its end.
        seen = np.searchsorted(closed.at + step, candles.at, side="right") - 1
        column = np.where(seen >= 0, outcomes[np.maximum(seen, 0)], np.int8(Outcome.NOT_READY))
        columns.append(column.astype(np.int8))
    is_told = np.zeros(len(candles), np.bool_)
    is_told[0] = True
    for column in columns:
        is_told[1:] |= column[1:] != column[:-1]
    keys = tuple(condition.key() for condition in conditions)
    return ConditionNews(symbol, keys, candles.at, tuple(columns), np.flatnonzero(is_told).astype(np.int64))
