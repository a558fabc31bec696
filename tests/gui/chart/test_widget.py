from datetime import UTC
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.gui.chart.lines import ChartLine, LineKind
from desktop_app.gui.chart.series import resampled
from desktop_app.gui.chart.widget import ChartWidget
from desktop_app.gui.i18n import Language, set_language
from desktop_app.gui.theme import make_theme
from tests.gui.chart.hand import MINUTE, START, Clock, Mouse, walk

LINE = ChartLine("tp", LineKind.TAKE_PROFIT, Decimal("60100.00"), "TP", 1.5, draggable=True)


def time_range(chart: ChartWidget) -> tuple[float, float]:
    view = chart.canvas.view
    return view.x0 * view.series.step_ms, view.x1 * view.series.step_ms


@pytest.mark.parametrize(("typed", "interval"), [("15", "15m"), ("4h", "4h"), ("d", "1d")])
def test_c_06_typing_over_the_chart_asks_for_an_interval(
    chart: ChartWidget, qtbot: QtBot, typed: str, interval: str
) -> None:
    chart.canvas.setFocus()
    QTest.keyClicks(chart.canvas, typed[0])
    box = chart.canvas.findChild(QLineEdit)
    assert box is not None
    assert box.isVisible()
    QTest.keyClicks(box, typed[1:])
    with qtbot.waitSignal(chart.interval_requested) as asked:
        QTest.keyClick(box, Qt.Key.Key_Return)
    assert asked.args == [interval]
    assert not box.isVisible()


def test_c_06_other_letters_begin_a_search(chart: ChartWidget, qtbot: QtBot) -> None:
    QTest.keyClicks(chart.canvas, "e")
    box = chart.canvas.findChild(QLineEdit)
    assert box is not None
    QTest.keyClicks(box, "th")
    with qtbot.waitSignal(chart.search_requested) as asked:
        QTest.keyClick(box, Qt.Key.Key_Return)
    assert asked.args == ["eth"]


def test_c_06_keys_are_inert_while_a_text_field_has_the_focus(qtbot: QtBot, themed: QApplication) -> None:
    window, chart = QWidget(), ChartWidget(make_theme("dark"))
    qtbot.addWidget(window)
    chart.set_market("BTC/USDT", Decimal("0.01"), UTC)
    chart.set_candles(walk(), "1m")
    field, column = QLineEdit(), QVBoxLayout(window)
    column.addWidget(field)
    column.addWidget(chart)
    with qtbot.waitExposed(window):
        window.show()
    before = time_range(chart)
    with qtbot.assertNotEmitted(chart.interval_requested):
        QTest.keyClicks(field, "15")
        QTest.keyClick(field, Qt.Key.Key_Return)
        QTest.keyClick(field, Qt.Key.Key_Left)
        QTest.keyClick(field, Qt.Key.Key_R, Qt.KeyboardModifier.AltModifier)
    assert time_range(chart) == before
    assert "5" in field.text()


def test_buttons_ask_for_intervals_but_show_what_is_loaded(chart: ChartWidget, qtbot: QtBot) -> None:
    with qtbot.waitSignal(chart.interval_requested) as asked:
        chart.toolbar.intervals["1d"].click()
    assert asked.args == ["1d"]
    assert chart.toolbar.intervals["1m"].isChecked()
    assert not chart.toolbar.intervals["1d"].isChecked()


def test_c_09_an_interval_switch_comes_back_to_the_last_view(chart: ChartWidget, mouse: Mouse) -> None:
    chart.set_lines([LINE])
    mouse.drag((200, 450), (900, 450))
    before = time_range(chart)
    chart.set_candles(resampled(walk(), 15 * MINUTE), "15m")
    assert time_range(chart) != before
    assert chart.canvas.book.lines == (LINE,), "the lines belong to the market"
    chart.set_candles(walk(), "1m")
    assert time_range(chart) == pytest.approx(before)


def test_c_09_another_market_starts_afresh_and_the_first_is_remembered(chart: ChartWidget, mouse: Mouse) -> None:
    chart.set_lines([LINE])
    mouse.drag((200, 450), (900, 450))
    before = time_range(chart)
    chart.set_market("ETH/USDT", Decimal("0.01"), UTC)
    assert chart.canvas.book.lines == ()
    chart.set_candles(walk(500), "1m")
    assert chart.canvas.view.is_home
    chart.set_market("BTC/USDT", Decimal("0.01"), UTC)
    chart.set_candles(walk(), "1m")
    assert time_range(chart) == pytest.approx(before)


def test_c_09_views_survive_a_restart(chart: ChartWidget, mouse: Mouse, qtbot: QtBot, clock: Clock) -> None:
    mouse.drag((200, 450), (900, 450))
    states = chart.view_states()
    assert list(states) == [("BTC/USDT", "1m")]
    again = ChartWidget(make_theme("dark"), now=clock)
    qtbot.addWidget(again)
    again.resize(900, 600)
    again.restore_view_states(states)
    again.set_market("BTC/USDT", Decimal("0.01"), UTC)
    again.set_candles(walk(), "1m")
    with qtbot.waitExposed(again):
        again.show()
    assert time_range(again)[1] == pytest.approx(time_range(chart)[1])


def test_reloaded_history_does_not_move_the_view(chart: ChartWidget, mouse: Mouse) -> None:
    mouse.drag((200, 450), (900, 450))
    before = time_range(chart)
    chart.set_candles(walk(2000, start=START - 1000 * MINUTE), "1m")
    assert time_range(chart) == pytest.approx(before)


def test_c_07_the_countdown_runs_to_the_close_of_the_bar(chart: ChartWidget, clock: Clock) -> None:
    clock.now = START + 999 * MINUTE + 15_000
    chart.update_last(START + 999 * MINUTE, 60_000.0, 60_010.0, 59_990.0, 60_005.0, 1.0)
    assert chart.canvas.tags.countdown == "00:45"
    clock.now += 10 * MINUTE
    chart.update_last(START + 999 * MINUTE, 60_000.0, 60_010.0, 59_990.0, 60_005.0, 1.0)
    assert chart.canvas.tags.countdown == "", "a bar that should have closed counts nothing down"


def test_ticks_before_candles_are_ignored(qtbot: QtBot, themed: QApplication) -> None:
    chart = ChartWidget(make_theme("light"))
    qtbot.addWidget(chart)
    chart.update_last(START, 1.0, 1.0, 1.0, 1.0, 1.0)
    chart.set_market("BTC/USDT", Decimal("0.01"), UTC)
    chart.update_last(START, 1.0, 1.0, 1.0, 1.0, 1.0)
    assert len(chart.canvas.view.series) == 0


def test_an_empty_chart_says_how_to_fill_it(qtbot: QtBot, themed: QApplication) -> None:
    chart = ChartWidget(make_theme("dark"))
    qtbot.addWidget(chart)
    chart.show()
    assert not chart.canvas.isVisible()
    chart.show_empty("No candles for XYZ/USDT 1m. <b>Shortest</b> available: 5m.", "Switch")
    with qtbot.waitSignal(chart.empty_action_requested):
        chart._empty_action.click()
    assert chart._empty_text.textFormat() is Qt.TextFormat.PlainText
    chart.set_market("BTC/USDT", Decimal("0.01"), UTC)
    chart.set_candles(walk(10), "1m")
    assert chart.canvas.isVisible()


def test_c_14_a_snapshot_says_market_interval_zone_and_account(chart: ChartWidget, clock: Clock) -> None:
    chart.set_badge("PAPER")
    chart.set_market("BTC/USDT", Decimal("0.01"), ZoneInfo("Asia/Shanghai"))
    assert chart.caption() == "PAPER · BTC/USDT · 1m · UTC+8 · 2026-11-25 20:00:00"
    picture = chart.snapshot()
    assert picture.height() > chart.canvas.height()
    colours = {picture.toImage().pixelColor(x, y).name() for x in range(120) for y in range(60)}
    assert QColor(make_theme("dark").paper_bg).name() in colours


def test_the_chart_says_what_it_is(chart: ChartWidget) -> None:
    chart.set_badge("PAPER")
    assert chart.canvas.accessibleName() == "Chart BTC/USDT · 1m, Paper account, no real money"
    for button in (*chart.toolbar.intervals.values(), chart.toolbar.auto, chart.toolbar.log, chart.toolbar.full):
        assert button.accessibleName()


def test_the_theme_changes_live(chart: ChartWidget) -> None:
    light = make_theme("light")
    chart.set_theme(light)
    image = chart.canvas.grab().toImage()
    assert image.pixelColor(450, 120).name().upper() in {light.background, light.grid}


def test_the_language_changes_live(chart: ChartWidget) -> None:
    try:
        set_language(Language.CHINESE)
        QApplication.processEvents()
        assert chart.toolbar.auto.text() == "自动"
    finally:
        set_language(Language.ENGLISH)


def test_an_interval_without_a_button_is_shown_too(chart: ChartWidget) -> None:
    chart.set_candles(resampled(walk(), 30 * MINUTE), "30m")
    assert chart.toolbar.other.isVisibleTo(chart)
    assert chart.toolbar.other.text() == "30m"
    assert not any(button.isChecked() for button in chart.toolbar.intervals.values())


def test_stale_prices_are_said_and_veiled(chart: ChartWidget) -> None:
    chart.set_stale("no new data for 42 s")
    assert chart.canvas.legend.chips()[0][0] == "no new data for 42 s"
    assert chart.canvas.candles.is_stale
    chart.set_stale(None)
    assert chart.canvas.legend.chips() == []
    assert not chart.canvas.candles.is_stale


def test_auto_and_log_buttons_switch_the_scale(chart: ChartWidget) -> None:
    chart.toolbar.auto.click()
    chart.toolbar.log.click()
    assert (chart.canvas.view.is_auto, chart.canvas.view.is_log) == (False, True)
    chart.reset_view()
    assert chart.toolbar.auto.isChecked()


def test_trades_move_the_running_candle(chart: ChartWidget) -> None:
    chart.update_price(START + 1000 * MINUTE + 5_000, 60_123.0)
    chart.update_price(START + 1000 * MINUTE + 6_000, 60_121.0)
    last = chart.canvas.view.series.last
    assert last is not None
    assert (last.at, last.open, last.close) == (START + 1000 * MINUTE, 60_123.0, 60_121.0)
