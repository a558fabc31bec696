"""The document of a backtest of several bots, by click and by key."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop_app.core.preview import Problem
from desktop_app.core.said import said
from desktop_app.gui.backtest import portfolio_page as page_module
from desktop_app.gui.backtest.portfolio_page import PortfolioPage
from desktop_app.gui.i18n import Language, set_language
from desktop_app.research.results import PORTFOLIO
from desktop_app.research.trial_run import NotTested
from desktop_app.research.worker import Reporter
from tests.gui.backtest.conftest import Bench
from tests.gui.backtest.trials import COUNT, END, OTHER, OTHER_SOURCE, QUICK, SOURCE, START, fill, ready_portfolio
from tests.gui.fake_engine import bot_view
from tests.gui.optimiser.fake_job import FakeJob, Jobs
from tests.gui.shell import words

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def _bots(bench: Bench) -> None:
    """Two that can be tested together, and one that cannot."""
    known = bench.shell.bridge.known.bots
    known.clear()
    known[1] = bot_view(name=QUICK.name, settings_json=QUICK.model_dump_json())
    known[2] = bot_view(bot_id=2, name=OTHER.name, settings_json=OTHER.model_dump_json())


def opened(bench: Bench) -> PortfolioPage:
    bench.shell.do(bench.shell.window.commands.backtest_bots.trigger)
    bench.until(lambda: bool(bench.desk.portfolios.pages))
    page = bench.desk.portfolios.pages[-1]
    bench.until(lambda: page.form.choice is not None)
    return page


def tick(bench: Bench, page: PortfolioPage, row: int) -> None:
    """A click into the middle of its line."""
    view = page.box.bots
    at = view.visualRect(page.box.checks.index(row)).center()
    bench.shell.do(lambda: QTest.mouseClick(view.viewport(), LEFT, pos=at))


def is_looked_at(page: PortfolioPage, pairs: int) -> bool:
    return len(page.box.plans) == pairs and all(plan.is_known for plan in page.box.plans)


def run(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> tuple[PortfolioPage, FakeJob]:
    """Both bots ticked by key, and Run clicked."""
    jobs = Jobs()
    monkeypatch.setattr(page_module, "Job", jobs)
    fill(bench.shell.folder)
    fill(bench.shell.folder, source=OTHER_SOURCE)
    page = opened(bench)
    assert not page.form.run.isEnabled()
    assert "Tick the bots that share one balance." in words(page)
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Down, Qt.Key.Key_Space):
        bench.shell.do(lambda key=key: QTest.keyClick(page.box.bots, key))  # type: ignore[misc]
    bench.until(lambda: is_looked_at(page, 2))
    bench.shell.do(lambda: QTest.mouseClick(page.form.run, LEFT))
    return page, jobs.made[-1]


def test_two_bots_are_ticked_run_and_shown_with_a_row_each_and_the_result_is_kept(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, job = run(bench, monkeypatch)
    assert job.deeds == ["start"]
    assert page.progress.isVisible()
    assert not page.box.isEnabled()
    asked = job.arguments[0]
    assert [(one.settings.name, one.symbols) for one in asked.members] == [
        (QUICK.name, ("BTC/USDT",)), (OTHER.name, ("ETH/USDT",)),
    ]  # fmt: skip
    assert [pair.source for pair in asked.pairs] == [SOURCE, OTHER_SOURCE]
    assert (asked.rules.balance, asked.start, asked.end) == (1000, START, END)

    made = job.work(Reporter(), *job.arguments)
    bench.shell.do(lambda: job.finished.emit(made, False))

    assert page.outcome == made
    assert page.pane.isVisible()
    assert not page.progress.isVisible()
    assert page.pane.bots_model.rowCount() == 2
    assert page.pane.deals_model.rowCount() == len(made.deals) > 10
    bench.until(lambda: len(bench.desk.kept._store.heads()) == 1)
    (head,) = bench.desk.kept._store.heads()
    assert (head.kind, head.pair) == (PORTFOLIO, "BTC/USDT, ETH/USDT")
    assert bench.desk.kept._store.read(head.key) == made
    bench.shell.do(lambda: QTest.mouseClick(page.buttons["turn"], LEFT))
    assert page.box.isVisible()
    assert page.buttons["turn"].text() == "Show the result"
    bench.shell.do(lambda: set_language(Language.CHINESE))
    assert page.buttons["turn"].text() == "显示结果"
    bench.shell.do(lambda: set_language(Language.ENGLISH))
    bench.shell.do(lambda: QTest.mouseClick(page.buttons["turn"], LEFT))
    assert page.pane.isVisible()


def test_cancel_keeps_what_there_is_marked_as_a_part_and_a_refusal_is_said(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, job = run(bench, monkeypatch)
    bench.shell.do(lambda: job.progressed.emit(COUNT // 4, COUNT, START))
    assert "25 %" in page.progress.text.text()

    bench.shell.do(lambda: QTest.mouseClick(page.progress.cancel, LEFT))
    assert job.deeds == ["start", "cancel"]
    bench.shell.do(lambda: job.finished.emit(replace(ready_portfolio(), is_partial=True), True))

    assert page.outcome is not None
    assert page.outcome.is_partial
    assert page.pane.part.text().startswith("Partial result: stopped at")
    bench.shell.do(lambda: page._take(NotTested(), False))
    assert "There are no candles in this period. No deal was computed." in words(page.banner)
    small = Problem("base_order.volume", said("order_too_small", index=0, cost=3, least=5, pair="BTC/USDT"))
    bench.shell.do(lambda: page._take(NotTested((small,), bot="Steady"), False))
    assert "Steady: Order 0 is 3." in words(page.banner)


def test_pairs_without_candles_are_named_and_a_bot_less_makes_it_run(bench: Bench) -> None:
    fill(bench.shell.folder)
    page = opened(bench)
    tick(bench, page, 0)
    bench.until(lambda: page.box.is_ready)
    assert page.form.run.isEnabled()

    tick(bench, page, 1)
    bench.until(lambda: is_looked_at(page, 2))

    sentence = "No candles of ETH/USDT in this period. Get them, or untick the bots that trade them."
    assert page.box.note.text() == sentence == page.form.run.toolTip()
    assert not page.form.run.isEnabled()
    assert page.box.get.isVisible()
    tick(bench, page, 1)
    bench.until(lambda: page.box.is_ready)
    assert page.form.run.isEnabled()
