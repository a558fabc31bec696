"""Finer candles of the same past, walked in the place of the path that a coarse candle is only assumed to have."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from desktop_app.core.columns import Candles
from desktop_app.core.market import Candle
from desktop_app.research.assumptions import Detail, hash_of, printable
from desktop_app.store.candle_rules import timeframe_name

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_COMPARED = ("open", "high", "low", "close")


Why = Literal["spacing", "elsewhere", "differs"]


class DetailRefused(ValueError):
    """The finer candles are not of these candles: a sentence, and of which kind it is.

    `row` counts those of the file from 0, −1: of none; `at` is the moment that it is about, 0: of none.
    """

    def __init__(self, reason: str, why: Why, row: int = -1, at: int = 0) -> None:
        super().__init__(reason)
        self.why, self.row, self.at = why, row, at


@dataclass(frozen=True, slots=True)
class Finer:
    """The finer candles of each coarse one: `candles[first[i]:stop[i]]`, none where the usual path is walked.

    `missing` coarse candles have none at all; `partial` ones lack some, so that their extremes are not the same.
    """

    candles: Candles
    every_ms: int
    first: "NDArray[np.int64]"
    stop: "NDArray[np.int64]"
    missing: int
    partial: int

    def inside(self, index: int) -> tuple[Candle, ...]:
        return tuple(self.candles.candle(i) for i in range(int(self.first[index]), int(self.stop[index])))

    def said(self, source: str) -> Detail:
        """What a result tells of it."""
        return Detail(
            data_hash=hash_of(self.candles),
            source=printable(source),
            timeframe=timeframe_name(self.every_ms),
            candles=len(self.candles),
            missing=self.missing + self.partial,
        )


def make_finer(coarse: Candles, every_ms: int, fine: Candles, fine_ms: int) -> Finer:
    """Match finer candles to coarse ones; the fine ones of other times are left aside.

    Raises:
        DetailRefused: another spacing than fits, nothing in common, or a coarse candle whose finer ones are all there
        and have another open, high, low or close.
    """
    import numpy as np

    if fine_ms >= every_ms or every_ms % fine_ms:
        fitting = f"candles of {timeframe_name(fine_ms)} do not divide those of {timeframe_name(every_ms)}"
        raise DetailRefused(f"{fitting}; a whole number of them must make one", "spacing")
    owner = np.searchsorted(coarse.at, fine.at, side="right") - 1
    is_inside = (owner >= 0) & (fine.at < coarse.at[np.maximum(owner, 0)] + every_ms)
    rows, owner = np.flatnonzero(is_inside), owner[is_inside]
    if not len(rows):
        raise DetailRefused("no finer candle lies within the candles of the run", "elsewhere")
    kept = Candles(fine.at[rows], *(getattr(fine, name)[rows] for name in (*_COMPARED, "volume")))
    offset = kept.at - coarse.at[owner]
    if (offset % fine_ms).any():
        odd = int((offset % fine_ms != 0).argmax())
        reason = "it does not begin where a part of the coarse candle does"
        raise DetailRefused(reason, "differs", int(rows[odd]), int(kept.at[odd]))
    begins = np.flatnonzero(np.diff(owner, prepend=-1))
    ends = np.append(begins[1:], len(owner))
    owners = owner[begins]
    same = _agrees(coarse, kept, owners, begins, ends)
    is_whole = ends - begins == every_ms // fine_ms
    wrong = np.flatnonzero(is_whole & ~same)
    if len(wrong):
        nth = int(wrong[0])
        span = slice(int(begins[nth]), int(ends[nth]))
        reason = _disagreement(coarse, int(owners[nth]), kept, span)
        raise DetailRefused(reason, "differs", int(rows[span.start]), int(coarse.at[owners[nth]]))
    first, stop = np.zeros(len(coarse), np.int64), np.zeros(len(coarse), np.int64)
    first[owners[same]], stop[owners[same]] = begins[same], ends[same]
    return Finer(kept, fine_ms, first, stop, len(coarse) - len(owners), int((~same).sum()))


def _agrees(
    coarse: Candles,
    fine: Candles,
    owners: "NDArray[np.int64]",
    begins: "NDArray[np.int64]",
    ends: "NDArray[np.int64]",
) -> "NDArray[np.bool_]":
    import numpy as np

    found: NDArray[np.bool_] = (
        (coarse.open[owners] == fine.open[begins])
        & (coarse.high[owners] == np.maximum.reduceat(fine.high, begins))
        & (coarse.low[owners] == np.minimum.reduceat(fine.low, begins))
        & (coarse.close[owners] == fine.close[ends - 1])
    )
    return found


def _disagreement(coarse: Candles, index: int, fine: Candles, span: slice) -> str:
    made = {
        "open": fine.open[span.start],
        "high": fine.high[span].max(),
        "low": fine.low[span].min(),
        "close": fine.close[span.stop - 1],
    }
    name = next(name for name in _COMPARED if getattr(coarse, name)[index] != made[name])
    told = f"the {name} is {float(getattr(coarse, name)[index])!r} in the candle that opens at {int(coarse.at[index])}"
    return f"{told}, and {float(made[name])!r} in its {span.stop - span.start} finer ones"
