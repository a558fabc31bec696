from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QTest

from tests.gui.backtest.trials import COUNT, SOURCE
from tests.gui.optimiser.conftest import Bench
from tests.gui.shell import button

LEFT = Qt.MouseButton.LeftButton


def test_what_is_kept_is_what_is_searched_on(bench: Bench) -> None:
    past = bench.page().past
    asked = past.asked()

    assert asked is not None and asked.data.source == SOURCE and past.problem == ""
    assert past.data.coverage is not None and past.data.coverage.candles == COUNT
    assert asked.rules.balance is None  # as much as the bot needs, so that compiled runs are possible


def test_missing_candles_are_fetched_when_that_is_wanted(bench: Bench) -> None:
    page = bench.page()
    bench.shell.do(lambda: page.past.form.first.setDate(QDate(2026, 11, 20)))
    bench.until(lambda: page.past.data.coverage is not None)
    assert page.past.data.coverage is not None and not page.past.data.coverage.is_whole

    bench.shell.answer(
        lambda: QTest.mouseClick(page.past.data.get, LEFT), lambda sheet: button(sheet, "Not now").click()
    )  # fmt: skip
    assert not [call for call in bench.shell.calls if call[0] == "candles"]


def test_a_backtests_candles_are_taken_over(bench: Bench) -> None:
    page = bench.page()
    asked = page.past.asked()
    assert asked is not None
    bench.shell.do(lambda: page.take_past(asked))

    assert page.past.form.choice == asked.data


def test_while_a_search_runs_its_candles_stay(bench: Bench) -> None:
    page = bench.page()
    bench.shell.do(page.start)

    assert not page.past.form.pair.isEnabled() and not page.past.data.isEnabled()
