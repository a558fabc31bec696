"""The chart as the rest of the window knows it: candles, order lines and fills in, wishes out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from decimal import Decimal

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QFontMetricsF,
    QHideEvent,
    QPainter,
    QPixmap,
    QShowEvent,
)
from PySide6.QtWidgets import QLabel, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from desktop_app.gui import fmt
from desktop_app.gui.chart.canvas import ChartCanvas
from desktop_app.gui.chart.interval_box import IntervalBox
from desktop_app.gui.chart.lines import ChartLine
from desktop_app.gui.chart.markers import ChartMarker
from desktop_app.gui.chart.paint import draw_text
from desktop_app.gui.chart.prices import PriceFormat
from desktop_app.gui.chart.series import Bar, CandleSeries
from desktop_app.gui.chart.study import Firings, Study
from desktop_app.gui.chart.timeframe import countdown, step_ms
from desktop_app.gui.chart.toolbar import ChartToolbar
from desktop_app.gui.chart.view import ViewState
from desktop_app.gui.i18n import tr
from desktop_app.gui.theme import Theme

ViewKey = tuple[str, str]  # pair, interval


def now_ms() -> int:
    return time.time_ns() // 1_000_000


class ChartWidget(QWidget):
    """One market's chart. Everything it is shown comes from its owner; everything it wants, it asks for."""

    interval_requested = Signal(str)
    search_requested = Signal(str)
    full_requested = Signal()
    indicators_requested = Signal()
    candles_shown = Signal()  # other candles than before: another pair or interval, or more history
    empty_action_requested = Signal()
    history_requested = Signal(object)  # ms: candles older than this would be in sight
    menu_requested = Signal(QPointF, str)  # global position, price
    line_hovered = Signal(str)
    line_selected = Signal(str)
    line_drag_moved = Signal(str, str)  # key, price
    line_commit_requested = Signal(str, str)  # key, price
    line_drag_cancelled = Signal(str)

    def __init__(self, theme: Theme, now: Callable[[], int] = now_ms, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._now = theme, now
        self._symbol, self._interval = "", ""
        self._states: dict[ViewKey, ViewState] = {}
        self.toolbar = ChartToolbar(self)
        self.canvas = ChartCanvas(theme, self)
        self._empty, self._empty_text, self._empty_action = QWidget(self), QLabel(), QPushButton()
        self._box = IntervalBox(self.canvas)
        self._build()
        self._connect()
        self._seconds = QTimer(self, interval=1000)
        self._seconds.timeout.connect(self._tick)
        self.setFocusProxy(self.canvas)
        self.show_empty(tr("Choose a pair (Ctrl+K)."))
        self._describe()

    # -- what is shown ------------------------------------------------------------------------------------------------

    @property
    def symbol(self) -> str:
        return self._symbol

    @property
    def interval(self) -> str:
        return self._interval

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.canvas.set_theme(theme)

    def set_market(self, symbol: str, tick: Decimal, zone: tzinfo) -> None:
        """Name the market and the user's time zone; another market starts without candles, lines and fills."""
        self.canvas.times.zone = zone
        if symbol != self._symbol:
            self._remember()
            self._symbol, self._interval = symbol, ""
            self.canvas.set_series(CandleSeries(60_000), keep=False)
            self.canvas.set_lines(())
            self.canvas.set_markers(())
            self.canvas.set_trails(())
            self.canvas.set_studies(())
            self.canvas.set_firings((), None)
        self.canvas.set_format(PriceFormat(tick))
        self._describe()

    def set_candles(self, series: CandleSeries, interval: str) -> None:
        """Show a market's candles; the view stays for the same interval and comes back to where another was left.

        The series belongs to the chart from here on: it grows by `update_last` and `update_price`.
        """
        assert series.step_ms == step_ms(interval)
        is_same = interval == self._interval and bool(len(self.canvas.view.series))
        if not is_same:
            self._remember()
        self._interval = interval
        self.canvas.set_series(series, keep=is_same)
        state = self._states.get((self._symbol, interval))
        if not is_same and state is not None:
            self.canvas.view.restore(state)
        self.toolbar.show_interval(interval)
        self._pages.setCurrentWidget(self.canvas)
        self._tick()
        self._describe()
        self.candles_shown.emit()

    def update_last(self, at: int, open_: float, high: float, low: float, close: float, volume: float) -> None:
        """The running candle changed, or a new one began; ignored before there are candles."""
        if self._interval:
            self.canvas.upsert(Bar(at, open_, high, low, close, volume))
            self._tick()

    def update_price(self, at: int, price: float, volume: float = 0.0) -> None:
        """A trade happened: stretch the running candle, or begin the next one."""
        if self._interval:
            self.canvas.upsert(self.canvas.view.series.with_price(at, price, volume))
            self._tick()

    def set_lines(self, lines: Sequence[ChartLine]) -> None:
        self.canvas.set_lines(lines)

    def set_markers(self, markers: Sequence[ChartMarker]) -> None:
        self.canvas.set_markers(markers)

    def set_studies(self, studies: Sequence[Study]) -> None:
        """Indicators over the candles or in panes below them."""
        self.canvas.set_studies(studies)

    def set_firings(self, firings: Sequence[Firings], ready_at: int | None = None) -> None:
        """When groups of conditions came true, and before when nobody could tell."""
        self.canvas.set_firings(firings, ready_at)

    def set_badge(self, text: str) -> None:
        """PAPER, LIVE or another short word in the corner; empty for none."""
        self.canvas.legend.badge = text
        self.canvas.redraw()
        self._describe()

    def set_stale(self, text: str | None) -> None:
        """Say that prices are old ("no new data for 42 s") and veil the last bar; None when they flow again."""
        self.canvas.legend.stale = text or ""
        self.canvas.candles.is_stale = text is not None
        self.canvas.redraw()

    def show_empty(self, text: str, action: str = "") -> None:
        """One sentence, and at most one button, instead of a chart."""
        self._empty_text.setText(text)
        self._empty_action.setText(action)
        self._empty_action.setVisible(bool(action))
        self._pages.setCurrentWidget(self._empty)

    def set_hollow(self, is_hollow: bool) -> None:
        self.canvas.candles.is_hollow = is_hollow
        self.canvas.redraw()

    def set_magnet(self, is_on: bool) -> None:
        self.canvas.crosshair.has_magnet = is_on

    # -- lines --------------------------------------------------------------------------------------------------------

    def highlight(self, key: str) -> None:
        """Make a line stand out; empty for none."""
        self.canvas.book.highlight(key)

    def set_line_note(self, key: str, text: str) -> None:
        """Say what the move under way would bring: `+0.80 USDT net`."""
        self.canvas.book.note(key, text)

    def accept_pending(self, key: str) -> None:
        self.canvas.book.accept(key)

    def refuse_pending(self, key: str, reason: str) -> None:
        self.canvas.book.refuse(key, reason)

    def expire_pending(self, key: str, reason: str = "") -> None:
        self.canvas.book.expire(key, reason)

    # -- views --------------------------------------------------------------------------------------------------------

    def view_states(self) -> dict[ViewKey, ViewState]:
        """What every pair and interval looked like when last seen, for the saved layout."""
        self._remember()
        return dict(self._states)

    def restore_view_states(self, states: Mapping[ViewKey, ViewState]) -> None:
        self._states = dict(states)
        state = self._states.get((self._symbol, self._interval))
        if state is not None:
            self.canvas.view.restore(state)

    def reset_view(self) -> None:
        self.canvas.view.reset()

    def show_instant(self, at: int) -> None:
        """Bring a moment into view, for a deal clicked elsewhere."""
        self.canvas.view.show_bar(float(at))

    def snapshot(self) -> QPixmap:
        """The picture as shown, under a strip that says which market, interval, zone and account it is."""
        chart, ratio = self.canvas.grab(), self.canvas.devicePixelRatioF()
        metrics = QFontMetricsF(self.font())
        strip = round(metrics.height() + 10)
        picture = QPixmap(chart.width(), chart.height() + round(strip * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(QColor(self._theme.surface))
        painter = QPainter(picture)
        painter.setFont(self.font())
        row = QRectF(8, 0, chart.width() / ratio - 16, strip)
        draw_text(painter, metrics, row, self.caption(), QColor(self._theme.text), elide=True)
        painter.drawPixmap(QPointF(0, strip), chart)
        painter.end()
        return picture

    def caption(self) -> str:
        """`PAPER · BTC/USDT · 15m · UTC+8 · 2026-11-25 14:03:00`."""
        zone = self.canvas.times.zone
        moment = fmt.moment(self._now(), zone)
        badge = tr(self.canvas.legend.badge)
        parts = (badge, self._symbol, self._interval, self.canvas.times.zone_text(), moment)
        return " · ".join(part for part in parts if part)

    # -- inside -------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._empty_text.setTextFormat(Qt.TextFormat.PlainText)
        self._empty_text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty_text.setWordWrap(True)
        centre = QVBoxLayout(self._empty)
        centre.addStretch(1)
        centre.addWidget(self._empty_text)
        centre.addWidget(self._empty_action, alignment=Qt.AlignmentFlag.AlignHCenter)
        centre.addStretch(1)
        self._pages = QStackedLayout()
        self._pages.addWidget(self.canvas)
        self._pages.addWidget(self._empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.toolbar)
        column.addLayout(self._pages, 1)

    def _connect(self) -> None:
        canvas, view, book = self.canvas, self.canvas.view, self.canvas.book
        self.toolbar.interval_requested.connect(self._interval_clicked)
        self.toolbar.auto_requested.connect(view.set_auto)
        self.toolbar.log_requested.connect(view.set_log)
        self.toolbar.full_requested.connect(self.full_requested)
        for part in (self.toolbar, canvas):
            part.indicators_requested.connect(self.indicators_requested)
        view.modes_changed.connect(lambda: self.toolbar.show_modes(view.is_auto, view.is_log))
        self.toolbar.show_modes(view.is_auto, view.is_log)
        canvas.typed.connect(self._box.open_with)
        canvas.announced.connect(self._announce)
        canvas.history_requested.connect(self.history_requested)
        canvas.menu_requested.connect(self.menu_requested)
        self._box.interval_requested.connect(self.interval_requested)
        self._box.search_requested.connect(self.search_requested)
        self._box.closed.connect(canvas.setFocus)
        self._empty_action.clicked.connect(lambda _is_checked: self.empty_action_requested.emit())
        book.line_hovered.connect(self.line_hovered)
        book.line_selected.connect(self.line_selected)
        book.line_drag_moved.connect(self.line_drag_moved)
        book.line_commit_requested.connect(self.line_commit_requested)
        book.line_drag_cancelled.connect(self.line_drag_cancelled)

    def _interval_clicked(self, interval: str) -> None:
        self.toolbar.show_interval(self._interval)
        self.interval_requested.emit(interval)
        self.canvas.setFocus()

    def _remember(self) -> None:
        if self._symbol and self._interval and len(self.canvas.view.series):
            self._states[self._symbol, self._interval] = self.canvas.view.state_now()

    def _describe(self) -> None:
        title = f"{self._symbol} · {self._interval}" if self._interval else self._symbol
        self.canvas.legend.title = title
        name = tr("Chart") if not title else tr("Chart {market}").format(market=title)
        account = {"PAPER": tr("Paper account, no real money"), "LIVE": tr("Live account, real money")}
        self.canvas.setAccessibleName(", ".join(filter(None, (name, account.get(self.canvas.legend.badge, "")))))

    def _announce(self, text: str) -> None:
        self.canvas.setAccessibleDescription(text)
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.canvas, text))

    def _tick(self) -> None:
        last, left = self.canvas.view.series.last, 0
        if last is not None:
            left = last.at + self.canvas.view.series.step_ms - self._now()
        text = countdown(left) if 0 < left <= self.canvas.view.series.step_ms else ""
        if text != self.canvas.tags.countdown:
            self.canvas.tags.countdown = text
            self.canvas.redraw()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._seconds.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._seconds.stop()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.toolbar.retranslate()
            self._describe()
            self.canvas.redraw()
        super().changeEvent(event)
