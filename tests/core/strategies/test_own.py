"""The names that a strategy file works with."""

from decimal import Decimal

import numpy as np
import pytest

from desktop_app.core.columns import Candles
from desktop_app.core.strategies import own
from desktop_app.core.strategies.own import Mine, View

D = Decimal


def _candles(closes: list[float]) -> Candles:
    close = np.array(closes)
    at = np.arange(len(closes), dtype=np.int64) * 60_000
    return Candles(at, close, close + 1, close - 1, close, np.ones(len(closes)))


def test_numbers_are_exact_whatever_they_come_as() -> None:
    assert own.number(0.1) == D("0.1")
    assert own.number(np.float64(1.25)) == D("1.25")
    assert own.number(D(1) / D(3)) == D("0.333333333333"), "an average can be a price"
    assert own.buy(quote="20", price=99.5) == own.Buy(quote=D(20), price=D("99.5"))
    assert own.sell() == own.Sell(percent=D(100))
    assert own.sell(coins=2).coins == 2
    assert own.targets((101.5, 50), ("103", 50)).targets[0] == own.Target(D("101.5"), D(50))
    assert own.stop(None).price is None


@pytest.mark.parametrize(
    "wrong",
    [
        own.buy,
        lambda: own.buy(quote=1, coins=1),
        lambda: own.buy(quote=0),
        lambda: own.buy(quote=float("nan")),
        lambda: own.buy(quote=1, name="x" * 41),
        lambda: own.sell(percent=10, coins=1),
        lambda: own.sell(percent=101),
        lambda: own.targets((1, 60), (2, 60)),
        lambda: own.cancel(""),
        lambda: own.stop("abc"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_the_strategys_own_line(wrong: object) -> None:
    with pytest.raises(ValueError, match=": "):
        wrong()  # type: ignore[operator]


def test_indicators_are_none_until_there_are_enough_candles() -> None:
    few, many = _candles([1.0, 2.0]), _candles([float(value) for value in range(1, 40)])
    assert own.sma(few.close, 3) is own.ema(few.close, 3) is own.rsi(few.close, 3) is own.atr(few, 3) is None
    assert own.sma(many.close, 3) == 38.0
    assert own.ema(many.close, 3) is not None and own.rsi(many.close) == 100.0 and own.atr(many) == 2.0
    assert own.rsi(np.full(40, np.nan)) is None


def test_the_clock_is_read_from_the_event() -> None:
    at = 1_795_614_067_000  # 2026-11-25 13:41:07 UTC, a Wednesday
    assert (own.hour(at), own.weekday(at)) == (13, 2)


def test_the_view_finds_orders_by_name() -> None:
    mine = Mine("dip", "buy", D(95), D(1), D(0))
    view = View("BTC/USDT", 0, D(1), _candles([1.0]), D(0), D(0), D(0), D(5), None, (mine,), is_paused=False)
    assert view.order("dip") is mine and view.order("x") is None and not view.has_position


def test_every_name_that_is_promised_is_there() -> None:
    assert all(hasattr(own, name) for name in own.__all__)
