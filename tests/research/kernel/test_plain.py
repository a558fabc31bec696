"""Which bots are plain, and that their deals are played as such: slower ways to the same fills would go unnoticed."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from desktop_app.core.columns import Candles
from desktop_app.core.market import Market
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.kernel import layout, plain
from desktop_app.research.kernel.columns import Columns, make_columns
from desktop_app.research.kernel.dca import make_run
from desktop_app.research.kernel.dca_table import ladder_rows, make_terms
from desktop_app.research.kernel.formulas import Run
from desktop_app.research.kernel.memory import Block

D = Decimal
MARKET = Market("BTC/USDT", "BTC", "USDT", D("0.01"), D("0.0001"), D(0), D(0), D(0), D(0))
GIVEN: dict[str, Any] = {
    "name": "a bot",
    "account": "demo",
    "pairs": ["BTC/USDT"],
    "base_order": {"volume": "100"},
    "safety_orders": {"volume": "50", "price_deviation": "1", "max_count": 3},
    "take_profit": {"percent": "2"},
}


def columns_of(*closes: float) -> Columns:
    close = np.array(closes)
    opens = np.concatenate([close[:1], close[:-1]])
    at = 1_700_000_040_000 + np.arange(len(close), dtype=np.int64) * 60_000
    highs, lows = np.maximum(opens, close), np.minimum(opens, close)
    return make_columns(Candles(at, opens, highs, lows, close, np.ones(len(close))), 1, MARKET.price_tick)


def run_of(columns: Columns, **changes: Any) -> Block[Run]:
    settings = DcaSettings.model_validate(GIVEN | changes)
    terms = make_terms(columns.digits, MARKET, BacktestRules(60_000))
    return make_run(settings, terms, ladder_rows(settings, terms))


@pytest.mark.parametrize(
    "changes",
    [
        {"stop_loss": {"percent": "20"}},
        {"take_profit": {"percent": "2", "trailing_deviation": "1"}},
        {"take_profit": {"steps": [{"percent": "1", "share": "50"}, {"percent": "2", "share": "50"}]}},
        {"base_order": {"volume": "100", "type": "limit"}},
        {"limits": {"close_after_seconds": 600}},
        {"limits": {"max_price": "100000"}},
        {"safety_orders": {"custom": [{"deviation": "1", "volume": "50"}]}},
        {"safety_orders": {"custom": [{"deviation": "-2", "volume": "50"}, {"deviation": "-1", "volume": "50"}]}},
    ],
)
def test_a_bot_that_asks_for_more_than_a_ladder_and_a_target_is_not_plain(changes: dict[str, Any]) -> None:
    columns = columns_of(100, 101)
    assert plain.is_plain(run_of(columns).handle)
    assert not plain.is_plain(run_of(columns, **changes).handle)


def test_a_plain_bots_deals_are_played_up_to_the_one_that_is_not_over() -> None:
    columns = columns_of(100, 103, 101, 105, 105, 104)
    block = run_of(columns)
    following = plain.play_deals(block.handle, columns.at, *columns.index, 0, 1000, 1000)
    assert following == 4
    assert block.run.state[layout.DEALS] == block.run.state[layout.DEALS_CLOSED] == 2
    assert block.run.fills[:5, layout.FILL_CANDLE].tolist() == [0, 1, 2, 2, 3]
    assert block.run.state[layout.FILLS] == 5
