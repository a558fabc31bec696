from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.gui.optimiser import heat_map
from desktop_app.gui.optimiser.heat import Spot, make_heat
from desktop_app.gui.optimiser.heat_map import BEST, HeatMap, contrast, ink_on, shade, short

D = Decimal
STEPS = ("step", (D("0.8"), D("1.6"), D("2.4")))
SCALES = ("scale", (D(1), D("1.1"), D("1.2"), D("1.3")))
SCORES = {("0.8", "1"): 0.41, ("0.8", "1.1"): 0.44, ("1.6", "1.1"): 0.81, ("1.6", "1.2"): 0.98, ("2.4", "1.3"): -0.5}


def spots() -> list[Spot]:
    return [
        Spot(f"{step}/{scale}", (("step", D(step)), ("scale", D(scale)), ("else", D(1))), score)
        for (step, scale), score in SCORES.items()
    ]


@pytest.fixture
def map_(qtbot: QtBot, themed: QApplication) -> HeatMap:
    view = HeatMap()
    qtbot.addWidget(view)
    view.resize(420, 260)
    view.show_heat(make_heat(spots(), SCALES, STEPS), ("Volume scale", "First step"), (str, str))
    view.show()
    return view


def test_x08_every_cell_has_its_number_readable_and_coloured(map_: HeatMap) -> None:
    model = map_.cells
    texts = [[model.text(row, column) for column in range(4)] for row in range(3)]

    assert texts == [["0.41", "0.44", "", ""], ["", "0.81", f"0.98 {BEST}", ""], ["", "", "", "−0.50"]]
    widest = max(map_.fontMetrics().horizontalAdvance(text) for line in texts for text in line)
    assert map_.columnWidth(0) > widest and map_.rowHeight(0) > map_.fontMetrics().height()


def test_x08_the_colours_are_one_ramp_of_brightness_with_readable_text_on_each(themed: QApplication) -> None:
    ramp = [shade(part / 50) for part in range(51)]
    black = QColor("#000000")

    brightness = [contrast(colour, black) for colour in ramp]
    assert brightness == sorted(brightness)  # to eyes without red and green it is the same ramp
    assert all(contrast(QColor(ink_on(colour)), colour) >= 4.5 for colour in ramp)


def test_x08_arrows_move_the_cell_and_enter_picks_its_run(map_: HeatMap) -> None:
    picked: list[str] = []
    moved: list[str] = []
    map_.spot_picked.connect(picked.append)
    map_.setCurrentIndex(map_.cells.index(0, 0))
    map_.spot_changed.connect(moved.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left):
        QTest.keyClick(map_, key)

    assert moved == ["0.8/1.1", "1.6/1.1", "1.6/1.2", "", "1.6/1.2", "1.6/1.1"]
    QTest.keyClick(map_, Qt.Key.Key_Return)
    assert picked == ["1.6/1.1"]


def test_x08_an_empty_cell_picks_nothing(map_: HeatMap) -> None:
    picked: list[str] = []
    map_.spot_picked.connect(picked.append)
    map_.setCurrentIndex(map_.cells.index(2, 0))
    QTest.keyClick(map_, Qt.Key.Key_Return)

    assert picked == []


def test_x08_a_screen_reader_hears_where_a_cell_is_and_what_it_is_worth(map_: HeatMap) -> None:
    def heard(row: int, column: int) -> object:
        return map_.cells.index(row, column).data(Qt.ItemDataRole.AccessibleTextRole)

    assert heard(1, 2) == "Volume scale 1.2, First step 1.6: score 0.98, the best"
    assert heard(2, 3) == "Volume scale 1.3, First step 2.4: score −0.50"
    assert heard(2, 0) == "Volume scale 1, First step 2.4: not tried yet"
    assert "3 rows, 4 columns" in map_.accessibleName()


def test_a_click_picks_the_run_of_a_cell(map_: HeatMap) -> None:
    picked: list[str] = []
    map_.spot_picked.connect(picked.append)
    place = map_.visualRect(map_.cells.index(1, 2)).center()
    QTest.mouseClick(map_.viewport(), Qt.MouseButton.LeftButton, pos=place)

    assert picked == ["1.6/1.2"]


def test_news_leave_the_current_cell_where_it_is(map_: HeatMap) -> None:
    map_.setCurrentIndex(map_.cells.index(1, 1))
    more = [*spots(), Spot("new", (("step", D("2.4")), ("scale", D(1))), 3.0)]
    map_.show_heat(make_heat(more, SCALES, STEPS), ("Volume scale", "First step"), (str, str))

    assert map_.current_key() == "1.6/1.1"
    assert map_.cells.text(2, 0) == f"3.00 {BEST}"


def test_the_better_run_of_a_cell_stands_for_it() -> None:
    worse = Spot("worse", (("step", D("1.6")), ("scale", D("1.2"))), 0.5)
    unknown = Spot("unknown", (("step", D("0.8")), ("scale", D("1.2"))), None)
    heat = make_heat([*spots(), worse, unknown], SCALES, STEPS)

    assert heat.place_of("worse") is None and heat.best() == (1, 2)
    assert heat.place_of("unknown") == (0, 2)


def test_one_setting_makes_one_row(map_: HeatMap) -> None:
    map_.show_heat(make_heat(spots(), SCALES, None), ("Volume scale", ""), (str, str))

    assert map_.cells.rowCount() == 1
    assert map_.cells.text(0, 1) == "0.81"
    assert map_.cells.spoken(0, 1) == "Volume scale 1.1: score 0.81"


def test_it_can_be_painted_in_both_themes(map_: HeatMap) -> None:
    grounds = set()
    for row, column in ((0, 0), (1, 2), (2, 0)):
        middle = map_.visualRect(map_.cells.index(row, column))
        grounds.add(map_.viewport().grab().toImage().pixelColor(middle.left() + 6, middle.top() + 6).name())

    assert len(grounds) == 3 and heat_map.shade(1.0).name() in grounds


@pytest.mark.parametrize(
    ("score", "text"),
    [(0.98, "0.98"), (-0.004, "0.00"), (-1.5, "−1.50"), (12.34, "12.3"), (1234.5, "1,234"), (3_210_000.0, "3.21M")],
)
def test_scores_are_short(score: float, text: str) -> None:
    assert short(score) == text
