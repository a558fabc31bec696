"""A few candles played to a grid by the hop, beside the core."""

from collections import Counter
from decimal import Decimal
from typing import Any

import numpy as np

from desktop_app.core.columns import Candles
from desktop_app.core.market import FeeCurrency, Market
from desktop_app.core.order import Role, Side
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.hop.columns import make_columns
from desktop_app.research.hop.grid_trial import hop_over
from tests.research.hop.beside import MINUTE, START, Bars
from tests.research.hop.grid_agreement import difference, hop_lines

D = Decimal
FIVE = {"lower": "98", "upper": "102", "lines": 5, "volume_per_line": "1000"}
Shown = tuple[Side, int | Role, Decimal, Decimal, int]  # side, line or role, price, amount, candle


def settings_of(**changes: Any) -> GridSettings:
    grid = {name: value for name, value in (FIVE | changes).items() if value is not None}
    return GridSettings.model_validate({"name": "a grid", "account": "demo", "pairs": ["BTC/USDT"], "grid": grid})


def candles_of(bars: Bars, missing_after: int | None = None) -> Candles:
    minutes = [k if missing_after is None or k <= missing_after else k + 3000 for k in range(len(bars))]
    opens, highs, lows, closes = (np.array([bar[k] for bar in bars]) for k in range(4))
    return Candles(START + MINUTE * np.array(minutes, dtype=np.int64), opens, highs, lows, closes, np.ones(len(bars)))


def market_of(tick: str = "0.01", lot: str = "0.001", fee: str = "0", *, in_coins: bool = False) -> Market:
    currency = FeeCurrency.RECEIVED if in_coins else FeeCurrency.QUOTE
    return Market("BTC/USDT", "BTC", "USDT", D(tick), D(lot), D(0), D(0), D(fee), D(fee) * 2, currency)


def played(
    bars: Bars,
    *,
    tick: str = "0.01",
    lot: str = "0.001",
    fee: str = "0",
    in_coins: bool = False,
    through: int = 0,
    slippage: str = "0",
    missing_after: int | None = None,
    **changes: Any,
) -> list[Shown]:
    """The trades; fails where the core says anything else."""
    market, candles = market_of(tick, lot, fee, in_coins=in_coins), candles_of(bars, missing_after)
    rules = BacktestRules(MINUTE, slippage_percent=D(slippage), fill_through=through)
    settings, seen = settings_of(**changes), Counter[str]()
    assert difference(settings, candles, market, rules, seen) == ""
    assert seen["compared"] == 1, seen
    hopped = hop_over(settings.grid, make_columns(candles, 1, D("0.00000001")), market, rules)
    assert hopped is not None
    lines = hop_lines(hopped.run) if hopped.run is not None else []
    return [
        (side, line if role is Role.GRID else role, price, amount, candle)
        for candle, role, line, side, price, amount in lines
    ]
