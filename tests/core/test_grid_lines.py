"""Where lines are, what they trade and what a cell earns: the numbers of the reference."""

from dataclasses import replace
from decimal import Decimal

import pytest

from desktop_app.core import grid_lines
from desktop_app.core.grid_lines import make_layout
from desktop_app.core.market import FeeCurrency, Market
from desktop_app.core.order import Side
from desktop_app.core.strategies.grid_settings import Grid
from tests.core.dialogue import MARKET, PAIR
from tests.core.grid_dialogue import grid_settings

D = Decimal
FINE = Market("X/USDT", "X", "USDT", price_tick=D("0.000001"), amount_step=D(1))
IN_COINS = replace(MARKET, fee_currency=FeeCurrency.RECEIVED)


def a_grid(**grid: object) -> Grid:
    return grid_settings(**grid).grid


def test_fifty_lines_of_the_reference_are_equal_steps_apart() -> None:
    grid = a_grid(lower=56000, upper=72000, lines=50, volume_per_line=20)
    assert round(grid_lines.step(grid), 6) == D("326.530612")
    layout = make_layout(grid, Market(PAIR, "BTC", "USDT"), D("65229.37"))
    assert layout.lines[layout.waiting].price == D("65142.86") and layout.lines[layout.waiting].side is None
    assert len(layout.buys) + len(layout.sells) == 49
    assert {line.side for line in layout.lines[: layout.waiting]} == {Side.BUY}


def test_eighty_one_lines_of_the_reference_are_equal_percents_apart() -> None:
    grid = a_grid(lower="0.016352", upper="0.022503", lines=81, spacing="geometric", volume_per_line=20)
    assert str(grid_lines.step(grid)).startswith("1.00399920581")
    sells = make_layout(grid, FINE, D("0.02197")).sells[:5]
    assert [(line.price, line.amount) for line in sells] == [
        (D("0.022058"), D(906)),
        (D("0.022147"), D(903)),
        (D("0.022235"), D(899)),
        (D("0.022324"), D(895)),
        (D("0.022413"), D(892)),
    ]
    assert make_layout(grid.model_copy(update={"max_active_sell_lines": 5}), FINE, D("0.02197")).balancing == 4495


def test_lines_go_to_the_nearest_tick_and_never_from_a_rounded_neighbour() -> None:
    grid = a_grid(lower=100, upper=101, lines=4)
    market = replace(MARKET, price_tick=D("0.25"))
    assert grid_lines.line_prices(grid, market) == (D("100.00"), D("100.25"), D("100.75"), D("101.00"))
    half = a_grid(lower=100, upper=101, lines=3)
    assert grid_lines.line_prices(half, replace(MARKET, price_tick=D(1))) == (D(100), D(101), D(101))
    thirds = a_grid(lower=54, upper="329.5", lines=30)  # the third line is at exactly 82.5, whatever 3/29 is rounded to
    assert grid_lines.line_price(thirds, 3, replace(MARKET, price_tick=D(1))) == D(83)
    assert grid_lines.line_price(half, -2, MARKET) == D("99.00") and grid_lines.line_price(half, 4, MARKET) == D(102)


@pytest.mark.parametrize(
    ("price", "waits"), [("97", 1), ("97.5", 1), ("97.51", 2), ("102.5", 2), ("80", 0), ("90", 0), ("200", 4)]
)
def test_the_line_nearest_the_price_waits_and_midway_the_lower_one(price: str, waits: int) -> None:
    assert make_layout(a_grid(), MARKET, D(price)).waiting == waits


def test_lines_are_sized_by_their_own_price_in_quote_or_all_alike_in_coins() -> None:
    quote = make_layout(a_grid(), MARKET, D(100))
    assert [line.amount for line in quote.lines] == [D("1.1111"), D("1.0526"), D(0), D("0.9523"), D("0.9090")]
    assert quote.balancing == quote.sold == D("1.8613") and quote.most_coins == D("4.0250")
    coins = make_layout(a_grid(volume_per_line="1.23456", volume_unit="base"), MARKET, D(100))
    assert {line.amount for line in coins.lines if line.side} == {D("1.2345")}


def test_an_investment_is_spread_so_that_orders_and_fees_fit_in() -> None:
    for market in (MARKET, IN_COINS, replace(MARKET, taker_fee=D("0.02"))):
        for unit in ("quote", "base"):
            grid = a_grid(investment=1000, volume_unit=unit)
            layout = make_layout(grid, market, D("101"))
            assert D(999) < layout.total <= D("1000.02"), (market.fee_currency, unit)
            assert layout.spare == 1000 - layout.funds
    infinite = make_layout(a_grid(step_percent=5, volume_per_line=None, investment=1000, spacing="geometric",
                                  upper=None, lines=None), MARKET, D(101))  # fmt: skip
    assert D(999) < infinite.total < D("1000.02")


def test_coins_that_are_there_need_not_be_bought() -> None:
    layout = make_layout(a_grid(), MARKET, D(100), owned=D(1))
    assert layout.balancing == D("0.8613")
    assert make_layout(a_grid(), MARKET, D(100), owned=D(9)).balancing == 0
    assert make_layout(a_grid(), IN_COINS, D(100)).balancing == D("1.8632")  # 1.8613 / 0.999, rounded up


def test_a_cell_earns_its_step_less_both_fees() -> None:
    cells = list(grid_lines.cell_profits(a_grid(), make_layout(a_grid(), MARKET, D(100)), MARKET))
    bought = D("1.1111")
    assert cells[0].net == bought * (95 * D("0.999") - 90 * D("1.001"))
    assert cells[0].percent == cells[0].net / (bought * 90) * 100
    assert cells[0].step_percent == (D(95) / 90 - 1) * 100
    base = a_grid(profit_currency="base")
    kept = next(grid_lines.cell_profits(base, make_layout(base, MARKET, D(100)), MARKET))
    assert kept.net == D("1.0526") * 95 * D("0.999") - bought * 90 * D("1.001") + (bought - D("1.0526")) * 95
    coins = next(grid_lines.cell_profits(a_grid(), make_layout(a_grid(), IN_COINS, D(100)), IN_COINS))
    received = bought * D("0.999")
    sold = MARKET.amount_down(received)
    assert coins.net == sold * 95 * D("0.999") - bought * 90 + (received - sold) * 95


@pytest.mark.parametrize("spacing", ["arithmetic", "geometric"])
@pytest.mark.parametrize("currency", ["quote", "base"])
@pytest.mark.parametrize("market", [MARKET, IN_COINS], ids=["quote", "coins"])
def test_one_cell_more_than_the_most_loses(spacing: str, currency: str, market: Market) -> None:
    fine = replace(market, price_tick=D("1e-8"), amount_step=D("1e-12"))
    given = {"lower": 60000, "upper": 70000, "spacing": spacing, "profit_currency": currency}
    most = grid_lines.most_cells(a_grid(**given, lines=2), fine)
    assert most is not None
    for cells, loses in ((most, False), (most + 1, True)):
        grid = a_grid(**given, lines=cells + 1)
        layout = make_layout(grid, fine, D(65000))
        assert any(cell.net <= 0 for cell in grid_lines.cell_profits(grid, layout, fine)) is loses


def test_without_fees_there_may_be_any_number_of_cells() -> None:
    free = replace(MARKET, maker_fee=D(0))
    assert grid_lines.most_cells(a_grid(), free) is None
    even = replace(MARKET, maker_fee=D("0.1"))  # 2·0.1/1.1 of 110 is 20: one cell would earn exactly nothing
    assert grid_lines.most_cells(a_grid(), even) == 0


def test_a_grid_without_an_end_above_holds_coins_of_the_same_worth_wherever_it_starts() -> None:
    grid = a_grid(step_percent=1, lower=50)
    assert grid_lines.step(grid) == D("1.01")
    for price in ("60", "100", "313"):
        layout = make_layout(grid, MARKET, D(price))
        waiting = layout.lines[layout.waiting].price
        assert abs(layout.sold * waiting - 100 / D("0.01")) < D("0.1")
        assert len(layout.sells) == grid_lines.NEAR_SELL_LINES
    assert grid_lines.lines_below(grid, D(50)) == 1 and grid_lines.lines_below(grid, D("50.6")) == 2
