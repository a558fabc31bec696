"""Smart trades in the kernel against the core, and which are left to it."""

import random
from collections import Counter

import pytest

from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.kernel.trial import is_covered
from tests.research.kernel.smart_agreement import coverable, difference
from tests.research.smart_cases import is_allowed, make_case


@pytest.mark.parametrize("seed", range(5))
def test_the_kernel_trades_what_the_core_trades(seed: int) -> None:
    seen: Counter[str] = Counter()
    for number in range(8):
        case = coverable(make_case(random.Random(9000 + 10 * seed + number)))
        if is_allowed(case.settings):
            assert difference(case, seen) == "", case
    assert seen["compared"]


@pytest.mark.parametrize(
    "changes",
    [
        {"trade": "buy", "take_profit": {}, "stop_loss": {}},
        {"trade": "hold", "price_paid": "90"},
        {"entry": {"type": "limit", "price": "99"}},
        {"unit": "percent"},
        {"take_profit": {"steps": [{"price": "105", "share": "100"}]}},
        {"stop_loss": {"price": "95"}},
        {"stop_loss": {"percent": "2", "native": True}},
        {"stop_loss": {"percent": "2", "type": "limit"}},
    ],
)
def test_what_only_the_core_plays_is_left_to_it(changes: dict[str, object]) -> None:
    given: dict[str, object] = {"name": "a trade", "account": "demo", "pairs": ["BTC/USDT"]}
    given |= {"trade": "trade", "amount": "1"}
    given |= {"take_profit": {"steps": [{"percent": "1", "share": "100"}]}, "stop_loss": {"percent": "2"}}
    assert is_covered(SmartTradeSettings.model_validate(given), BacktestRules(60_000))
    assert not is_covered(SmartTradeSettings.model_validate(given | changes), BacktestRules(60_000))
