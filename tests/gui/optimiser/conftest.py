import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from shiboken6 import delete

from desktop_app.config import Paths
from desktop_app.gui.backtest.desk import BacktestDesk
from desktop_app.gui.backtest.subject import Subject
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.editor.bench import EditorBench
from desktop_app.gui.loop import Loop
from desktop_app.gui.optimiser.desk import OptimiserDesk
from desktop_app.gui.optimiser.page import OptimiserPage
from desktop_app.gui.optimiser.search_hand import SearchHand
from desktop_app.research.search import Estimate, Trial
from desktop_app.research.search_run import Batch, Examined, Searched, Tried
from tests.gui.backtest.trials import fill
from tests.gui.fake_engine import ACCOUNT, SETTINGS, FakeEngine
from tests.gui.optimiser.fake_job import Jobs
from tests.gui.optimiser.trials import D, found, summary, trial
from tests.gui.shell import Shell

_MOST_TURNS = 2_000


class Lone:
    """A page alone, without the window around it: what most of its tests need."""

    def __init__(self, loop: Loop, folder: Path) -> None:
        self.loop, self.folder = loop, folder
        self.engine, self.bridge, self.jobs = FakeEngine(), Bridge(), Jobs()
        self.bridge.attach(self.engine.supervisor, self.engine.bus)
        self._pages: list[OptimiserPage] = []
        fill(folder)
        self.run(self.bridge.reload())

    def run(self, work: Coroutine[Any, Any, Any]) -> None:
        self.loop.run_until_complete(work)

    def do(self, act: Callable[[], object]) -> None:
        async def acted() -> None:
            act()
            await self.settled()

        self.run(acted())

    async def settled(self) -> None:
        for _ in range(10):
            await asyncio.sleep(0)
            QApplication.processEvents()

    def until(self, is_so: Callable[[], bool]) -> None:
        self.run(_until(is_so, self.settled))

    def open(self) -> OptimiserPage:
        """A page of the bot that knows of no candles yet."""
        hand = SearchHand(make=self.jobs)  # type: ignore[arg-type]

        async def opened() -> None:
            subject = Subject(SETTINGS, ACCOUNT, 1)
            self._pages.append(OptimiserPage(self.bridge, Paths(self.folder), UTC, subject, hand))

        self.run(opened())
        page = self._pages[-1]
        page.resize(1012, 660)
        page.show()
        return page

    def page(self) -> OptimiserPage:
        """A page of the bot, its candles looked at."""
        page = self.open()
        self.until(lambda: page.past.has_candles)
        return page

    def searched(self) -> OptimiserPage:
        page = self.page()
        search_over(self, page, self.jobs)
        return page

    def measured(self, page: OptimiserPage, seconds: float) -> None:
        """The computer has found out how long the search of the form would take."""
        self.do(page.hand._timer.timeout.emit)
        order = self.jobs.measure.order
        self.do(lambda: self.jobs.measure.finished.emit(Estimate(order.search.space.size, seconds), False))

    def close(self) -> None:
        self.bridge.detach()
        for page in self._pages:
            delete(page)
        delete(self.bridge)


class Bench:
    """The window with editors, backtests and searches whose processes are a test's to end."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell.arrive()
        shell.window.resize(1280, 800)
        window, bridge, paths = shell.window, shell.bridge, Paths(shell.folder)
        self.jobs = Jobs()
        self.editors = EditorBench(window, bridge, shell.folder / "drafts")
        self.backtests = BacktestDesk(window, bridge, paths, self.editors)
        self.desk = OptimiserDesk(window, bridge, paths, self.editors, self.backtests, self._hand)
        fill(shell.folder)

    def _hand(self) -> SearchHand:
        return SearchHand(make=self.jobs)  # type: ignore[arg-type]

    def searched(self) -> OptimiserPage:
        """A page of the first bot whose search is over."""
        self.shell.do(lambda: self.desk.open_bot(1))
        page = self.desk.pages[-1]
        self.until(lambda: page.past.has_candles)
        search_over(self.shell, page, self.jobs)
        return page

    def until(self, is_so: Callable[[], bool]) -> None:
        self.shell.run(_until(is_so, self.shell.settled))


async def _until(is_so: Callable[[], bool], settled: Callable[[], Coroutine[Any, Any, None]]) -> None:
    for _ in range(_MOST_TURNS):
        if is_so():
            break
        await asyncio.sleep(0.01)
    assert is_so()
    await settled()


def search_over(hand: "Lone | Shell", page: OptimiserPage, jobs: Jobs) -> None:
    """A dozen runs have been made."""
    hand.do(page.start)
    order = jobs.search.order
    steps, scales = (one.values for one in order.search.space.dimensions)
    runs = runs_of(steps[:3], scales[:4])
    tried = tuple(Tried(one, D("168.99")) for one in runs)
    answer = Searched(replace(found(search=order.search), total=len(runs)), tried, len(runs), D("215.50"))
    for part in (Batch(tried), answer, Examined(runs[0].point, None)):
        jobs.search.came.emit(part)
    hand.do(lambda: jobs.search.finished.emit(None, False))


def runs_of(steps: Sequence[object], scales: Sequence[object]) -> list[Trial]:
    """A run for each pair, best first; the second one is bad on what it never saw."""
    made = []
    for row, step in enumerate(steps):
        for column, scale in enumerate(scales):
            score = 1.0 - 0.02 * (row * 4 + column)
            unseen = summary("-0.3", "14.1") if (row, column) == (0, 1) else None
            made.append(trial(str(step), str(scale), score, unseen=unseen))
    return made


@pytest.fixture
def bench(shell: Shell) -> Bench:
    return Bench(shell)


@pytest.fixture
def lone(themed: QApplication, tmp_path: Path) -> Iterator[Lone]:
    loop = Loop(themed)
    asyncio.set_event_loop(loop)
    made = Lone(loop, tmp_path)
    yield made
    made.close()
    asyncio.set_event_loop(None)
    loop.close()
