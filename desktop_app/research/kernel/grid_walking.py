"""The walk of candles over a grid's lines and levels, leaping over those that touch none: the core's walk."""

import numpy as np

from desktop_app.research.grid_start import JUMP
from desktop_app.research.kernel.formulas import get
from desktop_app.research.kernel.grid_events import (
    begin,
    buy_line,
    finish,
    sell_line,
    settle_grid,
)
from desktop_app.research.kernel.grid_layout import (
    BEYOND_KERNEL,
    BOUNDARY,
    CANDLE,
    CLOSE,
    COMPLETED,
    FILLS,
    HAS_LEVEL,
    IS_OVER,
    LAST,
    LEVEL,
    LOW_OF_BAR,
    LOWER_LINE,
    LOWER_WATCH,
    MOMENTS,
    MOST_FILLS,
    NEEDS_ROOM,
    OUTCOME,
    STOP_ABOVE,
    STOP_BELOW,
    STOPPED_OUT,
    THEN_ABOVE,
    THEN_BELOW,
    THEN_SELL,
    UPPER_LINE,
    UPPER_WATCH,
    GridRun,
)
from desktop_app.research.kernel.grid_trades import measure
from desktop_app.research.kernel.jit import compiled, inner
from desktop_app.research.kernel.touching import BAR_CLOSE, BAR_HIGH, BAR_LOW, BAR_OPEN, Bars, Extremes, touching
from desktop_app.research.kernel.twofold import less

_MOST_MOMENTS = 10_000
DONE = 3  # no leg is left


@inner
def _has_earned(run: GridRun, price: float) -> bool:
    return run.state[HAS_LEVEL] != 0 and not less((price, 0.0), get(run.pairs, LEVEL))


@inner
def _tick(run: GridRun, path: float, price: float) -> None:
    """The bot sees a price that it watches for."""
    fallen, risen = max(path, price), min(path, price)
    if run.set[STOP_BELOW] and fallen <= run.set[STOP_BELOW]:
        finish(run, STOPPED_OUT, run.set[THEN_BELOW], (price, 0.0))
        return
    above = run.set[STOP_ABOVE]
    is_stopped = above != 0 and risen >= above
    if _has_earned(run, risen) and not (is_stopped and less((float(above), 0.0), get(run.pairs, LEVEL))):
        finish(run, COMPLETED, THEN_SELL, (price, 0.0))
    elif is_stopped:
        finish(run, STOPPED_OUT, run.set[THEN_ABOVE], (price, 0.0))
    else:
        run.pairs[LAST], run.pairs[LAST + 1] = price, 0.0
        settle_grid(run, price, fallen)


@inner
def _is_live(run: GridRun) -> bool:
    return not run.state[IS_OVER] and not run.state[OUTCOME]


@inner
def _settle(run: GridRun, path: float, price: float, is_jump: bool) -> None:
    """All that happens where the walk stands. In a jump that lands at `price`, `path` is how far it has come."""
    near, highest, lowest = run.near, max(path, price), min(path, price)
    while _is_live(run):
        run.state[MOMENTS] += 1
        if run.state[MOMENTS] > _MOST_MOMENTS:
            run.state[OUTCOME] = BEYOND_KERNEL
            return
        if near[LOWER_LINE] >= highest:
            line = run.prices[run.state[BOUNDARY] - 1]
            buy_line(run, price if is_jump else line, path)
        elif near[UPPER_LINE] <= lowest:
            line = run.prices[run.state[BOUNDARY] + 1]
            sell_line(run, price if is_jump else line, path)
        elif near[LOWER_WATCH] >= highest or near[UPPER_WATCH] <= lowest or _has_earned(run, lowest):
            _tick(run, path, price)
            continue
        else:
            return
        measure(run)
        settle_grid(run, price, highest)


@inner
def _leg(run: GridRun, start: float, end: float, is_jump: bool) -> None:
    stand, near = start, run.near
    while stand != end and _is_live(run):
        ahead = end
        if end < stand:
            if near[LOWER_LINE] < stand:
                ahead = max(ahead, near[LOWER_LINE])
            if near[LOWER_WATCH] < stand:
                ahead = max(ahead, near[LOWER_WATCH])
            if ahead > near[LOWER_LINE] and ahead > near[LOWER_WATCH] and not run.state[HAS_LEVEL]:
                return  # nothing down to the end
        else:
            if near[UPPER_LINE] > stand:
                ahead = min(ahead, near[UPPER_LINE])
            if near[UPPER_WATCH] > stand:
                ahead = min(ahead, near[UPPER_WATCH])
            if ahead < near[UPPER_LINE] and ahead < near[UPPER_WATCH] and not run.state[HAS_LEVEL]:
                return
            level = get(run.pairs, LEVEL)
            if run.state[HAS_LEVEL] and less((stand, 0.0), level) and less(level, (ahead, 0.0)):
                if level[1] != 0.0 or level[0] != np.floor(level[0]):
                    # Between two units there is nothing but this level.
                    finish(run, COMPLETED, THEN_SELL, (end, 0.0) if is_jump else level)
                    return
                ahead = level[0]
        stand = ahead
        _settle(run, stand, end if is_jump else stand, is_jump)


@inner
def _path(run: GridRun, first: int, stand: float, open_: float, high: float, low: float, close: float) -> None:
    """The rest of a candle's path, from leg `first` and a price on it."""
    is_low_first = open_ - low <= high - open_
    nearer = low if is_low_first else high
    farther = high if is_low_first else low
    for k in range(first, 3):
        end = nearer if k == 0 else farther if k == 1 else close
        _leg(run, stand, end, False)
        stand = end


@compiled
def play_grid(
    run: GridRun, bars: Bars, near_by: Extremes, blocks: Extremes, wide: Extremes, first: int, leg: int,
    stand: float,
) -> None:  # fmt: skip
    """Play the candles from the grid's start: in candle `first`, on this leg, at the price `stand`.

    A run that ended for want of room goes on after the candle `first`: its leg is DONE.
    """
    state, near, total, i = run.state, run.near, len(bars), first
    state[OUTCOME] = 0
    if leg != DONE:
        written = state[FILLS]
        high, low, close = _bar(bars, i)
        _start(run, i, leg, stand, np.float64(bars[i, BAR_OPEN]), high, low, close)
        _note(run, written, close, low)
    while _is_live(run):
        if state[FILLS] + _MOST_MOMENTS * 2 > MOST_FILLS:
            state[OUTCOME] = NEEDS_ROOM
            return
        below, above = max(near[LOWER_LINE], near[LOWER_WATCH]), min(near[UPPER_LINE], near[UPPER_WATCH])
        if state[HAS_LEVEL]:
            level = get(run.pairs, LEVEL)
            above = min(above, np.ceil(level[0]) + (1.0 if level[1] > 0.0 and level[0] == np.ceil(level[0]) else 0.0))
        i = touching(
            bars, near_by, blocks, wide, i + 1, total, below, above
        )  # fmt: skip
        if i >= total:
            return
        state[CANDLE] = i
        state[MOMENTS] = 0
        written = state[FILLS]
        open_ = np.float64(bars[i, BAR_OPEN])
        high, low, close = _bar(bars, i)
        _leg(run, np.float64(bars[i - 1, BAR_CLOSE]), open_, True)
        _settle(run, open_, open_, False)
        _path(run, 0, open_, open_, high, low, close)
        _note(run, written, close, low)


@inner
def _bar(bars: Bars, i: int) -> tuple[float, float, float]:
    """High, low and close."""
    return np.float64(bars[i, BAR_HIGH]), np.float64(bars[i, BAR_LOW]), np.float64(bars[i, BAR_CLOSE])


@inner
def _note(run: GridRun, first: int, close: float, low: float) -> None:
    """Beside the fills of a candle, what their curve asks of it."""
    for row in range(first, run.state[FILLS]):
        run.fill_prices[row, CLOSE], run.fill_prices[row, LOW_OF_BAR] = close, low


@inner
def _start(
    run: GridRun, i: int, leg: int, stand: float, open_: float, high: float, low: float, close: float
) -> None:  # fmt: skip
    """The candle in which it starts."""
    run.state[CANDLE] = i
    if leg == JUMP:
        begin(run, open_, max(open_, stand))
        _settle(run, stand, open_, True)
        _leg(run, stand, open_, True)
        leg, stand = 0, open_
    else:
        begin(run, stand, stand)
    _settle(run, stand, stand, False)
    _path(run, leg, stand, open_, high, low, close)
