"""What a result was asked with goes back into a form."""

from dataclasses import replace
from datetime import UTC

from desktop_app.core.gathering import gather
from desktop_app.gui.backtest.choices import day_of
from desktop_app.gui.backtest.past_box import asked_of
from desktop_app.research.past import Source, keep
from tests.gui.backtest.conftest import Bench
from tests.gui.backtest.trials import COUNT, END, SOURCE, START, D, fill, outcome, walk


def test_a_kept_result_comes_back_with_all_that_it_was_asked_with(bench: Bench) -> None:
    folder = bench.shell.folder
    made = outcome(folder, slippage_percent=D("0.3"), fill_through=2, balance=D(777), volume_share_percent=D(20))
    bench.shell.do(lambda: bench.desk.open_outcome(made))
    page = bench.desk.pages[-1]
    bench.until(lambda: page.past.has_candles)

    asked = page.past.asked()
    assert asked is not None and asked.data.source == SOURCE and asked.detail is None
    assert replace(asked.rules, fee_currency=None) == replace(asked_of(made).rules, fee_currency=None)
    assert (asked.rules.balance, asked.rules.fill_through, asked.rules.volume_share_percent) == (D(777), 2, D(20))
    assert day_of(asked.start, UTC) == day_of(START, UTC)
    assert page.outcome is made


def test_finer_candles_that_are_kept_can_be_walked_inside_each_candle(bench: Bench) -> None:
    folder = bench.shell.folder
    fill(folder)
    coarse = Source(SOURCE.exchange, SOURCE.symbol, "5m")
    assert keep(folder / "candles", coarse, gather(walk(), coarse.step_ms, END)) == ""
    page = bench.page()
    form = page.form
    assert form.inside.count() == 1 and form.detail is None  # nothing is finer than a minute

    bench.shell.do(lambda: form.choose("BTC/USDT", (SOURCE.exchange, "5m")))
    bench.until(lambda: page.past.has_candles)
    assert form.inside.itemText(0) == "assumed"
    bench.shell.do(lambda: form.inside.setCurrentIndex(1))
    asked = page.past.asked()
    assert asked is not None and asked.detail == SOURCE
    bench.shell.do(page.run)
    bench.until(lambda: page.job is None)

    assert page.outcome is not None and page.outcome.assumptions.detail is not None
    detail = page.outcome.assumptions.detail
    assert (detail.timeframe, detail.missing) == ("1m", 0) and detail.candles >= COUNT - 10
    again = asked_of(page.outcome)
    assert again.detail == SOURCE
