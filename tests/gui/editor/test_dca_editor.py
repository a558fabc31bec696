"""The editor shows one picture of one draft, changes nothing by accident, and loses nothing."""

from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.gui.editor.dca_editor import DcaEditor
from desktop_app.gui.editor.draft import draft_of
from desktop_app.gui.editor.picture import Picture
from desktop_app.gui.fields import DecimalEdit
from desktop_app.gui.i18n import Language, set_language
from tests.gui.editor.conftest import Open
from tests.gui.editor.fake_engine import FakeEngine, bot_view, dca_ref

D = Decimal
PROFIT, SIZE, COUNT = "take_profit.percent", "safety_orders.volume", "safety_orders.max_count"


def field(editor: DcaEditor, path: str) -> DecimalEdit:
    found = editor.form.rows[path].field
    assert isinstance(found, DecimalEdit)
    return found


def cells(editor: DcaEditor, key: str) -> list[str]:
    row = editor.table.rows_model.row_by_id(key)
    assert row is not None
    return [column.text(row) for column in editor.table.rows_model.columns]


def lines(editor: DcaEditor) -> dict[str, Decimal]:
    return {line.key: line.price for line in editor.chart.chart.canvas.book.lines}


def pictures(editor: DcaEditor) -> list[Picture]:
    made: list[Picture] = []
    editor.pictured.connect(made.append)
    return made


def wheel(widget: QWidget, dy: int = -120) -> QWheelEvent:
    event = QWheelEvent(
        QPointF(5, 5), widget.mapToGlobal(QPointF(5, 5)), QPoint(), QPoint(0, dy), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)
    return event


# --- B-01, B-04


def test_B_01_the_table_of_the_window_has_the_reference_row(editor: DcaEditor) -> None:
    assert cells(editor, "so4")[2:] == ["57,425.59", "81.54", "216.99", "60,107.31", "61,070.00", "+6.35 %", "+3.25"]
    assert lines(editor)["so4"] == D("57425.59")
    assert "216.99 USDT" in editor.funds_box.words()
    assert editor.foot.sentence.text() == (
        "Buys 20.55 USDT of BTC now, then up to 4 more times as price falls 10.66 %; sells all at +1.50 % after fees."
    )


def test_B_04_many_keystrokes_are_worked_out_once(qtbot: QtBot, editor: DcaEditor) -> None:
    made = pictures(editor)
    for text in ("1.", "1.0", "1.01", "1.0", "1"):
        field(editor, PROFIT).setText(text)
    assert made == []
    qtbot.waitUntil(lambda: bool(made))
    assert {picture.draft.text(PROFIT) for picture in made} == {"1"}, "a new price may have made one more"
    assert cells(editor, "base")[6] == "64,982.45"
    assert lines(editor)["tp1"] == D("64982.45")


def test_B_04_two_hundred_safety_orders_are_all_shown(editor: DcaEditor) -> None:
    draft = editor.draft.with_text(COUNT, "200").with_text("safety_orders.price_deviation", "0.2")
    draft = draft.with_text("safety_orders.step_scale", "1").with_text("safety_orders.volume_scale", "1")
    made = pictures(editor)
    editor.set_draft(draft)
    assert len(made) == 1
    assert editor.table.rows_model.rowCount() == 201
    assert len([key for key in lines(editor) if key.startswith("so")]) == 200


def test_B_04_only_what_changed_lights_up(editor: DcaEditor) -> None:
    editor.set_draft(editor.draft.with_text(PROFIT, "1.0"))
    flashing = editor.table.flashing()
    if not flashing:
        pytest.skip("this platform asks for no animations")
    assert flashing["so1"] == {"take_profit", "required", "net"}


def test_a_price_moves_the_preview_without_flashing(qtbot: QtBot, editor: DcaEditor, engine: FakeEngine) -> None:
    made = pictures(editor)
    engine.set_price(D("65000.00"))
    editor.prices_changed([(engine.view.name, "BTC/USDT")])
    qtbot.waitUntil(lambda: bool(made))
    assert cells(editor, "base")[2] == "65,000.00"
    assert editor.table.flashing() == {}


def test_prices_of_other_pairs_cost_nothing(editor: DcaEditor, engine: FakeEngine) -> None:
    editor._prices.stop()
    editor.prices_changed([(engine.view.name, "ETH/USDT")])
    assert not editor._prices.isActive()


# --- B-07


@pytest.mark.parametrize("path", [SIZE, "base_order.volume_unit", "start.mode", COUNT])
def test_B_07_the_wheel_over_an_unfocused_field_changes_nothing(editor: DcaEditor, path: str) -> None:
    editor.head.name.setFocus()
    before = editor.draft
    event = wheel(editor.form.rows[path].field)
    assert not event.isAccepted(), "the form has to scroll instead"
    assert editor.form.draft(editor.head.texts()) == before


def test_B_07_the_wheel_over_a_focused_field_is_one_step(editor: DcaEditor) -> None:
    field(editor, PROFIT).setFocus()
    wheel(field(editor, PROFIT), 120)
    assert field(editor, PROFIT).text() == "1.6"


# --- B-08


def test_B_08_start_brings_the_first_problem_into_view(editor: DcaEditor, engine: FakeEngine) -> None:
    editor.form.set_simple(True)
    field(editor, "limits.stop_after_deals").setText("0")
    editor.foot.start.click()
    assert editor.form.rows["limits.stop_after_deals"].remark is not None
    assert editor.focusWidget() is field(editor, "limits.stop_after_deals")
    assert editor.form.more.is_open
    assert engine.did("add_bot") == []


def test_B_08_a_remark_stands_under_its_field_and_in_the_list(editor: DcaEditor) -> None:
    editor.set_draft(editor.draft.with_text(PROFIT, "0.15"))
    remark = editor.form.rows[PROFIT].remark
    assert remark is not None
    assert "two fees" in remark.text
    assert field(editor, PROFIT).property("problem") is True
    assert editor.foot.problems.text() == "1 problem ▾"
    texts = [action.text() for action in editor.foot.problems_menu().actions()]
    assert remark.text in texts


def test_B_08_one_click_uses_the_value_that_would_do(editor: DcaEditor) -> None:
    editor.set_draft(editor.draft.with_text("base_order.volume", "0.5"))
    remark = editor.form.rows["base_order.volume"].remark
    if remark is None or not remark.use:
        pytest.skip("this market takes it")
    editor.form.rows["base_order.volume"]._fix.click()
    assert editor.draft.text("base_order.volume") == remark.use


# --- B-09


def drag(editor: DcaEditor, key: str, price: str) -> None:
    book = editor.chart.chart.canvas.book
    assert book.grab(key)
    book.move_to(D(price))
    book.release()
    QApplication.processEvents()


def test_B_09_a_dragged_take_profit_becomes_its_percent(editor: DcaEditor) -> None:
    before = editor.draft
    drag(editor, "tp1", "65500.00")
    assert lines(editor)["tp1"] == D("65500.00")
    assert D(editor.draft.text(PROFIT)) > D("1.5")
    assert field(editor, PROFIT).text() == editor.draft.text(PROFIT)
    editor.undo()
    assert editor.draft == before
    assert lines(editor)["tp1"] == D("65304.14")


def test_B_09_a_dragged_safety_order_becomes_own_steps(editor: DcaEditor) -> None:
    before, others = editor.draft, lines(editor)
    drag(editor, "so2", "62500.00")
    after = lines(editor)
    assert after["so2"] == D("62500.00")
    assert {key: after[key] for key in ("so1", "so3", "so4", "tp1")} == {
        key: others[key] for key in ("so1", "so3", "so4", "tp1")
    }
    assert editor.form.ladder_box.isChecked()
    assert len(editor.form.ladder.rows) == 4
    assert editor.picture.settings is not None
    assert len(editor.picture.settings.safety_orders.custom) == 4
    editor.undo()
    assert editor.draft == before
    assert not editor.form.ladder_box.isChecked()


def test_B_09_a_dragged_stop_loss_becomes_its_percent(open_editor: Open) -> None:
    editor = open_editor(dca_ref(stop_loss={"percent": "15"}))
    drag(editor, "stop", "55000.00")
    assert lines(editor)["stop"] == D("55000.00")
    assert editor.picture.settings is not None
    assert editor.picture.settings.stop_loss.percent != 15


def test_B_09_each_of_several_targets_can_be_dragged(open_editor: Open) -> None:
    steps = [{"percent": "1", "share": "50"}, {"percent": "2", "share": "50"}]
    editor = open_editor(dca_ref(take_profit={"steps": steps}))
    second = lines(editor)["tp2"]
    drag(editor, "tp1", "65200.00")
    assert lines(editor)["tp1"] == D("65200.00")
    assert lines(editor)["tp2"] == second


@pytest.mark.parametrize("direction", ["long", "short"])
@pytest.mark.parametrize("basis", ["total", "base"])
def test_B_09_the_field_puts_the_line_exactly_where_it_was_dropped(
    open_editor: Open, direction: str, basis: str
) -> None:
    editor = open_editor(dca_ref(direction=direction, take_profit={"percent": "1.5", "basis": basis}))
    for price in ("66123.45", "65010.01") if direction == "long" else ("61000.55", "63000.07"):
        drag(editor, "tp1", price)
        assert lines(editor)["tp1"] == D(price)


def test_hovering_a_row_or_a_line_highlights_the_other(editor: DcaEditor) -> None:
    editor.table.row_hovered.emit("so2")
    assert editor.chart.chart.canvas.book.highlighted == "so2"
    editor.chart.chart.canvas.book.hover("so3")
    assert editor.table.highlighted == "so3"
    editor.chart.chart.canvas.book.hover("")
    assert editor.table.highlighted == ""


# --- B-10


def test_B_10_changed_fields_are_marked_with_their_old_value(open_editor: Open, engine: FakeEngine) -> None:
    bot = engine.add_bot_view(bot_view(dca_ref()))
    editor = open_editor(bot=bot)
    was_dirty = editor.is_dirty
    editor.set_draft(editor.draft.with_text(PROFIT, "1.00").with_text("base_order.type", "market"))
    marked = {path: row.old_text() for path, row in editor.form.rows.items() if row.old_text() is not None}
    assert marked == {PROFIT: "1.5", "base_order.type": "limit"}
    assert (was_dirty, editor.is_dirty) == (False, True)
    editor.set_draft(editor.draft.with_text(PROFIT, "1.50").with_text("base_order.type", "limit"))
    assert all(row.old_text() is None for row in editor.form.rows.values())


# --- B-14


def test_B_14_simple_shows_six_fields_and_counts_what_it_hides(editor: DcaEditor) -> None:
    editor.head.view.set_value("simple")
    shown = [path for path, row in editor.form.rows.items() if row.isVisibleTo(editor.form)]
    assert len(shown) == 6
    assert editor.head.view.button("advanced").text() == "Advanced (4 changed)"


def test_B_14_switching_loses_nothing(open_editor: Open) -> None:
    custom = {"custom": [{"deviation": "-2", "volume": "30"}]}
    chosen = dca_ref(safety_orders=custom, limits={"cooldown_seconds": 60}, reinvest_percent="20")
    editor = open_editor(chosen)
    editor.head.view.set_value("simple")
    editor.head.view.set_value("advanced")
    assert editor.form.draft(editor.head.texts()) == draft_of(chosen)
    assert editor.picture.settings == chosen


def test_own_steps_begin_with_the_ladder_that_was_there(editor: DcaEditor) -> None:
    before = lines(editor)
    editor.form.ladder_box.click()
    assert lines(editor) == before
    editor.form.ladder_box.click()
    assert lines(editor) == before
    assert editor.draft == draft_of(dca_ref())


def test_several_targets_begin_with_two_halves(editor: DcaEditor) -> None:
    editor.form.targets_box.click()
    assert editor.form.targets.rows == (("1.5", "50"), ("3", "50"))
    assert editor.picture.settings is not None
    editor.form.targets.model.setData(editor.form.targets.model.index(0, 1), "40")
    editor.settle()
    assert [remark.text for remark in editor.picture.blocks] == ["The shares must add up to 100 %."]


# --- B-16


@pytest.mark.parametrize("size", [(1000, 620), (1500, 780)])
def test_B_16_everything_fits_without_scrolling_sideways(editor: DcaEditor, size: tuple[int, int]) -> None:
    editor.resize(*size)
    QApplication.processEvents()
    assert (editor.width(), editor.height()) == size
    inner = editor.form.widget()
    assert inner is not None and inner.width() <= editor.form.viewport().width()
    assert editor.table.horizontalScrollBar().maximum() == 0
    last = editor.table.visualRect(editor.table.rows_model.index(4, 0))
    assert last.bottom() <= editor.table.viewport().height()
    assert editor.chart.height() >= 150


# --- B-18


@pytest.mark.parametrize(("typed", "meant"), [("１２３４．５", "1234.5"), ("1,234.5", "1234.5"), (" 24 ", "24")])
def test_B_18_figures_are_read_as_people_write_them(editor: DcaEditor, typed: str, meant: str) -> None:
    field(editor, SIZE).setText(typed)
    editor.settle()
    assert editor.picture.settings is not None
    assert editor.picture.settings.safety_orders.volume == D(meant)


def test_B_18_an_unclear_comma_is_refused_with_a_hint(editor: DcaEditor) -> None:
    field(editor, SIZE).setText("1,5")
    editor.settle()
    assert editor.picture.settings is None
    remark = editor.form.rows[SIZE].remark
    assert remark is not None
    assert remark.text == '"1,5" could mean 1.5 or 15. Use a point for decimals.'
    assert field(editor, SIZE).text() == "1,5"


def test_while_a_field_cannot_be_read_the_last_picture_stays_greyed(editor: DcaEditor) -> None:
    field(editor, SIZE).setText("")
    editor.settle()
    assert cells(editor, "so4")[4] == "216.99"
    assert editor.table.rows_model.is_stale
    field(editor, SIZE).setText("24")
    editor.settle()
    assert not editor.table.rows_model.is_stale


# --- stale prices, accounts, languages


def test_old_prices_are_said_to_be_old_and_nothing_starts_on_them(editor: DcaEditor, engine: FakeEngine) -> None:
    assert editor.foot.start.isEnabled()
    engine.set_feed(is_live=False)
    editor.surroundings_changed()
    assert not editor.foot.start.isEnabled()
    assert "12:01:07" in editor.foot.start.toolTip()
    assert editor.table.rows_model.is_stale
    engine.set_feed(is_live=True)
    editor.surroundings_changed()
    assert editor.foot.start.isEnabled()
    assert not editor.table.rows_model.is_stale


def test_a_pair_without_a_price_waits_for_one(open_editor: Open, engine: FakeEngine) -> None:
    wanted: list[tuple[str, str]] = []
    editor = open_editor()
    editor.market_wanted.connect(lambda account, pair: wanted.append((account, pair)))
    editor.head.pairs.setText("ETH/USDT")
    editor.settle()
    assert wanted
    assert editor.foot.sentence.text() == "Waits for the first price of ETH/USDT."
    assert not editor.foot.start.isEnabled()


def test_the_badge_says_whose_money_it_is(open_editor: Open) -> None:
    assert open_editor().head.badge.kind == "paper"
    assert open_editor(on=FakeEngine("sim")).head.badge.kind == "paper"
    live = open_editor(on=FakeEngine("live"))
    assert live.head.badge.kind == "live"
    assert live.foot.start.text() == "Start bot with real money…"


def test_the_language_changes_while_the_editor_is_open(editor: DcaEditor) -> None:
    set_language(Language.CHINESE)
    QApplication.processEvents()
    try:
        assert editor.foot.sentence.text().startswith("现在买入 20.55 USDT 的 BTC")
        assert editor.foot.start.text() == "启动机器人…"
        assert cells(editor, "base")[0] == "首单"
        cooldown = editor.form.rows["limits.cooldown_seconds"].field
        assert isinstance(cooldown, DecimalEdit)
        assert cooldown.unit == "秒"
        assert editor.funds_box.words().startswith("最大占用资金 216.99 USDT")
    finally:
        set_language(Language.ENGLISH)


def test_a_short_mirrors_words_and_signs(open_editor: Open) -> None:
    editor = open_editor(dca_ref(direction="short"))
    row = cells(editor, "so4")
    assert row[1] == "+10.66 %"
    assert row[7].startswith("−")
    assert editor.foot.sentence.text().startswith("Sells 20.55 USDT of BTC now, then up to 4 more times as price rises")
    assert "buys all back" in editor.foot.sentence.text()


def test_who_reserves_what_can_be_asked(open_editor: Open, engine: FakeEngine, qtbot: QtBot) -> None:
    from desktop_app.engine.views import FundsBar

    engine.funds = FundsBar(D(10_000), (("ETH grid", D("216.99")),), D("9783.01"), "USDT")
    editor = open_editor()
    qtbot.waitUntil(lambda: "9,783.01" in editor.funds_box.words())
    menu = editor.funds_box.reserved_menu()
    assert [action.text() for action in menu.actions()] == ["ETH grid may still need 216.99 USDT"]


def test_moving_focus_reads_out_unit_and_context(editor: DcaEditor) -> None:
    assert field(editor, "base_order.volume").accessibleName() == "Entry: Base order, USDT"
    assert field(editor, PROFIT).accessibleName() == "Take profit: Profit, %"
