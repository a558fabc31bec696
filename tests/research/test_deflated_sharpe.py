"""The deflated Sharpe ratio, against the worked example of its paper."""

import numpy as np
import pytest

from desktop_app.research.deflated_sharpe import deflated_sharpe, luckiest, probability_above

YEARLY = 250  # trading days of the example
SHARPE, SPREAD = 2.5 / YEARLY**0.5, 0.5 / YEARLY  # per day: of the best, and the variance of all


def test_the_example_of_the_paper_comes_out() -> None:
    by_luck = luckiest(SPREAD, 100)

    assert by_luck == pytest.approx(0.1132, abs=5e-5)
    assert probability_above(by_luck, SHARPE, 1250, skewness=-3, kurtosis=10) == pytest.approx(0.9004, abs=5e-5)
    # Where 95 percent are asked for, 46 trials are too many already, or 88 if returns were normal.
    assert probability_above(luckiest(SPREAD, 46), SHARPE, 1250, -3, 10) == pytest.approx(0.9505, abs=5e-5)
    assert probability_above(luckiest(SPREAD, 88), SHARPE, 1250, 0, 3) == pytest.approx(0.9505, abs=5e-5)


def test_the_more_were_tried_the_less_is_left() -> None:
    returns = np.random.default_rng(2).normal(0.001, 0.01, 200)
    tried = list(np.random.default_rng(3).normal(0, 0.05, 400))

    few, many = deflated_sharpe(returns, tried[:5]), deflated_sharpe(returns, tried)

    assert few is not None and many is not None
    assert few.days == 200 and many.trials == 400
    assert 0 < many.probability < few.probability < 1
    assert many.sharpe == pytest.approx(returns.mean() / returns.std(ddof=1))
    assert many.skewness == pytest.approx(0, abs=0.5) and many.kurtosis == pytest.approx(3, abs=1)


def test_luck_of_one_trial_is_none() -> None:
    alone = deflated_sharpe(np.random.default_rng(2).normal(0.001, 0.01, 200), [0.1])

    assert alone is not None and alone.by_luck == 0
    assert luckiest(0.0, 50) == 0


def test_too_few_days_or_none_that_move_say_nothing() -> None:
    assert deflated_sharpe(np.array([0.1, 0.2, 0.3]), [0.1, 0.2]) is None
    assert deflated_sharpe(np.full(50, 0.0), [0.1, 0.2]) is None
    assert probability_above(0.1, 10.0, 100, 5, 1) == 1  # no spread: it is above
