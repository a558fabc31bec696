"""The candles that a search is made on: pair, period, costs, whether they are all there, and the way to the missing."""

from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from PySide6.QtCore import QDate, QSignalBlocker, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop_app.core.market import Market
from desktop_app.engine.views import AccountView
from desktop_app.gui import fmt
from desktop_app.gui.backtest.choices import DataChoice, day_of, place_words
from desktop_app.gui.backtest.data_line import DataLine, show_gaps
from desktop_app.gui.backtest.download import fetch_missing, may_fetch
from desktop_app.gui.backtest.setup import Asked, SetupForm
from desktop_app.gui.backtest.subject import Subject
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.conditions.lab import off_loop
from desktop_app.gui.i18n import tr
from desktop_app.gui.notices import Banner
from desktop_app.research.market_file import default_market
from desktop_app.research.past import Coverage, list_series, look


@dataclass(frozen=True, slots=True)
class _Looked:
    """The candles that a coverage is of."""

    choice: DataChoice | None
    start: int
    end: int


class PastBox(QWidget):
    """`changed` whenever other candles or costs may be asked for, or the same ones are known better."""

    changed = Signal()

    def __init__(
        self, bridge: Bridge, folder: Path, zone: tzinfo, subject: Subject, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge, self.folder, self._zone, self._subject = bridge, folder, zone, subject
        self.form, self.data, self.banner = SetupForm(subject.symbols, zone), DataLine(zone), Banner()
        self.form.run.hide()  # a search has its own button
        self._looked: _Looked | None = None
        self._ask = 0
        self._is_stopping_fetch = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.form, self.data, self.banner):
            column.addWidget(part)
        self.form.changed.connect(self._changed)
        self.data.get_requested.connect(self.get_data)
        self.data.stop_requested.connect(self.stop_fetching)
        self.data.gaps_requested.connect(self._show_gaps)
        bridge.reloaded.connect(self.refresh)

    # --- what it says

    @property
    def view(self) -> AccountView | None:
        return self._bridge.known.accounts.get(self._subject.account)

    def market(self) -> Market:
        """The rules of the pair on the bot's account; the usual ones where nobody knows them."""
        symbol = self.form.symbol
        return self._bridge.known.market(self._subject.account, symbol) or default_market(symbol)

    def asked(self) -> Asked | None:
        """What can be searched on now; None while there are no candles, or the form cannot be read."""
        return self.form.asked() if self.has_candles else None

    @property
    def has_candles(self) -> bool:
        coverage = self.data.coverage
        return coverage is not None and coverage.candles > 0 and not self.data.is_fetching

    @property
    def problem(self) -> str:
        """Why nothing can be searched on this, translated; empty when something can or is being looked at."""
        if problem := self.form.problem():
            return problem
        choice, coverage = self.form.choice, self.data.coverage
        if choice is None:
            words = tr(
                "No candles of {pair} are kept, and no account is here to fetch them. Connect one, or import a file."
            )
            return words.format(pair=self.form.symbol)
        if coverage is not None and not coverage.candles and not self.data.is_fetching:
            words = tr("Needs {timeframe} candles of {pair}.")
            return words.format(timeframe=choice.source.timeframe, pair=choice.source.symbol)
        return ""

    # --- what it is told

    def refresh(self) -> None:
        """Read anew what is kept."""
        self._bridge.spawn(self._read_series(), tr("reading candles"))

    def take(self, asked: Asked) -> None:
        """The same candles and costs as somewhere else."""
        take_over(self.form, asked, self._zone)

    def set_busy(self, is_busy: bool) -> None:
        self.form.set_busy(is_busy)
        self.data.setEnabled(not is_busy)

    async def _read_series(self) -> None:
        series = await off_loop(lambda: list_series(self.folder))
        if isValid(self):
            self._looked = None
            self.form.show_series(series, self.view, self._bridge.known.now(self._subject.account))

    def _changed(self) -> None:
        self.form.show_market(self.market(), None)
        looked = _Looked(self.form.choice, *self.form.period())
        if looked != self._looked:
            self._looked = looked
            self.data.show_coverage(looked.choice, None)
            self._ask += 1
            if looked.choice is not None:
                self._bridge.spawn(self._look(self._ask, looked, looked.choice), tr("reading candles"))
        self.changed.emit()

    async def _look(self, ask: int, looked: _Looked, choice: DataChoice) -> None:
        coverage = await off_loop(lambda: look(self.folder, choice.source, looked.start, looked.end))
        if isValid(self) and ask == self._ask:
            self.data.show_coverage(choice, coverage)
            self.changed.emit()

    # --- what is missing

    def get_data(self) -> None:
        """Say how much will be fetched, and fetch it when that is wanted."""
        if self.data.coverage is not None and self._looked is not None and not self.data.is_fetching:
            self._bridge.spawn(self._get_data(self._looked, self.data.coverage), tr("fetching candles"))

    def stop_fetching(self) -> None:
        self._is_stopping_fetch = True

    async def _get_data(self, looked: _Looked, coverage: Coverage) -> None:
        choice = looked.choice
        if (
            choice is None
            or not choice.account
            or not await may_fetch(self, choice, coverage, looked.start, looked.end, self._zone)
        ):
            return
        self._is_stopping_fetch = False
        self.data.show_progress(0, coverage.missing)
        self.changed.emit()
        bridge = self._bridge
        try:
            fetched = await fetch_missing(
                self.folder, choice, looked.start, looked.end,
                lambda *wish: bridge.ask(bridge.wishes.candles(*wish)),
                self.data.show_progress, lambda: self._is_stopping_fetch,
            )  # fmt: skip
        finally:
            if isValid(self):
                self.data.show_idle()
        if not isValid(self):
            return
        if fetched.problem:
            self.banner.say("error", fetched.problem, tr("What has come is kept. Nothing was ordered."))
        elif fetched.coverage.missing and not fetched.is_stopped:
            words = tr("{place} has no more candles of this period: {missing} are still missing.")
            place = place_words(choice.source.exchange, self.view)
            self.banner.say("info", words.format(place=place, missing=fmt.whole(fetched.coverage.missing)))
        self.refresh()

    def _show_gaps(self) -> None:
        if self.data.coverage is not None:
            self._bridge.spawn(show_gaps(self, self.data.coverage, self._zone), tr("showing gaps"))


def take_over(form: SetupForm, asked: Asked, zone: tzinfo) -> None:
    """Fill a form with what another one said, as soon as it knows which candles there are."""
    source = asked.data.source

    def fill() -> None:
        if form.choice is None:
            return
        form.changed.disconnect(fill)
        form.choose(source.symbol, (source.exchange, source.timeframe))
        form.first.setDate(_day(asked.start, zone))
        form.last.setDate(_day(asked.end - 1, zone))
        for field, value in ((form.fee, asked.rules.fee_percent), (form.slippage, asked.rules.slippage_percent)):
            with QSignalBlocker(field):
                field.set_value(value)
            field.setModified(True)  # it was chosen: no market's fee replaces it
        form.changed.emit()

    form.changed.connect(fill)
    fill()


def _day(at: int, zone: tzinfo) -> QDate:
    day = day_of(at, zone)
    return QDate(day.year, day.month, day.day)
