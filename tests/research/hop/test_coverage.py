"""What the hop does not know it says."""

from decimal import Decimal
from typing import Any

import pytest

from desktop_app.core.market import FeeCurrency, Market
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.hop.coverage import is_hop_covered
from tests.research.hop.beside import PLAIN, SAFETY

D = Decimal
MARKET = Market("BTC/USDT", "BTC", "USDT")
RULES = BacktestRules(60_000)
RISING = {
    "all": [{"indicator": "price_change", "timeframe": "1m", "trigger": "greater_than", "value": 0}],
}
GIVEN = PLAIN | {"take_profit": {"percent": D(1)}, "safety_orders": SAFETY}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"direction": "short"},
        {"take_profit": {"percent": D(1), "trailing_deviation": D("0.5")}},
        {"safety_orders": {"custom": [{"deviation": D(-1), "volume": D(20)}]}},
        {"stop_loss": {"percent": D(5), "basis": "average", "then": "stop_bot"}},
        {"limits": {"cooldown_seconds": 60, "stop_after_deals": 3, "close_after_seconds": 600}},
        {"reinvest_percent": D(50), "reinvest_mode": "equal"},
        {"start": {"mode": "conditions"} | RISING, "limits": {"on_conditions": RISING, "min_price": D(90)}},
    ],
)
def test_plain_bots_are_covered(changes: dict[str, Any]) -> None:
    assert is_hop_covered(DcaSettings.model_validate(GIVEN | changes), MARKET, RULES)


@pytest.mark.parametrize(
    "changes",
    [
        {"base_order": {"volume": D(10), "volume_unit": "percent"}},
        {"base_order": {"volume": D(100), "type": "limit"}},
        {"take_profit": {"steps": [{"percent": D(1), "share": D(50)}, {"percent": D(2), "share": D(50)}]}},
        {"safety_orders": {"custom": [{"deviation": D(1), "volume": D(20)}]}},
        {"stop_loss": {"percent": D(5), "trailing": True}},
        {"stop_loss": {"percent": D(5), "timeout_seconds": 60}},
        {"start": {"mode": "signal"}},
        {"limits": {"max_active_deals": 2, "max_deals_per_pair": 2}},
        {"take_profit": {"percent": D(1), "on_conditions": RISING}},
        {"safety_orders": SAFETY | {"on_conditions": RISING}},
    ],
)
def test_what_the_hop_does_not_know_it_says(changes: dict[str, Any]) -> None:
    assert not is_hop_covered(DcaSettings.model_validate(GIVEN | changes), MARKET, RULES)


def test_rules_and_bots_of_other_kinds_are_left_to_the_core() -> None:
    settings = DcaSettings.model_validate(GIVEN)
    assert not is_hop_covered(settings, MARKET, BacktestRules(60_000, balance=D(1000)))
    assert not is_hop_covered(settings, MARKET, BacktestRules(60_000, volume_share_percent=D(10)))
    assert not is_hop_covered(settings, MARKET, BacktestRules(60_000, fee_currency=FeeCurrency.RECEIVED))
    trade = {"name": "Trade", "account": "demo", "pairs": ["BTC/USDT"], "trade": "trade", "amount": "1", "unit": "base"}
    assert not is_hop_covered(SmartTradeSettings.model_validate(trade), MARKET, RULES)


def test_of_grids_all_is_known_but_coins_that_are_there_and_pauses() -> None:
    given: dict[str, Any] = {"lower": "90", "upper": "110", "lines": 5, "volume_per_line": "50", "trailing_up": True}

    def is_known(**changes: Any) -> bool:
        bot = {"name": "Grid", "account": "demo", "pairs": ["BTC/USDT"], "grid": given | changes}
        return is_hop_covered(GridSettings.model_validate(bot), MARKET, RULES)

    assert is_known() and is_known(stop_below={"price": "80"}, take_profit_percent="3", max_active_buy_lines=2)
    assert not is_known(pump_protection_percent="5")
    assert not is_known(trailing_down=True, max_active_sell_lines=2)
