"""The DCA editor with conditions and the fields that came with them."""

from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.gui.conditions.chips import NumberChip
from desktop_app.gui.editor.dca_editor import DcaEditor
from desktop_app.gui.editor.draft import draft_of, read_draft
from tests.gui.editor.building import (
    ON_RSI,
    SAFETY,
    SELL,
    START,
    builder,
    choose,
    conditional,
    pick,
    try_out,
)
from tests.gui.editor.conftest import Open
from tests.gui.editor.fake_engine import FakeEngine, bot_view, dca_ref

D = Decimal


def test_conditions_come_back_from_the_form_as_they_went_in() -> None:
    settings = conditional()
    read = read_draft(draft_of(settings)).settings
    assert read is not None
    again = read_draft(draft_of(read)).settings
    assert again == read
    assert read.take_profit == settings.take_profit
    assert read.limits == settings.limits
    assert read.start.conditions is not None and settings.start.conditions is not None
    assert read.start.conditions.conditions() == settings.start.conditions.conditions()


@pytest.mark.parametrize(
    "changes",
    [
        {"safety_orders": {"volume": 24, "max_count": 4, "price_deviation": "1.5", "trailing_deviation": "0.4"}},
        {"stop_loss": {"price": "50000", "type": "limit", "limit_price": "49900"}},
        {"stop_loss": {"percent": "8", "type": "limit", "limit_percent": "0.5", "native": True}},
        {
            "take_profit": {
                "steps": [
                    {"percent": 1, "share": 50, "type": "market"},
                    {"price": "70000", "share": 30},
                    {"percent": 9, "share": 20},
                ]
            }
        },
        {"mirror": {"of": "BTC starter", "percent": "50"}},
        {"stop_loss": {"percent": "8", "basis": "entry"}, "take_profit": {"percent": 2, "basis": "entry"}},
        {
            "pairs": [],
            "pair_list": {"quote": "USDT", "top": 10, "blacklist": ["DOGE"], "min_quote_volume_24h": "5000.50"},
        },
        {"pairs": ["BTC/USDT"], "pair_list": {"quote": "USDT", "refresh_minutes": 15}},
    ],
)
def test_every_new_setting_comes_back_from_the_form(changes: dict[str, Any]) -> None:
    settings = dca_ref(**changes)
    assert read_draft(draft_of(settings)).settings == settings


def test_conditions_show_only_where_the_deal_starts_on_them(editor: DcaEditor) -> None:
    assert not builder(editor).isVisible()
    choose(editor, "start.mode", "conditions")
    assert builder(editor).isVisible()
    editor.settle()
    remark = next(remark for remark in editor.picture.blocks if remark.path == START)
    assert remark.text == "Add at least one condition."
    assert builder(editor).problem == remark.text
    pick(editor, START, "rsi")
    editor.settle()
    assert editor.picture.blocks == ()
    choose(editor, "start.mode", "asap")
    assert not builder(editor).isVisible()
    editor.settle()
    assert editor.picture.settings is not None
    assert editor.picture.settings.start.conditions is None
    choose(editor, "start.mode", "conditions")
    editor.settle()
    assert editor.picture.settings.start.conditions is not None, "what was written is kept"


def test_the_sentence_says_what_a_deal_waits_for(open_editor: Open) -> None:
    editor = open_editor(dca_ref(start=ON_RSI))
    assert editor.foot.sentence.text().startswith("Buys 20.55 USDT of BTC when RSI(14) on 15m falls below 30, then")


def test_a_condition_that_cannot_stay_keeps_the_bot_from_starting(open_editor: Open, engine: FakeEngine) -> None:
    editor = open_editor(dca_ref(start=ON_RSI))
    value = builder(editor).rows[(0,)].chips["value"]
    assert isinstance(value, NumberChip)
    value.setText("130")
    editor.foot.start.click()
    assert editor.focusWidget() is value
    assert builder(editor).rows[(0,)].problem == "Must be at most 100."
    assert engine.did("add_bot") == []


def test_words_that_were_picked_can_be_undone(open_editor: Open) -> None:
    editor = open_editor(dca_ref(start=ON_RSI))
    before = editor.draft
    pick(editor, START, "macd")
    assert len(builder(editor).block.entries) == 2
    editor.undo()
    assert editor.draft == before
    assert len(builder(editor).block.entries) == 1
    builder(editor).rows[(0,)].remove_button.click()
    assert builder(editor).text() == ""
    editor.undo()
    assert len(builder(editor).block.entries) == 1


def test_typed_numbers_reach_the_settings(open_editor: Open) -> None:
    editor = open_editor(dca_ref(start=ON_RSI))
    field = builder(editor).rows[(0,)].chips["value"]
    assert isinstance(field, NumberChip)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "25")
    editor.settle()
    assert editor.picture.settings is not None and editor.picture.settings.start.conditions is not None
    (condition,) = editor.picture.settings.start.conditions.conditions()
    assert condition.right == D(25)
    assert builder(editor).rows[(0,)].chips["value"] is field, "the cursor stays where people type"


def test_the_least_profit_of_a_signal_shows_with_the_signal(editor: DcaEditor) -> None:
    row = editor.form.rows["take_profit.min_profit"]
    assert not row.isVisible()
    pick(editor, SELL, "rsi")
    assert row.isVisible()
    builder(editor, SELL).rows[(0,)].remove_button.click()
    assert not row.isVisible()


def test_safety_orders_by_signal_need_some_that_could_be_bought(editor: DcaEditor) -> None:
    pick(editor, SAFETY, "rsi")
    editor.set_draft(editor.draft.with_text("safety_orders.max_count", "0"))
    assert builder(editor, SAFETY).problem == "There are no safety orders to buy."


def test_B_14_the_simple_view_still_shows_six_fields_and_counts_conditions(open_editor: Open) -> None:
    editor = open_editor(conditional())
    editor.show_simple()
    shown = [path for path, row in editor.form.rows.items() if row.isVisible()]
    assert len(shown) == 6
    before = editor.draft
    editor.head.view.set_value("advanced")
    assert editor.draft == before
    assert editor.form.hidden_changes(editor.draft) >= 6


def test_B_10_changed_conditions_say_what_they_were(open_editor: Open, engine: FakeEngine) -> None:
    settings = dca_ref(start=ON_RSI)
    bot = engine.add_bot_view(bot_view(settings))
    editor = open_editor(settings, bot=bot)
    assert editor.form.rows[START].old_text() is None
    value = builder(editor).rows[(0,)].chips["value"]
    assert isinstance(value, NumberChip)
    value.setText("20")
    editor.settle()
    row = editor.form.rows[START]
    assert row.old_text() is not None
    assert row._old_note.text() == "was RSI(14) on 15m falls below 30"


def test_B_09_lines_still_move_with_conditions_on_the_chart_and_undo(open_editor: Open, qtbot: QtBot) -> None:
    editor = open_editor(dca_ref(start=ON_RSI))
    try_out(qtbot, editor)
    editor.chart.line_moved.emit("tp1", D("65000.00"))
    assert editor.draft.text("take_profit.percent") != "1.5"
    assert {line.key: line.price for line in editor.chart.chart.canvas.book.lines}["tp1"] == D("65000.00")
    editor.undo()
    assert editor.draft.text("take_profit.percent") == "1.5"


def test_a_target_at_market_is_a_tick_in_its_line(editor: DcaEditor) -> None:
    editor.form.targets_box.click()
    model = editor.form.targets.model
    model.setData(model.index(1, 2), Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
    editor.settle()
    settings = editor.picture.settings
    assert settings is not None
    assert [step.type for step in settings.take_profit.steps] == ["limit", "market"]
    model.setData(model.index(1, 2), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    editor.settle()
    assert editor.picture.settings is not None
    assert [step.type for step in editor.picture.settings.take_profit.steps] == ["limit", "limit"]


def test_B_09_a_target_and_a_stop_that_are_prices_move_as_prices(open_editor: Open) -> None:
    settings = dca_ref(
        take_profit={"steps": [{"price": "66000", "share": 60}, {"percent": 9, "share": 40}]},
        stop_loss={"price": "50000"},
    )
    editor = open_editor(settings)
    lines = {line.key: line for line in editor.chart.chart.canvas.book.lines}
    assert (lines["tp1"].price, lines["stop"].price, lines["stop"].draggable) == (D(66000), D(50000), True)
    editor.chart.line_moved.emit("tp1", D("66500.50"))
    editor.chart.line_moved.emit("stop", D("51000"))
    changed = editor.picture.settings
    assert changed is not None
    assert changed.take_profit.steps[0].price == D("66500.50")
    assert changed.stop_loss.price == D(51000)
    editor.undo()
    editor.undo()
    assert editor.picture.settings == settings


def test_a_stop_price_is_a_stop_loss_and_must_not_be_reached_already(open_editor: Open) -> None:
    editor = open_editor(dca_ref(stop_loss={"price": "60000"}))
    (warning,) = [remark for remark in editor.picture.remarks if remark.path == "stop_loss.price"]
    assert warning.text == "Safety orders from 4 on lie beyond the stop and cannot be used."
    assert not any("Without a stop loss" in remark.text for remark in editor.picture.remarks)
    editor.set_draft(editor.draft.with_text("stop_loss.price", "70000"))
    (block,) = [remark for remark in editor.picture.blocks if remark.path == "stop_loss.price"]
    assert block.text == "The price is beyond this already: it would sell at once."


def test_fields_of_a_limit_stop_show_with_it(editor: DcaEditor) -> None:
    assert not editor.form.rows["stop_loss.limit_percent"].isVisible()
    editor.set_draft(editor.draft.with_text("stop_loss.type", "limit").with_text("stop_loss.percent", "20"))
    assert editor.form.rows["stop_loss.limit_percent"].isVisible()
    assert not editor.form.rows["stop_loss.limit_price"].isVisible()
