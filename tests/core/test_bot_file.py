"""Bot files are read without guessing, refused with every problem at once, and written so that they read back equal."""

# ruff: noqa: E501 - one case a line

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.bot_file import FileProblem, read_bot_file, read_settings, write_bot_file
from tests.core.dialogue import settings

GOOD = """
kind = "dca"
name = "BTC starter"
account = "demo"
pairs = ["BTC/USDT"]
direction = "long"
base_order = { volume = "100", volume_unit = "quote", type = "market" }
safety_orders = { volume = 15, price_deviation = 1.0, step_scale = "4.0", volume_scale = "1.7", max_count = 6, max_active = 3 }
take_profit = { basis = "total", percent = "2.0" }
stop_loss = { percent = "4.0", basis = "start", then = "continue" }
start = { mode = "asap" }
limits = { max_active_deals = 1, cooldown_seconds = 0 }
"""


def problems(text: str) -> dict[str, str]:
    read = read_bot_file(text)
    assert read.settings is None
    return {problem.place: problem.reason for problem in read.problems}


def test_the_example_of_the_contract_is_good_and_reads_back_equal() -> None:
    read = read_bot_file(GOOD)

    assert read.settings is not None and not read.problems
    assert read_bot_file(write_bot_file(read.settings)) == read


@given(
    percent=st.decimals("0.01", "90", places=2),
    name=st.text(min_size=1, max_size=40).filter(lambda name: name.isprintable() and bool(name.strip())),
    count=st.integers(1, 50),
    trailing=st.booleans(),
)
def test_any_settings_read_back_equal(percent: object, name: str, count: int, trailing: bool) -> None:
    made = settings(
        name=name,
        take_profit={"steps": [{"percent": percent, "share": 60}, {"percent": 99, "share": 40}]},
        safety_orders={"custom": [{"deviation": -k, "volume": 10 * k} for k in range(1, count + 1)]},
        stop_loss={"percent": percent, "trailing": trailing},
    )
    assert read_bot_file(write_bot_file(made)).settings == made


@pytest.mark.parametrize(
    ("change", "place", "reason"),
    [
        (('volume = "100"', "volume = nan"), "base_order.volume", "must be a finite number"),
        (('volume = "100"', "volume = inf"), "base_order.volume", "must be a finite number"),
        (('volume = "100"', "volume = 1e400"), "base_order.volume", "must be a finite number"),
        (('volume = "100"', 'volume = "1e400"'), "base_order.volume", "is absurdly large or has more than 18 decimals"),
        (('volume = "100"', 'volume = "1e16"'), "base_order.volume", "is absurdly large"),
        (('volume = "100"', 'volume = "NaN"'), "base_order.volume", "must be a finite number"),
        (('volume = "100"', "volume = -5"), "base_order.volume", "must be more than 0"),
        (('volume = "100"', "volume = true"), "base_order.volume", "must be a number"),
        (('volume = "100"', 'volume = "٣"'), "base_order.volume", "is not a number: '٣'"),
        (('volume = "100"', 'volume = "1,5"'), "base_order.volume", "is not a number: '1,5'"),
        (('volume = "100"', "volume = [1]"), "base_order.volume", "must be a number"),
        (('volume_unit = "quote"', 'volume_unit = "euro"'), "base_order.volume_unit", "must be one of"),
        (('volume = "100", volume_unit = "quote"', 'volume = 101, volume_unit = "percent"'), "base_order.volume", "more"),
        (("step_scale", "steep_scale"), "safety_orders.steep_scale", "is not a known name"),
        (("max_count = 6", "max_count = 6.5"), "safety_orders.max_count", "must be a whole number"),
        (("max_count = 6", "max_count = 999"), "safety_orders.max_count", "must be at most 200"),
        (("max_active = 3", "max_active = 7"), "safety_orders.max_active", "7 is more than the 6 safety orders"),
        (("volume = 15, ", ""), "safety_orders.max_count", "needs volume and price_deviation"),
        (("max_count = 6", "custom = [{deviation = 0, volume = 5}]"), "safety_orders.custom[1].deviation", "must not be 0"),
        (("max_count = 6", "custom = [{deviation = -1, volume = 5}]"), "safety_orders.custom", "give either"),
        (('percent = "2.0" }\nstop', "steps = [] }\nstop"), "", ""),
        (('percent = "2.0" }\nstop', 'percent = 2, steps = [{percent=1,share=100}] }\nstop'), "take_profit.steps", "give"),
        (('percent = "2.0" }\nstop', "steps = [{percent=1,share=99}] }\nstop"), "take_profit.steps", "the shares must"),
        (
            ('percent = "2.0" }\nstop', "steps = [{percent=2,share=50},{percent=1,share=50}] }\nstop"),
            "take_profit.steps",
            "each percent",
        ),
        (('percent = "4.0"', "trailing = true"), "stop_loss.percent", "trailing and timeout_seconds need"),
        (('mode = "asap"', 'mode = "conditions"'), "start.all", "needs at least one condition"),
        (("cooldown_seconds = 0", "min_price = 9, max_price = 3"), "limits.min_price", "is above max_price"),
        (('"BTC/USDT"', '"BTC/USDT", "ETH/BTC"'), "pairs", "all pairs of a bot must have the same quote currency"),
        (('"BTC/USDT"', '"BTC/USDT", "BTC/USDT"'), "pairs", "a pair is named twice"),
        (('"BTC/USDT"', '"BTCUSDT"'), "pairs", "'BTCUSDT' is not a pair like BTC/USDT"),
        (('["BTC/USDT"]', "[]"), "pairs", "must not be empty"),
        (('name = "BTC starter"', 'name = "\\u0007"'), "name", "must have visible characters"),
        (('name = "BTC starter"', ""), "name", "is missing"),
        (('direction = "long"', 'direction = "up"'), "direction", "must be one of"),
        (('direction = "long"', 'profit_currency = "base"'), "profit_currency", "base is for short bots"),
        (('"dca"', '"grd"'), "kind", "'grd' is not one of: dca"),
        (('kind = "dca"', ""), "kind", "is missing; it is one of: dca"),
        (('kind = "dca"', "kind = = 3"), "file", "is not TOML"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_the_place_and_the_reason(change: tuple[str, str], place: str, reason: str) -> None:
    text = GOOD.replace(*change)
    assert text != GOOD
    if not place:
        assert read_bot_file(text).settings is not None
        return
    found = problems(text)
    assert place in found, found
    assert reason in found[place]


def test_all_problems_are_listed_at_once() -> None:
    text = (
        GOOD.replace('volume = "100"', "volume = -1").replace("max_count = 6", "max_cuont = 6").replace("0 }", "-3 }")
    )

    assert {"base_order.volume", "safety_orders.max_cuont", "limits.cooldown_seconds"} <= set(problems(text))


def test_a_huge_or_deep_file_is_refused_before_it_is_read() -> None:
    assert problems("#" * 1_000_001) == {"file": "is longer than 1,000,000 characters"}
    assert "file" in problems("a = " + "[" * 50_000)


def test_values_of_the_wrong_shape_are_named() -> None:
    read = read_settings("dca", {"name": 3, "account": "a", "pairs": "x", "base_order": 5, "take_profit": {}})

    assert {problem.place: problem.reason for problem in read.problems} == {
        "name": "must be a text",
        "pairs": "must be a list",
        "base_order": "must be a table",
    }


def test_a_reason_without_words_of_our_own_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    from desktop_app.core import bot_file

    monkeypatch.setattr(bot_file, "_REASONS", {})
    read = read_settings("dca", {"name": 3})
    assert read.problems[0].reason


def test_a_bound_that_is_a_decimal_is_named_as_a_number() -> None:
    text = (
        'kind = "dca"\nname = "a"\naccount = "b"\npairs = ["B/U"]\nbase_order = { volume = "10" }\n'
        'take_profit = { percent = "1" }\nreinvest_percent = "101"\n'
    )
    assert read_bot_file(text).problems == (FileProblem("reinvest_percent", "must be at most 100"),)


@pytest.mark.parametrize(
    "text", ["a." * 100_000 + "b = 1", "[" + "a." * 50_000 + "b]", "x = { " + "a . " * 50_000 + "b = 1 }"]
)
def test_a_name_of_endless_parts_is_refused_before_it_is_read(text: str) -> None:
    found = read_bot_file(f'# Dots {"." * 80} are no names.\nkind = "dca"\n{text}\n')
    assert found.problems[0].reason.startswith("is not TOML")
    assert read_bot_file(f'# Dots {"." * 80} are no names.\nkind = "dca"').problems[0].reason == "is missing"
