"""From a grid bot's settings to a backtest."""

from desktop_app.core.client_id import BotIdentity
from desktop_app.core.columns import Candles, exact
from desktop_app.core.grid_preview import make_grid_preview
from desktop_app.core.market import Market
from desktop_app.core.strategies.grid import GridBot
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.research.backtest import BacktestRefused, BacktestResult, BacktestRules, Inside, Progress, run_backtest


def try_grid(
    settings: GridSettings,
    candles: Candles,
    market: Market,
    rules: BacktestRules,
    *,
    progress: Progress | None = None,
    inside: Inside | None = None,
) -> BacktestResult:
    """`market` already has the fees of the run.

    Raises:
        BacktestRefused: what the editor would not start either.
    """
    grid = settings.grid.model_copy(update={"use_held_coins": False})  # the past knows of no coins
    settings = settings.model_copy(update={"pairs": (market.symbol,), "grid": grid})
    price = settings.grid.start_price or exact(candles.open[0])
    preview = make_grid_preview(settings.grid, market, price)
    if preview.blocks or preview.layout is None:
        raise BacktestRefused(preview.blocks)
    bot = GridBot(BotIdentity(1), settings, {market.symbol: market})
    return run_backtest(
        bot, candles, market, rules, name=settings.name, funds=preview.layout.funds, progress=progress, inside=inside
    )
