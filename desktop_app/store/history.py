"""What the faces ask about the past, page by page; the only user of SQLAlchemy's query builder."""

import logging
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sqlalchemy import Engine, Select, column, create_engine, or_, select, table
from sqlalchemy import Integer as Int
from sqlalchemy import Text as Txt
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from desktop_app.store.reading import DamagedRow, fill_row, order_row
from desktop_app.store.rows import DealRow, DecisionRow, FillRow, OrderRow, TimelineRow

T = TypeVar("T")
_LOG = logging.getLogger(__name__)


def _ints(*names: str) -> list[Any]:
    return [column(name, Int) for name in names]


def _texts(*names: str) -> list[Any]:
    return [column(name, Txt) for name in names]


DEAL = table(
    "deal",
    *_ints("bot_id", "account_id", "number", "is_over", "opened_at", "closed_at"),
    *_texts("symbol", "status", "deal_json"),
)
ORDERS = table(
    "orders",
    *_ints("account_id", "bot_id", "deal", "place", "placed_at", "filled_at", "is_live", "sent_at", "unknown_since"),
    *_texts("client_id", "symbol", "role", "side", "type", "status", "exchange_id", "reason"),
    *_texts("amount", "price", "trigger_price", "filled", "cost", "fee", "coin_fee"),
)
FILL = table(
    "fill",
    *_ints("account_id", "bot_id", "deal", "at", "seq"),
    *_texts("symbol", "trade_id", "client_id"),
    *_texts("price", "amount", "fee", "coin_fee"),
)
TIMELINE = table("timeline", *_ints("line", "at", "bot_id", "deal"), *_texts("kind", "said_json"))
DECISION = table(
    "decision",
    *_ints("seq", "at", "bot_id", "account_id"),
    *_texts("event_json", "commands_json", "changes_json", "hash"),
)


def engine_over(connection: sqlite3.Connection) -> Engine:
    """SQLAlchemy over the one connection that there is; it never opens another."""
    return create_engine(
        "sqlite://",
        creator=lambda: connection,
        poolclass=StaticPool,
        isolation_level="AUTOCOMMIT",
        skip_autocommit_rollback=True,
    )


class History:
    """Reads. Lives on the writer thread, like the connection it reads through."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._engine = engine_over(connection)

    def deals(self, bot_id: int | None, *, include_closed: bool, limit: int, offset: int) -> list[DealRow]:
        """Newest first; running ones before those that are over."""
        query = select(DEAL).order_by(DEAL.c.is_over, DEAL.c.opened_at.desc(), DEAL.c.bot_id, DEAL.c.number.desc())
        if bot_id is not None:
            query = query.where(DEAL.c.bot_id == bot_id)
        if not include_closed:
            query = query.where(DEAL.c.is_over == 0)
        return [
            DealRow(**{name: row[name] for name in DealRow.__slots__})
            for row in self._rows(query.limit(limit).offset(offset))
        ]

    def deal(self, bot_id: int, number: int) -> DealRow | None:
        rows = self._rows(select(DEAL).where(DEAL.c.bot_id == bot_id, DEAL.c.number == number))
        return DealRow(**{name: rows[0][name] for name in DealRow.__slots__}) if rows else None

    def orders(self, bot_id: int, deal: int, newest: int | None = None) -> list[OrderRow]:
        """The orders of one deal, in the order in which they were first written down.

        `newest`: of a deal that made more, only so many, and those that rest.
        """
        query = select(ORDERS).where(ORDERS.c.bot_id == bot_id, ORDERS.c.deal == deal)
        rowid = column("rowid", Int)
        if newest is not None:
            first = select(rowid).select_from(ORDERS).where(ORDERS.c.bot_id == bot_id, ORDERS.c.deal == deal)
            late = first.order_by(rowid.desc()).limit(newest)
            query = query.where(or_(rowid.in_(late), ORDERS.c.is_live == 1))
        return _readable(order_row, self._rows(query.order_by(rowid)))

    def fills(self, bot_id: int, deal: int | None, newest: int | None = None) -> list[FillRow]:
        """Oldest first; `newest`: only so many."""
        query = select(FILL).where(FILL.c.bot_id == bot_id)
        if deal is not None:
            query = query.where(FILL.c.deal == deal)
        order = (FILL.c.seq, FILL.c.at, column("rowid", Int))
        if newest is None:
            return _readable(fill_row, self._rows(query.order_by(*order)))
        rows = self._rows(query.order_by(*(one.desc() for one in order)).limit(newest))
        return _readable(fill_row, rows[::-1])

    def timeline(self, bot_id: int, deal: int | None, *, limit: int) -> list[TimelineRow]:
        """The last lines, oldest first."""
        query = select(TIMELINE).where(TIMELINE.c.bot_id == bot_id)
        if deal is not None:
            query = query.where(TIMELINE.c.deal == deal)
        rows = self._rows(query.order_by(TIMELINE.c.line.desc()).limit(limit))
        return [TimelineRow(**row) for row in rows[::-1]]

    def notes(self, *, limit: int, before: int | None) -> list[TimelineRow]:
        """The lines of every bot, newest first; `before` is the last line of the page before."""
        query = select(TIMELINE)
        if before is not None:
            query = query.where(TIMELINE.c.line < before)
        return [TimelineRow(**row) for row in self._rows(query.order_by(TIMELINE.c.line.desc()).limit(limit))]

    def log(self, *, limit: int, before: int | None, bot_id: int | None) -> list[DecisionRow]:
        """Decisions, newest first; `before` is the last number of the page before."""
        query = select(DECISION)
        if before is not None:
            query = query.where(DECISION.c.seq < before)
        if bot_id is not None:
            query = query.where(DECISION.c.bot_id == bot_id)
        return [DecisionRow(**row) for row in self._rows(query.order_by(DECISION.c.seq.desc()).limit(limit))]

    def _rows(self, query: Select[Any]) -> list[Mapping[str, Any]]:
        try:
            with self._engine.connect() as connection:
                return [dict(row) for row in connection.execute(query).mappings()]
        except DBAPIError as error:
            raise error.orig or error from None


def _readable(read: Callable[[Mapping[str, Any]], T], rows: list[Mapping[str, Any]]) -> list[T]:
    """A damaged row is left out and logged: it must not hide the others."""
    found: list[T] = []
    for row in rows:
        try:
            found.append(read(row))
        except DamagedRow as error:
            _LOG.error("%s", error)
    return found
