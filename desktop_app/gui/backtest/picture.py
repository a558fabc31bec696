"""A result as a picture file, also where there is no screen."""

import os
import sys
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from desktop_app.config import write_atomically
from desktop_app.gui.fonts import ui_font
from desktop_app.research.drawing import sheet_svg
from desktop_app.research.sheet import Say, english
from desktop_app.research.trial_run import Outcome

_SCALE = 1.5  # of the drawing's units: readable on a screen of any density


def write_picture(outcome: Outcome, path: Path, say: Say = english) -> None:
    """Raises OSError. On the thread of the application; without one, one is made that needs no screen."""
    with_application()
    # Qt's drawings know one family, and fall back by themselves for letters that it does not have.
    write_atomically(path, png_of(sheet_svg(outcome, say, font=ui_font().families()[0])))


def png_of(svg: str) -> bytes:
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    assert renderer.isValid(), "a drawing of ours must be one"
    image = QImage(renderer.defaultSize() * _SCALE, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    written = QBuffer()
    written.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(written, "PNG")  # type: ignore[call-overload]
    return bytes(written.data().data())


_own: list[QGuiApplication] = []


def with_application() -> None:
    """Writing letters needs Qt's application; a command has none, and perhaps no screen either."""
    if QGuiApplication.instance() is not None:
        return
    if sys.platform == "linux":
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    _own.append(QGuiApplication(["Strongroom"]))
