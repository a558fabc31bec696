"""`account`: the embedded exchange is added and removed; what this version cannot do is said."""

from pathlib import Path

import pytest

from tests.cli.calling import Call, WriteBot

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
