"""A replayed file, traded by the real engine, gives the deals that its backtest gives."""

import random
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calling import Call, WriteBot
from tests.own.played import PlayedProcess

_START = 1_700_000_040_000
_CANDLES = 400
_MOST_RUNS = 200  # a loaded machine gets through less of the file in each


def _walk(path: Path) -> None:
    chance, price = random.Random(5), 10_000
    lines = ["timestamp,open,high,low,close,volume"]
    for i in range(_CANDLES):
        close = price + chance.randint(-60, 60)
        high, low = max(price, close) + chance.randint(0, 20), min(price, close) - chance.randint(0, 20)
        lines.append(f"{_START + i * 60_000},{price / 100},{high / 100},{low / 100},{close / 100},5")
        price = close
    path.write_text("\n".join(lines) + "\n")


def _filled(deal: dict[str, Any], price: str, amount: str) -> list[tuple[object, ...]]:
    return sorted(
        (order["role"], order["index"], order["side"], order[price], order[amount], order["filled_at"])
        for order in deal["orders"]
        if order[amount] != "0"
    )


def test_a_replay_gives_the_deals_of_the_backtest(call: Call, bot_file: WriteBot, tmp_path: Path) -> None:
    csv = tmp_path / "btc.csv"
    _walk(csv)
    bot = bot_file(('percent = "2.0"', 'percent = "0.7"'), ('percent = "30"', 'percent = "4"'))
    call("account", "add", "demo", "--exchange", "sim", "--replay", csv, "--symbol", "BTC/USDT", "--speed", "max")
    call("bot", "add", bot)
    call("bot", "start", 1)
    expected = call("backtest", bot, "--candles", csv, "--json").document["deals"]

    found: list[dict[str, Any]] = []
    for _ in range(_MOST_RUNS):
        call("run", "--for", 1)  # stopped and started on the way, which must not matter
        found = sorted(call("deal", "list", "--all", "--json").document, key=lambda deal: deal["number"])
        if len(found) >= len(expected):
            break
    call("run", "--for", 1)
    found = sorted(call("deal", "list", "--all", "--json").document, key=lambda deal: deal["number"])

    assert len(expected) > 3 and len(found) == len(expected)
    for ours, theirs in zip(found, expected, strict=True):
        assert (ours["status"], ours["opened_at"], ours["closed_at"]) == (
            theirs["status"], theirs["opened_at"], theirs["closed_at"],
        )  # fmt: skip
        assert _filled(ours, "average_price", "filled") == _filled(theirs, "price", "amount")
        if ours["closed_at"] is not None:
            assert ours["profit_quote"] == theirs["profit_quote"]


_OWN = """\
kind = "python"
name = "Own dip"
account = "demo"
pairs = ["BTC/USDT"]
file = "example.py"
max_funds = "500"
timeframe = "5m"
history = 30
options = { spend = "100", length = 6, dip_percent = "0.3", profit_percent = "0.5", stop_percent = "1" }
"""
_EXAMPLE = Path(__file__).parents[2] / "resources" / "strategies" / "example.py"


def test_a_strategy_of_ones_own_trades_a_replay_as_its_backtest_does(
    call: Call, bot_file: WriteBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("desktop_app.own.asking", "desktop_app.engine.own", "desktop_app.own.process"):
        monkeypatch.setattr(f"{place}.StrategyProcess", PlayedProcess)
    csv = tmp_path / "btc.csv"
    _walk(csv)
    bot = bot_file(text=_OWN)
    call("strategy", "trust", _EXAMPLE, "--yes")
    call("account", "add", "demo", "--exchange", "sim", "--replay", csv, "--symbol", "BTC/USDT", "--speed", "max")
    call("bot", "add", bot)
    assert call("bot", "start", 1).status == 0
    expected = call("backtest", bot, "--candles", csv, "--json").document["deals"]

    found: list[dict[str, Any]] = []
    for _ in range(_MOST_RUNS):
        call("run", "--for", 2)  # stopped and started on the way, which must not matter
        found = sorted(call("deal", "list", "--all", "--json").document, key=lambda deal: deal["number"])
        if len(found) >= len(expected) and found[-1]["closed_at"] == expected[-1]["closed_at"]:
            break

    assert len(expected) > 3 and len(found) == len(expected)
    for ours, theirs in zip(found, expected, strict=True):
        assert (ours["status"], ours["opened_at"]) == (theirs["status"], theirs["opened_at"])
        assert _filled(ours, "average_price", "filled") == _filled(theirs, "price", "amount")
