"""The editor of signal bots: its form, its address and message, a try, and what came in."""

import json
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from desktop_app.core.said import said
from desktop_app.engine.views import SignalsView, SignalView
from desktop_app.gui.connect.clipboard import clipboard_guard
from desktop_app.gui.dialogs import Question
from desktop_app.gui.editor.signal.editor import SignalEditor
from desktop_app.gui.editor.signal.ways_sheet import WaysForm, WaysSheet, choose_ways
from desktop_app.gui.wording import sentence
from tests.gui.editor.conftest import Run
from tests.gui.editor.fake_engine import NOW, bot_view
from tests.gui.editor.signal.conftest import OpenSignal, SignalEngine, signal_ref


def of_a_saved_bot(open_signal: OpenSignal, **more: Any) -> SignalEditor:
    return open_signal(bot=bot_view(signal_ref(), 7), **more)


def click(button: QPushButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    QApplication.processEvents()


def test_B_11_a_bot_that_is_not_saved_has_no_address_and_says_so(open_signal: OpenSignal) -> None:
    editor = open_signal()
    assert editor.inflow.unsaved.isVisible()
    assert not editor.inflow.message.isVisible()


def test_B_11_copying_puts_exactly_the_address_and_the_message_on_the_clipboard(open_signal: OpenSignal) -> None:
    inflow = of_a_saved_bot(open_signal).inflow
    click(inflow.copy_url)
    assert QApplication.clipboard().text() == "http://127.0.0.1:8787/hook/uuid-7"
    click(inflow.copy_message)
    message = json.loads(QApplication.clipboard().text())
    assert (message["secret"], message["bot_uuid"], message["action"]) == ("wh_first", "uuid-7", "enter_long")
    assert clipboard_guard().is_waiting
    clipboard_guard().clear_now()
    assert QApplication.clipboard().text() == ""


def test_B_11_without_a_keyring_a_secret_for_the_session_is_offered(
    open_signal: OpenSignal, signal_engine: SignalEngine
) -> None:
    signal_engine.has_keyring = False
    inflow = of_a_saved_bot(open_signal).inflow
    assert "no keyring" in inflow.state.text()
    assert inflow.keep_button.isVisible()
    assert not any(part.isVisible() for part in (inflow.copy_url, inflow.formats, inflow.message, inflow.try_enter))
    click(inflow.keep_button)
    assert not inflow.keep_button.isVisible()
    assert all(part.isVisible() for part in (inflow.copy_url, inflow.message, inflow.try_enter))
    assert inflow.url.text() == "http://127.0.0.1:8787/hook/uuid-7"


def test_B_11_every_format_of_the_message_can_be_chosen_and_parses(open_signal: OpenSignal) -> None:
    inflow = of_a_saved_bot(open_signal).inflow
    for action in ("exit_long", "enter_long"):
        inflow.formats.setCurrentIndex(inflow.formats.findData(action))
        click(inflow.copy_message)
        assert json.loads(QApplication.clipboard().text())["action"] == action
    clipboard_guard().clear_now()


def test_B_11_the_secret_is_hidden_until_it_is_asked_for(open_signal: OpenSignal) -> None:
    inflow = of_a_saved_bot(open_signal).inflow
    assert "wh_first" not in inflow.message.toPlainText()
    click(inflow.show_secret)
    assert "wh_first" in inflow.message.toPlainText()
    click(inflow.show_secret)
    assert "wh_first" not in inflow.message.toPlainText()


def test_B_11_a_new_secret_is_asked_for_and_takes_the_place_of_the_old_one(
    open_signal: OpenSignal, signal_engine: SignalEngine, run: Run
) -> None:
    editor = of_a_saved_bot(open_signal)
    run(editor.inflow._rotate(), editor, lambda sheet: sheet.reject())
    assert signal_engine.secret == "wh_first"

    def agree(sheet: Question) -> None:
        next(b for b in sheet.findChildren(QPushButton) if b.text() == "Make a new secret").click()

    run(editor.inflow._rotate(), editor, agree)
    assert "opens nothing any more" in editor.inflow.tried.text()
    click(editor.inflow.copy_message)
    assert json.loads(QApplication.clipboard().text())["secret"] == "wh_second"
    clipboard_guard().clear_now()


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("listening", "Listening on port 8787."),
        ("port_in_use", "in use"),
        ("blocked", "does not allow"),
        ("off", "switched off"),
    ],
)
def test_B_12_the_state_of_the_listener_is_said(
    open_signal: OpenSignal, signal_engine: SignalEngine, state: str, words: str
) -> None:
    signal_engine.state = SignalsView(state, 8787, "off")
    inflow = of_a_saved_bot(open_signal).inflow
    assert words in inflow.state.text()


@pytest.mark.parametrize(
    ("mode", "direction", "move", "action"),
    [
        ("custom", "long", "enter", "enter_long"),
        ("custom", "short", "exit", "exit_short"),
        ("strategy", "long", "enter", "buy"),
        ("strategy", "long", "exit", "sell"),
        ("strategy", "short", "enter", "sell"),
    ],
)
def test_B_12_a_try_goes_the_whole_way_and_acts_on_nothing(
    open_signal: OpenSignal, signal_engine: SignalEngine, mode: str, direction: str, move: str, action: str
) -> None:
    signal_engine.settings = signal_ref(mode=mode, direction=direction)
    signal_engine.add_bot_view(bot_view(signal_engine.settings, 7))
    inflow = of_a_saved_bot(open_signal).inflow
    click(inflow.try_enter if move == "enter" else inflow.try_exit)
    ((text, is_test),) = signal_engine.tried
    assert is_test
    assert json.loads(text)["action"] == action
    assert "Nothing was sent to the exchange" in inflow.tried.text()


def test_B_12_B_13_what_was_refused_is_listed_with_its_reason_and_its_message(
    open_signal: OpenSignal, signal_engine: SignalEngine
) -> None:
    late = SignalView(1, NOW, 7, "hook", "127.0.0.1", 410, said("signal_late", seconds=412, most=300), '{"secret":"•"}')
    signal_engine.log = [late]
    inflow = of_a_saved_bot(open_signal).inflow
    again = SignalView(2, NOW, 7, "hook", "127.0.0.1", 409, said("signal_repeated"), '{"secret":"•"}')
    other = SignalView(3, NOW, 8, "hook", "127.0.0.1", 200, said("signal_repeated"), "")
    inflow.signals_came([again, other])
    shown = inflow.table.rows_model.shown_rows()
    assert [row.signal.line for row in shown] == [1, 2]
    assert shown[0].verdict == sentence(late.verdict)
    assert "•" in shown[0].signal.body


def test_B_14_the_simple_view_hides_what_is_rarely_needed_and_loses_nothing(open_signal: OpenSignal) -> None:
    editor = open_signal(signal_ref(exit_parts=3))
    editor.show_simple()
    assert editor.form.rows["exit_parts"].isHidden()
    assert editor.picture.settings is not None
    assert editor.picture.settings.exit_parts == 3


def test_what_the_form_has_no_field_for_is_kept(open_signal: OpenSignal) -> None:
    settings = signal_ref(take_profit={"steps": [{"percent": "1", "share": "50"}, {"percent": "2", "share": "50"}]})
    assert open_signal(settings).picture.settings == settings


def test_the_money_sentence_warns_where_nothing_but_a_signal_sells(open_signal: OpenSignal) -> None:
    assert "if no exit arrives, nothing sells" in open_signal(signal_ref(stop_loss={})).sentence()
    assert "ends by signal or at 5.00 % loss" in open_signal().sentence()


def test_a_size_under_the_exchanges_minimum_is_refused_with_one_that_would_do(open_signal: OpenSignal) -> None:
    editor = open_signal(signal_ref(entry={"volume": "1"}))
    (block,) = editor.picture.blocks
    assert block.path == "entry.volume"
    editor.form.fix_requested.emit(block.path, block.use)
    assert not editor.picture.blocks


def test_the_ways_are_kept_as_chosen_and_nonsense_keeps_the_sheet_open(
    open_signal: OpenSignal, signal_engine: SignalEngine, run: Run
) -> None:
    editor = of_a_saved_bot(open_signal)

    def choose(sheet: Question) -> None:
        assert isinstance(sheet, WaysSheet)
        form = sheet.findChild(WaysForm)
        assert form is not None
        form.public.setText("http://home.example.net")
        sheet.use_button.click()
        assert form.problem.isVisible()
        assert sheet.answer is None
        form.public.setText("https://home.example.net")
        form.port.setText("9090")
        sheet.use_button.click()

    assert run(choose_ways(signal_engine.link(), editor), editor, choose) is True
    assert (signal_engine.ways.port, signal_engine.ways.public_url) == (9090, "https://home.example.net")
