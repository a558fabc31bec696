"""Who knows 3Commas' words only sets up, by clicking, an RSI-started DCA bot on the ten most traded pairs."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QWidget

from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.gui.conditions.builder import ConditionBuilder
from desktop_app.gui.dialogs import Question
from desktop_app.gui.editor.dca_editor import DcaEditor
from desktop_app.gui.editor.gallery import NewBotGallery
from desktop_app.gui.editor.pair_picker import PairPicker
from desktop_app.gui.editor.rows import QuietCombo
from desktop_app.gui.main_window import MainWindow
from desktop_app.gui.session import Session
from desktop_app.gui.wizard.wizard import FirstRunWizard
from tests.e2e.test_window import alive, play, until

W = TypeVar("W", bound=QWidget)
CLICKS = 14  # from an empty profile to the bot at work


class Hand:
    """Clicks where things are on the screen, and counts."""

    def __init__(self) -> None:
        self.clicks = 0

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        assert widget.isVisible() and widget.isEnabled(), widget
        self.clicks += 1
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at if at is not None else widget.rect().center())

    def entry(self, key: object) -> None:
        """An entry of the menu that is open."""
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        action = next(action for action in menu.actions() if action.data() == key or action.text() == key)
        self.click(menu, menu.actionGeometry(action).center())

    async def choose(self, combo: QuietCombo, key: str) -> None:
        """Open a list and click one of its lines: two clicks, again where a window that came to the front closed it."""
        before, view = self.clicks, combo.view()
        for _ in range(10):
            self.clicks = before
            self.click(combo)
            await asyncio.sleep(0.05)  # the list takes the release of the click that opened it
            if view.isVisible():
                self.click(view.viewport(), view.visualRect(combo.model().index(combo.findData(key), 0)).center())
            if combo.currentData() == key:
                return
        raise AssertionError("the list did not stay open")


def shown(kind: type[W], wanted: Callable[[W], bool] = lambda _: True) -> W | None:
    found = [widget for widget in QApplication.allWidgets() if isinstance(widget, kind) and widget.isVisible()]
    return next((widget for widget in found if wanted(widget)), None)


async def found(kind: type[W], wanted: Callable[[W], bool] = lambda _: True) -> W:
    await until(lambda: shown(kind, wanted) is not None)
    widget = shown(kind, wanted)
    assert widget is not None
    return widget


def button(text: str, inside: QWidget) -> QPushButton:
    return next(one for one in inside.findChildren(QPushButton) if one.text() == text and one.isVisible())


async def set_up(hand: Hand, window: MainWindow) -> DcaEditor:
    """From the window to the bot at work."""
    hand.click(window.toolbar.widgetForAction(window.commands.new_bot))
    if isinstance(QApplication.activePopupWidget(), QMenu):
        hand.entry("DCA…")
    gallery = await found(NewBotGallery)
    await until(gallery.cards["starter"].isEnabled)
    hand.click(gallery.cards["starter"])
    editor = await found(DcaEditor)
    hand.click(editor.head.view.button("advanced"))
    mode = editor.form.rows["start.mode"].field
    assert isinstance(mode, QuietCombo)
    await hand.choose(mode, "conditions")
    builder = editor.form.rows["start.conditions"].field
    assert isinstance(builder, ConditionBuilder)
    await until(builder.add_button.isVisible)
    editor.form.ensureWidgetVisible(builder.add_button)
    hand.click(builder.add_button)
    hand.entry("rsi")
    await until(lambda: builder.verdict)
    hand.click(editor.head.pick)
    picker = await found(PairPicker)
    hand.click(picker.how.button("top"))
    hand.click(button("Use these pairs", picker.window()))
    await until(lambda: editor.foot.start.isEnabled() and not editor.picture.blocks)
    return editor


@pytest.fixture
def quick(qapp: QApplication) -> Iterator[None]:
    """Two clicks of this hand are two clicks, however soon."""
    before = qapp.doubleClickInterval()
    qapp.setDoubleClickInterval(0)
    yield
    qapp.setDoubleClickInterval(before)


def test_a_DCA_bot_on_RSI_and_the_ten_most_traded_pairs_takes_few_clicks(
    tmp_path: Path, qapp: QApplication, quick: None
) -> None:
    hand = Hand()
    made: list[DcaSettings] = []

    async def story(session: Session) -> None:
        wizard = await found(FirstRunWizard)
        hand.click(wizard.next_button)
        hand.click(wizard.start.paper)
        window = await alive(session)
        editor = await set_up(hand, window)
        hand.click(editor.foot.start)
        sheet = await found(Question)
        confirm = button("Start bot (paper)", sheet)
        await until(confirm.isEnabled)
        hand.click(confirm)
        known = window.bridge.known
        await until(lambda: [bot for bot in known.bots.values() if bot.status == "running"])
        (bot,) = known.bots.values()
        made.append(DcaSettings.model_validate_json(bot.settings_json))
        await asyncio.sleep(0)

    assert play(tmp_path, qapp, story) == 0
    (settings,) = made
    assert settings.start.conditions is not None and settings.pair_list is not None
    (condition,) = settings.start.conditions.conditions()
    assert (condition.indicator, condition.trigger, str(condition.right)) == ("rsi", "crosses_below", "30")
    assert (settings.pairs, settings.pair_list.quote, settings.pair_list.top) == ((), "USDT", 10)
    assert hand.clicks == CLICKS
