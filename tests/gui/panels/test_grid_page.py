"""A running grid tells its three results together, shows its lines, takes more money, and ends with a choice."""

from decimal import Decimal

import pytest
from PySide6.QtWidgets import QDialog, QRadioButton

from desktop_app.core.events import CancelDeal, CloseDeal
from tests.gui.grids import RunningGrid, after_a_round_trip
from tests.gui.shell import Shell, button, words

D = Decimal


@pytest.fixture
def running() -> RunningGrid:
    return after_a_round_trip()


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


def test_a_grid_in_the_table_of_deals_has_no_average_and_what_was_put_in(shell: Shell, running: RunningGrid) -> None:
    shown(shell, running)
    model = shell.window.panels.deals.model
    row = model.row_by_id("7-1")
    assert row is not None
    cells = {column.key: column.text(row) for column in model.columns}
    assert (cells["average"], cells["safety"], cells["invested"]) == ("—", "—", "998.98")


@pytest.mark.parametrize(
    ("choice", "wish"), [("Sell all coins at market now", CloseDeal(1)), ("Keep the coins", CancelDeal(1))]
)
def test_a_grid_that_was_left_to_work_on_can_still_be_ended(
    shell: Shell, running: RunningGrid, choice: str, wish: CloseDeal | CancelDeal
) -> None:
    shown(shell, running)
    shell.engine.supervisor.bot_views = [running.bot_view(status="stopped")]
    shell.run(shell.bridge.reload())

    def answer(sheet: QDialog) -> None:
        next(radio for radio in sheet.findChildren(QRadioButton) if radio.text().startswith(choice)).click()
        button(sheet, "Stop grid (paper)").click()

    shell.answer(shell.window.panels.inspector.grid.stop.click, answer)

    assert shell.calls == [("ask", 7, wish)]


def test_quitting_sums_up_the_lines_that_wait(shell: Shell, running: RunningGrid) -> None:
    shown(shell, running)
    said: list[str] = []

    def stay(sheet: QDialog) -> None:
        said.append(words(sheet))
        button(sheet, "Cancel").click()

    shell.answer(shell.window.close, stay)

    assert "8 grid lines buy, 60,000.00 to 63,500.00" in said[0]
    assert "12 grid lines sell, 64,500.00 to 70,000.00" in said[0]


def test_a_grid_takes_no_more_room_beside_the_chart_than_the_layout_has_for_it(
    shell: Shell, running: RunningGrid
) -> None:
    shown(shell, running)
    assert shell.window.panels.inspector.grid.minimumSizeHint().width() <= 252
