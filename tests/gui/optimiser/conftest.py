import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from desktop_app.config import Paths
from desktop_app.gui.backtest.desk import BacktestDesk
from desktop_app.gui.editor.bench import EditorBench
from desktop_app.gui.optimiser.desk import OptimiserDesk
from desktop_app.gui.optimiser.page import OptimiserPage
from desktop_app.gui.optimiser.search_hand import SearchHand
from desktop_app.research.search import Estimate, Trial
from desktop_app.research.search_run import Batch, Examined, Searched, Tried
from tests.gui.backtest.trials import fill
from tests.gui.optimiser.fake_job import Jobs
from tests.gui.optimiser.trials import D, found, summary, trial
from tests.gui.shell import Shell

_MOST_TURNS = 2_000


class Bench:
    """The window with editors, backtests and searches whose processes are a test's to end."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell.arrive(with_charts=True)
        shell.window.resize(1280, 800)
        window, bridge, paths = shell.window, shell.bridge, Paths(shell.folder)
        self.jobs = Jobs()
        self.editors = EditorBench(window, bridge, shell.folder / "drafts")
        self.backtests = BacktestDesk(window, bridge, paths, self.editors)
        self.desk = OptimiserDesk(window, bridge, paths, self.editors, self.backtests, self._hand)
        fill(shell.folder)

    def _hand(self) -> SearchHand:
        return SearchHand(make=self.jobs)  # type: ignore[arg-type]

    def page(self, bot_id: int = 1) -> OptimiserPage:
        """A page of a bot, its candles looked at."""
        self.shell.do(lambda: self.desk.open_bot(bot_id))
        page = self.desk.pages[-1]
        self.until(lambda: page.past.has_candles)
        return page

    def searched(self) -> OptimiserPage:
        """A page whose search is over."""
        page = self.page()
        self.shell.do(page.start)
        order = self.jobs.search.order
        runs = runs_of(order.search.space.dimensions[0].values[:3], order.search.space.dimensions[1].values[:4])
        tried = tuple(Tried(one, D("168.99")) for one in runs)
        answer = Searched(replace(found(search=order.search), total=len(runs)), tried, len(runs), D("215.50"))
        self.shell.do(lambda: self.jobs.search.came.emit(Batch(tried)))
        self.shell.do(lambda: self.jobs.search.came.emit(answer))
        self.shell.do(lambda: self.jobs.search.came.emit(Examined(runs[0].point, None)))
        self.shell.do(lambda: self.jobs.search.finished.emit(None, False))
        return page

    def measured(self, page: OptimiserPage, seconds: float) -> None:
        """The computer has found out how long the search of the form would take."""
        self.shell.do(page.hand._timer.timeout.emit)
        order = self.jobs.measure.order
        self.shell.do(lambda: self.jobs.measure.finished.emit(Estimate(order.search.space.size, seconds), False))

    def until(self, is_so: Callable[[], bool]) -> None:
        async def wait() -> None:
            for _ in range(_MOST_TURNS):
                if is_so():
                    break
                await asyncio.sleep(0.01)
            assert is_so()
            await self.shell.settled()

        self.shell.run(wait())


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
