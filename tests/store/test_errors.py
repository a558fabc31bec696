"""Every failure is three sentences and an exit status, whatever the library or the system called it."""

import errno
import sqlite3
from pathlib import Path

import pytest

from desktop_app.store import errors
from desktop_app.store.errors import (
    DatabaseCorrupt,
    DatabaseLocked,
    DiskFailed,
    DiskFull,
    NotWritable,
    RuleBroken,
    StoreError,
    folder_problem,
    told,
)

PLACE = Path("data")
KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, StoreError)]


def coded(code: int, text: str = "oops") -> sqlite3.Error:
    error = sqlite3.OperationalError(text)
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (coded(sqlite3.SQLITE_FULL), DiskFull),
        (sqlite3.OperationalError("database or disk is full"), DiskFull),
        (coded(sqlite3.SQLITE_BUSY), DatabaseLocked),
        (coded(sqlite3.SQLITE_BUSY_SNAPSHOT), DatabaseLocked),
        (coded(sqlite3.SQLITE_READONLY_DIRECTORY), NotWritable),
        (coded(sqlite3.SQLITE_CANTOPEN), NotWritable),
        (coded(sqlite3.SQLITE_CORRUPT), DatabaseCorrupt),
        (coded(sqlite3.SQLITE_NOTADB), DatabaseCorrupt),
        (sqlite3.OperationalError("Could not decode to UTF-8 column 'name'"), DatabaseCorrupt),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid"), DatabaseCorrupt),
        (coded(sqlite3.SQLITE_IOERR_WRITE), DiskFailed),
        (coded(sqlite3.SQLITE_CONSTRAINT_UNIQUE), RuleBroken),
        (coded(sqlite3.SQLITE_ERROR), StoreError),
    ],
)
def test_what_the_library_says_is_told_in_our_words(error: Exception, kind: type[Exception]) -> None:
    assert type(told(error, PLACE)) is kind


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (errno.ENOSPC, DiskFull),
        (errno.EDQUOT, DiskFull),
        (errno.EACCES, NotWritable),
        (errno.EROFS, NotWritable),
        (errno.EIO, DiskFailed),
    ],
)
def test_what_the_system_says_is_told_in_our_words(code: int, kind: type[Exception]) -> None:
    assert type(folder_problem(OSError(code, "oops"), PLACE)) is kind


@pytest.mark.parametrize("kind", KINDS)
def test_every_problem_has_three_sentences_and_an_exit_status(kind: type[StoreError]) -> None:
    names = ("path", "detail", "found", "known", "backup", "quarantine", "name")
    problem = kind(**dict.fromkeys(names, "Thing"))
    assert all(sentence.endswith(".") for sentence in problem.sentences)
    assert not any("{" in sentence for sentence in problem.sentences)
    assert str(problem) == " ".join(problem.sentences)
    assert problem.exit_status in (1, 2, 3)
