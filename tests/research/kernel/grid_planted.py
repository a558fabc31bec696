"""Shows that the tests see faults in the grid's kernel: `python -m tests.research.kernel.grid_planted [NAMES...]`.

Only the situations said by hand are run, not the random ones.
"""

import sys

from tests.research.kernel.planted import Fault, main

TESTS = ("tests/research/kernel/test_grid.py", "tests/research/test_grid_table.py", "-k", "not random")

GRID_FAULTS = (
    Fault(
        "a line rounded down, not to the nearest tick",
        "../grid_table.py",
        "np.floor(ticks + 0.5)",
        "np.floor(ticks)",
    ),
    Fault(
        "an amount rounded up for down",
        "../grid_table.py",
        "whole = np.floor(steps)",
        "whole = np.ceil(steps)",
    ),
    Fault(
        "a doubtful amount that floats decide",
        "../grid_table.py",
        "whole[k] = float(of(int(k)))",
        "whole[k] = np.floor(steps[k])",
    ),
    Fault("a doubtful line that floats decide", "../grid_table.py", "nearest[k] = float(line", "float(line"),
    Fault("coins for the lines rounded down", "../grid_table.py", "missing = -(-sold *", "missing = (sold *"),
    Fault("a sale of more than came", "../grid_table.py", "again = received // grains.rest", "again = lots.copy()"),
    Fault("a low that must be under the line", "touching.py", "BAR_LOW] <= below or", "BAR_LOW] < below or"),
    Fault("a high that must be over the line", "touching.py", "BAR_HIGH] >= above:", "BAR_HIGH] > above:"),
    Fault(
        "a block that is passed over where it just touches",
        "touching.py",
        "near[few, BOTTOM] > below",
        "near[few, BOTTOM] >= below",
    ),
    Fault(
        "a larger block that is passed over where it just touches",
        "touching.py",
        "and blocks[block, TOP] < above:",
        "and blocks[block, TOP] <= above:",
    ),
    Fault(
        "bounds of the price that outlive the grid",
        "grid_events.py",
        """    if state[FILLS]:
        fill = run.fill_prices[state[FILLS] - 1]
        fill[STAYS_OVER], fill[STAYS_UNDER] = -np.inf, np.inf
""",
        "",
    ),
    Fault(
        "a buy that the price must pass",
        "grid_walking.py",
        "if near[LOWER_LINE] >= highest:",
        "if near[LOWER_LINE] > highest:",
    ),
    Fault(
        "a sell that the price must pass",
        "grid_walking.py",
        "elif near[UPPER_LINE] <= lowest:",
        "elif near[UPPER_LINE] < lowest:",
    ),
    Fault(
        "a stop that the price must pass",
        "grid_walking.py",
        "fallen <= run.set[STOP_BELOW]",
        "fallen < run.set[STOP_BELOW]",
    ),
    Fault(
        "the stop before the limit",
        "grid_walking.py",
        "if near[LOWER_LINE] >= highest:",
        """if near[LOWER_WATCH] >= highest:
            _tick(run, path, price)
        elif near[LOWER_LINE] >= highest:""",
    ),
    Fault(
        "a buy jumped over that fills at its own price",
        "grid_walking.py",
        "buy_line(run, price if is_jump else line, path)",
        "buy_line(run, line, path)",
    ),
    Fault(
        "a sell jumped over that fills at its own price",
        "grid_walking.py",
        "sell_line(run, price if is_jump else line, path)",
        "sell_line(run, line, path)",
    ),
    Fault(
        "a stop in a jump that sells at its level",
        "grid_walking.py",
        "finish(run, STOPPED_OUT, run.set[THEN_ABOVE], (price, 0.0))",
        "finish(run, STOPPED_OUT, run.set[THEN_ABOVE], (path, 0.0))",
    ),
    Fault(
        "the high first on a tie", "grid_walking.py", "is_low_first = open_ - low <=", "is_low_first = open_ - low <"
    ),
    Fault(
        "a fill through that changes the price paid",
        "grid_walking.py",
        "line = run.prices[run.state[BOUNDARY] - 1]",
        "line = near[LOWER_LINE]",
    ),
    Fault(
        "profit in coins that a line sells",
        "grid_events.py",
        "if not run.set[IS_PROFIT_IN_COINS]:",
        "if True:",
    ),
    Fault(
        "a price that slips the wrong way",
        "grid_events.py",
        "lots, price):\n            trade(run, -1, slipped(run, price, -1.0)",
        "lots, price):\n            trade(run, -1, slipped(run, price, 1.0)",
    ),
)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], GRID_FAULTS, TESTS))
