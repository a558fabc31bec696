"""What conditions would have said over past candles: by the judgement of bots, for whole columns at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from desktop_app.core.columns import Candles
from desktop_app.core.comparison import Comparison
from desktop_app.core.condition_groups import Group
from desktop_app.core.conditions import Condition
from desktop_app.core.reading import Outcome
from desktop_app.gui.chart.study import Curve, Study
from desktop_app.gui.conditions.words import line_word, study_title
from desktop_app.gui.i18n import tr

Ints = npt.NDArray[np.int64]
States = npt.NDArray[np.int8]

DAY_MS = 86_400_000
SPAN_MS = 30 * DAY_MS
MOST_CANDLES = 9_000  # of the finest timeframe: what an exchange answers in a few calls
MOST_HISTORY = 5_000  # candles before that, for values to settle
_ON_PRICE = frozenset({"sma_cross", "ema_cross", "wma_cross", "parabolic_sar"})


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """What became of a group over the stretch [start, end): the closes at which it came true, and since when it knew.

    `ready_at` is None when it knew from the start on, and `end` when it never did. `counts` says of each condition, by
    its key, how often it came true by itself.
    """

    start: int
    end: int
    fired: Ints
    ready_at: int | None
    is_true_now: bool
    counts: Mapping[str, int] = field(default_factory=dict)
    studies: tuple[Study, ...] = ()

    @property
    def days(self) -> float:
        """How long the stretch is of which it can speak."""
        return (self.end - max(self.start, self.ready_at or self.start)) / DAY_MS


def span_of(conditions: tuple[Comparison, ...], most_ms: int = SPAN_MS) -> int:
    """How far back it is tried: a month, less where that would be too many candles."""
    finest = min(condition.every_ms for condition in conditions)
    return min(most_ms, MOST_CANDLES * finest)


def wanted(conditions: tuple[Comparison, ...], start: int) -> dict[str, int]:
    """From when on candles of each timeframe are needed for a stretch that begins at `start`."""
    needed: dict[str, int] = {}
    for condition in conditions:
        first = start - min(condition.history, MOST_HISTORY) * condition.every_ms
        needed[condition.timeframe] = min(first, needed.get(condition.timeframe, first))
    return needed


def closed(candles: Candles, step: int, now: int) -> Candles:
    """Those that had closed at `now`."""
    count = int(candles.at.searchsorted(now - step, "right"))
    if count == len(candles):
        return candles
    columns = (candles.open, candles.high, candles.low, candles.close, candles.volume)
    return Candles(candles.at[:count], *(column[:count] for column in columns))


def try_out(group: Group, candles: Mapping[str, Candles], start: int, end: int) -> Tried:
    """Judge the group at every close in [start, end]. Takes long: to be called on a thread."""
    conditions = group.conditions()
    outcomes = {one.key(): one.outcomes(candles[one.timeframe]) for one in conditions}
    moments = _moments(conditions, candles, start, end)
    states = {
        one.key(): _states(candles[one.timeframe], one.every_ms, outcomes[one.key()], moments) for one in conditions
    }
    state = _judged(group, states, len(moments))
    studies = tuple(study_of(one, candles[one.timeframe], outcomes[one.key()], start) for one in conditions)
    return Tried(
        start=start,
        end=end,
        fired=moments[came_true(state)],
        ready_at=_ready_at(state, moments, start, end),
        is_true_now=bool(len(state)) and state[-1] == Outcome.YES,
        counts={one.key(): int(came_true(states[one.key()]).sum()) for one in conditions},
        studies=studies,
    )


def study_of(condition: Condition, candles: Candles, outcomes: States, start: int) -> Study:
    """The lines that a condition compares, with the level and the moments when it came true."""
    known = candles.at + condition.every_ms
    lines = dict(zip(condition.line_names, condition.lines(candles), strict=True))
    right = condition.right
    names = [condition.left, *([right] if isinstance(right, str) else [])]
    if condition.indicator == "parabolic_sar":
        names = ["sar"]
    shown = known >= start
    curves = tuple(
        Curve(
            line_word(name) if len(condition.line_names) > 1 else "",
            known[shown],
            np.asarray(lines[name], np.float64)[shown],
            is_dotted=name == "sar",
        )
        for name in names
    )
    fired = known[came_true(outcomes)]
    is_ready = outcomes != Outcome.NOT_READY
    first = int(known[int(is_ready.argmax())]) if is_ready.any() else int(known[-1]) if len(known) else start
    return Study(
        key=condition.key(),
        title=study_title(condition),
        step_ms=condition.every_ms,
        curves=curves,
        is_on_price=condition.indicator in _ON_PRICE,
        levels=() if isinstance(right, str) else (float(right),),
        fired=fired[fired >= start],
        ready_at=first if first > start + condition.every_ms else None,
    )


def came_true(states: States) -> npt.NDArray[np.bool_]:
    """Where it holds and did not before."""
    rises: npt.NDArray[np.bool_] = states == Outcome.YES
    rises[1:] &= states[:-1] != Outcome.YES
    return rises


def _moments(conditions: tuple[Condition, ...], candles: Mapping[str, Candles], start: int, end: int) -> Ints:
    """Every close of any of the timeframes."""
    closes = [candles[one.timeframe].at + one.every_ms for one in conditions]
    moments = np.unique(np.concatenate(closes)) if closes else np.empty(0, np.int64)
    return moments[(moments >= start) & (moments <= end)]


def _states(candles: Candles, every_ms: int, outcomes: States, moments: Ints) -> States:
    """What the newest close before each moment said; it is valid until the next close is due."""
    known = candles.at + every_ms
    index = known.searchsorted(moments, "right") - 1
    if not len(known):
        return np.full(len(moments), Outcome.NOT_READY, np.int8)
    found = np.where(index >= 0, outcomes[np.maximum(index, 0)], np.int8(Outcome.NOT_READY))
    is_over = (index >= 0) & (moments >= known[np.maximum(index, 0)] + every_ms)
    found[is_over & (found == Outcome.YES)] = Outcome.NO
    return found.astype(np.int8)


def _judged(group: Group, states: Mapping[str, States], count: int) -> States:
    """All of these, and at least one of those; what one does not know matters only where the rest does not decide."""

    def of(entry: object) -> States:
        if isinstance(entry, Group):
            return _judged(entry, states, count)
        assert isinstance(entry, Comparison)
        return states[entry.key()]

    whole = _all([of(entry) for entry in group.all], count)
    if not group.any:
        return whole
    either = _any([of(entry) for entry in group.any], count)
    return _all([whole, either], count)


def _all(parts: list[States], count: int) -> States:
    found = np.full(count, Outcome.YES, np.int8)
    for part in parts:
        found[(part == Outcome.NOT_READY) & (found == Outcome.YES)] = Outcome.NOT_READY
        found[part == Outcome.NO] = Outcome.NO
    return found


def _any(parts: list[States], count: int) -> States:
    found = np.full(count, Outcome.NO, np.int8)
    for part in parts:
        found[(part == Outcome.NOT_READY) & (found == Outcome.NO)] = Outcome.NOT_READY
        found[part == Outcome.YES] = Outcome.YES
    return found


def _ready_at(state: States, moments: Ints, start: int, end: int) -> int | None:
    is_ready = state != Outcome.NOT_READY
    if not is_ready.any():
        return end
    first = int(is_ready.argmax())
    return None if first == 0 else max(int(moments[first]), start)


def candles_needed(condition: Comparison) -> str:
    """`needs 16 candles of 5m`."""
    return tr("needs {count} candles of {timeframe}").format(count=condition.warm_up, timeframe=condition.timeframe)
