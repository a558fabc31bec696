"""Small backtests, to be shown, kept and exported."""

from decimal import Decimal
from pathlib import Path

import numpy as np

from desktop_app.core.columns import Candles
from desktop_app.core.market import Market
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.past import Source, keep
from desktop_app.research.portfolio import Member
from desktop_app.research.portfolio_run import PairOrder, PortfolioOrder
from desktop_app.research.trial_run import Outcome, TrialOrder, run_trial
from desktop_app.research.worker import Reporter

_COUNT, _MINUTE, _START = 2000, 60_000, 1_700_000_040_000
STARTER = DcaSettings.model_validate(
    {
        "name": "BTC starter",
        "account": "Paper wallet",
        "pairs": ["BTC/USDT"],
        "base_order": {"volume": "20.50"},
        "safety_orders": {"volume": "20", "price_deviation": "1", "max_count": 3},
        "take_profit": {"percent": "1"},
    }
)


RULES = BacktestRules(_MINUTE, fee_percent=Decimal("0.1"), fill_through=1, balance=Decimal(1000))


def small_outcome(folder: Path) -> Outcome:
    """Two thousand minutes and a bot that trades in them."""
    pair = _pair(folder, "BTC/USDT", 11)
    order = TrialOrder(STARTER, pair.market, RULES, folder, pair.source, _START, _START + _COUNT * _MINUTE, folder)
    outcome = run_trial(Reporter(), order)
    assert isinstance(outcome, Outcome)
    return outcome


def small_portfolio(folder: Path) -> PortfolioOrder:
    """The same bot, and another one of two pairs, over one balance."""
    second = STARTER.model_copy(update={"name": "Two coins", "pairs": ("ETH/USDT", "BTC/USDT")})
    pairs = (_pair(folder, "BTC/USDT", 11), _pair(folder, "ETH/USDT", 12))
    members = (Member(STARTER, ("BTC/USDT",)), Member(second, ("ETH/USDT", "BTC/USDT")))
    return PortfolioOrder(members, pairs, RULES, folder, _START, _START + _COUNT * _MINUTE)


def _pair(folder: Path, symbol: str, seed: int) -> PairOrder:
    rng = np.random.default_rng(seed)
    closes = np.round(60_000 * np.exp(np.cumsum(rng.standard_normal(_COUNT)) * 0.002), 2)
    opens = np.concatenate((closes[:1], closes[:-1]))
    at = _START + np.arange(_COUNT, dtype=np.int64) * _MINUTE
    high, low = np.maximum(opens, closes) + 5, np.minimum(opens, closes) - 5
    source = Source("binance", symbol, "1m")
    keep(folder, source, Candles(at, opens, high, low, closes, np.ones(_COUNT)))
    return PairOrder(Market(symbol, symbol.partition("/")[0], "USDT", Decimal("0.01"), Decimal("0.00001")), source)
