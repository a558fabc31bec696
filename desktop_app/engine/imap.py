"""As much IMAP as it takes to read new mail of one folder: over TLS, read-only, every answer bounded."""

import asyncio
import re
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

_LONGEST_LINE = 16_384
_MOST_LINES = 2_000
LARGEST_MAIL = 262_144
_ANSWER_SECONDS = 30.0
_LITERAL = re.compile(rb"\{(\d{1,9})\}\r?\n\Z")
MakeContext = Callable[[], ssl.SSLContext]


class ImapRefused(Exception):
    """The server said no; its own words."""


class ImapGone(Exception):
    """The server is not there, or says what no server says."""


@dataclass(frozen=True, slots=True)
class Folder:
    """`validity` changes when the server numbers its mails anew; `next_uid` is what the next mail will get."""

    validity: int
    next_uid: int


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it stands on the server; `raw` is None of one that is too large."""

    uid: int
    size: int
    raw: bytes | None


class ImapClient:
    """One connection, one command at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._tags = 0
        self._has_news = False  # since the folder was searched last, whatever the server was asked meanwhile
        self.capabilities: frozenset[str] = frozenset()

    @classmethod
    async def connect(cls, host: str, port: int, context: ssl.SSLContext) -> Self:
        """Raises ImapGone."""
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                reader, writer = await asyncio.open_connection(
                    host, port, ssl=context, server_hostname=host, limit=_LONGEST_LINE
                )
        except (OSError, ssl.SSLError, TimeoutError, UnicodeError) as error:
            raise ImapGone(_short(error)) from None
        client = cls(reader, writer)
        greeting = (await client._line())[:200]
        if not greeting.upper().startswith(b"* OK"):
            client.close()
            raise ImapGone("it greets like no mail server")
        return client

    def close(self) -> None:
        self._writer.close()

    async def log_in(self, user: str, password: str) -> None:
        """Raises ImapRefused: the server does not take them."""
        try:
            await self._command(b"LOGIN " + _quoted(user) + b" " + _quoted(password))
        except ImapRefused as error:  # a few servers say the command once more
            words = str(error)
            spelled = (password, _quoted(password).decode()[1:-1])
            raise ImapRefused("it refuses the login" if any(text in words for text in spelled) else words) from None
        lines = await self._command(b"CAPABILITY")
        words = b" ".join(line for line in lines if line.upper().startswith(b"* CAPABILITY")).decode("ascii", "replace")
        self.capabilities = frozenset(words.upper().split())

    async def open_folder(self, name: str) -> Folder:
        """For reading only: what is in it stays as it is. Raises ImapRefused."""
        text = b" ".join(await self._command(b"EXAMINE " + _quoted(name)))
        validity, next_uid = re.search(rb"UIDVALIDITY (\d{1,10})", text), re.search(rb"UIDNEXT (\d{1,10})", text)
        if validity is None or next_uid is None:
            raise ImapGone("it does not number its mails")
        return Folder(int(validity[1]), int(next_uid[1]))

    async def uids_from(self, uid: int) -> tuple[int, ...]:
        self._has_news = False
        text = b" ".join(await self._command(b"UID SEARCH UID %d:*" % uid))
        found = re.findall(rb"\* SEARCH((?: \d{1,10})*)", text)
        uids = sorted({int(number) for numbers in found for number in numbers.split()})
        return tuple(number for number in uids if number >= uid)  # the last mail is always in the range

    async def fetch(self, uid: int) -> Mail:
        """Raises ImapGone: the mail is not there."""
        text = b" ".join(await self._command(b"UID FETCH %d (RFC822.SIZE)" % uid))
        size = re.search(rb"RFC822\.SIZE (\d{1,12})", text)
        if size is None:
            return Mail(uid, 0, None)
        if int(size[1]) > LARGEST_MAIL:
            return Mail(uid, int(size[1]), None)
        literals: list[bytes] = []
        await self._command(b"UID FETCH %d (BODY.PEEK[])" % uid, literals)
        return Mail(uid, int(size[1]), literals[0] if literals else None)

    async def wait(self, seconds: float) -> bool:
        """IDLE until something is new, or the time is over; whether something is new."""
        tag = await self._send(b"IDLE")
        line = await self._line()
        while line.startswith(b"* "):
            line = await self._line()
        if not line.startswith(b"+"):
            raise ImapRefused(_words(line))
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self._has_news:
                    await self._line(None)
        self._writer.write(b"DONE\r\n")
        await self._answer(tag, None)
        return self._has_news

    async def poke(self) -> None:
        await self._command(b"NOOP")

    # --- lines

    async def _command(self, command: bytes, literals: list[bytes] | None = None) -> list[bytes]:
        return await self._answer(await self._send(command), literals)

    async def _send(self, command: bytes) -> bytes:
        self._tags += 1
        tag = b"S%d" % self._tags
        try:
            self._writer.write(tag + b" " + command + b"\r\n")
            await self._writer.drain()
        except (OSError, ssl.SSLError) as error:
            raise ImapGone(_short(error)) from None
        return tag

    async def _answer(self, tag: bytes, literals: list[bytes] | None) -> list[bytes]:
        lines: list[bytes] = []
        while len(lines) < _MOST_LINES:
            line = await self._line()
            found = _LITERAL.search(line)
            if found is not None:
                literal = await self._bytes(int(found[1]))
                if literals is not None:
                    literals.append(literal)
            if line.startswith(tag + b" "):
                if not line[len(tag) + 1 :].upper().startswith(b"OK"):
                    raise ImapRefused(_words(line))
                return lines
            lines.append(line.strip())
        raise ImapGone("it does not stop talking")

    async def _line(self, seconds: float | None = _ANSWER_SECONDS) -> bytes:
        try:
            async with asyncio.timeout(seconds):
                line = await self._reader.readline()
        except (OSError, ssl.SSLError, ValueError) as error:
            raise ImapGone(_short(error)) from None
        except TimeoutError:
            if seconds is None:
                raise
            raise ImapGone("no answer came") from None
        if not line.endswith(b"\n"):
            raise ImapGone("it hung up")
        if line.startswith(b"* ") and b" EXISTS" in line.upper():
            self._has_news = True
        return line

    async def _bytes(self, count: int) -> bytes:
        if count > LARGEST_MAIL:
            raise ImapGone("it sends more than it said")
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                return await self._reader.readexactly(count)
        except (OSError, ssl.SSLError, TimeoutError, asyncio.IncompleteReadError) as error:
            raise ImapGone(_short(error)) from None


def _quoted(text: str) -> bytes:
    """Raises ImapRefused: no such name or password can be sent."""
    if not text.isascii() or not text.isprintable():
        raise ImapRefused("names and passwords must be plain letters, digits and signs")
    return b'"' + text.replace("\\", "\\\\").replace('"', '\\"').encode() + b'"'


def _words(line: bytes) -> str:
    text = line.partition(b" ")[2].decode("utf-8", "replace").strip()
    return "".join(char for char in text if char.isprintable())[:120]


def _short(error: BaseException) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return "its certificate is not valid for this name"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__
