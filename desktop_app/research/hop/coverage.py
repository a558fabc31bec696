"""Which settings the hop knows all about: a ladder below one target that may trail, with a plain stop loss at most,
and of grids what a kernel knows."""

from desktop_app.core.ladder import planned
from desktop_app.core.market import FeeCurrency, Market
from desktop_app.core.settings import Settings
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.kernel.coverage import are_rules_known, is_only_set
from desktop_app.research.kernel.grid_coverage import is_grid_covered

_NAMES = (
    "kind name account pairs direction reinvest_percent reinvest_mode risk_reduction_percent base_order.volume "
    "base_order.volume_unit safety_orders.volume safety_orders.volume_unit safety_orders.price_deviation "
    "safety_orders.step_scale safety_orders.volume_scale safety_orders.max_count safety_orders.max_active "
    "safety_orders.custom.deviation safety_orders.custom.volume take_profit.basis take_profit.percent "
    "take_profit.trailing_deviation stop_loss.percent stop_loss.basis stop_loss.then start.mode "
    "limits.max_active_deals limits.max_deals_per_pair limits.cooldown_seconds limits.stop_after_deals "
    "limits.close_after_seconds limits.start_delay_seconds limits.min_price limits.max_price "
    "limits.on_conditions start.all start.any"
)
_KNOWN = frozenset(_NAMES.split())


def is_hop_covered(settings: Settings, market: Market, rules: BacktestRules) -> bool:
    """Whether the hop knows all that is asked for; of a setting that it never heard of it does not.

    `market` is the pair's, without the fees of the run.
    """
    if isinstance(settings, GridSettings):
        return is_grid_covered(settings, rules)
    if not isinstance(settings, DcaSettings):
        return False
    units = (settings.base_order.volume_unit, settings.safety_orders.volume_unit)
    limits = settings.limits
    return (
        are_rules_known(rules)
        and rules.applied_to(market).fee_currency is FeeCurrency.QUOTE
        and "percent" not in units
        and settings.start.mode in ("asap", "conditions")
        and settings.take_profit.percent is not None
        and limits.max_deals_per_pair == limits.max_active_deals == 1
        and _do_all_average(settings)
        and is_only_set(settings, _KNOWN)
    )


def _do_all_average(settings: DcaSettings) -> bool:
    """Whether no rung waits on the side of the profit, to be bought at market."""
    is_long = settings.direction == "long"
    return all((deviation < 0) is is_long for _, deviation, _ in planned(settings.safety_orders, settings.direction))
