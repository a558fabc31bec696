"""The editor of grids shows the numbers that the bot trades by."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from desktop_app.core.market import Market
from desktop_app.core.order import OrderType
from desktop_app.gui.dialogs import Question
from desktop_app.gui.editor.grid.draft import draft_of
from desktop_app.gui.editor.grid.editor import GridEditor
from desktop_app.gui.editor.grid.picture import make_picture
from desktop_app.gui.editor.grid.sentences import start_words
from desktop_app.gui.editor.remarks import Remark
from desktop_app.gui.editor.situation import Situation
from tests.gui.editor.conftest import Run
from tests.gui.editor.fake_engine import MARKET, FakeEngine
from tests.gui.editor.grid.conftest import OpenGrid
from tests.gui.grids import RunningGrid, grid_ref

D = Decimal
LINES, UPPER, LOWER, INVEST = "grid.lines", "grid.upper", "grid.lower", "grid.investment"


def lines(editor: GridEditor) -> dict[str, Decimal]:
    return {line.key: line.price for line in editor.chart.chart.canvas.book.lines}


def drag(editor: GridEditor, key: str, price: str) -> None:
    book = editor.chart.chart.canvas.book
    assert book.grab(key)
    book.move_to(D(price))
    book.release()
    QApplication.processEvents()


def press(text: str) -> Callable[[Question], None]:
    return lambda sheet: next(b for b in sheet.findChildren(QPushButton) if b.text() == text).click()


def around(price: str = "64210.50", market: Market = MARKET) -> Situation:
    engine = FakeEngine()
    tick = replace(engine.known.prices[engine.view.name, "BTC/USDT"], price=D(price))
    return Situation(engine.view, market, tick, free_quote=D(10000), funds=engine.funds)


def test_B_05_the_reference_grid_shows_the_digits_of_its_specification(open_grid: OpenGrid) -> None:
    editor = open_grid()
    layout = editor.picture.layout
    assert layout is not None
    assert (len(layout.buys), len(layout.sells)) == (8, 12)
    assert layout.lines[layout.waiting].price == D(64000)
    assert editor.figures.profit.text() == "0.52–0.63 %   (0.28–0.30 USDT)"
    assert editor.figures.step.text() == "step 500.00 = 0.72–0.83 % − fees 2 × 0.10 %"
    assert editor.figures.cells.text() == (
        "At your fees this range holds at most 71 cells; with more, the top cell loses."
    )
    assert editor.figures.line.text() == "0.00079 BTC"
    assert editor.figures.start.text() == (
        "Buys 0.00948 BTC at market, about 608.72 USDT, then places 20 orders (8 buys, 12 sells). "
        "Keeps 1.02 USDT for rounding and fees."
    )
    assert editor.figures.below.text() == "You hold up to 0.01580 BTC; no earnings until the price returns."
    assert editor.form.rows[LINES].remark == Remark(LINES, "info", "21 lines = 20 cells")


def test_coins_of_a_grid_at_work_are_not_called_money_kept_back(open_grid: OpenGrid) -> None:
    picture = open_grid().picture
    assert picture.layout is not None and picture.layout.spare > 0

    assert "Keeps" in start_words(picture) and "Keeps" not in start_words(replace(picture, is_running=True))


def test_B_05_the_numbers_are_said_in_chinese(open_grid: OpenGrid, chinese: None) -> None:
    said = open_grid().figures.words()
    assert "0.28–0.30 USDT" in said
    assert "最多 71 格" in said
    assert "市价买入 0.00948 BTC，约 608.72 USDT" in said


def test_B_05_the_lines_on_the_chart_are_those_of_the_core_and_the_waiting_one_is_marked(open_grid: OpenGrid) -> None:
    editor = open_grid()
    assert editor.picture.layout is not None
    assert sorted(lines(editor).values()) == [line.price for line in editor.picture.layout.lines]
    labels = {line.price: (line.label, line.kind.value) for line in editor.chart.chart.canvas.book.lines}
    assert labels[D(64000)] == ("waits", "grid_waiting")
    assert labels[D(63500)] == ("B08", "grid_buy")
    assert labels[D(64500)] == ("S09", "grid_sell")
    assert labels[D(70000)] == ("Upper · S20", "bound")


def test_B_05_the_bot_places_exactly_the_orders_that_the_editor_shows(open_grid: OpenGrid) -> None:
    editor, running = open_grid(), RunningGrid()
    assert editor.picture.layout is not None
    shown = {(line.side, line.price, line.amount) for line in editor.picture.layout.lines if line.side is not None}
    resting = {(order.side, order.price, order.amount) for order in running.live if order.type is OrderType.LIMIT}
    assert resting == shown


def test_B_05_the_lots_of_geometric_lines_are_those_of_the_specification() -> None:
    market = Market("X/USDT", "X", "USDT", D("0.000001"), D(1), min_cost=D(1))
    settings = grid_ref(
        lower="0.016352", upper="0.022503", lines=81, spacing="geometric", investment=None, volume_per_line="20",
        volume_unit="quote", max_active_sell_lines=5,
    )  # fmt: skip
    made = make_picture(draft_of(settings), around("0.022", market))
    assert made.layout is not None
    assert [(str(line.price), int(line.amount)) for line in made.layout.sells][:3] == [
        ("0.022058", 906), ("0.022147", 903), ("0.022235", 899),
    ]  # fmt: skip
    assert made.layout.balancing == 4495


def test_B_06_start_brings_the_losing_lines_into_view_and_one_click_repairs_them(
    open_grid: OpenGrid, engine: FakeEngine, run: Run
) -> None:
    editor = open_grid(grid_ref(lines=101, investment="100000"))
    assert run(editor.deeds.start(), editor) is False
    row = editor.form.rows[LINES]
    assert editor.focusWidget() is row.field
    assert engine.did("add_bot") == []
    next(b for b in row.findChildren(QPushButton) if b.text() == "Use 72").click()
    assert editor.draft.text(LINES) == "72"
    assert editor.picture.blocks == ()


@pytest.mark.parametrize(("key", "price"), [(UPPER, "68000.00"), (LOWER, "61500.50")])
def test_B_09_a_dragged_end_becomes_its_field_and_comes_back(open_grid: OpenGrid, key: str, price: str) -> None:
    editor = open_grid()
    before = editor.draft
    drag(editor, key, price)
    assert lines(editor)[key] == D(price)
    assert editor.form.rows[key].text() == editor.draft.text(key)
    assert D(editor.draft.text(key)) == D(price)
    editor.undo()
    assert editor.draft == before


def test_B_09_an_end_cannot_be_dragged_past_the_other(open_grid: OpenGrid) -> None:
    editor = open_grid()
    before = editor.draft
    drag(editor, UPPER, "59000.00")
    assert editor.draft == before
    assert lines(editor)[UPPER] == D(70000)


def test_B_09_a_stop_can_be_dragged(open_grid: OpenGrid) -> None:
    editor = open_grid(grid_ref(stop_below={"price": "58000"}))
    drag(editor, "grid.stop_below.price", "57000.00")
    assert editor.draft.text("grid.stop_below.price") == "57000"


def test_B_14_simple_shows_six_fields_of_a_grid_and_counts_what_it_hides(open_grid: OpenGrid) -> None:
    editor = open_grid()
    editor.head.view.set_value("simple")
    shown = [path for path, row in editor.form.rows.items() if row.isVisibleTo(editor.form)]
    assert shown == [UPPER, LOWER, LINES, "grid.spacing", INVEST, "grid.stop_below.price"]
    assert editor.head.view.button("advanced").text() == "Advanced (1 changed)"


def test_B_03_a_grid_starts_after_the_money_sentence(open_grid: OpenGrid, engine: FakeEngine, run: Run) -> None:
    editor = open_grid()
    read: list[str] = []

    def start(sheet: Question) -> None:
        read.extend(label.text() for label in sheet.findChildren(QLabel))
        press("Start bot (paper)")(sheet)

    assert run(editor.deeds.start(), editor, start) is True
    assert "Will place up to 998.98 USDT in orders on Binance (paper)." in read
    assert any("First: buy 0.00948 BTC for about 608.72 USDT" in line for line in read)
    assert [call[1] for call in engine.did("add_bot")] == [grid_ref()]
    assert engine.did("start_bot") == [("start_bot", 11, False)]


def test_what_changes_while_somebody_decides_is_not_started(open_grid: OpenGrid, engine: FakeEngine, run: Run) -> None:
    editor = open_grid()

    def start(sheet: Question) -> None:
        editor.set_draft(editor.draft.with_text(LINES, "11"))
        press("Start bot (paper)")(sheet)

    assert run(editor.deeds.start(), editor, start) is False
    assert engine.did("add_bot") == []
    assert any("The form changed while you decided" in label.text() for label in editor.banner.findChildren(QLabel))


@pytest.mark.parametrize("size", [(758, 690), (1650, 980)])
def test_B_16_a_grid_fits_without_scrolling_sideways(open_grid: OpenGrid, size: tuple[int, int]) -> None:
    editor = open_grid()
    editor.resize(*size)
    QApplication.processEvents()
    assert editor.minimumSizeHint().width() <= size[0]
    assert editor.form.horizontalScrollBar().maximum() == 0
    assert editor.chart.height() >= 150
    assert editor.foot.start.isVisibleTo(editor)


def test_real_money_without_a_stop_needs_a_tick(open_grid: OpenGrid) -> None:
    sheet = open_grid(on=FakeEngine("live")).start_sheet()
    assert [tick.text() for tick in sheet.ticks] == [  # type: ignore[attr-defined]
        "I understand that it keeps holding coins if the price falls out of the range"
    ]


def test_a_grid_that_the_money_does_not_cover_says_so(open_grid: OpenGrid) -> None:
    editor = open_grid(on=FakeEngine(free="500"))
    assert any("Needs 999.97 USDT; 500.00 is uncommitted." in one.text for one in editor.picture.remarks)
    assert "not enough for the grid" in editor.funds_box.words()


# --- what is not known, or cannot be read


def test_a_grid_on_a_pair_without_a_price_waits_for_one(open_grid: OpenGrid, engine: FakeEngine) -> None:
    engine.known.prices.clear()
    editor = open_grid()
    assert editor.foot.sentence.text() == "Waits for the first price of BTC/USDT."
    assert editor.figures.profit.text() == "—"
    assert lines(editor) == {}
    assert not editor.foot.start.isEnabled()


def test_lines_that_cannot_be_laid_out_are_said_to_be_so(open_grid: OpenGrid) -> None:
    endless = {"upper": None, "lines": None, "spacing": "geometric", "step_percent": "0.5", "volume_unit": "quote"}
    editor = open_grid(grid_ref(lower="1", **endless))
    assert editor.foot.sentence.text() == "These lines cannot be laid out."
    assert editor.picture.blocks[0].use


def test_while_a_field_of_a_grid_cannot_be_read_the_last_picture_stays_greyed(open_grid: OpenGrid) -> None:
    editor = open_grid()
    before = lines(editor)
    editor.set_draft(editor.draft.with_text(UPPER, "sixty"))
    assert lines(editor) == before
    assert not editor.figures.isEnabled()
    assert editor.form.rows[UPPER].remark is not None


# --- B-07


@pytest.mark.parametrize(("price", "stepped"), [("64000", "63900"), ("0.00001234", "0.00001224"), ("0.045", "0.0449")])
def test_B_07_a_step_of_the_wheel_suits_the_price_of_the_pair(open_grid: OpenGrid, price: str, stepped: str) -> None:
    editor = open_grid()
    editor.set_draft(editor.draft.with_text(LOWER, price))
    field = editor.form.rows[LOWER].field
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Down)
    assert D(editor.form.rows[LOWER].text()) == D(stepped)
