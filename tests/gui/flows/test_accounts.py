from typing import Any

import pytest
from PySide6.QtWidgets import QDialog, QLineEdit

from desktop_app.core.said import said
from desktop_app.gui import dialogs
from tests.gui.fake_engine import LIVE, bot_view, live_view
from tests.gui.shell import Shell, button, words


@pytest.fixture
def live(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setattr(dialogs, "ARMING_MS", 0)
    shell.engine.supervisor.views.append(live_view())
    return shell.arrive()


def called(shell: Shell, what: str) -> list[tuple[Any, ...]]:
    return [call for call in shell.calls if call[0] == what]


def test_p_04_trading_is_allowed_by_a_step_of_its_own_that_names_real_money(live: Shell) -> None:
    box = live.window.panels.accounts.box

    def keep(sheet: QDialog) -> None:
        text = words(sheet)
        assert "Allow trading with real money on Binance main?" in text
        assert "LIVE" in text
        assert "Free now: 9,864.69 USDT." in text
        button(sheet, "Keep watching only").click()

    live.answer(lambda: box.allow_requested.emit(LIVE), keep)
    assert not called(live, "allow_trading")
    live.answer(
        lambda: box.allow_requested.emit(LIVE), lambda sheet: button(sheet, "Allow trading with real money").click()
    )
    assert called(live, "allow_trading") == [("allow_trading", LIVE)]


def test_p_04_the_button_sleeps_for_a_second(shell: Shell) -> None:
    shell.engine.supervisor.views.append(live_view())
    shell.arrive()

    def look(sheet: QDialog) -> None:
        assert not button(sheet, "Allow trading with real money").isEnabled()
        assert button(sheet, "Keep watching only").isDefault()
        sheet.reject()

    shell.answer(lambda: shell.window.panels.accounts.box.allow_requested.emit(LIVE), look)


def test_p_04_a_bot_on_an_account_that_only_watches_is_not_started(live: Shell) -> None:
    view = bot_view(bot_id=9, name="Real", account=LIVE, status="stopped", mode="live", deals_open=0)
    live.engine.bot(view)
    live.hear()

    def look(sheet: QDialog) -> None:
        assert "Binance main can be watched but not traded." in words(sheet)
        assert button(sheet, "Allow trading…")
        button(sheet, "Keep watching only").click()

    live.answer(lambda: live.window.panels.bots.start_requested.emit([9]), look)
    assert not called(live, "start_bot")


def test_p_11_removing_asks_for_a_word_and_says_what_stays(live: Shell) -> None:
    box = live.window.panels.accounts.box

    def remove(sheet: QDialog) -> None:
        text = words(sheet)
        assert "Its key is deleted from the keyring." in text
        assert "Delete it at Binance too" in text
        assert "no order of this app" in text
        yes = button(sheet, "Remove account")
        assert not yes.isEnabled()
        sheet.findChildren(QLineEdit)[0].setText("remove")
        assert yes.isEnabled()
        yes.click()

    live.answer(lambda: box.remove_requested.emit(LIVE), remove)
    assert called(live, "remove_account") == [("remove_account", LIVE)]
    assert any("Delete its key …x7Q2 at Binance too." in text for text in live.window.toasts.texts())


def test_p_11_an_account_that_bots_use_is_not_removed(live: Shell) -> None:
    live.engine.bot(bot_view(bot_id=9, name="Real", account=LIVE, mode="live"))
    live.hear()

    def look(sheet: QDialog) -> None:
        assert "Binance main is used by 1 bot" in words(sheet)
        assert "Real" in words(sheet)
        button(sheet, "Keep account").click()

    live.answer(lambda: live.window.panels.accounts.box.remove_requested.emit(LIVE), look)
    assert not called(live, "remove_account")


def test_rights_are_read_again_and_shown(live: Shell) -> None:
    def look(sheet: QDialog) -> None:
        assert "Rights of the key of Binance main" in words(sheet)
        assert "Withdrawals are OFF" in words(sheet)
        sheet.reject()

    live.answer(lambda: live.window.panels.accounts.box.check_requested.emit(LIVE), look)
    assert called(live, "check_account") == [("check_account", LIVE)]


def test_p_05_it_was_me_is_asked_once_more(live: Shell) -> None:
    def mine(sheet: QDialog) -> None:
        assert "delete the key at the exchange now" in words(sheet)
        button(sheet, "It was me, let bots go on").click()

    live.answer(lambda: live.window.errands.help_account(LIVE, "acknowledge"), mine)
    assert called(live, "acknowledge_foreign") == [("acknowledge_foreign", LIVE)]


def test_a_refusal_of_the_engine_is_told(live: Shell) -> None:
    from desktop_app.engine.problem import Problem

    live.engine.supervisor.problem = Problem(said("account_unreachable", account=LIVE, reason="no answer"))
    live.do(lambda: live.window.errands.help_account(LIVE, "reconnect"))
    assert any("cannot be reached" in text for text in live.window.toasts.texts())
