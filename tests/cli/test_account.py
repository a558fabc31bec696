"""`account`: the embedded exchange is added and removed; what this version cannot do is said."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app.config import Paths
from desktop_app.core.rights import Rights
from desktop_app.engine.engine import Engine
from desktop_app.engine.thread import EngineThread
from desktop_app.vault import Vault
from tests.cli.calling import Call, WriteBot
from tests.fakes import FakeClock, FakeVenue, KeyedExchange, Power
from tests.vault.toy_keyrings import LockedKeyring

CANDLES = "timestamp,open,high,low,close,volume\n" + "".join(
    f"{1_700_000_000_000 + i * 60_000},100,{101 + i},99,100,5\n" for i in range(5)
)


def test_an_account_is_added_listed_and_removed(call: Call) -> None:
    added = call("account", "add", "demo", "--exchange", "sim", "--seed", 3, "--balance", "USDT=500", "BTC=1", "--json")
    listed = call("account", "list", "--json")
    removed = call("account", "remove", "demo")

    assert added.document == {"id": 1, "name": "demo", "exchange": "sim", "mode": "sim"}
    assert listed.document == [
        {
            "id": 1,
            "name": "demo",
            "exchange": "sim",
            "mode": "sim",
            "may_trade": True,
            "speed": "1",
            "key": "none",
            "key_tail": None,
            "verdict": None,
            "reasons": [],
            "frozen": None,
        }
    ]
    assert removed.status == 0
    assert call("account", "list", "--json").document == []


def test_a_replayed_file_is_an_account_too(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "btc.csv"
    file.write_text(CANDLES)

    done = call(
        "account", "add", "past", "--exchange", "sim", "--replay", file, "--symbol", "BTC/USDT", "--speed", "max"
    )

    assert done.status == 0 and "replayed candles" in done.out
    assert "max" in call("account", "list").out


@pytest.mark.parametrize(
    "wrong",
    [
        ("--speed", "0"),
        ("--speed", "601"),
        ("--speed", "nan"),
        ("--speed", "max"),
        ("--seed", "-1"),
        ("--seed", "x"),
        ("--seed", "99999999999999999999"),
        ("--balance", "USDT"),
        ("--balance", "USDT=-5"),
        ("--balance", "USDT=nan"),
        ("--balance", "USDT=1e400"),
        ("--balance", "USDT=1", "USDT=2"),
        ("--balance", "$=1"),
        ("--symbol", "BTC/USDT"),
        ("--fee-percent", "0.1"),
        ("--rest-url", "http://localhost"),
        ("--replay", "none.csv", "--symbol", "BTC/USDT"),
        ("--replay", "none.csv"),
    ],
)
def test_what_no_simulated_account_can_have_is_refused(call: Call, wrong: tuple[str, ...]) -> None:
    done = call("account", "add", "demo", "--exchange", "sim", *(f"{word}" for word in wrong))

    assert (done.status == 2 and "o account was added" in done.err) or "Nothing was" in done.err
    assert call("account", "list", "--json").document == []


@pytest.mark.parametrize("name", ["", " ", "a\nb", "x" * 81, "a\u202eb"])
def test_a_name_must_be_visible(call: Call, name: str) -> None:
    done = call("account", "add", name, "--exchange", "sim")

    assert done.status == 2 and "visible characters" in done.err


def test_a_name_is_given_once(demo: Call) -> None:
    done = demo("account", "add", "demo", "--exchange", "sim")

    assert done.status == 2 and "already taken" in done.err


def test_an_account_in_use_stays(demo: Call, bot_file: WriteBot) -> None:
    demo("bot", "add", bot_file())

    done = demo("account", "remove", "demo")

    assert done.status == 2 and "BTC starter" in done.err
    assert len(demo("account", "list", "--json").document) == 1


def test_an_unknown_account_cannot_be_removed(call: Call) -> None:
    done = call("account", "remove", "none")

    assert done.status == 2 and "There is no account none." in done.err


# --- real exchanges


@pytest.fixture
def keyless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer without a keyring, and a key on stdin."""

    class Given(io.TextIOWrapper):
        def __init__(self) -> None:
            super().__init__(io.BytesIO(b'{"apiKey": "CANARYkey01234567", "secret": "CANARYsecret01234567"}'))

    monkeypatch.setattr("sys.stdin", Given())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--exchange", "binanse"), "Did you mean binance?"),
        (("--exchange", "no/../such"), "There is no exchange"),
        (("--exchange", "swapzone"), "There is no exchange"),
        (("--exchange", "binance", "--rest-url", "http://example.com"), "https://"),
        (("--exchange", "binance", "--rest-url", "https://user:CANARY@example.com"), "user name"),
        (("--exchange", "binance", "--rest-url", "nonsense"), "not an address"),
        (("--exchange", "binance", "--ws-url", "ws://10.0.0.1"), "wss://"),
        (("--exchange", "binance", "--balance", "USDT=1"), "--paper"),
        (("--exchange", "binance", "--seed", "1"), "embedded exchange"),
        (("--exchange", "binance", "--paper", "--balance", "USDT=-1"), "No account was added"),
    ],
)
@pytest.mark.usefixtures("keyless")
def test_an_account_that_cannot_be_is_refused_in_a_sentence(call: Call, options: tuple[str, ...], said: str) -> None:
    keys = () if "--paper" in options else ("--credentials-stdin",)
    done = call("account", "add", "main", *options, *keys)

    assert done.status == 2
    assert said in done.err or "Nothing was added" in done.err
    assert "CANARY" not in done.err
    assert call("account", "list", "--json").document == []


def test_paper_at_real_prices_needs_no_key_and_no_network_to_be_added(call: Call) -> None:
    done = call("account", "add", "paper", "--exchange", "binance", "--paper", "--balance", "USDT=500", "--json")
    listed = call("account", "list", "--json").document

    assert done.status == 0
    assert (listed[0]["mode"], listed[0]["key"], listed[0]["may_trade"]) == ("paper", "none", True)
    assert call("account", "remove", "paper").status == 0


def test_trading_is_allowed_only_by_a_plain_yes(demo: Call) -> None:
    done = demo("account", "allow-trading", "demo")

    assert done.status == 2 and "--yes" in done.err
    assert demo("account", "allow-trading", "demo", "--yes").status == 0


def test_an_embedded_account_has_nothing_to_fear(demo: Call) -> None:
    told = demo("account", "check", "demo", "--json")

    assert told.status == 0
    assert set(told.document) == {"exchange", "reachable", "clock_offset_ms", "permissions", "verdict", "reasons"}
    assert told.document["permissions"]["withdraw"] is False


@pytest.fixture
def application(tmp_path: Path) -> Iterator[EngineThread]:
    """One that runs on the data folder, on a computer whose keyring is locked; its exchange takes every key."""
    venue = FakeVenue(FakeClock())
    venue.rights = Rights(read=True, trade=True, withdraw=False, transfer=False, ip_restricted=True, uid="u1")
    thread = EngineThread(
        lambda: Engine(
            Paths(tmp_path / "data"),
            lambda _row, _paths, _clock, fetch: KeyedExchange(venue, Power(), fetch),
            vault=Vault("test", backend=LockedKeyring()),
        )
    )
    thread.start().result(30)
    yield thread
    assert thread.stop(10)


@pytest.mark.usefixtures("keyless", "application")
def test_without_a_keyring_a_key_lasts_as_long_as_the_application(call: Call) -> None:
    add = ("account", "add", "main", "--exchange", "binance", "--credentials-stdin")
    assert call(*add, "--session-only").status == 0
    (listed,) = call("account", "list", "--json").document
    assert (listed["key"], listed["key_tail"]) == ("session", "…4567")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "main", "--exchange", "binance", "--credentials-stdin"), "No application runs"),
        (("replace-key", "main", "--credentials-stdin"), "No application runs"),
        (("add", "main", "--exchange", "binance", "--paper"), "Leave --session-only out."),
        (("add", "main", "--exchange", "sim"), "Leave these options out."),
    ],
)
@pytest.mark.usefixtures("keyless")
def test_a_key_for_a_session_is_not_taken_where_there_is_none(call: Call, words: tuple[str, ...], said: str) -> None:
    done = call("account", *words, "--session-only")
    assert done.status == 2
    assert said in done.err
    assert call("account", "list", "--json").document == []
