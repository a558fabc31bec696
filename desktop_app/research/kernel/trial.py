"""A bot's settings tried by the kernel of its kind, where there is one that knows all that they ask for."""

from collections.abc import Sequence

from desktop_app.core.columns import Candles
from desktop_app.core.market import Market
from desktop_app.core.settings import Settings
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.research.backtest import BacktestRefused, BacktestRules
from desktop_app.research.kernel.coverage import is_dca_covered, is_smart_covered
from desktop_app.research.kernel.grid_coverage import is_grid_covered
from desktop_app.research.report import Summary

_is_broken: list[bool] = []  # the compiler, in this process: then it is as if there were none

# The kernels themselves are imported by the first call that needs one: that is what brings the compiler in.


def is_covered(settings: Settings, rules: BacktestRules) -> bool:
    """Whether a kernel knows all that these settings and rules ask for."""
    if isinstance(settings, DcaSettings):
        return is_dca_covered(settings, rules)
    if isinstance(settings, SmartTradeSettings):
        return is_smart_covered(settings, rules)
    if isinstance(settings, GridSettings):
        return is_grid_covered(settings, rules)
    return False


def try_compiled_all(
    bots: Sequence[Settings], candles: Candles, market: Market, rules: BacktestRules
) -> "list[Summary | BacktestRefused | None]":
    """try_compiled of each of these bots of one kind."""
    if _is_broken or not all(isinstance(bot, DcaSettings) for bot in bots):
        return [_tried(bot, candles, market, rules) for bot in bots]
    try:
        from desktop_app.research.kernel.dca_trial import try_compiled_dca

        return try_compiled_dca([bot for bot in bots if isinstance(bot, DcaSettings)], candles, market, rules)
    except (ImportError, OSError):
        _is_broken.append(True)
    return [None] * len(bots)


def _tried(
    settings: Settings, candles: Candles, market: Market, rules: BacktestRules
) -> Summary | BacktestRefused | None:
    try:
        return try_compiled(settings, candles, market, rules)
    except BacktestRefused as refused:
        return refused


def try_compiled(settings: Settings, candles: Candles, market: Market, rules: BacktestRules) -> Summary | None:
    """The summary of this run, to some 12 digits; None where only the core can make it.

    `market` is the pair's, without the fees of the run.

    Raises:
        BacktestRefused: so would the core.
    """
    if _is_broken:
        return None
    try:
        if isinstance(settings, DcaSettings):
            (tried,) = try_compiled_all((settings,), candles, market, rules)
            if isinstance(tried, BacktestRefused):
                raise tried
            return tried
        if isinstance(settings, SmartTradeSettings):
            from desktop_app.research.kernel.smart_trial import try_compiled_smart

            return try_compiled_smart(settings, candles, market, rules)
        if isinstance(settings, GridSettings):
            from desktop_app.research.kernel.grid_trial import try_compiled_grid

            return try_compiled_grid(settings, candles, market, rules)
    except (ImportError, OSError):  # a compiler that does not start, or a full disk under what it keeps
        _is_broken.append(True)
    return None
