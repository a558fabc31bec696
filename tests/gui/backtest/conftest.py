import asyncio
from collections.abc import Callable

import pytest

from desktop_app.config import Paths
from desktop_app.gui.backtest.desk import BacktestDesk
from desktop_app.gui.backtest.page import BacktestPage
from desktop_app.gui.editor.bench import EditorBench
from desktop_app.research import worker
from tests.gui.backtest.trials import QUICK
from tests.gui.fake_engine import ACCOUNT
from tests.gui.shell import Shell

_MOST_TURNS = 1_000


@pytest.fixture(autouse=True)
def busy_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    """One on which a run that listens may take a while to say so."""
    monkeypatch.setattr(worker, "STOP_SECONDS", 60)


class Bench:
    """The window with a desk for backtests."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell.arrive(with_charts=True)
        self.editors = EditorBench(shell.window, shell.bridge, shell.folder / "drafts")
        self.desk = BacktestDesk(shell.window, shell.bridge, Paths(shell.folder), self.editors)

    def page(self) -> BacktestPage:
        """A page of the quick bot, its candles looked at."""
        page: list[BacktestPage | None] = []
        self.shell.do(lambda: page.append(self.desk.open_settings(QUICK, ACCOUNT, 1)))
        assert page[0] is not None
        self.until(lambda: page[0] is not None and page[0].data.coverage is not None)
        return page[0]

    def until(self, is_so: Callable[[], bool]) -> None:
        async def wait() -> None:
            for _ in range(_MOST_TURNS):
                if is_so():
                    break
                await asyncio.sleep(0.01)
            assert is_so()
            await self.shell.settled()

        self.shell.run(wait())


@pytest.fixture
def bench(shell: Shell) -> Bench:
    return Bench(shell)
