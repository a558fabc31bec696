"""What several bots are tested on together: which of them, the candles of all their pairs, one balance, and costs."""

from collections.abc import Sequence
from datetime import tzinfo
from decimal import Decimal
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSplitter, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop_app.core.market import Market
from desktop_app.engine.views import AccountView
from desktop_app.gui import fmt
from desktop_app.gui.backtest.bot_checks import BotChecks, BotChecksView
from desktop_app.gui.backtest.choices import choices_of, place_words, size_words
from desktop_app.gui.backtest.download import fetch_missing
from desktop_app.gui.backtest.pair_rows import pair_columns
from desktop_app.gui.backtest.portfolio_plan import (
    PairPlan,
    bots_on,
    choice_like,
    currency_problem,
    members_of,
    pairs_of,
    shared_balance,
    why_not,
)
from desktop_app.gui.backtest.setup import SetupForm
from desktop_app.gui.backtest.subject import USUAL_BALANCE, Subject
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.conditions.lab import off_loop
from desktop_app.gui.dialogs import confirmed
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.icons import icon
from desktop_app.gui.models import RowsModel
from desktop_app.gui.notices import Banner, plain_label
from desktop_app.gui.tables import DataTable
from desktop_app.research.market_file import default_market
from desktop_app.research.past import KeptSeries, list_series, look
from desktop_app.research.portfolio_run import PairOrder, PortfolioOrder

_MOST_NAMED = 3  # pairs in a sentence


class PortfolioBox(QWidget):
    """The choosing. `form` stands elsewhere on the page; `changed` whenever something else may be asked for."""

    changed = Signal()

    def __init__(self, bridge: Bridge, folder: Path, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._folder, self._zone = bridge, folder, zone
        self._series: tuple[KeptSeries, ...] | None = None  # until it is known, nothing is chosen from it
        self._looked: tuple[object, ...] = ()
        self._ask = 0
        self._balance: Decimal | None = USUAL_BALANCE
        self._fetching: tuple[int, int] | None = None
        self._is_stopping_fetch = False
        self.plans: tuple[PairPlan, ...] = ()
        self.form, self.banner = SetupForm((), zone), Banner()
        self.form.show_for_many()
        self.checks = BotChecks(self)
        self.bots = BotChecksView(self.checks)
        self.model: RowsModel[PairPlan] = RowsModel(lambda plan: plan.symbol, pair_columns(), self)
        self.pairs = DataTable(self.model, tr_later("Candles of the pairs"))
        self.bots_title, self.pairs_title, self.note = QLabel(), QLabel(), plain_label()
        self.get, self.stop, self.bar = QPushButton(), QPushButton(), QProgressBar()
        self._lay_out()
        self.checks.ticked_changed.connect(self._ticked)
        self.form.changed.connect(self._changed)
        self.get.clicked.connect(self.get_data)
        self.stop.clicked.connect(self.stop_fetching)
        bridge.reloaded.connect(self.refresh)
        self.retranslate()

    # --- what it says

    @property
    def subjects(self) -> tuple[Subject, ...]:
        return self.checks.ticked

    @property
    def is_fetching(self) -> bool:
        return self._fetching is not None

    @property
    def is_gappy(self) -> bool:
        return any(plan.coverage is not None and not plan.coverage.is_whole for plan in self.plans)

    def problem(self) -> str:
        """Why nothing can be played, translated; empty when something can or is being looked at."""
        subjects = self.subjects
        if not subjects:
            return tr("Tick the bots that share one balance.")
        if problem := currency_problem(subjects) or self.form.problem():
            return problem
        lacking = [plan.symbol for plan in self.plans if plan.is_known and not plan.has_candles]
        if not lacking:
            return ""
        names = ", ".join(lacking[:_MOST_NAMED])
        if len(lacking) > _MOST_NAMED:
            names = tr("{pairs} and {count} more").format(pairs=names, count=len(lacking) - _MOST_NAMED)
        if self._missing():
            words = tr("No candles of {pairs} in this period. Get them, or untick the bots that trade them.")
        else:
            words = tr("No candles of {pairs} in this period. Import them, or untick the bots that trade them.")
        return words.format(pairs=names)

    @property
    def is_ready(self) -> bool:
        """Whether everything that is needed is there, as far as it was looked at."""
        return not self.problem() and not self.is_fetching and all(plan.is_known for plan in self.plans)

    def order(self) -> PortfolioOrder | None:
        """What can be played now; None while something is missing."""
        asked = self.form.asked()
        if asked is None or not self.is_ready:
            return None
        symbols = tuple(plan.symbol for plan in self.plans)
        pairs = tuple(
            PairOrder(self.market(plan.symbol), plan.choice.source) for plan in self.plans if plan.choice is not None
        )
        return PortfolioOrder(
            members_of(self.subjects, symbols), pairs, asked.rules, self._folder, asked.start, asked.end
        )

    def market(self, symbol: str) -> Market:
        """The rules of a pair on the account of the first bot that trades it; the usual ones where nobody knows."""
        account = self._account_of(symbol)
        return self._bridge.known.market(account, symbol) or default_market(symbol)

    # --- what it is told

    def show_subjects(self, subjects: Sequence[Subject], ticked: Sequence[Subject]) -> None:
        self.checks.show_subjects(subjects, ticked)

    def refresh(self) -> None:
        """Read anew what is kept."""
        self._bridge.spawn(self._read_series(), tr("reading candles"))

    def set_busy(self, is_busy: bool) -> None:
        self.form.set_busy(is_busy)
        self.setEnabled(not is_busy)

    async def _read_series(self) -> None:
        series = await off_loop(lambda: list_series(self._folder))
        if isValid(self):
            self._series, self._looked = series, ()
            self._ticked()

    # --- inside

    def _account_of(self, symbol: str) -> str:
        return next((one.account for one in bots_on(symbol, self.subjects, self._symbols())), "")

    def _view_of(self, symbol: str) -> AccountView | None:
        return self._bridge.known.accounts.get(self._account_of(symbol))

    def _symbols(self) -> tuple[str, ...]:
        return pairs_of(self.subjects)

    def _ticked(self) -> None:
        """Other bots: their first pair leads. Before any is ticked, the form shows what it could be."""
        shown = self.subjects or tuple(one for one in self.checks.subjects if not why_not(one))[:1]
        symbols = pairs_of(shown)
        self.form.show_pairs(symbols)
        if symbols and self._series is not None:
            account = bots_on(symbols[0], shown, symbols)[0].account
            view = self._bridge.known.accounts.get(account)
            self.form.show_series(self._series, view, self._bridge.known.now(account))
        self.form.set_busy(not symbols)
        self._balance = self._usual_balance()
        self._changed()

    def _usual_balance(self) -> Decimal | None:
        """What to begin with, where nobody has typed anything."""
        symbols = self._symbols()
        if not symbols or currency_problem(self.subjects):
            return USUAL_BALANCE
        known = {one: self._bridge.known.price(self._account_of(one), one) for one in symbols}
        prices = {symbol: price for symbol, price in known.items() if price is not None}
        return shared_balance(self.subjects, {one: self.market(one) for one in symbols}, prices)

    def _changed(self) -> None:
        symbols, lead = self._symbols(), self.form.choice
        if self.form.symbol:
            self.form.show_market(self.market(self.form.symbol), self._balance)
        start, end = self.form.period()
        plans = []
        for symbol in symbols:
            choices = choices_of(symbol, self._series or (), self._view_of(symbol))
            bots = tuple(one.name for one in bots_on(symbol, self.subjects, symbols))
            choice = lead if symbol == symbols[0] else choice_like(lead, choices) if lead is not None else None
            plans.append(PairPlan(symbol, bots, choice))
        looked = (tuple(plans), start, end)
        if looked != self._looked:
            self._looked, self.plans = looked, tuple(plans)
            self._ask += 1
            if plans:
                self._bridge.spawn(self._look(self._ask, self.plans, start, end), tr("reading candles"))
        self._show()

    async def _look(self, ask: int, plans: tuple[PairPlan, ...], start: int, end: int) -> None:
        def looked() -> tuple[PairPlan, ...]:
            return tuple(
                PairPlan(one.symbol, one.bots, one.choice, look(self._folder, one.choice.source, start, end))
                if one.choice is not None
                else one
                for one in plans
            )

        found = await off_loop(looked)
        if isValid(self) and ask == self._ask:
            self.plans = found
            self._show()

    # --- what is missing

    def _missing(self) -> tuple[PairPlan, ...]:
        return tuple(plan for plan in self.plans if plan.can_fetch)

    def get_data(self) -> None:
        """Say how much will be fetched, and fetch it when that is wanted."""
        if self._missing() and not self.is_fetching:
            self._bridge.spawn(self._get_data(self._missing(), *self.form.period()), tr("fetching candles"))

    def stop_fetching(self) -> None:
        self._is_stopping_fetch = True

    async def _get_data(self, plans: tuple[PairPlan, ...], start: int, end: int) -> None:
        if not await self._may_fetch(plans):
            return
        self._is_stopping_fetch = False
        problem = ""
        try:
            problem = await self._fetch(plans, start, end)
        finally:
            if isValid(self):
                self._fetching = None
                self._show()
        if not isValid(self):
            return
        if problem:
            self.banner.say("error", problem, tr("What has come is kept. Nothing was ordered."))
        else:
            self.banner.hide()
        self.refresh()

    async def _may_fetch(self, plans: tuple[PairPlan, ...]) -> bool:
        size, count = self._size_of(plans)
        lines = [
            tr("{count} candles of {pairs}: about {size} on this disk.").format(
                count=fmt.whole(count), pairs=", ".join(plan.symbol for plan in plans), size=size
            ),
            tr("They are public prices; nothing is ordered. You can stop at any time: what has come is kept."),
        ]
        title = tr("Get the missing candles?")
        return await confirmed(self, title, lines, yes=tr("Get {size}").format(size=size), no=tr("Not now"))

    async def _fetch(self, plans: tuple[PairPlan, ...], start: int, end: int) -> str:
        """One pair after the other; the first problem ends it."""
        bridge, done = self._bridge, 0
        wanted = sum(plan.coverage.missing for plan in plans if plan.coverage is not None)
        for plan in plans:
            if plan.choice is None or self._is_stopping_fetch:
                break
            before = done

            def told(asked: int, _total: int, before: int = before) -> None:
                self._fetching = (before + asked, wanted)
                self._show()

            told(0, 0)
            fetched = await fetch_missing(
                self._folder, plan.choice, start, end, lambda *wish: bridge.ask(bridge.wishes.candles(*wish)), told,
                lambda: self._is_stopping_fetch,
            )  # fmt: skip
            if fetched.problem:
                return f"{plan.symbol}: {fetched.problem}"
            if fetched.coverage.missing and not fetched.is_stopped:
                words = tr("{place} has no more candles of {pair}: {missing} are still missing.")
                place = place_words(plan.choice.source.exchange, self._view_of(plan.symbol))
                missing = fmt.whole(fetched.coverage.missing)
                self.banner.say("info", words.format(place=place, pair=plan.symbol, missing=missing))
            done += plan.coverage.missing if plan.coverage is not None else 0
        return ""

    def _size_of(self, plans: Sequence[PairPlan]) -> tuple[str, int]:
        missing = [plan.coverage for plan in plans if plan.coverage is not None]
        return size_words(sum(one.missing_bytes for one in missing)), sum(one.missing for one in missing)

    # --- looks

    def _show(self) -> None:
        self.model.replace(self.plans)
        problem, missing = self.problem(), self._missing()
        self.note.setText(problem)
        self.note.setVisible(bool(problem))
        self.note.setProperty("role", "problem" if self.subjects else "muted")
        self.note.style().polish(self.note)
        self.get.setVisible(bool(missing) and not self.is_fetching)
        self.get.setText(tr("Get data… ({size})").format(size=self._size_of(missing)[0]))
        for part in (self.bar, self.stop):
            part.setVisible(self.is_fetching)
        if self._fetching is not None:
            done, total = self._fetching
            self.bar.setMaximum(max(1, total))
            self.bar.setValue(done)
        self.changed.emit()

    def _lay_out(self) -> None:
        self.get.setProperty("slim", True)
        self.get.setIcon(icon("down"))
        self.stop.setProperty("slim", True)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(8)
        self.bar.setMaximumWidth(220)
        self.bots_title.setBuddy(self.bots)
        self.pairs_title.setBuddy(self.pairs)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        head = QHBoxLayout()
        head.addWidget(self.pairs_title)
        head.addStretch(1)
        for part in (self.bar, self.stop, self.get):
            head.addWidget(part)
        for title, extra, view, share in (
            (self.bots_title, None, self.bots, 3), (None, head, self.pairs, 2),
        ):  # fmt: skip
            half = QWidget()
            column = QVBoxLayout(half)
            column.setContentsMargins(12, 8, 12, 6)
            column.setSpacing(6)
            if title is not None:
                column.addWidget(title)
            if extra is not None:
                column.addLayout(extra)
            column.addWidget(view, 1)
            split.addWidget(half)
            split.setStretchFactor(split.count() - 1, share)
        note = QHBoxLayout()
        note.setContentsMargins(12, 0, 12, 8)
        note.addWidget(self.note, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(split, 1)
        column.addLayout(note)

    def retranslate(self) -> None:
        self.bots_title.setText(tr("Bots that share the balance"))
        self.bots.setAccessibleName(tr("Bots that share the balance"))
        self.pairs_title.setText(tr("Candles of their pairs"))
        self.pairs.set_empty(tr("The pairs of the ticked bots stand here, and whether their candles are kept."))
        self.stop.setText(tr("Stop"))
        self.bar.setAccessibleName(tr("Progress"))
        self.form.balance.setToolTip(tr("What all of them have to spend together. Empty: as much as they need."))
        self.checks.retranslate()
        self.model.retranslate()
        self._show()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
