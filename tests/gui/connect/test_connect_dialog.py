"""P-02: a key is checked before anything is kept, and what it may do is shown right by right."""

import asyncio
import gc
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from desktop_app.core.credentials import Credentials, Secret
from desktop_app.core.rights import Rights
from desktop_app.core.said import said
from desktop_app.engine.problem import problem
from desktop_app.engine.views import KeyringView
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.connect.clipboard import clipboard_guard
from desktop_app.gui.connect.connect_dialog import CHOOSE, KEY, PAPER, RESULT, ConnectDialog
from desktop_app.gui.i18n import Language, set_language
from desktop_app.gui.loop import Loop
from tests.gui.canary import everything
from tests.gui.fake_engine import GOOD_RIGHTS, NOW, FakeEngine, key_check, live_view
from tests.gui.shell import Shell

KEY_CANARY = "CANARYKEYvmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Jx7Q2"
SECRET_CANARY = "CANARYSECRETNhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5f"


class Hand:
    """Does in the dialog what a person does."""

    def __init__(self, shell: Shell, **options: Any) -> None:
        self.shell = shell
        self.dialog: ConnectDialog = None  # type: ignore[assignment]

        def open_it() -> None:
            self.dialog = ConnectDialog(shell.bridge, UTC, shell.window, now=lambda: NOW, **options)
            self.dialog.open()

        shell.do(open_it)

    def press_forward(self) -> None:
        self.shell.do(self.dialog.foot.forward.click)

    def paste(self, field: QWidget, text: str) -> None:
        QApplication.clipboard().setText(text)
        self.shell.do(field.paste)  # type: ignore[attr-defined]

    def hand_over_key(self) -> None:
        self.press_forward()
        self.paste(self.dialog.key.api_key, KEY_CANARY)
        self.paste(self.dialog.key.secret, f" {SECRET_CANARY}\n")

    def check(self) -> None:
        self.hand_over_key()
        self.press_forward()

    @property
    def page(self) -> int:
        return self.dialog.pages.currentIndex()

    @property
    def forward(self) -> str:
        return self.dialog.foot.forward.text()

    def marks(self) -> dict[str, str]:
        return {fact.key: fact.mark for fact in self.dialog.outcome.facts.facts}

    def words(self) -> str:
        return "\n".join(label.text() for label in self.dialog.findChildren(QLabel) if label.isVisible())


class Desk(Shell):
    """The dialog needs the engine and something to stand on; a whole window would take its time."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.engine = FakeEngine()
        self.bridge = Bridge()
        self.window = QWidget()  # type: ignore[assignment]
        self.window.show()

    def arrive(self, *, with_charts: bool = False) -> "Desk":
        self.bridge.attach(self.engine.supervisor, self.engine.bus)
        self.run(self.bridge.reload())
        return self


@pytest.fixture
def shell(themed: QApplication) -> Iterator[Shell]:
    loop = Loop(themed)
    asyncio.set_event_loop(loop)
    made = Desk(loop)
    yield made
    made.close()
    asyncio.set_event_loop(None)
    loop.close()


@pytest.fixture(autouse=True)
def one_long_run(qapp: QApplication) -> Iterator[None]:
    """Here Qt's loop ends after every act; in the application that is the end of the run."""
    guard = clipboard_guard()
    qapp.aboutToQuit.disconnect(guard.clear_now)
    yield
    guard.clear_now()
    qapp.aboutToQuit.connect(guard.clear_now)


@pytest.fixture
def hand(shell: Shell) -> Iterator[Hand]:
    shell.arrive()
    yield Hand(shell)
    QApplication.clipboard().clear()


def called(shell: Shell, what: str) -> list[tuple[Any, ...]]:
    return [call for call in shell.calls if call[0] == what]


def test_p_02_a_good_key_is_checked_shown_and_only_then_kept(hand: Hand, shell: Shell) -> None:
    names: list[str] = []
    hand.dialog.connected.connect(names.append)
    assert hand.page == CHOOSE
    hand.check()

    assert hand.page == RESULT
    assert called(shell, "check_key") == [
        ("check_key", "binance", Credentials(Secret(KEY_CANARY), Secret(SECRET_CANARY)))
    ]
    assert not called(shell, "add_account")
    assert "Binance · key …x7Q2 · created 2026-07-05 (143 days ago)" in hand.words()
    assert hand.marks() == {
        "read": "yes", "trade": "yes", "withdraw": "yes", "transfer": "yes", "bound": "yes", "expires": "unknown",
        "clock": "yes", "keyring": "yes",
    }  # fmt: skip
    assert "Clock difference 0.2 s" in hand.words()
    assert "Watch only" in hand.words()
    assert hand.forward == "Finish"

    hand.press_forward()
    assert called(shell, "add_account") == [
        ("add_account", "Binance main", "binance", False, {}, Credentials(Secret(KEY_CANARY), Secret(SECRET_CANARY)),
         False)
    ]  # fmt: skip
    assert names == ["Binance main"]
    assert not hand.dialog.isVisible()


def test_p_02_a_key_that_can_withdraw_is_refused_and_nothing_is_kept(hand: Hand, shell: Shell) -> None:
    rights = Rights(read=True, trade=True, withdraw=True, transfer=None, ip_restricted=False)
    shell.engine.supervisor.check = key_check(rights, verdict="refused", reasons=(said("key_can_withdraw"),))
    hand.check()

    assert hand.marks()["withdraw"] == "no"
    assert "This key can withdraw your coins." in hand.words()
    assert "Create one without withdrawals and try again. Nothing was saved." in hand.words()
    assert hand.forward == "Finish"
    assert not hand.dialog.foot.forward.isEnabled()
    assert not hand.dialog.key.api_key.has_value
    shell.do(hand.dialog.foot.other.click)
    assert hand.page == KEY
    assert not hand.dialog.foot.forward.isEnabled()
    assert not called(shell, "add_account")


def test_p_02_what_the_exchange_does_not_tell_is_never_a_tick(hand: Hand, shell: Shell) -> None:
    reasons = (said("key_withdraw_unknown"), said("key_binding_unknown"))
    shell.engine.supervisor.check = key_check(Rights(), verdict="warning", reasons=reasons, clock_offset_ms=None)
    hand.check()

    marks = hand.marks()
    assert {marks[key] for key in ("read", "trade", "withdraw", "transfer", "bound", "expires", "clock")} == {"unknown"}
    assert "The exchange does not tell us." in hand.words()
    assert hand.forward == "Finish"


def test_p_02_no_ip_list_a_near_end_and_a_wrong_clock_are_warnings(hand: Hand, shell: Shell) -> None:
    rights = Rights(
        read=True, trade=False, withdraw=False, transfer=False, ip_restricted=False, expires_at=NOW + 3 * 86_400_000
    )
    shell.engine.supervisor.check = key_check(rights, verdict="warning", clock_offset_ms=-3_200)
    hand.check()

    marks = hand.marks()
    assert {marks[key] for key in ("trade", "bound", "expires", "clock")} == {"warning"}
    assert "Clock difference 3.2 s" in hand.words()
    assert "Expires on 2026-11-28, in 3 d" in hand.words()


@pytest.mark.parametrize("is_wanted", [True, False])
def test_of_a_key_without_an_ip_list_one_can_be_reminded(hand: Hand, shell: Shell, is_wanted: bool) -> None:
    rights = replace(GOOD_RIGHTS, ip_restricted=False)
    shell.engine.supervisor.check = key_check(rights, verdict="warning", reasons=(said("key_not_bound"),))
    hand.check()
    remind = hand.dialog.outcome.remind
    assert remind.isVisible() and not remind.isChecked()
    remind.setChecked(is_wanted)
    hand.press_forward()

    assert called(shell, "remind_of_key") == ([("remind_of_key", "Binance main")] if is_wanted else [])


def test_of_a_bound_key_nobody_needs_to_be_reminded(hand: Hand) -> None:
    hand.check()
    assert hand.dialog.outcome.remind.isHidden()


@pytest.mark.parametrize("kind", ["absent", "locked", "unsafe", "silent"])
def test_p_03_without_a_keyring_the_key_is_for_this_session_or_not_at_all(shell: Shell, kind: str) -> None:
    shell.arrive()
    shell.engine.supervisor.keyring_view = KeyringView(kind)
    hand = Hand(shell)
    hand.hand_over_key()
    storage = hand.dialog.key.storage

    assert not hand.dialog.foot.forward.isEnabled()
    assert storage.session_box.isVisible()
    assert storage.unlock_button.isVisible() == (kind in ("locked", "silent"))
    shell.do(storage.session_box.click)
    assert hand.dialog.foot.forward.isEnabled()
    hand.press_forward()
    assert hand.marks()["keyring"] == "warning"
    hand.press_forward()
    assert called(shell, "add_account")[0][-1] is True


def test_p_03_a_locked_keyring_is_unlocked_from_here(shell: Shell) -> None:
    shell.arrive()
    shell.engine.supervisor.keyring_view = KeyringView("locked", "Secret Service")
    hand = Hand(shell)
    hand.hand_over_key()
    shell.do(hand.dialog.key.storage.unlock_button.click)

    assert called(shell, "test_keyring")
    assert "Stored in: Secret Service" in hand.words()
    assert hand.dialog.foot.forward.isEnabled()


def test_p_03_paper_is_one_click_away_where_keys_cannot_be_kept(shell: Shell) -> None:
    shell.arrive()
    shell.engine.supervisor.keyring_view = KeyringView("absent")
    hand = Hand(shell)
    hand.press_forward()
    shell.do(hand.dialog.key.storage.paper_button.click)

    assert hand.page == PAPER
    hand.press_forward()
    assert called(shell, "add_account") == [
        ("add_account", "Binance paper", "binance", True, {"balance": ["USDT=10000"]}, None, False)
    ]


@pytest.mark.parametrize("stage", ["entered", "typed", "busy", "shown", "kept", "failed"])
def test_p_03_the_canary_is_in_no_widget_title_accessible_text_or_repr(hand: Hand, shell: Shell, stage: str) -> None:
    supervisor = shell.engine.supervisor
    hand.hand_over_key()
    if stage == "typed":
        shell.do(hand.dialog.key.secret.wipe)
        QTest.keyClicks(hand.dialog.key.secret.line, SECRET_CANARY)
        shell.do(hand.dialog.key.label.setFocus)
        shell.do(hand.dialog.key.secret.line.editingFinished.emit)
    if stage == "busy":
        supervisor.checks_wait = asyncio.Event()
    if stage == "failed":
        supervisor.problem = problem("account_unreachable", account="Binance", reason="no answer")
    if stage in ("busy", "shown", "kept", "failed"):
        hand.press_forward()
    if stage == "kept":
        hand.press_forward()

    text = everything(shell.window) + everything(hand.dialog)
    assert "CANARY" not in text
    if stage == "busy":
        hand.press_forward()


def test_p_03_after_the_dialog_nothing_holds_the_key(hand: Hand, shell: Shell) -> None:
    hand.hand_over_key()
    gc.collect()
    before = {id(one) for one in gc.get_objects() if isinstance(one, Credentials)}
    hand.press_forward()
    assert hand.page == RESULT
    shell.calls.clear()
    shell.do(hand.dialog.reject)

    gc.collect()
    assert {id(one) for one in gc.get_objects() if isinstance(one, Credentials)} <= before
    assert not hand.dialog.key.secret.has_value


def test_w_03_a_check_can_be_stopped_and_keeps_what_was_entered(hand: Hand, shell: Shell) -> None:
    shell.engine.supervisor.checks_wait = asyncio.Event()
    hand.check()
    assert hand.forward == "Stop"
    assert hand.dialog.foot.bar.isVisible()
    assert "Asking Binance what this key may do" in hand.words()
    assert not hand.dialog.key.api_key.isEnabled()

    hand.press_forward()
    assert hand.page == KEY
    assert hand.forward == "Check key"
    assert hand.dialog.key.api_key.has_value
    assert not hand.dialog.foot.bar.isVisible()


def test_w_03_a_problem_is_said_in_place_and_the_key_stays_entered(hand: Hand, shell: Shell) -> None:
    shell.engine.supervisor.problem = problem("account_unreachable", account="Binance", reason="no answer")
    hand.check()

    assert hand.page == KEY
    assert "cannot be reached" in hand.words()
    assert "Nothing was saved." in hand.words()
    assert hand.dialog.key.secret.has_value


def test_w_03_a_wrong_key_can_be_put_right_where_it_was_entered(hand: Hand, shell: Shell) -> None:
    reasons = (said("key_expired"),)
    shell.engine.supervisor.check = key_check(Rights(), verdict="refused", reasons=reasons)
    hand.check()

    assert hand.page == KEY
    assert "This key has expired." in hand.words()
    assert "Nothing was saved." in hand.words()
    assert hand.dialog.key.api_key.has_value


def test_another_address_goes_with_the_check_and_the_account(hand: Hand, shell: Shell) -> None:
    hand.hand_over_key()
    shell.do(lambda: hand.dialog.key.address.rest.setText(" https://testnet.example.com "))
    hand.press_forward()
    hand.press_forward()
    assert called(shell, "add_account")[0][4] == {"rest_url": "https://testnet.example.com"}


def test_w_03_an_exchange_that_does_not_answer_is_no_check(hand: Hand, shell: Shell) -> None:
    shell.engine.supervisor.check = key_check(Rights(), reachable=False)
    hand.check()

    assert hand.page == KEY
    assert "Binance did not answer." in hand.words()


def test_a_keyring_that_answers_after_the_dialog_was_closed_disturbs_nobody(shell: Shell) -> None:
    shell.arrive()
    shell.engine.supervisor.keyring_waits = asyncio.Event()
    failed: list[object] = []
    shell.bridge.failed.connect(lambda error, _doing: failed.append(error))
    hand = Hand(shell)
    shell.do(hand.dialog.reject)
    shell.do(lambda: shiboken6.delete(hand.dialog))
    shell.do(shell.engine.supervisor.keyring_waits.set)
    assert failed == []


def test_w_03_back_keeps_what_was_entered(hand: Hand, shell: Shell) -> None:
    hand.hand_over_key()
    shell.do(hand.dialog.foot.back.click)
    assert hand.page == CHOOSE
    hand.press_forward()
    assert hand.dialog.key.secret.has_value


def test_the_list_is_searched_and_walked_from_the_keyboard(hand: Hand, shell: Shell) -> None:
    search = hand.dialog.choose.search
    assert hand.dialog.choose.exchange is not None
    assert hand.dialog.choose.exchange.id == "binance"
    shell.do(lambda: QTest.keyClicks(search, "small"))
    assert hand.dialog.choose.exchange.id == "small00"
    shell.do(lambda: QTest.keyClick(search, Qt.Key.Key_Down))
    assert hand.dialog.choose.exchange.id == "small01"
    shell.do(lambda: QTest.keyClick(search, Qt.Key.Key_Return))
    assert hand.page == KEY
    assert "Connect Small 01" in hand.dialog.windowTitle()


def test_an_exchange_that_no_key_opens_is_for_paper_only(hand: Hand, shell: Shell) -> None:
    shell.do(lambda: hand.dialog.choose.pick("coinmate"))
    assert not hand.dialog.foot.forward.isEnabled()
    assert "only paper money works" in hand.words()
    shell.do(lambda: hand.dialog.choose.kind.set_value("paper"))
    assert hand.dialog.foot.forward.isEnabled()


def test_the_passphrase_is_asked_for_only_where_there_is_one(hand: Hand, shell: Shell) -> None:
    hand.press_forward()
    assert not hand.dialog.key.password.isVisible()
    shell.do(hand.dialog.foot.back.click)
    shell.do(lambda: hand.dialog.choose.pick("kucoin"))
    hand.press_forward()
    assert hand.dialog.key.password.isVisible()
    hand.paste(hand.dialog.key.api_key, KEY_CANARY)
    hand.paste(hand.dialog.key.secret, SECRET_CANARY)
    assert not hand.dialog.foot.forward.isEnabled()
    hand.paste(hand.dialog.key.password, " my phrase ")
    hand.press_forward()
    assert called(shell, "check_key")[0][2].password.reveal() == "my phrase"


def test_a_name_that_is_taken_is_not_taken_again(hand: Hand, shell: Shell) -> None:
    hand.hand_over_key()
    shell.do(lambda: hand.dialog.key.label.setText("Paper wallet"))
    assert not hand.dialog.foot.forward.isEnabled()
    assert "Another account has this name." in hand.words()


def test_the_key_pasted_twice_is_noticed(hand: Hand, shell: Shell) -> None:
    hand.press_forward()
    hand.paste(hand.dialog.key.api_key, KEY_CANARY)
    hand.paste(hand.dialog.key.secret, KEY_CANARY)
    hand.press_forward()

    assert "This is the API key again." in hand.words()
    assert not called(shell, "check_key")


def test_the_clipboard_is_cleared_from_here_too(hand: Hand, shell: Shell) -> None:
    hand.hand_over_key()
    assert "The key is still on the clipboard." in hand.words()
    shell.do(hand.dialog.key.clear_clipboard.click)
    assert QApplication.clipboard().text() == ""
    assert "still on the clipboard" not in hand.words()


def test_a_key_is_replaced_by_the_same_way(shell: Shell) -> None:
    view = live_view()
    shell.engine.supervisor.views.append(view)
    shell.arrive()
    hand = Hand(shell, replaces=view)
    assert hand.page == KEY
    assert "Replace the key of Binance main" in hand.dialog.windowTitle()
    assert not hand.dialog.foot.back.isVisible()
    hand.paste(hand.dialog.key.api_key, KEY_CANARY)
    hand.paste(hand.dialog.key.secret, SECRET_CANARY)
    hand.press_forward()
    assert hand.forward == "Replace key"
    hand.press_forward()
    assert [call[:2] for call in called(shell, "replace_key")] == [("replace_key", "Binance main")]
    assert not called(shell, "add_account")


def test_w_07_everything_fits_a_small_screen(hand: Hand, shell: Shell) -> None:
    hand.press_forward()
    shell.do(lambda: hand.dialog.resize(600, 400))
    for button in (hand.dialog.foot.back, hand.dialog.foot.cancel, hand.dialog.foot.forward):
        corner = button.mapTo(hand.dialog, button.rect().bottomRight())
        assert hand.dialog.rect().contains(corner)


def test_a_04_the_language_changes_while_the_key_is_entered(hand: Hand, shell: Shell) -> None:
    hand.hand_over_key()
    change: Callable[[Language], None] = lambda language: shell.do(lambda: set_language(language))  # noqa: E731
    try:
        change(Language.CHINESE)
        assert hand.dialog.windowTitle() == "连接 Binance"
        assert hand.dialog.key.secret.has_value
    finally:
        change(Language.ENGLISH)


def test_a_01_every_control_has_a_name(hand: Hand, shell: Shell) -> None:
    hand.hand_over_key()
    for part in hand.dialog.findChildren(QWidget):
        if part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.isVisible():
            name = QAccessible.queryAccessibleInterface(part).text(QAccessible.Text.Name)
            assert name, part


def test_the_good_rights_of_the_fixture_are_good() -> None:
    assert GOOD_RIGHTS.withdraw is False
