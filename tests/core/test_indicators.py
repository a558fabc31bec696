"""Indicators against TA-Lib called directly, on real candles where there are some."""

from collections.abc import Callable

import numpy as np
import pytest
import talib

from desktop_app.core import indicators
from desktop_app.core.columns import Candles
from tests.core.series import flat, made, part, real

CANDLES = real()
H, L, C, V = CANDLES.high, CANDLES.low, CANDLES.close, CANDLES.volume


def same(ours: object, theirs: object) -> bool:
    return np.array_equal(np.asarray(ours), np.asarray(theirs), equal_nan=True)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (indicators.rsi(CANDLES, 14), (talib.RSI(C, 14),)),
        (indicators.ultimate_oscillator(CANDLES, 7, 14, 28), (talib.ULTOSC(H, L, C, 7, 14, 28),)),
        (indicators.bollinger(CANDLES, 20, 2.0), talib.BBANDS(C, 20, 2.0, 2.0)),
        ((indicators.moving_average(CANDLES, "sma", 9),), (talib.SMA(C, 9),)),
        ((indicators.moving_average(CANDLES, "ema", 9),), (talib.EMA(C, 9),)),
        ((indicators.moving_average(CANDLES, "wma", 9),), (talib.WMA(C, 9),)),
        ((indicators.moving_average(CANDLES, "sma", 1),), (C,)),
        (
            indicators.adx(CANDLES, 14),
            (talib.ADX(H, L, C, 14), talib.PLUS_DI(H, L, C, 14), talib.MINUS_DI(H, L, C, 14)),
        ),
        (
            indicators.stochastic(CANDLES, 14, 3, 3),
            talib.STOCH(H, L, C, 14, 3, slowd_period=3),
        ),
        (indicators.macd(CANDLES, 12, 26, 9), talib.MACD(C, 12, 26, 9)),
        (indicators.parabolic_sar(CANDLES, 0.02, 0.2)[1:], (talib.SAR(H, L, 0.02, 0.2),)),
        (indicators.mfi(CANDLES, 14), (talib.MFI(H, L, C, V, 14),)),
        (indicators.cci(CANDLES, 20), (talib.CCI(H, L, C, 20),)),
        (indicators.price_change(CANDLES, 3), (talib.ROC(C, 3),)),
        (indicators.atr_percent(CANDLES, 14), (talib.NATR(H, L, C, 14),)),
    ],
)
def test_values_are_those_of_ta_lib(ours: tuple[object, ...], theirs: tuple[object, ...]) -> None:
    assert len(ours) == len(theirs)
    for column, expected in zip(ours, theirs, strict=True):
        assert same(column, expected)


def test_percent_b_is_where_the_close_is_between_the_lines_of_the_band() -> None:
    upper, _, lower = talib.BBANDS(C, 20, 2.0, 2.0)
    (found,) = indicators.bollinger_percent_b(CANDLES, 20, 2.0)

    is_band = upper - lower > 1e-6 * C
    assert np.allclose(found[is_band], ((C - lower) / (upper - lower))[is_band], rtol=1e-12)


def test_a_band_without_width_has_no_percent_b() -> None:
    assert np.isnan(indicators.bollinger_percent_b(flat(300), 20, 2.0)[0]).all()


def test_volume_is_measured_by_its_mean_and_nothing_by_nothing() -> None:
    (found,) = indicators.volume_spike(CANDLES, 20)
    mean = talib.SMA(V, 20)

    assert np.allclose(found[19:][mean[19:] > 0], (V / mean)[19:][mean[19:] > 0], rtol=1e-12)
    assert np.isnan(indicators.volume_spike(flat(40), 20)[0]).all()


def test_both_means_of_a_cross_begin_with_the_slow_one() -> None:
    fast, slow = indicators.moving_averages(CANDLES, "ema", 3, 10)

    assert np.isnan(fast[:9]).all() and np.isnan(slow[:9]).all()
    assert same(fast[9:], talib.EMA(C, 3)[9:])


def test_heikin_ashi_counts_candles_of_one_colour() -> None:
    # Opens of the smoothed candles: 12, 12, 13, 14.5; closes: 12, 14, 16, 10 - flat, up, up, down.
    rows = ([10, 12, 15, 10], [14, 16, 18, 12], [10, 12, 14, 8], [14, 16, 17, 10])
    columns = [np.array(values, float) for values in (*rows, [1, 1, 1, 1])]
    candles = Candles(np.arange(4, dtype=np.int64), *columns)

    (runs,) = indicators.heikin_ashi(candles)

    assert np.isnan(runs[0]) and runs[1:].tolist() == [1, 2, -1]


def test_heikin_ashi_sees_no_colour_where_the_price_stands_still() -> None:
    assert indicators.heikin_ashi(flat(5))[0][1:].tolist() == [0, 0, 0, 0]


EVERY: list[Callable[[Candles], tuple[np.ndarray, ...]]] = [
    lambda c: indicators.rsi(c, 14),
    lambda c: indicators.ultimate_oscillator(c, 7, 14, 28),
    lambda c: indicators.bollinger_percent_b(c, 20, 2.0),
    lambda c: indicators.moving_averages(c, "sma", 9, 21),
    lambda c: indicators.moving_averages(c, "ema", 9, 21),
    lambda c: indicators.moving_averages(c, "wma", 9, 21),
    lambda c: indicators.adx(c, 14),
    lambda c: indicators.stochastic(c, 14, 3, 3),
    lambda c: indicators.macd(c, 12, 26, 9),
    lambda c: indicators.parabolic_sar(c, 0.02, 0.2),
    lambda c: indicators.mfi(c, 14),
    lambda c: indicators.cci(c, 20),
    indicators.heikin_ashi,
    lambda c: indicators.price_change(c, 5),
    lambda c: indicators.volume_spike(c, 20),
    lambda c: indicators.atr_percent(c, 14),
]


@pytest.mark.parametrize("indicator", EVERY)
@pytest.mark.parametrize("length", [0, 1, 40, 200, 399])
def test_no_value_changes_when_the_future_does(
    indicator: Callable[[Candles], tuple[np.ndarray, ...]], length: int
) -> None:
    past, other = made(400), made(400, seed=99)
    shifted = Candles(
        past.at,
        *(
            np.concatenate((ours[:length], theirs[length:] * 3))
            for ours, theirs in zip(_columns(past), _columns(other), strict=True)
        ),
    )

    for whole, changed, alone in zip(
        indicator(past), indicator(shifted), indicator(part(past, 0, length)), strict=True
    ):
        assert same(whole[:length], changed[:length])
        assert same(whole[:length], alone)


def _columns(candles: Candles) -> tuple[np.ndarray, ...]:
    return candles.open, candles.high, candles.low, candles.close, candles.volume
