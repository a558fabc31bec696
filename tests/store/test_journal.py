"""The journal writes whole decisions, exactly, and never twice."""

import sqlite3
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.core.order import Fill, OrderStatus
from desktop_app.core.said import said
from desktop_app.store.errors import RuleBroken
from desktop_app.store.journal import Journal, link
from desktop_app.store.reading import fill_row, named_rows, order_row
from desktop_app.store.rows import Write
from tests.store.stories import PAIR, client_id, database, deal, fill, order, write

DECIMALS = st.decimals(min_value=0, allow_nan=False, allow_infinity=False).filter(lambda value: len(str(value)) <= 80)


@pytest.fixture
def connection() -> sqlite3.Connection:
    return database()


def count(connection: sqlite3.Connection, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_a_decision_is_written_whole(connection: sqlite3.Connection) -> None:
    first = order().with_fill(fill())
    whole = replace(
        write(first, order(2), fills=(fill(),), state='{"n":1}'),
        deals=(deal(),),
        tells=((1, said("bought", amount=Decimal("0.010")), False), (1, said("slow"), True)),
        commands_json='["go"]',
    )

    assert Journal(connection).record(whole) == 1

    kept = [order_row(row).order for row in named_rows(connection, "SELECT * FROM orders ORDER BY rowid")]
    assert kept == [first, order(2)]
    assert [fill_row(row).fill for row in named_rows(connection, "SELECT * FROM fill")] == [fill()]
    assert connection.execute("SELECT state_json FROM bot_state").fetchall() == [('{"n":1}',)]
    assert connection.execute("SELECT kind FROM timeline").fetchall() == [("note",), ("problem",)]
    assert connection.execute("SELECT status, is_over FROM deal").fetchall() == [("open", 0)]


@given(values=st.tuples(*[DECIMALS] * 6))
@settings(max_examples=150, deadline=None)
def test_decimals_come_back_digit_for_digit(values: tuple[Decimal, ...]) -> None:
    connection = database()
    amount, price, filled, cost, fee, coin_fee = values
    written = replace(
        order(), amount=amount, price=price, trigger=price, filled=filled, cost=cost, fee=fee, coin_fee=coin_fee
    )
    trade = Fill("t", price, amount, fee, coin_fee, 1)

    Journal(connection).record(write(written, fills=(trade,)))

    read = order_row(named_rows(connection, "SELECT * FROM orders")[0]).order
    assert read == written
    assert [
        str(getattr(read, name)) for name in ("amount", "price", "trigger", "filled", "cost", "fee", "coin_fee")
    ] == [str(value) for value in (amount, price, price, filled, cost, fee, coin_fee)]
    assert str(fill_row(named_rows(connection, "SELECT * FROM fill")[0]).fill) == str(trade)


def test_a_fill_that_is_told_again_is_ignored(connection: sqlite3.Connection) -> None:
    journal = Journal(connection)
    journal.record(write(order(), fills=(fill(), fill())))
    journal.record(write(order(), fills=(fill(), fill("t2"))))

    assert connection.execute("SELECT trade_id, seq FROM fill").fetchall() == [("t1", 1), ("t2", 2)]


def test_a_fill_finds_the_pair_of_an_order_written_earlier(connection: sqlite3.Connection) -> None:
    journal = Journal(connection)
    journal.record(write(order()))
    journal.record(Write(1, 1, 12, "{}", fills=((1, client_id(1), fill()),)))

    assert connection.execute("SELECT symbol FROM fill").fetchall() == [(PAIR,)]


def test_a_fill_of_an_order_that_was_never_written_is_a_bug(connection: sqlite3.Connection) -> None:
    with pytest.raises(RuleBroken, match="never written down"):
        Journal(connection).record(Write(1, 1, 12, "{}", fills=((1, client_id(9), fill()),)))
    assert count(connection, "decision") == 0


def test_what_fails_half_way_leaves_nothing_and_the_chain_goes_on(connection: sqlite3.Connection) -> None:
    journal = Journal(connection)
    journal.record(write(order()))
    stranger = replace(write(order(2), state="{}"), bot_id=77)

    with pytest.raises(sqlite3.IntegrityError):
        journal.record(stranger)
    journal.record(write(order(3)))

    assert count(connection, "decision") == 2
    assert [row[0] for row in connection.execute("SELECT client_id FROM orders")] == [client_id(1), client_id(3)]


@pytest.mark.parametrize(
    ("was", "becomes", "is_allowed"),
    [
        (OrderStatus.PENDING, OrderStatus.OPEN, True),
        (OrderStatus.OPEN, OrderStatus.CANCELED, True),
        (OrderStatus.CANCELED, OrderStatus.FILLED, True),
        (OrderStatus.CANCELED, OrderStatus.CANCELED, True),
        (OrderStatus.CANCELED, OrderStatus.PENDING, False),
        (OrderStatus.FILLED, OrderStatus.PENDING, False),
        (OrderStatus.FILLED, OrderStatus.OPEN, False),
        (OrderStatus.REJECTED, OrderStatus.OPEN, False),
    ],
)
def test_an_order_that_is_final_stays_final(
    connection: sqlite3.Connection, was: OrderStatus, becomes: OrderStatus, is_allowed: bool
) -> None:
    journal = Journal(connection)
    journal.record(write(order(1, was)))
    if is_allowed:
        journal.record(write(order(1, becomes)))
        return
    with pytest.raises(sqlite3.IntegrityError, match="used twice"):
        journal.record(write(order(1, becomes)))


def test_an_order_id_belongs_to_one_deal_for_ever(connection: sqlite3.Connection) -> None:
    journal = Journal(connection)
    journal.record(write(order()))
    with pytest.raises(sqlite3.IntegrityError, match="used twice"):
        journal.record(replace(write(), orders=((2, order()),)))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE decision SET at = 0",
        "DELETE FROM decision",
        "UPDATE fill SET amount = '1'",
        "DELETE FROM fill",
        "DELETE FROM orders",
    ],
)
def test_the_past_cannot_be_changed(connection: sqlite3.Connection, statement: str) -> None:
    Journal(connection).record(write(order(), fills=(fill(),)))
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1,5", "", "0x10", "1" * 81])
def test_the_database_refuses_amounts_that_are_none(connection: sqlite3.Connection, text: str) -> None:
    Journal(connection).record(write(order()))
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        connection.execute("UPDATE orders SET amount = ?", (text,))


def test_what_is_unknown_since_when_is_kept_until_the_order_is_found(connection: sqlite3.Connection) -> None:
    journal = Journal(connection)
    journal.record(write(order()))
    journal.record(replace(write(), sent=((client_id(1), 100),)))
    journal.mark_unknown([client_id(1)], 200)
    journal.mark_unknown([client_id(1)], 300)
    journal.record(write(order()))
    assert connection.execute("SELECT sent_at, unknown_since FROM orders").fetchone() == (100, 200)

    journal.record(write(order(1, OrderStatus.OPEN)))
    assert connection.execute("SELECT sent_at, unknown_since FROM orders").fetchone() == (100, 0)


def test_a_link_depends_on_every_cell_and_on_the_link_before() -> None:
    links = {link("", (1, "a")), link("x", (1, "a")), link("", (1, "b")), link("", (2, "a")), link("", (1, "a", ""))}
    assert len(links) == 5
    assert all(len(each) == 64 for each in links)
