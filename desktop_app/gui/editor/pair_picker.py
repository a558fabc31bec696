"""The sheet on which the pairs of a bot are chosen: searched by hand, or by a rule that shows what it comes to now."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop_app.gui import fmt
from desktop_app.gui.editor.pair_choice import MOST_TOP, PairChoice, PairRow, quotes_of
from desktop_app.gui.editor.rows import QuietCombo
from desktop_app.gui.fields import DecimalEdit, Segmented
from desktop_app.gui.i18n import is_chinese, tr, tr_later
from desktop_app.gui.icons import icon
from desktop_app.gui.models import Column, RowsModel
from desktop_app.gui.notices import plain_label
from desktop_app.gui.tables import DataTable

_HOW = (
    ("listed", tr_later("By hand")),
    ("quote", tr_later("All of a currency")),
    ("top", tr_later("Most traded")),
)
_MOST_NAMED = 12


class PairPicker(QWidget):
    """Holds a choice; whoever opened it asks for `choice` when the sheet is answered."""

    changed = Signal()
    quote_shown = Signal(str)  # another currency: what its pairs turn over may not be known yet

    def __init__(self, choice: PairChoice, rows: Sequence[PairRow], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = tuple(rows)
        quotes = quotes_of(rows)
        listed = choice.pairs[0].partition("/")[2] if choice.pairs else ""
        self._choice = replace(choice, quote=choice.quote or listed or (quotes[0] if quotes else ""))
        self._in: frozenset[str] = frozenset()
        self.how = Segmented(_HOW)
        self.quote = QuietCombo()
        self.count = DecimalEdit(step=Decimal(1))
        self.search = QLineEdit()
        self.model: RowsModel[PairRow] = RowsModel(lambda row: row.market.symbol, self._columns(), self)
        self.table = PairTable(self.model, tr_later("Pairs"), self)
        self._quote_label, self._count_label = QLabel(), QLabel()
        self._summary, self._note = plain_label(), plain_label()
        for quote in quotes:
            self.quote.addItem(quote, quote)
        self._lay_out()
        self._show()
        self._connect()
        self.retranslate()

    @property
    def choice(self) -> PairChoice:
        return self._choice

    @property
    def now(self) -> tuple[str, ...]:
        """The pairs that the choice comes to at this moment."""
        return self._choice.now(self._rows)

    @property
    def is_usable(self) -> bool:
        """Whether the bot would have a pair; a list of the most traded may be empty while turnover is unknown."""
        return bool(self.now) or self._choice.how != "listed"

    def set_rows(self, rows: Sequence[PairRow]) -> None:
        """More has become known of the pairs."""
        self._rows = tuple(rows)
        self._show()
        self.changed.emit()

    def toggle(self, symbol: str) -> None:
        """A click on a pair: chosen or not; under a rule: traded or never."""
        self._choice = self._choice.toggled(symbol)
        self._show()
        self.changed.emit()

    # --- inside

    def _columns(self) -> tuple[Column[PairRow], ...]:
        return (
            Column("pair", tr_later("Pair"), lambda row: row.market.symbol, icon=self._mark, width=16,
                   spoken=lambda row: f"{row.market.symbol}, {self._state(row.market.symbol)}"),
            Column("state", tr_later("State"), lambda row: self._state(row.market.symbol), width=12,
                   colour=lambda row: "text" if row.market.symbol in self._in else "muted"),
            Column("price", tr_later("Last"), lambda row: fmt.price(row.price, row.market.price_tick), is_number=True,
                   sort=lambda row: row.price, width=12),
            Column("volume", tr_later("24h volume"), lambda row: fmt.compact(row.volume, chinese=is_chinese()),
                   is_number=True, sort=lambda row: row.volume, width=11),
        )  # fmt: skip

    def _mark(self, row: PairRow) -> QIcon | None:
        if row.market.symbol in self._choice.never and self._choice.how != "listed":
            return icon("close", "muted")
        return icon("check", "accent") if row.market.symbol in self._in else None

    def _state(self, symbol: str) -> str:
        if symbol in self._choice.never and self._choice.how != "listed":
            return tr("never")
        if symbol in self._in:
            return tr("chosen") if self._choice.how == "listed" else tr("traded now")
        return ""

    def _connect(self) -> None:
        self.how.changed.connect(self._how_changed)
        self.quote.currentIndexChanged.connect(lambda _place: self._quote_changed(str(self.quote.currentData())))
        self.count.value_changed.connect(self._count_changed)
        self.search.textChanged.connect(self.model.set_filter_text)
        self.search.returnPressed.connect(self._take_first)
        self.table.toggled.connect(self.toggle)
        self.table.empty_action_requested.connect(self.search.clear)

    def _how_changed(self, how: str) -> None:
        self._take(how=how)

    def _quote_changed(self, quote: str) -> None:
        """All pairs of a bot have one quote currency: those of another are not chosen any more."""
        kept = tuple(pair for pair in self._choice.pairs if pair.partition("/")[2] == quote)
        self._take(quote=quote, pairs=kept)
        self.quote_shown.emit(quote)

    def _count_changed(self, value: Decimal | None) -> None:
        is_fine = value is not None and 1 <= value <= MOST_TOP and value == value.to_integral_value()
        self.count.set_problem("" if is_fine else tr("A whole number from 1 to {most}.").format(most=MOST_TOP))
        if is_fine and value is not None:
            self._take(count=int(value))

    def _take(self, **changes: object) -> None:
        self._choice = replace(self._choice, **changes)  # type: ignore[arg-type]
        self._show()
        self.changed.emit()

    def _take_first(self) -> None:
        """Enter in the search takes what it found first."""
        if self.model.rowCount():
            self.toggle(self.model.id_at(0))

    def _show(self) -> None:
        choice = self._choice
        self._in = frozenset(self.now)
        for field, value in ((self.how, choice.how), (self.quote, choice.quote), (self.count, choice.count)):
            field.blockSignals(True)
            if isinstance(field, Segmented):
                field.set_value(str(value))
            elif isinstance(field, DecimalEdit):
                if field.value != value:
                    field.set_value(Decimal(int(str(value))))
            else:
                field.setCurrentIndex(field.findData(value))
            field.blockSignals(False)
        for widget in (self._count_label, self.count):
            widget.setVisible(choice.how == "top")
        self.model.replace([row for row in self._rows if row.market.quote == choice.quote])
        self.model.repaint_all()
        self.table.sort_by_volume()
        self._speak()

    def _speak(self) -> None:
        choice, now = self._choice, self.now
        names = ", ".join(now[:_MOST_NAMED]) + (" …" if len(now) > _MOST_NAMED else "")
        if choice.how == "listed":
            words = tr("{count} chosen: {names}") if now else tr("No pair is chosen yet. Click one.")
        elif now:
            words = tr("Now {count}: {names}")
        else:
            words = tr("No pair fits just now, or its turnover is not known yet.")
        self._summary.setText(words.format(count=len(now), names=names))
        notes = {
            "listed": tr("All pairs of a bot have the same quote currency."),
            "quote": tr("New pairs of the exchange are taken in as they come. A click on a pair keeps it out."),
            "top": tr("Looked up again while the bot runs; a deal on a pair that leaves the list goes on to its end. "
                      "A click on a pair keeps it out."),
        }  # fmt: skip
        self._note.setText(notes[choice.how])

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        for widget in (self.how, self._quote_label, self.quote, self._count_label, self.count):
            row.addWidget(widget)
        row.addStretch()
        self.quote.setMinimumWidth(84)
        self.count.setFixedWidth(64)
        self.search.setClearButtonEnabled(True)
        self._note.setProperty("role", "muted")
        self._quote_label.setBuddy(self.quote)
        self._count_label.setBuddy(self.count)
        self.setMinimumSize(660, 460)
        self.table.setMinimumHeight(220)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self.search)
        column.addWidget(self.table, 1)
        column.addWidget(self._summary)
        column.addWidget(self._note)
        self.setFocusProxy(self.search)

    def retranslate(self) -> None:
        self._quote_label.setText(tr("quoted in"))
        self._count_label.setText(tr("how many"))
        self.quote.setAccessibleName(tr("Quote currency"))
        self.count.setAccessibleName(tr("How many of the most traded pairs"))
        self.how.setAccessibleName(tr("How pairs are chosen"))
        self.how.retranslate()
        self.search.setPlaceholderText(tr("Search…"))
        self.search.setAccessibleName(tr("Search pairs"))
        self.table.set_empty(tr("No pair has this in its name."), tr("Show all"))
        self._speak()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


class PairTable(DataTable[PairRow]):
    """A click, Space or Enter on a row is a choice."""

    toggled = Signal(str)

    def __init__(self, model: RowsModel[PairRow], title: str, parent: QWidget | None = None) -> None:
        super().__init__(model, title, parent)
        self.clicked.connect(lambda index: self.toggled.emit(self.rows_model.id_at(index.row())))

    def sort_by_volume(self) -> None:
        """Most traded first, until somebody sorts otherwise."""
        if self.horizontalHeader().sortIndicatorSection() not in range(len(self.rows_model.columns)):
            place = [column.key for column in self.rows_model.columns].index("volume")
            self.sortByColumn(place, Qt.SortOrder.DescendingOrder)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current_id():
            self.toggled.emit(self.current_id())
            return
        super().keyPressEvent(event)
