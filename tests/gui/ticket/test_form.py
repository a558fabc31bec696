"""The ticket's form by keys and clicks."""

from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.gui.shell import Shell
from tests.gui.ticket.helm import desk, pick, placed, type_into

D = Decimal


def test_price_and_percent_lead_in_turn(open_ticket: Shell) -> None:
    form = desk(open_ticket).form
    type_into(open_ticket, form.price, "60000")
    row = form.exits.rows[0]
    assert row.price.text() == "61200"
    type_into(open_ticket, row.price, "63000")
    assert row.percent.text() == "5"
    type_into(open_ticket, form.price, "50000")
    assert (row.price.text(), row.percent.text()) == ("63000", "26"), "the price was typed last, so it stays"


def test_each_verb_places_its_own_kind(open_ticket: Shell) -> None:
    form = desk(open_ticket).form
    open_ticket.engine.balances(USDT="10000", BTC="0.5")
    open_ticket.hear()
    for verb, kind in (("buy", "buy"), ("sell", "sell"), ("trade", "trade"), ("cover", "cover")):
        pick(open_ticket, verb)
        type_into(open_ticket, form.amount, "0.001")
        open_ticket.do(desk(open_ticket).place.click)
        assert placed(open_ticket)[-1].trade == kind
    pick(open_ticket, "hold")
    assert not form.entry.isVisible()
    type_into(open_ticket, form.paid, "60000")
    type_into(open_ticket, form.amount, "0.01")
    open_ticket.do(desk(open_ticket).place.click)
    assert (placed(open_ticket)[-1].trade, placed(open_ticket)[-1].price_paid) == ("hold", D(60000))
    assert len({trade.name for trade in placed(open_ticket)}) == 5


def test_entries_by_condition_and_by_following_the_price(open_ticket: Shell) -> None:
    form = desk(open_ticket).form
    type_into(open_ticket, form.amount, "0.001")
    open_ticket.do(form.entry.button("conditional").click)
    type_into(open_ticket, form.price, "65000")
    open_ticket.do(form.then_limit.click)
    type_into(open_ticket, form.limit_price, "65010")
    open_ticket.do(desk(open_ticket).place.click)
    entry = placed(open_ticket)[-1].entry
    assert (entry.type, entry.price, entry.limit_price) == ("conditional", D(65000), D(65010))

    type_into(open_ticket, form.amount, "0.001")
    open_ticket.do(form.entry.button("trailing").click)
    type_into(open_ticket, form.price, "64000")
    type_into(open_ticket, form.follow, "0.7")
    open_ticket.do(desk(open_ticket).place.click)
    entry = placed(open_ticket)[-1].entry
    assert (entry.type, entry.price, entry.trailing_deviation) == ("trailing", D(64000), D("0.7"))


def test_a_01_every_field_of_the_ticket_is_named_and_reached_by_tab(open_ticket: Shell) -> None:
    ticket = desk(open_ticket)
    focusable = [
        widget for widget in ticket.findChildren(QWidget)
        if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
    ]  # fmt: skip
    unnamed = [widget for widget in focusable if not (widget.accessibleName() or getattr(widget, "text", str)())]
    assert unnamed == []
    seen: set[QWidget] = set()
    ticket.form.amount.setFocus()
    for _ in range(200):
        at = QApplication.focusWidget()
        if at is not None:
            seen.add(at)
            QTest.keyClick(at, Qt.Key.Key_Tab)
    groups = [widget for widget in focusable if widget.property("segment") and widget.property("checkable") is True]
    missed = [widget for widget in focusable if widget not in seen and widget not in groups]
    assert [(type(widget).__name__, widget.accessibleName()) for widget in missed] == []


def test_parts_of_what_is_free_leave_room_for_the_fee(open_ticket: Shell) -> None:
    form = desk(open_ticket).form
    open_ticket.engine.balances(USDT="1000", BTC="0.5")
    open_ticket.hear()
    pick(open_ticket, "buy")
    type_into(open_ticket, form.price, "50000")
    for unit in ("base", "quote", "percent"):
        form.unit.set_value(unit)
        open_ticket.do(lambda: form.unit.activated.emit(0))
        open_ticket.do(form.parts[100].click)
        assert desk(open_ticket).picture.problems == (), unit
        assert desk(open_ticket).picture.outcome is not None
    assert form.amount.text() == "99.9"
    pick(open_ticket, "sell")
    type_into(open_ticket, form.price, "64210.5")
    open_ticket.do(form.parts[50].click)
    outcome = desk(open_ticket).picture.outcome
    assert outcome is not None
    assert outcome.amount == D("0.25")
