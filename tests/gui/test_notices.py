from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.gui.i18n import Language, set_language
from desktop_app.gui.notices import Badge, BadgeKind, Banner, Toasts


@pytest.fixture
def window(qtbot: QtBot, themed: QApplication) -> Iterator[QWidget]:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    yield made
    set_language(Language.ENGLISH)


@pytest.mark.parametrize(
    ("kind", "text", "name"),
    [
        ("paper", "PAPER", "Paper account, no real money"),
        ("live", "LIVE", "Live account, real money"),
        ("sample", "SAMPLE", "Sample data, made up by this app"),
    ],
)
def test_g_01_a_badge_has_text_shape_and_a_name(window: QWidget, kind: BadgeKind, text: str, name: str) -> None:
    badge = Badge(kind, window)

    assert badge.text() == text
    assert badge.accessibleName() == name
    badge.show()
    grey = badge.grab().toImage().convertToFormat(badge.grab().toImage().Format.Format_Grayscale8)
    others = [Badge(other, window) for other in ("paper", "live", "sample") if other != kind]
    for other in others:
        other.setText("")
        other.resize(badge.size())
        badge.setText("")
        assert grey != other.grab().toImage().convertToFormat(grey.format()), "shapes differ without colour and text"


def test_a_badge_changes_its_kind_and_language(window: QWidget) -> None:
    badge = Badge("paper", window)
    badge.set_kind("live")
    assert badge.accessibleName() == "Live account, real money"

    set_language(Language.CHINESE)
    QApplication.processEvents()
    assert badge.text() == "实盘"


def test_a_banner_tells_three_parts_and_folds_the_code_away(window: QWidget, qtbot: QtBot) -> None:
    banner = Banner(window)
    assert not banner.isVisible()
    banner.say("error", "Binance refused the key.", "Nothing was ordered.", action="Check key", details="-2015")

    labels = {label.text(): label for label in banner.findChildren(QLabel)}
    assert labels["Binance refused the key."].isVisible()
    assert labels["Nothing was ordered."].isVisible()
    assert not labels["-2015"].isVisible()
    assert banner.accessibleName() == "Binance refused the key. Nothing was ordered."
    banner._more.click()
    assert labels["-2015"].isVisible()
    with qtbot.waitSignal(banner.action_requested):
        banner._action.click()
    with qtbot.waitSignal(banner.dismissed):
        banner._close.click()
    assert not banner.isVisible()


def test_outside_text_is_never_read_as_markup(window: QWidget) -> None:
    banner = Banner(window)
    banner.say("info", "<b>coin</b>", "<img src='x'>")
    toast = Toasts(window).show("info", "<b>coin</b>")

    for label in [*banner.findChildren(QLabel), *toast.findChildren(QLabel)]:
        if label.text():
            assert label.textFormat() == Qt.TextFormat.PlainText


def test_toasts_stack_without_taking_the_focus_and_leave_by_themselves(window: QWidget, qtbot: QtBot) -> None:
    toasts = Toasts(window)
    first = toasts.show("good", "Deal closed: +0.67 USDT")
    second = toasts.show("warning", "Offline for a minute", action="Show", is_sticky=True)

    assert toasts.texts() == ["Deal closed: +0.67 USDT", "Offline for a minute"]
    assert first.geometry().bottom() < second.geometry().top()
    assert first._timer.isActive()
    assert not second._timer.isActive()
    focused = QApplication.focusWidget()
    assert focused is None or not second.isAncestorOf(focused)
    first._timer.timeout.emit()
    assert toasts.texts() == ["Offline for a minute"]


def test_the_oldest_toast_makes_room(window: QWidget) -> None:
    toasts = Toasts(window)
    for number in range(6):
        toasts.show("info", f"news {number}")

    assert toasts.texts() == ["news 2", "news 3", "news 4", "news 5"]


def test_a_toast_button_acts_once_and_closes(window: QWidget, qtbot: QtBot) -> None:
    toasts = Toasts(window)
    toast = toasts.show("info", "Tab closed", action="Undo")
    with qtbot.waitSignal(toast.action_requested):
        toast._button.click()

    assert toasts.texts() == []


def test_toasts_follow_the_corner(window: QWidget) -> None:
    toasts = Toasts(window)
    toast = toasts.show("info", "news")
    before = toast.pos()
    window.resize(1000, 700)
    QApplication.processEvents()

    assert toast.pos().x() == before.x() + 200
    assert toast.pos().y() == before.y() + 100


def test_a_toast_is_as_high_as_its_words(window: QWidget, qtbot: QtBot) -> None:
    window.resize(900, 600)
    toast = Toasts(window).show("error", "A sentence of many words that needs several lines. " * 5)
    label = next(one for one in toast.findChildren(QLabel) if one.text())
    layout = toast.layout()
    assert layout is not None
    layout.activate()
    assert label.height() >= label.heightForWidth(label.width())
