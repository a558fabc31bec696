"""The chart of the window shows what its bots judge by and what a person adds, and remembers it for each pair."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from desktop_app.gui.chart.widget import ChartWidget
from desktop_app.gui.chart_page import ChartPage
from desktop_app.gui.conditions.chart_indicators import ChartIndicators
from tests.gui.fake_engine import SETTINGS, bot_view
from tests.gui.shell import Shell

START = {
    "mode": "conditions",
    "all": [{"indicator": "rsi", "timeframe": "15m", "trigger": "crosses_below", "value": 45}],
}
BOT_KEY = "bot:1:start.conditions"


def with_conditions() -> Any:
    settings = type(SETTINGS).model_validate(SETTINGS.model_dump() | {"start": START})
    return replace(bot_view(), settings_json=settings.model_dump_json())


@pytest.fixture
def page(shell: Shell) -> ChartPage:
    shell.engine.supervisor.bot_views = [with_conditions()]
    shell.arrive(with_charts=True)
    found = shell.window.active_chart()
    assert found is not None and found.chart is not None
    return found


def of(page: ChartPage) -> tuple[ChartWidget, ChartIndicators]:
    assert page.chart is not None
    (indicators,) = page.chart.findChildren(ChartIndicators)
    return page.chart, indicators


def show(shell: Shell, page: ChartPage, key: str) -> None:
    """Click an entry of the menu under Indicators, and wait until it has been worked out."""
    chart, indicators = of(page)
    drawn = len(chart.canvas.studies) + len(chart.canvas.price_studies.studies)
    was_shown = key in indicators.shown

    async def done() -> None:
        chart.toolbar.indicators.click()
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        next(action for action in menu.actions() if action.data() == key).trigger()
        menu.close()
        for _ in range(500):
            now = len(chart.canvas.studies) + len(chart.canvas.price_studies.studies)
            if (now < drawn) if was_shown else (now > drawn):
                return
            await asyncio.sleep(0.01)
        raise AssertionError("it was not drawn")

    shell.run(done())


def titles(page: ChartPage) -> list[str]:
    chart, _ = of(page)
    below = [pane.study.title for pane in chart.canvas.studies if pane.study is not None]
    return [*below, *(study.title for study in chart.canvas.price_studies.studies)]


def test_what_a_bot_judges_by_comes_first_in_the_menu(page: ChartPage) -> None:
    _, indicators = of(page)
    first = indicators.menu().actions()[0]
    assert first.text() == "BTC starter: Start a deal — RSI(14) on 15m falls below 45"


def test_a_bots_indicator_is_drawn_with_the_moments_when_it_fired(shell: Shell, page: ChartPage) -> None:
    show(shell, page, BOT_KEY)
    chart, _ = of(page)
    assert titles(page) == ["RSI(14) 15m"]
    (pane,) = chart.canvas.studies
    assert pane.study is not None
    assert pane.study.levels == (45.0,)
    (firings,) = chart.canvas.firing_marks.firings
    assert firings.text.startswith("Start a deal\nRSI(14) on 15m falls below 45")
    assert firings.at.tolist() == pane.study.fired.tolist()
    assert len(firings.at) > 0
    assert chart.toolbar.indicators.text() == "Indicators (1)"


def test_any_indicator_can_be_added_and_taken_away_again(shell: Shell, page: ChartPage) -> None:
    show(shell, page, "ema_cross")
    show(shell, page, "mfi")
    assert titles(page) == ["MFI(14) 15m", "EMA cross(9, 21) 15m"]
    chart, indicators = of(page)
    assert all(len(pane.study.fired) == 0 for pane in chart.canvas.studies if pane.study is not None)
    show(shell, page, "mfi")
    assert titles(page) == ["EMA cross(9, 21) 15m"]
    assert indicators.shown == ("ema_cross",)


def test_an_added_indicator_follows_the_interval_of_the_chart(shell: Shell, page: ChartPage) -> None:
    show(shell, page, "mfi")
    shell.do(lambda: page.show_interval("1h"))
    _, indicators = of(page)

    async def again() -> None:
        indicators.refresh()
        for _ in range(3_000):
            if titles(page) == ["MFI(14) 1h"]:
                return
            await asyncio.sleep(0.01)

    shell.run(again())
    assert titles(page) == ["MFI(14) 1h"]


def test_each_pair_has_its_own_and_all_are_kept_for_the_next_time(shell: Shell, page: ChartPage) -> None:
    show(shell, page, "mfi")
    shell.do(lambda: page.show_pair(page.account, "ETH/USDT"))
    _, indicators = of(page)
    assert (len(indicators.shown), titles(page)) == (0, [])
    shell.do(lambda: page.show_pair(page.account, "BTC/USDT"))
    assert list(indicators.shown) == ["mfi"]
    assert shell.window.layouts.kept.indicators == {"BTC/USDT": ["mfi"]}


def test_slash_opens_the_menu_over_the_chart(shell: Shell, page: ChartPage) -> None:
    chart, _ = of(page)
    chart.canvas.setFocus()
    QTest.keyClick(chart.canvas, Qt.Key.Key_Slash)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert any(action.data() == "rsi" for action in menu.actions())
    menu.close()


def test_bots_on_other_pairs_are_not_offered(shell: Shell, page: ChartPage) -> None:
    shell.do(lambda: page.show_pair(page.account, "ETH/USDT"))
    _, indicators = of(page)
    assert indicators.of_bots() == ()
