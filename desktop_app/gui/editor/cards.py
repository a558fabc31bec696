"""The cards of the gallery: kinds of bots, and ways to begin with a cartoon of the idea and the money that it needs."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop_app.gui import fmt
from desktop_app.gui.editor.beginnings import Beginning, Level
from desktop_app.gui.i18n import tr
from desktop_app.gui.icons import icon
from desktop_app.gui.notices import plain_label
from desktop_app.gui.theme import current_theme


class Card(QFrame):
    """A button as large as what it explains."""

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._is_picked = False
        self.title_label, self.words_label = plain_label(), plain_label()
        self.title_label.setProperty("role", "title")
        self.words_label.setProperty("role", "muted")
        self.words_label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)

    @property
    def is_picked(self) -> bool:
        return self._is_picked

    def set_picked(self, is_picked: bool) -> None:
        """Show that this one of several is the one in force."""
        self._is_picked = is_picked
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.chosen.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A ring for the keyboard and the pointer, and a quieter one for what is picked."""
        super().paintEvent(event)
        is_pointed_at = self.isEnabled() and (self.hasFocus() or self.underMouse())
        if is_pointed_at or self._is_picked:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            theme = current_theme()
            painter.setPen(QPen(QColor(theme.focus if is_pointed_at else theme.accent), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave, QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().event(event)


class KindCard(Card):
    """A kind of bot, and in one line what it is for."""

    def __init__(self, title: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._words = title, words
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 16, 10)
        column.setSpacing(3)
        column.addWidget(self.title_label)
        column.addWidget(self.words_label, 1)
        self.retranslate()

    def set_picked(self, is_picked: bool) -> None:
        super().set_picked(is_picked)
        self.retranslate()

    def retranslate(self) -> None:
        title = tr(self._title)
        self.title_label.setText(title)
        self.words_label.setText(tr(self._words))
        self.setAccessibleName(tr("{kind}, chosen").format(kind=title) if self.is_picked else title)
        self.setAccessibleDescription(tr(self._words))


class PresetCard(Card):
    """A way to begin: cartoon, title, words, money needed."""

    def __init__(self, preset: Beginning, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.preset = preset
        self._needed = ""
        self._money, self._mark = QLabel(), QLabel()
        coins = QHBoxLayout()
        coins.setSpacing(6)
        coins.addWidget(self._mark)
        coins.addWidget(self._money)
        coins.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(7)
        column.addWidget(Cartoon(preset.curve, preset.levels))
        column.addWidget(self.title_label)
        column.addWidget(self.words_label, 1)
        column.addLayout(coins)
        self.retranslate()

    def show_needed(self, money: str) -> None:
        """What it needs at most, with fees; empty while it is unknown."""
        self._needed = money
        self.retranslate()

    def retranslate(self) -> None:
        self.title_label.setText(tr(self.preset.title))
        self.words_label.setText(tr(self.preset.words))
        self._mark.setPixmap(icon("money", "muted").pixmap(QSize(14, 14)))
        self._money.setText(tr("needs {money}").format(money=self._needed or fmt.UNKNOWN))
        self.setAccessibleName(f"{tr(self.preset.title)}, {self._money.text()}")
        self.setAccessibleDescription(tr(self.preset.words))


class Cartoon(QWidget):
    """A price on its way, with the orders that wait for it."""

    def __init__(self, curve: tuple[int, ...], levels: tuple[Level, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curve, self._levels = curve, levels
        self.setMinimumHeight(64)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        heights = (*self._curve, *(level.height for level in self._levels))
        low, high = min(heights), max(heights)
        width, room = float(self.width()), float(self.height()) - 8

        def y_of(value: float) -> float:
            return 4 + room * (1 - (value - low) / (high - low))

        for level in self._levels:
            painter.setPen(QPen(QColor(getattr(theme, level.colour)), 1.2, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(0, y_of(level.height)), QPointF(width, y_of(level.height)))
        step = width / (len(self._curve) - 1)
        points = [QPointF(place * step, y_of(value)) for place, value in enumerate(self._curve)]
        painter.setPen(QPen(QColor(theme.accent), 1.8))
        painter.drawPolyline(QPolygonF(points))
