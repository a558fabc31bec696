"""The ticket's dock: opened by its key, about the pair in view, and what comes after placing."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.fake_engine import ACCOUNT, LIVE, account_view, bot_view, deal_128, deal_view, live_view
from tests.gui.shell import Shell
from tests.gui.ticket.helm import desk, pick, placed, reference, type_into


@pytest.fixture
def open_ticket(shell: Shell) -> Shell:
    """The ticket on BTC/USDT at the specification's last price, opened by its key."""
    shell.arrive()
    shell.engine.price("BTC/USDT", "64210.50")
    shell.hear()
    shell.do(lambda: QTest.keyClick(shell.window, Qt.Key.Key_F9))
    return shell


def test_f9_opens_the_ticket_on_the_pair_in_view_with_the_focus_in_the_amount(open_ticket: Shell) -> None:
    assert open_ticket.window.panels.ticket.isVisible()
    assert desk(open_ticket).pair.text() == "BTC/USDT"
    assert QApplication.focusWidget() is desk(open_ticket).form.amount
    assert desk(open_ticket).form.price.text() == "64210.5"


def test_f9_again_begins_at_the_price_of_now_unless_something_was_written(open_ticket: Shell) -> None:
    def again() -> None:
        QTest.keyClick(open_ticket.window, Qt.Key.Key_F9)

    open_ticket.engine.price("BTC/USDT", "63000")
    open_ticket.hear()
    open_ticket.do(again)
    assert desk(open_ticket).form.price.text() == "63000"

    type_into(open_ticket, desk(open_ticket).form.price, "62500")
    open_ticket.engine.price("BTC/USDT", "61000")
    open_ticket.hear()
    open_ticket.do(again)
    assert desk(open_ticket).form.price.text() == "62500"


def test_another_pair_begins_another_ticket_with_the_same_verb(open_ticket: Shell) -> None:
    reference(open_ticket)
    pick(open_ticket, "cover")
    open_ticket.do(lambda: open_ticket.window.selection.pick_pair(ACCOUNT, "ETH/USDT"))

    draft = desk(open_ticket).draft
    assert (draft.symbol, draft.price, draft.amount, draft.verb) == ("ETH/USDT", "3412.18", "", "cover")


def test_the_deal_is_selected_as_soon_as_it_is_there(open_ticket: Shell) -> None:
    reference(open_ticket)
    open_ticket.do(desk(open_ticket).place.click)
    own = placed(open_ticket)[0].model_dump_json()
    open_ticket.engine.bot(bot_view(bot_id=41, name="Trade 1", kind="smart_trade", settings_json=own))
    open_ticket.engine.deal(deal_view(deal_128(number=1), bot_id=41, name="Trade 1"))
    open_ticket.hear()

    assert open_ticket.window.selection.choice.deal_id == "41-1"
    assert open_ticket.window.panels.inspector.deal.title.text() == "Trade 1"
    assert open_ticket.window.panels.inspector.visibleRegion().isEmpty() is False


def test_the_ticket_is_about_the_account_in_view(open_ticket: Shell) -> None:
    supervisor = open_ticket.engine.supervisor
    supervisor.views = [account_view(), live_view(may_trade=False, is_live_feed=True)]
    open_ticket.run(open_ticket.bridge.reload())
    open_ticket.do(lambda: open_ticket.window.selection.pick_pair(LIVE, "BTC/USDT"))

    ticket = desk(open_ticket)
    assert (ticket.draft.account, ticket.badge.kind) == (LIVE, "live")
    assert ticket.message.text() == "This account can be watched but not traded."
    assert replace(ticket.draft).account == LIVE
