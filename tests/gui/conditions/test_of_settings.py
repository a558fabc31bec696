"""Which conditions a bot has."""

from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.gui.conditions.of_settings import groups_of
from desktop_app.gui.conditions.verdict import PURPOSES

RSI = {"indicator": "rsi", "timeframe": "15m", "trigger": "crosses_below", "value": 30}


def test_every_condition_of_a_bot_has_a_purpose_that_can_be_said() -> None:
    settings = DcaSettings.model_validate(
        {
            "name": "x", "account": "y", "pairs": ["BTC/USDT"], "base_order": {"volume": 20},
            "safety_orders": {"volume": 20, "price_deviation": 1, "max_count": 2, "on_conditions": {"any": [RSI]}},
            "take_profit": {"percent": 1}, "start": {"mode": "conditions", "all": [RSI]},
        }
    )  # fmt: skip
    groups = groups_of(settings)
    assert set(groups) == set(PURPOSES)
    assert {path for path, group in groups.items() if group is not None} == {
        "start.conditions", "safety_orders.on_conditions",
    }  # fmt: skip
