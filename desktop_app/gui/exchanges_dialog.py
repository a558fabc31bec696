"""What works on which exchange: the whole table, searchable, as it is and not as one would like it to be."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop_app.core.capability import Capability, Level
from desktop_app.gui.connect.levels import RANKS, exchange_columns, level_sentence
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.models import RowsModel
from desktop_app.gui.notices import plain_label
from desktop_app.gui.tables import DataTable

_FIRST_SIZE = (1040, 620)


class ExchangesDialog(QDialog):
    def __init__(self, exchanges: Sequence[Capability], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dialog.exchanges")
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.model: RowsModel[Capability] = RowsModel(lambda row: row.id, exchange_columns(), self)
        self.table = DataTable(self.model, tr_later("Exchanges"), self)
        self._intro, self._note = plain_label(), plain_label()
        for label in (self._intro, self._note):
            label.setProperty("role", "muted")
        self.close_button = QPushButton()
        self.close_button.clicked.connect(self.accept)
        self.search.textChanged.connect(self.model.set_filter_text)
        self.table.row_selected.connect(self._tell)
        self.table.empty_action_requested.connect(self.search.clear)
        self.model.replace(sorted(exchanges, key=lambda row: (RANKS[row.level], row.name.casefold())))
        self._lay_out()
        self.resize(*_FIRST_SIZE)
        self.retranslate()
        self.search.setFocus()

    def retranslate(self) -> None:
        rows = list(self.model.shown_rows()) if not self.search.text() else []
        worked = sum(row.level is Level.FULL for row in rows)
        self.setWindowTitle(tr("Exchanges"))
        words = tr("{count} spot exchanges can be connected; {worked} of them were worked through from end to end.")
        self._intro.setText(words.format(count=self.model.total, worked=worked) if rows else self._intro.text())
        self.search.setPlaceholderText(tr("Search…"))
        self.search.setAccessibleName(tr("Search exchanges"))
        self.close_button.setText(tr("Close window"))
        self.table.set_empty(tr("No exchange has this in its name."), tr("Show all"))
        self._tell(self.table.current_id())

    def _tell(self, exchange: str) -> None:
        row = self.model.row_by_id(exchange) if exchange else None
        note = f" {tr(row.note)}" if row is not None and row.note else ""
        self._note.setText(level_sentence(row) + note if row is not None else tr("Select an exchange to read more."))

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.addWidget(self._note, 1)
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addWidget(self._intro)
        column.addWidget(self.search)
        column.addWidget(self.table, 1)
        column.addLayout(foot)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
