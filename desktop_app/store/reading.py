"""How rows of the database become our types again."""

import sqlite3
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from desktop_app.core.order import Fill, Order, OrderStatus, OrderType, Role, Side
from desktop_app.store.rows import AccountRow, BotRow, FillRow, OrderRow

Cells = Mapping[str, Any]
_NOT_OURS = (ValueError, ArithmeticError, TypeError)


class DamagedRow(sqlite3.DatabaseError):
    """A row that passed the database's own checks and still cannot be one of ours."""

    sqlite_errorcode = sqlite3.SQLITE_CORRUPT


def order_row(row: Cells) -> OrderRow:
    """Raises DamagedRow."""
    try:
        return OrderRow(
            row["account_id"], row["bot_id"], row["deal"], _order(row), row["sent_at"], row["unknown_since"]
        )
    except _NOT_OURS as error:
        raise DamagedRow(f"the order {row['client_id']} cannot be read: {error}") from error


def fill_row(row: Cells) -> FillRow:
    """Raises DamagedRow."""
    try:
        price, amount, fee, coin_fee = (Decimal(row[name]) for name in ("price", "amount", "fee", "coin_fee"))
    except _NOT_OURS as error:
        raise DamagedRow(f"the fill {row['trade_id']} cannot be read: {error}") from error
    fill = Fill(row["trade_id"], price, amount, fee, coin_fee, row["at"])
    return FillRow(row["account_id"], row["bot_id"], row["deal"], row["client_id"], row["symbol"], fill)


def _order(row: Cells) -> Order:
    return Order(
        client_id=row["client_id"],
        symbol=row["symbol"],
        role=Role(row["role"]),
        index=row["place"],
        side=Side(row["side"]),
        type=OrderType(row["type"]),
        amount=Decimal(row["amount"]),
        price=_decimal_or_none(row["price"]),
        trigger=_decimal_or_none(row["trigger_price"]),
        status=OrderStatus(row["status"]),
        exchange_id=row["exchange_id"],
        filled=Decimal(row["filled"]),
        cost=Decimal(row["cost"]),
        fee=Decimal(row["fee"]),
        coin_fee=Decimal(row["coin_fee"]),
        placed_at=row["placed_at"],
        filled_at=row["filled_at"],
        reason=row["reason"],
    )


def account_row(row: Cells) -> AccountRow:
    return AccountRow(
        account_id=row["account_id"],
        name=row["name"],
        exchange=row["exchange"],
        is_paper=bool(row["is_paper"]),
        config_json=row["config_json"],
        limits_json=row["limits_json"],
        may_trade=bool(row["may_trade"]),
        created_at=row["created_at"],
    )


def bot_row(row: Cells) -> BotRow:
    return BotRow(
        bot_id=row["bot_id"],
        name=row["name"],
        kind=row["kind"],
        account_id=row["account_id"],
        settings_json=row["settings_json"],
        version=row["version"],
        is_wanted=bool(row["is_wanted"]),
        status=row["status"],
        reason_json=row["reason_json"],
        created_at=row["created_at"],
    )


def named_rows(connection: sqlite3.Connection, query: str, arguments: tuple[object, ...] = ()) -> list[Cells]:
    cursor = connection.execute(query, arguments)
    names = [field[0] for field in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _decimal_or_none(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
