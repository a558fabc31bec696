"""The memory of a DCA bot's run."""

import numpy as np

from desktop_app.research.kernel import layout
from desktop_app.research.kernel.formulas import RUNG_COLUMNS, SOLD_COLUMNS, Run
from desktop_app.research.kernel.memory import Memory, Shapes
from desktop_app.research.kernel.planning import PLAN_COLUMNS

MOST_RUNGS = 200
MOST_TARGETS = 50
_ORDERS = 512
_EVENTS = 4096
_TOLD = 256
MOST_FILLS = 4096

_SHAPES: Shapes = {
    "set": (np.int64, (layout.SETTINGS,)),
    "set_pairs": (np.float64, (layout.SETTING_PAIRS,)),
    "ladder": (np.float64, (MOST_RUNGS, 4)),
    "near": (np.int64, (MOST_RUNGS,)),
    "targets": (np.float64, (MOST_TARGETS, 4)),
    "state": (np.int64, (layout.WHOLE,)),
    "pairs": (np.float64, (layout.PAIRS,)),
    "rungs": (np.int64, (MOST_RUNGS, RUNG_COLUMNS)),
    "sold": (np.int64, (MOST_TARGETS, SOLD_COLUMNS)),
    "orders": (np.int64, (_ORDERS, layout.ORDER_COLUMNS)),
    "events": (np.int64, (_EVENTS, 3)),
    "event_prices": (np.float64, (_EVENTS, 2)),
    "told": (np.float64, (_TOLD, 7)),
    "wanted": (np.int64, (MOST_RUNGS + MOST_TARGETS + 2, 6)),
    "plan": (np.int64, (MOST_TARGETS, PLAN_COLUMNS)),
    "fills": (np.int64, (MOST_FILLS, layout.FILL_COLUMNS)),
    "fill_prices": (np.float64, (MOST_FILLS, layout.PRICE_COLUMNS)),
    "deals": (np.int64, (MOST_FILLS, layout.DEAL_COLUMNS)),
}
DCA_MEMORY: Memory[Run] = Memory(_SHAPES, Run, cleared=("state", "pairs"))
