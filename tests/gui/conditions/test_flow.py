"""Widgets are set like words: side by side, and on to the next line where the room ends."""

from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.gui.conditions.flow import FlowLayout


def page(qtbot: QtBot, *sizes: tuple[int, int]) -> tuple[QWidget, FlowLayout, list[QWidget]]:
    whole = QWidget()
    qtbot.addWidget(whole)
    flow = FlowLayout(whole)
    words = []
    for width, height in sizes:
        word = QWidget()
        word.setFixedSize(width, height)
        flow.addWidget(word)
        words.append(word)
    return whole, flow, words


def test_words_go_on_to_the_next_line_where_the_room_ends(qtbot: QtBot, themed: QApplication) -> None:
    whole, flow, words = page(qtbot, (60, 20), (60, 20), (60, 20))
    whole.resize(140, 100)
    whole.show()
    assert [word.y() for word in words] == [0, 0, 22]
    assert [word.x() for word in words] == [0, 64, 0]
    assert flow.heightForWidth(140) == 42
    assert flow.heightForWidth(400) == 20
    assert flow.heightForWidth(10) == 64, "a word that is too wide has a line of its own"


def test_words_stand_in_the_middle_of_their_line(qtbot: QtBot, themed: QApplication) -> None:
    whole, _, words = page(qtbot, (30, 30), (30, 10))
    whole.resize(200, 60)
    whole.show()
    assert [word.y() for word in words] == [0, 10]


def test_hidden_words_take_no_room(qtbot: QtBot, themed: QApplication) -> None:
    whole, flow, words = page(qtbot, (60, 20), (60, 20))
    words[0].hide()
    whole.resize(200, 60)
    whole.show()
    assert words[1].x() == 0
    assert flow.takeAt(0) is not None
    assert flow.count() == 1
    assert flow.itemAt(5) is None
    assert flow.takeAt(5) is None
