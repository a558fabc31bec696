"""The page of ready-made strategies: words, pasts and a way to take one; never a promise."""

from PySide6.QtWidgets import QApplication, QLabel
from shiboken6 import delete

from desktop_app.core.bot_file import read_bot_file
from desktop_app.core.library import Ready
from desktop_app.core.settings import Settings
from desktop_app.gui.library.page import LibraryPage, bot_file_of, load_library


def _settings(ready: Ready) -> Settings:
    settings = read_bot_file(bot_file_of(ready)).settings
    assert settings is not None
    return settings


def test_each_strategy_says_what_it_risks_and_shows_its_pasts(themed: QApplication) -> None:
    page = LibraryPage(load_library(), _settings)
    said = "\n".join(label.text() for label in page.findChildren(QLabel))

    assert "not advice" in said and "can lose money" in said
    assert said.count("Risk: ") == len(page.cards) >= 12
    assert said.count("just holding") == sum(len(card.pictures) for card in page.cards.values()) >= 36
    assert "−" in said, "losses are shown"
    for promise in ("guarantee", "expected profit", "will earn"):
        assert promise not in said
    delete(page)


def test_one_is_chosen_by_its_button_if_its_kind_has_an_editor(themed: QApplication) -> None:
    page = LibraryPage(load_library(), _settings)
    chosen: list[str] = []
    page.chosen.connect(chosen.append)
    page.set_usable(lambda kind: kind == "dca")
    for card in page.cards.values():
        card.use.click()
    assert "first-dips" in chosen and "calm-grid" not in chosen
    delete(page)
