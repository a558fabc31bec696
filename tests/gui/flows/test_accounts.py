from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPushButton

from desktop_app.core.said import said
from desktop_app.engine.news import AccountGone, AccountNews
from desktop_app.gui import dialogs
from desktop_app.gui.connect.connect_dialog import ConnectDialog
from tests.gui.canary import everything
from tests.gui.fake_engine import GOOD_RIGHTS, LIVE, NOW, bot_view, key_check, live_view
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
        assert button(sheet, "Allow trading…").isEnabled()
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


def test_a_reminder_is_set_when_a_key_is_checked_shown_once_and_put_off(live: Shell) -> None:
    rights = replace(GOOD_RIGHTS, ip_restricted=False)
    live.engine.supervisor.check = key_check(rights, verdict="warning", reasons=(said("key_not_bound"),))
    live.answer(
        lambda: live.window.panels.accounts.box.check_requested.emit(LIVE),
        lambda sheet: button(sheet, "Remind me in 7 days").click(),
    )
    assert called(live, "remind_of_key") == [("remind_of_key", LIVE)]

    due = live_view(rights=rights, verdict="warning", reasons=(said("key_not_bound"), said("key_reminder")))
    for _ in range(2):
        live.engine.bus.publish(AccountNews(due))
        live.hear()
    told = f"{LIVE}: You wanted to be reminded: this key still works from every internet address."
    assert live.window.toasts.texts().count(told) == 1
    again = [one for one in live.window.findChildren(QPushButton) if one.text() == "Remind me in 7 days"]
    live.do(again[-1].click)
    assert called(live, "remind_of_key") == [("remind_of_key", LIVE)] * 2


def test_p_05_it_was_me_is_asked_once_more(live: Shell) -> None:
    def mine(sheet: QDialog) -> None:
        assert "delete the key at the exchange now" in words(sheet)
        button(sheet, "It was me, let bots go on").click()

    live.answer(lambda: live.window.errands.help_account(LIVE, "acknowledge"), mine)
    assert called(live, "acknowledge_foreign") == [("acknowledge_foreign", LIVE)]


def test_b_03_a_live_start_names_what_is_left_and_that_nothing_stops_a_loss(live: Shell) -> None:
    live.engine.account()
    live.engine.bot(bot_view(bot_id=9, name="Real", account=LIVE, status="stopped", mode="live", deals_open=0))
    live.engine.bus.publish(AccountNews(live_view(may_trade=True)))
    live.hear()

    def look(sheet: QDialog) -> None:
        text = words(sheet)
        assert "Will place up to 216.99 USDT in orders on Binance main, with real money." in text
        assert "Free now 9,864.69 USDT; 9,647.70 USDT left if all orders fill." in text
        assert "No stop loss: if BTC keeps falling" in text
        sheet.reject()

    live.answer(lambda: live.window.panels.bots.start_requested.emit([9]), look)
    assert not called(live, "start_bot")


def test_the_account_in_view_that_is_removed_makes_room_for_the_next(live: Shell) -> None:
    live.do(lambda: live.window.show_account(LIVE))
    live.engine.bus.publish(AccountGone(LIVE))
    live.hear()
    assert live.window.account == "Paper wallet"
    assert live.window.toolbar.badge.kind == "paper"


def test_p_07_a_key_that_ends_soon_is_told_of_once(live: Shell) -> None:
    view = live_view(reasons=(said("key_expires_soon", days=6),), verdict="warning")
    for _ in range(2):
        live.engine.bus.publish(AccountNews(view))
        live.hear()
    live.engine.bus.publish(AccountNews(replace(view, reasons=(said("key_expires_soon", days=2),))))
    live.hear()
    texts = [text for text in live.window.toasts.texts() if "expires" in text]
    assert texts == [
        "Binance main: This key expires in 6 days. Make a new one in time.",
        "Binance main: This key expires in 2 days. Make a new one in time.",
    ]


def test_g_04_stale_prices_of_a_live_account_say_since_when(live: Shell) -> None:
    live.do(lambda: live.window.show_account(LIVE))
    live.engine.bus.publish(AccountNews(live_view(is_live_feed=False, reason="no answer", since=NOW)))
    live.hear()
    frame = live.window.panels.markets.frame
    assert frame.table.rows_model.is_stale
    assert "Reconnecting. Bots wait; orders on the exchange stay active." in frame.banner.accessibleName()
    live.engine.bus.publish(AccountNews(live_view()))
    live.hear()
    assert not frame.table.rows_model.is_stale


def test_p_03_a_key_leaves_no_trace_in_the_whole_window(live: Shell) -> None:
    canary = "CANARYlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
    live.do(live.window.commands.connect_exchange.trigger)
    dialog = live.sheet()
    assert isinstance(dialog, ConnectDialog)
    live.do(dialog.foot.forward.click)
    for field, text in ((dialog.key.api_key, canary), (dialog.key.secret, canary[::-1])):
        QApplication.clipboard().setText(text)
        live.do(field.paste)
    live.do(dialog.foot.forward.click)
    assert not any(part in everything(live.window) for part in (canary, canary[::-1]))
    live.do(dialog.foot.forward.click)
    live.do(live.window.open_security)

    assert called(live, "add_account")
    assert not any(part in everything(live.window) for part in (canary, canary[::-1]))
    QApplication.clipboard().clear()


def test_an_account_that_only_watches_says_so_beside_its_badge(live: Shell) -> None:
    live.do(lambda: live.window.show_account(LIVE))
    toolbar = live.window.toolbar
    assert (toolbar.badge.kind, toolbar.watch_only.isVisible(), toolbar.speeds.isVisible()) == ("live", True, False)
    live.engine.bus.publish(AccountNews(live_view(may_trade=True)))
    live.hear()
    assert not toolbar.watch_only.isVisible()


def test_a_refusal_of_the_engine_is_told(live: Shell) -> None:
    from desktop_app.engine.problem import Problem

    live.engine.supervisor.problem = Problem(said("account_unreachable", account=LIVE, reason="no answer"))
    live.do(lambda: live.window.errands.help_account(LIVE, "reconnect"))
    assert any("cannot be reached" in text for text in live.window.toasts.texts())
