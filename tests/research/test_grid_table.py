"""A grid's lines in whole numbers against the core's own layout, also where floats are in doubt."""

import random
from decimal import Decimal
from typing import Any

import pytest

from desktop_app.core import grid_lines
from desktop_app.core.grid_preview import make_grid_preview
from desktop_app.core.market import FeeCurrency, Market
from desktop_app.core.strategies.grid_settings import Grid
from desktop_app.research.backtest import BacktestRefused
from desktop_app.research.grid_table import Frame, NoTable, grains_of, line_prices, make_table
from tests.research.grid_cases import is_legal, make_grid, make_rules

D = Decimal


def frame_of(market: Market, digits: int) -> Frame:
    return Frame(market, digits, 80 * 10.0**digits, 140 * 10.0**digits)


def grid_of(**given: Any) -> Grid:
    return Grid.model_validate({"lower": "98", "upper": "102", "lines": 5, "volume_per_line": "1000"} | given)


@pytest.mark.parametrize("seed", range(12))
def test_lines_amounts_and_funds_are_the_cores(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(8):
        given, rules = make_grid(rng), make_rules(rng)
        if not is_legal(given) or "upper" not in given:
            continue
        grid = Grid.model_validate(given)
        currency = FeeCurrency.RECEIVED if rules.in_coins else FeeCurrency.QUOTE
        market = Market(
            "BTC/USDT", "BTC", "USDT", rules.tick, rules.lot, rules.min_amount, rules.min_cost, rules.maker,
            rules.taker, currency,
        )  # fmt: skip
        price = D(rng.choice(["97.5", "100", "103", "99"]))
        preview = make_grid_preview(grid, market, price)
        frame, units = frame_of(market, 5), int(price * 100_000)
        if preview.blocks:
            with pytest.raises(BacktestRefused) as refused:
                make_table(grid, frame, units)
            assert refused.value.problems == preview.blocks
            continue
        try:
            table = make_table(grid, frame, units)
        except NoTable:
            continue
        assert preview.layout is not None
        own = slice(table.low, table.high + 1)
        prices = [D(int(one)).scaleb(-5) for one in table.prices[own]]
        assert prices == [line.price for line in preview.layout.lines]
        lots = [int(one) * rules.lot for one in table.lots[own]]
        assert [
            (amount, line.amount) for amount, line in zip(lots, preview.layout.lines, strict=True)
            if line.side is not None and amount != line.amount
        ] == []  # fmt: skip
        assert table.waiting - table.low == preview.layout.waiting
        assert table.missing * rules.lot == preview.layout.balancing
        assert D(table.funds).scaleb(-5) * rules.lot == preview.layout.funds


@pytest.mark.parametrize(("lower", "upper", "lines", "tick"), [
    ("98", "101", 5, "0.5"),  # 98.75 and 100.25 lie midway between two ticks
    ("113", "118.0375", 14, "0.2"),  # 116.1 does, to which floats do not come
    ("134", "140.15", 4, "0.2"),
    ("54", "329.5", 30, "1"),  # 82.5, to which the core does not quite come
    ("100", "101", 3, "0.2"),
    ("0.5", "2", 4, "1"),
])  # fmt: skip
def test_half_ticks_fall_as_they_do_in_the_core(lower: str, upper: str, lines: int, tick: str) -> None:
    grid, market = grid_of(lower=lower, upper=upper, lines=lines), Market("BTC/USDT", "BTC", "USDT", D(tick))
    units = line_prices(grid, frame_of(market, 1), 0, lines)
    assert [D(int(one)).scaleb(-1) for one in units] == list(grid_lines.line_prices(grid, market))


def test_whole_lots_that_floats_would_miss_are_the_cores() -> None:
    """0.3 / 0.1 is less than 3 in floats."""
    market = Market("BTC/USDT", "BTC", "USDT", D("0.1"), D("0.1"), D(0), D(0), D(0), D(0))
    table = make_table(grid_of(lower="0.5", upper="1", lines=2, volume_per_line="0.15"), frame_of(market, 1), 5)
    assert table.lots.tolist() == [3, 1]


def test_grains_are_as_fine_as_the_fees_in_coins() -> None:
    market = Market("BTC/USDT", "BTC", "USDT", maker_fee=D("0.00075"), taker_fee=D("0.001"))
    assert grains_of(market).rest == 1
    in_coins = Market(
        "BTC/USDT", "BTC", "USDT", maker_fee=D("0.00075"), taker_fee=D("0.001"), fee_currency=FeeCurrency.RECEIVED
    )
    assert (grains_of(in_coins).rest, grains_of(in_coins).maker, grains_of(in_coins).taker) == (100_000, 75, 100)


def test_fees_too_fine_for_grains_are_left_to_the_core() -> None:
    market = Market(
        "BTC/USDT", "BTC", "USDT", maker_fee=D("0.0000000001"), fee_currency=FeeCurrency.RECEIVED
    )  # fmt: skip
    with pytest.raises(NoTable):
        grains_of(market)


@pytest.mark.parametrize(
    "given",
    [
        {"lines": 1000},  # the fees eat a cell
        {"volume_per_line": "4"},  # less than the market takes
        {"lower": "99.99", "upper": "100", "lines": 10},  # two lines on one tick
        {"lower": "0.001", "upper": "100"},  # a line at 0
    ],
)
def test_what_the_core_would_not_start_is_refused_in_its_words(given: dict[str, Any]) -> None:
    grid, market = grid_of(**given), Market("BTC/USDT", "BTC", "USDT")
    with pytest.raises(BacktestRefused) as refused:
        make_table(grid, frame_of(market, 2), 10_000)
    assert refused.value.problems == make_grid_preview(grid, market, D(100)).blocks


def test_lines_that_meet_beyond_the_grids_end_are_left_to_the_core() -> None:
    market = Market("BTC/USDT", "BTC", "USDT", D("0.5"))
    grid = grid_of(lower="90", upper="110", lines=20, spacing="geometric", trailing_down=True)
    with pytest.raises(NoTable):
        make_table(grid, Frame(market, 1, 10.0, 1200.0), 1000)
