"""`backtest` of several bots and pairs: one document for all of them, and every call that cannot be."""

from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calling import BOT, Call, WriteBot

START = 1_700_000_040_000
PATHS = {"btc": [100, 100.5, 99, 98, 101, 103, 103, 103], "eth": [100, 99, 98, 99.5, 100.5, 102, 103, 99]}


@pytest.fixture
def csv(tmp_path: Path) -> dict[str, Path]:
    files = {}
    for name, prices in PATHS.items():
        lines = ["timestamp,open,high,low,close,volume"]
        for i, (open_, close) in enumerate(pairwise(prices)):
            lines.append(f"{START + i * 60_000},{open_},{max(open_, close)},{min(open_, close)},{close},1")
        files[name] = tmp_path / f"{name}.csv"
        files[name].write_text("\n".join(lines) + "\n")
    return files


@pytest.fixture
def bots(bot_file: WriteBot) -> dict[str, Path]:
    both = BOT.replace('["BTC/USDT"]', '["BTC/USDT", "ETH/USDT"]').replace("BTC starter", "Both")
    return {
        "btc": bot_file(name="btc.toml"),
        "eth": bot_file(text=BOT.replace("BTC", "ETH"), name="eth.toml"),
        "both": bot_file(text=both + "limits = { max_active_deals = 2 }\n", name="both.toml"),
    }


def _of(csv: dict[str, Path], *names: str) -> list[Any]:
    return [word for name in names for word in ("--candles", f"{name.upper()}/USDT={csv[name]}")]


def test_two_bots_share_a_balance_and_each_has_its_own_document(
    call: Call, bots: dict[str, Path], csv: dict[str, Path]
) -> None:
    done = call("backtest", bots["btc"], bots["eth"], *_of(csv, "btc", "eth"), "--balance", 1000, "--json")

    found = done.document
    assert done.status == 0 and list(found) == ["bots", "summary", "equity", "engine_seconds"]
    assert [one["bot"] for one in found["bots"]] == ["BTC starter", "ETH starter"]
    for name, one in zip(("btc", "eth"), found["bots"], strict=True):
        alone = call("backtest", bots[name], "--candles", csv[name], "--balance", 1000, "--json").document
        (pair,) = one["pairs"]
        assert pair.pop("engine_seconds") and alone.pop("engine_seconds")
        assert (pair["assumptions"].pop("bots"), alone["assumptions"].pop("bots")) == (2, 1)
        assert pair == alone, "nothing that the other did was in its way"
    profits = [Decimal(one["summary"]["profit_quote"]) for one in found["bots"]]
    assert Decimal(found["summary"]["profit_quote"]) == sum(profits)


def test_a_bot_of_several_pairs_is_played_on_those_that_there_are_candles_of(
    call: Call, bots: dict[str, Path], csv: dict[str, Path]
) -> None:
    for name, path in csv.items():
        call("candles", "import", path, "--symbol", f"{name.upper()}/USDT")
    kept = call("backtest", bots["both"], "--symbol", "BTC/USDT", "--symbol", "ETH/USDT", "--json").document
    given = call("backtest", bots["both"], *_of(csv, "btc", "eth"), "--json").document
    one = call("backtest", bots["both"], bots["btc"], *_of(csv, "btc"), "--json")

    assert [pair["pair"] for pair in kept["bots"][0]["pairs"]] == ["BTC/USDT", "ETH/USDT"]
    for found in (kept, given):
        found.pop("engine_seconds")
        for pair in found["bots"][0]["pairs"]:
            assert pair.pop("engine_seconds") and pair["assumptions"].pop("source")
    assert kept == given
    assert "both.toml has no candles of ETH/USDT" in one.err and one.status == 0


def test_one_pair_named_with_its_file_is_a_backtest_as_ever(
    call: Call, bots: dict[str, Path], csv: dict[str, Path]
) -> None:
    found = call("backtest", bots["both"], *_of(csv, "eth"), "--json").document

    assert found["pair"] == "ETH/USDT" and found["assumptions"]["source"] == "eth.csv"


def test_people_get_a_page_of_all(call: Call, bots: dict[str, Path], csv: dict[str, Path]) -> None:
    done = call("backtest", bots["btc"], bots["eth"], *_of(csv, "btc", "eth"), "--volume-share", 50)

    assert done.status == 0 and "2 bots on 2 pairs over one balance" in done.out
    assert done.out.count("50 % of a candle's volume") == 2


def test_detail_and_rules_can_be_given_for_each_pair(
    call: Call, bots: dict[str, Path], csv: dict[str, Path], tmp_path: Path
) -> None:
    market = tmp_path / "eth.json"
    market.write_text('{"price_tick": 0.5}')
    words = ("--detail", f"BTC/USDT={csv['btc']}", "--market", f"ETH/USDT={market}")

    same = call("backtest", bots["btc"], bots["eth"], *_of(csv, "btc", "eth"), *words)
    assert same.status == 2 and "do not divide" in same.err
    found = call("backtest", bots["btc"], bots["eth"], *_of(csv, "btc", "eth"), *words[2:], "--json").document
    assert [one["pairs"][0]["market"]["price_tick"] for one in found["bots"]] == ["0.01", "0.5"]


def test_calls_that_cannot_be_are_refused_in_a_sentence(
    call: Call, bots: dict[str, Path], csv: dict[str, Path], bot_file: WriteBot, tmp_path: Path
) -> None:
    hours = tmp_path / "hours.csv"
    hours.write_text(f"timestamp,open,high,low,close,volume\n{START},1,1,1,1,1\n{START + 3_600_000},1,1,1,1,1\n")
    alerts = 'kind = "signal"\nname = "S"\naccount = "demo"\npairs = ["BTC/USDT"]\nentry = { volume = "100" }\n'
    signal = bot_file(text=alerts, name="signal.toml")
    small = bot_file(('volume = "100"', 'volume = "3"'), name="small.toml")
    both = (bots["btc"], bots["eth"])
    for words, said in (
        ((*both, "--candles", csv["btc"]), "Whose file is"),
        ((*both, *_of(csv, "btc")), "eth.toml trades none of BTC/USDT"),
        ((*both, *_of(csv, "btc", "btc")), "is given twice"),
        ((bots["btc"], *_of(csv, "btc", "eth")), "No bot trades ETH/USDT"),
        ((*both, *_of(csv, "btc"), "--candles", f"ETH/USDT={hours}"), "differ in their timeframe"),
        ((*both, "--candles", f"BTC/USDT={csv['btc']}", "--candles", f"BTC/EUR={csv['eth']}"), "in one currency"),
        ((bots["btc"], signal, *_of(csv, "btc")), "trades on alerts"),
        ((bots["eth"], small, *_of(csv, "btc", "eth")), "cannot be tested like this. BTC starter:"),
        ((bots["btc"], "--symbol", "BTC/USDT", "--candles", f"ETH/USDT={csv['eth']}"), "Which pair is meant"),
        ((*both,), "No candles of BTC/USDT are kept"),
    ):
        done = call("backtest", *words)
        assert done.status == 2 and said in done.err and not done.out, words
