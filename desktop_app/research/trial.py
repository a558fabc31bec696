"""From a bot's settings to a backtest: what is refused beforehand, and the bot that runs."""

from desktop_app.core.client_id import BotIdentity
from desktop_app.core.columns import Candles, exact
from desktop_app.core.ladder import Sizing
from desktop_app.core.market import ZERO, Market
from desktop_app.core.preview import Problem, make_preview
from desktop_app.core.said import said
from desktop_app.core.settings import Settings
from desktop_app.core.strategies import KINDS
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.core.strategies.signal_settings import SignalSettings
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.research.backtest import BacktestRefused, BacktestResult, BacktestRules, Inside, Progress, run_backtest
from desktop_app.research.grid_trial import try_grid
from desktop_app.research.trade_trial import try_trade


def try_settings(
    settings: Settings,
    candles: Candles,
    market: Market,
    rules: BacktestRules,
    *,
    progress: Progress | None = None,
    before: Candles | None = None,
    inside: Inside | None = None,
) -> BacktestResult:
    """Backtest these settings on `market`'s pair alone, whatever other pairs they name.

    `before`: candles right before the first, for indicators only. `inside`: finer candles, as in run_backtest.

    Raises:
        BacktestRefused: sizes in percent without a balance, an order under the market's minimum, a condition on finer
        candles than there are.
    """
    market = rules.applied_to(market)
    if isinstance(settings, GridSettings):
        return try_grid(settings, candles, market, rules, progress=progress, inside=inside)
    if isinstance(settings, SmartTradeSettings):
        return try_trade(settings, candles, market, rules, progress=progress, inside=inside)
    if isinstance(settings, SignalSettings):
        raise BacktestRefused((Problem("kind", said("signal_no_backtest")),))
    assert isinstance(settings, DcaSettings), f"no backtest for {settings.kind} bots"
    settings = settings.model_copy(update={"pairs": (market.symbol,)})
    kind = KINDS[settings.kind]
    bot = kind.make_bot(BotIdentity(1), settings, {market.symbol: market})
    if problems := _sized_without_balance(settings, rules):
        raise BacktestRefused(problems)
    preview = make_preview(settings, market, exact(candles.open[0]), Sizing(free=rules.balance or ZERO))
    if problems := tuple(problem for problem in preview.problems if problem.is_block):
        raise BacktestRefused(problems)
    return run_backtest(
        bot,
        candles,
        market,
        rules,
        name=settings.name,
        direction=settings.direction,
        funds=preview.funds,
        progress=progress,
        before=before,
        inside=inside,
    )


def _sized_without_balance(settings: DcaSettings, rules: BacktestRules) -> tuple[Problem, ...]:
    if rules.balance is not None:
        return ()
    sized = (
        ("base_order.volume_unit", settings.base_order.volume_unit),
        ("safety_orders.volume_unit", settings.safety_orders.volume_unit if settings.safety_orders.count else "quote"),
    )
    return tuple(Problem(place, said("percent_needs_balance")) for place, unit in sized if unit == "percent")
