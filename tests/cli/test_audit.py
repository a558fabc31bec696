"""`audit`: whole, broken with the first bad row, and exported line by line."""

import json
import sqlite3
from pathlib import Path

import pytest

from tests.cli.calling import Call, WriteBot


@pytest.fixture
def with_journal(demo: Call, bot_file: WriteBot) -> Call:
    demo("bot", "add", bot_file())
    demo("bot", "start", 1)
    return demo


def test_a_whole_journal_is_said_to_be_whole(with_journal: Call) -> None:
    done = with_journal("audit", "verify", "--json")

    assert done.status == 0
    assert done.document["whole"] is True and done.document["rows"] >= 1 and done.document["first_bad_row"] is None
    assert "The journal is whole" in with_journal("audit", "verify").out


def test_a_changed_row_is_named(with_journal: Call, tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "data" / "strongroom.sqlite3")
    database.execute("DROP TRIGGER IF EXISTS decision_is_append_only")
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f'DROP TRIGGER "{name}"')
    database.execute("UPDATE decision SET commands_json = '[1]' WHERE seq = 1")
    database.commit()
    database.close()

    done = with_journal("audit", "verify", "--json")

    assert done.status == 1
    assert done.document["first_bad_row"] == 1
    assert "broken at row 1" in done.err


def test_the_journal_is_exported_to_stdout_and_to_a_new_file(with_journal: Call, tmp_path: Path) -> None:
    printed = with_journal("audit", "export")
    rows = [json.loads(line) for line in printed.out.splitlines()]
    out = tmp_path / "journal.jsonl"

    assert printed.status == 0 and [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    assert with_journal("audit", "export", "--out", out).status == 0
    assert out.read_text(encoding="utf-8") == printed.out
    again = with_journal("audit", "export", "--out", out)
    assert again.status == 2 and "already there" in again.err
