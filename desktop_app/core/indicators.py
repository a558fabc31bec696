"""Indicators as columns over columns of candles, by TA-Lib's definitions: no value knows a candle after its own.

Every function answers columns as long as the candles, with NaN where too few candles lie before (TA-Lib's lookback).
TA-Lib is loaded when the first indicator is computed: that takes half a second, which belongs on a thread.
"""

from typing import TYPE_CHECKING, Any

from desktop_app.core.columns import Candles

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Column = NDArray[np.float64]

FLAT_BAND = 1e-6  # of the middle: a narrower Bollinger band is the rounding of a price that stands still


def load() -> Any:
    """TA-Lib itself. The first call takes long."""
    import talib

    return talib


def rsi(candles: Candles, length: int) -> "tuple[Column]":
    """Wilder's relative strength index: 100·G/(G + L), G and L his means of gains and losses (TA-Lib RSI)."""
    return (load().RSI(candles.close, length),)


def ultimate_oscillator(candles: Candles, short: int, middle: int, long: int) -> "tuple[Column]":
    """Williams: 100·(4·A₁ + 2·A₂ + A₃)/7, A = Σ buying pressure / Σ true range over each length (TA-Lib ULTOSC)."""
    return (load().ULTOSC(candles.high, candles.low, candles.close, short, middle, long),)


def bollinger_percent_b(candles: Candles, length: int, deviations: float) -> "tuple[Column]":
    """(close − lower)/(upper − lower) of SMA ± k·σ, σ of the population (TA-Lib BBANDS); NaN where there is no band."""
    import numpy as np

    upper, middle, lower = bollinger(candles, length, deviations)
    width = upper - lower
    is_flat = ~(width > FLAT_BAND * middle)
    return (np.where(is_flat, np.nan, (candles.close - lower) / np.where(is_flat, 1.0, width)),)


def bollinger(candles: Candles, length: int, deviations: float) -> "tuple[Column, Column, Column]":
    """The band itself: upper, middle, lower (TA-Lib BBANDS)."""
    upper, middle, lower = load().BBANDS(candles.close, length, deviations, deviations, 0)
    return upper, middle, lower


def moving_average(candles: Candles, kind: str, length: int) -> "Column":
    """The mean of closes: `sma` plain, `ema` with α = 2/(n + 1) from an SMA on, `wma` weighted n…1 (TA-Lib)."""
    if length == 1:
        return candles.close.copy()
    column: Column = getattr(load(), kind.upper())(candles.close, length)
    return column


def moving_averages(candles: Candles, kind: str, fast: int, slow: int) -> "tuple[Column, Column]":
    """The fast mean and the slow one; both begin with the slow one."""
    import numpy as np

    slow_line = moving_average(candles, kind, slow)
    return np.where(np.isnan(slow_line), np.nan, moving_average(candles, kind, fast)), slow_line


def adx(candles: Candles, length: int) -> "tuple[Column, Column, Column]":
    """Wilder's ADX, +DI and −DI (TA-Lib ADX, PLUS_DI, MINUS_DI)."""
    ta, columns = load(), (candles.high, candles.low, candles.close)
    return ta.ADX(*columns, length), ta.PLUS_DI(*columns, length), ta.MINUS_DI(*columns, length)


def stochastic(candles: Candles, length: int, smooth_k: int, smooth_d: int) -> "tuple[Column, Column]":
    """Lane's slow %K and its mean %D, both smoothed by SMA (TA-Lib STOCH)."""
    columns = (candles.high, candles.low, candles.close)
    k, d = load().STOCH(*columns, length, smooth_k, 0, smooth_d, 0)
    return k, d


def macd(candles: Candles, fast: int, slow: int, signal: int) -> "tuple[Column, Column, Column]":
    """EMA(fast) − EMA(slow), its EMA as the signal, and their difference (TA-Lib MACD)."""
    line, signal_line, histogram = load().MACD(candles.close, fast, slow, signal)
    return line, signal_line, histogram


def parabolic_sar(candles: Candles, step: float, maximum: float) -> "tuple[Column, Column]":
    """The close, and Wilder's stop-and-reverse, which lies under a rising price and over a falling one (TA-Lib SAR)."""
    import numpy as np

    stops = load().SAR(candles.high, candles.low, step, maximum)
    return np.where(np.isnan(stops), np.nan, candles.close), stops


def mfi(candles: Candles, length: int) -> "tuple[Column]":
    """Money flow index: 100·up/(up + down), flows = typical price · volume (TA-Lib MFI)."""
    return (load().MFI(candles.high, candles.low, candles.close, candles.volume, length),)


def cci(candles: Candles, length: int) -> "tuple[Column]":
    """Lambert: (typical price − its SMA)/(0.015 · mean deviation) (TA-Lib CCI)."""
    return (load().CCI(candles.high, candles.low, candles.close, length),)


def heikin_ashi(candles: Candles) -> "tuple[Column]":
    """How many Heikin-Ashi candles in a row rose (positive) or fell (negative); 0 for one that did neither.

    Close = (o + h + l + c)/4; open = mean of the open and close before, the first (o + c)/2 (Valcu, 2004).
    """
    import numpy as np

    closes = (candles.open + candles.high + candles.low + candles.close) / 4
    runs = np.full(len(candles), np.nan)
    opened, run = 0.0, 0
    for i, close in enumerate(closes.tolist()):
        opened = (opened + closes[i - 1]) / 2 if i else (candles.open[0] + candles.close[0]) / 2
        tolerance = 1e-12 * close  # the opens of longer and shorter histories differ by less
        if close > opened + tolerance:
            run = max(run, 0) + 1
        elif close < opened - tolerance:
            run = min(run, 0) - 1
        else:
            run = 0
        if i:
            runs[i] = run
    return (runs,)


def price_change(candles: Candles, length: int) -> "tuple[Column]":
    """100·(close/close n candles before − 1) (TA-Lib ROC)."""
    return (load().ROC(candles.close, length),)


def volume_spike(candles: Candles, length: int) -> "tuple[Column]":
    """volume / SMA(volume, n), the candle itself being one of the n (TA-Lib SMA); NaN where nothing was traded."""
    import numpy as np

    mean = load().SMA(candles.volume, length)
    is_dead = ~(mean > 0)
    return (np.where(is_dead, np.nan, candles.volume / np.where(is_dead, 1.0, mean)),)


def atr_percent(candles: Candles, length: int) -> "tuple[Column]":
    """Wilder's average true range in percent of the close (TA-Lib NATR)."""
    return (load().NATR(candles.high, candles.low, candles.close, length),)
