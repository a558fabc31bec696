"""The cards of the gallery: a cartoon of the idea, its words, and the money that it needs."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop_app.gui import fmt
from desktop_app.gui.editor.presets import Preset
from desktop_app.gui.i18n import tr
from desktop_app.gui.icons import icon
from desktop_app.gui.notices import plain_label
from desktop_app.gui.theme import current_theme


class PresetCard(QFrame):
    """A button as large as what it explains: cartoon, title, words, money needed."""

    chosen = Signal()

    def __init__(self, preset: Preset, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.preset = preset
        self._needed = ""
        self.setProperty("card", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._title, self._words, self._money = plain_label(), plain_label(), QLabel()
        self._mark = QLabel()
        self._title.setProperty("role", "title")
        self._words.setProperty("role", "muted")
        coins = QHBoxLayout()
        coins.setSpacing(6)
        coins.addWidget(self._mark)
        coins.addWidget(self._money)
        coins.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(7)
        column.addWidget(Cartoon(preset.curve, preset.count))
        column.addWidget(self._title)
        column.addWidget(self._words, 1)
        column.addLayout(coins)
        self.retranslate()

    def show_needed(self, money: str) -> None:
        """What a deal needs at most, with fees; empty while it is unknown."""
        self._needed = money
        self.retranslate()

    def retranslate(self) -> None:
        self._title.setText(tr(self.preset.title))
        self._words.setText(tr(self.preset.words))
        self._mark.setPixmap(icon("money", "muted").pixmap(QSize(14, 14)))
        self._money.setText(tr("needs {money}").format(money=self._needed or fmt.UNKNOWN))
        self.setAccessibleName(f"{tr(self.preset.title)}, {self._money.text()}")
        self.setAccessibleDescription(tr(self.preset.words))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.chosen.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A ring for the keyboard and the pointer."""
        super().paintEvent(event)
        if self.isEnabled() and (self.hasFocus() or self.underMouse()):
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(current_theme().focus), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave, QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().event(event)


class Cartoon(QWidget):
    """A price that falls and comes back, with the orders on its way."""

    def __init__(self, curve: tuple[int, ...], orders: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curve, self._orders = curve, orders
        self.setMinimumHeight(64)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        low, high = min(self._curve), max(self._curve)
        width, height = float(self.width()), float(self.height()) - 8
        step = width / (len(self._curve) - 1)
        points = [
            QPointF(place * step, 4 + height * (1 - (value - low) / (high - low)))
            for place, value in enumerate(self._curve)
        ]
        start, bottom = points[0].y(), max(point.y() for point in points)
        painter.setPen(QPen(QColor(theme.line_safety), 1, Qt.PenStyle.DashLine))
        for order in range(1, self._orders + 1):
            y = start + (bottom - start) * (order / self._orders) ** 1.2
            painter.drawLine(QPointF(0, y), QPointF(width, y))
        painter.setPen(QPen(QColor(theme.line_take_profit), 1.4, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(0, 4), QPointF(width, 4))
        painter.setPen(QPen(QColor(theme.accent), 1.8))
        painter.drawPolyline(QPolygonF(points))
