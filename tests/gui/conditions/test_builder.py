"""The builder by clicks and keys: words, numbers, groups, order, and what is said beside them."""

import json
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.gui.conditions.builder import ConditionBuilder
from desktop_app.gui.conditions.chips import ChoiceChip, NumberChip
from desktop_app.gui.conditions.clauses import Block, Clause
from desktop_app.gui.i18n import Language, set_language

LEAD, EMPTY = "Start a deal when", "No condition yet, so no deal would start."


@pytest.fixture
def builder(qtbot: QtBot, themed: QApplication) -> ConditionBuilder:
    made = ConditionBuilder(LEAD, EMPTY)
    qtbot.addWidget(made)
    made.resize(320, 500)
    with qtbot.waitExposed(made):
        made.show()
    return made


def pick(menu: QMenu, key: str) -> None:
    """Click the entry of a menu, also of one within it."""
    for action in menu.actions():
        if action.data() == key:
            action.trigger()
            menu.close()
            return
        inner = action.menu()
        if isinstance(inner, QMenu) and any(one.data() == key for one in inner.actions()):
            pick(inner, key)
            return
    raise AssertionError(key)


def choice(builder: ConditionBuilder, name: str, *place: int) -> ChoiceChip:
    chip = builder.rows[place or (0,)].chips[name]
    assert isinstance(chip, ChoiceChip)
    return chip


def number(builder: ConditionBuilder, name: str, *place: int) -> NumberChip:
    chip = builder.rows[place or (0,)].chips[name]
    assert isinstance(chip, NumberChip)
    return chip


def open_menu() -> QMenu:
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def add(builder: ConditionBuilder, key: str) -> None:
    """Click + Condition and the entry."""
    builder.add_button.click()
    pick(open_menu(), key)


def steps(builder: ConditionBuilder) -> list[str]:
    made: list[str] = []
    builder.restructured.connect(made.append)
    return made


def words(builder: ConditionBuilder, *place: int) -> str:
    """The row as it reads on the screen."""
    row = builder.rows[place or (0,)]
    found: list[tuple[int, int, str]] = []
    for widget in row.findChildren(QWidget):
        text = getattr(widget, "text", lambda: "")()
        if widget.isVisible() and text and widget.parent() is not row and not isinstance(widget.parent(), NumberChip):
            at = widget.mapTo(row, widget.rect().center())
            found.append((at.y() // 20, at.x(), str(text)))
    return " ".join(text for *_, text in sorted(found))


def test_an_empty_builder_says_what_holds_and_how_to_go_on(builder: ConditionBuilder) -> None:
    assert builder._empty.isVisible()
    assert builder._empty.text() == EMPTY
    assert builder.add_button.isVisible()
    assert not builder.group_button.isVisible()
    assert builder.text() == ""


def test_two_clicks_make_a_condition_with_its_usual_numbers(builder: ConditionBuilder) -> None:
    told = steps(builder)
    add(builder, "rsi")
    assert words(builder) == "RSI ( 14 ) on 5m falls below 30"
    assert len(told) == 1
    assert json.loads(told[0]) == {
        "all": [{"indicator": "rsi", "timeframe": "5m", "trigger": "crosses_below", "length": "14", "value": "30"}]
    }
    assert builder.focusWidget() is number(builder, "value"), "the number that people change first"


def test_a_preset_speaks_the_words_of_3commas(builder: ConditionBuilder) -> None:
    add(builder, "rsi_7")
    assert words(builder) == "RSI ( 7 ) on 3m is below 24"


def test_every_word_can_be_picked(builder: ConditionBuilder) -> None:
    add(builder, "rsi")
    told = steps(builder)
    choice(builder, "timeframe").click()
    pick(open_menu(), "1h")
    choice(builder, "trigger").click()
    pick(open_menu(), "greater_than")
    choice(builder, "indicator").click()
    pick(open_menu(), "stochastic")
    assert words(builder) == "Stochastic ( 14 , 3 , 3 ) on 1h %K rises above %D"
    choice(builder, "against").click()
    pick(open_menu(), "number")
    assert words(builder).endswith("rises above the number 0")
    choice(builder, "line").click()
    pick(open_menu(), "d")
    assert "%D" in words(builder)
    assert len(told) == 5, "each is a step that can be undone"


def test_keys_open_words_and_move_through_them(builder: ConditionBuilder) -> None:
    add(builder, "rsi")
    chip = choice(builder, "trigger")
    chip.setFocus()
    QTest.keyClick(chip, Qt.Key.Key_Return)
    menu = open_menu()
    active = menu.activeAction()
    assert active is not None
    assert active.text() == "falls below", "the word in force is where the keys begin"
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert choice(builder, "trigger").key == "greater_than"
    assert builder.focusWidget() is choice(builder, "trigger"), "the cursor stays on the word"


def test_typing_a_number_is_told_and_keeps_the_cursor(builder: ConditionBuilder) -> None:
    add(builder, "rsi")
    told = steps(builder)
    typed: list[int] = []
    builder.typed.connect(lambda: typed.append(1))
    field = number(builder, "value")
    field.selectAll()
    QTest.keyClicks(field, "25")
    assert number(builder, "value") is field
    assert field.text() == "25"
    assert (len(typed) >= 2, told) == (True, [])
    assert '"value":"25"' in builder.text()
    assert builder.read.group is not None


def test_a_number_that_cannot_stay_is_outlined_and_said_beside_it(builder: ConditionBuilder) -> None:
    add(builder, "macd")
    number(builder, "fast").setText("1")
    assert number(builder, "fast").property("problem") is True
    assert builder.rows[(0,)].problem == "Fast length: Must be at least 2."
    assert number(builder, "fast").accessibleDescription() == "Must be at least 2."
    assert builder.read.group is None
    number(builder, "fast").setText("12")
    assert builder.rows[(0,)].problem == ""
    assert number(builder, "fast").property("problem") is False
    number(builder, "slow").setText("")
    assert "This is needed." in builder.rows[(0,)].problem


def test_several_conditions_are_joined_by_all_or_any(builder: ConditionBuilder) -> None:
    add(builder, "rsi")
    assert builder.modes == {}
    add(builder, "macd")
    assert words(builder, 1).startswith("and MACD")
    builder.modes[()].click()
    pick(open_menu(), "any")
    assert words(builder, 1).startswith("or MACD")
    assert builder.block.mode == "any"
    assert builder.focusWidget() is builder.modes[()]


def test_a_group_within_is_of_the_other_kind(builder: ConditionBuilder) -> None:
    add(builder, "rsi")
    builder.group_button.click()
    group = builder.block.entries[1]
    assert isinstance(group, Block)
    assert group.mode == "any"
    frame = builder.groups[(1,)]
    button = next(one for one in frame.findChildren(QWidget) if one.accessibleName() == "Add a condition to the group")
    button.click()  # type: ignore[attr-defined]
    pick(open_menu(), "cci")
    assert words(builder, 1, 1).startswith("or CCI")
    remove = next(one for one in frame.findChildren(QToolButton) if one.accessibleName() == "Remove the group")
    assert remove.isEnabled()
    builder.rows[(1, 0)].remove_button.click()
    builder.rows[(1, 0)].remove_button.click()
    assert len(builder.block.entries) == 1, "a group without conditions goes"


def test_conditions_move_are_duplicated_and_removed(builder: ConditionBuilder) -> None:
    add(builder, "rsi")
    add(builder, "macd")
    chip = choice(builder, "indicator", 1)
    chip.setFocus()
    QTest.keyClick(chip, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert [entry.indicator for entry in builder.block.entries if isinstance(entry, Clause)] == ["macd", "rsi"]
    assert builder.focusWidget() is choice(builder, "indicator", 0), "the cursor moves along"
    menu = builder.rows[(0,)].menu()
    next(action for action in menu.actions() if action.text() == "Duplicate").trigger()
    assert [entry.indicator for entry in builder.block.entries if isinstance(entry, Clause)] == ["macd", "rsi", "macd"]
    chip = choice(builder, "indicator", 2)
    chip.setFocus()
    QTest.keyClick(chip, Qt.Key.Key_Delete)
    builder.rows[(0,)].remove_button.click()
    builder.rows[(0,)].remove_button.click()
    assert builder.text() == ""
    assert builder._empty.isVisible()


def test_a_text_that_differs_in_numbers_only_keeps_the_widgets(builder: ConditionBuilder) -> None:
    add(builder, "rsi")
    field = number(builder, "length")
    builder.set_text(builder.text().replace('"14"', '"21"'))
    assert number(builder, "length") is field
    assert field.text() == "21"
    told = steps(builder)
    builder.set_text("")
    assert builder.block == Block()
    builder.set_text("no conditions at all")
    assert (builder.block, told) == (Block(), [])


def test_the_verdict_and_what_each_condition_needs_are_shown(builder: ConditionBuilder) -> None:
    add(builder, "rsi")
    builder.show_tried("Fired 14 times in 30 days on BTC/USDT.", {(0,): "needs 16 candles of 5m"})
    assert builder.verdict == "Fired 14 times in 30 days on BTC/USDT."
    assert builder.rows[(0,)].note == "needs 16 candles of 5m"
    builder.rows[(0,)].remove_button.click()
    assert builder.verdict == ""


def test_A_01_every_word_has_a_name_for_the_screen_reader(builder: ConditionBuilder) -> None:
    add(builder, "adx")
    for widget in builder.findChildren(QWidget):
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible():
            assert widget.accessibleName(), widget
    assert choice(builder, "trigger").accessibleName() == "Trigger: is above"
    assert number(builder, "length").toolTip() == "Length: 2 to 500, usually 14"


@pytest.fixture
def chinese() -> Iterator[None]:
    yield
    set_language(Language.ENGLISH)


def test_A_04_the_sentence_changes_its_language_while_it_is_open(builder: ConditionBuilder, chinese: None) -> None:
    add(builder, "rsi")
    number(builder, "value").setText("28")
    set_language(Language.CHINESE)
    QApplication.processEvents()
    assert words(builder) == "5m RSI ( 14 ) 下穿 28"
    assert builder.text().count("28") == 1
