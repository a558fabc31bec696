"""The pictures of the tray: the program's mark with a corner that tells by its shape, not only by its colour."""

from functools import cache
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF

from desktop_app.gui.icons import app_icon

State = Literal["idle", "running", "attention", "offline"]
_SIZES = (16, 22, 24, 32, 48, 64)
# A tray has the desktop's colours, not the window's: these stand out from dark and from light ones.
_COLOURS: dict[State, str] = {"idle": "", "running": "#22C55E", "attention": "#F59E0B", "offline": "#EF4444"}
_EDGE = "#0B1020"


@cache
def tray_icon(state: State) -> QIcon:
    """A triangle that points on for running, an upright one with a bar for attention, a struck ring for offline."""
    drawn = QIcon()
    for size in _SIZES:
        pixmap = QPixmap(QSize(size, size))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        app_icon().paint(painter, 0, 0, size, size)
        if state != "idle":
            _draw(painter, state, QRectF(size * 0.42, size * 0.42, size * 0.56, size * 0.56))
        painter.end()
        drawn.addPixmap(pixmap)
    return drawn


def _draw(painter: QPainter, state: State, box: QRectF) -> None:
    line = max(1.0, box.width() / 9)
    painter.setPen(QPen(QColor(_EDGE), line))
    painter.setBrush(QColor(_COLOURS[state]))
    left, right, top, bottom = box.left(), box.right(), box.top(), box.bottom()
    middle = box.center()
    match state:
        case "running":
            painter.drawPolygon(QPolygonF([box.topLeft(), QPointF(right, middle.y()), box.bottomLeft()]))
        case "attention":
            painter.drawPolygon(QPolygonF([QPointF(middle.x(), top), QPointF(right, bottom), QPointF(left, bottom)]))
            painter.setPen(QPen(QColor(_EDGE), line * 1.2))
            painter.drawLine(QPointF(middle.x(), top + box.height() * 0.42), QPointF(middle.x(), bottom - line * 1.6))
        case _:
            painter.drawEllipse(box)
            painter.setPen(QPen(QColor("#FFFFFF"), line * 1.4))
            inset = box.width() * 0.24
            painter.drawLine(QPointF(left + inset, top + inset), QPointF(right - inset, bottom - inset))
