"""The last question names the money, the place and the mode; the safe answer is the default."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop_app.gui.dialogs import ARMING_MS
from desktop_app.gui.editor.dca_editor import DcaEditor
from desktop_app.gui.editor.start_sheet import StartSheet, dca_start_sheet
from tests.gui.editor.building import ON_RSI
from tests.gui.editor.conftest import Open
from tests.gui.editor.fake_engine import FakeEngine, dca_ref

Sheet = Callable[[DcaEditor], StartSheet]


@pytest.fixture
def sheet() -> Sheet:
    def opened(editor: DcaEditor) -> StartSheet:
        made = dca_start_sheet(editor, editor.picture, editor.situation())
        made.open()
        return made

    return opened


def words(sheet: StartSheet) -> list[str]:
    return [label.text() for label in sheet.findChildren(QLabel)]


def test_B_03_paper_says_the_money_sentence_and_cancel_is_the_default(editor: DcaEditor, sheet: Sheet) -> None:
    shown = sheet(editor)
    assert words(shown)[0] == 'Start "BTC starter"?'
    for line in (
        "Will place up to 216.77 USDT in orders on Binance (paper).",
        "First: buy about 20.55 USDT of BTC at 64,210.50 (limit).",
        "Then up to 4 safety orders down to 57,425.59 (−10.66 %).",
        "Sells everything at +1.50 % after fees. No stop loss.",
        "The bot works only while this app is running.",
    ):
        assert line in words(shown)
    assert shown.safe_button is not None
    assert shown.safe_button.isDefault()
    assert shown.start_button.text() == "Start bot (paper)"
    assert shown.start_button.isEnabled()


def test_B_03_a_bot_that_waits_for_conditions_says_that_it_buys_nothing_at_once(
    open_editor: Open, sheet: Sheet
) -> None:
    shown = words(sheet(open_editor(dca_ref(start=ON_RSI))))
    assert "Buys 20.55 USDT of BTC when RSI(14) on 15m falls below 30. Until then it places nothing." in shown
    assert not any(line.startswith("First:") for line in shown)


@pytest.mark.usefixtures("chinese")
def test_B_03_the_money_sentence_in_chinese(open_editor: Open, sheet: Sheet) -> None:
    shown = sheet(open_editor())
    assert "最多将在 Binance（模拟盘）挂单 216.77 USDT。" in words(shown)
    assert shown.start_button.text() == "启动机器人（模拟盘）"


def test_B_03_the_simulated_exchange_is_named_as_built_in(open_editor: Open, sheet: Sheet) -> None:
    shown = sheet(open_editor(on=FakeEngine("sim", exchange="sim")))
    assert "Will place up to 216.77 USDT in orders on the built-in simulated exchange (paper)." in words(shown)


def test_B_03_real_money_wakes_after_a_second_and_the_tick(open_editor: Open, sheet: Sheet, qtbot: QtBot) -> None:
    shown = sheet(open_editor(on=FakeEngine("live", free="431.20")))
    assert "Will place up to 216.77 USDT in orders on Binance." in words(shown)
    assert "Free now 431.20 → 214.21 left if all orders fill." in words(shown)
    lost = "No stop loss. If BTC falls to 50,000.00 this deal would be down about 37 USDT and still open."
    assert lost in words(shown)
    assert shown.start_button.text() == "Start bot with real money"
    assert [tick.text() for tick in shown.ticks] == ["I understand there is no stop loss"]
    shown.ticks[0].setChecked(True)
    assert not shown.start_button.isEnabled()
    qtbot.waitUntil(shown.start_button.isEnabled, timeout=ARMING_MS * 10)
    shown.ticks[0].setChecked(False)
    assert not shown.start_button.isEnabled()


def test_B_02_real_money_that_is_short_needs_a_tick(open_editor: Open, sheet: Sheet) -> None:
    shown = sheet(open_editor(dca_ref(stop_loss={"percent": "15"}), on=FakeEngine("live", free="120")))
    assert [tick.text() for tick in shown.ticks] == ["Start anyway: the money does not cover all orders"]
    assert not shown.start_button.isEnabled()


def test_paper_money_that_is_short_needs_none(open_editor: Open, sheet: Sheet) -> None:
    assert sheet(open_editor(on=FakeEngine(free="120"))).ticks == ()


def test_no_button_says_yes_or_ok(editor: DcaEditor, sheet: Sheet) -> None:
    texts = {button.text() for button in sheet(editor).findChildren(QPushButton)}
    assert texts == {"Cancel", "Start bot (paper)"}
