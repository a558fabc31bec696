"""From a grid bot's settings to a bot that can run over the past."""

from decimal import Decimal

from desktop_app.core.client_id import BotIdentity
from desktop_app.core.grid_preview import make_grid_preview
from desktop_app.core.market import Market
from desktop_app.core.strategies.grid import GridBot
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.research.backtest import BacktestRefused
from desktop_app.research.prepared import Prepared


def prepare_grid(settings: GridSettings, market: Market, first: Decimal, who: BotIdentity) -> Prepared:
    """`market` already has the fees of the run; `first`: the first candle's open.

    Raises:
        BacktestRefused: what the editor would not start either.
    """
    grid = settings.grid.model_copy(update={"use_held_coins": False})  # the past knows of no coins
    settings = settings.model_copy(update={"pairs": (market.symbol,), "grid": grid})
    preview = make_grid_preview(settings.grid, market, settings.grid.start_price or first)
    if preview.blocks or preview.layout is None:
        raise BacktestRefused(preview.blocks)
    return Prepared(GridBot(who, settings, {market.symbol: market}), settings.name, preview.layout.funds)
