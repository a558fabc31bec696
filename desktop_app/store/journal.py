"""The append-only journal: one transaction per decision, chained by hashes, on the shortest way to the disk."""

import sqlite3
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from desktop_app.core.order import Fill, Order
from desktop_app.store.codec import compact, deal_to_json, said_to_json
from desktop_app.store.errors import RuleBroken
from desktop_app.store.new_bots import insert_bot
from desktop_app.store.rows import SignalRow, Write

if TYPE_CHECKING:
    from collections.abc import Iterator

Cell = str | int | None

_DECISION = "INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_CHAIN = "UPDATE chain SET seq = ?, hash = ?"
_STATE = (
    "INSERT INTO bot_state VALUES (?, ?, ?, ?) ON CONFLICT (bot_id) DO UPDATE SET "
    "seq = excluded.seq, at = excluded.at, state_json = excluded.state_json"
)
_DEAL = (
    "INSERT INTO deal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (bot_id, number) DO UPDATE SET "
    "symbol = excluded.symbol, status = excluded.status, is_over = excluded.is_over, opened_at = excluded.opened_at, "
    "closed_at = excluded.closed_at, deal_json = excluded.deal_json"
)
# What an order is never changes; an id that comes back as another order is refused by a trigger.
_ORDER = (
    "INSERT INTO orders (client_id, account_id, bot_id, deal, symbol, role, place, side, type, amount, price, "
    "trigger_price, status, exchange_id, filled, cost, fee, coin_fee, placed_at, filled_at, reason, is_live, seq) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (client_id) DO UPDATE SET account_id = excluded.account_id, bot_id = excluded.bot_id, "
    "deal = excluded.deal, amount = excluded.amount, price = excluded.price, trigger_price = excluded.trigger_price, "
    "status = excluded.status, exchange_id = excluded.exchange_id, filled = excluded.filled, cost = excluded.cost, "
    "fee = excluded.fee, coin_fee = excluded.coin_fee, placed_at = excluded.placed_at, "
    "filled_at = excluded.filled_at, reason = excluded.reason, is_live = excluded.is_live, seq = excluded.seq, "
    "unknown_since = CASE WHEN excluded.status IN ('pending', 'canceling') THEN unknown_since ELSE 0 END"
)
_FILL = "INSERT INTO fill VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_IS_KNOWN = "SELECT 1 FROM fill WHERE account_id = ? AND symbol = ? AND trade_id = ?"
_TIMELINE = "INSERT INTO timeline (at, bot_id, deal, kind, said_json) VALUES (?, ?, ?, ?, ?)"
SIGNAL = (
    "INSERT INTO signal (at, bot_id, way, sender, signal_key, status, said_json, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_SENT = "UPDATE orders SET sent_at = ? WHERE client_id = ?"
_UNKNOWN = "UPDATE orders SET unknown_since = ? WHERE client_id = ? AND unknown_since = 0"


@dataclass(frozen=True, slots=True)
class Head:
    """The last link of the chain."""

    seq: int
    hash: str


class Journal:
    """Writes decisions; its connection is only for whoever has the writer's turn.

    `head` is the last decision that is certainly on the disk, `attempted` the last one that was tried.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.head = read_head(connection)
        self.attempted = self.head

    def record(self, write: Write) -> int:
        """Write one decision down, whole or not at all, and return its number."""
        seq = self.head.seq + 1
        orders = [order_cells(order, deal, write.bot_id, write.account_id) for deal, order in write.orders]
        with transaction(self._connection):
            fills = self._new_fills(write)
            changes = changes_json(orders, fills, write.state_json)
            head = self._append(seq, write, changes)
            if write.state_json is not None:
                self._connection.execute(_STATE, (write.bot_id, seq, write.at, write.state_json))
            many = self._connection.executemany
            if write.deals:
                many(_DEAL, _deal_rows(write))
            if orders:
                many(_ORDER, [(*cells, seq) for cells in orders])
            if fills:
                many(_FILL, [(*cells, seq) for cells in fills])
            if write.tells:
                many(_TIMELINE, _timeline_rows(write))
            if write.signal is not None:
                self._connection.execute(SIGNAL, signal_cells(write.signal))
            for row in write.bots:
                insert_bot(self._connection, row, write.at)
            if write.sent:
                many(_SENT, [(at, client_id) for client_id, at in write.sent])
        self.head = head
        return seq

    def mark_unknown(self, client_ids: Iterable[str], at: int) -> None:
        with transaction(self._connection):
            self._connection.executemany(_UNKNOWN, [(at, client_id) for client_id in client_ids])

    def _append(self, seq: int, write: Write, changes: str) -> Head:
        content = (seq, write.at, write.bot_id, write.account_id, write.event_json, write.commands_json, changes)
        self.attempted = head = Head(seq, link(self.head.hash, content))
        self._connection.execute(_DECISION, (*content, head.hash))
        self._connection.execute(_CHAIN, (head.seq, head.hash))
        return head

    def _new_fills(self, write: Write) -> list[tuple[Cell, ...]]:
        """The fills that are not yet known: an exchange may tell a trade any number of times."""
        symbols = {order.client_id: order.symbol for _, order in write.orders}
        cells: dict[tuple[str, str], tuple[Cell, ...]] = {}
        for deal, client_id, fill in write.fills:
            symbol = symbols.get(client_id) or self._symbol(client_id)
            if (symbol, fill.trade_id) not in cells and not self._is_known(write.account_id, symbol, fill.trade_id):
                row = fill_cells(fill, symbol, deal, client_id, write)
                cells[symbol, fill.trade_id] = row
        return list(cells.values())

    def _is_known(self, account_id: int, symbol: str, trade_id: str) -> bool:
        return self._connection.execute(_IS_KNOWN, (account_id, symbol, trade_id)).fetchone() is not None

    def _symbol(self, client_id: str) -> str:
        row = self._connection.execute("SELECT symbol FROM orders WHERE client_id = ?", (client_id,)).fetchone()
        if row is None:
            raise RuleBroken(f"a fill names the order {client_id}, which was never written down")
        return str(row[0])


@contextmanager
def transaction(connection: sqlite3.Connection) -> "Iterator[None]":
    """One transaction; the writer's lock is taken at once, and an error leaves nothing of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def read_head(connection: sqlite3.Connection) -> Head:
    row = connection.execute("SELECT seq, hash FROM chain").fetchone()
    if row is None:
        raise sqlite3.DatabaseError("the journal has lost its head")
    return Head(*row)


def link(previous: str, content: tuple[Cell, ...]) -> str:
    """BLAKE2b-256, in hex, of the previous hash and the JSON array of the row's other cells, both as UTF-8."""
    return blake2b((previous + compact(content)).encode("utf-8", "surrogatepass"), digest_size=32).hexdigest()


def changes_json(orders: list[tuple[Cell, ...]], fills: list[tuple[Cell, ...]], state: str | None) -> str:
    """What the decision wrote, so that a later change of those rows shows."""
    digest = "" if state is None else state_digest(state)
    return compact((orders, fills, digest))


def state_digest(state: str) -> str:
    return blake2b(state.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def order_cells(order: Order, deal: int, bot_id: int, account_id: int) -> tuple[Cell, ...]:
    return (
        order.client_id,
        account_id,
        bot_id,
        deal,
        order.symbol,
        order.role.value,
        order.index,
        order.side.value,
        order.type.value,
        str(order.amount),
        None if order.price is None else str(order.price),
        None if order.trigger is None else str(order.trigger),
        order.status.value,
        order.exchange_id,
        str(order.filled),
        str(order.cost),
        str(order.fee),
        str(order.coin_fee),
        order.placed_at,
        order.filled_at,
        order.reason,
        int(order.is_live),
    )


def signal_cells(row: SignalRow) -> tuple[Cell, ...]:
    return (row.at, row.bot_id, row.way, row.sender, row.key or None, row.status, row.said_json, row.body)


def fill_cells(fill: Fill, symbol: str, deal: int, client_id: str, write: Write) -> tuple[Cell, ...]:
    return (
        write.account_id,
        symbol,
        fill.trade_id,
        write.bot_id,
        deal,
        client_id,
        str(fill.price),
        str(fill.amount),
        str(fill.fee),
        str(fill.coin_fee),
        fill.at,
    )


def _deal_rows(write: Write) -> list[tuple[Cell, ...]]:
    return [
        (
            write.bot_id,
            deal.number,
            write.account_id,
            deal.symbol,
            deal.status.value,
            int(deal.status.is_over),
            deal.opened_at,
            deal.closed_at,
            deal_to_json(deal),
        )
        for deal in write.deals
    ]


def _timeline_rows(write: Write) -> list[tuple[Cell, ...]]:
    return [
        (write.at, write.bot_id, deal, "problem" if is_problem else "note", said_to_json(said))
        for deal, said, is_problem in write.tells
    ]
