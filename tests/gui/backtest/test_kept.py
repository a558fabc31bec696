"""Results that are kept, opened again, and compared, by click."""

from dataclasses import replace
from decimal import Decimal

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QRadioButton

from desktop_app.gui.backtest.compare_page import ComparePage
from desktop_app.gui.backtest.results_page import ResultsPage
from desktop_app.research.trial_run import Outcome
from tests.gui.backtest.conftest import Bench
from tests.gui.backtest.trials import ready
from tests.gui.shell import button, words

D = Decimal
LEFT = Qt.MouseButton.LeftButton


def keep(bench: Bench, *outcomes: Outcome) -> ResultsPage:
    """Kept results, in a list."""
    for made in outcomes:
        bench.shell.do(lambda made=made: bench.desk.kept.keep(made))  # type: ignore[misc]
    bench.until(lambda: len(bench.desk.kept._store.heads()) == len(outcomes))
    bench.shell.do(bench.shell.window.commands.backtest_results.trigger)
    page = bench.desk.kept.list
    assert page is not None
    bench.until(lambda: page.model.rowCount() == len(outcomes))
    return page


def select_all(page: ResultsPage) -> None:
    flag = QItemSelectionModel.SelectionFlag
    for row in range(page.model.rowCount()):
        page.table.selectionModel().select(page.model.index(row, 0), flag.Select | flag.Rows)


def compared(bench: Bench) -> ComparePage:
    page = bench.shell.window.documents.currentWidget()
    assert isinstance(page, ComparePage)
    return page


def test_x_09_a_finished_run_is_kept_and_opens_again_as_it_was(bench: Bench) -> None:
    made = ready()
    page = keep(bench, made)

    bench.shell.do(lambda: page.table.select(page.model.id_at(0)))
    bench.shell.do(lambda: QTest.mouseClick(page.open, LEFT))
    bench.until(lambda: bool(bench.desk.pages) and bench.desk.pages[0].outcome is not None)

    assert bench.desk.pages[0].outcome == made
    assert bench.desk.pages[0].subject.bot_id == 1


def test_x_09_unequal_assumptions_are_named_when_two_are_compared(bench: Bench) -> None:
    first = ready()
    taken = replace(first.assumptions, taker_fee=D("0.0005"), fill_through=0, data_hash="f" * 64)
    page = keep(bench, first, replace(first, assumptions=taken))

    bench.shell.do(lambda: select_all(page))
    bench.shell.do(lambda: QTest.mouseClick(page.compare, LEFT))
    bench.until(lambda: isinstance(bench.shell.window.documents.currentWidget(), ComparePage))

    said = words(compared(bench).banner)
    assert "These two were not tested alike" in said
    for name in ("candles: ", "taker fee: ", "ticks through a limit order: "):
        assert name in said
    assert "0.0005" in said
    assert "0.001" in said


def test_x_09_equal_assumptions_need_no_warning_and_figures_stand_side_by_side(bench: Bench) -> None:
    first = ready()
    summary = replace(first.report.summary, fees_quote=D("9.99"))
    other = replace(first, report=replace(first.report, summary=summary))
    page = keep(bench, first, other)

    bench.shell.do(lambda: select_all(page))
    bench.shell.do(lambda: QTest.mouseClick(page.compare, LEFT))
    bench.until(lambda: isinstance(bench.shell.window.documents.currentWidget(), ComparePage))

    shown = compared(bench)
    assert shown.banner.isHidden()
    fees = next(shown.model.row_by_id(key) for key in ("fees",))
    assert fees is not None
    assert {fees.first, fees.second} == {"9.99 USDT", f"{first.report.summary.fees_quote:.2f} USDT"}
    assert len(shown.curves.canvas.strips[0].curves) == 2


def test_x_09_a_result_is_compared_with_a_chosen_one(bench: Bench) -> None:
    made = ready()
    keep(bench, made)
    changed = replace(made, assumptions=replace(made.assumptions, slippage_percent=D(1), settings_hash="0" * 64))

    def choose(sheet: QDialog) -> None:
        offered = [one.text() for one in sheet.findChildren(QRadioButton)]
        assert len(offered) == 1
        assert offered[0].startswith("BTC starter · BTC/USDT 1m")
        button(sheet, "Compare").click()

    bench.shell.do(lambda: bench.desk.kept.compare_with(changed))
    bench.until(lambda: any(sheet.isVisible() for sheet in bench.shell.window.findChildren(QDialog)))
    bench.shell.do(lambda: choose(bench.shell.sheet()))
    bench.until(lambda: isinstance(bench.shell.window.documents.currentWidget(), ComparePage))

    assert "slippage, %: 1 and 0.02" in words(compared(bench).banner)


def test_results_are_removed_only_when_that_is_meant(bench: Bench) -> None:
    page = keep(bench, ready())
    bench.shell.do(lambda: page.table.select(page.model.id_at(0)))

    bench.shell.answer(lambda: QTest.mouseClick(page.remove, LEFT), lambda sheet: button(sheet, "Keep them").click())
    assert page.model.rowCount() == 1
    bench.shell.answer(
        lambda: QTest.mouseClick(page.remove, LEFT), lambda sheet: button(sheet, "Remove result").click()
    )
    bench.until(lambda: page.model.rowCount() == 0)

    assert bench.desk.kept._store.heads() == ()
    assert "Results of backtests are kept here." in words(page)


def test_a_result_that_cannot_be_read_says_so(bench: Bench) -> None:
    page = keep(bench, ready())
    key = page.model.id_at(0)
    file = bench.shell.folder / "results" / f"{key}.json"
    file.write_text(file.read_text().split("\n")[0] + "\n{}")

    bench.shell.do(lambda: page.open_requested.emit(key))
    bench.until(lambda: "This result cannot be read" in words(bench.shell.window))

    assert bench.desk.pages == []
