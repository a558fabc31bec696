"""Saving, starting, exporting and leaving: what reaches the engine, and what is asked before."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QRadioButton

from desktop_app.core.bot_file import read_bot_file
from desktop_app.core.order import Role
from desktop_app.engine.problem import problem
from desktop_app.engine.views import DealView
from desktop_app.gui.dialogs import Question
from desktop_app.gui.editor.drafts import DraftBox, DraftKeeper
from desktop_app.gui.editor.keeping import change_of
from tests.core.dialogue import Dialogue
from tests.gui.editor.conftest import Open, Run
from tests.gui.editor.fake_engine import MARKET, FakeEngine, bot_view, dca_ref

D = Decimal
PROFIT = "take_profit.percent"
Act = Callable[[Question], None]


def press(text: str) -> Act:
    def act(sheet: Question) -> None:
        next(button for button in sheet.findChildren(QPushButton) if button.text() == text).click()

    return act


def pick(start: str, then: str) -> Act:
    def act(sheet: Question) -> None:
        next(button for button in sheet.findChildren(QRadioButton) if button.text().startswith(start)).click()
        press(then)(sheet)

    return act


def open_deal(filled: int = 1) -> DealView:
    """The reference bot's deal after so many safety orders."""
    talk = Dialogue(dca_ref(), MARKET)
    talk.tick("64210.50")
    talk.fill(talk.order(Role.BASE))
    talk.accept()
    for index in range(1, filled + 1):
        talk.fill(talk.order(Role.SAFETY, index))
        talk.cancel()
        talk.accept()
    return DealView(7, "BTC starter", "Paper wallet", talk.deal.deal, D(63000), D(-1), "paper")


# --- starting


def test_start_asks_adds_and_starts(open_editor: Open, engine: FakeEngine, run: Run) -> None:
    editor = open_editor()
    started: list[int] = []
    editor.started.connect(started.append)
    assert run(editor.deeds.start(), editor, press("Start bot (paper)")) is True
    assert [call[1] for call in engine.did("add_bot")] == [dca_ref()]
    assert engine.did("start_bot") == [("start_bot", 11, False)]
    assert started == [11]
    assert not editor.is_dirty
    assert not editor.foot.start.isVisibleTo(editor)


def test_cancel_starts_and_saves_nothing(open_editor: Open, engine: FakeEngine, run: Run) -> None:
    editor = open_editor()
    assert run(editor.deeds.start(), editor, press("Cancel")) is False
    assert engine.did("add_bot") == engine.did("start_bot") == []


def test_a_start_with_too_little_paper_money_goes_ahead_knowingly(open_editor: Open, run: Run) -> None:
    engine = FakeEngine(free="120")
    editor = open_editor(on=engine)
    run(editor.deeds.start(), editor, press("Start bot (paper)"))
    assert engine.did("start_bot") == [("start_bot", 11, True)]


def test_what_the_engine_refuses_is_said_inline(open_editor: Open, engine: FakeEngine, run: Run) -> None:
    editor = open_editor()
    engine.refusal = problem("name_taken", name="BTC starter")
    assert run(editor.deeds.start(), editor, press("Start bot (paper)")) is False
    assert not editor.banner.isHidden()
    assert "already taken" in editor.banner.accessibleName()
    assert editor.foot.start.isEnabled()


def test_a_bot_can_be_saved_without_starting(open_editor: Open, engine: FakeEngine, run: Run) -> None:
    editor = open_editor()
    assert run(editor.deeds.save(), editor) is True
    assert engine.did("start_bot") == []
    assert editor.bot_id == 11
    assert editor.foot.save.text() == "Save changes"


# --- B-10


def test_B_10_a_change_without_open_deals_asks_nothing(open_editor: Open, engine: FakeEngine, run: Run) -> None:
    editor = open_editor(bot=engine.add_bot_view(bot_view(dca_ref())))
    editor.set_draft(editor.draft.with_text(PROFIT, "2"))
    assert run(editor.deeds.save(), editor) is True
    assert [(call[1], call[3]) for call in engine.did("edit_bot")] == [(7, False)]


@pytest.mark.parametrize(("choice", "reach"), [("New deals only", False), ("Also to 1 open deal", True)])
def test_B_10_open_deals_are_asked_about_with_what_would_change(
    open_editor: Open, engine: FakeEngine, run: Run, choice: str, reach: bool
) -> None:
    editor = open_editor(bot=engine.add_bot_view(bot_view(dca_ref(), deals_open=1)))
    engine.open_deals = (open_deal(),)
    editor.set_draft(editor.draft.with_text(PROFIT, "1.0").with_text("safety_orders.max_active", "3"))
    read: list[str] = []

    def answer(sheet: Question) -> None:
        read.extend(label.text() for label in sheet.findChildren(QLabel))
        pick(choice, "Save changes")(sheet)

    assert run(editor.deeds.save(), editor, answer) is True
    assert "moves TP 64,807.29 → 64,488.04, cancels 1 and places 2 orders" in read
    assert [call[3] for call in engine.did("edit_bot")] == [reach]


def test_B_10_cancelling_the_question_saves_nothing(open_editor: Open, engine: FakeEngine, run: Run) -> None:
    editor = open_editor(bot=engine.add_bot_view(bot_view(dca_ref(), deals_open=1)))
    engine.open_deals = (open_deal(),)
    editor.set_draft(editor.draft.with_text(PROFIT, "1.0"))
    assert run(editor.deeds.save(), editor, press("Cancel")) is False
    assert engine.did("edit_bot") == []
    assert editor.is_dirty


@pytest.mark.parametrize("filled", [0, 1, 2])
def test_B_10_settings_that_stay_change_no_order(filled: int) -> None:
    change = change_of((open_deal(filled),), dca_ref(), MARKET)
    assert (change.deals, change.cancels, change.places, change.take_profits) == (1, 0, 0, ())


# --- B-15


def test_B_15_what_is_exported_reads_back_as_the_same_bot(open_editor: Open, tmp_path: Path) -> None:
    chosen = dca_ref(
        safety_orders={"custom": [{"deviation": "-1.5", "volume": "20"}]}, stop_loss={"percent": "8"}, name="A “bot” №1"
    )
    editor = open_editor(chosen)
    path = tmp_path / "bot.toml"
    assert editor.deeds.write(path)
    text = path.read_text(encoding="utf-8")
    assert read_bot_file(text).settings == chosen
    assert not [word for word in ("key", "secret", "password", "token") if word in text]


def test_a_folder_that_cannot_be_written_is_said_inline(open_editor: Open, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    editor = open_editor()
    assert not editor.deeds.write(tmp_path / "file" / "bot.toml")
    assert "was not written" in editor.banner.accessibleName()


# --- B-17


def test_B_17_an_untouched_editor_closes_without_a_question(open_editor: Open, run: Run) -> None:
    editor = open_editor()
    assert run(editor.may_close(), editor) is True


@pytest.mark.parametrize(
    ("button", "may_close", "is_saved"),
    [("Save bot", True, True), ("Discard changes", True, False), ("Keep editing", False, False)],
)
def test_B_17_closing_a_dirty_editor_asks(
    open_editor: Open, engine: FakeEngine, run: Run, button: str, may_close: bool, is_saved: bool
) -> None:
    editor = open_editor()
    editor.set_draft(editor.draft.with_text(PROFIT, "3"))
    assert run(editor.may_close(), editor, press(button)) is may_close
    assert bool(engine.did("add_bot")) is is_saved
    assert engine.did("start_bot") == []


@pytest.mark.parametrize(("button", "goes"), [("Discard changes", True), ("Keep editing", False)])
def test_B_17_a_dirty_editor_refuses_to_close_and_asks(
    open_editor: Open, engine: FakeEngine, run: Run, tmp_path: Path, button: str, goes: bool
) -> None:
    editor, box = open_editor(), DraftBox(tmp_path)
    keeper = DraftKeeper(editor, box, "new-1")
    gone: list[bool] = []
    editor.close_requested.connect(lambda: gone.append(editor.close()))
    editor.set_draft(editor.draft.with_text(PROFIT, "3"))
    keeper.write()

    async def closed() -> None:
        assert not editor.close()
        await engine._task

    run(closed(), editor, press(button))
    assert gone == ([True] if goes else [])
    assert bool(box.kept()) is not goes


def test_B_17_what_was_typed_survives_a_crash(open_editor: Open, tmp_path: Path) -> None:
    editor, box = open_editor(), DraftBox(tmp_path / "drafts")
    keeper = DraftKeeper(editor, box, "new-1")
    editor.set_draft(editor.draft.with_text(PROFIT, "3.3").with_text("base_order.volume", "1,5"))
    keeper.write()
    (kept,) = box.kept()
    assert (kept.bot_id, kept.draft) == (0, editor.draft)
    again = open_editor()
    again.set_draft(kept.draft)
    assert again.form.rows["base_order.volume"].text() == "1,5"


def test_B_17_what_came_back_after_a_crash_is_still_unsaved(open_editor: Open) -> None:
    assert open_editor(is_unsaved=True).is_dirty
    assert not open_editor().is_dirty


def test_B_17_a_saved_bot_leaves_no_draft(open_editor: Open, tmp_path: Path, run: Run) -> None:
    editor, box = open_editor(), DraftBox(tmp_path)
    keeper = DraftKeeper(editor, box, "new-1")
    editor.set_draft(editor.draft.with_text(PROFIT, "3.3"))
    keeper.write()
    run(editor.deeds.save(), editor)
    assert box.kept() == ()


def test_a_damaged_draft_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{")
    (tmp_path / "b.json").write_text('{"bot_id": 0, "draft": "[]"}')
    assert DraftBox(tmp_path).kept() == ()
