"""`doctor`: a line for each thing, with what to do about a problem."""

import asyncio
import json
from pathlib import Path

from desktop_app.store.db import Store
from desktop_app.store.rows import AccountRow
from tests.cli.calling import Call


def test_an_empty_folder_is_fine_and_stays_empty(call: Call, tmp_path: Path) -> None:
    done = call("doctor", "--json")

    assert done.status == 0
    assert {line["name"] for line in done.document} == {"versions", "folder", "disk", "database", "clock", "keyring"}
    assert all(line["ok"] and line["remedy"] is None for line in done.document)
    assert not (tmp_path / "data").exists()


def test_accounts_and_the_journal_are_looked_at(demo: Call) -> None:
    done = demo("doctor")

    assert done.status == 0
    assert "exchange:   ok. demo on sim" in done.out and "journal:    ok. Whole" in done.out


def test_a_damaged_database_is_a_problem_with_a_remedy(demo: Call, tmp_path: Path) -> None:
    (tmp_path / "data" / "strongroom.sqlite3").write_bytes(b"no database" * 1000)

    done = demo("doctor")

    assert done.status == 1 and "database:   problem." in done.out


def test_a_folder_that_cannot_be_written_is_a_problem(tmp_path: Path, call: Call) -> None:
    (tmp_path / "data").write_text("a file")

    done = call("doctor")

    assert done.status == 1 and "folder:     problem." in done.out


def test_an_account_whose_key_is_not_there_is_a_problem_with_a_remedy(call: Call, tmp_path: Path) -> None:
    assert call("account", "add", "demo", "--exchange", "sim").status == 0
    mark = {"name": "0" * 16, "tail": "…x7Q2", "mark": "0" * 32}
    config = {"rest_url": "http://127.0.0.1:9", "ws_url": "ws://127.0.0.1:9", "key": mark}

    async def add() -> None:
        store = await Store.open(tmp_path / "data", clock=lambda: 1)
        await store.add_account(AccountRow(0, "main", "binance", False, json.dumps(config)))
        await store.close()

    asyncio.run(add())
    done = call("doctor", "--json")
    listed = call("account", "list", "--json").document

    found = {one["said"]: one for one in done.document if one["name"] == "exchange"}
    assert done.status == 1
    assert [one["ok"] for one in found.values()] == [True, False]
    assert [one["name"] for one in done.document[-2:]] == ["clock", "keyring"]
    assert (listed[1]["key"], listed[1]["key_tail"]) == ("ok", "…x7Q2")
    assert call("account", "check", "main").status == 3
