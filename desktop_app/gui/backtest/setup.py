"""What a backtest is asked for: pair, candles, period, and what is taken for granted about money and fills."""

from dataclasses import dataclass
from datetime import date, tzinfo
from decimal import Decimal

from PySide6.QtCore import QDate, QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QDateEdit, QHBoxLayout, QLabel, QPushButton, QWidget

from desktop_app.core.market import Market
from desktop_app.engine.views import AccountView
from desktop_app.gui.backtest.choices import (
    DataChoice,
    best_of,
    choices_of,
    day_of,
    finer_than,
    period_of_days,
    usual_days,
)
from desktop_app.gui.conditions.flow import FlowLayout
from desktop_app.gui.editor.rows import QuietCombo
from desktop_app.gui.fields import DecimalEdit
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.icons import icon
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.past import KeptSeries, Source

_D = Decimal
# Ticks that a price must go past a limit order.
FILL_RULES: tuple[tuple[str, int], ...] = (
    (tr_later("as touched"), 0),
    (tr_later("1 tick through"), 1),
    (tr_later("2 ticks through"), 2),
)
_LABELS = ("pair", "data", "days", "to", "balance", "fee", "slippage", "fills", "share", "inside")
_USUAL_RULE = 1
_USUAL_SLIPPAGE = _D("0.02")


@dataclass(frozen=True, slots=True)
class Asked:
    """A form that can be read. `detail`: finer candles that are walked inside each candle."""

    data: DataChoice
    start: int
    end: int
    rules: BacktestRules
    detail: Source | None = None


class SetupForm(QWidget):
    """As many rows as the width asks for. `changed` whenever what is asked for may be another; `asked` reads it."""

    changed = Signal()
    run_requested = Signal()

    def __init__(self, symbols: tuple[str, ...], zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._series: tuple[KeptSeries, ...] = ()
        self._choices: tuple[DataChoice, ...] = ()
        self._view: AccountView | None = None
        self._now = 0
        self._own = symbols  # of the bot
        self._has_chosen_days = False
        self._is_for_search = False
        self._finer: tuple[DataChoice, ...] = ()
        self.pair, self.data, self.fills, self.inside = QuietCombo(), QuietCombo(), QuietCombo(), QuietCombo()
        self.first, self.last = _day_edit(), _day_edit()
        self.balance = DecimalEdit("", is_optional=True, step=_D(100))
        self.fee = DecimalEdit("%", step=_D("0.01"), default=_D("0.1"))
        self.slippage = DecimalEdit("%", step=_D("0.01"), default=_USUAL_SLIPPAGE)
        self.share = DecimalEdit("%", is_optional=True, step=_D(1))
        self.run = QPushButton(self)
        self._labels = {name: QLabel() for name in _LABELS}
        self._groups: dict[str, QWidget] = {}
        self._lay_out()
        self._connect()
        for symbol in symbols:
            self.pair.addItem(symbol, symbol)
        for title, _ in FILL_RULES:
            self.fills.addItem(tr(title))
        self.fills.setCurrentIndex(_USUAL_RULE)
        self.slippage.set_value(_USUAL_SLIPPAGE)
        self.retranslate()

    # --- what it says

    @property
    def symbol(self) -> str:
        return str(self.pair.currentData() or "")

    @property
    def choice(self) -> DataChoice | None:
        at = self.data.currentIndex()
        return self._choices[at] if 0 <= at < len(self._choices) else None

    @property
    def detail(self) -> Source | None:
        """The finer candles that are chosen; None: the path that every candle is assumed to have."""
        at = self.inside.currentIndex() - 1
        return self._finer[at].source if 0 <= at < len(self._finer) else None

    def period(self) -> tuple[int, int]:
        choice = self.choice
        kept = choice.kept if choice is not None else None
        return period_of_days(_python(self.first.date()), _python(self.last.date()), kept, self._now, self._zone)

    def asked(self) -> Asked | None:
        """None while something cannot be read; the fields say what."""
        choice, (start, end) = self.choice, self.period()
        fee, slippage, balance = self.fee.value, self.slippage.value, self.balance.value
        if choice is None or start >= end or fee is None or slippage is None or self.problem():
            return None
        rules = BacktestRules(
            timeframe_ms=choice.source.step_ms,
            fee_percent=fee,
            slippage_percent=slippage,
            fill_through=FILL_RULES[self.fills.currentIndex()][1],
            balance=balance,
            volume_share_percent=self.share.value,
        )
        return Asked(choice, start, end, rules, self.detail)

    def problem(self) -> str:
        """What is wrong with the form, in a sentence; nothing if it can be run."""
        for name, field in self._fields.items():
            if field.problem:
                return f"{self._labels[name].text()}: {field.problem}"
        if self.balance.value is not None and self.balance.value <= 0:
            return tr("The balance must be above 0. Leave it empty for as much as the bot needs.")
        percents = (self.fee.value or _D(0), self.slippage.value or _D(0))
        if any(not 0 <= percent < 100 for percent in percents):
            return tr("Fee and slippage are percents from 0 to below 100. 0.1 means 0.1 %.")
        if self.share.value is not None and not 0 < self.share.value <= _D(100):
            return tr("The share of the volume is above 0 and at most 100 %. Leave it empty to not look at the volume.")
        start, end = self.period()
        if start >= end:
            return tr("The last day must not be before the first one.")
        return ""

    # --- what it is told

    def show_series(self, series: tuple[KeptSeries, ...], view: AccountView | None, now: int) -> None:
        """What is kept, whose bot it is, and what time it is there."""
        self._series, self._view, self._now = series, view, now
        with QSignalBlocker(self.pair):
            known = {self.pair.itemData(i) for i in range(self.pair.count())}
            for symbol in sorted({one.source.symbol for one in series} - known):
                self.pair.addItem(symbol, symbol)
        self._show_choices()

    def show_market(self, market: Market, balance: Decimal | None) -> None:
        """Fee and balance to begin with, where nobody has typed any."""
        self.balance.set_unit(market.quote)
        if not self.fee.isModified():
            self.fee.set_value(market.taker_fee * 100)
        if not self.balance.isModified():
            self.balance.set_value(balance)

    def show_days(self, first: date, last: date) -> None:
        for field, day in ((self.first, first), (self.last, last)):
            with QSignalBlocker(field):
                field.setDate(QDate(day.year, day.month, day.day))

    def choose(self, symbol: str, source_key: tuple[str, str] | None = None) -> None:
        """Another pair, and of it another source (exchange, timeframe)."""
        at = self.pair.findData(symbol)
        if at < 0:
            self.pair.addItem(symbol, symbol)
            at = self.pair.count() - 1
        self.pair.setCurrentIndex(at)
        for i, choice in enumerate(self._choices):
            if source_key == (choice.source.exchange, choice.source.timeframe):
                self.data.setCurrentIndex(i)

    def show_for_many(self) -> None:
        """The pairs are chosen elsewhere; this one's candles say which timeframe all of them have."""
        for name in ("pair", "inside"):
            self._groups[name].hide()

    def show_pairs(self, symbols: tuple[str, ...]) -> None:
        """Other pairs to choose from, the first of which is chosen."""
        with QSignalBlocker(self.pair):
            self.pair.clear()
            for symbol in symbols:
                self.pair.addItem(symbol, symbol)
        self._show_choices()

    def show_for_search(self) -> None:
        """A search is started elsewhere, and walks no candles inside candles."""
        self._is_for_search = True
        for part in (self.run, self._groups["inside"]):
            part.hide()

    def take(self, asked: Asked, *, has_balance: bool) -> None:
        """What another form said; its candles must be among the choices."""
        source, rules = asked.data.source, asked.rules
        self.choose(source.symbol, (source.exchange, source.timeframe))
        self._has_chosen_days = True
        self.show_days(day_of(asked.start, self._zone), day_of(asked.end - 1, self._zone))
        values: list[tuple[DecimalEdit, Decimal | None]] = [
            (self.fee, rules.fee_percent), (self.slippage, rules.slippage_percent),
            (self.share, rules.volume_share_percent),
        ]  # fmt: skip
        if has_balance:
            values.append((self.balance, rules.balance))
        for field, value in values:
            with QSignalBlocker(field):
                field.set_value(value)
            field.setModified(True)  # it was chosen: no market's fee replaces it
        ticks = [through for _, through in FILL_RULES]
        if rules.fill_through in ticks:
            self.fills.setCurrentIndex(ticks.index(rules.fill_through))
        finer = [] if self._is_for_search else [choice.source for choice in self._finer]
        self.inside.setCurrentIndex(finer.index(asked.detail) + 1 if asked.detail in finer else 0)
        self.changed.emit()

    def set_busy(self, is_busy: bool) -> None:
        combos = (self.pair, self.data, self.fills, self.inside)
        for part in (*combos, self.first, self.last, *self._fields.values()):
            part.setEnabled(not is_busy)
        self.run.setEnabled(not is_busy)

    def name_run(self, text: str, *, is_possible: bool) -> None:
        self.run.setText(text)
        self.run.setEnabled(is_possible)

    # --- inside

    @property
    def _fields(self) -> dict[str, DecimalEdit]:
        return {"balance": self.balance, "fee": self.fee, "slippage": self.slippage, "share": self.share}

    def _show_choices(self) -> None:
        before = self.choice
        self._choices = choices_of(self.symbol, self._series, self._view)
        sources = [choice.source for choice in self._choices]
        with QSignalBlocker(self.data):
            self.data.clear()
            for choice in self._choices:
                self.data.addItem(choice.label)
            is_same = before is not None and before.source in sources
            at = sources.index(before.source) if before is not None and is_same else best_of(self._choices)
            self.data.setCurrentIndex(at if self._choices else -1)
        self.data.setToolTip(self.data.currentText())
        if not self._has_chosen_days:
            self.show_days(*usual_days(self.choice, self._view, self._now, self._zone))
        self._show_finer()
        self.changed.emit()

    def _show_finer(self) -> None:
        """What is kept of the pair in finer candles than the chosen ones."""
        before = self.detail
        self._finer = finer_than(self.choice, self._choices)
        with QSignalBlocker(self.inside):
            self.inside.clear()
            self.inside.addItem(tr("assumed"))
            for choice in self._finer:
                self.inside.addItem(choice.label)
            sources = [choice.source for choice in self._finer]
            self.inside.setCurrentIndex(sources.index(before) + 1 if before in sources else 0)

    def _data_picked(self) -> None:
        self.data.setToolTip(self.data.currentText())  # in full: it may be long
        self._show_finer()
        if not self._has_chosen_days:
            self.show_days(*usual_days(self.choice, self._view, self._now, self._zone))
        self.changed.emit()

    def _day_picked(self) -> None:
        self._has_chosen_days = True
        self.changed.emit()

    def _connect(self) -> None:
        self.pair.currentIndexChanged.connect(lambda _at: self._show_choices())
        self.data.currentIndexChanged.connect(lambda _at: self._data_picked())
        for combo in (self.fills, self.inside):
            combo.currentIndexChanged.connect(lambda _at: self.changed.emit())
        for day in (self.first, self.last):
            day.dateChanged.connect(lambda _day: self._day_picked())
        for field in self._fields.values():
            field.value_changed.connect(lambda _value: self.changed.emit())
            field.returnPressed.connect(self.run_requested)
        self.run.clicked.connect(self.run_requested)

    def _lay_out(self) -> None:
        self.run.setProperty("primary", True)
        self.run.setIcon(icon("play", "primary_fg"))
        self.balance.setFixedWidth(128)
        for field in (self.fee, self.slippage):
            field.setFixedWidth(86)
        self.share.setFixedWidth(100)
        for combo, length in ((self.pair, 8), (self.data, 16), (self.fills, 11), (self.inside, 10)):
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(length)
        flow = FlowLayout(gap=14, line_gap=6)
        for parts in (
            (("pair", self.pair),), (("data", self.data),), (("days", self.first), ("to", self.last)),
            (("inside", self.inside),), (("balance", self.balance),), (("fee", self.fee),),
            (("slippage", self.slippage),), (("fills", self.fills),), (("share", self.share),),
        ):  # fmt: skip
            group = self._groups[parts[0][0]] = QWidget(self)
            row = QHBoxLayout(group)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(6)
            for name, part in parts:
                label = self._labels[name]
                label.setBuddy(part)
                label.setProperty("role", "muted")
                row.addWidget(label)
                row.addWidget(part)
            flow.addWidget(group)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 8, 12, 6)
        line.setSpacing(12)
        line.addLayout(flow, 1)
        line.addWidget(self.run, 0, Qt.AlignmentFlag.AlignBottom)

    def retranslate(self) -> None:
        words = {
            "pair": tr("Pair"), "data": tr("Candles"), "days": tr("Period"), "to": tr("to"), "balance": tr("Balance"),
            "fee": tr("Fee"), "slippage": tr("Slippage"), "fills": tr("Limit orders"),
            "share": tr("Volume share"), "inside": tr("Candle path"),
        }  # fmt: skip
        for name, label in self._labels.items():
            label.setText(words[name])
        self.balance.setPlaceholderText(tr("as needed"))
        self.balance.setToolTip(tr("What there is to spend. Empty: as much as the bot needs."))
        self.fee.setToolTip(tr("Taken on both sides of every trade."))
        self.slippage.setToolTip(tr("How much worse market orders fill than the price shown."))
        self.fills.setToolTip(
            tr("When a limit order counts as filled. Touched flatters: others stand in line before you.")
        )
        for i, (title, _) in enumerate(FILL_RULES):
            self.fills.setItemText(i, tr(title))
        self.share.setPlaceholderText(tr("no limit"))
        self.share.setToolTip(
            tr("How much of a candle's volume one limit order may take; more fills in the candles after it. Empty: "
               "all that it wants.")
        )  # fmt: skip
        self.inside.setItemText(0, tr("assumed"))
        self.inside.setToolTip(
            tr("What came first within a candle, a candle does not tell: open, nearer extreme, farther extreme, close "
               "is assumed. Finer candles of the same pair that are kept here tell it.")
        )  # fmt: skip
        names = (
            (self.pair, tr("Pair")), (self.data, tr("Candles to test on")), (self.first, tr("First day")),
            (self.last, tr("Last day")), (self.balance, tr("Balance at the start")), (self.fee, tr("Fee, percent")),
            (self.slippage, tr("Slippage of market orders, percent")), (self.fills, tr("Fill rule")),
            (self.share, tr("Share of a candle's volume, percent")), (self.inside, tr("Path inside a candle")),
        )  # fmt: skip
        for widget, name in names:
            widget.setAccessibleName(name)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
            self._show_choices()
        super().changeEvent(event)


def _day_edit() -> QDateEdit:
    edit = QDateEdit()
    edit.setDisplayFormat("yyyy-MM-dd")
    edit.setCalendarPopup(True)
    return edit


def _python(day: QDate) -> date:
    return date(day.year(), day.month(), day.day())
