import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.gui import dialogs
from desktop_app.gui.dialogs import Choice, Question, ask_action, ask_choice, ask_text, body_lines, confirmed
from desktop_app.gui.loop import Loop
from desktop_app.gui.notices import Badge

T = TypeVar("T")
Ask = Callable[[Coroutine[Any, Any, T], Callable[[Question], None]], T]


@pytest.fixture
def window(qtbot: QtBot, themed: QApplication) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def ask(window: QWidget, qapp: QApplication) -> Iterator[Ask[Any]]:
    """Put a question, let the other side act on the open sheet, return the answer."""
    loop = Loop(qapp)
    asyncio.set_event_loop(loop)

    def run(question: Coroutine[Any, Any, Any], act: Callable[[Question], None]) -> Any:
        async def both() -> Any:
            asking = asyncio.ensure_future(question)
            while not (sheets := [s for s in window.findChildren(Question) if s.isVisible()]):  # noqa: ASYNC110  Qt has no event to await
                await asyncio.sleep(0)
            act(sheets[0])
            return await asking

        return loop.run_until_complete(both())

    yield run
    asyncio.set_event_loop(None)
    loop.close()


def button(sheet: Question, text: str) -> QPushButton:
    return next(b for b in sheet.findChildren(QPushButton) if b.text() == text)


def press(sheet: Question, text: str) -> None:
    assert button(sheet, text).isEnabled()
    button(sheet, text).click()


SELL = "Sell 0.00070 BTC now"
LINES = ("Sell 0.00070 BTC now for about 44.14 USDT.", "Cancels 3 orders.")


def test_the_answer_comes_back(window: QWidget, ask: Ask[bool]) -> None:
    assert ask(confirmed(window, "Close deal?", LINES, yes=SELL, no="Keep deal"), lambda s: press(s, SELL))
    assert not ask(confirmed(window, "Close deal?", LINES, yes=SELL, no="Keep deal"), lambda s: press(s, "Keep deal"))


def test_enter_and_escape_mean_the_safe_answer(window: QWidget, ask: Ask[bool], qtbot: QtBot) -> None:
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Escape):

        def act(sheet: Question, key: Qt.Key = key) -> None:
            assert button(sheet, "Keep deal").isDefault()
            qtbot.keyClick(sheet, key)  # type: ignore[no-untyped-call]

        assert not ask(confirmed(window, "Close deal?", LINES, yes=SELL, no="Keep deal"), act)


def test_g_01_a_question_wears_the_badge_and_plain_text(window: QWidget, ask: Ask[bool]) -> None:
    def act(sheet: Question) -> None:
        assert sheet.findChildren(Badge)[0].kind == "live"
        assert all(
            label.textFormat() == Qt.TextFormat.PlainText
            for label in sheet.findChildren(QLabel)
            if label.pixmap().isNull()
        )
        assert sheet.isModal()
        sheet.reject()

    assert not ask(confirmed(window, "Close <b>deal</b>?", LINES, yes=SELL, badge="live"), act)


def test_live_money_sleeps_for_a_second(window: QWidget, ask: Ask[bool]) -> None:
    def act(sheet: Question) -> None:
        assert not button(sheet, SELL).isEnabled()
        assert sheet._arming.isActive()
        assert sheet._arming.interval() == dialogs.ARMING_MS == 1_000
        sheet._arming.timeout.emit()
        press(sheet, SELL)

    assert ask(confirmed(window, "Close deal?", LINES, yes=SELL, level=2, badge="live"), act)


def test_paper_money_does_not(window: QWidget, ask: Ask[bool]) -> None:
    question = confirmed(window, "Close deal?", LINES, yes=SELL, level=2, badge="paper")
    assert ask(question, lambda sheet: press(sheet, SELL))


def test_the_irreversible_asks_for_a_word(window: QWidget, ask: Ask[bool], qtbot: QtBot) -> None:
    def act(sheet: Question) -> None:
        field = sheet.findChild(QLineEdit)
        assert isinstance(field, QLineEdit)
        assert field.accessibleName() == "Type PANIC to go on:"
        assert button(sheet, "Sell everything").property("danger")
        field.setText("pani")
        assert not button(sheet, "Sell everything").isEnabled()
        field.setText(" panic ")
        press(sheet, "Sell everything")

    assert ask(confirmed(window, "PANIC", LINES, yes="Sell everything", level=3, word="PANIC"), act)


WAYS = (
    Choice("wait", "Leave it running until it closes"),
    Choice("sell", "Sell at market", "About 44.14 USDT"),
)


def test_one_of_several_ways_is_picked(window: QWidget, ask: Ask[str | None]) -> None:
    def act(sheet: Question) -> None:
        radios = sheet.findChildren(QRadioButton)
        assert radios[0].isChecked(), "the gentlest way comes first"
        assert radios[1].accessibleDescription() == "About 44.14 USDT"
        radios[1].click()
        press(sheet, "Stop bot")

    assert ask(ask_choice(window, "Stop bot?", LINES, WAYS, yes="Stop bot"), act) == "sell"
    assert ask(ask_choice(window, "Stop bot?", LINES, WAYS, yes="Stop bot"), lambda s: s.reject()) is None


def test_several_actions_stand_beside_the_safe_one(window: QWidget, ask: Ask[str | None]) -> None:
    actions = (Choice("tray", "Keep running in the tray"), Choice("quit", "Quit anyway"))
    body = body_lines([("Stays on the exchange", "TP sell 0.00070 BTC"), ("Stops working", "SO4")])

    assert ask(ask_action(window, "Quit?", (), actions, body=body), lambda s: press(s, "Quit anyway")) == "quit"
    assert ask(ask_action(window, "Quit?", (), actions), lambda s: press(s, "Cancel")) is None


def test_a_line_of_text_is_asked(window: QWidget, ask: Ask[str | None]) -> None:
    def act(sheet: Question) -> None:
        field = sheet.findChild(QLineEdit)
        assert isinstance(field, QLineEdit)
        field.clear()
        assert not button(sheet, "Rename").isEnabled()
        field.setText("Evening")
        press(sheet, "Rename")

    assert ask(ask_text(window, "Name", (), yes="Rename", text="Morning"), act) == "Evening"


def test_g_11_everything_else_goes_on_while_a_question_is_open(window: QWidget, ask: Ask[bool]) -> None:
    beats = 0
    open_sheets: list[Question] = []

    async def question() -> bool:
        async def beat() -> None:
            nonlocal beats
            while True:
                await asyncio.sleep(0)
                beats += bool(open_sheets)
                if beats == 5:  # only what goes on meanwhile ever answers
                    open_sheets[0].accept()

        beating = asyncio.ensure_future(beat())
        answer = await confirmed(window, "Close deal?", LINES, yes=SELL)
        beating.cancel()
        return answer

    assert not ask(question(), open_sheets.append)
    assert beats >= 5


def test_a_window_that_goes_away_answers_no(window: QWidget, ask: Ask[bool], qapp: QApplication) -> None:
    child = QWidget(window)
    assert not ask(confirmed(child, "Close deal?", LINES, yes=SELL), lambda s: child.deleteLater())


def test_a_cancelled_question_closes(window: QWidget, qapp: QApplication) -> None:
    loop = Loop(qapp)
    asyncio.set_event_loop(loop)

    async def main() -> None:
        asking = asyncio.ensure_future(confirmed(window, "Close deal?", LINES, yes=SELL))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert not any(sheet.isVisible() for sheet in window.findChildren(Question))

    loop.run_until_complete(main())
    asyncio.set_event_loop(None)
    loop.close()
