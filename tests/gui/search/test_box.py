from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMainWindow
from pytestqt.qtbot import QtBot

from desktop_app.gui.search.box import SearchBox
from desktop_app.gui.search.finder import Entry, Kind


class Opened:
    def __init__(self, qtbot: QtBot) -> None:
        self.done: list[str] = []
        self.window = QMainWindow()
        qtbot.addWidget(self.window)
        self.window.resize(900, 600)
        self.before = QLineEdit()
        self.window.setCentralWidget(self.before)
        self.window.show()
        self.window.activateWindow()
        self.before.setFocus()
        self.box = SearchBox(self.window)
        self.box.open_on([self.entry(name) for name in ("Alpha", "Alpine", "Beta")])

    def entry(self, name: str) -> Entry:
        return Entry(Kind.COMMAND, name, "", lambda: self.done.append(name))

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            QTest.keyClick(self.box.edit, key)

    def type(self, words: str) -> None:
        QTest.keyClicks(self.box.edit, words)


def test_typing_finds_and_enter_does_the_first_and_gives_the_focus_back(qtbot: QtBot) -> None:
    opened = Opened(qtbot)
    assert opened.box.list.isHidden() and opened.box.hint.text().startswith("Finds pairs")

    opened.type("al")
    opened.press(Qt.Key.Key_Return)

    assert opened.done == ["Alpha"]
    assert opened.box.isHidden() and opened.window.focusWidget() is opened.before


def test_the_arrows_go_round(qtbot: QtBot) -> None:
    opened = Opened(qtbot)
    opened.type("al")

    opened.press(Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_Return)

    assert opened.done == ["Alpine"]


def test_what_is_not_there_is_said_and_enter_does_nothing(qtbot: QtBot) -> None:
    opened = Opened(qtbot)

    opened.type("zz")
    opened.press(Qt.Key.Key_Return)

    assert opened.done == [] and not opened.box.isHidden()
    assert opened.box.hint.text() == 'Nothing here is called "zz".'


def test_escape_and_a_click_beside_it_close_and_do_nothing_else(qtbot: QtBot) -> None:
    opened = Opened(qtbot)
    opened.type("al")
    opened.press(Qt.Key.Key_Tab, Qt.Key.Key_Escape)
    assert opened.box.isHidden() and opened.window.focusWidget() is opened.before

    opened.box.open_on([opened.entry("Alpha")], "al")
    QTest.mouseClick(opened.box, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))

    assert opened.box.isHidden() and opened.done == []


def test_a_click_on_a_row_does_it(qtbot: QtBot) -> None:
    opened = Opened(qtbot)
    opened.type("al")

    place = opened.box.list.visualRect(opened.box.model.index(1)).center()
    QTest.mouseClick(opened.box.list.viewport(), Qt.MouseButton.LeftButton, pos=place)

    assert opened.done == ["Alpine"] and opened.box.isHidden()


def test_it_follows_the_size_of_its_window(qtbot: QtBot) -> None:
    opened = Opened(qtbot)

    opened.window.resize(500, 500)

    assert opened.box.size() == opened.window.size()
    assert opened.box.rect().contains(opened.box.frame.geometry())
