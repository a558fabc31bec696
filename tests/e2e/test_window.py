"""The whole application in one piece: real window, real engine, real database, on the embedded exchange."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from desktop_app.app import build_engine
from desktop_app.config import AppSettings, Paths, load_settings
from desktop_app.gui.loop import run
from desktop_app.gui.main_window import MainWindow
from desktop_app.gui.session import PAPER_ACCOUNT, Session
from desktop_app.gui.wizard.wizard import FirstRunWizard

BOT = f"""
kind = "dca"
name = "Starter"
account = "{PAPER_ACCOUNT}"
pairs = ["BTC/USDT"]
base_order = {{ volume = "100" }}
safety_orders = {{ volume = "100", price_deviation = "0.3", max_count = 5, max_active = 3 }}
take_profit = {{ percent = "0.4" }}
"""
MOST_TURNS = 1_500  # of 20 ms: how long anything may take on a slow machine

Story = Callable[[Session], Awaitable[None]]


async def until(is_so: Callable[[], object]) -> None:
    for _ in range(MOST_TURNS):
        if is_so():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not happen")


def play(folder: Path, app: QApplication, story: Story) -> int:
    """Open the application on this folder and let the story use it to its end."""
    paths = Paths(folder)
    session = Session(paths, load_settings(paths.settings).settings, lambda: build_engine(paths))

    async def both() -> int:
        async with asyncio.TaskGroup() as group:
            life = group.create_task(session.live())
            group.create_task(told())
        return life.result()

    async def told() -> None:
        try:
            await story(session)
        finally:
            if session.window is not None:
                session.window.quit_confirmed.emit()

    return run(both(), app)


def window_of(session: Session) -> MainWindow:
    assert session.window is not None
    return session.window


async def alive(session: Session) -> MainWindow:
    """Prices move and the chart shows them."""
    await until(lambda: session.window is not None and session.bridge is not None and session.bridge.is_attached)
    window = window_of(session)
    await until(lambda: window.bridge.known.prices.get((PAPER_ACCOUNT, "BTC/USDT")))
    await until(lambda: (page := window.active_chart()) is not None and page.chart is not None and page.chart.caption())
    return window


def test_W_01_two_clicks_to_a_moving_chart_and_a_paper_wallet_offline(tmp_path: Path, qapp: QApplication) -> None:
    async def story(session: Session) -> None:
        await until(lambda: _wizard(qapp) is not None)
        wizard = _wizard(qapp)
        assert wizard is not None
        wizard.next_button.click()
        wizard.start.paper.click()
        window = await alive(session)
        known = window.bridge.known
        assert known.balances[PAPER_ACCOUNT]["USDT"].free == Decimal(10_000)
        first = known.prices[PAPER_ACCOUNT, "BTC/USDT"]
        await until(lambda: known.prices[PAPER_ACCOUNT, "BTC/USDT"].at > first.at)
        assert "PAPER" in window.windowTitle()

    assert play(tmp_path, qapp, story) == 0
    assert load_settings(Paths(tmp_path).settings).settings.is_first_run_done


def test_a_bot_trades_while_the_window_shows_it_and_everything_is_there_after_a_restart(
    tmp_path: Path, qapp: QApplication
) -> None:
    paths = Paths(tmp_path)
    AppSettings(is_first_run_done=True).save(paths.settings)
    closed: list[str] = []

    async def first(session: Session) -> None:
        await until(lambda: session.bridge is not None and session.bridge.is_attached)
        bridge = window_of(session).bridge
        await bridge.ask(bridge.wishes.add_account(PAPER_ACCOUNT, "sim", config={"speed": 600}))
        await bridge.reload()
        await alive(session)
        bot = await bridge.ask(bridge.wishes.add_bot(BOT))
        await bridge.ask(bridge.wishes.start_bot(bot))
        await until(lambda: any(view.deal.status.is_over for view in bridge.known.deals.values()))
        closed.extend(view.deal_id for view in bridge.known.deals.values() if view.deal.status.is_over)

    async def second(session: Session) -> None:
        window = await alive(session)
        bridge = window.bridge
        assert [bot.status for bot in bridge.known.bots.values()] == ["running"]
        deals = await bridge.ask(bridge.wishes.deals(include_closed=True))
        assert set(closed) <= {view.deal_id for view in deals}

    assert play(tmp_path, qapp, first) == 0
    assert closed
    assert play(tmp_path, qapp, second) == 0


def _wizard(app: QApplication) -> FirstRunWizard | None:
    shown = [widget for widget in app.topLevelWidgets() if isinstance(widget, FirstRunWizard) and widget.isVisible()]
    return shown[0] if shown else None


@pytest.fixture(autouse=True)
def _english(qapp: QApplication) -> None:
    from desktop_app.gui.i18n import Language, set_language

    set_language(Language.ENGLISH)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_a_shutdown_of_the_system_ends_it_in_order(tmp_path: Path, qapp: QApplication) -> None:
    paths = Paths(tmp_path)
    tmp_path.mkdir(exist_ok=True)
    AppSettings(is_first_run_done=True).save(paths.settings)

    async def story(session: Session) -> None:
        await until(lambda: session.window is not None and session._thread is not None)
        window = session.window
        assert window is not None
        await until(window.isVisible)
        os.kill(os.getpid(), signal.SIGTERM)
        await until(lambda: not window.isVisible())

    assert play(tmp_path, qapp, story) == 0
    assert not paths.door_key.exists()  # the engine has taken it away, as at every orderly end
