"""A running grid tells its three results together, shows its lines, takes more money, and ends with a choice."""

from decimal import Decimal

import pytest
from PySide6.QtWidgets import QDialog, QRadioButton

from desktop_app.core.events import AddFunds
from desktop_app.core.order import OrderType
from desktop_app.gui.fields import DecimalEdit
from desktop_app.gui.order_lines import lines_of
from tests.gui.grids import MARKET, RunningGrid, grid_ref
from tests.gui.shell import Shell, button, words

D = Decimal


@pytest.fixture
def running() -> RunningGrid:
    """It has bought one line lower and sold that again: one round trip."""
    grid = RunningGrid()
    grid.tick("63500")
    grid.trade_at("63500")
    grid.tick("64000")
    grid.trade_at("64000")
    return grid


def shown(shell: Shell, running: RunningGrid, last: str = "64000") -> Shell:
    shell.engine.supervisor.bot_views = [running.bot_view()]
    shell.engine.supervisor.deal_views = [running.view(last)]
    shell.arrive()
    return shell


def row(shell: Shell, name: str) -> str:
    return next(value.text() for title, value in shell.window.panels.inspector.grid._grid if title.text() == name)


def test_the_three_results_stand_together_each_with_its_meaning(shell: Shell, running: RunningGrid) -> None:
    shown(shell, running)
    page = shell.window.panels.inspector.grid
    earned = D("0.00079") * (D(64000) - D(63500)) - D("0.00079") * (D(64000) + D(63500)) * D("0.001")

    assert page.isVisibleTo(shell.window)
    assert page.title.text() == "BTC range · Grid #1"
    assert page.profit.value.text() == f"+{earned:.2f}"
    assert page.total.value.text().startswith("−2.")  # the fall since the start costs more than the round trip earned
    assert page.holding.value.text() == "−3.27"  # 998.98 / 64,210.50 coins, 210.50 lower
    assert all(result.toolTip() for result in (page.profit, page.total, page.holding))
    assert "Grid profit: +0.29 USDT" in page.profit.accessibleName()


def test_it_says_where_it_stands(shell: Shell, running: RunningGrid) -> None:
    shown(shell, running)
    assert row(shell, "Round trips") == "1"
    assert row(shell, "Range") == "60,000.00 – 70,000.00"
    assert row(shell, "Lines") == "21 (8 buys, 12 sells rest)"
    assert (row(shell, "Waiting line"), row(shell, "Next buy"), row(shell, "Next sell")) == (
        "64,000.00", "63,500.00", "64,500.00",
    )  # fmt: skip
    assert row(shell, "Put in") == "998.98 USDT"
    assert row(shell, "Stops") == "none"


def test_its_lines_on_the_chart_are_green_below_red_above_and_grey_where_it_waits(running: RunningGrid) -> None:
    lines = {line.price: (line.kind.value, line.label) for line in lines_of([(running.view(), "")], MARKET)}
    assert len(lines) == 21
    assert lines[D(63500)] == ("grid_buy", "B08")
    assert lines[D(64500)] == ("grid_sell", "S09")
    assert lines[D(64000)] == ("grid_waiting", "waits")


def test_a_stop_is_a_line_that_the_app_keeps() -> None:
    settings = grid_ref(stop_below={"price": "58000", "then": "stop_and_sell"})
    running = RunningGrid(settings)
    lines = lines_of([(running.view(), settings.model_dump_json())], MARKET)
    assert [(line.price, line.note) for line in lines if line.kind.value == "stop_loss"] == [(D(58000), "kept by app")]


@pytest.mark.parametrize(
    ("choice", "then"),
    [("Keep the coins", "cancel"), ("Sell all coins at market now", "close"), ("Let this grid work on", "leave")],
)
def test_stopping_a_grid_asks_what_becomes_of_its_coins(
    shell: Shell, running: RunningGrid, choice: str, then: str
) -> None:
    shown(shell, running)
    said: list[str] = []

    def answer(sheet: QDialog) -> None:
        radios = sheet.findChildren(QRadioButton)
        said.append(words(sheet) + "\n".join(radio.text() for radio in radios))
        next(radio for radio in radios if radio.text().startswith(choice)).click()
        button(sheet, "Stop grid (paper)").click()

    shell.answer(shell.window.panels.inspector.grid.stop.click, answer)

    assert "0.00948 BTC stay in your account." in said[0]
    assert shell.calls == [("stop_bot", 7, then)]


def test_funds_are_added_to_every_line_and_the_purchase_is_said_first(shell: Shell, running: RunningGrid) -> None:
    shown(shell, running)
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
    grown = {order.price: order.amount for order in running.live if order.price in before and order.price < 64000}
    assert all(amount in (before[price], before[price] + said.each) for price, amount in grown.items())


def test_a_grid_in_the_table_of_deals_has_no_average_and_what_was_put_in(shell: Shell, running: RunningGrid) -> None:
    shown(shell, running)
    model = shell.window.panels.deals.model
    row = model.row_by_id("7-1")
    assert row is not None
    cells = {column.key: column.text(row) for column in model.columns}
    assert (cells["average"], cells["safety"], cells["invested"]) == ("—", "—", "998.98")
