"""The walk of candles over a grid's lines and levels, leaping over those that touch none: the core's walk."""

import numpy as np

from desktop_app.research.kernel.formulas import Real, get
from desktop_app.research.kernel.grid_events import (
    begin,
    buy_line,
    down_level,
    finish,
    measure,
    sell_line,
    settle_grid,
    up_level,
)
from desktop_app.research.kernel.grid_layout import (
    BEYOND_KERNEL,
    BOUNDARY,
    CANDLE,
    COMPLETED,
    FUNDED,
    HAS_LEVEL,
    HIGH,
    IS_OVER,
    LAST,
    LEVEL,
    LOW,
    MOMENTS,
    OUTCOME,
    STOP_ABOVE,
    STOP_BELOW,
    STOPPED_OUT,
    THEN_ABOVE,
    THEN_BELOW,
    THEN_SELL,
    THROUGH,
    GridRun,
)
from desktop_app.research.kernel.jit import compiled
from desktop_app.research.kernel.twofold import less
from desktop_app.research.kernel.walking import touching

_MOST_MOMENTS = 10_000
JUMP = -1  # the leg to a candle's open


@compiled
def _lower_line(run: GridRun) -> float:
    """Where the next buy fills."""
    state = run.state
    if state[BOUNDARY] == state[LOW]:
        return -np.inf
    return float(run.prices[state[BOUNDARY] - 1] - run.set[THROUGH])


@compiled
def _upper_line(run: GridRun) -> float:
    """Where the next sell fills."""
    state = run.state
    if state[BOUNDARY] == state[HIGH]:
        return np.inf
    if state[FUNDED] == state[BOUNDARY]:
        state[OUTCOME] = BEYOND_KERNEL  # the nearest line has no coins
        return np.inf
    return float(run.prices[state[BOUNDARY] + 1] + run.set[THROUGH])


@compiled
def _lower_watch(run: GridRun) -> float:
    level = down_level(run)
    return max(level, float(run.set[STOP_BELOW])) if run.set[STOP_BELOW] else level


@compiled
def _upper_watch(run: GridRun) -> float:
    """But for the level of the profit, which may lie between two units."""
    level = up_level(run)
    return min(level, float(run.set[STOP_ABOVE])) if run.set[STOP_ABOVE] else level


@compiled
def _has_earned(run: GridRun, price: float) -> bool:
    return run.state[HAS_LEVEL] != 0 and not less((price, 0.0), get(run.pairs, LEVEL))


@compiled
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


@compiled
def _is_live(run: GridRun) -> bool:
    return not run.state[IS_OVER] and not run.state[OUTCOME]


@compiled
def _settle(run: GridRun, path: float, price: float, is_jump: bool) -> None:
    """All that happens where the walk stands. In a jump that lands at `price`, `path` is how far it has come."""
    highest, lowest = max(path, price), min(path, price)
    while _is_live(run):
        run.state[MOMENTS] += 1
        if run.state[MOMENTS] > _MOST_MOMENTS:
            run.state[OUTCOME] = BEYOND_KERNEL
            return
        if _lower_line(run) >= highest:
            line = run.prices[run.state[BOUNDARY] - 1]
            buy_line(run, price if is_jump else line, path)
        elif _upper_line(run) <= lowest:
            line = run.prices[run.state[BOUNDARY] + 1]
            sell_line(run, price if is_jump else line, path)
        elif _lower_watch(run) >= highest or _upper_watch(run) <= lowest or _has_earned(run, lowest):
            _tick(run, path, price)
            continue
        else:
            return
        measure(run)
        settle_grid(run, price, highest)


@compiled
def _leg(run: GridRun, start: float, end: float, is_jump: bool) -> None:
    stand = start
    while stand != end and _is_live(run):
        ahead = end
        if end < stand:
            line, watch = _lower_line(run), _lower_watch(run)
            if line < stand:
                ahead = max(ahead, line)
            if watch < stand:
                ahead = max(ahead, watch)
        else:
            line, watch = _upper_line(run), _upper_watch(run)
            if line > stand:
                ahead = min(ahead, line)
            if watch > stand:
                ahead = min(ahead, watch)
            level = get(run.pairs, LEVEL)
            if run.state[HAS_LEVEL] and less((stand, 0.0), level) and less(level, (ahead, 0.0)):
                if level[1] != 0.0 or level[0] != np.floor(level[0]):
                    # Between two units there is nothing but this level.
                    finish(run, COMPLETED, THEN_SELL, (end, 0.0) if is_jump else level)
                    return
                ahead = level[0]
        stand = ahead
        _settle(run, stand, end if is_jump else stand, is_jump)


@compiled
def _path(run: GridRun, first: int, stand: float, open_: float, high: float, low: float, close: float) -> None:
    """The rest of a candle's path, from leg `first` and a price on it."""
    is_low_first = open_ - low <= high - open_
    nearer = low if is_low_first else high
    farther = high if is_low_first else low
    if first <= 0:
        _leg(run, stand, nearer, False)
        stand = nearer
    if first <= 1:
        _leg(run, stand, farther, False)
        stand = farther
    _leg(run, stand, close, False)


@compiled
def play_grid(
    run: GridRun, opens: Real, highs: Real, lows: Real, closes: Real, tops: Real, bottoms: Real, wide_tops: Real,
    wide_bottoms: Real, first: int, leg: int, stand: float,
) -> None:  # fmt: skip
    """Play the candles from the grid's start: in candle `first`, on this leg, at the price `stand`."""
    state, total = run.state, len(opens)
    i = first
    state[CANDLE] = i
    if leg == JUMP:
        begin(run, opens[i], max(opens[i], stand))
        _settle(run, stand, opens[i], True)
        _leg(run, stand, opens[i], True)
        leg, stand = 0, opens[i]
    else:
        begin(run, stand, stand)
    _settle(run, stand, stand, False)
    _path(run, leg, stand, opens[i], highs[i], lows[i], closes[i])
    while _is_live(run):
        below, above = max(_lower_line(run), _lower_watch(run)), min(_upper_line(run), _upper_watch(run))
        if state[HAS_LEVEL]:
            level = get(run.pairs, LEVEL)
            above = min(above, np.ceil(level[0]) + (1.0 if level[1] > 0.0 and level[0] == np.ceil(level[0]) else 0.0))
        i = touching(highs, lows, tops, bottoms, wide_tops, wide_bottoms, i + 1, total, below, above)
        if i == total:
            return
        state[CANDLE] = i
        state[MOMENTS] = 0
        _leg(run, closes[i - 1], opens[i], True)
        _settle(run, opens[i], opens[i], False)
        _path(run, 0, opens[i], opens[i], highs[i], lows[i], closes[i])
