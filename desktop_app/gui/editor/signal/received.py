"""What came in for a bot and what became of it, newest first: also everything that was refused."""

from dataclasses import dataclass
from datetime import tzinfo

from desktop_app.engine.views import SignalView
from desktop_app.gui import fmt, wording
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.icons import icon
from desktop_app.gui.models import Column, RowsModel
from desktop_app.gui.tables import DataTable

_WAYS = {
    "hook": tr_later("address"),
    "mail": tr_later("mailbox"),
    "command": tr_later("command"),
    "test": tr_later("test"),
}
MOST = 50


@dataclass(frozen=True, slots=True)
class ReceivedRow:
    signal: SignalView
    zone: tzinfo

    @property
    def verdict(self) -> str:
        return wording.sentence(self.signal.verdict)

    @property
    def way(self) -> str:
        return tr(_WAYS.get(self.signal.way, self.signal.way))


COLUMNS: tuple[Column[ReceivedRow], ...] = (
    Column("time", tr_later("Time"), lambda row: fmt.clock(row.signal.at, row.zone), sort=lambda row: -row.signal.line,
           width=9, tooltip=lambda row: fmt.moment(row.signal.at, row.zone)),
    Column("way", tr_later("From"), lambda row: row.way, width=9, tooltip=lambda row: row.signal.sender),
    Column("verdict", tr_later("What became of it"), lambda row: row.verdict, width=46,
           colour=lambda row: None if row.signal.is_taken else "warning",
           icon=lambda row: icon("check", "profit") if row.signal.is_taken else icon("warning", "warning"),
           tooltip=lambda row: row.verdict),
    Column("body", tr_later("Message"), lambda row: " ".join(row.signal.body.split()), width=60,
           tooltip=lambda row: row.signal.body[:2000]),
)  # fmt: skip


def make_table() -> DataTable[ReceivedRow]:
    model: RowsModel[ReceivedRow] = RowsModel(lambda row: str(row.signal.line), COLUMNS)
    table = DataTable(model, tr_later("Received signals"))
    model.setParent(table)
    return table
