"""Which candles are chosen by, and which are kept back."""

import numpy as np
import pytest

from desktop_app.core.gathering import rows
from desktop_app.research.plan import make_plan
from desktop_app.research.search import BadSearch
from tests.research.searches import MARKET, RULES, SETTINGS, D, candles, search


def test_the_last_candles_are_kept_back() -> None:
    plan = make_plan(SETTINGS, candles(200), MARKET, RULES, search(unseen_percent=D(25)), None, 12)

    assert plan.seen == (0, 150) and plan.unseen == (150, 200)


def test_candles_from_before_are_neither_chosen_nor_judged_by() -> None:
    whole = candles(200)

    plan = make_plan(SETTINGS, rows(whole, 80, 200), MARKET, RULES, search(), rows(whole, 0, 80), 12)

    assert plan.seen == (80, 200) and plan.unseen is None
    assert np.array_equal(plan.job.candles.at, whole.at)


def test_one_candle_cannot_be_parted() -> None:
    assert make_plan(SETTINGS, candles(1), MARKET, RULES, search(unseen_percent=D(90)), None, 12).unseen is None
    with pytest.raises(BadSearch, match="too few"):
        make_plan(SETTINGS, rows(candles(5), 0, 0), MARKET, RULES, search(), None, 12)
