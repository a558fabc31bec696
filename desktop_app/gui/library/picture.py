"""A small picture of what one past made of a strategy: the curve of its money, and three figures below."""

from datetime import UTC

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from desktop_app.core.library import Showing
from desktop_app.gui import fmt
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.notices import plain_label
from desktop_app.gui.theme import current_theme

MOODS = {
    "rising": tr_later("A rising market"),
    "falling": tr_later("A falling market"),
    "sideways": tr_later("A market without direction"),
}


class ShowingView(QWidget):
    """The curve, and under it the market, the result beside just holding, and the worst that it went through."""

    def __init__(self, showing: Showing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.showing = showing
        self._title, self._result, self._hold, self._worst = (plain_label() for _ in range(4))
        for label in (self._title, self._hold, self._worst):
            label.setProperty("role", "muted")
        self._result.setProperty("role", "profit" if showing.profit_percent >= 0 else "loss")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._title)
        column.addWidget(EquityPicture(showing.equity))
        column.addWidget(self._result)
        column.addWidget(self._hold)
        column.addWidget(self._worst)
        self.retranslate()

    def retranslate(self) -> None:
        showing = self.showing
        change = fmt.percent(showing.hold_percent)
        mood = tr(MOODS[showing.mood])
        is_real = "seed" not in showing.market
        self._title.setText(tr("{mood}, real prices").format(mood=mood) if is_real else mood)
        result = fmt.percent(showing.profit_percent)
        hold = tr("just holding {change}").format(change=change)
        worst = tr("deepest fall {drawdown}").format(drawdown=fmt.percent(-showing.drawdown_percent))
        deals = tr("{count} deals").format(count=fmt.whole(showing.deals))
        self._result.setText(f"{result} · {deals}")
        self._hold.setText(hold)
        self._worst.setText(worst)
        self.setAccessibleName(f"{self._title.text()}: {result}, {hold}, {worst}, {deals}")
        span = f"{fmt.moment(showing.start, UTC)[:10]} – {fmt.moment(showing.end, UTC)[:10]}"
        self.setToolTip(f"{showing.market}, {showing.timeframe}, {span}")


class EquityPicture(QWidget):
    """The curve of money over time, around the line where it began."""

    def __init__(self, values: tuple[float, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values = values
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(150, 46)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        low, high = min(0.0, *self._values), max(0.0, *self._values)
        room = float(self.height()) - 6
        scale = room / (high - low) if high > low else 0.0

        def y_of(value: float) -> float:
            return 3 + (high - value) * scale if scale else self.height() / 2

        painter.setPen(QPen(QColor(theme.border), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(0, y_of(0)), QPointF(self.width(), y_of(0)))
        step = self.width() / max(1, len(self._values) - 1)
        points = [QPointF(place * step, y_of(value)) for place, value in enumerate(self._values)]
        painter.setPen(QPen(QColor(theme.profit if self._values[-1] >= 0 else theme.loss), 1.6))
        painter.drawPolyline(QPolygonF(points))
