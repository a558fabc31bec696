from desktop_app.gui.backtest.choices import DataChoice
from desktop_app.gui.backtest.pair_rows import pair_columns, state_of
from desktop_app.gui.backtest.portfolio_plan import PairPlan
from desktop_app.research.past import Coverage, Source


def test_a_pair_that_nobody_has_candles_of_says_so() -> None:
    plan = PairPlan("ETH/USDT", ("ETH dips",), None)

    assert plan.is_known
    assert not plan.has_candles
    assert state_of(plan) == "None are kept, and no account is here to fetch them"


def test_what_is_missing_is_said_in_words_and_by_colour() -> None:
    choice = DataChoice(Source("binance", "ETH/USDT", "1m"), None, "Main", "1m · Binance")
    candles = next(column for column in pair_columns() if column.key == "candles")
    assert candles.colour is not None
    for coverage, words, colour in (
        (None, "Looking at the candles…", None),
        (Coverage(0, 10, 10, 0, 0, ()), "Complete: 10", None),
        (Coverage(0, 10, 4, 6, 1, ()), "6 of 10 candles are missing", None),
        (Coverage(0, 10, 0, 10, 1, ()), "None of 10 candles are kept yet", "error"),
    ):
        plan = PairPlan("ETH/USDT", ("ETH dips",), choice, coverage)
        assert (candles.text(plan), candles.colour(plan)) == (words, colour)
