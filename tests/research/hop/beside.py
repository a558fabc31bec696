"""A few candles played by the hop, beside the core."""

from collections import Counter
from decimal import Decimal
from typing import Any

import numpy as np

from desktop_app.core.columns import Candles
from desktop_app.core.market import Market
from desktop_app.core.order import Role
from desktop_app.research.backtest import BacktestRules
from tests.research.hop.agreement import difference, hopped, price_of
from tests.research.kernel.dca_agreement import DcaCase

D = Decimal
START, MINUTE = 1_700_000_040_000, 60_000
PLAIN = {"name": "a bot", "account": "demo", "pairs": ["BTC/USDT"], "base_order": {"volume": D(100)}}
SAFETY = {"volume": D(50), "price_deviation": D(1), "max_count": 3}
Bars = list[tuple[float, float, float, float]]


def case_of(
    bars: Bars,
    *,
    tick: str = "0.01",
    lot: str = "0.0001",
    fee: str = "0",
    through: int = 0,
    slippage: str = "0",
    least: str = "0",
    missing_after: int | None = None,
    **changes: Any,
) -> DcaCase:
    given = PLAIN | {"take_profit": {"percent": D(50)}} | changes
    minutes = [k if missing_after is None or k <= missing_after else k + 10 for k in range(len(bars))]
    at = START + MINUTE * np.array(minutes, dtype=np.int64)
    opens, highs, lows, closes = (np.array([bar[k] for bar in bars]) for k in range(4))
    market = Market("BTC/USDT", "BTC", "USDT", D(tick), D(lot), D(0), D(least), D(fee), D(fee) * 2)
    rules = BacktestRules(MINUTE, slippage_percent=D(slippage), fill_through=through)
    return DcaCase(0, given, Candles(at, opens, highs, lows, closes, np.ones(len(bars))), market, rules)


def played(bars: Bars, **changes: Any) -> list[tuple[Role, int, Decimal, int]]:
    """(role, number, price, candle) of each trade; fails where the core says anything else."""
    case = case_of(bars, **changes)
    seen: Counter[str] = Counter()
    assert difference(case, seen) == ""
    assert seen["compared"] == 1, seen
    plan, log = hopped(case)
    return [(trade.role, trade.number, price_of(trade, plan), trade.candle) for trade in log.trades]


def flat(price: float) -> tuple[float, float, float, float]:
    return (price, price, price, price)


def mirrored(bars: Bars) -> Bars:
    """The same candles upside down about 100."""
    return [(200 - o, 200 - low, 200 - high, 200 - c) for o, high, low, c in bars]
