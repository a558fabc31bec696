from PySide6.QtWidgets import QMenu

from desktop_app.core.deal import DealStatus
from desktop_app.gui.panels.deal_menu import EDIT, NOTE, fill_deal_menu
from tests.gui.fake_engine import deal_128, deal_view
from tests.gui.shell import Shell


def filled(shell: Shell, deal_id: str = "1-128") -> tuple[QMenu, list[tuple[str, str]]]:
    menu = QMenu(shell.window)
    asked: list[tuple[str, str]] = []
    fill_deal_menu(menu, shell.bridge, deal_id, lambda verb, deal: asked.append((verb, deal)))
    return menu, asked


def test_the_menu_asks_for_what_was_picked(shell: Shell) -> None:
    shell.arrive()
    menu, asked = filled(shell)
    assert [action.text() for action in menu.actions()] == [
        "Edit deal…", "Take a part out…", "Start trailing now…", "Make it a smart trade…", "Note…",
    ]  # fmt: skip
    menu.actions()[0].trigger()
    menu.actions()[4].trigger()
    assert asked == [(EDIT, "1-128"), (NOTE, "1-128")]


def test_what_cannot_be_done_says_why(shell: Shell) -> None:
    shell.arrive()
    shell.engine.deal(deal_view(deal_128(status=DealStatus.CLOSING)))
    shell.hear()
    menu, _ = filled(shell)
    closed = [action for action in menu.actions() if action.text() != "Note…"]
    assert {action.toolTip() for action in closed} == {"The deal is already being closed."}
    assert not any(action.isEnabled() for action in closed)


def test_old_prices_keep_market_actions_asleep(shell: Shell) -> None:
    shell.arrive()
    shell.engine.account(is_live_feed=False)
    shell.hear()
    menu, _ = filled(shell)
    assert menu.actions()[1].toolTip() == "Prices are old. This needs a fresh one."


def test_a_deal_that_is_over_has_no_menu(shell: Shell) -> None:
    shell.arrive()
    assert filled(shell, "9-9")[0].isEmpty()
