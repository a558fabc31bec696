"""The curves of a result under each other on one axis of time: equity beside holding, drawdown, funds, months."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from desktop_app.gui import fmt
from desktop_app.gui.backtest.curves_canvas import Bar, Curve, CurvesCanvas, Strip
from desktop_app.gui.fonts import number_font
from desktop_app.gui.i18n import tr
from desktop_app.gui.theme import current_theme
from desktop_app.research.insight import Course, Month

_ROOM_FOR_FOUR = 420  # pixels of height
_MOST_LABELS = 24  # months that are named with their number


@dataclass(frozen=True, slots=True)
class Drawn:
    """One result in the curves: its name where several are compared, empty where it is alone."""

    course: Course
    months: tuple[Month, ...]
    quote: str
    name: str = ""


class CurvesView(QWidget):
    """Pointing at it says what was when; the title line is its legend."""

    def __init__(self, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._drawn: tuple[Drawn, ...] = ()
        self._theme = current_theme()
        self.legend, self.reading = QLabel(), QLabel()
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.reading.setTextFormat(Qt.TextFormat.PlainText)
        self.reading.setFont(number_font(self.font()))
        for label in (self.legend, self.reading):  # neither may widen the document
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.reading.hide()
        self.canvas = CurvesCanvas(zone, self._theme)
        self.canvas.pointed.connect(self._show_reading)
        head = QHBoxLayout()
        head.setContentsMargins(12, 2, 8, 0)
        head.addWidget(self.legend, 1)
        head.addWidget(self.reading, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.canvas, 1)
        self._name()

    def show_curves(self, drawn: tuple[Drawn, ...]) -> None:
        """One result with its holding and its booked profit, or several over each other."""
        self._drawn = drawn
        self._draw()

    def colours(self) -> tuple[str, ...]:
        theme = self._theme
        return (theme.accent, theme.warning, theme.line_safety)

    @property
    def has_funds(self) -> bool:
        """The funds in use are there where a fourth strip has the height."""
        return self._is_alone and self.height() >= _ROOM_FOR_FOUR

    @property
    def _is_alone(self) -> bool:
        return len(self._drawn) == 1 and not self._drawn[0].name

    # --- drawing

    def _draw(self) -> None:
        if not self._drawn:
            self.canvas.show_strips((), (), (0.0, 1.0))
            return
        strips = [Strip("equity", 5, curves=self._equity()), Strip("drawdown", 2, " %", self._falls())]
        if self.has_funds:
            strips.append(Strip("in_use", 2, curves=self._funds()))
        if self._is_alone:
            strips.append(Strip("months", 3, " %", bars=bars_of(self._drawn[0])))
        ends = [(one.course.at[0] / 1000, one.course.at[-1] / 1000) for one in self._drawn]
        span = min(first for first, _ in ends), max(last for _, last in ends)
        self.canvas.show_strips(tuple(strips), _seconds(self._drawn[0].course), span)
        self._name()

    def _equity(self) -> tuple[Curve, ...]:
        theme, found = self._theme, []
        for drawn, colour in zip(self._drawn, self.colours(), strict=False):
            at, course = _seconds(drawn.course), drawn.course
            if self._is_alone:
                found.append(Curve(at, course.holding, theme.muted, style=Qt.PenStyle.DotLine))
                found.append(Curve(at, course.booked, theme.line_average, 1.0))
            found.append(Curve(at, course.equity, colour, 1.8))
        return tuple(found)

    def _falls(self) -> tuple[Curve, ...]:
        colours = (self._theme.loss,) if self._is_alone else self.colours()
        return tuple(
            Curve(_seconds(one.course), one.course.drawdown, colour, is_filled=self._is_alone)
            for one, colour in zip(self._drawn, colours, strict=False)
        )

    def _funds(self) -> tuple[Curve, ...]:
        course = self._drawn[0].course
        return (Curve(_seconds(course), course.in_use, self._theme.line_safety, is_filled=True),)

    # --- what is pointed at

    def _show_reading(self, i: int) -> None:
        self.legend.setVisible(i < 0)
        self.reading.setVisible(i >= 0)
        self.reading.setText(self._reading(i) if i >= 0 else "")
        self.reading.setToolTip(self.reading.text())

    def _reading(self, i: int) -> str:
        moment = self._drawn[0].course.at[i]
        parts = [fmt.moment(moment, self._zone)[:16]]
        for drawn in self._drawn:
            course = drawn.course
            k = i if drawn is self._drawn[0] else min(bisect_left(course.at, moment), len(course.at) - 1)
            value = fmt.quote(Decimal(repr(course.equity[k])), drawn.quote)
            fall = fmt.percent(Decimal(repr(course.drawdown[k])))
            parts.append(f"{drawn.name} {value} ({fall})".strip())
        if self._is_alone:
            one = self._drawn[0]
            holding = Decimal(repr(one.course.holding[i]))
            parts.append(tr("holding {value}").format(value=fmt.quote(holding, one.quote)))
            if self.has_funds:
                used = Decimal(repr(one.course.in_use[i]))
                parts.append(tr("in use {value}").format(value=fmt.quote(used, one.quote)))
        return "  ".join(parts)

    # --- looks

    def _name(self) -> None:
        theme, colours = self._theme, self.colours()
        names: tuple[tuple[str, str, str], ...]
        if self._is_alone:
            names = (
                (colours[0], "━", tr("Equity, {quote}").format(quote=self._drawn[0].quote)),
                (theme.line_average, "─", tr("closed deals")),
                (theme.muted, "┄", tr("holding")),
                (theme.loss, "▬", tr("drawdown")),
            )
            if self.has_funds:
                names = (*names, (theme.line_safety, "▬", tr("funds in use")))
        else:
            names = tuple((colour, "━", drawn.name) for drawn, colour in zip(self._drawn, colours, strict=False))
        spans = [f'<span style="color:{colour}">{mark}</span> {_escaped(name)}' for colour, mark, name in names]
        self.legend.setText("&nbsp;&nbsp;".join(spans))
        self.canvas.setAccessibleName(tr("Curves: equity, drawdown, months"))
        self.canvas.setAccessibleDescription(
            tr("Left and Right read along, plus and minus look closer and away, 0 shows all of it.")
        )
        self.canvas.setToolTip(tr("The wheel looks closer, dragging moves along, a double click shows all of it."))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        has_strip = any(strip.name == "in_use" for strip in self.canvas.strips)
        if self._drawn and has_strip != self.has_funds:
            self._draw()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and current_theme() != self._theme:
            self._theme = current_theme()
            self.canvas.set_theme(self._theme)
            self._draw()
            self._name()
        elif event.type() == QEvent.Type.LanguageChange:
            self._name()
        super().changeEvent(event)


def bars_of(drawn: Drawn) -> tuple[Bar, ...]:
    """A bar for each month; the number of each where there are few."""
    is_named = len(drawn.months) <= _MOST_LABELS
    bars = []
    for month in drawn.months:
        first, last = month_span(month, drawn.course)
        text = fmt.percent(month.profit_percent, decimals=1).removesuffix(" %") if is_named else ""
        bars.append(Bar(first, last, float(month.profit_percent), text))
    return tuple(bars)


def month_span(month: Month, course: Course) -> tuple[float, float]:
    """From when to when, in seconds: no further than the candles go."""
    first = datetime(month.year, month.month, 1, tzinfo=UTC).timestamp()
    following = (month.year + month.month // 12, month.month % 12 + 1)
    last = datetime(*following, 1, tzinfo=UTC).timestamp()
    return max(first, course.at[0] / 1000), max(min(last, course.at[-1] / 1000), max(first, course.at[0] / 1000) + 1)


def _seconds(course: Course) -> tuple[float, ...]:
    return tuple(at / 1000 for at in course.at)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
