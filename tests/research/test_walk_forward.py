"""Choosing on the past and judging on what came next, fold by fold."""

from dataclasses import replace

import numpy as np
import pytest

from desktop_app.core.gathering import rows
from desktop_app.research.optimiser import optimise
from desktop_app.research.search import BadSearch, Search
from desktop_app.research.walk_forward import Fold, WalkForward, walk_forward
from tests.research.searches import MARKET, RULES, SETTINGS, D, candles, search, summary, trial

COUNT = 300


def walked(one: Search, folds: int = 3, *, is_rolling: bool = False) -> WalkForward:
    return walk_forward(SETTINGS, candles(COUNT), MARKET, RULES, one, folds, is_rolling=is_rolling)


def places(fold: Fold) -> tuple[tuple[int, int], tuple[int, int]]:
    at = candles(COUNT).at
    (a, b), (c, d) = ((int(np.searchsorted(at, one)) for one in span) for span in (fold.learnt, fold.judged))
    return (a, b + 1), (c, d + 1)


def test_each_fold_learns_on_all_before_and_is_judged_on_the_next_part() -> None:
    assert [places(fold) for fold in walked(search()).folds] == [
        ((0, 120), (120, 180)),
        ((0, 180), (180, 240)),
        ((0, 240), (240, 300)),
    ]


def test_rolling_folds_forget_and_what_is_kept_back_stays_untouched() -> None:
    assert [places(fold) for fold in walked(search(unseen_percent=D(50)), is_rolling=True).folds] == [
        ((0, 60), (60, 90)),
        ((30, 90), (90, 120)),
        ((60, 120), (120, 150)),
    ]


def test_a_fold_takes_the_best_of_its_past_without_a_look_ahead() -> None:
    whole = candles(COUNT)
    for fold in walked(search()).folds:
        learnt, judged = places(fold)
        alone = optimise(SETTINGS, rows(whole, *learnt), MARKET, RULES, search())
        assert fold.chosen is not None
        assert fold.chosen.point == alone.trials[0].point
        assert fold.chosen.summary == alone.trials[0].summary
        after = optimise(SETTINGS, rows(whole, *judged), MARKET, RULES, search())
        assert fold.chosen.unseen == next(one.summary for one in after.trials if one.point == fold.chosen.point)


def test_the_judged_stretches_add_up_and_are_measured_against_the_learnt_ones() -> None:
    day = 86_400_000

    def fold(first: int, inside: int, outside: int) -> Fold:
        chosen = replace(
            trial(1.0),
            summary=summary(profit_quote=D(inside), unrealised_quote=D(-10)),
            unseen=summary(profit_quote=D(outside), unrealised_quote=D(5)),
        )
        return Fold((0, first * day), (first * day, (first + 10) * day), chosen, 5)

    result = WalkForward((fold(10, 110, 45), fold(20, 210, -25)), False, "complete", 1.0)

    assert result.profit == 50 - 20 and result.winning == 1
    assert result.efficiency == pytest.approx((30 / 20) / 10)  # quote per day, judged and learnt


def test_nothing_learnt_has_no_efficiency() -> None:
    assert WalkForward((Fold((0, 10), (10, 20), None, 5),), False, "complete", 1.0).efficiency is None
    assert WalkForward((), False, "stopped", 1.0).efficiency is None


def test_a_stop_keeps_the_folds_that_were_done() -> None:
    done: list[Fold] = []

    result = walk_forward(
        SETTINGS,
        candles(COUNT),
        MARKET,
        RULES,
        search(),
        3,
        progress=lambda tried, total: tried <= 14,
        on_fold=done.append,
    )

    assert result.ending == "stopped" and result.folds == tuple(done) and len(done) == 1


@pytest.mark.parametrize(("folds", "told"), [(0, "between 1 and 50"), (40, "300 candles are too few")])
def test_folds_without_sense_are_refused(folds: int, told: str) -> None:
    with pytest.raises(BadSearch, match=told):
        walked(search(), folds)
