from collections.abc import Iterator
from datetime import UTC

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop_app.gui.backtest.curves_canvas import Bar, Curve, CurvesCanvas, Strip
from desktop_app.gui.theme import make_theme

DAY = 86_400.0
AT = tuple(1_700_000_000 + DAY * i for i in range(101))
RED, GREEN = "#ff0000", "#00ff00"


@pytest.fixture
def canvas(themed: QApplication) -> Iterator[CurvesCanvas]:
    made = CurvesCanvas(UTC, make_theme("dark", "green_red"))
    made.resize(500, 400)
    rising = Curve(AT, tuple(float(i) for i in range(101)), RED, 2.0)
    falling = Curve(AT, tuple(-float(i) for i in range(101)), GREEN, is_filled=True)
    bars = (Bar(AT[0], AT[50], 3.0, "+3.0"), Bar(AT[50], AT[100], -2.0, "−2.0"))
    strips = (
        Strip("equity", 2, curves=(rising,)),
        Strip("drawdown", 1, " %", (falling,)),
        Strip("months", 1, bars=bars),
    )
    made.show_strips(strips, AT, (AT[0], AT[-1]))
    made.show()
    yield made
    made.deleteLater()


def rows_with(image: QImage, colour: str, x: int) -> list[int]:
    """Where a column of the picture has this colour."""
    wanted = QColor(colour)
    return [y for y in range(image.height()) if _is_near(image.pixelColor(x, y), wanted)]


def _is_near(one: QColor, other: QColor) -> bool:
    pairs = ((one.red(), other.red()), (one.green(), other.green()), (one.blue(), other.blue()))
    return all(abs(a - b) < 60 for a, b in pairs)


def test_a_curve_goes_from_the_lower_left_to_the_upper_right_of_its_strip(canvas: CurvesCanvas) -> None:
    image = canvas.grab().toImage()
    first, last = rows_with(image, RED, 70), rows_with(image, RED, 488)
    assert first and last
    assert last[0] < 20
    assert 150 < first[0] < 200
    assert rows_with(image, GREEN, 488)[-1] > first[0]


def test_the_wheel_looks_closer_and_a_double_click_shows_all_again(canvas: CurvesCanvas) -> None:
    place = QPointF(280, 50)
    turn = QWheelEvent(
        place, canvas.mapToGlobal(place), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, turn)
    start, end = canvas.span
    assert AT[0] < start < AT[50] < end < AT[-1]

    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(280, 50))
    assert canvas.span == (AT[0], AT[-1])


def test_dragging_moves_along_but_never_past_the_ends(canvas: CurvesCanvas) -> None:
    canvas.look_at(AT[40], AT[60])
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 50))
    QTest.mouseMove(canvas, QPoint(120, 50))
    start, end = canvas.span
    assert AT[40] < start < end and end - start == pytest.approx(20 * DAY)
    QTest.mouseMove(canvas, QPoint(-9_000, 50))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton)
    assert canvas.span[1] == pytest.approx(AT[-1])

    canvas.look_at(AT[3], AT[3] + 1)
    assert canvas.span[1] - canvas.span[0] > 10 * DAY  # so close that there is still something to see


def test_pointing_and_arrows_say_which_point_is_meant(canvas: CurvesCanvas) -> None:
    heard: list[int] = []
    canvas.pointed.connect(heard.append)
    QTest.mouseMove(canvas, QPoint(66 + 213, 50))
    assert heard[-1] == 50
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    QTest.keyClick(canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert heard[-2:] == [51, 27]
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas.span != (AT[0], AT[-1])
    QTest.keyClick(canvas, Qt.Key.Key_0)
    assert canvas.span == (AT[0], AT[-1])


def test_without_strips_there_is_nothing_to_point_at(canvas: CurvesCanvas) -> None:
    canvas.show_strips((), (), (0.0, 0.0))
    heard: list[int] = []
    canvas.pointed.connect(heard.append)
    QTest.mouseMove(canvas, QPoint(280, 60))
    assert heard == [] and not canvas.grab().isNull()
