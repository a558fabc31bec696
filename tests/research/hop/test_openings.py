"""Deals open where the core's readings say so."""

import random
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from desktop_app.core.gathering import rows
from desktop_app.core.reading import Outcome, Reading
from desktop_app.core.readings import judge
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.research.condition_news import make_news
from desktop_app.research.hop import openings
from desktop_app.research.hop.openings import openings_of
from desktop_app.research.hop.plan import BeyondHop
from tests.research.hop.agreement import group
from tests.research.searches import SETTINGS, candles

D = Decimal
MINUTE = 60_000


def changed(**changes: Any) -> DcaSettings:
    return DcaSettings.model_validate(SETTINGS.model_dump(mode="json") | changes)


def opened(settings: DcaSettings, every: int = MINUTE) -> list[int]:
    found = openings_of(settings, candles(), None, every)
    assert found is not None
    return [int(i) for i in found]


def test_a_bot_that_waits_for_nothing_may_open_anywhere() -> None:
    assert openings_of(SETTINGS, candles(), None, MINUTE) is None


def test_a_price_on_the_very_limit_will_do() -> None:
    prices = candles().open
    low, high = sorted(prices)[20], sorted(prices)[-20]
    may = opened(changed(limits={"min_price": str(low), "max_price": str(high)}))
    assert may == [i for i, price in enumerate(prices) if low <= price <= high]


@pytest.mark.parametrize("seed", range(12))
def test_groups_are_judged_as_the_core_judges_its_readings(seed: int) -> None:
    settings = changed(start={"mode": "conditions"} | group(random.Random(seed)))
    wanted = settings.start.conditions
    assert wanted is not None
    news = make_news(wanted.conditions(), "BTC/USDT", candles(), MINUTE)

    def holds(i: int) -> bool:
        columns = zip(news.keys, news.outcomes, strict=True)
        return judge(wanted, {key: Reading(key, Outcome(int(one[i]))) for key, one in columns}) is Outcome.YES

    assert opened(settings) == [i for i in range(len(candles())) if holds(i)]


def test_a_start_and_a_filter_must_both_hold_and_candles_before_make_indicators_ready() -> None:
    slow = {"indicator": "rsi", "timeframe": "1m", "length": 50, "trigger": "greater_than", "value": 1}
    falling = {"indicator": "price_change", "timeframe": "1m", "trigger": "less_than", "value": 0}
    settings = changed(start={"mode": "conditions", "all": [slow]}, limits={"on_conditions": {"all": [falling]}})
    whole = candles()
    late = openings_of(settings, rows(whole, 100, 240), None, MINUTE)
    ready = openings_of(settings, rows(whole, 100, 240), rows(whole, 0, 100), MINUTE)
    assert late is not None and ready is not None and late[0] >= 50 > ready[0]
    assert np.isin(late, ready).all()


def test_a_condition_on_finer_candles_than_there_are_is_for_the_core_to_refuse() -> None:
    condition = {"indicator": "rsi", "timeframe": "1m", "length": 3, "trigger": "greater_than", "value": 1}
    with pytest.raises(BeyondHop):
        openings_of(changed(start={"mode": "conditions", "all": [condition]}), candles(), None, 5 * MINUTE)


def test_answers_are_kept_for_the_next_bot_but_not_all_of_them() -> None:
    past = candles()
    one = {"indicator": "rsi", "timeframe": "1m", "trigger": "greater_than", "value": 50}
    bots = [
        changed(start={"mode": "conditions", "all": [one | {"length": 2 + k}]}) for k in range(openings._MOST_KEPT + 3)
    ]
    for bot in bots:
        openings_of(bot, past, None, MINUTE)
    assert len(openings._kept) == openings._MOST_KEPT
    kept = list(openings._kept.values())[-1][2]
    openings_of(bots[-1], past, None, MINUTE)
    assert list(openings._kept.values())[-1][2] is kept
