"""Which accounts and bots there are, and the small facts that must survive a restart."""

import sqlite3
from collections.abc import Iterable

from desktop_app.store.errors import NameTaken, RuleBroken
from desktop_app.store.journal import transaction
from desktop_app.store.reading import account_row, bot_row, named_rows, order_row
from desktop_app.store.rows import AccountRow, BotRow, OrderRow

_ACCOUNT = ("name", "exchange", "is_paper", "config_json", "limits_json", "may_trade", "created_at")
_BOT = (
    "name",
    "kind",
    "account_id",
    "settings_json",
    "version",
    "is_wanted",
    "status",
    "reason_json",
    "created_at",
)


class Register:
    """Plain rows by id. Lives on the writer thread. What is removed stays for the journal, out of sight."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def accounts(self) -> list[AccountRow]:
        query = "SELECT * FROM account WHERE removed_at IS NULL ORDER BY account_id"
        return [account_row(row) for row in named_rows(self._connection, query)]

    def add_account(self, row: AccountRow) -> int:
        return self._insert("account", _ACCOUNT, row, row.name)

    def save_account(self, row: AccountRow) -> None:
        self._update("account", "account_id", _ACCOUNT, row, row.account_id, row.name)

    def remove_account(self, account_id: int, at: int) -> None:
        used = self._connection.execute(
            "SELECT name FROM bot WHERE account_id = ? AND removed_at IS NULL", (account_id,)
        ).fetchone()
        if used:
            raise RuleBroken(f"account {account_id} still has the bot {used[0]}")
        self._remove("account", "account_id", account_id, at)

    def bots(self) -> list[BotRow]:
        query = "SELECT * FROM bot WHERE removed_at IS NULL ORDER BY bot_id"
        return [bot_row(row) for row in named_rows(self._connection, query)]

    def add_bot(self, row: BotRow) -> int:
        return self._insert("bot", _BOT, row, row.name)

    def save_bot(self, row: BotRow) -> None:
        self._update("bot", "bot_id", _BOT, row, row.bot_id, row.name)

    def remove_bot(self, bot_id: int, at: int) -> None:
        self._remove("bot", "bot_id", bot_id, at)

    def load_state(self, bot_id: int) -> str | None:
        row = self._connection.execute("SELECT state_json FROM bot_state WHERE bot_id = ?", (bot_id,)).fetchone()
        return row[0] if row else None

    def live_orders(self, account_id: int) -> list[OrderRow]:
        """What rests on the exchange or may, and what the exchange may still tell about."""
        query = "SELECT * FROM orders WHERE account_id = ? AND is_live = 1 ORDER BY rowid"
        return [order_row(row) for row in named_rows(self._connection, query, (account_id,))]

    def order(self, client_id: str) -> OrderRow | None:
        rows = named_rows(self._connection, "SELECT * FROM orders WHERE client_id = ?", (client_id,))
        return order_row(rows[0]) if rows else None

    def has_exchange_order(self, account_id: int, exchange_id: str) -> bool:
        """Reads the orders one by one: for the rare order of which the exchange told its own number only."""
        query = "SELECT 1 FROM orders WHERE exchange_id = ? AND account_id = ? LIMIT 1"
        return self._connection.execute(query, (exchange_id, account_id)).fetchone() is not None

    def known_trades(self, account_id: int, symbol: str, trade_ids: Iterable[str]) -> frozenset[str]:
        query = "SELECT 1 FROM fill WHERE account_id = ? AND symbol = ? AND trade_id = ?"
        run = self._connection.execute
        return frozenset(trade for trade in trade_ids if run(query, (account_id, symbol, trade)).fetchone())

    def last_deal_number(self, bot_id: int) -> int:
        row = self._connection.execute("SELECT max(number) FROM deal WHERE bot_id = ?", (bot_id,)).fetchone()
        return int(row[0] or 0)

    def cursor(self, account_id: int, symbol: str) -> int:
        query = "SELECT at FROM trade_cursor WHERE account_id = ? AND symbol = ?"
        row = self._connection.execute(query, (account_id, symbol)).fetchone()
        return int(row[0]) if row else 0

    def save_cursor(self, account_id: int, symbol: str, at: int) -> None:
        with transaction(self._connection):
            self._connection.execute(
                "INSERT INTO trade_cursor VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at",
                (account_id, symbol, at),
            )

    def meta(self, key: str) -> str | None:
        row = self._connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def set_meta(self, key: str, value: str) -> None:
        with transaction(self._connection):
            self._connection.execute(
                "INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", (key, value)
            )

    def refers_to(self, name: str) -> bool:
        """Whether an account, or a fact other than the list of such names, has this name of a secret in it."""
        query = """SELECT EXISTS (SELECT 1 FROM account WHERE removed_at IS NULL AND instr(config_json, ?1))
            OR EXISTS (SELECT 1 FROM meta WHERE key NOT LIKE 'keyring_names/%' AND instr(value, ?1))"""
        return bool(self._connection.execute(query, (name,)).fetchone()[0])

    def _insert(self, table: str, names: tuple[str, ...], row: AccountRow | BotRow, name: str) -> int:
        marks = ", ".join("?" * len(names))
        query = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - our own names
        with _names_kept(name), transaction(self._connection):
            identity = self._connection.execute(query, _values(row, names)).lastrowid
        assert identity is not None
        return identity

    def _update(
        self, table: str, key: str, names: tuple[str, ...], row: AccountRow | BotRow, identity: int, name: str
    ) -> None:
        changes = ", ".join(f"{column} = ?" for column in names)
        query = f"UPDATE {table} SET {changes} WHERE {key} = ? AND removed_at IS NULL"  # noqa: S608 - our own names
        with _names_kept(name), transaction(self._connection):
            changed = self._connection.execute(query, (*_values(row, names), identity)).rowcount
            if changed != 1:
                raise RuleBroken(f"there is no {table} {identity} to save")

    def _remove(self, table: str, key: str, identity: int, at: int) -> None:
        query = f"UPDATE {table} SET removed_at = ? WHERE {key} = ?"  # noqa: S608 - our own names
        with transaction(self._connection):
            self._connection.execute(query, (at, identity))


def _values(row: AccountRow | BotRow, names: tuple[str, ...]) -> tuple[object, ...]:
    values = (getattr(row, name) for name in names)
    return tuple(int(value) if isinstance(value, bool) else value for value in values)


class _names_kept:  # noqa: N801 - reads as a phrase where it is used
    """Turns the database's refusal of a second row of one name into our words."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, sqlite3.IntegrityError) and ".name" in str(error):
            raise NameTaken(name=self._name) from error
