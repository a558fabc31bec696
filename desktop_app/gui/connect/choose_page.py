"""The page on which an exchange is chosen, and whether real money or paper money is to work there."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from desktop_app.core.capability import Capability
from desktop_app.gui.connect.levels import RANKS, exchange_columns, level_sentence
from desktop_app.gui.fields import Segmented
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.models import RowsModel
from desktop_app.gui.notices import plain_label
from desktop_app.gui.tables import DataTable

_COLUMNS = ("name", "level")


class ChoosePage(QWidget):
    """A search that the arrows go on from, a table behind it that stays quick with every exchange there is."""

    chosen_changed = Signal(str)  # exchange id, "" for none
    chosen = Signal()  # by Enter or double click

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = Segmented([("live", tr_later("Real account")), ("paper", tr_later("Paper money on live prices"))])
        self.search = _Search()
        self.model: RowsModel[Capability] = RowsModel(lambda view: view.id, exchange_columns(_COLUMNS), self)
        self.table = DataTable(self.model, tr_later("Exchanges"), self)
        self.table.setSelectionMode(DataTable.SelectionMode.SingleSelection)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.note = plain_label()
        self.note.setProperty("role", "muted")
        self._kind_note = plain_label()
        self._kind_note.setProperty("role", "muted")
        self._lay_out()
        self.search.textChanged.connect(self._filter)
        self.search.moved.connect(self._move)
        self.search.returnPressed.connect(self._choose)
        self.table.row_selected.connect(self._tell)
        self.table.row_activated.connect(lambda _id: self.chosen.emit())
        self.table.empty_action_requested.connect(self.search.clear)
        self.kind.changed.connect(lambda _key: self.retranslate())
        self.retranslate()

    @property
    def exchange(self) -> Capability | None:
        return self.model.row_by_id(self.table.current_id()) if self.table.current_id() else None

    @property
    def is_possible(self) -> bool:
        """Paper money needs prices only; a real account needs a way in that fits a key and its secret."""
        exchange = self.exchange
        return exchange is not None and (self.is_paper or exchange.can_trade)

    @property
    def is_paper(self) -> bool:
        return self.kind.value == "paper"

    def show_exchanges(self, exchanges: Sequence[Capability]) -> None:
        """The best known first; the first one is chosen."""
        self.model.replace(sorted(exchanges, key=lambda view: (RANKS[view.level], view.name.casefold())))
        self._select_first()

    def pick(self, exchange: str) -> bool:
        return self.table.select(exchange)

    def retranslate(self) -> None:
        self.search.setPlaceholderText(tr("Search {count} exchanges…").format(count=self.model.total))
        self.search.setAccessibleName(tr("Search exchanges"))
        self._kind_note.setText(
            tr("Real prices and rules of the exchange, pretend money. No key needed.")
            if self.is_paper
            else tr("Your own account, opened by a key that stays on this computer. It begins as Watch only.")
        )
        self.table.set_empty(tr("No exchange has this in its name."), tr("Show all"))
        self._tell(self.table.current_id())

    # --- inside

    def _filter(self, words: str) -> None:
        self.model.set_filter_text(words)
        if not self.table.current_id():
            self._select_first()

    def _select_first(self) -> None:
        rows = self.model.shown_rows()
        if rows:
            self.table.select(rows[0].id)
        self.retranslate()

    def _move(self, step: int) -> None:
        rows = [view.id for view in self.model.shown_rows()]
        if rows:
            now = self.table.current_id()
            at = rows.index(now) + step if now in rows else 0
            self.table.select(rows[max(0, min(at, len(rows) - 1))])

    def _choose(self) -> None:
        if self.exchange is not None:
            self.chosen.emit()

    def _tell(self, exchange: str) -> None:
        view = self.model.row_by_id(exchange) if exchange else None
        words = level_sentence(view) if view is not None else ""
        if view is not None and not self.is_possible:
            words = tr("{exchange} is not opened by a key and its secret: only paper money works.").format(
                exchange=view.name
            )
        self.note.setText(words)
        self.chosen_changed.emit(exchange)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(8)
        column.addWidget(self.kind)
        column.addWidget(self._kind_note)
        column.addWidget(self.search)
        column.addWidget(self.table, 1)
        column.addWidget(self.note)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


class _Search(QLineEdit):
    """A search whose arrows move in the list below."""

    moved = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        self.moved.emit(step)
        event.accept()
