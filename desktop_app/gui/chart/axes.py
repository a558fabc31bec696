"""The price axis and the time axis: what they say and where, painted straight from the view's pixels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, tzinfo

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from desktop_app.gui import fmt
from desktop_app.gui.chart.layer import Layer
from desktop_app.gui.chart.prices import PriceFormat
from desktop_app.gui.chart.ticks import TimeTick, local_time, log_price_ticks, price_ticks, time_ticks
from desktop_app.gui.chart.view import CandleView
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.theme import Theme

_MONTHS = tuple(
    tr_later(month) for month in ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
)


@dataclass(frozen=True, slots=True)
class PriceTick:
    """A labelled height."""

    price: float
    y: float


class AxisItem(QGraphicsItem):
    """A strip beside the pane; `place` says where."""

    def __init__(self, view: CandleView, theme: Theme, font: QFont) -> None:
        super().__init__()
        self._view, self._theme, self._font = view, theme, font
        self._metrics = QFontMetricsF(font)
        self._rect = QRectF()

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, self._rect.width(), self._rect.height())

    def place(self, rect: QRectF) -> None:
        if rect != self._rect:
            self.prepareGeometryChange()
            self._rect = rect
            self.setPos(rect.topLeft())

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()


class PriceAxis(AxisItem):
    """Prices at the right edge, with the market's decimals."""

    def __init__(self, view: CandleView, theme: Theme, font: QFont) -> None:
        super().__init__(view, theme, font)
        self.format = PriceFormat()
        self.covered: Callable[[], list[tuple[float, float]]] = list  # heights that tags lie over
        self._layer = Layer()
        self._ticks: list[PriceTick] = []
        self._key: tuple[float, ...] = ()

    def wanted_width(self) -> float:
        """Wide enough for the longest price of a generous neighbourhood, so that it rarely changes."""
        highest = max(abs(self._view.price_of(0)), abs(self._view.price_of(self._view.pane_height)))
        whole = f"{highest:,.0f}"
        sample = "0" * len(whole.replace(",", "")) + "," * whole.count(",")
        if self.format.decimals:
            sample += "." + "0" * self.format.decimals
        return float(round(self._metrics.horizontalAdvance(sample) + 18))

    def ticks(self) -> list[PriceTick]:
        view = self._view
        key = (view.y0, view.y1, view.pane_height, view.is_log, float(self.format.tick))
        if key != self._key:
            self._key = key
            most = max(2, int(view.pane_height / (self._metrics.height() * 2.6)))
            low, high = view.price_of(view.pane_height), view.price_of(0)
            choose = log_price_ticks if view.is_log else price_ticks
            self._ticks = [PriceTick(p, view.y_of(p)) for p in choose(low, high, most, float(self.format.tick))]
        return self._ticks

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        key = (self._theme, tuple(self.ticks()), tuple(self.covered()))
        self._layer.paint(painter, self.boundingRect(), key, self._draw)

    def _draw(self, painter: QPainter) -> None:
        # Text is smoothed differently over transparent ground, and would flicker between kept and fresh.
        painter.fillRect(self.boundingRect(), QColor(self._theme.background))
        painter.setFont(self._font)
        painter.setPen(QColor(self._theme.border))
        painter.drawLine(0, 0, 0, int(self._rect.height()))
        painter.setPen(QColor(self._theme.muted))
        ascent, half = self._metrics.ascent(), self._metrics.height() / 2
        covered = self.covered()
        for tick in self.ticks():
            is_free = all(tick.y + half <= top or tick.y - half >= bottom for top, bottom in covered)
            if is_free and half <= tick.y <= self._view.pane_height - half:
                painter.drawText(8, round(tick.y - half + ascent), self.format.text(tick.price))


class TimeAxis(AxisItem):
    """Local times along the bottom; days, months and years stand out, the corner names the zone."""

    def __init__(self, view: CandleView, theme: Theme, font: QFont) -> None:
        super().__init__(view, theme, font)
        self.zone: tzinfo = UTC
        self._strong = QFont(font)
        self._strong.setWeight(QFont.Weight.DemiBold)
        self._ticks: list[TimeTick] = []
        self._key: tuple[object, ...] = ()

    def wanted_height(self) -> float:
        return float(round(self._metrics.height() + 10))

    def ticks(self) -> list[TimeTick]:
        view = self._view
        key = (view.x0, view.x1, view.pane_width, view.series.step_ms, self.zone)
        if key != self._key and view.pane_width > 0:
            self._key = key
            most = max(1, int(view.pane_width / (self._metrics.horizontalAdvance("00:00 00:00"))))
            step = view.series.step_ms
            self._ticks = time_ticks(view.x0 * step, view.x1 * step, most, step, self.zone)
        return self._ticks

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        width = int(self._rect.width())
        painter.setPen(QColor(self._theme.border))
        painter.drawLine(0, 0, width, 0)
        baseline = round((self._rect.height() - self._metrics.height()) / 2 + self._metrics.ascent())
        painter.setFont(self._font)
        corner = self.zone_text()
        corner_width = self._metrics.horizontalAdvance(corner)
        pane = self._view.pane_width
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(round(pane + max(4.0, (width - pane - corner_width) / 2)), baseline, corner)
        plain, strong = QPen(QColor(self._theme.muted)), QPen(QColor(self._theme.text))
        ticks = self.ticks()
        common = min((tick.rank for tick in ticks), default=0)
        for tick in ticks:
            text = tick_text(tick)
            half = self._metrics.horizontalAdvance(text) / 2
            x = self._view.x_of(tick.at)
            if half <= x <= pane - half:
                painter.setPen(strong if tick.rank > common else plain)
                painter.setFont(self._strong if tick.rank > common else self._font)
                painter.drawText(round(x - half), baseline, text)

    def moment_text(self, at: float) -> str:
        """An instant in full, as the crosshair says it."""
        local = local_time(at, self.zone)
        return f"{local:%Y-%m-%d}" if self._view.series.step_ms >= 86_400_000 else f"{local:%Y-%m-%d %H:%M}"

    def zone_text(self) -> str:
        return fmt.zone_name(int(self._view.at_of(self._view.pane_width)), self.zone)


def tick_text(tick: TimeTick) -> str:
    match tick.rank:
        case 0:
            return f"{tick.local.hour:02d}:{tick.local.minute:02d}"
        case 1:
            return tr("{day} {month}").format(day=tick.local.day, month=tr(_MONTHS[tick.local.month - 1]))
        case 2:
            return tr(_MONTHS[tick.local.month - 1])
        case _:
            return str(tick.local.year)
