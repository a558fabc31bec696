"""Many bots in one compiled call: each as if it were alone, whatever the one before it left behind."""

import random
from dataclasses import replace
from decimal import Decimal

import pytest

from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.research.backtest import BacktestRefused
from desktop_app.research.kernel import walking
from desktop_app.research.kernel.block import MOST_FILLS
from desktop_app.research.kernel.trial import try_compiled, try_compiled_all
from tests.research.kernel.dca_agreement import DcaCase, legal_settings, make_cases
from tests.research.random_cases import make_rules


def bots_of(seed: int) -> tuple[DcaCase, list[DcaSettings]]:
    """Long and short ones on the same candles, with ladders of all lengths."""
    rng = random.Random(seed)
    case = next(iter(make_cases(seed, 30)))
    return case, [DcaSettings.model_validate(legal_settings(rng, make_rules(rng))) for _ in range(10)]


@pytest.mark.parametrize("seed", [1, 2])
def test_each_bot_of_many_has_the_numbers_that_it_has_alone(seed: int) -> None:
    case, bots = bots_of(seed)
    many = try_compiled_all(bots, case.candles, case.market, case.rules)
    for bot, one in zip(bots, many, strict=True):
        if isinstance(one, BacktestRefused):
            with pytest.raises(BacktestRefused):
                try_compiled(bot, case.candles, case.market, case.rules)
        else:
            assert one == try_compiled(bot, case.candles, case.market, case.rules)
    assert sum(one is not None and not isinstance(one, BacktestRefused) for one in many) > 5


def test_a_bot_that_fills_more_often_than_there_is_room_has_the_same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    case, bots = bots_of(3)
    whole = try_compiled_all(bots, case.candles, case.market, case.rules)
    assert any(not isinstance(one, BacktestRefused) and one is not None and one.deals_closed > 3 for one in whole)
    monkeypatch.setattr(walking, "SPARE", MOST_FILLS - 4)
    in_parts = try_compiled_all(bots, case.candles, case.market, case.rules)
    for one, other in zip(whole, in_parts, strict=True):
        if one is not None and not isinstance(one, BacktestRefused):
            assert other == one


def test_bots_that_the_market_would_not_take_are_refused_each() -> None:
    case, bots = bots_of(1)
    market = replace(case.market, min_cost=Decimal(10) ** 12)
    assert all(isinstance(one, BacktestRefused) for one in try_compiled_all(bots, case.candles, market, case.rules))
