"""From a smart trade's settings to its backtest."""

from dataclasses import replace
from decimal import Decimal

from desktop_app.core.client_id import BotIdentity
from desktop_app.core.columns import Candles, exact
from desktop_app.core.deal import Direction
from desktop_app.core.ladder import Sizing
from desktop_app.core.market import ZERO, Market
from desktop_app.core.order import Fill
from desktop_app.core.preview import Problem, least_volume
from desktop_app.core.risk_reward import weigh
from desktop_app.core.said import said
from desktop_app.core.strategies.smart import SmartTradeBot
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.research.backtest import (
    BacktestRefused,
    BacktestResult,
    BacktestRules,
    Inside,
    Progress,
    Trade,
    run_backtest,
)


def try_trade(
    settings: SmartTradeSettings,
    candles: Candles,
    market: Market,
    rules: BacktestRules,
    *,
    progress: Progress | None = None,
    inside: Inside | None = None,
) -> BacktestResult:
    """Backtest a smart trade. `market` already has the fees of the run.

    Raises:
        BacktestRefused: a size in percent without a balance, an amount under the market's minimum.
    """
    settings = settings.model_copy(update={"pairs": (market.symbol,)})
    if settings.unit == "percent" and rules.balance is None:
        raise BacktestRefused((Problem("unit", said("percent_needs_balance")),))
    first = exact(candles.open[0])
    shown = weigh(settings, market, first, Sizing(free=rules.balance or ZERO))
    worth = first if settings.takes_over else shown.entry
    if market.is_too_small(shown.amount, worth):
        least = least_volume(market, worth)
        cost = shown.amount * worth
        reason = said("order_too_small", index=0, cost=cost, least=least, pair=market.symbol)
        raise BacktestRefused((Problem("amount", reason),))
    result = run_backtest(
        SmartTradeBot(BotIdentity(1), settings, {market.symbol: market}),
        candles,
        market,
        rules,
        name=settings.name,
        direction=settings.direction,
        funds=shown.cost,
        progress=progress,
        inside=inside,
        coins=_coins(settings, shown.amount, rules),
    )
    if not settings.takes_over or not result.deals:
        return result
    return replace(result, trades=(_taken_over(settings, shown.amount), *result.trades))


def _coins(settings: SmartTradeSettings, amount: Decimal, rules: BacktestRules) -> Decimal:
    """What must be there to be sold."""
    is_sold = settings.trade == "hold" or (settings.direction is Direction.SHORT and not settings.takes_over)
    return amount if is_sold and rules.balance is not None and settings.unit == "base" else ZERO


def _taken_over(settings: SmartTradeSettings, amount: Decimal) -> Trade:
    """What was traded before the run, so that its curves begin with what the trade holds."""
    assert settings.price_paid is not None
    return Trade(0, 1, "", settings.direction.entry, Fill("", settings.price_paid, amount))
