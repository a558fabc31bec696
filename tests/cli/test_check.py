"""`bot check`: the numbers of the specification, and every refusal of a bot file."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from tests.cli.calling import Call, WriteBot

WriteMarket = Callable[..., Path]
EXAMPLE = """\
kind = "dca"
name = "Example"
account = "demo"
pairs = ["ETH/USDT"]
base_order = { volume = "100", type = "limit" }
safety_orders = { volume = "15", price_deviation = "1", step_scale = "4", volume_scale = "1.7", max_count = 6, max_active = 3 }
take_profit = { steps = [{ percent = "2", share = "40" }, { percent = "3", share = "50" }, { percent = "4", share = "10" }] }
stop_loss = { percent = "4" }
"""  # noqa: E501 - as a person writes it
MARKET = {"symbol": "ETH/USDT", "price_tick": "0.01", "amount_step": "0.0001", "maker_fee": 0.001, "taker_fee": 0.001}


@pytest.fixture
def market(tmp_path: Path) -> WriteMarket:
    def write(**changes: object) -> Path:
        path = tmp_path / "market.json"
        path.write_text(json.dumps(MARKET | changes))
        return path

    return write


def test_example_a_comes_out_digit_for_digit(call: Call, bot_file: WriteBot, market: WriteMarket) -> None:
    done = call("bot", "check", bot_file(text=EXAMPLE), "--price", "3095.4", "--market", market(), "--json")

    found = done.document
    assert done.status == 0 and found["ok"] and found["problems"] == []
    assert found["base"]["amount"] == "0.0324" and found["base"]["p0"] == "3098.4954"
    rungs = [(rung["index"], rung["price"], rung["amount"]) for rung in found["rungs"][:3]]
    assert rungs == [(1, "3067.51", "0.0049"), (2, "2943.57", "0.0087"), (3, "2447.81", "0.0178")]
    targets = [(target["price"], target["amount"]) for target in found["take_profits"]]
    assert targets == [("3163.63", "0.0129"), ("3194.65", "0.0162"), ("3225.67", "0.0033")]
    assert found["stop_loss_price"] == "2974.555584"
    assert found["left_out"] == [5, 6]


def test_example_b_comes_out_with_the_profit_of_earlier_deals_shared_out(
    call: Call, bot_file: WriteBot, market: WriteMarket
) -> None:
    text = EXAMPLE.replace('"100"', '"30"').replace("max_count = 6", "max_count = 3").partition("take_profit")[0]
    text += 'take_profit = { percent = "1" }\nreinvest_percent = 100\nreinvest_mode = "equal"\n'
    done = call(
        "bot", "check", bot_file(text=text), "--price", "3423.12", "--market", market(), "--json",
        "--closed-profit", "12.323196",
    )  # fmt: skip

    found = done.document
    assert (found["base"]["amount"], found["base"]["p0"]) == ("0.0097", "3426.54312")
    assert found["base"]["take_profit"] == "3464.28"
    rungs = [(rung["price"], rung["amount"]) for rung in found["rungs"]]
    assert rungs == [("3392.27", "0.0054"), ("3255.21", "0.0088"), ("2706.96", "0.0172")]
    assert found["rungs"][0]["take_profit"] == "3453.11"
    assert round(Decimal(found["rungs"][1]["average"]), 8) == Decimal("3357.67942971")
    assert found["rungs"][1]["take_profit"] == "3394.66"


def test_example_c_gives_funds_and_deviations(call: Call, bot_file: WriteBot) -> None:
    text = EXAMPLE.replace(
        'volume = "15", price_deviation = "1", step_scale = "4", volume_scale = "1.7", max_count = 6, max_active = 3',
        "volume = 140, price_deviation = 2, step_scale = 1.5, volume_scale = 1.4, max_count = 4",
    )
    for price in ((), ("--price", "3000")):
        found = call("bot", "check", bot_file(text=text), "--json", *price).document

        assert found["funds"] == "1094.56"
        assert [rung["deviation_percent"] for rung in found["rungs"]] == ["2", "5", "9.5", "16.25"]


def test_example_d_gives_averages_and_targets(call: Call, bot_file: WriteBot, market: WriteMarket) -> None:
    text = (
        EXAMPLE.partition("take_profit")[0].replace("max_count = 6", "max_count = 3") + "take_profit = {percent = 2}\n"
    )
    rules = market(price_tick="0.00000001", amount_step="0.000000001", maker_fee=0, taker_fee=0, min_cost=0)
    found = call("bot", "check", bot_file(text=text), "--price", "100", "--market", rules, "--json").document

    rows = [(rung["price"], _round(rung["average"]), _round(rung["take_profit"])) for rung in found["rungs"]]
    assert rows == [
        ("99", "99.868421", "101.865789"),
        ("95", "98.948107", "100.927070"),
        ("79", "93.387904", "95.255662"),
    ]


def _round(value: str) -> str:
    return str(round(Decimal(value), 6))


@pytest.mark.parametrize(("profit", "volume"), [("10", "110"), ("-10", "100"), ("40", "140")])
def test_example_e_reinvests_profit_and_never_a_loss(
    call: Call, bot_file: WriteBot, market: WriteMarket, profit: str, volume: str
) -> None:
    text = EXAMPLE.partition("safety_orders")[0] + "take_profit = { percent = 2 }\nreinvest_percent = 100\n"
    rules = market(price_tick="0.01", amount_step="0.01", maker_fee=0, taker_fee=0)
    done = call(
        "bot", "check", bot_file(text=text), "--price", "1", "--market", rules, "--json", "--closed-profit", profit
    )

    assert done.document["base"]["volume"] == volume


def test_a_person_gets_a_table_and_the_remarks(call: Call, bot_file: WriteBot) -> None:
    done = call("bot", "check", bot_file(), "--price", "60000")

    assert done.status == 0
    assert "will place up to" in done.out and "Stop loss at 42,042.00." in done.out
    assert len([line for line in done.out.splitlines() if line.split()[0] in {"base", "1", "2", "3"}]) == 4


def test_a_rung_under_the_minimum_is_refused_with_the_number_that_would_do(call: Call, bot_file: WriteBot) -> None:
    done = call("bot", "check", bot_file(('volume = "15"', 'volume = "3"')), "--price", "60000", "--json")

    assert done.status == 2
    assert done.document["ok"] is False
    assert done.document["problems"][0]["place"] == "safety_orders[1]"
    assert "needs at least 5." in done.document["problems"][0]["reason"]
    assert "Nothing was added or ordered." in done.err


def test_checking_writes_nothing(call: Call, bot_file: WriteBot, tmp_path: Path) -> None:
    call("bot", "check", bot_file(), "--price", "60000")

    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('volume = "100"', 'volume = "nan"', "base_order.volume"),
        ('volume = "100"', "volume = nan", "base_order.volume"),
        ('volume = "100"', "volume = inf", "base_order.volume"),
        ('volume = "100"', 'volume = "1e400"', "base_order.volume"),
        ('volume = "100"', "volume = 1e400", "base_order.volume"),
        ('volume = "100"', "volume = -1", "base_order.volume"),
        ('volume = "100"', "volume = 0", "base_order.volume"),
        ('volume = "100"', 'volume = "1e16"', "base_order.volume"),
        ('volume = "100"', 'volume = ""', "base_order.volume"),
        ('volume = "100"', 'volume = "١٢"', "base_order.volume"),
        ('volume = "100"', "volume = true", "base_order.volume"),
        ('volume = "100"', 'volume = "100", volume_unit = "usd"', "base_order.volume_unit"),
        ('volume = "100"', 'volume = "100", size = 1', "base_order.size"),
        ("max_count = 3", "max_count = 201", "safety_orders.max_count"),
        ("max_count = 3", "max_count = 3.5", "safety_orders.max_count"),
        ('step_scale = "2.0"', "step_scale = 11", "safety_orders.step_scale"),
        ('["BTC/USDT"]', '["BTCUSDT"]', "pairs"),
        ('["BTC/USDT"]', '["BTC/USDT", "ETH/BTC"]', "pairs"),
        ('["BTC/USDT"]', "[]", "pairs"),
        ('"BTC starter"', '"a\\u0000b"', "name"),
        ('kind = "dca"', 'kind = "martingale"', "kind"),
        ('kind = "dca"', "", "kind"),
        ("take_profit", "take_profits", "take_profits"),
        ('percent = "2.0"', "steps = [{ percent = 1, share = 50 }]", "take_profit.steps"),
    ],
)
def test_a_bad_value_is_refused_with_its_place(call: Call, bot_file: WriteBot, old: str, new: str, place: str) -> None:
    done = call("bot", "check", bot_file((old, new)), "--price", "60000", "--json")

    assert done.status == 2
    found = done.document
    assert found["ok"] is False and found["rungs"] == [] and found["funds"] is None
    assert place in [problem["place"] for problem in found["problems"]]
    assert all(problem["reason"] for problem in found["problems"])
    assert "Nothing was added or ordered." in done.err


def test_all_problems_are_told_at_once(call: Call, bot_file: WriteBot) -> None:
    file = bot_file(('"100"', '"-1"'), ('"2.0" }', '"nan" }\ncolour = "red"'), ("max_count = 3", "max_count = -3"))

    done = call("bot", "check", file)

    assert done.status == 2 and done.out == ""
    for place in ("base_order.volume", "safety_orders.max_count", "take_profit.percent", "colour"):
        assert place in done.err
    assert "4 problems" in done.err


@pytest.mark.parametrize("content", [b"kind = ", b"\xff\xfe\x00", b"", b"a" * 1_000_001, b"[" * 100_000])
def test_what_is_no_bot_file_is_refused(call: Call, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.toml"
    path.write_bytes(content)

    done = call("bot", "check", path)

    assert done.status == 2 and "Nothing was" in done.err


def test_a_file_that_is_not_there_or_is_a_folder_is_refused(call: Call, tmp_path: Path) -> None:
    assert call("bot", "check", tmp_path / "none.toml").status == 2
    assert call("bot", "check", tmp_path).status == 2


def test_a_byte_order_mark_is_fine(call: Call, tmp_path: Path, bot_file: WriteBot) -> None:
    path = tmp_path / "bom.toml"
    path.write_bytes(b"\xef\xbb\xbf" + bot_file().read_bytes().replace(b"\n", b"\r\n"))

    assert call("bot", "check", path).status == 0


@pytest.mark.parametrize("price", ["0", "-1", "nan", "inf", "abc", "1e400", ""])
def test_a_price_must_be_a_price(call: Call, bot_file: WriteBot, price: str) -> None:
    done = call("bot", "check", bot_file(), f"--price={price}")

    assert done.status == 2 and "--price" in done.err


def test_a_bad_market_file_is_refused(call: Call, bot_file: WriteBot, tmp_path: Path) -> None:
    path = tmp_path / "market.json"
    for content in ("{", "[]", '{"price_tick": 0}', '{"tick": 1}', '{"maker_fee": NaN}'):
        path.write_text(content)

        done = call("bot", "check", bot_file(), "--price", "1", "--market", path)

        assert done.status == 2 and "market.json cannot be used" in done.err, content


def test_sizes_in_percent_need_a_balance_for_prices(call: Call, bot_file: WriteBot) -> None:
    file = bot_file(('volume = "100"', 'volume = "10", volume_unit = "percent"'))

    without = call("bot", "check", file, "--price", "60000", "--json")
    with_one = call("bot", "check", file, "--price", "60000", "--balance", "2000", "--json")

    assert without.document["funds"] is None and without.status == 0
    assert with_one.document["base"]["amount"] == "0.00334"
