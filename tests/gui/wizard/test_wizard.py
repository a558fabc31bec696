"""The first run takes two clicks, keeps what was chosen, and cannot end half configured."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QScrollArea
from pytestqt.qtbot import QtBot

from desktop_app.gui.i18n import Language, set_language
from desktop_app.gui.theme import current_theme
from desktop_app.gui.wizard.result import WizardResult
from desktop_app.gui.wizard.wizard import FirstRunWizard

NOW = 1_795_608_067_000


@pytest.fixture
def wizard(qtbot: QtBot, themed: QApplication) -> Iterator[FirstRunWizard]:
    made = FirstRunWizard(WizardResult(theme="dark"), now=lambda: NOW)
    qtbot.addWidget(made)
    made.show()
    yield made
    set_language(Language.ENGLISH)


@pytest.fixture
def results(wizard: FirstRunWizard) -> list[WizardResult]:
    heard: list[WizardResult] = []
    wizard.done_with.connect(heard.append)
    return heard


def test_W_01_two_clicks_start_with_paper_money(wizard: FirstRunWizard, results: list[WizardResult]) -> None:
    wizard.next_button.click()
    assert wizard.start.paper.isDefault()
    wizard.start.paper.click()
    assert results == [WizardResult(theme="dark", start="paper")]
    assert not wizard.isVisible()


def test_W_01_enter_on_each_page_is_enough(wizard: FirstRunWizard, results: list[WizardResult]) -> None:
    QTest.keyClick(wizard, Qt.Key.Key_Return)
    QTest.keyClick(wizard, Qt.Key.Key_Return)
    assert [result.start for result in results] == ["paper"]


def test_W_01_the_first_paint_loads_nothing_heavy() -> None:
    code = (
        "import sys, desktop_app.gui.wizard.wizard;"
        "heavy = {'ccxt', 'sqlalchemy', 'pyqtgraph', 'numpy', 'pydantic', 'aiohttp', 'socket_'} & set(sys.modules);"
        "print(sorted(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_W_03_an_exchange_can_be_connected_right_away(wizard: FirstRunWizard, results: list[WizardResult]) -> None:
    wizard.next_button.click()
    assert not wizard.start.connect_one.isDefault()
    wizard.start.connect_one.click()
    assert results == [WizardResult(theme="dark", start="connect")]


def test_W_03_back_keeps_what_was_chosen(wizard: FirstRunWizard, results: list[WizardResult]) -> None:
    wizard.look.palette_row.button("blue_orange").click()
    wizard.look.zone.setCurrentText("UTC")
    wizard.next_button.click()
    wizard.back_button.click()
    assert wizard.look.palette_row.value == "blue_orange"
    assert wizard.look.zone.currentText() == "UTC"
    wizard.next_button.click()
    wizard.start.paper.click()
    assert results == [WizardResult(theme="dark", palette="blue_orange", time_zone="UTC")]


def test_W_03_next_waits_for_a_time_zone_that_exists(wizard: FirstRunWizard) -> None:
    wizard.look.zone.setCurrentText("Mars/Olympus")
    assert not wizard.next_button.isEnabled()
    assert "Mars/Olympus" in wizard.look.zone.accessibleDescription()
    wizard.look.zone.setCurrentText("Europe/Berlin")
    assert wizard.next_button.isEnabled()
    assert wizard.look.result().time_zone == "Europe/Berlin"


@pytest.mark.parametrize("page", [0, 1])
def test_W_03_escape_means_paper(wizard: FirstRunWizard, results: list[WizardResult], page: int) -> None:
    wizard.look.palette_row.button("red_green").click()
    for _ in range(page):
        wizard.next_button.click()
    QTest.keyClick(wizard, Qt.Key.Key_Escape)
    assert results == [WizardResult(theme="dark", palette="red_green", start="paper")]


def test_W_03_closing_the_window_means_paper_even_with_a_bad_zone(
    wizard: FirstRunWizard, results: list[WizardResult]
) -> None:
    wizard.look.zone.setCurrentText("nonsense")
    wizard.close()
    assert results == [WizardResult(theme="dark", time_zone="system", start="paper")]


def test_W_04_the_language_changes_at_once_buttons_included(wizard: FirstRunWizard) -> None:
    wizard.look.language.button("zh_CN").click()
    QApplication.processEvents()
    assert wizard.next_button.text() == "下一步"
    assert wizard.windowTitle() == "欢迎使用 Strongroom"
    assert wizard.look.theme.button("dark").text() == "深色"
    wizard.next_button.click()
    QApplication.processEvents()
    assert wizard.start.paper.text() == "用模拟资金开始"
    assert wizard.look.result().language is Language.CHINESE
    words = [button.text() for button in wizard.findChildren(QPushButton)]
    assert not {"Next", "Back", "Skip"} & set(words)


def test_W_05_red_up_swaps_candles_and_profit(wizard: FirstRunWizard) -> None:
    before = current_theme()
    wizard.look.palette_row.button("red_green").click()
    after = current_theme()
    assert (after.up, after.down) == (before.down, before.up)
    assert (after.profit, after.loss) == (before.loss, before.profit)


def test_W_05_the_sample_is_painted_in_the_chosen_colours(wizard: FirstRunWizard) -> None:
    before = wizard.look.sample.grab().toImage()
    wizard.look.palette_row.button("blue_orange").click()
    assert wizard.look.sample.grab().toImage() != before
    gain, loss, clock = wizard.look.sample.texts()
    assert gain == "▲ +1.24 %"
    assert loss == "▼ −0.38 %"
    wizard.look.zone.setCurrentText("UTC")
    assert wizard.look.sample.texts()[2] == "12:01:07 UTC"
    assert clock


def test_W_07_at_600_by_400_pages_scroll_and_buttons_stay(wizard: FirstRunWizard) -> None:
    wizard.resize(600, 400)
    QApplication.processEvents()
    assert (wizard.width(), wizard.height()) == (600, 400)
    area = wizard.pages.currentWidget()
    assert isinstance(area, QScrollArea)
    assert area.verticalScrollBar().maximum() > 0
    assert area.horizontalScrollBar().maximum() == 0
    for button in (wizard.next_button, wizard.skip_button):
        corner = button.mapTo(wizard, button.rect().bottomRight())
        assert wizard.rect().contains(corner)
