"""Whether the journal is whole: every hash read back, every order and fill compared with what was decided."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from desktop_app.store.journal import link, read_head, state_digest
from desktop_app.store.rows import AuditResult, DecisionRow

_PAGE = 1000  # few milliseconds: a bot that writes meanwhile hardly waits
_ORDER = (
    "SELECT client_id, account_id, bot_id, deal, symbol, role, place, side, type, amount, price, trigger_price, "
    "status, exchange_id, filled, cost, fee, coin_fee, placed_at, filled_at, reason, is_live, seq "
    "FROM orders WHERE client_id = ?"
)
_FILL = (
    "SELECT account_id, symbol, trade_id, bot_id, deal, client_id, price, amount, fee, coin_fee, at, seq FROM fill "
    "WHERE account_id = ? AND symbol = ? AND trade_id = ?"
)
_STATE = "SELECT state_json FROM bot_state WHERE bot_id = ? AND seq = ?"
_STRAY_ORDER = (
    "SELECT min(o.seq), 'an order' FROM orders o LEFT JOIN decision d USING (seq) "
    "WHERE d.seq IS NULL OR instr(d.changes_json, o.client_id) = 0"
)


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
        self._fills = 0

    def next_page(self, connection: sqlite3.Connection) -> bool:
        with _any_bytes(connection):
            return self._next_page(connection)

    def _next_page(self, connection: sqlite3.Connection) -> bool:
        rows = page(connection, self._seq)
        for row in rows:
            reason = self._why_broken(row) or self._why_changed(connection, row)
            if reason:
                self._break(min(row.seq, self._seq + 1), reason)
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

    def _why_changed(self, connection: sqlite3.Connection, row: DecisionRow) -> str:
        """Whether what this decision was the last to write still says what it wrote."""
        orders, fills, state = json.loads(row.changes_json)
        self._fills += len(fills)
        for fill in fills:
            if connection.execute(_FILL, fill[:3]).fetchone() != (*fill, row.seq):
                return f"the fill {fill[2]} was changed"
        for order in orders:
            *cells, seq = connection.execute(_ORDER, order[:1]).fetchone() or (None,)
            if seq is None or seq < row.seq or (seq == row.seq and cells != order):
                return f"the order {order[0]} was changed"
        kept = connection.execute(_STATE, (row.bot_id, row.seq)).fetchone()
        return "the bot's state was changed" if kept and state_digest(kept[0]) != state else ""

    def _check_end(self, connection: sqlite3.Connection) -> None:
        head = read_head(connection)
        if (head.seq, head.hash) != (self._seq, self._hash):
            self._break(self._seq + 1, "rows at the end are missing")
            return
        queries = (_STRAY_ORDER, "SELECT min(seq), 'a state' FROM bot_state WHERE seq > (SELECT seq FROM chain)")
        strays = [row for query in queries if (row := connection.execute(query).fetchone())[0] is not None]
        if connection.execute("SELECT count(*) FROM fill").fetchone()[0] != self._fills:
            strays.append(_stray_fill(connection))
        if strays:
            seq, what = min(strays)
            self._break(seq, f"{what} belongs to no decision")

    def _break(self, seq: int, reason: str) -> None:
        self.result = AuditResult(is_whole=False, rows=self.result.rows, first_bad_seq=seq, reason=reason)


def _stray_fill(connection: sqlite3.Connection) -> tuple[int, str]:
    """The first fill that its decision does not name; each that one names was found already."""
    query = "SELECT f.seq, f.trade_id, d.changes_json FROM fill f LEFT JOIN decision d USING (seq) ORDER BY f.seq"
    for seq, trade_id, changes in connection.execute(query):
        if changes is None or trade_id not in {fill[2] for fill in json.loads(changes)[1]}:
            return seq, "a fill"
    return 0, "a fill"


@contextmanager
def _any_bytes(connection: sqlite3.Connection) -> Iterator[None]:
    """Let text that is no UTF-8 be read too: it is a broken row, not the end of the audit."""
    usual = connection.text_factory
    connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        connection.text_factory = usual
