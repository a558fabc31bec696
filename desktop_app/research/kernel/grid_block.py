"""All arrays of one grid's run in one block of memory: compiled code takes a single address, not fourteen arrays."""

from typing import Any, cast

import numpy as np

from desktop_app.research.kernel import grid_layout as layout
from desktop_app.research.kernel.grid_layout import MOST_FILLS, MOST_ROWS, GridRun
from desktop_app.research.kernel.jit import HAS_COMPILER

_SHAPES: dict[str, tuple[type, tuple[int, ...]]] = {
    "set": (np.int64, (layout.SETTINGS,)),
    "set_pairs": (np.float64, (layout.SET_PAIRS,)),
    "prices": (np.float64, (MOST_ROWS,)),
    "lots": (np.int64, (MOST_ROWS,)),
    "again": (np.int64, (MOST_ROWS,)),
    "least": (np.int64, (MOST_ROWS,)),
    "coins": (np.int64, (MOST_ROWS,)),
    "paid": (np.float64, (MOST_ROWS,)),
    "state": (np.int64, (layout.WHOLE,)),
    "pairs": (np.float64, (layout.PAIRS,)),
    "near": (np.float64, (layout.NEAR,)),
    "fills": (np.int64, (MOST_FILLS, layout.FILL_COLUMNS)),
    "fill_prices": (np.float64, (MOST_FILLS, layout.PRICE_COLUMNS)),
}
_BLOCK = np.dtype([(name, kind, shape) for name, (kind, shape) in _SHAPES.items()], align=True)
_USED = ("set", "state", "pairs", "near", "coins", "paid")  # what a run does not write before it reads


class GridBlock:
    """One run's memory, all zero: `run` shows its arrays, `handle` is what kernel functions take."""

    def __init__(self) -> None:
        memory = np.zeros(1, dtype=_BLOCK)
        self.run = GridRun(**{name: memory[name][0] for name in _SHAPES})
        self.handle: GridRun = cast("GridRun", cast("Any", memory[0])) if HAS_COMPILER else self.run


_idle: list[GridBlock] = []  # fresh memory costs more than the run that fills it
_MOST_IDLE = 8


def take_block() -> GridBlock:
    """Memory for a run, all zero but for the fills of another one."""
    try:
        block = _idle.pop()
    except IndexError:
        return GridBlock()
    for name in _USED:
        getattr(block.run, name)[:] = 0
    return block


def give_back(block: GridBlock) -> None:
    """Nobody may look at the run any more."""
    if len(_idle) < _MOST_IDLE:
        _idle.append(block)
