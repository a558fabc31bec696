"""What can go wrong with the data on disk, told as: what happened, what it means for the money, what to do."""

import errno
import sqlite3
from pathlib import Path

_SAFE = "No order was sent that is not written down, and orders on the exchange stay as they are."


class StoreError(Exception):
    """The data on disk could not be read or written; nothing of the failed change was kept.

    The three sentences are templates over `values`, so that a face can translate them before it fills them in.
    """

    what = "The database reported a problem: {detail}."
    effect = _SAFE
    next_step = "Restart Strongroom. If it happens again, run `strongroom doctor`."
    exit_status = 1

    def __init__(self, **values: str | int) -> None:
        self.values = {key: str(value) for key, value in values.items()}
        super().__init__(" ".join(self.sentences))

    @property
    def templates(self) -> tuple[str, str, str]:
        return self.what, self.effect, self.next_step

    @property
    def sentences(self) -> tuple[str, str, str]:
        what, effect, next_step = (template.format(**self.values) for template in self.templates)
        return what, effect, next_step


class DatabaseTooNew(StoreError):
    what = "The database {path} was written by a newer Strongroom (data version {found}; this one knows {known})."
    effect = "Nothing was changed in it, and no bot was started; orders on the exchange stay as they are."
    next_step = "Install the newer Strongroom again, or choose another data folder with --data-dir."
    exit_status = 3


class DatabaseCorrupt(StoreError):
    what = "The database {path} is damaged: {detail}."
    effect = "No bot was started and nothing was sent; orders on the exchange stay as they are."
    next_step = "Restart Strongroom: it checks the whole file and names the newest whole backup."


class DatabaseSetAside(DatabaseCorrupt):
    """Found damaged at the start: a copy is kept, and nothing is put in its place unasked."""

    next_step = (
        "A copy of it was put into {quarantine}. The newest whole backup is {backup}: put it in the place of the "
        "damaged file."
    )


class DatabaseLost(DatabaseCorrupt):
    """The same where there is no backup."""

    next_step = (
        "A copy of it was put into {quarantine}. There is no whole backup: move the damaged file away to begin anew."
    )


class DatabaseLocked(StoreError):
    what = "Another program holds the database {path}."
    effect = _SAFE
    next_step = "Close the other Strongroom, or the backup or antivirus program that reads this folder, and try again."


class DiskFull(StoreError):
    what = "The disk that holds {path} is full."
    next_step = "Free some space on that disk; the bots wait until then."


class NotWritable(StoreError):
    what = "Strongroom may not write to {path}."
    effect = "No bot was started and nothing was sent; orders on the exchange stay as they are."
    next_step = "Give your user the right to write there, or choose another data folder with --data-dir."


class DiskFailed(StoreError):
    what = "The disk failed while reading or writing {path}: {detail}."
    next_step = "Check the disk and its cable or network connection, then restart Strongroom."


class MigrationFailed(StoreError):
    what = "The database {path} could not be brought to this version: {detail}."
    effect = "It was left as it was, no bot was started, and orders on the exchange stay as they are."
    next_step = "A copy from before is {backup}. Install the earlier Strongroom again, or report this problem."


class NameTaken(StoreError):
    what = "The name {name} is already taken."
    effect = "Nothing was changed."
    next_step = "Choose another name."
    exit_status = 2


class RuleBroken(AssertionError):
    """A write that no correct program asks for, such as an order id used twice; refused by the database itself."""


_FOUND_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}
_FORBIDDEN = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_AUTH}
_HELD = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_NO_SPACE = "disk is full"  # these two come without a code
_NO_TEXT = "Could not decode to UTF-8"


# A damaged schema makes the library complain in bytes that are no text.
DatabaseErrors = (sqlite3.Error, UnicodeDecodeError)


def told(error: Exception, path: Path) -> StoreError | RuleBroken:
    """The error of the database library in our words."""
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code == sqlite3.SQLITE_CONSTRAINT:
        return RuleBroken(str(error))
    if code == sqlite3.SQLITE_FULL or _NO_SPACE in str(error):
        return DiskFull(path=str(path))
    if code in _HELD:
        return DatabaseLocked(path=str(path))
    if code in _FORBIDDEN:
        return NotWritable(path=str(path))
    is_text_damaged = isinstance(error, UnicodeDecodeError) or _NO_TEXT in str(error)
    if code in _FOUND_DAMAGED or is_text_damaged:
        return DatabaseCorrupt(path=str(path), detail=str(error))
    if code == sqlite3.SQLITE_IOERR:
        return DiskFailed(path=str(path), detail=str(error))
    return StoreError(detail=str(error))


def folder_problem(error: OSError, path: Path) -> StoreError:
    """The error of the operating system in our words."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(path=str(path))
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST):
        return NotWritable(path=str(path))
    return DiskFailed(path=str(path), detail=error.strerror or str(error))
