from dataclasses import replace
from datetime import UTC

from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QPushButton

from desktop_app.gui.backtest.choices import DAY_MS, day_of
from tests.gui.backtest.trials import COUNT, SOURCE
from tests.gui.optimiser.conftest import Bench, Lone
from tests.gui.optimiser.trials import D
from tests.gui.shell import button

LEFT = Qt.MouseButton.LeftButton


def test_what_is_kept_is_what_is_searched_on(lone: Lone) -> None:
    past = lone.page().past
    asked = past.asked()

    assert asked is not None and asked.data.source == SOURCE and past.problem == ""
    assert past.data.coverage is not None and past.data.coverage.candles == COUNT
    assert asked.rules.balance is None  # as much as the bot needs, so that compiled runs are possible


def test_missing_candles_are_fetched_when_that_is_wanted(bench: Bench) -> None:
    page = bench.searched()
    QTest.mouseClick(page.bar.change, LEFT)
    bench.shell.do(lambda: page.past.form.first.setDate(QDate(2026, 11, 20)))
    bench.until(lambda: page.past.data.coverage is not None)
    assert page.past.data.coverage is not None and not page.past.data.coverage.is_whole

    missing = page.past.data.coverage.missing
    bench.shell.answer(page.past.get_data, lambda sheet: button(sheet, "Not now").click())
    assert not page.past.data.is_fetching
    bench.shell.answer(page.past.get_data, get)
    bench.until(lambda: page.past.data.coverage is not None and page.past.data.coverage.missing < missing)


def get(sheet: QDialog) -> None:
    next(one for one in sheet.findChildren(QPushButton) if one.text().startswith("Get ")).click()


def test_a_backtests_candles_are_taken_over(lone: Lone) -> None:
    asked = lone.page().past.asked()
    assert asked is not None
    wanted = replace(
        asked, start=asked.start + 2 * DAY_MS, rules=replace(asked.rules, fee_percent=D("0.2"), slippage_percent=D(1))
    )
    later = lone.open()
    later.take_past(wanted)  # nothing is known of the candles yet
    lone.until(lambda: later.past.has_candles)
    taken = later.past.asked()

    assert taken is not None and taken.data == wanted.data and taken.rules == wanted.rules
    assert day_of(taken.start, UTC) == day_of(wanted.start, UTC)


def test_while_a_search_runs_its_candles_stay(lone: Lone) -> None:
    page = lone.page()
    lone.do(page.start)

    assert not page.past.form.pair.isEnabled() and not page.past.data.isEnabled()
