"""Orders, fills and decisions from which the stories of the store's tests are told."""

import sqlite3
from decimal import Decimal

from desktop_app.core.deal import Deal, DealStatus, Direction
from desktop_app.core.order import Fill, Order, OrderStatus, OrderType, Role, Side
from desktop_app.store import schema
from desktop_app.store.db import Store
from desktop_app.store.rows import AccountRow, BotRow, Write

PAIR = "BTC/USDT"


def clock() -> int:
    return 1_700_000_000_000


def client_id(number: int) -> str:
    return f"{number:028x}"


def order(number: int = 1, status: OrderStatus = OrderStatus.PENDING, amount: str = "0.010") -> Order:
    return Order(
        client_id=client_id(number),
        symbol=PAIR,
        role=Role.SAFETY,
        index=number,
        side=Side.BUY,
        type=OrderType.LIMIT,
        amount=Decimal(amount),
        price=Decimal("50000.10"),
        status=status,
        placed_at=number,
    )


def fill(trade: str = "t1", price: str = "50000.10", amount: str = "0.010") -> Fill:
    return Fill(trade, Decimal(price), Decimal(amount), Decimal("0.5"), at=7)


def deal(number: int = 1, status: DealStatus = DealStatus.OPEN, opened_at: int = 5) -> Deal:
    return Deal(number, PAIR, Direction.LONG, status, opened_at)


def write(*orders: Order, fills: tuple[Fill, ...] = (), state: str | None = None, event: str = "{}") -> Write:
    """A decision of bot 1 about its deal 1; the fills are of the first order."""
    return Write(
        bot_id=1,
        account_id=1,
        at=11,
        event_json=event,
        state_json=state,
        orders=tuple((1, each) for each in orders),
        fills=tuple((1, orders[0].client_id, each) for each in fills),
    )


def database(path: str = ":memory:") -> sqlite3.Connection:
    """An empty database with the account 1 and its bot 1."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    for statement in schema.CREATE:
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {schema.VERSION}")
    connection.execute("INSERT INTO account VALUES (1, 'demo', 'sim', 1, '{}', '{}', 1, 0, NULL)")
    connection.execute("INSERT INTO bot VALUES (1, 'starter', 'dca', 1, '{}', 1, 0, 'stopped', '', 0, NULL)")
    return connection


async def with_bot(store: Store) -> Store:
    """The store with the account 1 and its bot 1."""
    account = await store.add_account(AccountRow(0, "demo", "sim", is_paper=True))
    bot = await store.add_bot(BotRow(0, "starter", "dca", account, "{}"))
    assert (account, bot) == (1, 1)
    return store
