"""Pairs are chosen by hand or by a rule, on a sheet that shows what it comes to now."""

import asyncio
from collections.abc import Callable
from decimal import Decimal

from PySide6.QtWidgets import QApplication, QPushButton

from desktop_app.core.events import PriceTick
from desktop_app.gui.dialogs import Question
from desktop_app.gui.editor.dca_editor import DcaEditor
from desktop_app.gui.editor.pair_picker import PairPicker
from tests.gui.editor.building import (
    many,
)
from tests.gui.editor.conftest import Open, Run
from tests.gui.editor.fake_engine import NOW, FakeEngine, dca_ref

D = Decimal


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
