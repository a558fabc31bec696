"""A live account by clicks: the real window, the real engine, the real library, and an exchange in another process."""

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from desktop_app.app import build_engine
from desktop_app.config import AppSettings, Paths, load_settings
from desktop_app.core.order import Role
from desktop_app.gui import dialogs
from desktop_app.gui.connect.connect_dialog import KEY, RESULT, ConnectDialog
from desktop_app.gui.loop import run
from desktop_app.gui.main_window import MainWindow
from desktop_app.gui.session import Session
from tests.secret_service import secret_service, skip_without_secret_service

ROOT = Path(__file__).resolve().parents[2]
MOST_TURNS = 3_000  # of 20 ms
BOT = """
kind = "dca"
name = "By hand"
account = "My account"
pairs = ["BTC/USDT"]
base_order = { volume = "100", type = "market" }
safety_orders = { volume = "50", price_deviation = "1.0", max_count = 3, max_active = 2 }
take_profit = { percent = "1.0" }
limits = { max_active_deals = 1, stop_after_deals = 1 }
"""

ONE_IS_ENOUGH = pytest.mark.parametrize("stand", ["binance"], indirect=True)
Json = dict[str, Any]
Story = Callable[[MainWindow], Awaitable[None]]


class Stand:
    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        self.address: Json = json.loads(process.stdout.readline())

    async def tell(self, do: str, **details: object) -> Json:
        wish = json.dumps({"do": do, **details}).encode()
        request = urllib.request.Request(self.address["control_url"], wish, {"Content-Type": "application/json"})
        return await asyncio.to_thread(lambda: json.load(urllib.request.urlopen(request, timeout=30)))


@pytest.fixture(params=["binance", "kucoin"])
def stand(request: pytest.FixtureRequest) -> Iterator[Stand]:
    words = [sys.executable, str(ROOT / "tests" / "loopback" / f"{request.param}.py"), "--beat", "0.2"]
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Stand(process)
        process.kill()


@pytest.fixture(autouse=True)
def a_computer_without_a_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    monkeypatch.setattr(dialogs, "ARMING_MS", 0)


async def until(is_so: Callable[[], object]) -> None:
    for _ in range(MOST_TURNS):
        if is_so():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not happen")


def play(folder: Path, app: QApplication, story: Story) -> None:
    """Open the application on this folder and let the story use it to its end."""
    paths = Paths(folder)
    AppSettings(is_first_run_done=True, language="en").save(paths.settings)
    session = Session(paths, load_settings(paths.settings).settings, lambda: build_engine(paths))

    async def both() -> int:
        async with asyncio.TaskGroup() as group:
            life = group.create_task(session.live())
            group.create_task(told())
        return life.result()

    async def told() -> None:
        try:
            await until(lambda: session.bridge is not None and session.bridge.is_attached)
            assert session.window is not None
            await story(session.window)
        finally:
            if session.window is not None:
                session.window.quit_confirmed.emit()

    assert run(both(), app) == 0


def sheet(window: MainWindow) -> QDialog:
    return [dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()][-1]


async def asked_to(window: MainWindow, text: str) -> QPushButton:
    """The button with these words, when a sheet with it is open and lets it be pressed."""

    def found() -> list[QPushButton]:
        sheets = [dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()]
        buttons = [one for dialog in sheets for one in dialog.findChildren(QPushButton)]
        return [one for one in buttons if one.text() == text and one.isEnabled()]

    await until(found)
    return found()[-1]


def says(dialog: QDialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisible())


async def hand_over(window: MainWindow, stand: Stand, secret: str = "") -> ConnectDialog:
    """Up to the moment at which the key is checked."""
    window.commands.connect_exchange.trigger()
    dialog = sheet(window)
    assert isinstance(dialog, ConnectDialog)
    await until(lambda: dialog.choose.exchange is not None)
    assert dialog.choose.pick(stand.address["exchange"])
    dialog.foot.forward.click()
    await until(lambda: dialog.key.storage.is_known)
    clipboard = QApplication.clipboard()
    parts = [(dialog.key.api_key, stand.address["key"]), (dialog.key.secret, secret or stand.address["secret"])]
    if "password" in stand.address:
        parts.append((dialog.key.password, stand.address["password"]))
    for field, text in parts:
        clipboard.setText(f" {text}\n")
        field.paste_button.click()
    dialog.key.label.setText("My account")
    dialog.key.address.rest.setText(stand.address["rest_url"])
    dialog.key.address.stream.setText(stand.address["ws_url"])
    if dialog.key.storage.session_box.isVisible():
        assert not dialog.foot.forward.isEnabled()
        dialog.key.storage.session_box.click()
    await until(dialog.foot.forward.isEnabled)
    dialog.foot.forward.click()
    return dialog


async def allow_and_start(window: MainWindow) -> None:
    """Each of the two asks before real money moves."""
    known = window.bridge.known
    window.panels.accounts.box.allow_requested.emit("My account")
    (await asked_to(window, "Allow trading with real money")).click()
    await until(lambda: known.accounts["My account"].may_trade)

    bot = await window.bridge.ask(window.bridge.wishes.add_bot(BOT))
    await until(lambda: bot in known.bots)
    window.panels.bots.start_requested.emit([bot])
    (await asked_to(window, "Start bot with real money")).click()
    await until(lambda: any(one.order.role is Role.TAKE_PROFIT for one in known.orders.values()))


def test_from_a_key_to_a_closed_deal_by_clicks_alone(tmp_path: Path, qapp: QApplication, stand: Stand) -> None:
    async def story(window: MainWindow) -> None:
        known = window.bridge.known
        dialog = await hand_over(window, stand)
        await until(lambda: dialog.pages.currentIndex() == RESULT or dialog.key.problem.isVisible())
        assert "Withdrawals are OFF" in says(dialog), says(dialog)
        dialog.foot.forward.click()
        await until(lambda: "My account" in known.accounts and known.markets.get("My account"))
        view = known.accounts["My account"]
        assert (view.mode, view.may_trade, view.key_state) == ("live", False, "session")
        assert "LIVE" in window.windowTitle()
        await until(lambda: known.price("My account", "BTC/USDT"))  # the pair on the chart is watched

        await allow_and_start(window)
        await stand.tell("move", symbol="BTCUSDT", price="61900")
        await until(lambda: any(view.deal.status.is_over for view in known.deals.values()))
        profit = sum(view.deal.profit for view in known.deals.values())
        books = await stand.tell("books")
        assert Decimal(books["balances"]["USDT"]["free"]) - 10_000 == profit

    play(tmp_path, qapp, story)


def test_a_key_that_can_withdraw_gets_no_further_than_the_result(
    tmp_path: Path, qapp: QApplication, stand: Stand
) -> None:
    async def story(window: MainWindow) -> None:
        await stand.tell("rights", withdraw=True)
        dialog = await hand_over(window, stand)
        await until(lambda: dialog.pages.currentIndex() == RESULT)
        # KuCoin calls both rights by one name, so there it is told as transferring.
        assert any(words in says(dialog) for words in ("can withdraw your coins", "can move coins to other accounts"))
        assert "Nothing was saved." in says(dialog)
        assert not dialog.foot.forward.isEnabled()
        dialog.reject()
        assert "My account" not in window.bridge.known.accounts

    play(tmp_path, qapp, story)


@ONE_IS_ENOUGH
def test_a_wrong_secret_is_said_where_it_was_entered(tmp_path: Path, qapp: QApplication, stand: Stand) -> None:
    async def story(window: MainWindow) -> None:
        dialog = await hand_over(window, stand, secret="x" * 64)
        await until(dialog.key.problem.isVisible)
        assert dialog.pages.currentIndex() == KEY
        assert "Nothing was saved." in says(dialog)
        dialog.reject()

    play(tmp_path, qapp, story)


@ONE_IS_ENOUGH
def test_paper_money_on_live_prices_needs_no_key(tmp_path: Path, qapp: QApplication, stand: Stand) -> None:
    async def story(window: MainWindow) -> None:
        known = window.bridge.known
        window.commands.connect_exchange.trigger()
        dialog = sheet(window)
        assert isinstance(dialog, ConnectDialog)
        await until(lambda: dialog.choose.exchange is not None)
        dialog.choose.kind.set_value("paper")
        assert dialog.choose.pick(stand.address["exchange"])
        dialog.foot.forward.click()
        dialog.paper.label.setText("My account")
        dialog.paper.address.rest.setText(stand.address["rest_url"])
        dialog.paper.address.stream.setText(stand.address["ws_url"])
        dialog.foot.forward.click()
        await until(lambda: known.price("My account", "BTC/USDT"))
        assert known.accounts["My account"].mode == "paper"
        assert known.balances["My account"]["USDT"].free == 10_000
        assert "PAPER" in window.windowTitle()
        assert not window.toolbar.simulated.isVisible()
        books = await stand.tell("books")
        assert books["orders"] == []

    async def again(window: MainWindow) -> None:
        """The account connects after the window has read everything; its pairs and prices come all the same."""
        known = window.bridge.known
        await until(lambda: known.price("My account", "BTC/USDT"))
        await until(lambda: (page := window.active_chart()) is not None and page.symbol == "BTC/USDT")
        assert known.balances["My account"]["USDT"].free == 10_000

    play(tmp_path, qapp, story)
    play(tmp_path, qapp, again)


def _an_hour_passes(paths: Paths) -> None:
    """As far as the program knows, it was seen alive an hour earlier than it was."""
    with closing(sqlite3.connect(paths.database)) as store, store:
        changed = store.execute("UPDATE meta SET value = CAST(value AS INTEGER) - 3600000 WHERE key = 'alive_at'")
        assert changed.rowcount == 1


@pytest.mark.needs_keyring
def test_d_01_what_filled_while_the_window_was_closed_is_on_a_card_at_the_next_start(
    tmp_path: Path, qapp: QApplication, stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    skip_without_secret_service()

    async def first(window: MainWindow) -> None:
        dialog = await hand_over(window, stand)
        await until(lambda: dialog.pages.currentIndex() == RESULT or dialog.key.problem.isVisible())
        assert "Stored in" not in says(dialog)
        dialog.foot.forward.click()
        known = window.bridge.known
        await until(lambda: "My account" in known.accounts and known.price("My account", "BTC/USDT"))
        assert known.accounts["My account"].key_state == "ok"
        await allow_and_start(window)

    async def second(window: MainWindow) -> None:
        await until(lambda: window.away.card is not None)
        assert window.away.card is not None
        text = says(window.away.card)
        assert "The app was not running" in text
        assert "Take profit filled" in text
        assert "deal closed with +" in text
        window.away.card.accept()
        books = await stand.tell("books")
        deals = await window.bridge.ask(window.bridge.wishes.deals(include_closed=True))
        assert Decimal(books["balances"]["USDT"]["free"]) - 10_000 == sum(view.deal.profit for view in deals)
        assert not any(order["status"] == "open" for order in books["orders"])

    with secret_service() as keyring:
        for name, value in keyring.changes.items():
            monkeypatch.setenv(name, value)
        play(tmp_path, qapp, first)
        asyncio.run(stand.tell("move", symbol="BTCUSDT", price="61900"))
        _an_hour_passes(Paths(tmp_path))
        play(tmp_path, qapp, second)


@ONE_IS_ENOUGH
@pytest.mark.needs_keyring
def test_p_03_a_keyring_that_is_locked_at_the_next_start_is_said_and_unlocked_from_the_window(
    tmp_path: Path, qapp: QApplication, stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    skip_without_secret_service()

    async def first(window: MainWindow) -> None:
        dialog = await hand_over(window, stand)
        await until(lambda: dialog.pages.currentIndex() == RESULT or dialog.key.problem.isVisible())
        dialog.foot.forward.click()
        await until(lambda: "My account" in window.bridge.known.accounts)

    async def second(window: MainWindow) -> None:
        known = window.bridge.known
        await until(lambda: "My account" in known.accounts and known.accounts["My account"].key_state == "locked")
        await until(window.alarms.isVisible)
        assert window.alarms.alarms[0].title == "My account: the keyring is locked."
        assert "Keyring locked" in window.status.keys.text()
        await asyncio.to_thread(unlock)
        window.alarms.findChildren(QPushButton)[-1].click()
        await until(lambda: known.accounts["My account"].key_state == "ok")
        await until(lambda: known.price("My account", "BTC/USDT"))
        await until(window.alarms.isHidden)

    def unlock() -> None:
        """What the keyring's own question would do."""
        keyring.stop_keyring()
        keyring.start_keyring()

    with secret_service() as keyring:
        for name, value in keyring.changes.items():
            monkeypatch.setenv(name, value)
        play(tmp_path, qapp, first)
        keyring.lock()
        play(tmp_path, qapp, second)


@ONE_IS_ENOUGH
def test_p_05_coins_that_leave_without_us_raise_an_alarm_until_somebody_explains_it(
    tmp_path: Path, qapp: QApplication, stand: Stand
) -> None:
    async def story(window: MainWindow) -> None:
        known = window.bridge.known
        dialog = await hand_over(window, stand)
        await until(lambda: dialog.pages.currentIndex() == RESULT or dialog.key.problem.isVisible())
        dialog.foot.forward.click()
        await until(lambda: "My account" in known.accounts and known.price("My account", "BTC/USDT"))
        await until(lambda: known.balances.get("My account"))

        await stand.tell("give", asset="USDT", change="-500")
        await until(lambda: any(alarm.is_foreign for alarm in window.alarms.alarms))
        await until(lambda: known.accounts["My account"].frozen is not None)
        assert "500" in window.alarms.alarms[0].text

        window.errands.help_account("My account", "acknowledge")
        (await asked_to(window, "It was me, let bots go on")).click()
        await until(window.alarms.isHidden)

    play(tmp_path, qapp, story)
