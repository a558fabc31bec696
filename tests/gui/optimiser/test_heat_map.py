from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.gui.optimiser.heat_map import Axes, ColourKey, HeatMap, contrast, ink_on, shade, short
from desktop_app.research.heat_map import grid_of
from desktop_app.research.space import Dimension, Point, Space
from tests.gui.optimiser.trials import SCALE, SEARCH, SOME, STEP, found, point, trial

D = Decimal
AXES = Axes(("Volume scale", "First step"), (str, str))
GOAL = SEARCH.objective


@pytest.fixture
def map_(qtbot: QtBot, themed: QApplication) -> HeatMap:
    view = HeatMap()
    qtbot.addWidget(view)
    view.resize(420, 260)
    view.show_field(grid_of(found(*SOME), SCALE, STEP), GOAL, AXES)
    view.show()
    return view


def test_x08_every_cell_has_its_number_readable_and_coloured(map_: HeatMap) -> None:
    model = map_.cells
    texts = [[model.text(row, column) for column in range(4)] for row in range(3)]

    assert texts == [["0.41", "0.44", "", "1.50"], ["", "0.81", "0.98", ""], ["—", "", "", "−0.50"]]
    widest = max(map_.fontMetrics().horizontalAdvance(text) for line in texts for text in line)
    assert map_.columnWidth(0) > widest and map_.rowHeight(0) > map_.fontMetrics().height()
    assert [model.colour(0, column) is not None for column in range(4)] == [True, True, False, False]


def test_x08_the_colours_are_one_ramp_of_brightness_with_readable_text_on_each(themed: QApplication) -> None:
    ramp = [shade(part / 50) for part in range(51)]
    black = QColor("#000000")

    brightness = [contrast(colour, black) for colour in ramp]
    assert brightness == sorted(brightness)  # to eyes without red and green it is the same ramp
    assert all(contrast(QColor(ink_on(colour)), colour) >= 4.5 for colour in ramp)


def test_x08_arrows_move_the_cell_and_enter_picks_its_run(map_: HeatMap) -> None:
    picked: list[Point] = []
    moved: list[Point | None] = []
    map_.run_picked.connect(picked.append)
    map_.setCurrentIndex(map_.cells.index(0, 0))
    map_.run_changed.connect(moved.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left):
        QTest.keyClick(map_, key)

    places = [("0.8", "1.1"), ("1.6", "1.1"), ("1.6", "1.2"), None, ("1.6", "1.2"), ("1.6", "1.1")]
    assert moved == [place and point(*place) for place in places]
    QTest.keyClick(map_, Qt.Key.Key_Return)
    assert picked == [point("1.6", "1.1")]


def test_x08_an_empty_cell_picks_nothing(map_: HeatMap) -> None:
    picked: list[Point] = []
    map_.run_picked.connect(picked.append)
    map_.setCurrentIndex(map_.cells.index(2, 1))
    QTest.keyClick(map_, Qt.Key.Key_Return)

    assert picked == []


def test_x08_a_screen_reader_hears_where_a_cell_is_and_what_it_is_worth(map_: HeatMap) -> None:
    def heard(row: int, column: int) -> object:
        return map_.cells.index(row, column).data(Qt.ItemDataRole.AccessibleTextRole)

    assert heard(1, 2) == "Volume scale 1.2, First step 1.6: score 0.98, the best"
    assert heard(2, 3) == "Volume scale 1.3, First step 2.4: score −0.50"
    assert heard(2, 1) == "Volume scale 1.1, First step 2.4: not tried yet"
    assert heard(2, 0) == "Volume scale 1, First step 2.4: no score"
    assert heard(0, 3) == "Volume scale 1.3, First step 0.8: score 1.50, breaks a limit"
    assert "3 rows, 4 columns" in map_.accessibleName()


def test_a_click_picks_the_run_of_a_cell(map_: HeatMap) -> None:
    picked: list[Point] = []
    map_.run_picked.connect(picked.append)
    place = map_.visualRect(map_.cells.index(1, 2)).center()
    QTest.mouseClick(map_.viewport(), Qt.MouseButton.LeftButton, pos=place)

    assert picked == [point("1.6", "1.2")]


def test_news_leave_the_current_cell_where_it_is(map_: HeatMap) -> None:
    map_.setCurrentIndex(map_.cells.index(1, 1))
    map_.show_field(grid_of(found(*SOME, trial("2.4", "1.1", 3.0)), SCALE, STEP), GOAL, AXES)

    assert map_.current_point() == point("1.6", "1.1")
    assert map_.cells.text(2, 1) == "3.00" and map_.cells.is_best(2, 1) and not map_.cells.is_best(1, 2)


def test_a_run_is_found_where_it_stands_for_its_cell(map_: HeatMap) -> None:
    map_.show_point(point("1.6", "1.2"))

    assert (map_.currentIndex().row(), map_.currentIndex().column()) == (1, 2)


def test_one_setting_makes_one_row(map_: HeatMap) -> None:
    map_.show_field(grid_of(found(*SOME), SCALE), GOAL, AXES)

    assert map_.cells.rowCount() == 1
    assert map_.cells.text(0, 1) == "0.81"
    assert map_.cells.spoken(0, 1) == "Volume scale 1.1: score 0.81"


def test_a_large_field_keeps_its_numbers_readable_and_scrolls(map_: HeatMap) -> None:
    many = Space((Dimension(STEP, tuple(D(n) for n in range(60))), Dimension(SCALE, (D(1),))))
    search = type(SEARCH)(many, objectives=SEARCH.objectives)
    map_.show_field(grid_of(found(*SOME[:1], search=search), STEP), GOAL, AXES)

    assert map_.columnWidth(0) >= map_.fontMetrics().horizontalAdvance("0.00")
    assert map_.horizontalScrollBar().maximum() > 0


def test_the_best_is_bright_and_what_was_not_tried_is_plain_ground(map_: HeatMap) -> None:
    def ground(row: int, column: int) -> str:
        rect = map_.visualRect(map_.cells.index(row, column))
        return map_.viewport().grab().toImage().pixelColor(rect.left() + 6, rect.top() + 6).name()

    assert ground(1, 2) == shade(1.0).name()
    assert len({ground(0, 0), ground(1, 2), ground(2, 1)}) == 3


def test_the_key_says_from_where_to_where_the_colours_go(qtbot: QtBot, map_: HeatMap) -> None:
    key = ColourKey()
    qtbot.addWidget(key)
    key.show_range(*map_.cells.range)

    assert key.accessibleName() == "Colours from −0.50 to 0.98"


@pytest.mark.parametrize(
    ("score", "text"),
    [(0.98, "0.98"), (-0.004, "0.00"), (-1.5, "−1.50"), (12.34, "12.3"), (1234.5, "1,234"), (3_210_000.0, "3.21M")],
)
def test_scores_are_short(score: float, text: str) -> None:
    assert short(score) == text
