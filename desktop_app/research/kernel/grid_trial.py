"""A grid bot's settings tried by the kernel, refused where the core would refuse them."""

from desktop_app.core.columns import Candles
from desktop_app.core.market import Market
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.kernel.dca import BeyondKernel
from desktop_app.research.kernel.grid import played_grid
from desktop_app.research.kernel.grid_block import GRID_MEMORY
from desktop_app.research.kernel.grid_coverage import is_grid_covered
from desktop_app.research.kernel.grid_summary import summarise_grid
from desktop_app.research.report import Summary


def try_compiled_grid(settings: GridSettings, candles: Candles, market: Market, rules: BacktestRules) -> Summary | None:
    """The summary of this run; None where only the core can make it.

    Raises:
        BacktestRefused: so would the core.
    """
    if not is_grid_covered(settings, rules):
        return None
    market = rules.applied_to(market)
    try:
        play = played_grid(settings, candles, market, rules)
    except BeyondKernel:
        return None
    summary = summarise_grid(play, candles, market)
    GRID_MEMORY.give_back(play.block)
    return summary
