"""The audit finds the first row that is not as it was written."""

import json
import sqlite3

import pytest

from desktop_app.core.order import OrderStatus
from desktop_app.store import audit
from desktop_app.store.journal import Journal
from desktop_app.store.rows import AuditResult
from tests.store.stories import client_id, database, fill, order, write


def check(connection: sqlite3.Connection) -> audit.Check:
    found = audit.Check()
    while found.next_page(connection):
        pass
    return found


@pytest.fixture
def connection() -> sqlite3.Connection:
    """Five decisions; orders 1 and 2, a fill in the third, and rules lifted as a tamperer would."""
    connection = database()
    journal = Journal(connection)
    journal.record(write(order(), state="{}"))
    journal.record(write(order(2)))
    journal.record(write(order().with_fill(fill()), fills=(fill(),), state='{"n":2}'))
    journal.record(write(order(2, OrderStatus.OPEN)))
    journal.record(write(event='{"last":true}'))
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("PRAGMA foreign_keys = OFF")
    return connection


def test_an_untouched_journal_is_whole(connection: sqlite3.Connection) -> None:
    assert check(connection).result == AuditResult(is_whole=True, rows=5)


def test_an_empty_journal_is_whole() -> None:
    assert check(database()).result == AuditResult(is_whole=True, rows=0)


@pytest.mark.parametrize(
    ("statement", "bad_seq"),
    [
        ("UPDATE decision SET event_json = '[]' WHERE seq = 2", 2),
        ("UPDATE decision SET at = at + 1 WHERE seq = 1", 1),
        ("UPDATE decision SET changes_json = '[[],[],\"\"]' WHERE seq = 3", 3),
        ("UPDATE decision SET hash = (SELECT hash FROM decision WHERE seq = 1) WHERE seq = 4", 4),
        ("DELETE FROM decision WHERE seq = 1", 1),
        ("DELETE FROM decision WHERE seq = 3", 3),
        ("DELETE FROM decision WHERE seq = 5", 5),
        ("DELETE FROM decision", 1),
        ("UPDATE fill SET amount = '0.011'", 3),
        ("DELETE FROM fill", 3),
        ("INSERT INTO fill SELECT 1, symbol, 'x', 1, 1, client_id, price, amount, fee, coin_fee, at, 3 FROM fill", 3),
        ("INSERT INTO fill SELECT 1, symbol, 'x', 1, 1, client_id, price, amount, fee, coin_fee, at, 9 FROM fill", 9),
        (f"UPDATE orders SET price = '1' WHERE client_id = '{client_id(2)}'", 4),
        (f"DELETE FROM orders WHERE client_id = '{client_id(2)}'", 2),
        ("UPDATE bot_state SET state_json = '{}'", 3),
    ],
)  # fmt: skip
def test_whatever_is_changed_is_found_and_named(connection: sqlite3.Connection, statement: str, bad_seq: int) -> None:
    connection.execute(statement)

    result = check(connection).result

    assert not result.is_whole
    assert result.first_bad_seq == bad_seq
    assert result.reason


def test_a_changes_text_that_is_no_json_is_a_broken_row(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE decision SET changes_json = 'x' WHERE seq = 2")
    assert check(connection).result.first_bad_seq == 2


def test_a_line_of_the_export_holds_every_cell(connection: sqlite3.Connection) -> None:
    row = audit.page(connection, 0)[0]
    assert json.loads(audit.line(row))["hash"] == row.hash
    assert json.loads(audit.line(row))["seq"] == 1
