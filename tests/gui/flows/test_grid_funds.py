"""What adding money to a grid says is what the bot then does."""

from decimal import Decimal

import pytest
from PySide6.QtWidgets import QDialog

from desktop_app.core.events import AddFunds
from desktop_app.core.order import OrderType
from desktop_app.gui.fields import DecimalEdit
from tests.gui.grids import MARKET, RunningGrid, after_a_round_trip
from tests.gui.shell import Shell, button, words

D = Decimal


@pytest.fixture
def running() -> RunningGrid:
    return after_a_round_trip()


def test_funds_are_added_to_every_line_and_the_purchase_is_said_first(shell: Shell, running: RunningGrid) -> None:
    shell.engine.supervisor.bot_views = [running.bot_view()]
    shell.engine.supervisor.deal_views = [running.view("64000")]
    shell.arrive()
    said: list[str] = []

    def answer(sheet: QDialog) -> None:
        assert not button(sheet, "Add funds (paper)").isEnabled()
        field = sheet.findChildren(DecimalEdit)[0]
        field.setText("0.5")
        said.append(words(sheet))
        field.setText("500")
        said.append(words(sheet))
        button(sheet, "Add funds (paper)").click()

    shell.answer(shell.window.panels.inspector.grid.add.click, answer)

    assert "no line would become larger" in said[0]
    assert "Each of 20 lines gets 0.00039 BTC more. Buys 0.00468 BTC now for about 299.52 USDT" in said[1]
    assert shell.calls == [("ask", 7, AddFunds(1, D(500), OrderType.MARKET, None))]


def test_adding_what_the_form_says_is_what_the_bot_does(running: RunningGrid) -> None:
    from desktop_app.gui.flows.grid_funds import enlarged

    said = enlarged(running.view("64000"), running.settings.grid, MARKET, D(500))
    assert said is not None
    before = {order.price: order.amount for order in running.live}
    running.ask(AddFunds(1, D(500), OrderType.MARKET, None))
    bought = [order for order in running.live if order.type is OrderType.MARKET]
    assert [order.amount for order in bought] == [said.coins]
    grown = {order.price: order.amount for order in running.live if order.price is not None and order.price < 64000}
    assert all(amount in (before[price], before[price] + said.each) for price, amount in grown.items())
