"""The chart beside the form: candles of the pair, the preview's lines, and lines that were moved."""

from collections.abc import Sequence
from datetime import tzinfo
from decimal import Decimal

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop_app.core.columns import TIMEFRAMES
from desktop_app.core.events import PriceTick
from desktop_app.core.market import Candle, Market
from desktop_app.engine.problem import Problem
from desktop_app.gui.chart.lines import ChartLine, Stage
from desktop_app.gui.chart.series import Bar, CandleSeries
from desktop_app.gui.chart.study import Firings, Study
from desktop_app.gui.chart.widget import ChartWidget
from desktop_app.gui.editor.link import EngineLink
from desktop_app.gui.i18n import tr
from desktop_app.gui.notices import link_button
from desktop_app.gui.running_candle import RunningCandle, opening_of
from desktop_app.gui.theme import Theme, current_theme
from desktop_app.gui.wording import problem_text

_CANDLES = 1_000
_BEFORE = 60  # candles before a moment that is to be shown
_MOST_CANDLES = 10_000
_LINES_REACH = 8.0  # here the lines matter more than the candles
_TOOLBAR_FROM = 330  # pixels of height below which the toolbar would take too much


class PreviewChart(QWidget):
    """Moving a line here only changes the form, so letting go is enough: nothing is sent."""

    line_moved = Signal(str, object)  # key, Decimal
    line_hovered = Signal(str)
    undo_requested = Signal()

    def __init__(self, link: EngineLink, theme: Theme, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._link, self._zone = link, zone
        self._account, self._symbol, self._interval = "", "", "15m"
        self._running = RunningCandle(TIMEFRAMES[self._interval])
        self._lines: tuple[ChartLine, ...] = ()
        self._wanted_at: int | None = None  # to be shown once its candles are there
        self.chart = ChartWidget(theme)
        self.chart.canvas.view.lines_reach = _LINES_REACH
        self._title = QLabel()
        self._hint = QLabel()
        self._stale = QLabel()
        self._undo = link_button("")
        self._lay_out()
        self._connect()
        self.retranslate()

    # --- what is shown

    def show_market(self, account: str, market: Market) -> None:
        """Another pair or account: its candles are fetched."""
        if (account, market.symbol) == (self._account, self._symbol):
            return
        self._account, self._symbol = account, market.symbol
        self.chart.set_market(market.symbol, market.price_tick, self._zone)
        self.chart.show_empty(tr("Loading candles…"))
        self.retranslate()
        self._link.spawn(self._load(), "loading candles of an editor")

    def set_badge(self, text: str) -> None:
        self.chart.set_badge(text)

    def show_lines(self, lines: tuple[ChartLine, ...]) -> None:
        """The lines of what is previewed."""
        self._lines = lines
        self.chart.set_lines(lines)

    def show_conditions(self, studies: Sequence[Study], firings: Sequence[Firings], ready_at: int | None) -> None:
        """Draw the indicators of the bot's conditions, and mark where those came true."""
        self.chart.set_studies(studies)
        self.chart.set_firings(firings, ready_at)

    def show_instant(self, at: int) -> None:
        """Bring a moment into view; candles that are missing up to there are fetched."""
        series = self.chart.canvas.view.series
        if len(series) and at >= int(series.at[0]):
            self.chart.show_instant(at - series.step_ms)
            return
        self._wanted_at = at
        self._link.spawn(self._load(), "loading candles of an editor")

    def show_tick(self, tick: PriceTick) -> None:
        """Let the running candle follow the price."""
        last, step = self.chart.canvas.view.series.last, TIMEFRAMES[self._interval]
        if tick.symbol != self._symbol or last is None or not self.chart.interval:
            return
        price, at = float(tick.price), tick.at // step * step
        if at == last.at:
            low, high = min(last.low, price), max(last.high, price)
            self.chart.update_last(at, last.open, high, low, price, last.volume)
        elif at > last.at:
            bar = Bar(at, last.close, max(last.close, price), min(last.close, price), price, 0.0)
            self.chart.update_last(bar.at, bar.open, bar.high, bar.low, bar.close, bar.volume)

    def show_minute(self, symbol: str, minute: Candle) -> None:
        """Let the running candle grow by a minute of the exchange: prices alone have no volume."""
        bar = self._running.take(minute) if symbol == self._symbol and self.chart.interval else None
        if bar is not None:
            self.chart.update_last(bar.at, bar.open, bar.high, bar.low, bar.close, bar.volume)

    def show_stale(self, text: str | None) -> None:
        """Say since when prices are old; None when they flow."""
        self.chart.set_stale(text)
        self._stale.setText(text or "")
        self._stale.setVisible(text is not None)
        self._hint.setVisible(text is None)

    def show_undo(self, is_possible: bool) -> None:
        self._undo.setVisible(is_possible)

    def highlight(self, key: str) -> None:
        self.chart.highlight(key)

    # --- inside

    def _lay_out(self) -> None:
        self._title.setProperty("role", "title")
        self._hint.setProperty("role", "muted")
        self._stale.setProperty("role", "warning")
        self._stale.hide()
        self._undo.hide()
        head = QHBoxLayout()
        head.setContentsMargins(12, 4, 12, 4)
        head.setSpacing(10)
        head.addWidget(self._title)
        head.addWidget(self._hint)
        head.addWidget(self._stale)
        head.addStretch()
        head.addWidget(self._undo)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.chart, 1)
        self.setMinimumHeight(150)

    def _connect(self) -> None:
        book = self.chart.canvas.book
        self.chart.line_hovered.connect(self.line_hovered)
        self.chart.line_commit_requested.connect(self._commit)
        self.chart.interval_requested.connect(self._change_interval)
        book.changed.connect(self._let_go)
        self._undo.clicked.connect(self.undo_requested)

    def _let_go(self) -> None:
        """A line that was dropped is taken as it is."""
        move = self.chart.canvas.book.move
        if move is not None and move.stage is Stage.PENDING:
            QTimer.singleShot(0, self.chart.canvas.book.commit)

    def _commit(self, key: str, price: str) -> None:
        self.chart.accept_pending(key)
        self.line_moved.emit(key, Decimal(price))

    def _change_interval(self, interval: str) -> None:
        if interval in TIMEFRAMES and interval != self._interval:
            self._interval = interval
            self.retranslate()
            self._link.spawn(self._load(), "loading candles of an editor")

    async def _load(self) -> None:
        account, symbol, interval = self._account, self._symbol, self._interval
        step = TIMEFRAMES[interval]
        wanted, self._wanted_at = self._wanted_at, None
        tick = self._link.known.prices.get((account, symbol))
        end = max(self._link.known.now(account), tick.at if tick is not None else 0) + step
        try:
            count = _CANDLES if wanted is None else min(max(_CANDLES, (end - wanted) // step + _BEFORE), _MOST_CANDLES)
            wish = self._link.wishes.candles(account, symbol, interval, end - count * step, end)
            candles = await self._link.ask(wish)
            opening = opening_of(end - step, step)
            minutes = await self._link.ask(self._link.wishes.candles(account, symbol, "1m", opening, end))
        except Problem as problem:
            if isValid(self):
                self.chart.show_empty(problem_text(problem))
            return
        if not isValid(self) or (account, symbol, interval) != (self._account, self._symbol, self._interval):
            return
        if not len(candles):
            self.chart.show_empty(tr("No candles for {pair} {interval} yet.").format(pair=symbol, interval=interval))
            return
        columns = (candles.open, candles.high, candles.low, candles.close, candles.volume)
        self.chart.set_candles(CandleSeries.from_arrays(step, candles.at, *columns), interval)
        self._running = RunningCandle(step)
        for at in range(len(minutes)):
            self.show_minute(symbol, minutes.candle(at))
        self.chart.set_lines(self._lines)
        if wanted is not None:
            self.chart.show_instant(wanted - step)

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self.chart.toolbar.setVisible(self.height() >= _TOOLBAR_FROM)

    def retranslate(self) -> None:
        self._title.setText(f"{self._symbol} · {self._interval}" if self._symbol else "")
        self._hint.setText(tr("preview — moves with the form"))
        self._undo.setText(tr("Undo"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            self.chart.set_theme(current_theme())
        super().changeEvent(event)
