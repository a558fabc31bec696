"""The ratios of a curve's days against those of the report."""

import random
from math import isnan, nan

import numpy as np
import pytest

from desktop_app.research.kernel.daily import rates_of
from desktop_app.research.ratios import DAY_MS, ratios_of_days


@pytest.mark.parametrize("seed", range(6))
def test_the_ratios_are_those_of_the_report(seed: int) -> None:
    rng = random.Random(seed)
    days = 1000.0 + np.cumsum([rng.gauss(0.5, 5) for _ in range(rng.choice([4, 30, 400]))])
    theirs = ratios_of_days(days[1:], float(days[0]), DAY_MS * len(days), 0.1)
    sharpe, sortino = rates_of(days)
    wanted = [nan if ratio is None else ratio for ratio in (theirs.sharpe, theirs.sortino)]
    assert [sharpe, sortino] == pytest.approx(wanted, rel=1e-12, nan_ok=True)


@pytest.mark.parametrize("days", [[100.0, 101.0, 99.0], [100.0, 101.0, 0.0, 5.0], [100.0] * 5])
def test_a_curve_that_is_short_or_ruined_or_does_not_move_has_none(days: list[float]) -> None:
    assert all(isnan(ratio) for ratio in rates_of(np.array(days)))
