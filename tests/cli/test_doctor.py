"""`doctor`: a line for each thing, with what to do about a problem."""

from pathlib import Path

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
