"""Many DCA bots over the same candles in one compiled call: arrays of settings in, arrays of numbers out."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.research.kernel import curve, layout, tally
from desktop_app.research.kernel.block import DCA_MEMORY, MOST_FILLS
from desktop_app.research.kernel.columns import Columns
from desktop_app.research.kernel.curve import Course
from desktop_app.research.kernel.dca_table import Row, Terms, nearest_first, pairs_of, target_rows, whole_of
from desktop_app.research.kernel.formulas import Real, Run, Whole
from desktop_app.research.kernel.jit import compiled
from desktop_app.research.kernel.touching import Bars, Extremes
from desktop_app.research.kernel.walking import walk_candles

# Columns of what comes back of each bot; those of its sums and of its course stand first.
RESULTS = tally.TOTALS
FIRST_DAY = RESULTS + curve.RESULTS
LAST_DAY = FIRST_DAY + 1
CARRIED = LAST_DAY + 1  # lots
OUTCOME = CARRIED + 1
NUMBERS = OUTCOME + 1


class Bot(NamedTuple):
    """A bot that the core would not refuse beforehand."""

    settings: DcaSettings
    rows: Sequence[Row]  # of the ladder
    funds: float


class _Table(NamedTuple):
    """A row for each bot; see formulas.Run for what they hold."""

    set: Whole
    set_pairs: Real
    ladder: Real
    near: Whole
    targets: Real
    funds: Real


class _Paper(NamedTuple):
    """What a run writes on before it is read: for one bot after the other."""

    after: Real
    days: Real


def numbers_of(bots: Sequence[Bot], columns: Columns, course: Course, terms: Terms, share: float) -> Real:
    """NUMBERS columns of each bot, all of one direction; layout.TOO_MANY_FILLS where they are more than there is room
    for in one call. `share`: of the coins' worth, what the fee leaves."""
    paper = _Paper(np.zeros((MOST_FILLS, curve.AFTER_COLUMNS)), np.zeros(len(course.last_of_day) + 1))
    numbers, scale = np.zeros((len(bots), NUMBERS)), 10.0**columns.digits
    block = DCA_MEMORY.take()
    table = _table_of(bots, terms)
    _play(block.handle, table, columns.at, *columns.index, course, terms.given, scale, share, paper, numbers)
    DCA_MEMORY.give_back(block)
    return numbers


def _table_of(bots: Sequence[Bot], terms: Terms) -> _Table:
    steps = [target_rows(bot.settings) for bot in bots]
    rungs = max(len(bot.rows) for bot in bots)
    table = _Table(
        set=np.array([whole_of(bot.settings, terms, len(bot.rows)) for bot in bots], dtype=np.int64),
        set_pairs=np.array([pairs_of(bot.settings, terms) for bot in bots]),
        ladder=np.zeros((len(bots), rungs, 4)),
        near=np.zeros((len(bots), rungs), dtype=np.int64),
        targets=np.zeros((len(bots), max(map(len, steps)), 4)),
        funds=np.array([bot.funds for bot in bots]),
    )
    for k, bot in enumerate(bots):
        if bot.rows:
            table.ladder[k, : len(bot.rows)] = bot.rows
            table.near[k, : len(bot.rows)] = nearest_first(bot.rows)
        if steps[k]:
            table.targets[k, : len(steps[k])] = steps[k]
    return table


@compiled
def _play(
    run: Run, table: _Table, at: Whole, bars: Bars, near_by: Extremes, blocks: Extremes, wide: Extremes, course: Course,
    given: Real, scale: float, share: float, paper: _Paper, numbers: Real,
) -> None:  # fmt: skip
    state, rungs, steps = run.state, table.ladder.shape[1], table.targets.shape[1]
    for k in range(len(numbers)):
        state[:] = 0
        run.pairs[:] = 0.0
        run.set[:], run.set_pairs[:] = table.set[k], table.set_pairs[k]
        run.ladder[:rungs], run.near[:rungs], run.targets[:steps] = table.ladder[k], table.near[k], table.targets[k]
        state[layout.OPENS_AFTER] = at[0] + run.set[layout.START_DELAY]
        row = numbers[k]
        following = walk_candles(run, at, bars, near_by, blocks, wide, 0)
        if following < len(at) and not state[layout.OUTCOME]:
            state[layout.OUTCOME] = layout.TOO_MANY_FILLS
        row[OUTCOME] = state[layout.OUTCOME]
        if state[layout.OUTCOME]:
            continue
        fills, prices = run.fills[: state[layout.FILLS]], run.fill_prices[: state[layout.FILLS]]
        over = state[layout.DEALS] - (1 if state[layout.DEAL] != layout.NO_DEAL else 0)
        after, results = paper.after[: len(fills)], row[RESULTS:FIRST_DAY]
        is_in_coins = run.set[layout.IS_FEE_IN_COINS] != 0
        side = run.set[layout.SIDE]
        tally.add_up(fills, prices, run.deals[:over], given, over, side, is_in_coins, after, row[:RESULTS])
        curve.follow(course, fills, prices, scale, after, table.funds[k], share, paper.days, results)
        row[FIRST_DAY], row[LAST_DAY] = paper.days[0], paper.days[-1]
        row[CARRIED] = run.pairs[layout.CARRIED]
