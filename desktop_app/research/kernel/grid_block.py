"""The memory of a grid's run."""

import numpy as np

from desktop_app.research.grid_table import MOST_ROWS
from desktop_app.research.kernel import grid_layout as layout
from desktop_app.research.kernel.grid_layout import MOST_FILLS, GridRun
from desktop_app.research.kernel.memory import Block, Memory, Shapes

GridBlock = Block[GridRun]

_SHAPES: Shapes = {
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
GRID_MEMORY: Memory[GridRun] = Memory(_SHAPES, GridRun, cleared=("set", "state", "pairs", "near", "coins", "paid"))
