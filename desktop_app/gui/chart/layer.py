"""Keeps a picture of what is dear to paint and rarely changes, such as twelve order lines while the chart pans."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap


class Layer:
    """Paints straight while things change from frame to frame; the second equal frame is kept and shown again."""

    def __init__(self) -> None:
        self._key: object = None
        self._picture: QPixmap | None = None

    def paint(self, painter: QPainter, rect: QRectF, key: object, draw: Callable[[QPainter], None]) -> None:
        """Show what `draw` paints into `rect`; equal keys promise equal pictures."""
        ratio = painter.device().devicePixelRatio()
        full_key = (key, rect.width(), rect.height(), ratio)
        if full_key != self._key:
            self._key, self._picture = full_key, None
            draw(painter)
            return
        if self._picture is None:
            self._picture = QPixmap(round(rect.width() * ratio), round(rect.height() * ratio))
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(Qt.GlobalColor.transparent)
            inner = QPainter(self._picture)
            draw(inner)
            inner.end()
        painter.drawPixmap(rect.topLeft(), self._picture)
