"""The ticket's lines on the chart, by hand."""

from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.gui.chart.hand import Mouse
from tests.gui.fake_engine import MARKETS
from tests.gui.shell import Shell
from tests.gui.ticket.helm import chart, desk, proposed

D = Decimal


def pull(mouse: Mouse, start: float, end: float) -> None:
    """Take what is at one height to another, and hold it there."""
    mouse.press(60, start)
    mouse.move(60, end, Qt.MouseButton.LeftButton)


def test_c_01_the_ticket_draws_entry_target_and_stop_loss(drawn: Shell) -> None:
    lines = proposed(drawn)
    assert [(line.label, line.price) for line in lines.values()] == [
        ("Buy", D(62800)), ("TP", D(64056)), ("SL", D(61230)),
    ]  # fmt: skip
    drawn.do(drawn.window.panels.ticket.close)
    assert proposed(drawn) == {}


def test_dragging_a_line_of_the_ticket_writes_into_its_field_and_sends_nothing(drawn: Shell) -> None:
    canvas = chart(drawn).canvas
    start, end = canvas.view.y_of(62800.0), canvas.view.y_of(63000.0)
    mouse = Mouse(canvas)
    drawn.do(lambda: pull(mouse, start, end))
    form = desk(drawn).form
    during = D(form.price.text())
    assert abs(during - 63000) < 40, "the field follows while the line moves"
    assert D(form.exits.rows[0].price.text()) == MARKETS["BTC/USDT"].price_up(during * D("1.02"))
    drawn.do(lambda: mouse.release(60, end))

    assert proposed(drawn)["ticket.entry"].price == D(form.price.text())
    assert canvas.book.move is None
    assert drawn.calls == []


def test_dragging_the_target_makes_its_price_lead(drawn: Shell) -> None:
    book = chart(drawn).canvas.book

    def nudged() -> None:
        book.select("ticket.tp1")
        book.nudge(-100)

    drawn.do(nudged)
    form = desk(drawn).form
    assert form.exits.rows[0].price.text() == "64055"
    assert desk(drawn).draft.targets[0].lead == "price"
    assert proposed(drawn)["ticket.tp1"].price == D("64055.00")


def test_escape_while_a_line_of_the_ticket_is_dragged_brings_the_field_back(drawn: Shell) -> None:
    canvas = chart(drawn).canvas
    start, end = canvas.view.y_of(62800.0), canvas.view.y_of(63000.0)
    mouse = Mouse(canvas)
    drawn.do(lambda: pull(mouse, start, end))
    assert desk(drawn).form.price.text() != "62800"
    drawn.do(lambda: QTest.keyClick(canvas, Qt.Key.Key_Escape))

    assert desk(drawn).form.price.text() == "62800"
    assert proposed(drawn)["ticket.entry"].price == D("62800.00")


def test_prices_going_by_keep_what_is_being_dragged(drawn: Shell) -> None:
    canvas = chart(drawn).canvas
    mouse = Mouse(canvas)
    start, end = canvas.view.y_of(62800.0), canvas.view.y_of(63000.0)
    drawn.do(lambda: pull(mouse, start, end))
    drawn.engine.price("BTC/USDT", "63119.00")
    drawn.hear()

    assert canvas.book.move is not None, "a tick takes no line out of the hand"
