"""The accounts with their keys, reached and worked from the keyboard as from the mouse."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from desktop_app.core.rights import Rights
from desktop_app.gui.main_window import MainWindow
from desktop_app.gui.panels.accounts_box import AccountsBox
from tests.gui.fake_engine import GOOD_RIGHTS, LIVE, NOW, live_view
from tests.gui.shell import Shell


def box_of(shell: Shell) -> AccountsBox:
    window: MainWindow = shell.window
    shell.do(lambda: window.panels.show("dock.accounts"))
    return window.panels.accounts.box


def cells(box: AccountsBox, name: str) -> dict[str, str]:
    row = box.model.row_by_id(name)
    assert row is not None
    return {column.key: column.text(row) for column in box.model.columns}


def test_live_and_paper_are_told_apart_in_words(shell: Shell) -> None:
    shell.engine.supervisor.views.append(live_view(rights=replace(GOOD_RIGHTS, created_at=None)))
    box = box_of(shell.arrive())

    assert cells(box, LIVE) | {"checked": ""} == {
        "name": LIVE, "money": "LIVE", "exchange": "Binance", "state": "Connected", "trading": "WATCH",
        "key": "…x7Q2", "rights": "read, spot, withdrawals off", "bound": "bound", "age": "— / —", "checked": "",
        "limits": "—",
    }  # fmt: skip
    assert cells(box, "Paper wallet")["money"] == "PAPER"
    assert cells(box, "Paper wallet")["rights"] == "—"


def test_buttons_are_there_for_what_is_possible(shell: Shell) -> None:
    shell.engine.supervisor.views.append(live_view())
    box = box_of(shell.arrive())

    shell.do(lambda: box.select("Paper wallet"))
    assert not any(button.isEnabled() for button in (box.allow, box.replace, box.check, box.page))
    assert box.remove.isEnabled()
    shell.do(lambda: box.select(LIVE))
    assert all(button.isEnabled() for button in (box.allow, box.replace, box.check, box.page, box.remove))


def test_a_locked_keyring_has_its_way_out_beside_the_table(shell: Shell) -> None:
    shell.engine.supervisor.views.append(live_view(key_state="locked", rights=Rights()))
    box = box_of(shell.arrive())
    shell.do(lambda: box.select(LIVE))

    assert box.way_out.text() == "Unlock"
    assert cells(box, LIVE)["state"] == "Keyring locked"
    shell.do(box.way_out.click)
    assert [call[0] for call in shell.calls if call[0] in ("test_keyring", "reconnect")] == [
        "test_keyring", "reconnect",
    ]  # fmt: skip


def test_without_accounts_the_way_to_one_is_shown(shell: Shell) -> None:
    shell.engine.supervisor.views.clear()
    box = box_of(shell.arrive())

    empty = next(b for b in box.table.findChildren(QPushButton) if b.text() == "Connect an exchange…")
    assert empty.isVisible()
    shell.do(empty.click)
    assert shell.sheet().objectName() == "dialog.connect"
    shell.do(shell.sheet().reject)


def test_the_keyboard_reaches_every_account_and_button(shell: Shell) -> None:
    shell.engine.supervisor.views.append(live_view())
    box = box_of(shell.arrive())
    shell.do(lambda: box.select("Paper wallet"))
    shell.do(box.table.setFocus)
    shell.do(lambda: QTest.keyClick(box.table, Qt.Key.Key_Down))
    assert box.account is not None
    assert box.account.name == LIVE
    for button in (box.allow, box.more, box.connect_one):
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert button.isVisible()
    menu = box.more.menu()
    shell.do(menu.aboutToShow.emit)
    assert [action.text() for action in menu.actions() if action.isEnabled()] == [
        "Replace key…", "Re-check rights", "Open the exchange's API page", "Remove from this computer…",
    ]  # fmt: skip


def test_g_12_the_panel_leaves_the_others_their_room(shell: Shell) -> None:
    assert shell.window.panels.accounts.box.minimumSizeHint().width() < 480


def test_news_of_an_account_change_its_row_and_keep_the_choice(shell: Shell) -> None:
    shell.engine.supervisor.views.append(live_view())
    box = box_of(shell.arrive())
    shell.do(lambda: box.select(LIVE))

    from desktop_app.engine.news import AccountNews

    shell.engine.bus.publish(AccountNews(live_view(may_trade=True, checked_at=NOW)))
    shell.hear()
    assert box.table.current_id() == LIVE
    assert cells(box, LIVE)["trading"] == "ON"
    assert not box.allow.isEnabled()
