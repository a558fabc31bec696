"""An account with a key, as a stranger uses it: the command, a keyring, and an exchange in another process.

The exchange is a stand-in that keeps its own books; what the command says afterwards is held against them.
"""

import json
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.secret_service import SecretService, secret_service, skip_without_secret_service

pytestmark = [pytest.mark.needs_keyring, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
PAIR = "BTC/USDT"
_PATIENCE_SECONDS = 60.0
_STANDS = {"binance": ["binance.py"], "kucoin": ["kucoin.py"], "kucoin classic": ["kucoin.py", "--classic"]}
_BOT = """
kind = "dca"
name = "BTC live"
account = "main"
pairs = ["BTC/USDT"]
base_order = { volume = "100", volume_unit = "quote", type = "market" }
safety_orders = { volume = "50", price_deviation = "1.0", step_scale = "1.0", volume_scale = "1.0", max_count = 3, \
max_active = 2 }
take_profit = { basis = "total", percent = "1.0" }
start = { mode = "asap" }
limits = { max_active_deals = 1, cooldown_seconds = 0, stop_after_deals = 3 }
"""

_DUST = Decimal("0.00003")  # fees taken in coins leave less than a step of each deal

Done = subprocess.CompletedProcess[str]
Strongroom = Callable[..., Done]
Json = dict[str, Any]


@dataclass
class Exchange:
    """A stand-in in a process of its own."""

    id: str
    process: "subprocess.Popen[str]"
    address: Json = field(default_factory=dict)

    def tell(self, do: str, **details: object) -> Json:
        """Have something happen over there; the answer is its books."""
        wish = json.dumps({"do": do, **details}).encode()
        request = urllib.request.Request(
            self.address["control_url"], wish, {"Content-Type": "application/json"}, method="POST"
        )
        with urllib.request.urlopen(request, timeout=_PATIENCE_SECONDS) as answer:
            books: Json = json.load(answer)
        return books

    @property
    def credentials(self) -> Json:
        names = {"key": "apiKey", "secret": "secret", "password": "password"}
        return {meant: self.address[name] for name, meant in names.items() if name in self.address}

    @property
    def urls(self) -> list[str]:
        return ["--rest-url", self.address["rest_url"], "--ws-url", self.address["ws_url"]]


@pytest.fixture(scope="module")
def keyring() -> Iterator[SecretService]:
    skip_without_secret_service()
    with secret_service() as service:
        yield service


@pytest.fixture(params=list(_STANDS))
def exchange(request: pytest.FixtureRequest) -> Iterator[Exchange]:
    yield from _an_exchange(request.param)


@pytest.fixture(params=["binance", "kucoin"])
def either(request: pytest.FixtureRequest) -> Iterator[Exchange]:
    yield from _an_exchange(request.param)


@pytest.fixture
def binance() -> Iterator[Exchange]:
    yield from _an_exchange("binance")


def _an_exchange(name: str) -> Iterator[Exchange]:
    program, *options = _STANDS[name]
    words = [sys.executable, str(ROOT / "tests" / "loopback" / program), "--beat", "0.2", *options]
    process = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    yield Exchange(name.split(maxsplit=1)[0], process, json.loads(process.stdout.readline()))
    process.stdin.close()
    try:
        process.wait(_PATIENCE_SECONDS)
    finally:
        process.kill()
        process.stdout.close()


@pytest.fixture
def words(tmp_path: Path) -> Callable[..., list[str]]:
    def make(*arguments: object) -> list[str]:
        return [sys.executable, "-m", "desktop_app", "--data-dir", str(tmp_path / "data"), *map(str, arguments)]

    return make


@pytest.fixture
def strongroom(words: Callable[..., list[str]], keyring: SecretService) -> Iterator[Strongroom]:
    def run(*arguments: object, text: str = "") -> Done:
        done = subprocess.run(
            words(*arguments), cwd=ROOT, input=text, capture_output=True, text=True, encoding="utf-8", check=False,
            timeout=120, env=keyring.environment,
        )  # fmt: skip
        assert "Traceback" not in done.stderr
        return done

    yield run
    for name in keyring.entries():
        keyring.delete(name)


def _add(strongroom: Strongroom, exchange: Exchange, **changes: object) -> Done:
    text = json.dumps(exchange.credentials | changes)
    name = ["account", "add", "main", "--exchange", exchange.id]
    return strongroom(*name, *exchange.urls, "--credentials-stdin", text=text)


def _until(is_so: Callable[[], Any]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.1)


# --- a whole life -----------------------------------------------------------------------------------------------------


def test_from_a_key_to_completed_deals_with_the_exchanges_own_numbers(
    exchange: Exchange, strongroom: Strongroom, words: Callable[..., list[str]], keyring: SecretService, tmp_path: Path
) -> None:
    bot, events = tmp_path / "bot.toml", tmp_path / "events.jsonl"
    bot.write_text(_BOT)
    added = _add(strongroom, exchange)
    assert (added.returncode, added.stderr) == (0, "")
    assert strongroom("account", "allow-trading", "main", "--yes").returncode == 0
    assert strongroom("bot", "add", bot).returncode == 0
    started = strongroom("bot", "start", "BTC live")
    assert (started.returncode, started.stderr) == (0, "")

    _trade(exchange, words("run", "--for", "100", "--events", str(events)), keyring, events)
    deals = json.loads(strongroom("deal", "list", "--all", "--json").stdout)

    assert [deal["status"] for deal in deals] == ["completed"] * 3
    _check_books(exchange.tell("books"), deals)
    _check_silence([added, started], tmp_path, exchange.credentials)


def test_what_filled_while_the_program_was_killed_is_found_again(
    either: Exchange, strongroom: Strongroom, words: Callable[..., list[str]], keyring: SecretService, tmp_path: Path
) -> None:
    bot, events = tmp_path / "bot.toml", tmp_path / "events.jsonl"
    bot.write_text(_BOT.replace("stop_after_deals = 3", "stop_after_deals = 1"))
    assert _add(strongroom, either).returncode == 0
    assert strongroom("account", "allow-trading", "main", "--yes").returncode == 0
    assert strongroom("bot", "add", bot).returncode == 0
    assert strongroom("bot", "start", "BTC live").returncode == 0
    with subprocess.Popen(
        words("run", "--for", "100"), cwd=ROOT, env=keyring.environment, stdout=subprocess.DEVNULL
    ) as running:
        _until(lambda: _covered(either) or running.poll() is not None)
        running.kill()
    either.tell("move", symbol="BTCUSDT", price="59350")
    either.tell("move", symbol="BTCUSDT", price="61900")

    with subprocess.Popen(
        words("run", "--for", "100", "--events", str(events)), cwd=ROOT, env=keyring.environment,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as again:  # fmt: skip
        _until(lambda: _completed(events) or again.poll() is not None)
        again.send_signal(signal.SIGTERM)
        _, problems = again.communicate(timeout=_PATIENCE_SECONDS)
    assert (again.returncode, problems) == (0, "")
    _check_books(either.tell("books"), json.loads(strongroom("deal", "list", "--all", "--json").stdout))


def test_a_key_is_checked_kept_and_forgotten(
    either: Exchange, strongroom: Strongroom, keyring: SecretService, tmp_path: Path
) -> None:
    assert _add(strongroom, either).returncode == 0
    assert len(_keys_in(keyring, either)) == 1

    checked = strongroom("account", "check", "main", "--json")
    told = json.loads(checked.stdout)
    assert checked.returncode == 0
    assert (told["exchange"], told["reachable"], told["verdict"]) == (either.id, True, "ok")
    assert abs(told["clock_offset_ms"]) < 5000
    assert (told["permissions"]["trade"], told["permissions"]["withdraw"]) == (True, False)
    _check_silence([checked], tmp_path, either.credentials)

    either.tell("rights", withdraw=True)
    checked = strongroom("account", "check", "main", "--json")
    assert json.loads(checked.stdout)["verdict"] == "refused"

    removed = strongroom("account", "remove", "main")
    assert (removed.returncode, removed.stderr) == (0, "")
    assert _keys_in(keyring, either) == []


def test_a_new_account_only_watches_until_it_is_told_otherwise(
    binance: Exchange, strongroom: Strongroom, tmp_path: Path
) -> None:
    bot = tmp_path / "bot.toml"
    bot.write_text(_BOT)
    assert _add(strongroom, binance).returncode == 0
    assert strongroom("bot", "add", bot).returncode == 0
    refused = strongroom("bot", "start", "BTC live")
    assert refused.returncode == 3
    assert "allow-trading" in refused.stderr

    assert strongroom("account", "allow-trading", "main").returncode == 2
    assert strongroom("bot", "start", "BTC live").returncode == 3
    assert binance.tell("books")["orders"] == []


def _trade(exchange: Exchange, command: list[str], keyring: SecretService, events: Path) -> None:
    """Run the bots while the market goes down a little and up again, until three deals have been sold."""
    running = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=keyring.environment
    )
    try:
        for number in range(3):
            _until(lambda: _covered(exchange) or running.poll() is not None)
            exchange.tell("move", symbol="BTCUSDT", price="59350")  # the first safety order is reached
            _until(lambda: _covered(exchange, fills=2) or running.poll() is not None)
            exchange.tell("move", symbol="BTCUSDT", price="61900")  # and the take profit
            _until(lambda number=number: _completed(events) > number or running.poll() is not None)  # type: ignore[misc]
            exchange.tell("move", symbol="BTCUSDT", price="60000")
        assert running.poll() is None
        running.send_signal(signal.SIGTERM)
        _, problems = running.communicate(timeout=_PATIENCE_SECONDS)
        assert (running.returncode, problems) == (0, "")
    finally:
        running.kill()
        running.communicate()


def _completed(events: Path) -> int:
    return events.read_text(encoding="utf-8").count('"event": "deal_closed"') if events.exists() else 0


def _covered(exchange: Exchange, fills: int = 1) -> bool:
    """Whether all that is held now is offered for sale; fewer than so many purchases do not count."""
    books = exchange.tell("books")
    offers = [Decimal(one["amount"]) for one in books["orders"] if (one["side"], one["status"]) == ("sell", "open")]
    held = Decimal(0)
    purchases = 0
    for trade in books["trades"]:
        held += Decimal(trade["amount"]) * (1 if trade["side"] == "buy" else -1)
        purchases = purchases + 1 if held > _DUST else 0
    return purchases >= fills and len(offers) == 1 and offers[0] > held - _DUST


def _check_books(books: Json, deals: list[Json]) -> None:
    """Every order of every deal is in the exchange's books as it is here, and the profits are what they add up to."""
    theirs = {order["client_id"]: order for order in books["orders"]}
    assert len(theirs) == len(books["orders"]), "an id became two orders"
    ours = {order["client_id"]: order for deal in deals for order in deal["orders"]}
    assert set(theirs) <= set(ours), "the exchange has orders that are nobody's"
    for client_id, order in ours.items():
        if client_id not in theirs:
            assert Decimal(order["filled"]) == 0
            continue
        their = theirs[client_id]
        assert (order["side"], Decimal(order["amount"])) == (their["side"], Decimal(their["amount"]))
        assert Decimal(order["filled"]) == Decimal(their["filled"])
        if their["kind"] != "market":
            assert Decimal(order["price"]) == Decimal(their["price"])
        assert order["status"] == their["status"]
    assert not any(order["status"] == "open" for order in books["orders"])
    for deal in deals:
        assert Decimal(deal["profit_quote"]) == _profit(books, deal)
    usdt = books["balances"]["USDT"]
    assert Decimal(usdt["locked"]) == 0
    assert Decimal(usdt["free"]) - 10_000 == sum(Decimal(deal["profit_quote"]) for deal in deals)


def _profit(books: Json, deal: Json) -> Decimal:
    """Quote money that came, less what went; a fee in coins took none."""
    ids = {order["client_id"] for order in deal["orders"]}
    numbers = {order["id"] for order in books["orders"] if order["client_id"] in ids}
    profit = Decimal(0)
    for trade in books["trades"]:
        if trade["order_id"] in numbers:
            cost = Decimal(trade["price"]) * Decimal(trade["amount"])
            fee = Decimal(trade["fee"]) if trade["fee_asset"] == "USDT" else Decimal(0)
            profit += (cost if trade["side"] == "sell" else -cost) - fee
    return profit


def _check_silence(done: list[Done], folder: Path, credentials: Json) -> None:
    """No part of the secret is in what was said or in any file."""
    hidden = [credentials[name] for name in ("secret", "password") if name in credentials]
    for one in done:
        assert not any(text in one.stdout + one.stderr for text in hidden)
    for file in (file for file in folder.rglob("*") if file.is_file()):
        content = file.read_bytes()
        assert not any(text.encode() in content for text in [*hidden, credentials["apiKey"]]), file.name


def _keys_in(keyring: SecretService, exchange: Exchange) -> list[str]:
    return [name for name, text in keyring.entries().items() if exchange.credentials["secret"] in text]


# --- what is not taken ------------------------------------------------------------------------------------------------


@pytest.fixture
def nothing_stored(strongroom: Strongroom, keyring: SecretService) -> Iterator[None]:
    """Afterwards no account and no key is here that was not before."""
    before = keyring.entries()
    yield
    assert json.loads(strongroom("account", "list", "--json").stdout) == []
    assert keyring.entries() == before


def _is_a_sentence(done: Done) -> bool:
    """One line or two for people, nothing of the machine in it."""
    text = done.stderr.strip()
    return bool(re.match(r"\w.*[.!]$", text, re.DOTALL)) and text.count("\n") <= 2 and done.stdout == ""


def test_a_key_that_can_move_coins_away_is_refused(
    either: Exchange, strongroom: Strongroom, nothing_stored: None
) -> None:
    for right in ("withdraw", "transfer"):
        either.tell("rights", **{"withdraw": False, "transfer": False, right: True})
        done = _add(strongroom, either)
        assert (done.returncode, _is_a_sentence(done)) == (3, True), right


def test_a_key_that_the_exchange_does_not_know_is_not_kept(
    either: Exchange, strongroom: Strongroom, nothing_stored: None
) -> None:
    for part, known in either.credentials.items():
        for bad in ("x" * len(known), known[:-1]):
            done = _add(strongroom, either, **{part: bad})
            assert (done.returncode, _is_a_sentence(done)) == (2, True), part
            assert known[:-1] not in done.stderr


def test_credentials_that_are_none_are_refused(binance: Exchange, strongroom: Strongroom, nothing_stored: None) -> None:
    name = ["account", "add", "main", "--exchange", "binance", *binance.urls, "--credentials-stdin"]
    for text in (
        "", "not json", "[]", '"key"', "{}", '{"apiKey": "a"}', '{"apiKey": 1, "secret": 2}', '{"apiKey": "a", "sec',
        '{"apiKey": "a", "secret": "b", "passphrase?": "c"}', "\x00\xff", '{"apiKey": "", "secret": ""}', "[" * 100_000,
    ):  # fmt: skip
        done = strongroom(*name, text=text)
        assert (done.returncode, _is_a_sentence(done)) == (2, True), text[:60]


def test_spaces_and_line_ends_around_a_key_are_no_part_of_it(binance: Exchange, strongroom: Strongroom) -> None:
    known = binance.credentials
    done = _add(strongroom, binance, apiKey=f"  {known['apiKey']}\n", secret=f"\t{known['secret']}\r\n")
    assert done.returncode == 0, done.stderr


def test_a_key_with_something_in_the_middle_is_refused(
    binance: Exchange, strongroom: Strongroom, nothing_stored: None
) -> None:
    for bad in ("a key", "a\nkey", "a\u200bkey", "k\u00e9y" * 10):
        done = _add(strongroom, binance, apiKey=bad)
        assert done.returncode in (1, 2), bad
        assert _is_a_sentence(done)


def test_an_exchange_or_an_address_that_cannot_be_right_is_refused(
    strongroom: Strongroom, nothing_stored: None
) -> None:
    text = json.dumps({"apiKey": "k" * 64, "secret": "s" * 64})
    for name, *urls in (
        ("nosuchexchange",),
        ("swapzone",),
        ("../binance",),
        ("binance", "--rest-url", "http://example.com"),
        ("binance", "--rest-url", "ftp://127.0.0.1/"),
        ("binance", "--rest-url", "https://user:pass@127.0.0.1/"),
        ("binance", "--rest-url", "http://127.0.0.1:99999/"),
        ("binance", "--rest-url", "nonsense"),
        ("binance", "--ws-url", "ws://example.com"),
    ):
        done = strongroom("account", "add", "main", "--exchange", name, *urls, "--credentials-stdin", text=text)
        assert (done.returncode, _is_a_sentence(done)) == (2, True), (name, urls)


class _Elsewhere(BaseHTTPRequestHandler):
    """What one may meet on the way instead of an exchange."""

    def do_GET(self) -> None:
        match self.server.kind:  # type: ignore[attr-defined]
            case "portal":
                self._say(200, "text/html", b"<html><title>Sign in</title><body>Please sign in</body></html>")
            case "redirect":
                self.send_response(302)
                self.send_header("Location", "http://127.0.0.1:1/login")
                self.send_header("Content-Length", "0")
                self.end_headers()
            case "flood":
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(100 * 1024 * 1024))
                self.end_headers()
                try:
                    for _ in range(100):
                        self.wfile.write(b"[" * (1024 * 1024))
                except ConnectionError:
                    self.close_connection = True
            case _:
                self._say(200, "application/json", b"[1, 2, 3]")

    def do_POST(self) -> None:
        self.do_GET()

    def _say(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Quiet."""


@pytest.mark.parametrize("name", ["binance", "kucoin"])
def test_something_else_than_an_exchange_at_the_address_is_told(
    strongroom: Strongroom, nothing_stored: None, name: str
) -> None:
    text = json.dumps({"apiKey": "k" * 64, "secret": "s" * 64, "password": "p" * 10})
    for kind in ("portal", "redirect", "flood", "nonsense", "closed"):
        with _something_else(kind) as url:
            done = strongroom(
                "account", "add", "main", "--exchange", name, "--rest-url", url, "--credentials-stdin", text=text
            )
        assert (done.returncode, _is_a_sentence(done)) == (1, True), kind
        assert ("login" in done.stderr) is (kind in ("portal", "redirect"))


@contextmanager
def _something_else(kind: str) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Elsewhere)
    server.kind = kind  # type: ignore[attr-defined]
    if kind == "closed":
        server.server_close()
        yield f"http://127.0.0.1:{server.server_port}"
        return
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_without_a_keyring_nothing_is_kept(binance: Exchange, words: Callable[..., list[str]]) -> None:
    skip_without_secret_service()
    with secret_service(has_keyring=False) as service:
        name = ["account", "add", "main", "--exchange", "binance", *binance.urls, "--credentials-stdin"]
        done = subprocess.run(
            words(*name), cwd=ROOT, input=json.dumps(binance.credentials), capture_output=True, text=True,
            check=False, timeout=120, env=service.environment,
        )  # fmt: skip
        assert done.returncode == 3
        assert _is_a_sentence(done)
        listed = subprocess.run(
            words("account", "list", "--json"), cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
            env=service.environment,
        )  # fmt: skip
        assert json.loads(listed.stdout) == []
