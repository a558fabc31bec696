"""The hop's walk over a grid's lines, beside the core's: random grids, ties, jumps, gaps, and where it starts."""

import random
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from desktop_app.core.order import Role, Side
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.hop.columns import make_columns
from desktop_app.research.hop.grid_trial import hop_over
from tests.research.hop.beside import MINUTE, Bars, flat
from tests.research.hop.grid_agreement import differs
from tests.research.hop.grid_beside import candles_of, market_of, played, settings_of
from tests.research.kernel.grid_agreement import make_case

D = Decimal
BUY, SELL, STOPPED = Side.BUY, Side.SELL, Role.STOP_LOSS
SEEDS = 40


@pytest.mark.parametrize("first", range(0, SEEDS, 8))
def test_random_grids_trade_and_earn_what_the_core_says(first: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(first, first + 8):
        assert differs(make_case(random.Random(seed), most=25), seen) == "", seed
    assert seen["compared"]


@pytest.mark.parametrize(
    ("bar", "wanted"),
    [
        ((100.0, 100, 99.01, 99.01), []),
        ((100.0, 100, 99.0, 99.0), [(BUY, 1)]),
        ((100.0, 100.99, 100, 100.99), []),
        ((100.0, 101, 100, 101), [(SELL, 3)]),
    ],
)
def test_a_line_fills_when_its_price_is_touched_and_not_a_tick_before(
    bar: tuple[float, float, float, float], wanted: list[Any]
) -> None:
    assert [trade[:2] for trade in played([flat(100), bar])[1:]] == wanted


def test_on_a_tie_the_low_comes_first() -> None:
    """To 99, up to 101 past the sell at 100, and back: were the high first, line 3 would sell before line 1 buys."""
    assert [trade[:2] for trade in played([flat(100), (100, 101, 99, 100)])[1:3]] == [(BUY, 1), (SELL, 2)]


def test_the_nearer_extreme_comes_first() -> None:
    assert [trade[:2] for trade in played([flat(100), (100, 101, 98.5, 100)])[1:3]] == [(SELL, 3), (BUY, 2)]


def test_a_jump_over_several_lines_fills_them_in_turn_at_the_open() -> None:
    trades = played([flat(100), flat(97.5), flat(103)], lower="95", upper="105", lines=11)
    assert [trade[:3] for trade in trades if trade[4] == 1] == [(BUY, 4, D("97.5")), (BUY, 3, D("97.5"))]
    assert [trade[1:3] for trade in trades if trade[4] == 2] == [(line, D(103)) for line in range(4, 9)]


def test_a_jump_across_a_gap_in_the_candles_is_a_jump_as_any() -> None:
    trades = played([flat(100), flat(99.5), flat(97.9)], missing_after=1)
    assert [trade[1:3] for trade in trades if trade[4] == 2] == [(1, D("97.9")), (0, D("97.9"))]


@pytest.mark.parametrize(("through", "low", "count"), [(1, 99.0, 0), (1, 98.99, 1), (2, 98.99, 0), (2, 98.98, 1)])
def test_fill_through_wants_that_many_ticks_more_and_still_pays_the_lines_price(
    through: int, low: float, count: int
) -> None:
    trades = played([flat(100), (100, 100, low, 100)], through=through)[1:]
    assert trades == [(BUY, 1, D(99), D("10.101"), 1)] * count


def test_a_line_that_is_traded_through_in_a_jump_pays_the_open_all_the_same() -> None:
    assert played([flat(100), flat(98.99)], through=1)[1:] == [(BUY, 1, D("98.99"), D("10.101"), 1)]


def test_at_one_price_a_line_acts_before_a_stop() -> None:
    """Both are met a tick under the lowest line: what that line buys is sold with the rest."""
    stop = {"price": "97.99", "then": "stop_and_sell"}
    trades = played([flat(100), (100, 100, 97.9, 97.9)], through=1, stop_below=stop)
    assert [trade[:2] for trade in trades[1:]] == [(BUY, 1), (BUY, 0), (SELL, STOPPED)]
    assert trades[-1][3] == sum(trade[3] for trade in trades[:-1])


def test_a_stop_in_a_jump_trades_at_the_open() -> None:
    trades = played([flat(100), flat(96)], stop_below={"price": "97", "then": "stop_and_sell"})
    assert [trade[:3] for trade in trades[1:]] == [(BUY, 1, D(96)), (BUY, 0, D(96)), (SELL, STOPPED, D(96))]


@pytest.mark.parametrize(
    ("bars", "price", "candle"),
    [
        ([flat(101), (101, 101, 100, 100.5)], "100", 1),
        ([flat(101), flat(99.4)], "99.4", 1),
        ([flat(99), (99, 99.2, 98.5, 99), (99, 100.5, 98.8, 100.2)], "100", 2),
        ([flat(100), flat(101)], "100", 0),
    ],
)
def test_a_grid_starts_where_the_price_comes_to_its_start(bars: Bars, price: str, candle: int) -> None:
    first = played(bars, start_price="100")[0]
    assert (first[2], first[4]) == (D(price), candle)


def test_a_grid_whose_start_price_never_comes_does_nothing() -> None:
    assert played([flat(101), flat(102)], start_price="100") == []


def test_tiny_ticks_and_prices() -> None:
    given: dict[str, Any] = {"lower": "0.00001600", "upper": "0.00002200", "lines": 13, "volume_per_line": "20"}
    bars = [flat(0.000019), (0.000019, 0.0000212, 0.0000171, 0.0000188), flat(0.0000161)]
    assert len(played(bars, tick="0.00000001", lot="1", fee="0.001", **given)) > 6


def test_a_walk_ends_when_somebody_asks_to_stop() -> None:
    bars, asked = [(100.0, 101.0, 99.0, 100.0)] * 600, Counter[int]()

    def is_stopped() -> bool:
        asked[0] += 1
        return asked[0] > 1

    columns = make_columns(candles_of(bars), 1, D("0.01"))
    assert hop_over(settings_of().grid, columns, market_of(), BacktestRules(MINUTE), is_stopped) is None
    assert asked[0] == 2
