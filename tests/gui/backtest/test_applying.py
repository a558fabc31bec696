from decimal import Decimal

from desktop_app.core.strategies.dca_settings import SafetyOrders
from desktop_app.gui.backtest.applying import field_changes
from tests.gui.fake_engine import SETTINGS

D = Decimal


def test_x_07_every_field_that_differs_is_named_as_the_form_names_it() -> None:
    safety = SETTINGS.safety_orders.model_copy(update={"volume_scale": D("1.3"), "max_count": 6})
    other = SETTINGS.model_copy(update={"safety_orders": safety, "name": "Other", "account": "Elsewhere"})

    found = {change.path: change for change in field_changes(SETTINGS, other)}

    assert set(found) == {"safety_orders.volume_scale", "safety_orders.max_count"}
    scale = found["safety_orders.volume_scale"]
    assert (scale.title, scale.before, scale.after) == ("Safety orders · Volume scale", "1.5", "1.3")


def test_the_same_number_in_other_figures_is_no_change() -> None:
    profit = SETTINGS.take_profit.model_copy(update={"percent": D("1.500")})

    assert field_changes(SETTINGS, SETTINGS.model_copy(update={"take_profit": profit})) == ()


def test_lists_are_shown_whole_and_what_is_not_set_is_a_dash() -> None:
    other = SETTINGS.model_copy(update={"safety_orders": SafetyOrders(), "pairs": ("ETH/USDT",)})

    found = {change.path: change for change in field_changes(SETTINGS, other)}

    assert found["pairs"].before == '["BTC/USDT"]'
    assert found["safety_orders.volume"].after == "—"
