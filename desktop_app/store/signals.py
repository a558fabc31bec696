"""Signals from outside and what became of them: a log with an end, and the keys of those that were acted on."""

import sqlite3
from collections.abc import Iterable

from desktop_app.store.journal import SIGNAL, signal_cells, transaction
from desktop_app.store.reading import named_rows
from desktop_app.store.rows import SignalRow

MOST_LINES = 5_000
_KEY_MS = 7 * 86_400_000  # longer than any signal is young enough to be acted on


class Signals:
    """Lives on the writer thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def is_known(self, key: str) -> bool:
        return self._connection.execute("SELECT 1 FROM signal WHERE signal_key = ?", (key,)).fetchone() is not None

    def note(self, rows: Iterable[SignalRow], now: int) -> None:
        """Add lines, and let the oldest go; the keys of the last week stay however many they are.

        Raises:
            sqlite3.IntegrityError: one of them was acted on before.
        """
        run = self._connection.execute
        with transaction(self._connection):
            self._connection.executemany(SIGNAL, [signal_cells(row) for row in rows])
            last = run("SELECT max(line) FROM signal").fetchone()[0] or 0
            run(
                "DELETE FROM signal WHERE line <= ? AND (signal_key IS NULL OR at < ?)",
                (last - MOST_LINES, now - _KEY_MS),
            )

    def describe(self, row: SignalRow) -> None:
        """Where a signal that was acted on had come from, and what became of it in the end; its time stays."""
        with transaction(self._connection):
            self._connection.execute(
                "UPDATE signal SET way = ?, sender = ?, body = ?, status = ?, said_json = ? WHERE signal_key = ?",
                (row.way, row.sender, row.body, row.status, row.said_json, row.key),
            )

    def newest(self, bot_id: int | None, limit: int, before: int | None) -> list[SignalRow]:
        query = (
            "SELECT line, at, bot_id, way, sender, coalesce(signal_key, '') AS key, status, said_json, body "
            "FROM signal WHERE (? IS NULL OR bot_id = ?) AND (? IS NULL OR line < ?) ORDER BY line DESC LIMIT ?"
        )
        rows = named_rows(self._connection, query, (bot_id, bot_id, before, before, limit))
        return [SignalRow(**row) for row in rows]
