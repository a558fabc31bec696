"""Grids played by the kernel, said by hand and equal to the core's: prices exactly on lines, ties, jumps, gaps."""

import random
from collections import Counter
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from desktop_app.core.columns import Candles
from desktop_app.core.market import FeeCurrency, Market
from desktop_app.core.order import Role, Side
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.kernel import grid_walking
from desktop_app.research.kernel.grid import fills_of, played_grid
from tests.research.kernel.grid_agreement import difference, differs, make_case

D = Decimal
START, MINUTE = 1_700_000_040_000, 60_000
FIVE = {"lower": "98", "upper": "102", "lines": 5, "volume_per_line": "1000"}
Bars = list[tuple[float, float, float, float]]
Shown = tuple[str, int | None, Decimal, Decimal, int]  # side, line, price, amount, candle
SEEDS = 40


def played(
    bars: Bars,
    *,
    tick: str = "0.01",
    lot: str = "0.001",
    fee: str = "0",
    in_coins: bool = False,
    through: int = 0,
    slippage: str = "0",
    least: str = "0",
    missing_after: int | None = None,
    **changes: Any,
) -> list[Shown]:
    """The fills; fails where the core says anything else."""
    numbers = [
        START + MINUTE * (k if missing_after is None or k <= missing_after else k + 3000) for k in range(len(bars))
    ]
    opens, highs, lows, closes = (np.array([bar[k] for bar in bars]) for k in range(4))
    candles = Candles(np.array(numbers, dtype=np.int64), opens, highs, lows, closes, np.ones(len(bars)))
    currency = FeeCurrency.RECEIVED if in_coins else FeeCurrency.QUOTE
    market = Market("BTC/USDT", "BTC", "USDT", D(tick), D(lot), D(0), D(least), D(fee), D(fee) * 2, currency)
    rules = BacktestRules(MINUTE, slippage_percent=D(slippage), fill_through=through)
    settings = settings_of(**changes)
    seen: Counter[str] = Counter()
    assert difference(settings, candles, market, rules, seen) == ""
    assert seen["agreed"] == 1, seen
    fills = fills_of(played_grid(settings, candles, market, rules), market)
    return [(str(fill.side), fill.line, fill.price, fill.amount, fill.candle) for fill in fills]


def settings_of(**changes: Any) -> GridSettings:
    grid = FIVE | changes
    return GridSettings.model_validate(
        {
            "name": "a grid",
            "account": "demo",
            "pairs": ["BTC/USDT"],
            "grid": {name: value for name, value in grid.items() if value is not None},
        }
    )


def flat(price: float) -> tuple[float, float, float, float]:
    return (price, price, price, price)


def lines(fills: list[Shown]) -> list[tuple[str, int | None, int]]:
    """Side, line and candle of what the lines traded."""
    return [(fill[0], fill[1], fill[4]) for fill in fills if fill[1] is not None]


@pytest.mark.parametrize("first", range(0, SEEDS, 8))
def test_random_grids_fill_and_earn_what_the_core_says(first: int) -> None:
    for seed in range(first, first + 8):
        assert differs(make_case(random.Random(seed), most=25)) == "", seed


@pytest.mark.parametrize(
    ("bar", "wanted"),
    [
        ((100.0, 100, 99.01, 99.01), []),
        ((100.0, 100, 99.0, 99.0), [("buy", 1, 1)]),
        ((100.0, 100.99, 100, 100.99), []),
        ((100.0, 101, 100, 101), [("sell", 3, 1)]),
    ],
)
def test_a_line_fills_when_its_price_is_touched_and_not_a_tick_before(
    bar: tuple[float, float, float, float], wanted: list[Any]
) -> None:
    assert lines(played([flat(100), bar])) == wanted


@pytest.mark.parametrize("later", [1, 7, 8, 15, 16, 63, 64, 65, 4095, 4096, 4100])
@pytest.mark.parametrize(("high", "low", "wanted"), [(100.0, 99.0, ("buy", 1)), (101.0, 100.0, ("sell", 3))])
def test_a_touch_is_found_wherever_in_the_blocks_it_is(
    later: int, high: float, low: float, wanted: tuple[str, int]
) -> None:
    close = 99 if low < 100 else 101
    bars = [flat(100)] * later + [(100, high, low, close)] + [flat(close)] * 70
    assert lines(played(bars)) == [(*wanted, later)]


def test_on_a_tie_the_low_comes_first() -> None:
    """To 99, up to 101 past the sell at 100, and back: were the high first, line 3 would sell before line 1 buys."""
    fills = lines(played([flat(100), (100, 101, 99, 100)]))
    assert fills[:2] == [("buy", 1, 1), ("sell", 2, 1)]


def test_a_jump_over_several_lines_fills_them_in_turn_at_the_open() -> None:
    fills = played([flat(100), flat(97.5), flat(103)], lower="95", upper="105", lines=11)
    assert [(fill[0], fill[1], fill[2]) for fill in fills if fill[4] == 1] == [
        ("buy", 4, D("97.5")),
        ("buy", 3, D("97.5")),
    ]
    assert [(fill[1], fill[2]) for fill in fills if fill[4] == 2] == [(line, D(103)) for line in range(4, 9)]


def test_a_jump_across_a_gap_in_the_candles_is_a_jump_as_any() -> None:
    fills = played([flat(100), flat(99.5), flat(97.9)], missing_after=1)
    assert [fill[1:3] for fill in fills if fill[0] == "buy" and fill[4] == 2] == [(1, D("97.9")), (0, D("97.9"))]


@pytest.mark.parametrize(("through", "low", "count"), [(1, 99.0, 0), (1, 98.99, 1), (2, 98.99, 0), (2, 98.98, 1)])
def test_fill_through_wants_that_many_ticks_more_and_still_pays_the_lines_price(
    through: int, low: float, count: int
) -> None:
    fills = played([flat(100), (100, 100, low, 100)], through=through)[1:]
    assert fills == [("buy", 1, D(99), D("10.101"), 1)] * count


def test_a_line_that_is_traded_through_in_a_jump_pays_the_open_all_the_same() -> None:
    fills = played([flat(100), flat(98.99)], through=1)[1:]
    assert fills == [("buy", 1, D("98.99"), D("10.101"), 1)]


def test_at_one_price_a_line_acts_before_a_stop() -> None:
    """Both are met a tick under the lowest line: what that line buys is sold with the rest."""
    stop = {"price": "97.99", "then": "stop_and_sell"}
    fills = played([flat(100), (100, 100, 97.9, 97.9)], through=1, stop_below=stop)
    assert lines(fills) == [("buy", 1, 1), ("buy", 0, 1)]
    assert fills[-1][:3] == ("sell", None, D("97.99"))
    assert fills[-1][3] == sum(fill[3] for fill in fills[:-1])


@pytest.mark.parametrize(("low", "is_stopped"), [(97.51, False), (97.5, True)])
def test_a_stop_is_met_when_its_price_is_touched(low: float, is_stopped: bool) -> None:
    stop = {"price": "97.5", "then": "stop_and_sell"}
    fills = played([flat(100), (100, 100, low, 98.5)], stop_below=stop, slippage="1")
    assert (fills[-1][:3] == ("sell", None, D("97.5") * D("0.99"))) is is_stopped


def test_coins_that_a_stop_leaves_go_on_rising_and_falling() -> None:
    """It ends between two lines, for the lower one asks for ten ticks more: that bounds the price no longer."""
    stop = {"price": "97.95", "then": "stop"}
    fills = played([flat(100), (100, 100, 97, 97), flat(130), flat(60)], through=10, stop_below=stop, fee="0.003")
    assert lines(fills) == [("buy", 1, 1)]


@pytest.mark.parametrize(("then", "side"), [("stop", None), ("stop_and_sell", "sell"), ("stop_and_buy", "buy")])
def test_what_becomes_of_coins_and_quote_at_a_stop(then: str, side: str | None) -> None:
    stop = {"price": "103", "then": then}
    fills = played([flat(100), (100, 101.5, 100, 101.5), flat(103.5)], stop_above=stop, slippage="1", fee="0.001")
    last = fills[-1]
    if side is None or side == "sell":  # all coins were sold by the lines
        assert last[:2] == ("sell", 4)
    else:
        assert last[:3] == (side, None, D("103.5") * D("1.01"))


def test_the_total_profit_is_taken_at_its_level_between_two_ticks() -> None:
    fills = played([flat(100), (100, 101.9, 100, 101.9)], lower="90", upper="110", lines=3, take_profit_percent="0.5")
    side, line, price, _, candle = fills[-1]
    assert (side, line, candle) == ("sell", None, 1)
    # 9.09 coins for 909; with 11.111 · 90 for the buy that is 1908.99, of which 0.5 % are to be earned.
    assert abs(price - D("918.54495") / D("9.09")) < D("1e-20")


def test_a_price_midway_between_two_lines_leaves_the_lower_one_waiting() -> None:
    fills = played([flat(99.5), (99.5, 100, 98, 98)])
    assert lines(fills) == [("sell", 2, 1), ("buy", 1, 1), ("buy", 0, 1)]


def test_lines_are_rounded_to_the_nearest_tick_half_up() -> None:
    bars = [flat(100), (100, 100, 98.0, 98.0)]
    bought = [fill[2] for fill in played(bars, tick="0.5", upper="101") if fill[1] is not None]
    assert bought == [D(99), D(98)]  # of 98.75 and 98


def test_amounts_are_rounded_down_to_the_lot_and_coins_for_a_fee_up() -> None:
    fills = played([flat(100), (100, 101, 99, 99)], lot="0.1", fee="0.001", in_coins=True)
    # 1000/101 + 1000/102 = 9.9 + 9.8 coins; 19.7/(1 − 0.002) = 19.74 → 19.8.
    assert fills[0] == ("buy", None, D(100), D("19.8"), 0)
    # At 99 10.1 are bought, 10.0899 come, 10.0 can be sold.
    assert fills[1:3] == [("buy", 1, D(99), D("10.1"), 1), ("sell", 2, D(100), D("10.0"), 1)]


def test_what_a_buy_bought_is_sold_or_as_much_as_the_size_with_profit_in_coins() -> None:
    bars = [flat(100), (100, 100, 99, 99), (99, 100, 99, 100)]
    in_quote, in_coins = played(bars)[-1], played(bars, profit_currency="base")[-1]
    assert in_quote == ("sell", 2, D(100), D("10.101"), 2)
    assert in_coins == ("sell", 2, D(100), D("10"), 2)


def test_equal_coins_on_every_line() -> None:
    fills = played([flat(100), (100, 101, 98, 98)], volume_unit="base", volume_per_line="2.5")
    assert fills[0] == ("buy", None, D(100), D(5), 0)
    assert {fill[3] for fill in fills[1:]} == {D("2.5")}


def test_an_investment_is_shared_by_the_lines_and_their_coins() -> None:
    fills = played([flat(100), (100, 100, 98, 98)], volume_per_line=None, investment="5000", fee="0.001")
    assert sum(fill[2] * fill[3] for fill in fills) < D(5000)


def test_tiny_ticks_and_prices() -> None:
    given: dict[str, Any] = {"lower": "0.00001600", "upper": "0.00002200", "lines": 13, "volume_per_line": "20"}
    bars = [flat(0.000019), (0.000019, 0.0000212, 0.0000171, 0.0000188), flat(0.0000161)]
    assert len(lines(played(bars, tick="0.00000001", lot="1", least="5", fee="0.001", **given))) > 5


def test_only_some_sells_rest_and_the_next_ones_coins_are_bought_when_its_turn_comes() -> None:
    fills = played([flat(100), (100, 102, 100, 101.5)], upper="104", lines=7, max_active_sell_lines=1)
    assert [fill[:2] for fill in fills[:4]] == [("buy", None), ("sell", 3), ("buy", None), ("sell", 4)]


def test_coins_that_are_profit_are_not_sold_by_the_next_line() -> None:
    """The first round trip leaves 0.101 coins; line 4's are bought in full all the same."""
    given: dict[str, Any] = {"upper": "104", "lines": 7, "max_active_sell_lines": 1, "profit_currency": "base"}
    fills = played([flat(100), (100, 100, 99, 99), (99, 102, 99, 102)], **given)
    assert [fill[3] for fill in fills if fill[1] is None and fill[4] == 2] == [D("9.803"), D("9.708")]


def test_only_some_buys_rest_and_the_others_come_as_the_price_does() -> None:
    assert lines(played([flat(102), (102, 102, 98, 98)], max_active_buy_lines=1)) == [
        ("buy", line, 1) for line in (3, 2, 1, 0)
    ]


@pytest.mark.parametrize("key", ["trailing_up", "expand_up_to"])
def test_the_grid_follows_the_price_up(key: str) -> None:
    value: Any = True if key == "trailing_up" else "104"
    fills = lines(played([flat(100), (100, 105.5, 100, 105.5), flat(98)], **{key: value}))
    bought = [line for side, line, _ in fills if side == "buy"]
    assert bought == ([4 + 2, 5, 4, 3] if key == "trailing_up" else [5, 4, 3, 2, 1, 0])[: len(bought)]
    assert len(bought) >= 4


@pytest.mark.parametrize("key", ["trailing_down", "expand_down_to"])
def test_the_grid_follows_the_price_down(key: str) -> None:
    value: Any = True if key == "trailing_down" else "95"
    fills = lines(played([flat(100), (100, 100, 94.5, 94.5), flat(99)], **{key: value}))
    lowest = min(line for _, line, _ in fills if line is not None)
    assert lowest < 0


def test_a_grid_without_an_end_above_sells_ever_less_ever_higher() -> None:
    given: dict[str, Any] = {
        "upper": None,
        "lines": None,
        "step_percent": "1",
        "spacing": "geometric",
        "max_active_sell_lines": 2,
    }
    fills = lines(played([flat(100), (100, 107, 100, 107)], **given))
    assert [side for side, _, _ in fills] == ["sell"] * 6


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


def test_more_fills_than_there_is_room_for_are_taken_away_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    bars = [flat(100), (100, 101, 99, 100), (100, 101, 99, 100), (100, 101, 99, 100)]
    whole = played(bars)
    monkeypatch.setattr(grid_walking, "MOST_FILLS", 20_003)
    assert played(bars) == whole
    assert len(whole) > 6


def test_fills_say_who_pays_the_makers_fee_and_what_for() -> None:
    opens, ends = np.array([100.0, 100.0]), np.array([100.0, 99.0])
    candles = Candles(np.array([START, START + MINUTE]), opens, opens, ends, ends, np.ones(2))
    market = Market("BTC/USDT", "BTC", "USDT")
    balancing, bought = fills_of(played_grid(settings_of(), candles, market, BacktestRules(MINUTE)), market)
    assert (balancing.role, balancing.side, balancing.is_maker) == (Role.BALANCING, Side.BUY, False)
    assert (bought.role, bought.side, bought.is_maker) == (Role.GRID, Side.BUY, True)
