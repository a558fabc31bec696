"""Conditions in mixed timeframes: a replayed file, traded by the real engine, gives the deals of its backtest."""

import random
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calling import Call

_START = 1_700_000_040_000
_CANDLES = 800
_BOT = """
kind = "dca"
name = "Conditions"
account = "demo"
pairs = ["BTC/USDT"]
base_order = {{ volume = "100" }}
safety_orders = {{ volume = "50", price_deviation = "0.2", max_count = 4, {safety} }}
take_profit = {{ percent = "{percent}", min_profit = "0.05", on_conditions = {{ any = [
  {{ indicator = "stochastic", timeframe = "5m", trigger = "greater_than", value = 80 }},
  {{ indicator = "heikin_ashi", timeframe = "3m", trigger = "crosses_above", value = 2 }},
] }} }}
start = {{ mode = "conditions", all = [
  {{ indicator = "rsi", timeframe = "1m", length = 7, trigger = "less_than", value = 45 }},
  {{ any = [
    {{ indicator = "ema_cross", timeframe = "5m", fast = 3, slow = 8, trigger = "less_than" }},
    {{ indicator = "parabolic_sar", timeframe = "15m", trigger = "crosses_above" }},
  ] }},
] }}
limits = {{ on_conditions = {{ all = [
  {{ indicator = "atr_percent", timeframe = "1m", trigger = "less_than", value = 5 }},
] }} }}
"""
_BY_SIGNAL = """on_conditions = { all = [
  { indicator = "cci", timeframe = "3m", length = 10, trigger = "less_than", value = -50 },
] }"""


def _walk(path: Path) -> None:
    """Minutes with a trend that turns, some of them missing: among them ones at which coarser candles end."""
    chance, price = random.Random(11), 100_000
    lines = ["timestamp,open,high,low,close,volume"]
    for i in range(_CANDLES):
        close = price + chance.randint(-150, 150) + (60 if i // 100 % 2 else -60)
        high, low = max(price, close) + chance.randint(0, 40), min(price, close) - chance.randint(0, 40)
        if i < 40 or (chance.random() > 0.03 and not 500 <= i < 540):
            volume = chance.randint(0, 900) / 100
            lines.append(f"{_START + i * 60_000},{price / 1000},{high / 1000},{low / 1000},{close / 1000},{volume}")
        price = close
    path.write_text("\n".join(lines) + "\n")


def _filled(deal: dict[str, Any], price: str, amount: str) -> list[tuple[object, ...]]:
    return sorted(
        (order["role"], order["index"], order["side"], order[price], order[amount], order["filled_at"])
        for order in deal["orders"]
        if order[amount] != "0"
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("safety", "percent", "seconds"),
    # A trailing order may miss the one price that is being told when the program ends: it mostly runs through.
    [(_BY_SIGNAL, "9", 1), ('trailing_deviation = "0.1"', "0.6", 6)],
)
def test_conditions_decide_in_a_replay_what_they_decide_in_a_backtest(
    call: Call, tmp_path: Path, safety: str, percent: str, seconds: int
) -> None:
    csv, bot = tmp_path / "btc.csv", tmp_path / "bot.toml"
    _walk(csv)
    bot.write_text(_BOT.format(safety=safety, percent=percent))
    call("account", "add", "demo", "--exchange", "sim", "--replay", csv, "--symbol", "BTC/USDT", "--speed", "max")
    call("bot", "add", bot)
    call("bot", "start", 1)
    expected = call("backtest", bot, "--candles", csv, "--json").document["deals"]

    found: list[dict[str, Any]] = []
    for _ in range(200):  # a loaded machine gets through less of the file in each
        call("run", "--for", seconds)  # stopped and started on the way
        found = sorted(call("deal", "list", "--all", "--json").document, key=lambda deal: deal["number"])
        if len(found) >= len(expected):
            break
    call("run", "--for", 2)
    found = sorted(call("deal", "list", "--all", "--json").document, key=lambda deal: deal["number"])

    assert len(expected) > 2 and len(found) == len(expected)
    assert any(order["role"] == "safety" for deal in expected for order in deal["orders"])
    for ours, theirs in zip(found, expected, strict=True):
        assert (ours["status"], ours["opened_at"], ours["closed_at"]) == (
            theirs["status"], theirs["opened_at"], theirs["closed_at"],
        )  # fmt: skip
        assert _filled(ours, "average_price", "filled") == _filled(theirs, "price", "amount")
