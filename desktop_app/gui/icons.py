"""The window's own icons, tinted with the theme's colours and kept once drawn."""

from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop_app.gui.resources import resource_path
from desktop_app.gui.theme import current_theme


class _TintedEngine(QIconEngine):
    """Draws one SVG at any size and pixel ratio in the theme in force, so that icons follow a theme switch."""

    def __init__(self, name: str, tint: str) -> None:
        super().__init__()
        self._name = name
        self._tint = tint

    def paint(self, painter: QPainter, rect: object, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draw into a rectangle."""
        tint = "faint" if mode == QIcon.Mode.Disabled else self._tint
        _renderer(self._name, getattr(current_theme(), tint)).render(painter, QRectF(rect))  # type: ignore[call-overload]

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Draw into a new pixmap; a button that is squeezed to nothing asks for one of no size."""
        if size.isEmpty():
            return QPixmap()
        image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        self.paint(painter, QRectF(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return QPixmap.fromImage(image)

    def clone(self) -> QIconEngine:
        """Copy: an engine holds only names."""
        return _TintedEngine(self._name, self._tint)


@cache
def icon(name: str, tint: str = "text") -> QIcon:
    """Return an icon of resources/icons in the colour of a theme colour ("text", "muted", "profit", "panic_fg")."""
    if not icon_path(name).is_file():
        raise FileNotFoundError(f"There is no icon called {name}")
    return QIcon(_TintedEngine(name, tint))


@cache
def app_icon() -> QIcon:
    """Return the application's mark: a strongroom door."""
    drawn = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        drawn.addPixmap(QIcon(str(icon_path("app"))).pixmap(QSize(size, size)))
    return drawn


def icon_pixmap(name: str, size: int, tint: str = "text", ratio: float = 1.0) -> QPixmap:
    """Return a tinted picture for a label or a painter."""
    pixmap = icon(name, tint).pixmap(QSize(size, size), ratio)
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def icon_path(name: str) -> Path:
    """Return where an icon's drawing lies."""
    return resource_path(f"icons/{name}.svg")


@cache
def _renderer(name: str, colour: str) -> QSvgRenderer:
    # Qt draws currentColor black, so the colour is written into the drawing.
    drawing = icon_path(name).read_text(encoding="utf-8").replace("currentColor", colour)
    return QSvgRenderer(QByteArray(drawing.encode()))
