"""Bots that a decision makes: written down in its transaction, under names that no other bot has."""

import json
import sqlite3

from desktop_app.store.rows import BotRow

_INSERT = (
    "INSERT INTO bot (name, kind, account_id, settings_json, version, is_wanted, status, reason_json, created_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_IS_TAKEN = "SELECT 1 FROM bot WHERE name = ? AND removed_at IS NULL"
_LONGEST_STEM = 74  # a number still fits behind it


def insert_bot(connection: sqlite3.Connection, row: BotRow, at: int) -> None:
    """The caller has a transaction open."""
    name = _free_name(connection, row.name)
    settings = json.dumps(json.loads(row.settings_json) | {"name": name}, ensure_ascii=False)
    values = (name, row.kind, row.account_id, settings, row.version, int(row.is_wanted), row.status)
    connection.execute(_INSERT, (*values, row.reason_json, at))


def _free_name(connection: sqlite3.Connection, name: str) -> str:
    tried, number = name, 1
    while connection.execute(_IS_TAKEN, (tried,)).fetchone() is not None:
        number += 1
        tried = f"{name[:_LONGEST_STEM].rstrip()} {number}"
    return tried
