"""What an editor says of a grid before it starts."""

# ruff: noqa: E501 - one case a line

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from desktop_app.core.bot_file import read_bot_file, write_bot_file
from desktop_app.core.grid_preview import make_grid_preview
from desktop_app.core.market import FeeCurrency, Market
from desktop_app.core.words import sentence
from tests.core.dialogue import MARKET
from tests.core.grid_dialogue import grid_settings

D = Decimal
BTC = Market("BTC/USDT", "BTC", "USDT")
GRID_REF = {"lower": 60000, "upper": 70000, "lines": 21, "investment": 1000, "volume_unit": "base"}


def codes(price: str = "100", market: Market = MARKET, **grid: object) -> list[str]:
    preview = make_grid_preview(grid_settings(**grid).grid, market, D(price))
    return [problem.reason.code for problem in preview.problems if problem.reason.code != "grid_no_stop"]


def test_B_05_the_reference_grid_shows_its_numbers() -> None:
    preview = make_grid_preview(grid_settings(**GRID_REF).grid, BTC, D("64210.50"))
    layout, least, most = preview.layout, preview.least, preview.most
    assert layout is not None and least is not None and most is not None
    assert len(layout.buys) == 8 and len(layout.sells) == 12
    assert (layout.buys[0].price, layout.buys[-1].price) == (D(60000), D(63500))
    assert (layout.sells[0].price, layout.sells[-1].price) == (D(64500), D(70000))
    assert layout.lines[layout.waiting].price == 64000
    assert layout.volume == D("0.00079")
    assert layout.balancing == D("0.00948") and round(layout.balancing_cost, 2) == D("608.72")
    assert round(layout.funds, 2) == D("998.98") and round(layout.spare, 2) == D("1.02")
    assert layout.most_coins == D("0.01580")
    assert (round(least.net, 4), round(most.net, 4)) == (D("0.2848"), D("0.2998"))
    assert (round(least.percent, 2), round(most.percent, 2)) == (D("0.52"), D("0.63"))
    assert (round(least.step_percent, 2), round(most.step_percent, 2)) == (D("0.72"), D("0.83"))
    assert (preview.least_net, preview.most_net) == (least.net, most.net)
    assert preview.most_cells == 71 and preview.blocks == ()


@pytest.mark.parametrize(("spacing", "holds"), [("arithmetic", 71), ("geometric", 77)])
def test_B_06_a_cell_that_does_not_pay_its_fees_is_blocked_and_both_numbers_are_named(spacing: str, holds: int) -> None:
    given = GRID_REF | {"spacing": spacing, "investment": 50_000}
    good = make_grid_preview(grid_settings(**given | {"lines": holds + 1}).grid, BTC, D("64210.50"))
    assert good.blocks == ()
    preview = make_grid_preview(grid_settings(**given | {"lines": holds + 2}).grid, BTC, D("64210.50"))
    text = sentence(preview.blocks[0].reason)
    assert preview.blocks[0].place == "grid.lines"
    assert "0.2 %" in text and f"at most {holds} cells" in text
    assert preview.least is not None and f"{round(preview.least.step_percent, 4)} %" in text


def test_a_range_in_which_no_cell_could_earn_says_so() -> None:
    dear = replace(MARKET, maker_fee=D("0.2"))
    assert codes(market=dear) == ["grid_cell_loses"]
    assert codes(market=dear, step_percent=5) == ["grid_cell_loses"]


def test_two_lines_on_one_tick_are_refused() -> None:
    preview = make_grid_preview(
        grid_settings(lower=100, upper=101, lines=8).grid, replace(MARKET, price_tick=D("0.25")), D(100)
    )
    assert [one.reason.code for one in preview.blocks] == ["grid_lines_touch"]
    assert preview.blocks[0].reason["price"] == D("100.25")


def test_a_line_at_zero_is_refused() -> None:
    assert codes(price="1", market=replace(MARKET, price_tick=D(1)), lower="0.4", upper=4, lines=3) == [
        "grid_line_at_zero"
    ]


def test_too_small_lines_are_refused_with_the_number_that_would_do() -> None:
    for market in (MARKET, replace(MARKET, fee_currency=FeeCurrency.RECEIVED), replace(MARKET, min_amount=D("0.5"))):
        for given in ({"volume_per_line": 4}, {"volume_per_line": "0.04", "volume_unit": "base"}):
            preview = make_grid_preview(grid_settings(**given).grid, market, D(100))
            (problem,) = preview.blocks
            assert problem.place == "grid.volume_per_line" and problem.reason.code == "grid_line_too_small"
            enough = grid_settings(**given | {"volume_per_line": problem.reason["least"]}).grid
            assert make_grid_preview(enough, market, D(100)).blocks == ()
    preview = make_grid_preview(grid_settings(investment=9).grid, MARKET, D(100))
    assert preview.blocks[0].place == "grid.investment"


def test_prices_outside_the_range_and_beyond_stops_are_pointed_out() -> None:
    assert codes("80") == ["grid_price_below"]
    assert codes("120") == ["grid_price_above"]
    assert codes("120", step_percent=2) == []
    assert codes("80", stop_below={"price": 85}) == ["grid_price_below", "grid_beyond_stop"]
    assert codes("120", stop_above={"price": 115}) == ["grid_price_above", "grid_beyond_stop"]
    assert codes("100", stop_below={"price": 85}, stop_above={"price": 115}) == []


def test_more_orders_than_exchanges_allow_are_pointed_out() -> None:
    many: dict[str, Any] = {"lower": 50, "upper": 150, "lines": 250}
    assert codes(**many) == ["grid_many_orders"]
    assert codes(**many, max_active_buy_lines=50, max_active_sell_lines=50) == []


def test_without_a_stop_below_it_says_what_would_be_held() -> None:
    preview = make_grid_preview(grid_settings().grid, MARKET, D(100))
    (hint,) = preview.problems
    assert sentence(hint.reason) == "Below 90 it holds up to 4.025 BTC and earns nothing until the price returns."


def test_so_many_lines_that_none_can_be_laid_are_counted_before() -> None:
    preview = make_grid_preview(grid_settings(lower="0.001", step_percent="0.5").grid, MARKET, D(100))
    assert preview.layout is None and preview.blocks[0].reason.code == "grid_too_many_lines"


# --- settings

FILE = """
kind = "grid"
name = "BTC range"
account = "demo"
pairs = ["BTC/USDT"]
grid = { lower = "56000", upper = "72000", lines = 50, spacing = "arithmetic", volume_per_line = "20", volume_unit = "quote", profit_currency = "quote" }
"""


def test_the_file_of_the_contract_is_read_and_written_back() -> None:
    settings = read_bot_file(FILE).settings
    assert settings is not None
    assert read_bot_file(write_bot_file(settings)).settings == settings


@pytest.mark.parametrize(
    ("table", "place"),
    [
        ('lower = 2, upper = 1, lines = 5, volume_per_line = 20', "grid.upper"),
        ('lower = 1, upper = 2, volume_per_line = 20', "grid.lines"),
        ('lower = 1, upper = 2, lines = 1, volume_per_line = 20', "grid.lines"),
        ('lower = 1, upper = 2, lines = 1001, volume_per_line = 20', "grid.lines"),
        ('lower = 1, upper = 2, lines = 5, step_percent = 1, volume_per_line = 20', "grid.step_percent"),
        ('lower = 1, lines = 5, step_percent = 1, volume_per_line = 20', "grid.lines"),
        ('lower = 1, volume_per_line = 20', "grid.upper"),
        ('lower = 1, step_percent = 1, volume_per_line = 20', "grid.spacing"),
        ('lower = 1, upper = 2, lines = 5', "grid.volume_per_line"),
        ('lower = 1, upper = 2, lines = 5, volume_per_line = 20, investment = 100', "grid.volume_per_line"),
        ('lower = 1, step_percent = 1, spacing = "geometric", volume_per_line = 20, volume_unit = "base"', "grid.volume_unit"),
        ('lower = 1, upper = 2, lines = 5, volume_per_line = 20, volume_unit = "base", profit_currency = "base"', "grid.profit_currency"),
        ('lower = 1, step_percent = 1, spacing = "geometric", volume_per_line = 20, trailing_up = true', "grid.trailing_up"),
        ('lower = 1, upper = 2, lines = 5, volume_per_line = 20, trailing_up = true, expand_up_to = 3', "grid.expand_up_to"),
        ('lower = 1, upper = 2, lines = 5, volume_per_line = 20, trailing_down = true, expand_down_to = 0.5', "grid.expand_down_to"),
        ('lower = 1, upper = 2, lines = 5, volume_per_line = 20, expand_up_to = 1.5', "grid.expand_up_to"),
        ('lower = 1, upper = 2, lines = 5, volume_per_line = 20, expand_down_to = 1.5', "grid.expand_down_to"),
        ('lower = 1, upper = 2, lines = 5, volume_per_line = 20, pump_protection_percent = 5', "grid.pump_protection_percent"),
        ('lower = 1, upper = 2, lines = 5, volume_per_line = 20, stop_above = { price = 1.5 }', "grid.stop_above.price"),
        ('lower = 1, upper = 2, lines = 5, volume_per_line = 20, stop_below = { price = 1.5 }', "grid.stop_below.price"),
        ('lower = 1, upper = 2, lines = 5, volume_per_line = 20, stop_below = { price = 0.5 }, start_price = 0.4', "grid.start_price"),
        ('lower = 1, upper = 2, lines = 5, volume_per_line = nan', "grid.volume_per_line"),
        ('lower = -1, upper = 2, lines = 5, volume_per_line = 20', "grid.lower"),
        ('lower = 1, upper = 2, lines = 5, volume_per_line = 20, spaces = 3', "grid.spaces"),
    ],
)  # fmt: skip
def test_wrong_grids_are_refused_with_their_place(table: str, place: str) -> None:
    text = f'kind = "grid"\nname = "a"\naccount = "demo"\npairs = ["BTC/USDT"]\ngrid = {{ {table} }}\n'
    assert [problem.place for problem in read_bot_file(text).problems] == [place]


def test_a_grid_trades_one_pair() -> None:
    text = FILE.replace('["BTC/USDT"]', '["BTC/USDT", "ETH/USDT"]')
    assert [problem.place for problem in read_bot_file(text).problems] == ["pairs"]
