"""Placing by keys and clicks: numbers, the button, refusals, and what is asked about once more."""

import asyncio
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop_app.engine.problem import problem
from desktop_app.gui.ticket.desk import Stage
from tests.gui.fake_engine import ACCOUNT
from tests.gui.shell import Shell
from tests.gui.ticket.helm import desk, pick, placed, reference, type_into

D = Decimal


def test_d_13_the_reference_trade_shows_cost_risk_reward_and_ratio(open_ticket: Shell) -> None:
    reference(open_ticket)

    ticket = desk(open_ticket)
    assert ticket.form.worth.text() == "= 95.70 USDT"
    assert ticket.outcome.text() == "Risk 2.58   Reward 3.63   1 : 1.41"
    assert [row.price.text() for row in ticket.form.exits.rows] == ["65076", "67628"]
    assert ticket.form.exits.stop_price.text() == "62205"


def test_d_13_typing_a_risk_sets_the_amount(open_ticket: Shell) -> None:
    type_into(open_ticket, desk(open_ticket).form.price, "63800")
    type_into(open_ticket, desk(open_ticket).form.risk, "2.58")

    assert desk(open_ticket).form.amount.text() == "0.0015"
    type_into(open_ticket, desk(open_ticket).form.exits.stop_percent, "5")
    assert desk(open_ticket).form.amount.text() == "0.00078", "a wider stop risks the same with fewer coins"


def test_d_14_the_button_names_verb_amount_and_mode_and_follows_the_typing(open_ticket: Shell) -> None:
    ticket = desk(open_ticket)
    assert ticket.place.text() == "Place (paper): buy —"
    reference(open_ticket)
    assert ticket.place.text() == "Place (paper): buy 95.70 USDT"
    type_into(open_ticket, ticket.form.amount, "0.002")
    assert ticket.place.text() == "Place (paper): buy 127.60 USDT"
    assert ticket.badge.accessibleName() == "Paper account, no real money"


def test_d_14_a_double_click_places_one_trade(open_ticket: Shell) -> None:
    reference(open_ticket)
    ticket = desk(open_ticket)

    def twice() -> None:
        QTest.mouseClick(ticket.place, Qt.MouseButton.LeftButton)
        QTest.mouseDClick(ticket.place, Qt.MouseButton.LeftButton)
        QTest.mouseClick(ticket.place, Qt.MouseButton.LeftButton)

    open_ticket.do(twice)

    sent = placed(open_ticket)
    assert len(sent) == 1
    assert (sent[0].name, sent[0].account, sent[0].pair) == ("Trade 1", ACCOUNT, "BTC/USDT")
    assert (sent[0].amount, sent[0].unit, sent[0].entry.price) == (D("0.0015"), "base", D(63800))
    assert [step.percent for step in sent[0].take_profit.steps] == [D(2), D(6)]
    assert ticket.form.amount.text() == "", "the next one begins without an amount"


def test_d_14_while_one_is_being_placed_nothing_else_can_be(open_ticket: Shell) -> None:
    reference(open_ticket)
    ticket = desk(open_ticket)
    answer: asyncio.Event = asyncio.Event()
    supervisor = open_ticket.engine.supervisor
    add = supervisor.add_trade

    async def slow(source: object, even_if_short: bool = False) -> int:
        await answer.wait()
        return await add(source, even_if_short)

    supervisor.add_trade = slow  # type: ignore[method-assign]
    open_ticket.do(ticket.place.click)
    assert (ticket.place.text(), ticket.place.isEnabled(), ticket.stage) == ("Placing…", False, Stage.PLACING)
    open_ticket.do(ticket.place.click)
    open_ticket.do(answer.set)

    assert len(placed(open_ticket)) == 1
    assert ticket.stage is Stage.TYPING


def test_d_14_a_refusal_is_said_in_the_ticket_and_keeps_what_was_typed(open_ticket: Shell) -> None:
    reference(open_ticket)
    open_ticket.engine.supervisor.problem = problem("name_taken", name="Trade 1")
    open_ticket.do(desk(open_ticket).place.click)

    assert "Trade 1" in desk(open_ticket).message.text()
    assert desk(open_ticket).form.amount.text() == "0.0015"
    open_ticket.engine.supervisor.problem = None
    open_ticket.do(desk(open_ticket).place.click)
    assert placed(open_ticket)[-1].name == "Trade 2"


def test_d_14_an_account_that_may_not_trade_says_so_and_offers_the_way(open_ticket: Shell) -> None:
    reference(open_ticket)
    open_ticket.engine.account(may_trade=False)
    open_ticket.hear()

    ticket = desk(open_ticket)
    assert not ticket.place.isEnabled()
    assert ticket.message.text() == "This account can be watched but not traded."
    asked: list[str] = []
    open_ticket.window.panels.ticket.allow_requested.connect(asked.append)
    open_ticket.do(ticket.allow.click)
    assert asked == [ACCOUNT]


def test_d_15_a_price_through_the_market_is_confirmed_in_place(open_ticket: Shell) -> None:
    ticket = desk(open_ticket)
    pick(open_ticket, "buy")
    type_into(open_ticket, ticket.form.price, "68000")
    type_into(open_ticket, ticket.form.amount, "0.001")
    open_ticket.do(ticket.place.click)

    assert placed(open_ticket) == []
    assert ticket.doubts.text().startswith("68,000.00 is 5.90 % above the market (64,210.50).")
    assert "Buys 0.00100 BTC for 68.00 USDT at 68,000.00 on Paper wallet." in ticket.doubts.text()
    open_ticket.do(ticket.back.click)
    assert (ticket.stage, placed(open_ticket)) == (Stage.TYPING, [])
    open_ticket.do(ticket.place.click)
    assert ticket.confirm.text() == "Place (paper): buy 68.00 USDT"
    open_ticket.do(ticket.confirm.click)
    assert len(placed(open_ticket)) == 1


def test_d_15_an_amount_over_the_guard_is_confirmed_in_place(open_ticket: Shell) -> None:
    ticket = desk(open_ticket)
    open_ticket.engine.balances(USDT="10000", BTC="0")
    open_ticket.hear()
    pick(open_ticket, "buy")
    open_ticket.do(ticket.form.parts[75].click)
    open_ticket.do(ticket.place.click)

    assert placed(open_ticket) == []
    assert "of your free USDT; the size guard stands at 50 %." in ticket.doubts.text()
    type_into(open_ticket, ticket.form.amount, "0.001")
    assert ticket.stage is Stage.TYPING, "what was agreed to would be something else now"
    open_ticket.do(ticket.place.click)
    assert len(placed(open_ticket)) == 1


def test_g_01_real_money_is_always_asked_about_and_arms_late(open_ticket: Shell) -> None:
    reference(open_ticket)
    open_ticket.engine.account(is_simulated=False)
    open_ticket.hear()
    ticket = desk(open_ticket)
    assert ticket.badge.accessibleName() == "Live account, real money"
    assert ticket.place.text() == "Place with real money: buy 95.70 USDT"

    open_ticket.do(ticket.place.click)

    assert (placed(open_ticket), ticket.confirm.isEnabled()) == ([], False)
    ticket._arming.timeout.emit()  # the second passes
    ticket._arming.stop()
    ticket._show()
    open_ticket.do(ticket.confirm.click)
    assert len(placed(open_ticket)) == 1


def test_what_is_missing_is_shown_when_the_button_is_pressed(open_ticket: Shell) -> None:
    ticket = desk(open_ticket)
    assert ticket.message.text() == "Type an amount."
    assert ticket.form.amount.problem == ""
    open_ticket.do(ticket.place.click)

    assert placed(open_ticket) == []
    assert ticket.form.amount.problem == "Enter a number."
    assert QApplication.focusWidget() is ticket.form.amount
