"""The top-left corner: account badge, pair, interval and the numbers of the bar pointed at; chips for what is amiss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from desktop_app.gui import fmt
from desktop_app.gui.chart.crosshair import Crosshair
from desktop_app.gui.chart.items import PaneItem
from desktop_app.gui.chart.paint import draw_text
from desktop_app.gui.chart.prices import PriceFormat, percent_text, volume_text
from desktop_app.gui.chart.series import Bar
from desktop_app.gui.chart.view import CandleView
from desktop_app.gui.i18n import tr
from desktop_app.gui.theme import Theme

_LEFT, _TOP = 8.0, 6.0


def _names() -> tuple[str, str, str, str]:
    return tr("O"), tr("H"), tr("L"), tr("C")


@dataclass(frozen=True, slots=True)
class LegendNumbers:
    """One bar in words; a dash where there is no candle."""

    open: str
    high: str
    low: str
    close: str
    change: str
    volume: str
    is_up: bool

    def text(self) -> str:
        volume = tr("Vol")
        o, h, low, c = _names()
        prices = f"{o} {self.open}  {h} {self.high}  {low} {self.low}  {c} {self.close}"
        return f"{prices}  {self.change}  {volume} {self.volume}"


_NO_CANDLE = LegendNumbers("—", "—", "—", "—", "—", "—", is_up=True)


class Legend(PaneItem):
    """Follows the crosshair; shows the newest bar when it is away."""

    def __init__(self, view: CandleView, crosshair: Crosshair, theme: Theme, font: QFont) -> None:
        self._crosshair, self._font = crosshair, font
        self._bold = QFont(font)
        self._bold.setWeight(QFont.Weight.DemiBold)
        self._metrics, self._bold_metrics = QFontMetricsF(font), QFontMetricsF(self._bold)
        self.title = ""
        self.badge = ""
        self.stale = ""
        self.studies: Callable[[], list[list[tuple[str, str]]]] = list  # lines of coloured texts
        self.reserved = 0.0  # pixels at the right that order tags cover below the first row
        self.format = PriceFormat()
        super().__init__(view, theme)
        self.setZValue(8)

    @property
    def height(self) -> float:
        return self._metrics.height() + 4 + 2 * _TOP

    def numbers(self) -> LegendNumbers | None:
        """What is shown now; None without any candle."""
        series = self._view.series
        if not len(series):
            return None
        bar = self._crosshair.bar() if self._crosshair.is_shown else series.last
        if bar is None:
            return _NO_CANDLE
        text, reference = self.format.text, self._reference(bar)
        change = percent_text((bar.close / reference - 1) * 100) if reference else fmt.UNKNOWN
        return LegendNumbers(
            text(bar.open), text(bar.high), text(bar.low), text(bar.close), change, volume_text(bar.volume),
            bar.close >= bar.open,
        )  # fmt: skip

    def chips(self) -> list[tuple[str, str]]:
        """Warnings under the legend: text and theme colour."""
        found = []
        if self.stale:
            found.append((self.stale, self._theme.warning))
        view = self._view
        gaps = view.series.gaps_within(view.x0 * view.series.step_ms, view.x1 * view.series.step_ms)
        if gaps:
            text = tr("1 gap") if gaps == 1 else tr("{count} gaps").format(count=gaps)
            found.append((text, self._theme.muted))
        return found

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        metrics, row = self._metrics, self._metrics.height() + 4
        x, y = _LEFT, _TOP
        if self.badge:
            x += self._paint_badge(painter, QRectF(x, y, 0, row)) + 8
        painter.setFont(self._bold)
        draw_text(painter, self._bold_metrics, QRectF(x, y, 0, row), self.title, QColor(self._theme.text))
        x += self._bold_metrics.horizontalAdvance(self.title) + 12
        painter.setFont(self._font)
        numbers = self.numbers()
        if numbers is not None:
            y = self._paint_numbers(painter, numbers, x, y, row)
        y, x = y + row + 2, _LEFT
        for pieces in self.studies():
            for text, colour in pieces:
                draw_text(painter, metrics, QRectF(x, y, 0, row), text, QColor(getattr(self._theme, colour)))
                x += self._advance(text) + 10
            y, x = y + row, _LEFT
        for text, colour in self.chips():
            width = metrics.horizontalAdvance(text) + 12
            box = QRectF(x, y, width, row)
            painter.setPen(QPen(QColor(colour), 1))
            painter.setBrush(QColor(self._theme.surface))
            painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
            draw_text(painter, metrics, box.adjusted(6, 0, 0, 0), text, QColor(colour))
            x += width + 6

    def _paint_numbers(self, painter: QPainter, numbers: LegendNumbers, x: float, y: float, row: float) -> float:
        """Beside the title if there is room, else under it; what still does not fit is left out from the right."""
        muted = QColor(self._theme.muted)
        ink = QColor(self._theme.profit if numbers.is_up else self._theme.loss)
        pieces = [
            (name, value, ink)
            for name, value in zip(_names(), (numbers.open, numbers.high, numbers.low, numbers.close), strict=True)
        ]
        pieces += [("", numbers.change, ink), (tr("Vol"), numbers.volume, QColor(self._theme.text))]
        widths = [self._advance(name) + self._advance(value) + 12 for name, value, _ in pieces]
        room = self._view.pane_width - _LEFT
        if x + sum(widths) > room:
            x, y, room = _LEFT, y + row, room - self.reserved
        for (name, value, colour), width in zip(pieces, widths, strict=True):
            if x + width > room:
                break
            if name:
                draw_text(painter, self._metrics, QRectF(x, y, 0, row), name, muted)
            shift = self._advance(name) + (4 if name else 0)
            draw_text(painter, self._metrics, QRectF(x + shift, y, 0, row), value, colour)
            x += width
        return y

    def _paint_badge(self, painter: QPainter, place: QRectF) -> float:
        colours = {
            "PAPER": (self._theme.paper_bg, self._theme.paper_fg),
            "LIVE": (self._theme.live_bg, self._theme.live_fg),
        }
        ground, ink = colours.get(self.badge, (self._theme.sample_bg, self._theme.sample_fg))
        width = self._bold_metrics.horizontalAdvance(tr(self.badge)) + 14
        painter.setFont(self._bold)
        painter.fillRect(QRectF(place.left(), place.top(), width, place.height()), QColor(ground))
        draw_text(painter, self._bold_metrics, place.adjusted(7, 0, 0, 0), tr(self.badge), QColor(ink))
        return width

    def _advance(self, text: str) -> float:
        return self._metrics.horizontalAdvance(text)

    def _reference(self, bar: Bar) -> float:
        """The close before, as charts compare; the bar's own open after a hole."""
        series = self._view.series
        index = series.nearest(bar.at)
        if index and int(series.at[index - 1]) == bar.at - series.step_ms:
            return float(series.close[index - 1])
        return bar.open
