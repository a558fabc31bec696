"""What a closed candle says about a comparison: thresholds, crossings, what is not ready, what is as good as equal."""

import numpy as np
import pytest

from desktop_app.core.comparison import Comparison
from desktop_app.core.conditions import Condition
from desktop_app.core.indicator_catalogue import condition
from desktop_app.core.reading import Outcome
from tests.core.series import flat, made, part, sample

RISES = condition("price_change", timeframe="5m", trigger="crosses_above", value=0)
N, Y, NOT = Outcome.NO, Outcome.YES, Outcome.NOT_READY


def judged(trigger: str, left: list[float], right: float = 0.0) -> list[int]:
    one = condition("price_change", timeframe="5m", trigger=trigger, value=0)
    found = one.judged(np.array(left), np.full(len(left), right), made(len(left)))
    return [int(outcome) for outcome in found]


def test_thresholds_are_strict() -> None:
    assert judged("greater_than", [9, -1, 0, 1]) == [NOT, N, N, Y]
    assert judged("less_than", [9, -1, 0, 1]) == [NOT, Y, N, N]


def test_a_crossing_needs_the_other_side_before_it_and_touching_is_that_side() -> None:
    assert judged("crosses_above", [9, -1, 1, 2, 0, 1]) == [NOT, NOT, Y, N, N, Y]
    assert judged("crosses_below", [9, 1, -1, -2, 0, -1]) == [NOT, NOT, Y, N, N, Y]


def test_what_has_no_value_is_no_and_no_crossing_comes_out_of_it() -> None:
    nan = float("nan")
    assert judged("greater_than", [1, nan, 1]) == [NOT, N, Y]
    assert judged("crosses_above", [9, -1, nan, 1, -1, 1]) == [NOT, NOT, N, N, N, Y]


def test_rounding_never_decides() -> None:
    assert judged("greater_than", [0, 1e-13, 2e-6]) == [NOT, N, Y]
    assert judged("crosses_above", [9, 0, 1e-13, 2e-6]) == [NOT, NOT, N, Y]


@pytest.mark.parametrize("one", sample())
def test_nothing_happens_where_the_price_stands_still(one: Condition) -> None:
    if one.is_crossing:
        assert Outcome.YES not in one.outcomes(flat(400))


@pytest.mark.parametrize("one", sample())
def test_a_condition_is_ready_with_the_candle_that_its_warm_up_says(one: Condition) -> None:
    candles = made(one.warm_up + 5)
    found = one.outcomes(candles)

    assert set(found[: one.warm_up - 1].tolist()) <= {NOT}
    assert NOT not in found[one.warm_up - 1 :].tolist()
    left, right = one.sides(candles)
    assert np.isnan(left[one.lookback - 1]) if one.lookback else True
    assert not np.isnan(left[one.lookback]) and not np.isnan(right[one.lookback])
    assert one.outcomes(part(candles, 0, one.warm_up - 1)).tolist() == [NOT] * (one.warm_up - 1)


@pytest.mark.parametrize("one", sample())
def test_the_last_candles_of_a_long_history_say_what_they_alone_do(one: Condition) -> None:
    """What streaming relies on: `history` candles are as good as all of them."""
    candles = made(4_000, seed=5)
    whole = one.outcomes(candles)
    left, right = one.sides(candles)
    for stop in range(one.history + 500, len(candles), 211):
        recent = part(candles, stop - one.history, stop)
        assert one.outcomes(recent)[-1] == whole[stop - 1]
        ours, theirs = one.sides(recent)
        assert np.allclose((ours[-1], theirs[-1]), (left[stop - 1], right[stop - 1]), rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("one", sample())
def test_no_decision_changes_when_the_future_does(one: Condition) -> None:
    past, other = made(1_200), made(1_200, seed=3, scale=200.0)
    whole = one.outcomes(past)
    for cut in (one.warm_up, 100, 700):
        mixed = type(past)(
            past.at,
            *(
                np.concatenate((ours[:cut], theirs[cut:]))
                for ours, theirs in (
                    (past.open, other.open),
                    (past.high, other.high),
                    (past.low, other.low),
                    (past.close, other.close),
                    (past.volume, other.volume),
                )
            ),
        )
        assert one.outcomes(mixed)[:cut].tolist() == whole[:cut].tolist()
        assert one.outcomes(part(past, 0, cut)).tolist() == whole[:cut].tolist()


@pytest.mark.parametrize("one", sample())
def test_the_sample_decides_both_ways(one: Condition) -> None:
    assert {Outcome.YES, Outcome.NO} <= set(one.outcomes(made(4_000)).tolist())


def test_equal_conditions_have_one_key_and_others_another() -> None:
    again = condition("price_change", timeframe="5m", trigger="crosses_above", value=0)
    other = condition("price_change", timeframe="15m", trigger="crosses_above", value=0)

    assert RISES.key() == again.key() == RISES.key()
    assert RISES.key() != other.key()
    assert len({one.key() for one in sample()}) == len(sample())


def test_a_bare_comparison_has_no_lines() -> None:
    bare = Comparison(indicator="none", timeframe="3m", trigger="less_than")
    assert bare.every_ms == 180_000
    with pytest.raises(NotImplementedError):
        _ = bare.lookback
    with pytest.raises(NotImplementedError):
        bare.lines(made(3))
