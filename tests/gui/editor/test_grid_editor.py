"""The editor of grids shows the numbers that the bot trades by, and says of each that is wrong which would do."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QRadioButton
from shiboken6 import delete

from desktop_app.core.market import Market
from desktop_app.core.order import OrderType
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.gui.dialogs import Question
from desktop_app.gui.editor.gallery import NewBotGallery
from desktop_app.gui.editor.grid.beginnings import BEGINNINGS
from desktop_app.gui.editor.grid.draft import draft_of, read_draft
from desktop_app.gui.editor.grid.editor import GridEditor
from desktop_app.gui.editor.grid.picture import make_picture
from desktop_app.gui.editor.kinds import EDITORS, draft_from
from desktop_app.gui.editor.opening import edit_bot
from desktop_app.gui.editor.remarks import Remark
from desktop_app.gui.editor.situation import Situation
from desktop_app.gui.i18n import Language, set_language
from tests.gui.editor.conftest import Run
from tests.gui.editor.fake_engine import LAST, MARKET, FakeEngine, bot_view
from tests.gui.grids import RunningGrid, grid_ref

D = Decimal
LINES, UPPER, LOWER, INVEST = "grid.lines", "grid.upper", "grid.lower", "grid.investment"
OpenGrid = Callable[..., GridEditor]


@pytest.fixture
def open_grid(dressed: QApplication, engine: FakeEngine) -> Iterator[OpenGrid]:
    made: list[GridEditor] = []

    def opened(settings: GridSettings | None = None, *, on: FakeEngine | None = None, **more: Any) -> GridEditor:
        editor = GridEditor((on or engine).link(), draft_of(settings or grid_ref()), **more)
        made.append(editor)
        editor.resize(1000, 660)
        editor.show()
        QApplication.processEvents()
        return editor

    yield opened
    for editor in made:
        delete(editor)


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


def remark(settings: GridSettings, path: str, **more: Any) -> Remark:
    made = make_picture(draft_of(settings), around(**more))
    return next(one for one in made.remarks if one.path == path and one.level != "info")


# --- B-05


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


# --- B-06 and every other number that would do


def test_B_06_cells_that_do_not_pay_their_fees_are_blocked_with_both_numbers_and_the_one_that_would_do() -> None:
    said = remark(grid_ref(lines=101, investment="100000"), LINES)
    assert said.level == "block"
    assert said.text == (
        "A cell of 0.14 % is no more than its two fees (0.20 %). "
        "At your fees this range holds at most 71 cells, that is 72 lines."
    )
    assert (said.use, said.label) == ("72", "Use 72")
    fixed = make_picture(draft_of(grid_ref(lines=72, investment="100000")), around())
    assert fixed.blocks == ()


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


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"lower": "64000", "upper": "64010", "lines": 5}, UPPER),
        ({"lower": "64000", "upper": "64000.10", "lines": 21}, LINES),
        ({"investment": "60"}, INVEST),
        ({"investment": None, "volume_per_line": "0.00001"}, "grid.volume_per_line"),
        ({"upper": None, "lines": None, "spacing": "geometric", "step_percent": "0.05", "volume_unit": "quote"},
         "grid.step_percent"),
        ({"lower": "1", "upper": None, "lines": None, "spacing": "geometric", "step_percent": "0.5",
          "volume_unit": "quote"}, "grid.step_percent"),
        ({"lower": "65000"}, LOWER),
        ({"upper": "64000"}, UPPER),
        ({"stop_below": {"price": "59000"}, "upper": "64000"}, UPPER),
        ({"stop_above": {"price": "71000"}, "lower": "50000"}, "grid.stop_below.price"),
        ({}, "grid.stop_below.price"),
    ],
)  # fmt: skip
def test_B_08_every_case_of_a_grid_has_its_words(language: Language, changes: dict[str, Any], path: str) -> None:
    set_language(language)
    try:
        said = remark(grid_ref(**changes), path)
    finally:
        set_language(Language.ENGLISH)
    assert said.text and "{" not in said.text and "=" not in said.text
    if said.use:
        data = grid_ref(**changes).model_dump(mode="json")
        data["grid"][path.removeprefix("grid.")] = int(said.use) if path == LINES else said.use
        fixed = make_picture(draft_of(GridSettings.model_validate(data)), around())
        assert not any(one.path == path and one.text == said.text for one in fixed.blocks)


@pytest.mark.parametrize(
    ("path", "text", "where", "words"),
    [
        (UPPER, "59000", UPPER, "Must be above the lower end."),
        (UPPER, "", UPPER, "This is needed."),
        (LINES, "1", LINES, "Must be at least 2."),
        (LINES, "2.5", LINES, "Must be a whole number."),
        (LOWER, "1,5", LOWER, '"1,5" could mean 1.5 or 15. Use a point for decimals.'),
        ("grid.stop_below.price", "61000", "grid.stop_below.price", "Must be below the lowest line."),
        ("grid.stop_above.price", "61000", "grid.stop_above.price", "Must be above the highest line."),
        ("grid.expand_up_to", "65000", "grid.expand_up_to", "Must be above the upper end."),
        ("pairs", "BTC/USDT, ETH/USDT", "pairs", "A grid trades one pair."),
    ],
)
def test_B_08_what_no_grid_can_run_with_is_said_at_its_field(path: str, text: str, where: str, words: str) -> None:
    made = read_draft(draft_of(grid_ref()).with_text(path, text))
    assert made.settings is None
    assert [(one.path, one.text) for one in made.remarks] == [(where, words)]


# --- B-09


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


# --- B-10


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


# --- B-14


def test_B_14_simple_shows_six_fields_of_a_grid_and_counts_what_it_hides(open_grid: OpenGrid) -> None:
    editor = open_grid()
    editor.head.view.set_value("simple")
    shown = [path for path, row in editor.form.rows.items() if row.isVisibleTo(editor.form)]
    assert shown == [UPPER, LOWER, LINES, "grid.spacing", INVEST, "grid.stop_below.price"]
    assert editor.head.view.button("advanced").text() == "Advanced (1 changed)"


@pytest.mark.parametrize(
    "changes",
    [
        {"stop_above": {"price": "75000", "then": "stop_and_sell"}, "trailing_down": True, "take_profit_percent": "30"},
        {"upper": None, "lines": None, "spacing": "geometric", "step_percent": "1", "volume_unit": "quote"},
        {"investment": None, "volume_per_line": "0.002", "start_price": "63000", "max_active_buy_lines": 5},
        {"volume_unit": "quote", "profit_currency": "base", "use_held_coins": True, "expand_down_to": "50000"},
    ],
)
def test_B_14_switching_loses_nothing_of_a_grid(open_grid: OpenGrid, changes: dict[str, Any]) -> None:
    chosen = grid_ref(**changes)
    editor = open_grid(chosen)
    editor.head.view.set_value("simple")
    editor.head.view.set_value("advanced")
    assert editor.form.draft(editor.head.texts()) == draft_of(chosen)
    assert editor.picture.settings == chosen


def test_every_setting_of_a_grid_can_be_reached_on_the_form(open_grid: OpenGrid) -> None:
    from desktop_app.core.strategies.grid_settings import Grid

    reached = {path.split(".")[1] for path in open_grid().form.rows if path.startswith("grid.")}
    assert reached == set(Grid.model_fields)


def test_the_shape_without_an_end_hides_what_it_does_not_have_and_keeps_it(open_grid: OpenGrid) -> None:
    editor = open_grid()
    editor.set_draft(editor.draft.with_text("shape", "infinite").with_text("grid.step_percent", "1"))
    assert editor.picture.settings is not None
    assert editor.picture.settings.grid.is_infinite
    assert not editor.form.rows[UPPER].isVisibleTo(editor.form)
    assert "upwards" in editor.foot.sentence.text()
    editor.set_draft(editor.draft.with_text("shape", "range"))
    assert editor.picture.settings == grid_ref()


# --- proposals


def test_a_range_is_proposed_from_the_past_and_says_how(open_grid: OpenGrid) -> None:
    editor = open_grid()
    before = editor.draft
    QTest.mouseClick(editor.form.history_button, Qt.MouseButton.LeftButton)
    settings = editor.picture.settings
    assert settings is not None and settings.grid.upper is not None
    assert settings.grid.lower < LAST < settings.grid.upper
    assert editor.form.how.text().startswith("From 30 days of prices: nine of ten hours closed between ")
    assert editor.picture.blocks == ()
    editor.undo()
    assert editor.draft == before


def test_a_range_around_the_price_keeps_the_number_of_lines(open_grid: OpenGrid) -> None:
    editor = open_grid()
    QTest.mouseClick(editor.form.width_button, Qt.MouseButton.LeftButton)
    assert (editor.draft.text(LOWER), editor.draft.text(UPPER), editor.draft.text(LINES)) == ("59000", "69000", "21")
    assert editor.form.how.text() == "8 % to each side of the price 64,210.50. The number of lines stays."


# --- starting


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


def test_a_proposal_that_comes_late_overwrites_nothing(open_grid: OpenGrid, engine: FakeEngine, run: Run) -> None:
    editor = open_grid()
    candles = engine.candles

    async def slow(*call: Any) -> Any:
        editor.set_draft(editor.draft.with_text(LINES, "40"))
        return await candles(*call)

    engine.candles = slow  # type: ignore[method-assign]
    assert run(editor.propose(), editor) is False
    assert (editor.draft.text(LINES), editor.draft.text(UPPER)) == ("40", "70000")
    assert "nothing was filled in" in editor.form.how.text()


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


# --- the seam


def test_a_click_on_a_kind_shows_its_cards_and_a_card_opens_its_editor(
    dressed: QApplication, engine: FakeEngine
) -> None:
    gallery = NewBotGallery(engine.link(), engine.view.name, "BTC/USDT")
    made: list[GridEditor] = []
    gallery.editor_made.connect(made.append)
    gallery.resize(1000, 600)
    gallery.show()
    try:
        QTest.mouseClick(gallery.kinds["grid"], Qt.MouseButton.LeftButton)
        assert gallery.kinds["grid"].accessibleName() == "Grid bot, chosen"
        assert not gallery.cards["starter"].isVisibleTo(gallery)
        QTest.mouseClick(gallery.cards["range"], Qt.MouseButton.LeftButton)
        (editor,) = made
        assert isinstance(editor, GridEditor)
        assert editor.form.is_simple
        assert editor.picture.blocks == ()
    finally:
        for opened in made:
            delete(opened)
        delete(gallery)


@pytest.mark.parametrize("start", BEGINNINGS, ids=[start.key for start in BEGINNINGS])
@pytest.mark.parametrize(
    ("market", "price"),
    [
        (MARKET, "64210.50"),
        (Market("ETH/BTC", "ETH", "BTC", D("1e-5"), D("1e-4"), min_cost=D("0.0001")), "0.04512"),
        (Market("PEPE/USDT", "PEPE", "USDT", D("1e-8"), D(1), min_cost=D(1)), "0.00001234"),
    ],
)
def test_every_grid_of_the_gallery_can_run_on_every_pair(start: Any, market: Market, price: str) -> None:
    settings = start.settings("Paper wallet", market, D(price), ())
    made = make_picture(draft_of(settings), around(price, market))
    assert made.settings == settings
    assert made.blocks == ()


def test_a_grid_of_the_engine_opens_in_its_editor(dressed: QApplication, engine: FakeEngine, run: Run) -> None:
    engine.add_bot_view(bot_view(grid_ref()))
    editor = run(edit_bot(engine.link(), 7), gallery_parent())
    assert isinstance(editor, GridEditor)
    assert editor.picture.settings == grid_ref()
    assert not editor.is_dirty
    delete(editor)


def test_a_bot_of_an_unknown_kind_opens_nothing_and_breaks_nothing(
    dressed: QApplication, engine: FakeEngine, run: Run
) -> None:
    engine.add_bot_view(replace(bot_view(grid_ref()), kind="from the future"))
    assert run(edit_bot(engine.link(), 7), gallery_parent()) is None


def test_every_kind_with_an_editor_has_cards_and_a_form() -> None:
    for entry in EDITORS.values():
        for start in entry.beginnings():
            settings = start.settings("Paper wallet", MARKET, LAST, ())
            draft = draft_from(settings)
            assert draft is not None
            assert draft.kind == entry.kind


def gallery_parent() -> Any:
    """Where no sheet is expected, any widget will do."""
    return QLabel()
