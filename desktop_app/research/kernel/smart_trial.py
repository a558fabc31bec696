"""A smart trade's settings tried by the kernel that plays DCA bots, refused where the core would refuse them."""

from decimal import Decimal

from desktop_app.core.columns import Candles, exact
from desktop_app.core.deal import Direction
from desktop_app.core.ladder import Sizing
from desktop_app.core.market import ZERO, Market
from desktop_app.core.preview import Problem, least_volume
from desktop_app.core.risk_reward import weigh
from desktop_app.core.said import said
from desktop_app.core.strategies.dca_settings import DcaSettings, Start
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.research.backtest import BacktestRefused, BacktestRules
from desktop_app.research.kernel.coverage import is_smart_covered
from desktop_app.research.kernel.dca_batch import Bot
from desktop_app.research.kernel.dca_candles import dca_candles
from desktop_app.research.kernel.dca_table import ladder_rows, make_terms
from desktop_app.research.kernel.dca_trial import summaries_of
from desktop_app.research.report import Summary
from desktop_app.research.whole_prices import NotWhole


def try_compiled_smart(
    settings: SmartTradeSettings, candles: Candles, market: Market, rules: BacktestRules
) -> Summary | None:
    """The summary of this run; None where only the core can make it.

    Raises:
        BacktestRefused: so would the core.
    """
    if not is_smart_covered(settings, rules):
        return None
    market = rules.applied_to(market)
    funds = _checked(settings, market, exact(candles.open[0]))
    try:
        kept = dca_candles(candles, 1 if settings.direction is Direction.LONG else -1, market.price_tick)
    except NotWhole:
        return None
    bot, terms = one_deal(settings), make_terms(kept.columns.digits, market, rules)
    return summaries_of((Bot(bot, ladder_rows(bot, terms), float(funds)),), kept, terms)[0]


def one_deal(settings: SmartTradeSettings) -> DcaSettings:
    """The trade as the bot that makes this one deal at once."""
    return settings.plan.model_copy(update={"start": Start(mode="asap")})


def _checked(settings: SmartTradeSettings, market: Market, price: Decimal) -> Decimal:
    """What it costs; research/trade_trial refuses the same trades."""
    shown = weigh(settings, market, price, Sizing(free=ZERO))
    if market.is_too_small(shown.amount, shown.entry):
        least = least_volume(market, shown.entry)
        cost = shown.amount * shown.entry
        reason = said("order_too_small", index=0, cost=cost, least=least, pair=market.symbol)
        raise BacktestRefused((Problem("amount", reason),))
    return shown.cost
