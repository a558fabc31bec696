"""Bots by conditions and by lists of pairs, by command."""

import random
from decimal import Decimal
from pathlib import Path

import pytest

from tests.cli.calling import Call, WriteBot

START = 1_700_000_100_000  # a full five minutes
RSI = '{ indicator = "rsi", timeframe = "5m", length = 14, trigger = "less_than", value = 60 }'
BY_RSI = (
    'take_profit = { percent = "2.0" }',
    f'take_profit = {{ percent = "0.5" }}\nstart = {{ mode = "conditions", all = [{RSI}] }}',
)
LISTED = ('pairs = ["BTC/USDT"]', 'pair_list = { quote = "USDT", top = 10, blacklist = ["DOGE"] }')


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path, chance, price = tmp_path / "btc.csv", random.Random(2), 10_000
    lines = ["timestamp,open,high,low,close,volume"]
    for i in range(600):
        close = price + chance.randint(-40, 40)
        high, low = max(price, close) + 5, min(price, close) - 5
        prices = ",".join(str(one / 100) for one in (price, high, low, close))
        lines.append(f"{START + i * 60_000},{prices},{chance.randint(1, 9)}")
        price = close
    path.write_text("\n".join(lines) + "\n")
    return path


def test_candles_before_the_start_warm_indicators_up_and_are_not_traded(
    call: Call, bot_file: WriteBot, csv: Path
) -> None:
    bot = bot_file(BY_RSI)
    whole = call("backtest", bot, "--candles", csv, "--json").document
    start = START + 240 * 60_000
    part = call("backtest", bot, "--candles", csv, "--from", start, "--json").document

    assert whole["deals"] and all(deal["opened_at"] >= START + 70 * 60_000 for deal in whole["deals"])
    assert part["from"] == start and part["candles"] == 360
    assert part["deals"][0]["opened_at"] < start + 60 * 60_000, "cold, it could not have begun in the first 75 minutes"


def test_conditions_that_the_candles_cannot_answer_are_refused_by_name(
    call: Call, bot_file: WriteBot, csv: Path
) -> None:
    done = call("backtest", bot_file(BY_RSI, ('"5m"', '"1m"')), "--candles", csv, "--json")
    assert done.status == 0

    lines = csv.read_text().splitlines()
    csv.write_text("\n".join([lines[0], *lines[1::15]]) + "\n")
    refused = call("backtest", bot_file(BY_RSI), "--candles", csv)
    assert refused.status == 2 and "A condition on 5m cannot be tested on candles of 15m." in refused.err


def test_a_bad_condition_is_named_with_its_place(call: Call, bot_file: WriteBot) -> None:
    done = call("bot", "check", bot_file(BY_RSI, ('"less_than"', '"jumps"')), "--json")

    assert done.status == 2
    assert [problem["place"] for problem in done.document["problems"]] == ["start.all[1].trigger"]


def test_a_bot_with_a_list_is_checked_tested_added_and_shown(call: Call, bot_file: WriteBot, csv: Path) -> None:
    bot = bot_file(LISTED)
    checked = call("bot", "check", bot, "--price", 100, "--json")
    assert checked.status == 0 and Decimal(checked.document["funds"]) > 100
    assert call("bot", "check", bot).status == 0
    assert call("backtest", bot, "--candles", csv, "--symbol", "SOL/USDT", "--json").document["pair"] == "SOL/USDT"
    assert "not DOGE/USDT" in call("backtest", bot, "--candles", csv, "--symbol", "DOGE/USDT").err

    call("account", "add", "demo", "--exchange", "sim", "--speed", 600)
    assert call("bot", "add", bot).status == 0
    assert call("bot", "start", 1).status == 0
    assert call("bot", "list").status == 0 and call("bot", "show", 1).status == 0
    (row,) = call("bot", "list", "--json").document
    assert row["why"]


def test_a_list_of_a_currency_that_nobody_pays_with_is_refused(call: Call, bot_file: WriteBot, demo: Call) -> None:
    done = demo("bot", "add", bot_file(LISTED, ('quote = "USDT"', 'quote = "XYZ"')))

    assert done.status in (0, 2)  # without a connection it is found out when it starts
    if done.status == 2:
        assert "XYZ" in done.err


def test_a_check_says_in_words_what_a_bot_waits_for(call: Call, bot_file: WriteBot) -> None:
    bot = bot_file(
        BY_RSI,
        ('percent = "0.5" }', f'percent = "0.5", min_profit = 1, on_conditions = {{ any = [{RSI}] }} }}'),
        ("max_count = 3 }", f"max_count = 3, on_conditions = {{ all = [{RSI}] }} }}"),
        ("stop_loss", f"limits = {{ on_conditions = {{ all = [{RSI}] }} }}\nstop_loss"),
    )
    for more in ((), ("--price", 100)):
        said = call("bot", "check", bot, *more).out
        words = "RSI 14 on 5m is below 60."
        assert f"Starts a deal when {words}" in said and f"Starts deals only while {words}" in said
        assert f"Buys the safety orders that are reached when {words}" in said
        assert f"Closes from a profit of 1 % when {words}" in said
