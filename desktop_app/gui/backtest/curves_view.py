"""The curves of a result under each other on one axis of time: equity beside holding, drawdown, funds, months."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Any, Literal

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop_app.gui import fmt
from desktop_app.gui.fonts import number_font
from desktop_app.gui.i18n import tr
from desktop_app.gui.theme import Theme, current_theme
from desktop_app.research.insight import Course, Month

_AXIS_WIDTH = 66
_SHARES = (5, 2, 2, 3)  # of the height
_NO_LIMIT = 16_777_215  # Qt's
_ROOM_FOR_FOUR = 420  # pixels of height
_LABEL_ROOM = 0.55  # of the months' span
_MOST_LABELS = 14  # months that are named with their number
Part = Literal["equity", "drawdown", "in_use", "months"]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One result in the curves: its name where several are compared, empty where it is alone."""

    course: Course
    months: tuple[Month, ...]
    quote: str
    name: str = ""


class TimeTicks(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph ships no types
    """Days and months in people's own time."""

    def __init__(self, zone: tzinfo) -> None:
        super().__init__("bottom")
        self._zone = zone

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        form = "%Y-%m" if spacing >= 28 * 86_400 else "%m-%d" if spacing >= 86_400 else "%m-%d %H:%M"
        return [datetime.fromtimestamp(value, UTC).astimezone(self._zone).strftime(form) for value in values]


class ValueTicks(pg.AxisItem):  # type: ignore[misc]
    """Figures with thousands separated and a real minus, never scientific."""

    def __init__(self, unit: str = "") -> None:
        super().__init__("left")
        self._unit = unit
        self.setWidth(_AXIS_WIDTH)
        self.enableAutoSIPrefix(False)

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        decimals = 0 if spacing >= 1 else min(8, int(np.ceil(-np.log10(spacing))))
        return [f"{value:,.{decimals}f}{self._unit}".replace("-", fmt.MINUS) for value in values]


class CurvesView(QWidget):
    """Pointing at it says what was when; the title line is its legend."""

    def __init__(self, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._drawn: tuple[Drawn, ...] = ()
        self._theme = current_theme()
        self.legend, self.reading = QLabel(), QLabel()
        self.reading.setFont(number_font(self.font()))
        for label in (self.legend, self.reading):
            label.setTextFormat(Qt.TextFormat.RichText if label is self.legend else Qt.TextFormat.PlainText)
        self.canvas = pg.GraphicsLayoutWidget()
        self.canvas.ci.setContentsMargins(0, 0, 6, 0)
        self.canvas.ci.setSpacing(2)
        self.plots: dict[Part, Any] = {}
        self._lines: list[Any] = []
        for row, (part, unit) in enumerate((("equity", ""), ("drawdown", " %"), ("in_use", ""), ("months", " %"))):
            self._add_plot(part, unit, row)  # type: ignore[arg-type]
        for row, share in enumerate(_SHARES):
            self.canvas.ci.layout.setRowStretchFactor(row, share)
        self.canvas.scene().sigMouseMoved.connect(self._point)
        head = QHBoxLayout()
        head.setContentsMargins(12, 2, 8, 0)
        head.setSpacing(12)
        head.addWidget(self.legend)
        head.addStretch(1)
        head.addWidget(self.reading)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.canvas, 1)
        self._dress()

    def show_curves(self, drawn: tuple[Drawn, ...]) -> None:
        """One result with its holding and its booked profit, or several over each other."""
        self._drawn = drawn
        self._draw()

    # --- drawing

    def _add_plot(self, part: Part, unit: str, row: int) -> None:
        times = TimeTicks(self._zone)
        plot = self.canvas.addPlot(row=row, col=0, axisItems={"bottom": times, "left": ValueTicks(unit)})
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.setMouseEnabled(x=True, y=False)
        plot.showGrid(x=True, y=True, alpha=0.15)
        plot.getViewBox().setDefaultPadding(0.02)
        if part != "months":
            times.setStyle(showValues=False)
            times.setHeight(6)
        if self.plots:
            plot.setXLink(self.plots["equity"])
        self.plots[part] = plot
        line = pg.InfiniteLine(angle=90, movable=False)
        line.hide()
        plot.addItem(line, ignoreBounds=True)
        self._lines.append(line)

    def _draw(self) -> None:
        theme = self._theme
        for plot in self.plots.values():
            for item in list(plot.items):
                if item not in self._lines:
                    plot.removeItem(item)
        colours = self.colours()
        for drawn, colour in zip(self._drawn, colours, strict=False):
            self._draw_equity(drawn, colour, theme)
            self._draw_drawdown(drawn, colour)
        if len(self._drawn) == 1:
            self._draw_in_use(self._drawn[0])
            self._draw_months(self._drawn[0], theme)
        is_alone = len(self._drawn) == 1
        self._show_part("months", is_alone)
        self._show_in_use()
        self.plots["drawdown"].getAxis("bottom").setStyle(showValues=not is_alone)
        self.plots["drawdown"].getAxis("bottom").setHeight(6 if is_alone else None)
        if self._drawn:
            ends = [(one.course.at[0], one.course.at[-1]) for one in self._drawn]
            self.plots["equity"].setXRange(min(a for a, _ in ends) / 1000, max(b for _, b in ends) / 1000)
        for part in ("equity", "drawdown", "in_use"):
            self.plots[part].enableAutoRange(axis="y")
        self._fit_months()
        self._name()

    def _fit_months(self) -> None:
        """With room for the figures above and below the bars."""
        values = [float(month.profit_percent) for drawn in self._drawn for month in drawn.months]
        low, high = min([0.0, *values]), max([0.0, *values])
        room = max(high - low, 0.1) * _LABEL_ROOM
        self.plots["months"].setYRange(low - (room if low < 0 else 0), high + (room if high > 0 else 0), padding=0.02)

    def colours(self) -> tuple[str, ...]:
        theme = self._theme
        return (theme.accent, theme.warning, theme.line_safety)

    def _draw_equity(self, drawn: Drawn, colour: str, theme: Theme) -> None:
        at = np.array(drawn.course.at) / 1000
        plot = self.plots["equity"]
        if not drawn.name:
            plot.plot(at, np.array(drawn.course.holding), pen=_pen(theme.muted, 1.2, Qt.PenStyle.DotLine))
            plot.plot(at, np.array(drawn.course.booked), pen=_pen(theme.line_average, 1.0), stepMode=None)
        plot.plot(at, np.array(drawn.course.equity), pen=_pen(colour, 1.8))

    def _draw_drawdown(self, drawn: Drawn, colour: str) -> None:
        at = np.array(drawn.course.at) / 1000
        shade = QColor(self._theme.loss if not drawn.name else colour)
        pen = _pen(shade.name(), 1.2)
        if not drawn.name:
            shade.setAlpha(60)
            self.plots["drawdown"].plot(at, np.array(drawn.course.drawdown), pen=pen, fillLevel=0, brush=shade)
        else:
            self.plots["drawdown"].plot(at, np.array(drawn.course.drawdown), pen=pen)

    def _draw_in_use(self, drawn: Drawn) -> None:
        shade = QColor(self._theme.line_safety)
        pen = _pen(shade.name(), 1.2)
        shade.setAlpha(50)
        at = np.array(drawn.course.at) / 1000
        self.plots["in_use"].plot(at, np.array(drawn.course.in_use), pen=pen, fillLevel=0, brush=shade)

    def _show_in_use(self) -> None:
        """The funds in use, where there is the height for a fourth one."""
        is_shown = len(self._drawn) == 1 and self.height() >= _ROOM_FOR_FOUR
        if self.plots["in_use"].isVisible() != is_shown:
            self._show_part("in_use", is_shown)
            self._name()

    def _show_part(self, part: Part, is_shown: bool) -> None:
        """A hidden part leaves its room to the others."""
        row, layout = list(self.plots).index(part), self.canvas.ci.layout
        self.plots[part].setVisible(is_shown)
        layout.setRowStretchFactor(row, _SHARES[row] if is_shown else 0)
        layout.setRowMaximumHeight(row, _NO_LIMIT if is_shown else 0)

    def _draw_months(self, drawn: Drawn, theme: Theme) -> None:
        plot, months = self.plots["months"], drawn.months
        spans = [month_span(month, drawn.course) for month in months]
        values = [float(month.profit_percent) for month in months]
        for is_gain, colour in ((True, theme.up), (False, theme.down)):
            chosen = [i for i, value in enumerate(values) if (value >= 0) is is_gain]
            if chosen:
                x = [(spans[i][0] + spans[i][1]) / 2 for i in chosen]
                width = [0.8 * (spans[i][1] - spans[i][0]) for i in chosen]
                bars = pg.BarGraphItem(
                    x=x,
                    height=[values[i] for i in chosen],
                    width=width,
                    brush=QColor(colour),
                    pen=QPen(Qt.PenStyle.NoPen),
                )
                plot.addItem(bars)
        if len(months) > _MOST_LABELS:
            return
        for month, (first, last), value in zip(months, spans, values, strict=True):
            text = fmt.percent(month.profit_percent, decimals=1).removesuffix(" %")
            label = pg.TextItem(text, color=theme.text, anchor=(0.5, 1.0 if value >= 0 else 0.0))
            font = number_font(self.font())
            font.setPointSizeF(font.pointSizeF() * 0.9)
            label.setFont(font)
            label.setPos((first + last) / 2, value)
            plot.addItem(label)

    # --- what is pointed at

    def _point(self, place: QPointF) -> None:
        plot = self.plots["equity"]
        if not self._drawn or not self.canvas.ci.sceneBoundingRect().contains(place):
            self._show_reading(None)
            return
        seconds = plot.getViewBox().mapSceneToView(place).x()
        at = self._drawn[0].course.at
        i = min(max(0, bisect_left(at, seconds * 1000)), len(at) - 1)
        self._show_reading(i)

    def _show_reading(self, i: int | None) -> None:
        for line in self._lines:
            line.setVisible(i is not None)
        if i is None:
            self.reading.clear()
            return
        moment = self._drawn[0].course.at[i]
        for line in self._lines:
            line.setPos(moment / 1000)
        parts = [fmt.moment(moment, self._zone)[:16]]
        for drawn in self._drawn:
            course = drawn.course
            k = i if drawn is self._drawn[0] else min(bisect_left(course.at, moment), len(course.at) - 1)
            value = fmt.quote(Decimal(repr(course.equity[k])), drawn.quote)
            fall = fmt.percent(Decimal(repr(course.drawdown[k])))
            parts.append(f"{drawn.name} {value} ({fall})".strip())
        if len(self._drawn) == 1:
            holding = Decimal(repr(self._drawn[0].course.holding[i]))
            parts.append(tr("holding {value}").format(value=fmt.quote(holding, self._drawn[0].quote)))
        self.reading.setText("  ".join(parts))

    # --- looks

    def _name(self) -> None:
        theme, colours = self._theme, self.colours()
        names: tuple[tuple[str, str, str], ...]
        if len(self._drawn) == 1 and not self._drawn[0].name:
            names = (
                (colours[0], "━", tr("Equity, {quote}").format(quote=self._drawn[0].quote)),
                (theme.line_average, "─", tr("closed deals")),
                (theme.muted, "┄", tr("holding")),
                (theme.loss, "▬", tr("drawdown")),
            )
            if self.plots["in_use"].isVisible():
                names = (*names, (theme.line_safety, "▬", tr("funds in use")))
        else:
            names = tuple((colour, "━", drawn.name) for drawn, colour in zip(self._drawn, colours, strict=False))
        spans = [f'<span style="color:{colour}">{mark}</span> {_escaped(name)}' for colour, mark, name in names]
        self.legend.setText("&nbsp;&nbsp;".join(spans))
        self.canvas.setAccessibleName(tr("Curves: equity, drawdown, months"))

    def _dress(self) -> None:
        theme = self._theme
        self.canvas.setBackground(theme.background)
        font = number_font(self.font())
        font.setPointSizeF(font.pointSizeF() * 0.9)
        for plot in self.plots.values():
            for name in ("left", "bottom"):
                axis = plot.getAxis(name)
                axis.setZValue(-1)  # its grid lies under the curves
                axis.setPen(_pen(theme.border, 1))
                axis.setTextPen(QColor(theme.muted))
                axis.setTickFont(font)
        for line in self._lines:
            line.setPen(_pen(theme.muted, 1, Qt.PenStyle.DashLine))
        self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_in_use()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and current_theme() != self._theme:
            self._theme = current_theme()
            self._dress()
        elif event.type() == QEvent.Type.LanguageChange:
            self._name()
        super().changeEvent(event)


def month_span(month: Month, course: Course) -> tuple[float, float]:
    """From when to when, in seconds: no further than the candles go."""
    first = datetime(month.year, month.month, 1, tzinfo=UTC).timestamp()
    following = (month.year + month.month // 12, month.month % 12 + 1)
    last = datetime(*following, 1, tzinfo=UTC).timestamp()
    return max(first, course.at[0] / 1000), max(min(last, course.at[-1] / 1000), max(first, course.at[0] / 1000) + 1)


def _pen(colour: str, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    pen = QPen(QColor(colour), width, style)
    pen.setCosmetic(True)
    return pen


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
