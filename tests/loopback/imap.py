"""A mail server on loopback with one mailbox, over real TLS: it can idle, misbehave, and hang up."""

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "me@example.net", 'mail pass"word\\'


def make_certificate(folder: Path, name: str = "localhost") -> Path:
    """A key and a certificate for `name` in one file, known to nobody but whoever is given it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


@dataclass
class ToyMailServer:
    """`mails` are (uid, raw). What was asked of it stands in `asked`, without passwords."""

    certificate: Path
    mails: list[tuple[int, bytes]] = field(default_factory=list)
    can_idle: bool = True
    validity: int = 7
    greeting: bytes = b"* OK hello\r\n"
    twist: Callable[[str, bytes], bytes] = lambda _, answer: answer
    asked: list[str] = field(default_factory=list)
    port: int = 0

    def __post_init__(self) -> None:
        self._server: asyncio.Server | None = None
        self._news = asyncio.Event()
        self._shown = 0  # how many mails there were when it was last asked
        self._writers: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        self.hang_up()

    def hang_up(self) -> None:
        for writer in self._writers:
            writer.close()

    def deliver(self, raw: bytes) -> None:
        self.mails.append((self.next_uid, raw))
        self._news.set()

    @property
    def next_uid(self) -> int:
        return max((uid for uid, _ in self.mails), default=10) + 1

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with suppress(OSError, asyncio.IncompleteReadError, ssl.SSLError):
            writer.write(self.greeting)
            while line := await reader.readline():
                tag, _, command = line.strip().decode().partition(" ")
                verb = command.upper().removeprefix("UID ").partition(" ")[0]
                self.asked.append("LOGIN" if verb == "LOGIN" else command)
                if verb == "IDLE":
                    await self._idle(reader, writer, tag)
                else:
                    writer.write(self.twist(verb, self._answer(verb, command, tag)))
                await writer.drain()
        self._writers.discard(writer)
        writer.close()

    async def _idle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, tag: str) -> None:
        writer.write(b"+ idling\r\n")
        if len(self.mails) == self._shown:  # else one has come since it was asked what there is
            self._news.clear()
        done = asyncio.get_running_loop().create_task(reader.readline())
        news = asyncio.get_running_loop().create_task(self._news.wait())
        await asyncio.wait({done, news}, return_when=asyncio.FIRST_COMPLETED)
        if not done.done():
            writer.write(b"* %d EXISTS\r\n" % len(self.mails))
            await writer.drain()
        news.cancel()
        await done
        writer.write(f"{tag} OK idle is over\r\n".encode())

    def _answer(self, verb: str, command: str, tag: str) -> bytes:
        ok = f"{tag} OK done\r\n".encode()
        match verb:
            case "LOGIN":
                quoted = PASSWORD.replace("\\", "\\\\").replace('"', '\\"')
                is_right = command == f'LOGIN "{USER}" "{quoted}"'
                return ok if is_right else f"{tag} NO [AUTHENTICATIONFAILED] wrong password\r\n".encode()
            case "CAPABILITY":
                return b"* CAPABILITY IMAP4rev1" + (b" IDLE" if self.can_idle else b"") + b"\r\n" + ok
            case "EXAMINE":
                folder = f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY {self.validity}] ok\r\n"
                return f"{folder}* OK [UIDNEXT {self.next_uid}] ok\r\n".encode() + ok
            case "SEARCH":
                self._shown = len(self.mails)
                low = int(command.rsplit(maxsplit=1)[-1].partition(":")[0])
                uids = [uid for uid, _ in self.mails if uid >= low] or [uid for uid, _ in self.mails[-1:]]
                return b"* SEARCH" + b"".join(b" %d" % uid for uid in uids) + b"\r\n" + ok
            case "FETCH":
                return self._fetch(int(command.split()[2]), command) + ok
            case _:
                return ok

    def _fetch(self, uid: int, command: str) -> bytes:
        raw = next((raw for number, raw in self.mails if number == uid), None)
        if raw is None:
            return b""
        if "RFC822.SIZE" in command:
            return b"* 1 FETCH (UID %d RFC822.SIZE %d)\r\n" % (uid, len(raw))
        return b"* 1 FETCH (UID %d BODY[] {%d}\r\n" % (uid, len(raw)) + raw + b")\r\n"
