"""Which settings a kernel knows all about: for the rest only the core is asked. Needs no compiler to say so."""

from collections.abc import Iterator
from dataclasses import fields
from functools import cache

from pydantic import BaseModel

from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.research.backtest import BacktestRules

_RULE_NAMES = "timeframe_ms fee_percent fee_currency slippage_percent fill_through"
_DCA_NAMES = (
    "kind name account pairs direction profit_currency reinvest_percent reinvest_mode risk_reduction_percent "
    "base_order.volume base_order.volume_unit base_order.type "
    "safety_orders.volume safety_orders.volume_unit safety_orders.price_deviation safety_orders.step_scale "
    "safety_orders.volume_scale safety_orders.max_count safety_orders.max_active safety_orders.custom.deviation "
    "safety_orders.custom.volume take_profit.basis take_profit.percent take_profit.steps.percent "
    "take_profit.steps.share take_profit.trailing_deviation stop_loss.percent stop_loss.basis stop_loss.trailing "
    "stop_loss.timeout_seconds stop_loss.breakeven_after stop_loss.then start.mode limits.max_active_deals "
    "limits.max_deals_per_pair limits.cooldown_seconds limits.min_price limits.max_price limits.stop_after_deals "
    "limits.close_after_seconds limits.start_delay_seconds"
)
_SMART_NAMES = (
    "kind name account pairs trade amount unit note take_profit.steps.percent take_profit.steps.share "
    "take_profit.trailing_deviation stop_loss.percent stop_loss.trailing stop_loss.timeout_seconds "
    "stop_loss.breakeven_after"
)
_RULES = frozenset(_RULE_NAMES.split())
_DCA = frozenset(_DCA_NAMES.split())
_SMART = frozenset(_SMART_NAMES.split())


def is_dca_covered(settings: DcaSettings, rules: BacktestRules) -> bool:
    """Whether the kernel knows all that is asked for; of a setting or rule that it never heard of it does not."""
    units = (settings.base_order.volume_unit, settings.safety_orders.volume_unit)
    limits = settings.limits
    return (
        are_rules_known(rules)
        and "percent" not in units
        and settings.profit_currency == "quote"
        and settings.start.mode == "asap"
        and limits.max_deals_per_pair == limits.max_active_deals == 1
        and is_only_set(settings, _DCA)
    )


def is_smart_covered(settings: SmartTradeSettings, rules: BacktestRules) -> bool:
    """A trade that gets in at market and whose exits are percents is a DCA bot's one deal without a ladder."""
    return (
        are_rules_known(rules)
        and settings.trade in ("trade", "cover")
        and settings.unit != "percent"
        and is_only_set(settings, _SMART)
    )


def are_rules_known(rules: BacktestRules) -> bool:
    return all(getattr(rules, name) == default for name, default in _other_rules())


@cache
def _other_rules() -> tuple[tuple[str, object], ...]:
    return tuple((field.name, field.default) for field in fields(BacktestRules) if field.name not in _RULES)


def is_only_set(settings: BaseModel, known: frozenset[str], place: str = "") -> bool:
    """Whether all that differs from its default has one of these dotted names."""
    others = _others(type(settings), known, place)
    for name in settings.model_fields_set & others.keys():
        default, dotted = others[name]
        value = getattr(settings, name)
        if isinstance(value, BaseModel):
            if not is_only_set(value, known, dotted):
                return False
        elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            if not all(is_only_set(part, known, dotted) for part in value):
                return False
        elif value != default:
            return False
    return True


@cache
def _others(kind: type[BaseModel], known: frozenset[str], place: str) -> dict[str, tuple[object, str]]:
    """(default, dotted name) of every field of this kind that is not among them itself."""
    found = {name: (info.default, f"{place}.{name}" if place else name) for name, info in kind.model_fields.items()}
    return {name: one for name, one in found.items() if one[1] not in known}


def set_names(value: object, place: str = "") -> Iterator[str]:
    """Dotted names of what differs from its default."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from set_names(part, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list | tuple) and any(isinstance(part, dict) for part in value):
        for part in value:
            yield from set_names(part, place)
    else:
        yield place
