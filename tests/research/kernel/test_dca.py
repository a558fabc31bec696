"""The kernel against the core: the same deals, the same fills, on random candles and settings."""

import random
from collections import Counter
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from desktop_app.core.columns import Candles
from desktop_app.core.market import FeeCurrency, Market
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.kernel.columns import make_columns
from desktop_app.research.kernel.dca import (
    BeyondKernel,
    KernelDeal,
    KernelFill,
    KernelResult,
    LadderRefused,
    run_dca,
)
from desktop_app.research.kernel.trial import is_covered
from tests.research.agreement import is_valid, product
from tests.research.kernel.dca_agreement import difference as difference_of
from tests.research.kernel.dca_agreement import make_cases
from tests.research.random_cases import Case, make_case

D = Decimal
CLOSE_ENOUGH = D("1e-18")


def kernel(case: Case) -> KernelResult | None:
    """None: it refuses this ladder."""
    rules = case.rules
    currency = FeeCurrency.RECEIVED if rules.in_coins else FeeCurrency.QUOTE
    market = Market(
        "BTC/USDT", "BTC", "USDT", rules.tick, rules.lot, rules.min_amount, rules.min_cost, rules.maker, rules.taker,
        currency,
    )  # fmt: skip
    settings = DcaSettings.model_validate(case.settings)
    opens, highs, lows, closes = (np.array([float(bar[k]) for bar in case.bars]) for k in range(1, 5))
    at = np.array([bar.at for bar in case.bars], dtype=np.int64)
    candles = Candles(at, opens, highs, lows, closes, np.ones(len(at)))
    columns = make_columns(candles, 1 if settings.direction == "long" else -1, market.price_tick)
    play = BacktestRules(rules.timeframe, slippage_percent=rules.slippage, fill_through=rules.through)
    try:
        return run_dca(settings, columns, market, play)
    except LadderRefused:
        return None


def is_same_fill(fill: KernelFill, order: dict[str, Any]) -> bool:
    names = (fill.role, fill.index, fill.side, fill.type, fill.at)
    is_priced = abs(fill.price - D(order["price"])) <= CLOSE_ENOUGH * max(D(1), fill.price)
    named = tuple(order[name] for name in ("role", "index", "side", "type", "filled_at"))
    return is_priced and fill.amount == D(order["amount"]) and names == named


def difference(deal: KernelDeal, fills: list[KernelFill], theirs: dict[str, Any]) -> str:
    named = tuple(theirs[name] for name in ("status", "opened_at", "closed_at", "safety_orders_filled"))
    if named != (deal.status, deal.opened_at, deal.closed_at, deal.safety_filled):
        return f"{deal} against {named}"
    if len(fills) != len(theirs["orders"]):
        return f"{len(fills)} fills against {len(theirs['orders'])}"
    for fill, order in zip(fills, theirs["orders"], strict=True):
        if not is_same_fill(fill, order):
            return f"{fill} against {order}"
    return ""


@pytest.mark.parametrize("seed", range(24))
def test_the_kernel_fills_what_the_core_fills(seed: int) -> None:
    case = make_case(random.Random(seed + 40_000), most=40)
    if not is_valid(case):
        return
    theirs = product(case)
    try:
        mine = kernel(case)
    except BeyondKernel:
        return  # said openly: the core runs such a case
    if theirs is None:
        return  # refused before anything runs, or by its first bad order
    assert mine is not None
    assert len(mine.deals) == len(theirs)
    for deal, other in zip(mine.deals, theirs, strict=True):
        assert not difference(deal, [fill for fill in mine.fills if fill.deal == deal.number], other)
    closed = sum((D(deal["profit_quote"]) for deal in theirs if deal["closed_at"] is not None), D(0))
    assert mine.profit == pytest.approx(float(closed), rel=1e-12, abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_bots_of_all_kinds_agree_on_candles_of_mean_shapes(seed: int) -> None:
    seen: Counter[str] = Counter()
    for case in make_cases(seed + 500, most=20):
        assert difference_of(case, seen) == "", case
    assert seen["compared"]


def test_what_the_kernel_does_not_know_it_says() -> None:
    settings: dict[str, Any] = {
        "name": "a bot",
        "account": "demo",
        "pairs": ["BTC/USDT"],
        "base_order": {"volume": "10", "volume_unit": "percent"},
        "take_profit": {"percent": "1"},
    }
    rules = BacktestRules(60_000)
    assert not is_covered(DcaSettings.model_validate(settings), rules)
    settings["base_order"] = {"volume": "10"}
    assert is_covered(DcaSettings.model_validate(settings), rules)
    assert not is_covered(DcaSettings.model_validate(settings), BacktestRules(60_000, balance=D(1000)))
    assert not is_covered(DcaSettings.model_validate(settings), BacktestRules(60_000, volume_share_percent=D(10)))
