"""`bot check` of a grid: the numbers of the specification, and every refusal."""

import json
from pathlib import Path

import pytest

from tests.cli.calling import Call, WriteBot

GRID = """\
kind = "grid"
name = "BTC range"
account = "demo"
pairs = ["BTC/USDT"]
grid = {{ {grid} }}
"""
FIFTY = 'lower = "56000", upper = "72000", lines = 50, spacing = "arithmetic", volume_per_line = "20"'
CHEAP = (
    'lower = "0.016352", upper = "0.022503", lines = 81, spacing = "geometric", volume_per_line = 20, '
    "max_active_sell_lines = 5"
)


def text(grid: str) -> str:
    return GRID.format(grid=grid)


def test_fifty_lines_wait_where_the_reference_says(call: Call, bot_file: WriteBot) -> None:
    done = call("bot", "check", bot_file(text=text(FIFTY)), "--price", "65229.37", "--json")
    found = done.document
    assert done.status == 0 and found["ok"] and found["problems"] == []
    assert found["step"].startswith("326.530612")
    assert found["lines"][found["waiting"]] == {"index": 28, "price": "65142.86", "side": None, "amount": "0"}
    assert found["waiting_price"] == "65142.86"
    sides = [line["side"] for line in found["lines"]]
    assert sides == ["buy"] * 28 + [None] + ["sell"] * 21
    assert found["most_cells"] == 111


def test_balancing_and_amounts_are_the_references(call: Call, bot_file: WriteBot, tmp_path: Path) -> None:
    market = tmp_path / "market.json"
    market.write_text(json.dumps({"symbol": "BTC/USDT", "price_tick": "0.000001", "amount_step": "1"}))
    done = call("bot", "check", bot_file(text=text(CHEAP)), "--price", "0.02197", "--market", market, "--json")
    found = done.document
    sells = [(line["price"], line["amount"]) for line in found["lines"] if line["side"] == "sell"]
    assert sells[:5] == [
        ("0.022058", "906"), ("0.022147", "903"), ("0.022235", "899"), ("0.022324", "895"), ("0.022413", "892"),
    ]  # fmt: skip
    assert found["balancing_amount"] == "4495" and found["step"].startswith("1.00399920581")


def test_people_see_a_table_and_what_is_bought_first(call: Call, bot_file: WriteBot) -> None:
    done = call("bot", "check", bot_file(text=text(FIFTY)), "--price", "65229.37")
    assert "50 lines, 49 cells" in done.out and "buys 0.00601 BTC at market first" in done.out
    assert "waits" in done.out and "at most 111 cells" in done.out and "Note: " in done.out
    infinite = 'lower = 56000, step_percent = 1, spacing = "geometric", volume_per_line = 20'
    assert "no end above" in call("bot", "check", bot_file(text=text(infinite)), "--price", "65229.37").out


def test_without_a_price_only_the_lines_are_known(call: Call, bot_file: WriteBot) -> None:
    file = bot_file(text=text(FIFTY))
    found = call("bot", "check", file, "--json").document
    assert found["ok"] and len(found["lines"]) == 50 and found["waiting"] is None
    assert found["lines"][49] == {"index": 49, "price": "72000", "side": None, "amount": None}
    assert "Add --price" in call("bot", "check", file).out
    found = call("bot", "check", bot_file(text=text(FIFTY + ", start_price = 60000")), "--json").document
    assert found["waiting_price"] == "59918.37"


@pytest.mark.parametrize(
    ("grid", "place", "part"),
    [
        (FIFTY.replace("50", "200"), "grid.lines", "at most 111 cells"),
        ('lower = 100, upper = "100.03", lines = 6, volume_per_line = 20', "grid.lines", "would both be at"),
        (FIFTY.replace('"20"', '"2"'), "grid.volume_per_line", "needs at least"),
        (
            'lower = "0.5", step_percent = "0.1", spacing = "geometric", volume_per_line = 20',
            "grid.step_percent",
            "most",
        ),
    ],
)
def test_what_could_not_run_is_refused_with_a_sentence(
    call: Call, bot_file: WriteBot, grid: str, place: str, part: str
) -> None:
    done = call("bot", "check", bot_file(text=text(grid)), "--price", "65229.37", "--json")
    assert done.status == 2 and not done.document["ok"]
    (problem,) = done.document["problems"]
    assert problem["place"] == place and part in problem["reason"] and part in done.err


def test_a_bad_grid_file_lists_every_problem(call: Call, bot_file: WriteBot) -> None:
    done = call(
        "bot", "check", bot_file(text=text('lower = 5, upper = 4, lines = "x", volume_per_line = nan')), "--json"
    )
    assert done.status == 2
    assert [problem["place"] for problem in done.document["problems"]] == ["grid.lines", "grid.volume_per_line"]
