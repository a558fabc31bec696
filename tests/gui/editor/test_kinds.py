"""Every kind of bot is made and changed by its own editor, and an unknown one breaks nothing."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from shiboken6 import delete

from desktop_app.core.market import Market
from desktop_app.gui.editor.draft import draft_from_json
from desktop_app.gui.editor.drafts import DraftBox
from desktop_app.gui.editor.gallery import NewBotGallery
from desktop_app.gui.editor.grid.beginnings import BEGINNINGS
from desktop_app.gui.editor.grid.draft import draft_of
from desktop_app.gui.editor.grid.editor import GridEditor
from desktop_app.gui.editor.grid.picture import make_picture
from desktop_app.gui.editor.kinds import EDITORS, draft_from, make_editor
from desktop_app.gui.editor.opening import edit_bot
from desktop_app.gui.editor.situation import Situation
from tests.gui.editor.conftest import Run
from tests.gui.editor.fake_engine import LAST, MARKET, FakeEngine, bot_view
from tests.gui.grids import grid_ref

D = Decimal


def around(price: str = "64210.50", market: Market = MARKET) -> Situation:
    engine = FakeEngine()
    tick = replace(engine.known.prices[engine.view.name, "BTC/USDT"], price=D(price))
    return Situation(engine.view, market, tick, free_quote=D(10000), funds=engine.funds)


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


def test_B_17_what_was_typed_into_a_grid_survives_a_crash_as_a_grid(
    dressed: QApplication, engine: FakeEngine, tmp_path: Path
) -> None:
    typed = draft_of(grid_ref()).with_text("grid.upper", "71,5")
    box = DraftBox(tmp_path)
    box.keep("one", 0, typed)
    (kept,) = box.kept()
    assert kept.draft == typed
    editor = make_editor(engine.link(), kept.draft, is_unsaved=True)
    assert isinstance(editor, GridEditor)
    assert editor.is_dirty
    delete(editor)


def test_a_draft_of_an_older_version_is_one_of_a_dca_bot() -> None:
    assert draft_from_json('{"texts": [], "ladder": null, "targets": null}').kind == "dca"
