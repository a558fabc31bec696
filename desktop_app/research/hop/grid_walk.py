"""The walk of candles over a grid's lines and levels, looking only at those that touch one."""

from collections.abc import Callable
from math import floor

from desktop_app.core.deal import DealStatus
from desktop_app.research.grid_start import JUMP, Start
from desktop_app.research.hop.columns import Columns
from desktop_app.research.hop.grid import GridRun
from desktop_app.research.hop.grid_plan import GridPlan

_ASKS = 256  # candles from one question whether to stop to the next


def walk_grid(
    plan: GridPlan, columns: Columns, start: Start, is_stopped: Callable[[], bool] = lambda: False
) -> GridRun | None:
    """What the bot does. None: somebody asked to stop.

    Raises:
        BeyondHop: run the core instead.
    """
    run, i, total = GridRun(plan), start.candle, len(columns)
    opens, highs, lows, closes = columns.open, columns.high, columns.low, columns.close
    touching, asked = columns.touching, 0
    _start(run, start, opens[i], highs[i], lows[i], closes[i])
    while not run.is_over:
        asked += 1
        if not asked % _ASKS and is_stopped():
            return None
        i = touching(i + 1, total, run.below, run.above)
        if i >= total:
            break
        run.candle, open_ = i, opens[i]
        if open_ <= run.below or open_ >= run.above:
            _leg(run, closes[i - 1], open_, is_jump=True)
            _settle(run, open_, open_, is_jump=False)
        _path(run, 0, open_, open_, highs[i], lows[i], closes[i])
    if not run.is_over:
        run.measure()
    return None if is_stopped() else run


def _start(run: GridRun, start: Start, open_: float, high: float, low: float, close: float) -> None:
    """The candle in which it starts."""
    leg, stand = start.leg, start.stand
    if leg == JUMP:
        run.begin(start.candle, open_, max(open_, stand))
        _settle(run, stand, open_, is_jump=True)
        _leg(run, stand, open_, is_jump=True)
        leg, stand = 0, open_
    else:
        run.begin(start.candle, stand, stand)
    _settle(run, stand, stand, is_jump=False)
    _path(run, leg, stand, open_, high, low, close)


def _path(run: GridRun, first: int, stand: float, open_: float, high: float, low: float, close: float) -> None:
    """The rest of a candle's path, from leg `first` and a price on it."""
    ends = (low, high, close) if open_ - low <= high - open_ else (high, low, close)
    for end in ends[first:]:
        if end <= run.below or end >= run.above:
            _leg(run, stand, end, is_jump=False)
        stand = end


def _leg(run: GridRun, stand: float, end: float, *, is_jump: bool) -> None:
    prices = run.plan.prices
    while stand != end and not run.is_over:
        if end < stand:
            while run.is_still and end <= run.lower and run.lower > run.watch_below:
                stand = run.lower
                run.buy_line(int(end) if is_jump else prices[run.boundary - 1], stand)
                run.settle_still()
            if end > run.below:
                return
            ahead = max(end, run.lower) if run.lower < stand else end
            if ahead < run.watch_below < stand:
                ahead = run.watch_below
        else:
            while run.is_still and end >= run.upper and run.upper < run.watch_above:
                stand = run.upper
                run.sell_line(int(end) if is_jump else prices[run.boundary + 1], stand)
                run.settle_still()
            if end < run.above:
                return
            ahead = min(end, run.upper) if run.upper > stand else end
            if stand < run.watch_above < ahead:
                ahead = run.watch_above
            if stand < run.level_at < ahead:
                if run.level_at != floor(run.level_at):  # between two units there is nothing but this level
                    assert run.level is not None
                    price = run.plan.exactly(end) if is_jump else run.level
                    run.finish(DealStatus.COMPLETED, "stop_and_sell", price)
                    return
                ahead = run.level_at
        stand = ahead
        _settle(run, stand, end if is_jump else stand, is_jump=is_jump)


def _settle(run: GridRun, path: float, price: float, *, is_jump: bool) -> None:
    """All that happens where the walk stands. In a jump that lands at `price`, `path` is how far it has come."""
    highest, lowest = (path, price) if path > price else (price, path)
    prices = run.plan.prices
    while not run.is_over:
        if run.lower >= highest:
            run.buy_line(int(price) if is_jump else prices[run.boundary - 1], path)
        elif run.upper <= lowest:
            run.sell_line(int(price) if is_jump else prices[run.boundary + 1], path)
        elif run.below >= highest or run.above <= lowest:
            _look(run, path, price)
            continue
        else:
            return
        run.settle(price, highest)


def _look(run: GridRun, path: float, price: float) -> None:
    """The bot sees a price that it watches for."""
    plan, grid = run.plan, run.plan.grid
    fallen, risen = max(path, price), min(path, price)
    if grid.stop_below is not None and fallen <= plan.stop_below:
        run.finish(DealStatus.STOPPED_OUT, grid.stop_below.then, plan.exactly(price))
        return
    is_stopped = risen >= plan.stop_above
    if risen >= run.level_at and not (is_stopped and plan.stop_above < run.level_at):
        run.finish(DealStatus.COMPLETED, "stop_and_sell", plan.exactly(price))
    elif is_stopped and grid.stop_above is not None:
        run.finish(DealStatus.STOPPED_OUT, grid.stop_above.then, plan.exactly(price))
    else:
        run.seen(price, fallen)
