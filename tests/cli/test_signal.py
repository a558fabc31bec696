"""`signal` by command, while no application runs."""

import io
import json
import sys
from pathlib import Path

import pytest

from desktop_app import vault
from tests.cli.calling import Call, WriteBot
from tests.vault.toy_keyrings import ToyKeyring

BOT = """\
kind = "signal"
name = "TV"
account = "demo"
pairs = ["BTC/USDT"]
mode = "custom"
entry = { volume = "100" }
"""


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> ToyKeyring:
    toy = ToyKeyring()
    given = vault.Vault.__init__

    def init(self: vault.Vault, scope: str, **more: object) -> None:
        given(self, scope, **{**more, "backend": toy})  # type: ignore[arg-type]

    monkeypatch.setattr(vault.Vault, "__init__", init)
    return toy


@pytest.fixture
def tv(demo: Call, bot_file: WriteBot, keyring: ToyKeyring) -> Call:
    assert demo("bot", "add", bot_file(text=BOT)).status == 0
    assert demo("bot", "start", "TV").status == 0
    return demo


def test_a_signal_enters_and_exits_without_an_application(tv: Call) -> None:
    done = tv("signal", "send", "TV", "enter_long")
    assert (done.status, done.out) == (0, "TV: Taken.\n"), done.err
    (deal,) = tv("deal", "list", "--json").document
    assert deal["status"] == "open"
    done = tv("signal", "send", "TV", "exit_long", "--pair", "BTCUSDT", "--json")
    assert done.document == [{"status": 200, "reason": "Taken."}]
    assert tv("deal", "list", "--json").document == []
    rows = tv("signal", "list", "--json").document
    assert [(row["way"], row["status"], row["code"]) for row in rows] == [("command", 200, "signal_taken")] * 2
    assert "what became of it" in tv("signal", "list", "--bot", "TV").out


def test_a_refused_signal_fails_with_its_reason(tv: Call) -> None:
    done = tv("signal", "send", "TV", "exit_long")
    assert done.status == 1
    assert "nothing to exit" in done.err
    assert tv("signal", "send", "TV", "buy").status == 1
    assert tv("signal", "send", "TV", "enter_long", "--pair", "DOGE/USDT").status == 1
    assert tv("signal", "send", "TV").status == 2
    assert tv("signal", "send", "nobody", "buy").status == 2
    assert tv("signal", "send", "TV", "enter_long", "--volume", "-1").status == 2


def test_a_test_signal_only_tells(tv: Call) -> None:
    done = tv("signal", "send", "TV", "enter_long", "--test")
    assert done.status == 0
    assert "Would buy" in done.out
    assert tv("deal", "list", "--all", "--json").document == []


def test_a_message_comes_from_stdin(tv: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"action": "enter_long", "max_lag": "60"}')))
    assert tv("signal", "send", "TV", "--message", "-").status == 0
    assert tv("signal", "send", "TV", "--message", "file").status == 2


def test_positions_and_sizes_are_given_by_options(demo: Call, bot_file: WriteBot, keyring: ToyKeyring) -> None:
    text = BOT.replace('mode = "custom"\n', "").replace(
        'volume = "100"', 'volume = "100", size_from_signal = true, max_volume = "500"'
    )
    assert demo("bot", "add", bot_file(text=text)).status == 0
    assert demo("bot", "start", "TV").status == 0
    to_long = ("--position", "long", "--size", "1", "--from-position", "flat", "--from-size", "0")
    assert demo("signal", "send", "TV", "buy", "--volume", "200", *to_long).status == 0
    (deal,) = demo("deal", "list", "--json").document
    assert 199 < float(deal["position_amount"]) * float(deal["average_price"]) < 203
    assert demo("signal", "send", "TV", "sell", "--position", "flat", "--size", "0").status == 0
    assert demo("deal", "list", "--json").document == []


def test_an_address_comes_with_its_message_and_a_new_secret_replaces_the_old(tv: Call, keyring: ToyKeyring) -> None:
    first = tv("signal", "address", "TV", "--json").document
    again = tv("signal", "address", "TV", "--json").document
    assert first == again
    assert first["url"] == f"http://127.0.0.1:8787/hook/{first['uuid']}"
    assert set(first["messages"]) == {"enter_long", "exit_long"}
    secret = first["messages"]["enter_long"]["secret"]
    assert len(secret) >= 43
    assert any(secret in text for text in keyring.entries.values())
    renewed = tv("signal", "rotate", "TV", "--json").document
    assert renewed["uuid"] == first["uuid"]
    assert renewed["messages"]["enter_long"]["secret"] != secret
    assert not any(secret in text for text in keyring.entries.values())
    assert tv("signal", "rotate", "TV", "--session").status == 2
    said = tv("signal", "rotate", "TV").out
    assert "refused from now on" in said
    assert "TradingView cannot reach this address by itself" in said


def test_ways_are_off_until_they_are_switched_on(tv: Call) -> None:
    assert tv("signal", "listen", "--json").document == {
        "hook": {"on": False, "state": "off", "port": 8787},
        "public_url": "",
        "mail": {"on": False, "state": "off", "host": ""},
        "last_at": 0,
    }
    assert "on when Strongroom runs" in tv("signal", "listen", "on", "--port", "9999").out
    done = tv("signal", "listen", "--public-url", "https://alerts.example.net", "--json")
    assert done.document["hook"]["on"] is True
    assert tv("signal", "address", "TV", "--json").document["public_url"].startswith("https://alerts.example.net/hook/")
    assert "alerts.example.net" in tv("signal", "address", "TV").out
    assert tv("signal", "listen", "--public-url", "http://alerts.example.net").status == 2
    assert tv("signal", "listen", "off", "--port", "70000").status == 2
    assert tv("signal", "listen", "off").status == 0


def test_a_mailbox_needs_a_server_senders_and_a_password(
    tv: Call, keyring: ToyKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tv("signal", "mail", "on").status == 2
    given = ("--host", "imap.example.net", "--user", "me@example.net", "--from", "noreply@tradingview.com")
    done = tv("signal", "mail", "on", *given)
    assert done.status == 2
    assert "checked_by" in done.err
    monkeypatch.setattr(sys, "stdin", io.StringIO("hunter2-canary\n"))
    done = tv("signal", "mail", "on", *given, "--checked-by", "mx.example.net", "--password-stdin")
    assert done.status == 0, done.err
    assert "me@example.net at imap.example.net" in done.out
    assert any("hunter2-canary" in text for text in keyring.entries.values())
    assert tv("signal", "mail", "--no-check", "--json").document["mail"]["on"] is True
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n"))
    assert tv("signal", "mail", "--password-stdin").status == 2
    assert tv("signal", "mail", "--password").status == 2


def test_no_secret_is_in_any_file(tv: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tv("signal", "address", "TV", "--json").document["messages"]["enter_long"]["secret"]
    monkeypatch.setattr(
        sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps({"action": "enter_long", "secret": secret}).encode()))
    )
    assert tv("signal", "send", "TV", "--message", "-").status == 0
    for path in (tmp_path / "data").rglob("*"):
        assert not path.is_file() or secret.encode() not in path.read_bytes(), path


def test_a_signal_bot_is_checked_and_has_no_past(
    demo: Call, bot_file: WriteBot, keyring: ToyKeyring, tmp_path: Path
) -> None:
    document = demo("bot", "check", bot_file(text=BOT), "--price", "50000", "--json").document
    assert (document["ok"], document["rungs"]) == (True, [])
    small = bot_file(("100", "0.5"), text=BOT, name="small.toml")
    assert demo("bot", "add", small).status == 2
    candles = tmp_path / "candles.csv"
    candles.write_text("timestamp,open,high,low,close,volume\n1700000000000,1,1,1,1,1\n", encoding="utf-8")
    done = demo("backtest", bot_file(text=BOT), "--candles", candles)
    assert done.status == 2
    assert "alerts from outside" in done.err
