"""The DCA editor with conditions, many pairs and the fields that came with them."""

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from desktop_app.core.events import PriceTick
from desktop_app.core.market import Market
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.gui.conditions.builder import ConditionBuilder
from desktop_app.gui.conditions.chips import NumberChip
from desktop_app.gui.dialogs import Question
from desktop_app.gui.editor.dca_editor import DcaEditor
from desktop_app.gui.editor.draft import draft_of, read_draft
from desktop_app.gui.editor.pair_picker import PairPicker
from desktop_app.gui.editor.rows import QuietCombo
from tests.gui.editor.conftest import Open, Run
from tests.gui.editor.fake_engine import NOW, FakeEngine, bot_view, dca_ref

D = Decimal
START, SELL, SAFETY = "start.conditions", "take_profit.on_conditions", "safety_orders.on_conditions"
RSI: dict[str, Any] = {"indicator": "rsi", "timeframe": "15m", "trigger": "crosses_below", "value": 30}
MACD: dict[str, Any] = {"indicator": "macd", "timeframe": "1h", "trigger": "crosses_above"}
ON_RSI = {"mode": "conditions", "all": [RSI]}


def builder(editor: DcaEditor, path: str = START) -> ConditionBuilder:
    found = editor.form.rows[path].field
    assert isinstance(found, ConditionBuilder)
    return found


def pick(editor: DcaEditor, path: str, key: str) -> None:
    """Click + Condition and an entry of its menu."""
    builder(editor, path).add_button.click()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    next(action for action in menu.actions() if action.data() == key).trigger()
    menu.close()


def choose(editor: DcaEditor, path: str, key: str) -> None:
    combo = editor.form.rows[path].field
    assert isinstance(combo, QuietCombo)
    combo.setCurrentIndex(combo.findData(key))


def try_out(qtbot: QtBot, editor: DcaEditor, path: str = START) -> None:
    editor.trials.begin()
    qtbot.waitUntil(lambda: bool(builder(editor, path).verdict))


def many(engine: FakeEngine, count: int = 12) -> FakeEngine:
    """More pairs, the later ones traded less."""
    markets = dict(engine.known.markets[engine.view.name])
    for number in range(count):
        coin = f"C{number:02d}"
        markets[f"{coin}/USDT"] = Market(f"{coin}/USDT", coin, "USDT")
    engine.known.markets[engine.view.name] = markets
    for number, (symbol, _) in enumerate(markets.items()):
        price = D("64210.50") if symbol == "BTC/USDT" else D(100)
        volume = D(9_000_000 - number * 100_000)
        engine.known.prices[engine.view.name, symbol] = PriceTick(symbol, price, NOW, quote_volume_24h=volume)
    return engine


# --- settings and form


def conditional() -> DcaSettings:
    return dca_ref(
        start={"mode": "conditions", "all": [RSI], "any": [MACD, RSI | {"value": 25}]},
        take_profit={"percent": "1.5", "on_conditions": {"any": [RSI | {"trigger": "crosses_above", "value": 70}]},
                     "min_profit": "0.5", "min_profit_basis": "base"},
        limits={"on_conditions": {"all": [MACD]}, "max_active_deals": 3, "max_funds": "1000"},
    )  # fmt: skip


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


def test_typed_numbers_reach_the_settings(qtbot: QtBot, open_editor: Open) -> None:
    editor = open_editor(dca_ref(start=ON_RSI))
    field = builder(editor).rows[(0,)].chips["value"]
    assert isinstance(field, NumberChip)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "25")
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


# --- tried out over history


def test_how_often_it_fired_is_said_and_marked_on_the_chart(open_editor: Open, qtbot: QtBot) -> None:
    editor = open_editor(conditional())
    try_out(qtbot, editor)
    verdict = builder(editor).verdict
    assert verdict.startswith(("Fired ", "Did not fire in "))
    assert "on BTC/USDT." in verdict
    assert builder(editor).rows[(0,)].note.startswith("needs 16 candles of 15m · came true ")
    surface = editor.chart.chart.canvas
    assert next(pane.study.title for pane in surface.studies if pane.study is not None) == "RSI(14) 15m"
    assert [one.key for one in surface.firing_marks.firings] == [START, SELL, "limits.on_conditions"]


def test_each_click_on_the_verdict_shows_the_firing_before(open_editor: Open, qtbot: QtBot, engine: FakeEngine) -> None:
    editor = open_editor(dca_ref(start={"mode": "conditions", "all": [RSI | {"value": 45}]}))
    try_out(qtbot, editor)
    fired = editor.trials.tried[START].fired
    assert len(fired) > 3
    view = editor.chart.chart.canvas.view
    for place in (1, 2, len(fired), 1):
        editor.trials._at[START] = place - 1
        builder(editor)._show.click()
        bar = int(fired[-place]) - view.series.step_ms
        assert view.x0 <= bar / view.series.step_ms <= view.x1, place
    builder(editor).rows[(0,)].remove_button.click()
    assert not builder(editor)._show.isVisible()


def test_another_pair_is_tried_anew(open_editor: Open, qtbot: QtBot, engine: FakeEngine) -> None:
    engine.set_price(D(3000), "ETH/USDT")
    editor = open_editor(dca_ref(start=ON_RSI))
    try_out(qtbot, editor)
    calls = engine.candle_calls
    editor.recompute(is_typed=False)
    editor.trials.begin()
    assert engine.candle_calls == calls, "what has been tried is not asked for again"
    editor.set_draft(editor.draft.with_text("pairs", "ETH/USDT"))
    editor.trials.begin()
    assert "on ETH/USDT" in builder(editor).verdict


def test_without_conditions_nothing_is_tried_or_drawn(open_editor: Open, engine: FakeEngine) -> None:
    editor = open_editor()
    editor.trials.begin()
    assert editor.chart.chart.canvas.studies == []
    assert engine.candle_calls == 1, "the chart's own"


def test_removing_conditions_clears_the_chart(open_editor: Open, qtbot: QtBot) -> None:
    editor = open_editor(dca_ref(start=ON_RSI))
    try_out(qtbot, editor)
    assert editor.chart.chart.canvas.studies
    builder(editor).rows[(0,)].remove_button.click()
    assert editor.chart.chart.canvas.studies == []
    assert editor.chart.chart.canvas.firing_marks.firings == ()


def test_trying_out_never_holds_the_loop_up(
    open_editor: Open, engine: FakeEngine, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    from desktop_app.gui.conditions import lab

    threads: list[str] = []
    judge = lab.try_out

    def told(*arguments: Any) -> Any:
        threads.append(threading.current_thread().name)
        return judge(*arguments)

    monkeypatch.setattr(lab, "try_out", told)
    editor = open_editor(dca_ref(start=ON_RSI))

    async def tried() -> None:
        done = asyncio.Event()
        editor.trials.shown.connect(done.set)
        editor.trials.begin()
        await done.wait()

    run(tried(), editor)
    assert threads
    assert all(name.startswith("window-job") for name in threads)


# --- many pairs


def pick_pairs(editor: DcaEditor, run: Run, engine: FakeEngine, act: Callable[[PairPicker], None]) -> None:
    async def chosen() -> None:
        editor.head.pick.click()
        await engine._task
        for _ in range(5):
            await asyncio.sleep(0)

    def answer(sheet: Question) -> None:
        (picker,) = sheet.findChildren(PairPicker)
        act(picker)
        next(one for one in sheet.findChildren(QPushButton) if one.text() == "Use these pairs").click()

    run(chosen(), editor, answer)


def test_the_ten_most_traded_are_two_clicks_away(open_editor: Open, engine: FakeEngine, run: Run) -> None:
    editor = open_editor(on=many(engine))

    def top(picker: PairPicker) -> None:
        picker.how.button("top").click()
        assert picker.now[:3] == ("BTC/USDT", "ETH/USDT", "C00/USDT")
        assert len(picker.now) == 10
        assert picker._summary.text().startswith("Now 10: BTC/USDT, ETH/USDT, C00/USDT")

    pick_pairs(editor, run, engine, top)
    assert editor.head.pick.text() == "10 most traded USDT pairs"
    assert not editor.head.pairs.isVisible()
    settings = editor.picture.settings
    assert settings is not None and settings.pair_list is not None
    assert (settings.pairs, settings.pair_list.quote, settings.pair_list.top) == ((), "USDT", 10)
    assert editor.symbol == "BTC/USDT", "the preview is of the first of them"
    assert editor.picture.preview is not None
    assert "one deal at a time on 10 most traded USDT pairs" in editor.foot.sentence.text()
    editor.undo()
    assert editor.draft.text("pairs") == "BTC/USDT"
    assert editor.head.pairs.isVisible()


def test_pairs_are_found_by_name_and_taken_by_hand(open_editor: Open, engine: FakeEngine, run: Run) -> None:
    editor = open_editor(on=many(engine))

    def by_hand(picker: PairPicker) -> None:
        picker.search.setText("c07")
        picker.search.returnPressed.emit()
        picker.search.setText("eth")
        index = picker.model.index_of("ETH/USDT")
        picker.table.clicked.emit(index)
        assert picker.now == ("BTC/USDT", "C07/USDT", "ETH/USDT")

    pick_pairs(editor, run, engine, by_hand)
    assert editor.draft.text("pairs") == "BTC/USDT, C07/USDT, ETH/USDT"


def test_a_click_on_a_pair_of_a_rule_keeps_it_out(open_editor: Open, engine: FakeEngine, run: Run) -> None:
    editor = open_editor(on=many(engine))

    def without(picker: PairPicker) -> None:
        picker.how.button("quote").click()
        picker.toggle("ETH/USDT")
        assert "ETH/USDT" not in picker.now
        assert len(picker.now) == 13

    pick_pairs(editor, run, engine, without)
    assert editor.head.pick.text() == "All USDT pairs without 1"
    settings = editor.picture.settings
    assert settings is not None and settings.pair_list is not None
    assert settings.pair_list.blacklist == ("ETH/USDT",)


def test_turnover_of_pairs_that_nobody_looks_at_is_asked_for(open_editor: Open, engine: FakeEngine, run: Run) -> None:
    editor = open_editor(on=many(engine))
    for key, tick in engine.known.prices.items():
        engine.known.prices[key] = PriceTick(tick.symbol, tick.price, NOW)  # as from an exchange: no turnover
    engine.volumes_told = {"C05/USDT": D(9), "C03/USDT": D(7)}

    def top(picker: PairPicker) -> None:
        picker.how.button("top").click()

    pick_pairs(editor, run, engine, top)
    assert engine.did("volumes") == [("volumes", engine.view.name, "USDT")]
    assert editor.symbol == "C05/USDT"


def test_a_sheet_that_is_left_changes_nothing(open_editor: Open, engine: FakeEngine, run: Run) -> None:
    editor = open_editor(on=many(engine))
    before = editor.draft

    async def left() -> None:
        editor.head.pick.click()
        await engine._task
        for _ in range(5):
            await asyncio.sleep(0)

    run(left(), editor, lambda sheet: sheet.reject())
    assert editor.draft == before


def test_how_many_must_be_a_whole_number(open_editor: Open, engine: FakeEngine, dressed: QApplication) -> None:
    from desktop_app.gui.editor.pair_choice import PairChoice, pair_rows

    known = many(engine).known
    ticks = {symbol: tick for (_, symbol), tick in known.prices.items()}
    picker = PairPicker(PairChoice("top", quote="USDT"), pair_rows(known.markets[engine.view.name], ticks, {}))
    picker.count.setText("2.5")
    assert picker.count.problem == "A whole number from 1 to 100."
    picker.count.setText("3")
    assert (picker.count.problem, len(picker.now)) == ("", 3)


def test_the_funds_of_all_deals_are_said(open_editor: Open, engine: FakeEngine) -> None:
    editor = open_editor(dca_ref(pairs=["BTC/USDT", "ETH/USDT"], limits={"max_active_deals": 3}))
    assert "up to 2 deals at once on 2 pairs, 433.97 USDT in all." in editor.foot.sentence.text()
    assert "433.97 USDT" in editor.funds_box.words()
    editor.set_draft(editor.draft.with_text("limits.max_funds", "300"))
    assert editor.picture.deals == 1
    editor.set_draft(editor.draft.with_text("limits.max_funds", "100"))
    remark = next(remark for remark in editor.picture.blocks if remark.path == "limits.max_funds")
    assert remark.text == "One deal needs up to 216.99 USDT, so none would start."


# --- targets and stops of other kinds


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
