"""Whether the journal is whole: every hash read back, every order and fill compared with what was decided."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from desktop_app.store.journal import link, read_head, state_digest
from desktop_app.store.rows import AuditResult, DecisionRow

_PAGE = 1000  # few milliseconds: a bot that writes meanwhile hardly waits
_ORDER_COLUMNS = (
    "client_id, account_id, bot_id, deal, symbol, role, place, side, type, amount, price, trigger_price, status, "
    "exchange_id, filled, cost, fee, coin_fee, placed_at, filled_at, reason, is_live"
)
_FILL_COLUMNS = "account_id, symbol, trade_id, bot_id, deal, client_id, price, amount, fee, coin_fee, at"


def page(connection: sqlite3.Connection, after: int) -> list[DecisionRow]:
    query = (
        "SELECT seq, at, bot_id, account_id, event_json, commands_json, changes_json, hash "
        "FROM decision WHERE seq > ? ORDER BY seq LIMIT ?"
    )
    return [DecisionRow(*row) for row in connection.execute(query, (after, _PAGE))]


def line(row: DecisionRow) -> str:
    return json.dumps(asdict(row), ensure_ascii=False, separators=(",", ":"))


class Check:
    """Walks the chain page by page; `result` is final once `next_page` says that there is no more."""

    def __init__(self) -> None:
        self.result = AuditResult(is_whole=True, rows=0)
        self._hash = ""
        self._seq = 0

    def next_page(self, connection: sqlite3.Connection) -> bool:
        with _any_bytes(connection):
            return self._next_page(connection)

    def _next_page(self, connection: sqlite3.Connection) -> bool:
        rows = page(connection, self._seq)
        for row in rows:
            reason = self._why_broken(row) or _why_changed(connection, row)
            if reason:
                self._break(row.seq if row.seq == self._seq + 1 else self._seq + 1, reason)
                return False
            self._seq, self._hash = row.seq, row.hash
            self.result = AuditResult(is_whole=True, rows=self.result.rows + 1)
        if not rows:
            self._check_end(connection)
        return bool(rows)

    def _why_broken(self, row: DecisionRow) -> str:
        if row.seq != self._seq + 1:
            return "a row is missing"
        content = (row.seq, row.at, row.bot_id, row.account_id, row.event_json, row.commands_json, row.changes_json)
        return "" if link(self._hash, content) == row.hash else "the row was changed"

    def _check_end(self, connection: sqlite3.Connection) -> None:
        head = read_head(connection)
        if (head.seq, head.hash) != (self._seq, self._hash):
            self._break(self._seq + 1, "rows at the end are missing")
            return
        for table in ("orders", "fill", "bot_state"):
            query = f"SELECT min(seq) FROM {table} WHERE seq > ?"  # noqa: S608 - our own names
            if (stray := connection.execute(query, (self._seq,)).fetchone()[0]) is not None:
                self._break(stray, f"a row of {table} belongs to no decision")

    def _break(self, seq: int, reason: str) -> None:
        self.result = AuditResult(False, self.result.rows, seq, reason)


def _why_changed(connection: sqlite3.Connection, row: DecisionRow) -> str:
    """Whether the rows that this decision was the last to write still say what it wrote."""
    orders, fills, state = json.loads(row.changes_json)
    query = f"SELECT {_FILL_COLUMNS} FROM fill WHERE seq = ?"  # noqa: S608 - our own names
    if sorted(map(list, connection.execute(query, (row.seq,)))) != sorted(fills):
        return "its fills were changed"
    decided = {order[0]: order for order in orders}
    query = f"SELECT {_ORDER_COLUMNS}, seq FROM orders WHERE seq = ?"  # noqa: S608 - our own names
    for *cells, _ in connection.execute(query, (row.seq,)):
        if decided.get(cells[0]) != cells:
            return f"the order {cells[0]} was changed"
    for client_id in decided:
        if connection.execute("SELECT 1 FROM orders WHERE client_id = ?", (client_id,)).fetchone() is None:
            return f"the order {client_id} is missing"
    query = "SELECT state_json FROM bot_state WHERE bot_id = ? AND seq = ?"
    kept = connection.execute(query, (row.bot_id, row.seq)).fetchone()
    return "the bot's state was changed" if kept and state_digest(kept[0]) != state else ""


@contextmanager
def _any_bytes(connection: sqlite3.Connection) -> Iterator[None]:
    """Let text that is no UTF-8 be read too: it is a broken row, not the end of the audit."""
    usual = connection.text_factory
    connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        connection.text_factory = usual
