"""An older database is copied, checked and brought to this version in one transaction, or left as it was."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from desktop_app.store import backups, migration, opening, schema
from desktop_app.store.db import Store
from desktop_app.store.errors import MigrationFailed
from tests.store.stories import clock, database

FORM = "SELECT type, name, sql FROM sqlite_schema WHERE tbl_name <> 'alembic_version' ORDER BY type, name"
NEXT = '''"""A step for the test."""

from alembic import op

revision = "{revision}"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE bot ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue'")
    op.execute({statement!r})
'''


def with_next_step(folder: Path, statement: str) -> Path:
    """The scripts of the program with one more step."""
    scripts = folder / "scripts"
    (scripts / "versions").mkdir(parents=True)
    for path in [*migration.SCRIPTS.glob("*.*"), *migration.SCRIPTS.glob("versions/*.py")]:
        target = scripts / path.relative_to(migration.SCRIPTS)
        target.write_bytes(path.read_bytes())
    step = NEXT.format(revision=f"{schema.VERSION + 1:04d}", before=f"{schema.VERSION:04d}", statement=statement)
    (scripts / "versions" / "next.py").write_text(step)
    return scripts


def test_the_steps_lead_to_the_form_that_new_databases_have() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as stepped, closing(database()) as fresh:
        migration.upgrade(stepped)
        assert stepped.execute(FORM).fetchall() == fresh.execute(FORM).fetchall()
        for query in ("SELECT version_num FROM alembic_version", "PRAGMA user_version", "PRAGMA application_id"):
            assert stepped.execute(query).fetchall() == fresh.execute(query).fetchall()


@pytest.fixture
def newer_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program one version on, and a data folder of today's."""
    data_dir = tmp_path / "data"
    asyncio.run(asyncio.run(Store.open(data_dir, clock=clock)).close())
    scripts = with_next_step(tmp_path, "UPDATE bot SET colour = 'red'")
    monkeypatch.setattr(migration.upgrade, "__defaults__", (scripts, schema.VERSION + 1))
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    return data_dir


def test_an_older_database_is_copied_and_brought_up(newer_program: Path) -> None:
    with closing(opening.open_database(newer_program, 5)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (schema.VERSION,)
        assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
        connection.execute("SELECT colour FROM bot")
    backup = backups.newest_verified(newer_program)
    assert backup is not None
    with closing(sqlite3.connect(backup)) as before:
        assert before.execute("PRAGMA user_version").fetchone() == (schema.VERSION - 1,)


def test_a_step_that_fails_leaves_the_database_as_it_was(newer_program: Path) -> None:
    step = newer_program.parent / "scripts" / "versions" / "next.py"
    step.write_text(step.read_text().replace("UPDATE bot SET", "UPDATE nothing SET"))

    with pytest.raises(MigrationFailed, match="nothing") as failed:
        opening.open_database(newer_program, 5)

    assert "version-" in failed.value.sentences[2]
    with closing(sqlite3.connect(newer_program / opening.FILE_NAME)) as after:
        assert after.execute("PRAGMA user_version").fetchone() == (schema.VERSION - 1,)
        assert "colour" not in [row[1] for row in after.execute("PRAGMA table_info(bot)")]


def test_a_step_that_breaks_a_reference_is_undone(newer_program: Path) -> None:
    step = newer_program.parent / "scripts" / "versions" / "next.py"
    breaking = "INSERT INTO bot SELECT 1, 'x', 'dca', 99, '{}', 1, 0, 'stopped', '', 0, NULL, 'red'"
    step.write_text(step.read_text().replace("UPDATE bot SET colour = 'red'", breaking.replace("'", "\\'")))

    with pytest.raises(MigrationFailed, match="refers to nothing"):
        opening.open_database(newer_program, 5)

    with closing(sqlite3.connect(newer_program / opening.FILE_NAME)) as after:
        assert after.execute("SELECT count(*) FROM bot").fetchone() == (0,)
