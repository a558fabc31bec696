"""A new bot is four clicks away, and a file that is not one says everything that is wrong with it."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from shiboken6 import delete

from desktop_app.core.bot_file import write_bot_file
from desktop_app.core.market import Market
from desktop_app.core.preview import make_preview
from desktop_app.gui.dialogs import Question
from desktop_app.gui.editor.dca_editor import DcaEditor
from desktop_app.gui.editor.gallery import NewBotGallery
from desktop_app.gui.editor.opening import edit_bot
from desktop_app.gui.editor.presets import PRESETS, settings_for
from tests.gui.editor.conftest import Run
from tests.gui.editor.fake_engine import FakeEngine, bot_view, dca_ref

D = Decimal


@pytest.fixture
def gallery(dressed: QApplication, engine: FakeEngine) -> Iterator[NewBotGallery]:
    made = NewBotGallery(engine.link(), engine.view.name, "BTC/USDT")
    made.resize(1000, 600)
    made.show()
    yield made
    delete(made)


@pytest.fixture
def editors(gallery: NewBotGallery) -> Iterator[list[DcaEditor]]:
    made: list[DcaEditor] = []
    gallery.editor_made.connect(made.append)
    yield made
    for editor in made:
        delete(editor)


def test_W_02_three_clicks_from_the_gallery_start_a_bot_without_typing(
    gallery: NewBotGallery, editors: list[DcaEditor], engine: FakeEngine, run: Run
) -> None:
    QTest.mouseClick(gallery.cards["starter"], Qt.MouseButton.LeftButton)
    (editor,) = editors
    editor.show()

    async def pressed() -> None:
        editor.foot.start.click()
        await engine._task

    def start(sheet: Question) -> None:
        next(b for b in sheet.findChildren(QPushButton) if b.text() == "Start bot (paper)").click()

    run(pressed(), editor, start)
    assert engine.did("start_bot") == [("start_bot", 11, False)]
    assert [call[1] for call in engine.did("add_bot")] == [dca_ref()]


def test_a_card_says_what_it_needs(gallery: NewBotGallery) -> None:
    assert gallery.cards["starter"].accessibleName() == "Buy dips, sell the bounce (DCA), needs 216.99 USDT"


def test_cards_can_be_chosen_from_the_keyboard(gallery: NewBotGallery, editors: list[DcaEditor]) -> None:
    QTest.keyClick(gallery.cards["cautious"], Qt.Key.Key_Return)
    assert editors[0].draft.text("name") == "BTC cautious"
    assert editors[0].picture.blocks == ()


def test_names_that_are_taken_get_a_number(
    gallery: NewBotGallery, editors: list[DcaEditor], engine: FakeEngine
) -> None:
    engine.add_bot_view(bot_view(dca_ref()))
    gallery.open_preset("starter")
    assert editors[0].draft.text("name") == "BTC starter 2"


def test_a_preset_opens_with_the_simple_form(gallery: NewBotGallery) -> None:
    editor = gallery.open_preset("starter")

    assert editor is not None
    assert editor.head.view.value == "simple"
    assert editor.form.is_simple


def test_without_prices_cards_wait_and_a_price_is_asked_for_once(gallery: NewBotGallery, engine: FakeEngine) -> None:
    wanted: list[tuple[str, str]] = []
    gallery.market_wanted.connect(lambda account, pair: wanted.append((account, pair)))
    engine.known.prices.clear()
    gallery.refresh()
    gallery.refresh()
    assert wanted == [("Paper wallet", "BTC/USDT")]
    assert not gallery.cards["starter"].isEnabled()
    assert gallery.open_preset("starter") is None


@pytest.mark.parametrize("preset", PRESETS, ids=[preset.key for preset in PRESETS])
@pytest.mark.parametrize(
    ("market", "price"),
    [
        (Market("BTC/USDT", "BTC", "USDT"), "64210.50"),
        (Market("ETH/BTC", "ETH", "BTC", D("1e-5"), D("1e-4"), min_cost=D("0.0001")), "0.04512"),
        (Market("PEPE/USDT", "PEPE", "USDT", D("1e-8"), D(1), min_cost=D(1)), "0.00001234"),
        (Market("BIG/USDT", "BIG", "USDT", D("0.01"), D("0.1"), min_amount=D("0.5")), "300"),
    ],
)
def test_every_preset_can_run_on_every_pair(preset: object, market: Market, price: str) -> None:
    chosen = settings_for(preset, "demo", market, D(price))  # type: ignore[arg-type]
    problems = [problem for problem in make_preview(chosen, market, D(price)).problems if problem.is_block]
    assert problems == []


def test_B_15_a_bot_file_opens_in_the_editor(gallery: NewBotGallery, editors: list[DcaEditor], tmp_path: Path) -> None:
    chosen = dca_ref(stop_loss={"percent": "8"}, limits={"cooldown_seconds": 60})
    path = tmp_path / "bot.toml"
    path.write_text(write_bot_file(chosen), encoding="utf-8")
    gallery.open_file(path)
    assert editors[0].picture.settings == chosen


def test_no_bot_file_makes_a_mirror_of_a_bot_that_is_here(
    gallery: NewBotGallery, editors: list[DcaEditor], tmp_path: Path
) -> None:
    path = tmp_path / "bot.toml"
    path.write_text(write_bot_file(dca_ref(mirror={"of": "Mine", "percent": "100000"})), encoding="utf-8")
    gallery.open_file(path)
    assert editors[0].picture.settings == dca_ref()


def test_B_15_unknown_fields_are_all_reported_and_nothing_is_imported(
    gallery: NewBotGallery, editors: list[DcaEditor], tmp_path: Path
) -> None:
    path = tmp_path / "bot.toml"
    path.write_text(write_bot_file(dca_ref()) + 'magic = "1"\nsafety = { rope = 3 }\n', encoding="utf-8")
    gallery.open_file(path)
    said = gallery.banner.accessibleName()
    assert "2 problems" in said
    assert "magic: is not a known name" in said
    assert "safety: is not a known name" in said
    assert editors == []


def test_a_file_that_is_no_text_is_said_to_be_none(
    gallery: NewBotGallery, editors: list[DcaEditor], tmp_path: Path
) -> None:
    path = tmp_path / "bot.toml"
    path.write_bytes(b"\xff\xfe\x00\x01")
    gallery.open_file(path)
    assert "cannot be read" in gallery.banner.accessibleName()
    assert editors == []


def test_a_bot_of_the_engine_opens_with_its_settings(dressed: QApplication, engine: FakeEngine, run: Run) -> None:
    engine.add_bot_view(bot_view(dca_ref()))
    holder = QPushButton()
    editor = run(edit_bot(engine.link(), 7), holder)
    assert editor.picture.settings == dca_ref()
    assert editor.title() == "BTC starter — BTC/USDT"
    assert not editor.is_dirty
    delete(editor)
    delete(holder)
