"""What the system hands over to be opened: a bot file or a `strongroom:` link, read, or refused with a sentence.

Whoever wrote it may want harm: a link carries its bot itself and never names a file, a file is read only up to the
size that a bot file can have, and nothing that is read here starts anything.
"""

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from desktop_app.core.bot_file import LARGEST_FILE
from desktop_app.core.documents import ENDINGS, SCHEME, scheme_of
from desktop_app.engine.problem import problem

_LONGEST_LINK = 16_384  # more than browsers and systems hand over
_SHOWN = 60  # signs of what is refused
_ASCII_CONTROLS = frozenset(map(chr, (*range(32), 127)))


@dataclass(frozen=True, slots=True)
class BotText:
    """A bot file's text, not yet looked into; `name` is the file's, empty for a link."""

    name: str
    text: str


def absolute(document: str) -> str:
    """The same document for a process that works in another folder."""
    return document if scheme_of(document) in (SCHEME, "file") else str(Path(document).absolute())


def link_of(text: str) -> str | None:
    """The link that carries this bot file; None for one that is too long to be handed on by every system."""
    link = f"{SCHEME}:bot?toml={quote(text, safe='')}"
    return link if len(link) <= _LONGEST_LINK // 2 else None


def read_document(document: str) -> BotText | None:
    """The bot file that a document is; None where a link only wants the window. Blocks as long as the disk does.

    Raises:
        Problem: it is none, or cannot be read.
    """
    match scheme_of(document):
        case "strongroom":
            return _of_link(document)
        case "file":
            return _of_file(_path_of(document))
        case _:
            return _of_file(Path(document))


def _of_link(link: str) -> BotText | None:
    if len(link) > _LONGEST_LINK:
        raise problem("link_too_long", most=_LONGEST_LINK)
    if not link.isascii() or not _ASCII_CONTROLS.isdisjoint(link):
        raise problem("link_unknown", link=_shown(link))
    try:
        parts = urlsplit(link)
        fields = parse_qsl(parts.query, strict_parsing=bool(parts.query), max_num_fields=1, errors="strict")
        target = (parts.netloc + parts.path).strip("/")
    except ValueError:
        raise problem("link_unknown", link=_shown(link)) from None
    if parts.fragment or target not in ("", "bot") or [name for name, _ in fields] != ["toml"] * (target == "bot"):
        raise problem("link_unknown", link=_shown(link))
    return BotText("", fields[0][1]) if fields else None


def _path_of(address: str) -> Path:
    """The file of this computer that an address names."""
    try:
        parts = urlsplit(address)
    except ValueError:
        raise problem("link_unknown", link=_shown(address)) from None
    if parts.netloc.casefold() not in ("", "localhost") or parts.path.startswith("//"):
        raise problem("document_elsewhere", link=_shown(address))
    try:
        path = unquote(parts.path, errors="strict")
    except UnicodeDecodeError:
        raise problem("link_unknown", link=_shown(address)) from None
    if os.name == "nt":
        path = path.lstrip("/")
    return Path(path)


def _of_file(path: Path) -> BotText:
    name = _shown(path.name or str(path))
    if path.suffix.casefold() not in ENDINGS:
        raise problem("document_no_bot_file", file=name)
    try:
        content = _content(path)
    except _NotAFile:
        raise problem("document_no_file", file=name) from None
    except (OSError, ValueError) as error:  # ValueError: a path with a zero in it
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise problem("document_unreadable", file=name, reason=reason) from None
    if len(content) > LARGEST_FILE * 4:
        raise problem("document_too_long", file=name, most=LARGEST_FILE)
    try:
        return BotText(name, content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise problem("document_no_text", file=name) from None


class _NotAFile(Exception):
    """A folder, a device, a pipe."""


def _content(path: Path) -> bytes:
    """No more of it than tells that it is too long; a pipe or a device is not even waited for. Raises OSError."""
    if path.is_dir():  # of which some systems say that it may not be read
        raise _NotAFile
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(handle, "rb") as file:  # noqa: PTH123 - the handle is already there
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise _NotAFile
        return file.read(LARGEST_FILE * 4 + 1)


def _shown(text: str) -> str:
    """The beginning of it, in signs that can be shown."""
    kept = "".join(sign if sign.isprintable() else "?" for sign in text[: _SHOWN + 1])
    return kept if len(text) <= _SHOWN else f"{kept[:_SHOWN]}…"
