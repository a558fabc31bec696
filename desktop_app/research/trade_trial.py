"""From a smart trade's settings to a trade that can run over the past."""

from decimal import Decimal

from desktop_app.core.client_id import BotIdentity
from desktop_app.core.deal import Direction
from desktop_app.core.ladder import Sizing
from desktop_app.core.market import ZERO, Market
from desktop_app.core.order import Fill
from desktop_app.core.preview import Problem, least_volume
from desktop_app.core.risk_reward import weigh
from desktop_app.core.said import said
from desktop_app.core.strategies.smart import SmartTradeBot
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.research.backtest import BacktestRefused, BacktestRules, Trade
from desktop_app.research.prepared import Prepared


def prepare_trade(
    settings: SmartTradeSettings, market: Market, first: Decimal, rules: BacktestRules, who: BotIdentity
) -> Prepared:
    """`market` already has the fees of the run; `first`: the first candle's open.

    Raises:
        BacktestRefused: a size in percent without a balance, an amount under the market's minimum.
    """
    settings = settings.model_copy(update={"pairs": (market.symbol,)})
    if settings.unit == "percent" and rules.balance is None:
        raise BacktestRefused((Problem("unit", said("percent_needs_balance")),))
    shown = weigh(settings, market, first, Sizing(free=rules.balance or ZERO))
    worth = first if settings.takes_over else shown.entry
    if market.is_too_small(shown.amount, worth):
        least = least_volume(market, worth)
        cost = shown.amount * worth
        reason = said("order_too_small", index=0, cost=cost, least=least, pair=market.symbol)
        raise BacktestRefused((Problem("amount", reason),))
    return Prepared(
        bot=SmartTradeBot(who, settings, {market.symbol: market}),
        name=settings.name,
        funds=shown.cost,
        direction=settings.direction,
        coins=_coins(settings, shown.amount, rules),
        taken_over=_taken_over(settings, shown.amount) if settings.takes_over else None,
    )


def _coins(settings: SmartTradeSettings, amount: Decimal, rules: BacktestRules) -> Decimal:
    """What must be there to be sold."""
    is_sold = settings.trade == "hold" or (settings.direction is Direction.SHORT and not settings.takes_over)
    return amount if is_sold and rules.balance is not None and settings.unit == "base" else ZERO


def _taken_over(settings: SmartTradeSettings, amount: Decimal) -> Trade:
    """What was traded before the run, so that its curves begin with what the trade holds."""
    assert settings.price_paid is not None
    return Trade(0, 1, "", settings.direction.entry, Fill("", settings.price_paid, amount))
