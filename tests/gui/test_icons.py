import re

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QApplication

from desktop_app.gui.icons import app_icon, icon, icon_path, icon_pixmap
from desktop_app.gui.theme import apply_theme, make_theme

NAMES = sorted(path.stem for path in icon_path("app").parent.glob("*.svg") if path.stem != "app")


def colours(of: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal) -> set[str]:
    image = of.pixmap(QSize(64, 64), 1.0, mode).toImage()
    pixels = (image.pixelColor(x, y) for x in range(0, 64, 2) for y in range(0, 64, 2))
    return {pixel.name().upper() for pixel in pixels if pixel.alpha() == 255}


@pytest.mark.parametrize("name", NAMES)
def test_every_icon_is_drawn_in_the_colour_asked_for(themed: QApplication, name: str) -> None:
    assert "currentColor" in icon_path(name).read_text(encoding="utf-8")
    assert colours(icon(name, "profit")) == {make_theme("dark").profit}


def test_an_icon_held_by_a_button_follows_theme_and_state(themed: QApplication) -> None:
    held = QIcon(icon("stop"))
    dark, light = make_theme("dark"), make_theme("light")
    assert colours(held) == {dark.text}
    assert colours(held, QIcon.Mode.Disabled) == {dark.faint}

    apply_theme(themed, light)
    assert colours(held) == {light.text}


def test_an_icon_is_kept_once_made(themed: QApplication) -> None:
    assert icon("bots") is icon("bots")
    assert icon_pixmap("bots", 16, "muted", 2.0).size() == QSize(32, 32)


def test_an_unknown_icon_is_a_mistake_found_at_once(themed: QApplication) -> None:
    with pytest.raises(FileNotFoundError, match="rocket"):
        icon("rocket")


def test_the_application_has_a_mark_in_all_sizes(themed: QApplication) -> None:
    assert QSize(256, 256) in app_icon().availableSizes()
    assert QColor(app_icon().pixmap(64, 64).toImage().pixelColor(8, 32)).alpha() == 255


def test_every_icon_named_in_the_window_exists() -> None:
    package = icon_path("app").parents[2] / "desktop_app" / "gui"
    named = {
        name
        for path in package.rglob("*.py")
        for name in re.findall(r'\bicon(?:_pixmap)?\("([a-z-]+)"', path.read_text(encoding="utf-8"))
    }
    assert named <= set(NAMES)
