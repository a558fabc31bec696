"""`backtest`: the document of the contract, from a file or from kept candles, and every refusal."""

from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from tests.cli.calling import Call, WriteBot

START = 1_700_000_040_000
PATH = ["100", "100.5", "99", "98", "101", "103", "103", "103"]


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "btc.csv"
    lines = ["timestamp,open,high,low,close,volume"]
    for i, (open_, close) in enumerate(pairwise(PATH)):
        high, low = max(Decimal(open_), Decimal(close)), min(Decimal(open_), Decimal(close))
        lines.append(f"{START + i * 60_000},{open_},{high},{low},{close},1")
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_deal_is_played_from_a_file(call: Call, bot_file: WriteBot, csv: Path) -> None:
    done = call("backtest", bot_file(), "--candles", csv, "--json")

    found = done.document
    assert done.status == 0
    assert list(found) == [
        "bot", "pair", "timeframe", "candles", "gaps", "from", "to", "market", "deals", "summary", "equity",
        "engine_seconds", "assumptions",
    ]  # fmt: skip
    assert (found["pair"], found["timeframe"], found["candles"]) == ("BTC/USDT", "1m", 7)
    first = found["deals"][0]
    assert first["status"] == "completed" and first["orders"][0]["role"] == "base"
    paid = sum(Decimal(one["price"]) * Decimal(one["amount"]) for one in first["orders"] if one["side"] == "buy")
    got = sum(Decimal(one["price"]) * Decimal(one["amount"]) for one in first["orders"] if one["side"] == "sell")
    fees = sum(Decimal(one["fee_quote"]) for one in first["orders"])
    assert Decimal(first["profit_quote"]) == got - paid - fees


def test_kept_candles_give_the_same_as_their_file(call: Call, bot_file: WriteBot, csv: Path) -> None:
    call("candles", "import", csv, "--symbol", "BTC/USDT")

    of_file = call("backtest", bot_file(), "--candles", csv, "--json").document
    of_store = call("backtest", bot_file(), "--symbol", "BTC/USDT", "--json").document

    assert of_file.pop("engine_seconds") and of_store.pop("engine_seconds")
    assert (of_file["assumptions"].pop("source"), of_store["assumptions"].pop("source")) == (csv.name, "imported")
    assert of_file == of_store


def test_a_part_of_the_candles_can_be_chosen(call: Call, bot_file: WriteBot, csv: Path) -> None:
    words = ("backtest", bot_file(), "--candles", csv, "--json")
    for start in (START + 120_000, (START + 120_000) // 1000, "2023-11-14T22:16:00", "2023-11-14T23:16:00+01:00"):
        found = call(*words, "--from", start, "--to", START + 240_000).document
        assert (found["candles"], found["from"], found["to"]) == (2, START + 120_000, START + 180_000)

    assert call(*words, "--from", "2030-01-01").status == 2


def test_example_e_of_the_specification_reinvests(call: Call, bot_file: WriteBot, tmp_path: Path) -> None:
    # Three deals of +10, −20 and +50 on 100: then 110, 100, 140 are invested.
    csv = tmp_path / "e.csv"
    rows = [(100, 110), (100, 80), (100, 140), (100, 100)]
    lines = ["timestamp,open,high,low,close,volume"]
    lines += [
        f"{START + i * 60_000},{open_},{max(open_, close)},{min(open_, close)},{close},1"
        for i, (open_, close) in enumerate(rows)
    ]
    csv.write_text("\n".join(lines) + "\n")
    text = (
        'kind = "dca"\nname = "E"\naccount = "demo"\npairs = ["BTC/USDT"]\nbase_order = { volume = "100" }\n'
        'take_profit = { percent = "10" }\nstop_loss = { percent = "20" }\nreinvest_percent = 100\n'
    )

    found = call("backtest", bot_file(text=text), "--candles", csv, "--fee-percent", 0, "--json").document

    spent = [Decimal(deal["bought_quote"]) for deal in found["deals"]]
    assert spent[:2] == [100, 110]
    assert Decimal(found["deals"][0]["profit_quote"]) == 10 and Decimal(found["deals"][1]["profit_quote"]) == -22
    assert spent[2] == 100, "a loss is not reinvested"


def test_fees_slippage_and_fill_through_are_rules_of_the_run(call: Call, bot_file: WriteBot, csv: Path) -> None:
    words = ("backtest", bot_file(), "--candles", csv, "--json")
    free = call(*words, "--fee-percent", 0).document["summary"]
    coins = call(*words, "--fee-currency", "received").document
    slipped = call(*words, "--slippage-percent", "0.5").document["deals"][0]["orders"][0]

    assert free["fees_quote"] == "0"
    assert coins["market"]["fee_currency"] == "received"
    assert slipped["price"] == "100.5"
    assert call(*words, "--fill-through", 3).status == 0
    assert call(*words, "--balance", 500).status == 0


def _coarse(tmp_path: Path, high: str = "103") -> Path:
    path = tmp_path / "btc-7m.csv"
    path.write_text(f"timestamp,open,high,low,close,volume\n{START - START % 420_000},100,{high},98,103,7\n")
    return path


def _fine(tmp_path: Path, rows: int = 7) -> Path:
    path = tmp_path / "btc-fine.csv"
    lines = ["timestamp,open,high,low,close,volume"]
    for i, (open_, close) in enumerate(list(pairwise(PATH))[:rows]):
        high, low = max(Decimal(open_), Decimal(close)), min(Decimal(open_), Decimal(close))
        lines.append(f"{START - START % 420_000 + i * 60_000},{open_},{high},{low},{close},1")
    path.write_text("\n".join(lines) + "\n")
    return path


def test_finer_candles_take_the_place_of_the_path(call: Call, bot_file: WriteBot, tmp_path: Path) -> None:
    words = ("backtest", bot_file(), "--candles", _coarse(tmp_path), "--timeframe", "7m", "--json")
    done = call(*words, "--detail", _fine(tmp_path))

    assert done.status == 0 and done.err == ""
    detail = done.document["assumptions"]["detail"]
    assert (detail["source"], detail["timeframe"], detail["candles"], detail["missing"]) == ("btc-fine.csv", "1m", 7, 0)
    assert call(*words).document["assumptions"]["detail"] is None


def test_detail_of_another_past_is_refused_with_its_row(call: Call, bot_file: WriteBot, tmp_path: Path) -> None:
    words = ("backtest", bot_file(), "--timeframe", "7m", "--candles")
    other = call(*words, _coarse(tmp_path, high="104"), "--detail", _fine(tmp_path))
    half = call(*words, _coarse(tmp_path), "--detail", _fine(tmp_path, rows=4))

    assert other.status == 2 and "row 2: the high is 104.0" in other.err and "103.0 in its 7 finer ones" in other.err
    assert half.status == 0 and "1 lack some" in half.err
    assert call("backtest", bot_file(), "--candles", _fine(tmp_path), "--detail", _fine(tmp_path)).status == 2


def test_limits_fill_no_more_than_their_share_of_the_volume(call: Call, bot_file: WriteBot, csv: Path) -> None:
    words = ("backtest", bot_file(), "--candles", csv, "--json")
    found = call(*words, "--volume-share", "1").document

    whole = call(*words).document["deals"][0]["orders"]
    parts = found["deals"][0]["orders"]
    assert found["assumptions"]["volume_share_percent"] == "1"
    assert max(Decimal(one["amount"]) for one in parts if one["type"] == "limit" and one["index"] == 1) > 0
    assert [one["amount"] for one in whole] != [one["amount"] for one in parts]


def test_people_get_a_page(call: Call, bot_file: WriteBot, csv: Path) -> None:
    done = call("backtest", bot_file(), "--candles", csv)

    assert done.status == 0 and "Max drawdown" in done.out
    assert "limit orders when touched" in done.out and "7 candles of btc.csv; gaps: 0" in done.out


@pytest.mark.parametrize(
    "words",
    [
        ("--fee-percent", "-1"),
        ("--fee-percent", "100"),
        ("--fee-percent", "nan"),
        ("--slippage-percent", "x"),
        ("--fill-through", "1.5"),
        ("--fill-through", "-1"),
        ("--balance", "0"),
        ("--volume-share", "0"),
        ("--volume-share", "101"),
        ("--detail", "none.csv"),
        ("--timeframe", "1h"),
        ("--market", "none.json"),
        ("--symbol", "ETH/USDT"),
        ("--symbol", "nonsense"),
    ],
)
def test_rules_that_cannot_be_are_refused(call: Call, bot_file: WriteBot, csv: Path, words: tuple[str, ...]) -> None:
    done = call("backtest", bot_file(), "--candles", csv, *words)

    assert done.status == 2 and done.err and done.out == ""


def test_a_rung_below_the_minimum_is_refused_by_name(call: Call, bot_file: WriteBot, csv: Path) -> None:
    done = call("backtest", bot_file(('volume = "15"', 'volume = "3"')), "--candles", csv)

    assert done.status == 2 and "safety_orders[1]" in done.err and "at least 5" in done.err


def test_candles_must_be_named(call: Call, bot_file: WriteBot) -> None:
    assert "Add --candles FILE" in call("backtest", bot_file()).err
    assert call("backtest", bot_file(), "--symbol", "BTC/USDT").status == 2
