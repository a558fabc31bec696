"""The small box that opens when somebody types over the chart: an interval, or the start of a pair's name."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop_app.gui.chart.timeframe import parsed
from desktop_app.gui.i18n import tr


class IntervalBox(QFrame):
    """Says what Enter will do while one types; leaves without a trace on Esc or when it loses the keyboard."""

    interval_requested = Signal(str)
    search_requested = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._area = parent
        self.setObjectName("chart.interval_box")
        self.setAutoFillBackground(True)
        self.edit = _Edit(self)
        self.edit.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.edit.setMaxLength(24)
        self.hint = QLabel(self)
        self.hint.setTextFormat(Qt.TextFormat.PlainText)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 6)
        column.addWidget(self.edit)
        column.addWidget(self.hint)
        self.edit.textChanged.connect(self._explain)
        self.edit.returnPressed.connect(self._decide)
        self.edit.abandoned.connect(self._close)
        self.hide()

    def open_with(self, text: str) -> None:
        """Show over the middle of the chart with the first character already typed."""
        self.edit.setAccessibleName(tr("Interval or pair"))
        self.edit.setText(text)
        self._explain(text)
        self.setFixedWidth(self.fontMetrics().averageCharWidth() * 30)
        self.adjustSize()
        area = self._area.rect()
        self.move((area.width() - self.width()) // 2, max(8, area.height() // 3 - self.height()))
        self.show()
        self.raise_()
        self.edit.setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.Dark))
        painter.setBrush(self.palette().color(QPalette.ColorRole.Button))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _explain(self, text: str) -> None:
        interval, wanted = parsed(text), text.strip()
        if interval is not None:
            hint = tr("Enter: show {interval} candles").format(interval=interval)
        elif wanted.isdigit():
            hint = tr("Minutes, or 4h, d, w")
        else:
            hint = tr("Enter: search “{text}”").format(text=wanted.upper())
        self.hint.setText(hint)
        self.edit.setAccessibleDescription(hint)

    def _decide(self) -> None:
        text = self.edit.text().strip()
        interval = parsed(text)
        if interval is not None:
            self._close()
            self.interval_requested.emit(interval)
        elif text and not text.isdigit():
            self._close()
            self.search_requested.emit(text)

    def _close(self) -> None:
        if self.isVisible():
            self.hide()
            self.closed.emit()


class _Edit(QLineEdit):
    """A line edit that tells when it was given up."""

    abandoned = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            event.accept()
            self.abandoned.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.abandoned.emit()
