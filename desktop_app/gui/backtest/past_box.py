"""The candles that something is tested on: pair, period, costs, whether they are all there, the way to the missing."""

from dataclasses import dataclass
from datetime import tzinfo
from decimal import Decimal
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop_app.core.market import HUNDRED, Market
from desktop_app.engine.views import AccountView
from desktop_app.gui import fmt
from desktop_app.gui.backtest.choices import DataChoice, place_words
from desktop_app.gui.backtest.data_line import DataLine, show_gaps
from desktop_app.gui.backtest.download import fetch_missing, may_fetch
from desktop_app.gui.backtest.setup import Asked, SetupForm
from desktop_app.gui.backtest.subject import Subject, usual_balance
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.conditions.lab import off_loop
from desktop_app.gui.i18n import tr
from desktop_app.gui.notices import Banner
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.market_file import default_market
from desktop_app.research.past import Coverage, Source, list_series, look
from desktop_app.research.trial_run import Outcome


@dataclass(frozen=True, slots=True)
class _Looked:
    """The candles that a coverage is of."""

    choice: DataChoice | None
    start: int
    end: int


class PastBox(QWidget):
    """`changed` whenever other candles or costs may be asked for, or the same ones are known better.

    `is_search`: of many runs at once. They are started elsewhere, have as much as the bot needs, and know no candles
    inside candles.
    """

    changed = Signal()

    def __init__(
        self,
        bridge: Bridge,
        folder: Path,
        zone: tzinfo,
        subject: Subject,
        *,
        is_search: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge, self.folder, self._zone, self._subject = bridge, folder, zone, subject
        self._is_search = is_search
        self._line = QStackedWidget(self)
        self.form, self.data, self.banner = SetupForm(subject.symbols, zone, self), DataLine(zone, self._line), Banner()
        if is_search:
            self.form.show_for_search()
        self._looked: _Looked | None = None
        self._ask = 0
        self._is_stopping_fetch = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._line.addWidget(self.data)
        for part in (self.form, self._line, self.banner):
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

    @property
    def choice(self) -> DataChoice | None:
        """The candles that are looked at."""
        return self._looked.choice if self._looked is not None else None

    def market(self) -> Market:
        """The rules of the pair on the bot's account; the usual ones where nobody knows them."""
        symbol = self.form.symbol
        return self._bridge.known.market(self._subject.account, symbol) or default_market(symbol)

    def asked(self) -> Asked | None:
        """What can be tested now; None while there are no candles, or the form cannot be read."""
        return self.form.asked() if self.has_candles else None

    @property
    def has_candles(self) -> bool:
        coverage = self.data.coverage
        return coverage is not None and coverage.candles > 0 and not self.data.is_fetching

    @property
    def problem(self) -> str:
        """Why nothing can be played, translated; empty when something can or is being looked at."""
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
        """The same candles and costs as somewhere else; a search keeps what its bot needs."""
        take_over(self.form, asked, has_balance=not self._is_search)

    def add_line(self, line: QWidget) -> None:
        """One that takes the place of what is known of the candles at times, so that nothing below it moves."""
        self._line.addWidget(line)

    def show_line(self, line: QWidget) -> None:
        self._line.setCurrentWidget(line)

    def set_busy(self, is_busy: bool) -> None:
        self.form.set_busy(is_busy)
        self.data.setEnabled(not is_busy)

    async def _read_series(self) -> None:
        series = await off_loop(lambda: list_series(self.folder))
        if isValid(self):
            self._looked = None
            self.form.show_series(series, self.view, self._bridge.known.now(self._subject.account))

    def _changed(self) -> None:
        market = self.market()
        self.form.show_market(market, None if self._is_search else self._usual_balance(market))
        looked = _Looked(self.form.choice, *self.form.period())
        if looked != self._looked:
            self._looked = looked
            self.data.show_coverage(looked.choice, None)
            self._ask += 1
            if looked.choice is not None:
                self._bridge.spawn(self._look(self._ask, looked, looked.choice), tr("reading candles"))
        self.changed.emit()

    def _usual_balance(self, market: Market) -> Decimal | None:
        price = self._bridge.known.price(self._subject.account, market.symbol)
        return usual_balance(self._subject.settings, market, price)

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
        else:
            self.banner.hide()
        self.refresh()

    def _show_gaps(self) -> None:
        if self.data.coverage is not None:
            self._bridge.spawn(show_gaps(self, self.data.coverage, self._zone), tr("showing gaps"))


def take_over(form: SetupForm, asked: Asked, *, has_balance: bool) -> None:
    """Fill a form with what another one said, as soon as it knows which candles there are."""

    def fill() -> None:
        if form.choice is None:
            return
        form.changed.disconnect(fill)
        form.take(asked, has_balance=has_balance)

    form.changed.connect(fill)
    fill()


def asked_of(outcome: Outcome) -> Asked:
    """What a result was asked with, as far as it tells."""
    taken, source = outcome.assumptions, outcome.source
    rules = BacktestRules(
        timeframe_ms=source.step_ms,
        fee_percent=taken.taker_fee * HUNDRED,
        slippage_percent=taken.slippage_percent,
        fill_through=taken.fill_through,
        balance=taken.balance,
        volume_share_percent=taken.volume_share_percent,
    )
    finer = taken.detail
    detail = Source(finer.source, source.symbol, finer.timeframe) if finer is not None else None
    end = max(outcome.wanted, taken.end + source.step_ms)
    return Asked(DataChoice(source, None, "", ""), taken.start, end, rules, detail)
