"""The document of a backtest, by click."""

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QTest

from desktop_app.gui.backtest import page as page_module
from desktop_app.gui.i18n import Language, set_language
from desktop_app.gui.tables import DataTable
from desktop_app.research.past import look
from tests.gui.backtest.conftest import Bench
from tests.gui.backtest.trials import COUNT, END, MINUTE, SOURCE, START, fill, ready, run_until_cancelled
from tests.gui.shell import button, words

LEFT = Qt.MouseButton.LeftButton


def test_x_02_a_run_ends_with_its_result(bench: Bench) -> None:
    fill(bench.shell.folder)
    page = bench.page()

    bench.shell.do(lambda: QTest.mouseClick(page.form.run, LEFT))
    assert page.progress.isVisible()
    assert not page.form.run.isEnabled()
    bench.until(lambda: page.job is None)

    assert page.outcome is not None
    assert not page.outcome.is_partial
    assert not page.pane.part.isVisible()
    assert not page.progress.isVisible()
    assert page.pane.model.rowCount() == len(page.outcome.report.deals) > 5
    assert page.outcome.report.candles == COUNT


def test_x_02_cancel_keeps_what_there_is_and_marks_it_as_a_part(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_module, "run_trial", run_until_cancelled)
    fill(bench.shell.folder)
    page = bench.page()
    bench.shell.do(page.run)
    assert page.job is not None
    told: list[int] = []
    page.job.progressed.connect(lambda done, _total, _at: told.append(done))
    bench.until(lambda: bool(told))

    bench.shell.do(lambda: QTest.mouseClick(page.progress.cancel, LEFT))
    bench.until(lambda: page.job is None)

    assert told == sorted(told)
    assert page.outcome is not None
    assert page.outcome.is_partial
    assert page.outcome.report.candles < COUNT
    assert page.pane.part.isVisible()
    assert page.pane.part.text().startswith("Partial result: stopped at")


def test_x_03_nothing_is_called_expected_and_profit_never_stands_alone(bench: Bench) -> None:
    page = bench.page()
    assert not page.form.run.isEnabled()
    assert "Needs 1m candles of BTC/USDT." in words(page)
    assert page._empty_button.text() == "Get 2.1 MB…"
    bench.shell.do(lambda: page.show_outcome(ready()))
    for language in (Language.ENGLISH, Language.CHINESE):
        bench.shell.do(lambda chosen=language: set_language(chosen))  # type: ignore[misc]

        assert {"profit", "holding", "drawdown", "funds", "open", "fees"} <= page.pane.card.cells.keys()
        assert all(cell.isVisible() and cell.value.text() for cell in page.pane.card.cells.values())
        said = words(page).lower()
        assert not any(word in said for word in ("expected", "guarantee", "预期", "预计", "保证"))
    bench.shell.do(lambda: set_language(Language.ENGLISH))
    cells = page.pane.card.cells
    assert cells["holding"].value.text().endswith(" %")
    assert "USDT" in cells["profit"].value.text()
    assert cells["profit"].note.text().endswith(" %")
    assert "1 deal is still open at" in words(page.pane.card)


def test_x_05_gaps_are_counted_listed_and_never_skipped_in_silence(bench: Bench) -> None:
    fill(bench.shell.folder, range(1000, 1060), range(2000, 2010))
    page = bench.page()

    assert page.data.text.text() == "70 of 6,000 candles are missing"
    assert page.form.run.text() == "Run around the gaps"
    listed: list[str] = []

    def look_at(sheet: object) -> None:
        listed.append(words(sheet))  # type: ignore[arg-type]
        table = sheet.findChildren(DataTable)[0]  # type: ignore[attr-defined]
        listed.extend(str(table.rows_model.index(row, 2).data()) for row in range(table.rows_model.rowCount()))
        sheet.reject()  # type: ignore[attr-defined]

    bench.shell.answer(lambda: QTest.mouseClick(page.data.gaps, LEFT), look_at)
    assert listed[1:] == ["60", "10"]


def test_x_05_missing_candles_are_offered_with_their_size_and_fetched(bench: Bench) -> None:
    fill(bench.shell.folder, range(1000, 1060))
    page = bench.page()
    asked: list[tuple[int, int]] = []
    supervisor = bench.shell.engine.supervisor
    fetch = supervisor.candles

    async def candles(account: str, symbol: str, timeframe: str, start: int, end: int) -> object:
        if (account, symbol, timeframe) == ("Paper wallet", "BTC/USDT", "1m") and end - start == 60 * MINUTE:
            asked.append((start, end))
        return await fetch(account, symbol, timeframe, start, end)

    supervisor.candles = candles  # type: ignore[method-assign,assignment]
    assert page.data.get.text() == "Get data… (3 kB)"
    said: list[str] = []

    def agree(sheet: object) -> None:
        said.append(words(sheet))  # type: ignore[arg-type]
        button(sheet, "Get 3 kB").click()  # type: ignore[arg-type]

    bench.shell.answer(lambda: QTest.mouseClick(page.data.get, LEFT), agree)
    bench.until(lambda: page.data.coverage is not None and page.data.coverage.is_whole)

    assert "60 candles of BTC/USDT" in said[0]
    assert "about 3 kB" in said[0]
    assert asked == [(START + 1000 * MINUTE, START + 1060 * MINUTE)]
    assert look(bench.shell.folder / "candles", SOURCE, START, END).is_whole
    assert page.form.run.text() == "Run"


def test_x_05_a_period_that_is_not_covered_is_never_shortened(bench: Bench) -> None:
    fill(bench.shell.folder)
    page = bench.page()
    earlier = page.form.first.date().addDays(-2)

    bench.shell.do(lambda: page.form.first.setDate(QDate(earlier)))
    bench.until(lambda: page.data.coverage is not None and page.data.coverage.missing > 0)

    coverage = page.data.coverage
    assert coverage is not None
    assert coverage.candles + coverage.missing == (coverage.end - coverage.start) // MINUTE
    assert coverage.gaps[0].start == coverage.start
    assert page.form.run.text() == "Run around the gaps"

    page.form.fee.clear()
    bench.shell.do(lambda: QTest.keyClicks(page.form.fee, "100"))
    assert not page.form.run.isEnabled()
    assert "0.1 means 0.1 %" in page.form.run.toolTip()


def test_closing_the_page_ends_its_run(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_module, "run_trial", run_until_cancelled)
    fill(bench.shell.folder)
    page = bench.page()
    bench.shell.do(page.run)
    job = page.job
    assert job is not None

    bench.shell.do(lambda: bench.shell.window.close_document(page))
    bench.until(lambda: job._worker.is_over)

    assert bench.desk.pages == []
