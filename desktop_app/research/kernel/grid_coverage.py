"""Which grids the kernel knows all about. Needs no compiler to say so."""

from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.kernel.coverage import are_rules_known, is_only_set

_NAMES = (
    "kind name account pairs grid.lower grid.upper grid.lines grid.spacing grid.step_percent grid.volume_per_line "
    "grid.investment grid.volume_unit grid.profit_currency grid.use_held_coins grid.max_active_buy_lines "
    "grid.max_active_sell_lines grid.trailing_up grid.trailing_down grid.expand_up_to grid.expand_down_to "
    "grid.stop_above.price grid.stop_above.then grid.stop_below.price grid.stop_below.then grid.take_profit_percent "
    "grid.start_price"
)
_KNOWN = frozenset(_NAMES.split())


def is_grid_covered(settings: GridSettings, rules: BacktestRules) -> bool:
    """Whether the kernel knows all that is asked for; of a setting or rule that it never heard of it does not."""
    grid = settings.grid
    moves_coins = grid.trailing_down and grid.max_active_sell_lines is not None
    return not moves_coins and are_rules_known(rules) and is_only_set(settings, _KNOWN)
