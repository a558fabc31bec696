"""What the tests of a search share: a swinging price, a bot, a small space."""

from decimal import Decimal
from typing import Any

import numpy as np

from desktop_app.core.columns import Candles
from desktop_app.core.market import Market
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.optimiser import optimise
from desktop_app.research.report import Summary
from desktop_app.research.search import Found, Search, Trial
from desktop_app.research.space import Point, Space, read_space

D = Decimal
MARKET = Market("BTC/USDT", "BTC", "USDT")
RULES = BacktestRules(60_000)
SETTINGS = DcaSettings.model_validate(
    {
        "name": "a bot",
        "account": "demo",
        "pairs": ["BTC/USDT"],
        "base_order": {"volume": "100"},
        "safety_orders": {"volume": "50", "price_deviation": "0.5", "max_count": 2},
        "take_profit": {"percent": "0.5"},
    }
)
SPACE = read_space(
    "[take_profit]\npercent = { low = 0.4, high = 0.8, step = 0.2 }\n"
    "[safety_orders]\nmax_count = { values = [1, 2] }\nmax_active = { values = [1, 2] }\n"
)


def candles(count: int = 240) -> Candles:
    """A price that swings by about 3 % every hour."""
    middle = 100 + 3 * np.sin(np.arange(count + 1) / 9.5)
    opens, closes = np.round(middle[:-1], 2), np.round(middle[1:], 2)
    highs, lows = np.maximum(opens, closes) + 0.05, np.minimum(opens, closes) - 0.05
    at = 1_700_000_040_000 + np.arange(count, dtype=np.int64) * 60_000
    return Candles(at, opens, np.round(highs, 2), np.round(lows, 2), closes, np.ones(count))


def search(space: Space = SPACE, **changes: Any) -> Search:
    return Search(space, **changes)


def found(one: Search) -> Found:
    return optimise(SETTINGS, candles(), MARKET, RULES, one)


def summary(**changes: Any) -> Summary:
    """Of a run in which little happened."""
    numbers: dict[str, Any] = dict.fromkeys(Summary.__dataclass_fields__)
    for name in ("profit_quote", "unrealised_quote", "fees_quote", "profit_percent", "max_drawdown_percent"):
        numbers[name] = D(1)
    numbers |= {"deals_closed": 3, "deals_open": 0, "max_funds_quote": D(100), "max_safety_orders_used": 0}
    return Summary(**{**numbers, **changes})


def trial(score: float, *scores: float, point: Point | None = None, **changes: Any) -> Trial:
    values = point or Point((("a", D(repr(score))), *((f"b{k}", D(repr(one))) for k, one in enumerate(scores))))
    return Trial(values, summary(), None, (score, *scores), **changes)
