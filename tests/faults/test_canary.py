"""A canary key goes through everything the program can do and everything that can go wrong, and is found nowhere.

Nowhere: no file of the data folder or the home, nor any other file that was opened for writing, no log at DEBUG, no
event, export, argument, environment, output, traceback, and no foreign host that an answer pointed to.
"""

import asyncio
import base64
import json
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from desktop_app.config import AppSettings, Paths
from tests.canary import Hunt, a_canary
from tests.loopback import binance, kucoin
from tests.loopback.faults import Faults, What
from tests.loopback.floor import Floor
from tests.secret_service import SecretService, secret_service, skip_without_secret_service

pytestmark = [
    pytest.mark.needs_keyring,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]

ROOT = Path(__file__).resolve().parents[2]
LOUD = ROOT / "tests" / "faults" / "loud.py"
PATIENCE_SECONDS = 100
_BOT = """\
kind = "dca"
name = "BTC live"
account = "main"
pairs = ["BTC/USDT"]
base_order = { volume = "100", type = "market" }
safety_orders = { volume = "50", price_deviation = "1.0", max_count = 2 }
take_profit = { percent = "1.0" }
"""
_FAULTS = (
    What.HTML, What.TRUNCATED, What.MALFORMED, What.ANSWER_LOST, What.ANSWER_RESET, What.TOO_MANY,
    What.ACCEPT_THEN_STATUS, What.EMPTY,
)  # fmt: skip


# --- the canary and where it may hide ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hidden",
    [
        lambda text: text.encode(),
        lambda text: b"\x00" + text.upper().encode() + b"\x00",
        lambda text: text[20:34].encode(),
        lambda text: text.encode().hex().upper().encode(),
        lambda text: base64.b64encode(b"user:" + text.encode() + b"!"),
        lambda text: base64.urlsafe_b64encode(b"me" + text.encode()),
        lambda text: text.encode("utf-16-le"),
        lambda text: text[::-1].encode(),
    ],
)
def test_the_hunt_finds_what_is_there(hidden: Callable[[str], bytes]) -> None:
    canary = a_canary(64)
    hunt = Hunt(canary)
    hunt.look("nothing", b"an innocent line" * 100)
    assert hunt.found == []

    hunt.look("something", b"before " + hidden(canary) + b" after")

    assert hunt.found


# --- the program under observation ------------------------------------------------------------------------------------


@dataclass
class Cage:
    """A data folder, a keyring and everything that is said by processes on it."""

    folder: Path
    keyring: SecretService
    said: list[tuple[str, bytes]] = field(default_factory=list)
    processes_seen: int = 0

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def listing(self) -> Path:
        return self.folder / "opened.txt"

    async def start(self, *words: object, fault: str = "") -> asyncio.subprocess.Process:
        cwd = self.folder / "cwd"
        cwd.mkdir(exist_ok=True)
        return await asyncio.create_subprocess_exec(
            *(sys.executable, str(LOUD), "--data-dir", str(self.data), *map(str, words)),
            cwd=cwd,
            env={
                **self.keyring.environment,
                "LOUD_FILES": str(self.listing),
                "LOUD_FAULT": fault,
                "LOUD_TEXTS": "" if words else str(self.folder / "texts.txt"),
                "QT_QPA_PLATFORM": "offscreen",
            },
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            preexec_fn=_wants_cores,
        )

    async def end(self, process: asyncio.subprocess.Process, text: str = "") -> int:
        async with asyncio.timeout(PATIENCE_SECONDS):
            out, err = await process.communicate(text.encode())
        self.said += [("stdout", out), ("stderr", err)]
        assert process.returncode is not None
        return process.returncode

    async def call(self, *words: object, text: str = "", fault: str = "") -> int:
        process = await self.start(*words, fault=fault)
        if text:
            self.observe(process.pid)
        return await self.end(process, text)

    def observe(self, pid: int) -> None:
        """What others may read of a running process, and files of it that have no name any more."""
        for path in (Path(f"/proc/{pid}") / name for name in ("environ", "cmdline", "comm", "status")):
            self.said.append((str(path), path.read_bytes()))
        for path in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(FileNotFoundError):  # it has just been closed
                if path.is_file():
                    self.said.append((f"{path} {path.readlink()}", path.read_bytes()))
        self.processes_seen += 1

    def listed_files(self) -> list[Path]:
        return [Path(name) for name in sorted({*self.listing.read_text(encoding="utf-8").splitlines()})]

    def search(self, hunt: Hunt) -> list[str]:
        for where, data in self.said:
            hunt.look(where, data)
        hunt.look_into(self.folder)
        hunt.look_into(self.keyring.folder / "home")
        for path in self.listed_files():
            if path.is_file() and path.stat().st_size < 200_000_000 and not path.is_relative_to("/proc"):
                hunt.look(str(path), path.read_bytes())
        return sorted({*hunt.found})


def _wants_cores() -> None:
    """As if somebody had switched core dumps on."""
    if sys.platform != "win32":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (most, most))


@pytest.fixture
def cage(tmp_path: Path) -> Iterator[Cage]:
    skip_without_secret_service()
    with secret_service() as keyring:
        yield Cage(tmp_path, keyring)


@asynccontextmanager
async def a_stranger(hunt: Hunt) -> AsyncIterator[str]:
    """Another host, to which nothing may ever be sent; what it hears is looked through."""

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hunt.look("a foreign host", await reader.read(100_000))
        hunt.found.append("a foreign host was called")
        writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/login"


@dataclass
class Venue:
    """An exchange with an account that the canary opens."""

    id: str
    floor: Floor
    faults: Faults
    stand: binance.BinanceStand | kucoin.KucoinStand
    keys: dict[str, str]

    @property
    def text(self) -> str:
        return json.dumps(self.keys)

    @property
    def add(self) -> list[str]:
        urls = ["--rest-url", self.stand.rest_url, "--ws-url", self.stand.ws_url]
        return ["account", "add", "main", "--exchange", self.id, *urls, "--credentials-stdin"]


def a_venue(name: str) -> Venue:
    faults = Faults()
    keys = {"apiKey": a_canary(64), "secret": a_canary(64)}
    if name == "binance":
        floor: Floor = binance.a_floor()
        stand: binance.BinanceStand | kucoin.KucoinStand = binance.BinanceStand(floor, faults, beat=0.2)
    else:
        keys["password"] = a_canary(24) + " /+ü"
        floor = kucoin.a_floor()
        stand = kucoin.KucoinStand(floor, faults, beat=0.2)
    floor.open_account(keys["apiKey"], keys["secret"], keys.get("password", ""), USDT="10000", BTC="0")
    return Venue(name, floor, faults, stand, keys)


def _repeat_the_key(venue: Venue) -> None:
    """From now on the exchange answers with the key in its words."""
    echo = f"{venue.keys['apiKey']} is not valid with {venue.text}: signature={venue.keys['secret']}"
    venue.faults.add(What.CODE, "/sapi/v1/account/apiRestrictions", times=1000, number=-2015, text=echo)
    venue.faults.add(What.CODE, "/api/v3/account", times=1000, number=-2015, text=echo)


async def until_traded(venue: Venue, process: asyncio.subprocess.Process, orders: int) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        account = venue.floor.accounts[venue.keys["apiKey"]]
        while len(venue.floor.books(account).orders) < orders and process.returncode is None:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_a_key_that_is_not_taken_is_nowhere(cage: Cage) -> None:
    venue = a_venue("binance")
    hunt = Hunt(*venue.keys.values())
    account = venue.floor.accounts[venue.keys["apiKey"]]
    async with venue.stand:
        account.may_withdraw = True
        assert await cage.call(*venue.add, text=venue.text) == 3
        account.may_withdraw = False
        wrong = json.dumps({**venue.keys, "secret": venue.keys["secret"][::-1]})
        for text in (venue.text[:-2], wrong):
            assert await cage.call(*venue.add, text=text) == 2
        assert await cage.call(*venue.add, text=venue.text, fault="call") == 1
        _repeat_the_key(venue)
        assert await cage.call(*venue.add, text=venue.text) in (1, 2, 3)
        venue.faults.clear()
        venue.faults.add(What.HTML, times=1000)
        assert await cage.call(*venue.add, text=venue.text) == 1
        venue.faults.clear()
        cage.keyring.lock()
        assert await cage.call(*venue.add, text=venue.text) == 3
    cage.keyring.stop_keyring()
    cage.keyring.start_keyring()
    assert cage.keyring.entries() == {}

    assert cage.search(hunt) == []
    _was_worth_it(cage, hunt)


@pytest.mark.parametrize("name", ["binance", "kucoin"])
async def test_a_key_at_work_on_a_bad_day_is_nowhere(name: str, cage: Cage) -> None:
    venue = a_venue(name)
    hunt = Hunt(*venue.keys.values())
    async with a_stranger(hunt) as stranger, venue.stand:
        assert await cage.call(*venue.add, text=venue.text) == 0
        await _trade(cage, venue, stranger)
    assert any(venue.keys["secret"] in text for text in cage.keyring.entries().values()), "it is where it belongs"

    assert cage.search(hunt) == []
    _was_worth_it(cage, hunt)


async def test_a_key_in_a_crash_is_nowhere(cage: Cage) -> None:
    venue = a_venue("binance")
    hunt = Hunt(*venue.keys.values())
    async with venue.stand:
        assert await cage.call(*venue.add, text=venue.text) == 0
        await _crash(cage)
        for question in ("account list --json", "doctor --json", "audit export"):
            assert await cage.call(*question.split()) in (0, 1), question

    assert cage.search(hunt) == []
    assert b"RuntimeError: " in _logs(cage)
    _was_worth_it(cage, hunt)


async def test_a_key_behind_the_window_is_in_nothing_that_it_shows(cage: Cage) -> None:
    venue = a_venue("binance")
    hunt = Hunt(*venue.keys.values())
    AppSettings(is_first_run_done=True).save(Paths(cage.data).settings)
    texts = cage.folder / "texts.txt"
    async with venue.stand:
        assert await cage.call(*venue.add, text=venue.text) == 0
        window = await cage.start()
        try:
            await until_said(texts, "10,000", window)
            cage.observe(window.pid)
            _repeat_the_key(venue)
            await cage.call("account", "check", "main")
            await until_said(texts, "not valid", window)
            venue.faults.clear()
            venue.floor.accounts[venue.keys["apiKey"]].may_withdraw = True
            await cage.call("account", "check", "main")
            await until_said(texts, "withdraw", window)
            window.send_signal(signal.SIGTERM)
            assert await cage.end(window) in (0, -signal.SIGTERM)
        finally:
            if window.returncode is None:
                window.kill()

    assert cage.search(hunt) == []
    _was_worth_it(cage, hunt)


async def until_said(file: Path, text: str, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not file.exists() or text not in file.read_text(encoding="utf-8"):
            assert process.returncode is None
            await asyncio.sleep(0.2)


async def _trade(cage: Cage, venue: Venue, stranger: str) -> None:
    """A bot at work through a bad day, and commands that the working process answers."""
    bot = cage.folder / "bot.toml"
    bot.write_text(_BOT, encoding="utf-8")
    running = await cage.start("run", "--for", "90", "--events", cage.folder / "events.jsonl")
    try:
        assert await cage.call("account", "allow-trading", "main", "--yes") == 0
        assert await cage.call("bot", "add", bot) == 0
        assert await cage.call("bot", "start", "BTC live") == 0
        await until_traded(venue, running, 1)
        for what in _FAULTS:
            venue.faults.add(what, times=2, number=503)
        venue.faults.add(What.REDIRECT, times=2, text=stranger)
        venue.faults.add(What.MOVED, times=2, text=stranger)
        await venue.stand.sockets.disconnect()
        for price in ("59300", "60900", "60000"):
            venue.floor.move("BTCUSDT", price)
            await asyncio.sleep(1)
        for _ in range(10):
            assert await cage.call("account", "check", "main") in (0, 1)
            if venue.faults.injected > 3:
                break
        assert venue.faults.injected > 3
        venue.faults.clear()
        assert await cage.call("account", "replace-key", "main", "--credentials-stdin", text=venue.text) in (0, 1, 3)
        cage.observe(running.pid)
        venue.floor.accounts[venue.keys["apiKey"]].is_revoked = True
        await cage.call("account", "check", "main")
        running.send_signal(signal.SIGTERM)
        assert await cage.end(running) == 0
    finally:
        if running.returncode is None:
            running.kill()


async def _crash(cage: Cage) -> None:
    """Where the key is at hand: an exception that holds it, and an end that would leave a core."""
    await cage.call("run", "--for", "3", fault="fetch")
    dying = await cage.start("run", "--for", "60")
    log = cage.data / "logs" / "strongroom.log"
    size = log.stat().st_size
    async with asyncio.timeout(PATIENCE_SECONDS):
        while log.stat().st_size < size + 20_000 and dying.returncode is None:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    dying.send_signal(signal.SIGABRT)
    assert await cage.end(dying) == -signal.SIGABRT
    assert list((cage.folder / "cwd").iterdir()) == [], "a core"


def _logs(cage: Cage) -> bytes:
    return b"".join(path.read_bytes() for path in (cage.data / "logs").iterdir())


def _was_worth_it(cage: Cage, hunt: Hunt) -> None:
    """What was looked for could have been there."""
    logs = _logs(cage)
    opened = cage.listed_files()
    assert b" DEBUG ccxt" in logs and logs.count("•••".encode()) > 10
    assert cage.processes_seen > 0
    assert any(path.is_relative_to(cage.data) for path in opened)
    assert {path.suffix for path in cage.data.rglob("*")} & {".gz", ".zip", ".xz"} == set(), "unpack it first"
    hidden = logs.count("•••".encode())
    print(f"{hunt.bytes_seen} bytes, {len(opened)} files, {cage.processes_seen} processes, {hidden} times hidden")
