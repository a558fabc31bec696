"""A running grid is changed only after its orders were named."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QRadioButton

from desktop_app.core.events import EditDeal
from desktop_app.core.order import OrderType
from desktop_app.gui.dialogs import Question
from desktop_app.gui.editor.grid.keeping import change_of
from tests.gui.editor.conftest import Run
from tests.gui.editor.fake_engine import MARKET, FakeEngine, bot_view
from tests.gui.editor.grid.conftest import OpenGrid
from tests.gui.grids import RunningGrid, grid_ref

D = Decimal
LINES, UPPER, INVEST = "grid.lines", "grid.upper", "grid.investment"


def press(text: str) -> Callable[[Question], None]:
    return lambda sheet: next(b for b in sheet.findChildren(QPushButton) if b.text() == text).click()


def test_B_10_changed_fields_of_a_grid_are_marked_with_their_old_value(open_grid: OpenGrid, engine: FakeEngine) -> None:
    editor = open_grid(bot=engine.add_bot_view(bot_view(grid_ref())))
    editor.set_draft(editor.draft.with_text(UPPER, "72000").with_text("grid.trailing_up", "true"))
    marked = {path: row.old_text() for path, row in editor.form.rows.items() if row.old_text() is not None}
    assert marked == {UPPER: "70000", "grid.trailing_up": ""}


@pytest.mark.parametrize(("choice", "reach"), [("The running grid follows", True), ("The next grid only", False)])
def test_B_10_what_a_running_grid_cancels_and_places_is_listed_before_it_does(
    open_grid: OpenGrid, engine: FakeEngine, run: Run, choice: str, reach: bool
) -> None:
    editor = open_grid(bot=engine.add_bot_view(bot_view(grid_ref(), deals_open=1)))
    engine.open_deals = (RunningGrid().view(),)
    editor.set_draft(editor.draft.with_text(LINES, "11").with_text(INVEST, "1200"))
    read: list[str] = []

    def answer(sheet: Question) -> None:
        read.extend(label.text() for label in sheet.findChildren(QLabel))
        next(b for b in sheet.findChildren(QRadioButton) if b.text().startswith(choice)).click()
        press("Save changes")(sheet)

    assert run(editor.deeds.save(), editor, answer) is True
    text = "\n".join(read)
    assert "Cancels 20 and places 10 orders." in text
    assert "Cancelled: " in text and "buy 60,000.00" in text
    assert "Placed: buy 60,000.00 · buy 61,000.00 · buy 62,000.00" in text
    assert [call[3] for call in engine.did("edit_bot")] == [reach]


def test_B_10_a_change_that_moves_no_line_says_that_no_order_changes(
    open_grid: OpenGrid, engine: FakeEngine, run: Run
) -> None:
    editor = open_grid(bot=engine.add_bot_view(bot_view(grid_ref(), deals_open=1)))
    engine.open_deals = (RunningGrid().view(),)
    editor.set_draft(editor.draft.with_text("grid.stop_below.price", "58000"))
    read: list[str] = []

    def answer(sheet: Question) -> None:
        read.extend(label.text() for label in sheet.findChildren(QLabel))
        press("Save changes")(sheet)

    assert run(editor.deeds.save(), editor, answer) is True
    assert "No order changes." in "\n".join(read)


@pytest.mark.parametrize("changes", [{"lines": 11}, {"upper": "72000", "lines": 31}, {"investment": "2000"}])
def test_B_10_what_is_said_of_a_change_is_what_the_bot_does(changes: dict[str, Any]) -> None:
    running = RunningGrid()
    after = grid_ref(**changes)
    said = change_of([running.view()], running.settings, after, MARKET)
    assert said is not None
    running.placed = running.cancelled = 0
    running.ask(EditDeal(1, after.model_dump_json()))
    running.tick("64210.50")
    bought = sum((order.amount for order in running.live if order.type is OrderType.MARKET), D(0))
    for order in [order for order in running.live if order.type is OrderType.MARKET]:
        running.fill(order, "64210.50")
    lines = {(order.side, order.price) for order in running.live if order.type is OrderType.LIMIT}
    assert (running.cancelled, bought, lines) == (len(said.cancelled), said.bought, set(said.placed))


def test_what_a_change_costs_counts_the_coins_and_the_money_that_the_grid_has(
    open_grid: OpenGrid, engine: FakeEngine
) -> None:
    view = RunningGrid().view()
    engine.known.take_deal(view)
    engine.funds = replace(engine.funds, uncommitted=D(5))
    editor = open_grid(bot=engine.add_bot_view(bot_view(grid_ref(), deals_open=1)))
    assert editor.picture.layout is not None
    assert editor.picture.layout.balancing == 0  # it holds what its sell lines need
    assert editor.figures.start.text().startswith(
        "Places 20 orders (8 buys, 12 sells); nothing has to be bought first."
    )
    assert "covered" in editor.funds_box.words()
    editor.set_draft(editor.draft.with_text(INVEST, "2000"))
    assert editor.foot.sentence.text().startswith("Once changed, buys 0.00948 BTC more for about 608.72 USDT")
    assert "not enough for the grid" in editor.funds_box.words()
