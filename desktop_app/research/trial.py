"""From a bot's settings to a backtest: what is refused beforehand, and the bot that runs."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from desktop_app.core.client_id import BotIdentity
from desktop_app.core.columns import Candles, exact
from desktop_app.core.ladder import Sizing
from desktop_app.core.market import ZERO, Market
from desktop_app.core.preview import Problem, make_preview
from desktop_app.core.said import said
from desktop_app.core.settings import Settings
from desktop_app.core.strategies import KINDS
from desktop_app.research.backtest import BacktestRefused, BacktestResult, BacktestRules, Inside, Progress
from desktop_app.research.prepared import Prepared

if TYPE_CHECKING:
    from desktop_app.core.strategies.dca_settings import DcaSettings

_ALONE = BotIdentity(1)


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
    ready = prepare(settings, {market.symbol: market}, {market.symbol: exact(candles.open[0])}, rules)
    return ready.run(candles, market, rules, progress=progress, before=before, inside=inside)


def prepare(
    settings: Settings,
    markets: Mapping[str, Market],
    first: Mapping[str, Decimal],
    rules: BacktestRules,
    who: BotIdentity = _ALONE,
) -> Prepared:
    """A bot for all pairs of `markets`, which have the fees of the run; `first`: their first opens.

    Raises:
        BacktestRefused: sizes in percent without a balance, an order under the market's minimum.
    """
    if settings.kind == "signal":
        raise BacktestRefused((Problem("kind", said("signal_no_backtest")),))
    if settings.kind == "dca":
        from desktop_app.core.strategies.dca_settings import DcaSettings

        assert isinstance(settings, DcaSettings)
        return _prepare_dca(settings, markets, first, rules, who)
    (market,) = markets.values()
    if settings.kind == "grid":  # each kind is imported only where it is run
        from desktop_app.core.strategies.grid_settings import GridSettings
        from desktop_app.research.grid_trial import prepare_grid

        assert isinstance(settings, GridSettings)
        return prepare_grid(settings, market, first[market.symbol], who)
    from desktop_app.core.strategies.smart_settings import SmartTradeSettings
    from desktop_app.research.trade_trial import prepare_trade

    assert isinstance(settings, SmartTradeSettings), f"no backtest for {settings.kind} bots"
    return prepare_trade(settings, market, first[market.symbol], rules, who)


def _prepare_dca(
    settings: "DcaSettings",
    markets: Mapping[str, Market],
    first: Mapping[str, Decimal],
    rules: BacktestRules,
    who: BotIdentity,
) -> Prepared:
    settings = settings.model_copy(update={"pairs": tuple(markets)})
    if problems := _sized_without_balance(settings, rules):
        raise BacktestRefused(problems)
    sizing = Sizing(free=rules.balance or ZERO)
    previews = [make_preview(settings, market, first[symbol], sizing) for symbol, market in markets.items()]
    if problems := tuple(problem for one in previews for problem in one.problems if problem.is_block):
        raise BacktestRefused(problems)
    most = settings.limits.max_active_deals
    return Prepared(
        bot=KINDS[settings.kind].make_bot(who, settings, markets),
        name=settings.name,
        # of as many pairs as may be traded at once, those that need most
        funds=sum(sorted((one.funds for one in previews), reverse=True)[:most], ZERO),
        direction=settings.direction,
    )


def _sized_without_balance(settings: "DcaSettings", rules: BacktestRules) -> tuple[Problem, ...]:
    if rules.balance is not None:
        return ()
    sized = (
        ("base_order.volume_unit", settings.base_order.volume_unit),
        ("safety_orders.volume_unit", settings.safety_orders.volume_unit if settings.safety_orders.count else "quote"),
    )
    return tuple(Problem(place, said("percent_needs_balance")) for place, unit in sized if unit == "percent")
