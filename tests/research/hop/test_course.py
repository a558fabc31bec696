"""The account's course by blocks is the one that research/curves computes candle by candle."""

from collections import Counter
from decimal import Decimal

import numpy as np
import pytest

from desktop_app.research.hop import course
from tests.research.hop.agreement import difference
from tests.research.hop.beside import MINUTE, SAFETY, Bars, case_of, flat

D = Decimal


def wave(count: int, trend: float, seed: int) -> Bars:
    dice = np.random.default_rng(seed)
    ends = np.round(100 + trend * np.arange(count + 1) + 4 * np.sin(np.arange(count + 1) / 40), 2)
    reach = np.round(dice.uniform(0, 0.4, (2, count)), 2)
    return [
        (float(a), round(float(max(a, b) + up), 2), round(float(min(a, b) - down), 2), float(b))
        for a, b, up, down in zip(ends[:-1], ends[1:], *reach, strict=True)
    ]


@pytest.mark.parametrize("count", [1, 63, 64, 65, 1000])
@pytest.mark.parametrize("direction", ["long", "short"])
@pytest.mark.parametrize("trend", [-0.04, 0.04])
def test_falls_and_days_are_those_of_the_core(count: int, direction: str, trend: float) -> None:
    case = case_of(
        wave(count, trend, count),
        fee="0.001",
        direction=direction,
        safety_orders=SAFETY,
        take_profit={"percent": D(1)},
    )
    case.candles.at[:] = case.candles.at[0] + np.arange(count) * 10 * MINUTE  # days pass sooner
    seen: Counter[str] = Counter()
    assert difference(case, seen) == "" and seen["compared"]


def test_an_account_that_owes_more_than_it_has_is_followed_too() -> None:
    case = case_of([flat(100), (100, 100, 100, 100), (100, 450, 100, 400), *wave(200, 0.5, 1)], direction="short")
    seen: Counter[str] = Counter()
    assert difference(case, seen) == "" and seen["compared"]


def test_few_rows_are_looked_at_candle_by_candle(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    equity = course.Account.equity

    def counted(self: course.Account, stretch: np.ndarray, price: np.ndarray) -> np.ndarray:
        looked.append(price.size)
        return equity(self, stretch, price)

    monkeypatch.setattr(course.Account, "equity", counted)
    case = case_of(wave(20_000, 0.0, 3), take_profit={"percent": D(50)})
    seen: Counter[str] = Counter()
    assert difference(case, seen) == "" and seen["compared"]
    assert sum(looked) < 8_000
