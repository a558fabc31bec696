"""Shows that the tests see faults of the hop: plants each in a copy and runs the tests on it.

`python -m tests.research.hop.planted [NAMES...]`; ends with status 1 if a fault goes unseen.
"""

import sys

from tests.research.kernel.planted import Fault, main

TESTS = tuple(f"tests/research/hop/test_{name}.py" for name in ("deal", "trailing", "walk", "columns", "course"))
FAULTS = (
    Fault(
        "a rung rounded up for down",
        "../hop/deal.py",
        "            price *= plan.tick\n",
        "            price = (price + 1) * plan.tick\n",
    ),
    Fault(
        "a target rounded down for up",
        "../hop/deal.py",
        "target = (below + 1) * plan.tick if",
        "target = below * plan.tick if",
    ),
    Fault("an amount rounded down for up", "../hop/plan.py", "None if low is None else low + 1", "low"),
    Fault(
        "a low that must be under the level to touch it",
        "../hop/columns.py",
        "        while lows[i] > below and highs[i] < above:",
        "        while lows[i] >= below and highs[i] < above:",
    ),
    Fault(
        "a block that is passed over where it just touches",
        "../hop/columns.py",
        "        while bottoms[node] > below and tops[node] < above:",
        "        while bottoms[node] >= below and tops[node] < above:",
    ),
    Fault(
        "a resting order that the price must pass",
        "../hop/deal.py",
        "        while end <= self.below:",
        "        while end < self.below:",
    ),
    Fault(
        "the stop before the limit",
        "../hop/deal.py",
        "            if level < self._stop:",
        "            if level <= self._stop:",
    ),
    Fault(
        "an order jumped over that fills at its own price",
        "../hop/deal.py",
        "price, lots = end if is_jump else self._rung, self._rung_lots",
        "price, lots = self._rung, self._rung_lots",
    ),
    Fault(
        "a stop in a jump that trades at its level",
        "../hop/deal.py",
        "self.leave(i, Role.STOP_LOSS, 0, plan.exactly(end) if is_jump else self._exact_stop())",
        "self.leave(i, Role.STOP_LOSS, 0, self._exact_stop())",
    ),
    Fault(
        "the farther extreme first",
        "../hop/deal.py",
        "        if open_ - low > high - open_:",
        "        if open_ - low >= high - open_:",
    ),
    Fault(
        "fill-through forgotten by targets",
        "../hop/plan.py",
        "through_target=tick * rules.fill_through if trail is None else 0",
        "through_target=0",
    ),
    Fault(
        "a fee that an entry does not pay",
        "../hop/plan.py",
        "entry_maker=fee_parts + side * maker",
        "entry_maker=fee_parts",
    ),
    Fault(
        "a short's fee of the wrong sign",
        "../hop/plan.py",
        "exit_maker=fee_parts - side * maker",
        "exit_maker=fee_parts - maker",
    ),
    Fault(
        "the pause counted from a candle's beginning",
        "../hop/walk.py",
        "int(at[i]) + every + wait)",
        "int(at[i]) + wait)",
    ),
    Fault(
        "the clock before the jump",
        "../hop/walk.py",
        "        if start <= deal.below or start >= deal.above:",
        "        if i != due and (start <= deal.below or start >= deal.above):",
    ),
    Fault(
        "a fall that a row's end hides",
        "../hop/course.py",
        "    before = np.maximum.accumulate(np.concatenate(((funds,), tops[:-1])))",
        "    before = np.concatenate(((funds,), tops[:-1]))",
    ),
    Fault(
        "trailing that closes where it is undone",
        "../hop/trailing.py",
        "not (is_jump and end <= self._lost)",
        "not (is_jump and end < self._lost)",
    ),
    Fault(
        "trailing from the level for the open of a jump",
        "../hop/trailing.py",
        "self._plan.exactly(end) if is_jump else self._exact_closing()",
        "self._exact_closing()",
    ),
    Fault(
        "candles left out while trailing though it closes there",
        "../hop/trailing.py",
        "np.maximum(best * plan.trail + 1, self._lost)",
        "np.maximum(best * plan.trail - 1, self._lost)",
    ),
    Fault(
        "candles left out while trailing though it is undone there",
        "../hop/trailing.py",
        "np.maximum(best * plan.trail + 1, self._lost)",
        "best * plan.trail + 1",
    ),
    Fault(
        "the best price of candles left out forgotten",
        "../hop/trailing.py",
        "self._reach(start, float(best[seen - 1]))",
        "self._reach(start, float(best[0]))",
    ),
    Fault("an exit's candle out of the market", "../hop/course.py", "lengths, 1)", "lengths, 0)"),
)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], FAULTS, TESTS))
