"""A few candles, a gain, a loss and a clock in the look that was chosen, so that nobody has to imagine it."""

from datetime import UTC, tzinfo
from decimal import Decimal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.gui import fmt
from desktop_app.gui.fonts import number_font
from desktop_app.gui.i18n import tr
from desktop_app.gui.theme import current_theme

_CLOSES = (32, 30, 36, 41, 38, 47, 52, 48, 56, 60, 54, 45, 49, 43, 50, 58, 64, 61, 69, 74, 70, 78)
_WICKS = (4, 3, 5, 2, 6, 4, 3, 5, 2, 4, 6, 3, 2, 5, 4, 3, 6, 2, 4, 3, 5, 4)
_GAIN, _LOSS = Decimal("1.24"), Decimal("-0.38")
_NARROWEST_SLOT = 8
_TEXT_ROOM = 170
_MARGIN = 12


class LookSample(QWidget):
    """Reads the theme in force when it paints, so it follows every choice at once."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.zone: tzinfo = UTC
        self.at = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFont(number_font(self.font()))
        self.setAccessibleName(tr("Sample of the chosen look"))

    def show_time(self, at: int, zone: tzinfo) -> None:
        self.at, self.zone = at, zone
        self.update()

    def texts(self) -> tuple[str, str, str]:
        """Gain, loss and clock as they are drawn."""
        clock = f"{fmt.clock(self.at, self.zone)} {fmt.zone_name(self.at, self.zone)}"
        return f"▲ {fmt.percent(_GAIN)}", f"▼ {fmt.percent(_LOSS)}", clock

    def sizeHint(self) -> QSize:
        return QSize(300, max(96, self.fontMetrics().height() * 5))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.border), 1))
        painter.setBrush(QColor(theme.background))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        self._draw_candles(painter, QColor(theme.up), QColor(theme.down), QColor(theme.grid))
        gain, loss, clock = self.texts()
        words = ((gain, theme.profit), (loss, theme.loss), (clock, theme.muted))
        metrics = QFontMetricsF(self.font())
        top = (self.height() - len(words) * metrics.height() * 1.4) / 2
        for row, (text, colour) in enumerate(words):
            painter.setPen(QColor(colour))
            room = QRectF(
                _MARGIN, top + row * metrics.height() * 1.4, self.width() - 2 * _MARGIN, metrics.height() * 1.4
            )
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _draw_candles(self, painter: QPainter, up: QColor, down: QColor, grid: QColor) -> None:
        height = self.height() - 2 * _MARGIN
        lowest, highest = min(_CLOSES) - 8, max(_CLOSES) + 8
        scale = height / (highest - lowest)
        painter.setPen(QPen(grid, 1))
        for share in (0.25, 0.5, 0.75):
            y = round(_MARGIN + height * share) + 0.5
            painter.drawLine(QPointF(_MARGIN, y), QPointF(self.width() - _MARGIN, y))
        slot = max(_NARROWEST_SLOT, (self.width() - _TEXT_ROOM) / len(_CLOSES))
        half = slot * 0.33
        for i in range(1, len(_CLOSES)):
            before, close = _CLOSES[i - 1], _CLOSES[i]
            colour = up if close >= before else down
            top, bottom = max(before, close), min(before, close)
            x = _MARGIN + (i - 0.5) * slot
            painter.setPen(QPen(colour, 1.2))
            painter.drawLine(
                QPointF(x, _MARGIN + (highest - top - _WICKS[i]) * scale),
                QPointF(x, _MARGIN + (highest - bottom + _WICKS[i]) * scale),
            )
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            body = QRectF(x - half, _MARGIN + (highest - top) * scale, 2 * half, max(1.5, (top - bottom) * scale))
            painter.drawRect(body)
