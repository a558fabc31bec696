"""A backtest in the whole application: candles of the embedded exchange are fetched, played, and shown."""

import asyncio
from pathlib import Path

from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QWidget

from desktop_app.config import AppSettings, Paths
from desktop_app.gui.backtest.page import BacktestPage
from desktop_app.gui.session import PAPER_ACCOUNT, Session
from tests.e2e.test_window import BOT, alive, play, until, window_of


def test_a_bot_is_backtested_on_fetched_candles_while_it_is_at_work(tmp_path: Path, qapp: QApplication) -> None:
    paths = Paths(tmp_path)
    AppSettings(is_first_run_done=True).save(paths.settings)

    opened: list[bool] = []

    async def story(session: Session) -> None:
        session.when_open = lambda: opened.append(True)
        await until(lambda: session.bridge is not None and session.bridge.is_attached)
        window = window_of(session)
        bridge = window.bridge
        await bridge.ask(bridge.wishes.add_account(PAPER_ACCOUNT, "sim", config={"speed": 60}))
        await bridge.ask(bridge.wishes.add_bot(BOT))
        await bridge.ask(bridge.wishes.start_bot(1))
        await bridge.reload()
        await alive(session)

        window.backtest_requested.emit(1)
        page = window.documents.currentWidget()
        assert isinstance(page, BacktestPage)
        await until(lambda: page.data.coverage is not None and page.data.coverage.missing > 0)
        page.form.first.setDate(page.form.last.date().addDays(-1))
        await until(lambda: page.data.coverage is not None and page.data.coverage.missing < 4_000)
        page.data.get.click()
        await asyncio.sleep(0)
        await until(lambda: _sheet(window) is not None)
        sheet = _sheet(window)
        assert sheet is not None
        next(one for one in sheet.findChildren(QPushButton) if one.text().startswith("Get ")).click()
        await until(
            lambda: page.data.coverage is not None and page.data.coverage.is_whole and not page.data.is_fetching
        )

        page.form.run.click()
        await until(lambda: page.job is None and page.outcome is not None)
        assert page.outcome is not None
        assert page.outcome.report.deals
        assert page.outcome.assumptions.source == "sim-1"
        assert page.outcome.assumptions.gaps == 0
        await until(lambda: len(page.pane.chart.chart.canvas.view.series) > 0)
        assert bridge.known.bots[1].status == "running"
        await until(lambda: len(list((tmp_path / "results").glob("*.json"))) == 1)

    assert play(tmp_path, qapp, story) == 0
    assert opened == [True]


def _sheet(window: QWidget) -> QDialog | None:
    found = [one for one in window.findChildren(QDialog) if one.isVisible()]
    return found[-1] if found else None
