from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.gui.chart.lines import ChartLine, LineKind, Stage
from desktop_app.gui.chart.widget import ChartWidget
from tests.gui.chart.hand import MINUTE, Mouse

Key, Shift, Control, Alt = (
    Qt.Key,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


def window(chart: ChartWidget) -> tuple[float, float, float, float]:
    view = chart.canvas.view
    return view.x0, view.x1, view.y0, view.y1


def tick(chart: ChartWidget, after: int, price: float) -> None:
    last = chart.canvas.view.series.last
    assert last is not None
    chart.update_last(last.at + after * MINUTE, price, price + 3, price - 3, price, 1.0)


def with_lines(chart: ChartWidget) -> ChartWidget:
    last = chart.canvas.view.series.last
    assert last is not None
    price = Decimal(str(round(last.close, 2)))
    chart.set_lines(
        [
            ChartLine("tp", LineKind.TAKE_PROFIT, price + 60, "TP", 1.5, price, draggable=True),
            ChartLine("avg", LineKind.AVERAGE, price + 25, "Avg"),
            ChartLine("so", LineKind.SAFETY, price - 60, "SO1", -1.0, draggable=True),
        ]
    )
    return chart


def y_of(chart: ChartWidget, key: str) -> float:
    line = chart.canvas.book.line(key)
    assert line is not None
    return chart.canvas.view.y_of(float(chart.canvas.book.price_of(line)))


# --- C-02 -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("turn", [120, -120, 720, 30])
def test_c_02_wheel_keeps_the_bar_under_the_cursor_and_zooms_time_only(
    chart: ChartWidget, mouse: Mouse, turn: int
) -> None:
    view = chart.canvas.view
    mouse.drag((400, 300), (700, 300))
    at, height = view.at_of(317.0), view.price_of(200)
    view.set_auto(False)
    mouse.wheel(317, 200, dy=turn)
    assert abs(view.x_of(at) - 317) < 1
    assert view.price_of(200) == height


def test_c_02_drag_pans_by_exactly_the_pixels(chart: ChartWidget, mouse: Mouse) -> None:
    view = chart.canvas.view
    at = view.at_of(300)
    mouse.drag((300, 300), (450, 340))
    assert view.x_of(at) == pytest.approx(450)


def test_c_02_horizontal_wheel_scrolls(chart: ChartWidget, mouse: Mouse) -> None:
    view = chart.canvas.view
    at, spacing = view.at_of(300), view.spacing
    mouse.wheel(300, 300, dx=120)
    assert view.x_of(at) > 300
    assert view.spacing == pytest.approx(spacing)


def test_c_02_dragging_the_price_axis_scales_and_double_click_resets(chart: ChartWidget, mouse: Mouse) -> None:
    view = chart.canvas.view
    x, before = view.pane_width + 20, window(chart)
    mouse.drag((x, 200), (x, 320))
    assert not chart.toolbar.auto.isChecked()
    assert view.y1 - view.y0 > (before[3] - before[2]) * 1.3
    mouse.double_click(x, 60)
    assert window(chart) == pytest.approx(before)
    assert chart.toolbar.auto.isChecked()


def test_c_02_wheel_over_the_price_axis_scales_prices_around_the_cursor(chart: ChartWidget, mouse: Mouse) -> None:
    view = chart.canvas.view
    price, x0 = view.price_of(150), view.x0
    mouse.wheel(view.pane_width + 20, 150, dy=240)
    assert view.price_of(150) == pytest.approx(price)
    assert (view.is_auto, view.x0) == (False, x0)


def test_c_02_dragging_the_time_axis_stretches_time_and_double_click_resets(chart: ChartWidget, mouse: Mouse) -> None:
    view = chart.canvas.view
    y, right, before = view.pane_height + 8, view.x1, window(chart)
    mouse.drag((400, y), (250, y))
    assert view.x1 - view.x0 > (before[1] - before[0]) * 1.3
    assert view.x1 == pytest.approx(right)
    mouse.double_click(400, y)
    assert window(chart) == pytest.approx(before)


def test_c_02_ten_candles_and_a_thousand_ticks_leave_a_scrolled_back_view_unchanged(
    chart: ChartWidget, mouse: Mouse
) -> None:
    mouse.drag((200, 300), (1400, 300))
    mouse.wheel(300, 300, dy=240)
    before = window(chart)
    for n in range(1010):
        tick(chart, 1 if n % 101 == 0 else 0, 60_000.0 + n % 50)
    assert window(chart) == before


def test_c_02_at_the_right_edge_the_view_follows(chart: ChartWidget, mouse: Mouse) -> None:
    mouse.wheel(300, 300, dy=240)
    x0, x1, *_ = window(chart)
    for _ in range(10):
        tick(chart, 1, 60_000.0)
    assert window(chart)[:2] == pytest.approx((x0 + 10, x1 + 10))


def test_reaching_the_left_end_asks_once_for_older_candles(chart: ChartWidget, mouse: Mouse) -> None:
    asked: list[int] = []
    chart.history_requested.connect(asked.append)
    for _ in range(6):
        mouse.drag((50, 300), (800, 300))
    early = list(asked)
    for _ in range(4):
        mouse.drag((50, 300), (800, 300))
    assert early == []
    assert asked == [int(chart.canvas.view.series.at[0])]


# --- C-05 -------------------------------------------------------------------------------------------------------------


def test_c_05_a_line_is_grabbed_within_six_pixels_and_follows_the_hand_in_ticks(
    chart: ChartWidget, mouse: Mouse, qtbot: QtBot
) -> None:
    with_lines(chart)
    moved: list[str] = []
    chart.line_drag_moved.connect(lambda _key, price: moved.append(price))
    with qtbot.assertNotEmitted(chart.line_commit_requested):
        mouse.drag((200, y_of(chart, "tp") + 5.5), (200, y_of(chart, "tp") + 35.5))
    assert moved
    assert all(Decimal(price) % Decimal("0.01") == 0 for price in moved)
    move = chart.canvas.book.move
    assert move is not None
    assert (move.key, move.stage, str(move.price)) == ("tp", Stage.PENDING, moved[-1])


def test_c_05_a_line_snaps_to_highs_and_lows_unless_alt_is_held(chart: ChartWidget, mouse: Mouse) -> None:
    with_lines(chart)
    view = chart.canvas.view
    index = view.series.nearest(view.at_of(200.0))
    assert index is not None
    high = view.y_of(float(view.series.high[index]))
    mouse.press(200, y_of(chart, "tp"))
    mouse.move(200, high + 2.5, Qt.MouseButton.LeftButton)
    move = chart.canvas.book.move
    assert move is not None
    assert float(move.price) == pytest.approx(float(view.series.high[index]), abs=0.005)
    mouse.move(200, high + 2.5, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.AltModifier)
    free = chart.canvas.book.move
    assert free is not None
    assert view.y_of(float(free.price)) == pytest.approx(high + 2.5, abs=0.5)


def test_c_05_seven_pixels_away_it_is_the_chart_that_pans(chart: ChartWidget, mouse: Mouse) -> None:
    with_lines(chart)
    x0 = chart.canvas.view.x0
    mouse.drag((200, y_of(chart, "tp") - 8), (260, y_of(chart, "tp") - 8))
    assert chart.canvas.book.move is None
    assert chart.canvas.view.x0 < x0


def test_c_05_the_tick_button_asks_and_the_cross_drops(chart: ChartWidget, mouse: Mouse, qtbot: QtBot) -> None:
    with_lines(chart)
    y = y_of(chart, "tp")
    mouse.drag((200, y), (200, y + 30))
    pending = next(tag for tag in chart.canvas.tags.tags() if tag.key == "tp")
    assert pending.is_amber
    assert "was " in pending.detail
    assert pending.abort is not None
    mouse.click(pending.abort.center().x(), pending.abort.center().y())
    assert y_of(chart, "tp") == pytest.approx(y)
    mouse.drag((200, y), (200, y + 30))
    pending = next(tag for tag in chart.canvas.tags.tags() if tag.key == "tp")
    assert pending.commit is not None
    with qtbot.waitSignal(chart.line_commit_requested) as asked:
        mouse.click(pending.commit.center().x(), pending.commit.center().y())
    assert asked.args is not None
    assert asked.args[0] == "tp"


def test_c_05_enter_commits_and_escape_aborts(chart: ChartWidget, mouse: Mouse, qtbot: QtBot) -> None:
    with_lines(chart)
    y = y_of(chart, "tp")
    mouse.drag((200, y), (200, y + 30))
    QTest.keyClick(chart.canvas, Key.Key_Escape)
    assert y_of(chart, "tp") == pytest.approx(y)
    mouse.drag((200, y), (200, y + 30))
    with qtbot.waitSignal(chart.line_commit_requested):
        QTest.keyClick(chart.canvas, Key.Key_Return)


def test_c_05_escape_while_the_button_is_down_restores(chart: ChartWidget, mouse: Mouse, qtbot: QtBot) -> None:
    with_lines(chart)
    y = y_of(chart, "tp")
    mouse.press(200, y)
    mouse.move(200, y + 40, Qt.MouseButton.LeftButton)
    QTest.keyClick(chart.canvas, Key.Key_Escape)
    mouse.move(200, y + 60, Qt.MouseButton.LeftButton)
    mouse.release(200, y + 60)
    assert chart.canvas.book.move is None


def test_a_fill_in_the_middle_of_a_drag_ends_it_safely(chart: ChartWidget, mouse: Mouse) -> None:
    with_lines(chart)
    y = y_of(chart, "tp")
    mouse.press(200, y)
    mouse.move(200, y + 40, Qt.MouseButton.LeftButton)
    chart.expire_pending("tp", "SO1 filled")
    mouse.move(200, y + 60, Qt.MouseButton.LeftButton)
    mouse.release(200, y + 60)
    assert chart.canvas.book.move is None
    assert chart.canvas.book.notice == ("tp", "SO1 filled")


def test_prices_do_not_rescale_under_a_hand_that_aims(chart: ChartWidget, mouse: Mouse) -> None:
    with_lines(chart)
    y = y_of(chart, "tp")
    mouse.press(200, y)
    mouse.move(200, y + 40, Qt.MouseButton.LeftButton)
    before = window(chart)[2:]
    tick(chart, 0, 61_500.0)
    held = window(chart)[2:]
    mouse.release(200, y + 40)
    assert held == before
    assert window(chart)[3] > 61_500


def test_a_tag_is_a_handle_too(chart: ChartWidget, mouse: Mouse) -> None:
    with_lines(chart)
    tag = next(tag for tag in chart.canvas.tags.tags() if tag.key == "so")
    mouse.drag((tag.cell.center().x(), tag.cell.center().y()), (tag.cell.center().x(), tag.cell.center().y() - 20))
    move = chart.canvas.book.move
    assert move is not None
    assert move.key == "so"


def test_hovering_a_line_tells_and_shows_that_it_can_be_moved(chart: ChartWidget, mouse: Mouse, qtbot: QtBot) -> None:
    with_lines(chart)
    with qtbot.waitSignal(chart.line_hovered) as hovered:
        mouse.move(200, y_of(chart, "so") + 3)
    assert hovered.args == ["so"]
    assert chart.canvas.cursor().shape() is Qt.CursorShape.SizeVerCursor
    with qtbot.waitSignal(chart.line_hovered) as hovered:
        mouse.move(200, y_of(chart, "so") + 30)
    assert hovered.args == [""]
    assert chart.canvas.cursor().shape() is Qt.CursorShape.CrossCursor


# --- C-06, C-11 -------------------------------------------------------------------------------------------------------


def test_c_06_alt_r_resets_the_view(chart: ChartWidget, mouse: Mouse, qtbot: QtBot) -> None:
    before = window(chart)
    mouse.drag((200, 300), (700, 300))
    mouse.wheel(chart.canvas.view.pane_width + 20, 150, dy=240)
    QTest.keyClick(chart.canvas, Key.Key_R, Alt)
    assert window(chart) == pytest.approx(before)


def test_c_06_escape_hides_the_crosshair_until_a_click(chart: ChartWidget, mouse: Mouse, qtbot: QtBot) -> None:
    seen = []
    mouse.move(300, 300)
    seen.append(chart.canvas.crosshair.is_shown)
    QTest.keyClick(chart.canvas, Key.Key_Escape)
    mouse.move(320, 300)
    seen.append(chart.canvas.crosshair.is_shown)
    mouse.click(320, 300)
    seen.append(chart.canvas.crosshair.is_shown)
    assert seen == [True, False, True]


def test_c_11_keyboard_mode_walks_bar_by_bar_and_is_announced(chart: ChartWidget, qtbot: QtBot) -> None:
    said: list[str] = []
    chart.canvas.announced.connect(said.append)
    QTest.keyClick(chart.canvas, Key.Key_Return)
    QTest.keyClick(chart.canvas, Key.Key_Left)
    QTest.keyClick(chart.canvas, Key.Key_Left)
    QTest.keyClick(chart.canvas, Key.Key_Right)
    assert chart.canvas.crosshair.at == chart.canvas.view.series.at[-2]
    assert said[-1].startswith("2026-11-26 04:38  O ")
    assert chart.canvas.accessibleDescription() == said[-1]
    QTest.keyClick(chart.canvas, Key.Key_Left, Control)
    assert chart.canvas.crosshair.at == chart.canvas.view.series.at[-12]
    QTest.keyClick(chart.canvas, Key.Key_Escape)
    assert not chart.canvas.is_keyboard_mode


def test_c_11_walking_out_of_sight_brings_the_bar_into_sight(chart: ChartWidget, qtbot: QtBot) -> None:
    QTest.keyClick(chart.canvas, Key.Key_Return)
    for _ in range(25):
        QTest.keyClick(chart.canvas, Key.Key_Left, Control)
    at = chart.canvas.crosshair.at
    assert at is not None
    assert at == chart.canvas.view.series.at[-251]
    assert 0 <= chart.canvas.view.x_of(float(at)) <= chart.canvas.view.pane_width


def test_c_11_lines_are_cycled_nudged_and_committed_from_the_keyboard(chart: ChartWidget, qtbot: QtBot) -> None:
    with_lines(chart)
    QTest.keyClick(chart.canvas, Key.Key_BracketRight)
    assert chart.canvas.book.selected == "so"
    before = chart.canvas.book.lines[2].price
    QTest.keyClick(chart.canvas, Key.Key_Up)
    QTest.keyClick(chart.canvas, Key.Key_Up, Shift)
    assert "pending, not sent" in chart.canvas.accessibleDescription()
    with qtbot.waitSignal(chart.line_commit_requested) as asked:
        QTest.keyClick(chart.canvas, Key.Key_Return)
    assert asked.args == ["so", str(before + Decimal("0.11"))]
    QTest.keyClick(chart.canvas, Key.Key_BracketLeft)
    assert chart.canvas.book.selected == "tp"


def test_arrows_scroll_and_zoom_outside_keyboard_mode(chart: ChartWidget, qtbot: QtBot) -> None:
    view = chart.canvas.view
    x0, span = view.x0, view.x1 - view.x0
    QTest.keyClick(chart.canvas, Key.Key_Left)
    assert view.x0 == pytest.approx(x0 - 1)
    QTest.keyClick(chart.canvas, Key.Key_Up, Control)
    assert view.x1 - view.x0 < span
    QTest.keyClick(chart.canvas, Key.Key_End)
    assert view.is_home


def test_no_bare_letter_moves_an_order(chart: ChartWidget, qtbot: QtBot) -> None:
    with_lines(chart)
    chart.canvas.book.select("tp")
    for letter in "abcdefghijklmnopqrstuvwxyz":
        QTest.keyClicks(chart.canvas, letter)
        chart.canvas.setFocus()
    assert chart.canvas.book.move is None


def test_shift_drag_measures(chart: ChartWidget, mouse: Mouse, qtbot: QtBot) -> None:
    x0 = chart.canvas.view.x0
    mouse.press(200, 300, Shift)
    mouse.move(260, 250, Qt.MouseButton.LeftButton)
    mouse.release(260, 250)
    assert "10 bars" in chart.canvas.measure.text()
    assert chart.canvas.view.x0 == x0
    QTest.keyClick(chart.canvas, Key.Key_Escape)
    assert chart.canvas.measure.text() == ""
