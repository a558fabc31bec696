"""Candles as they close, and the coarser ones that they add up to."""

from decimal import Decimal

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.core.columns import Candles
from desktop_app.core.gathering import gather
from desktop_app.core.market import Candle
from desktop_app.engine.closed_candles import ClosedCandles
from tests.core.series import made, part

MINUTE = 60_000
NOTHING = part(made(1), 0, 0)


def minute(number: int, price: str = "100", volume: str = "1") -> Candle:
    return Candle(number * MINUTE, *(Decimal(price),) * 4, Decimal(volume))


def begun(every: int = 5, history: int = 10, closed: Candles = NOTHING, since: Candles = NOTHING) -> ClosedCandles:
    series = ClosedCandles(every * MINUTE, MINUTE, history)
    series.begin(closed, since)
    return series


def test_a_coarser_candle_closes_with_the_last_of_its_minutes() -> None:
    series = begun()

    assert [series.add(minute(i, str(100 + i))) for i in range(5)] == [False, False, False, False, True]
    candle = series.candles.candle(0)
    assert candle == Candle(0, *map(Decimal, (100, 104, 100, 104, 5)))


def test_where_minutes_are_missing_the_next_one_or_a_price_closes_it() -> None:
    series = begun()
    series.add(minute(0))
    assert not series.passes(4 * MINUTE)
    assert series.passes(5 * MINUTE) and not series.passes(5 * MINUTE)
    series.add(minute(6))
    assert series.add(minute(13))
    assert series.candles.at.tolist() == [0, 5 * MINUTE]


def test_a_minute_that_is_told_twice_counts_once_and_a_late_one_is_seen_to_be_late() -> None:
    series = begun(1)
    assert series.add(minute(3)) and not series.add(minute(3)) and not series.add(minute(2))
    assert series.is_late(minute(2)) and not series.is_late(minute(3)) and not series.is_late(minute(4))

    coarser = begun()
    coarser.add(minute(1))
    coarser.passes(5 * MINUTE)
    assert coarser.is_late(minute(4)), "its candle has closed without it"


def test_growing_minute_by_minute_is_gathering_them_all() -> None:
    base = made(700, every="1m")
    series = ClosedCandles(15 * MINUTE, MINUTE, 200)
    series.begin(gather(part(base, 0, 333), 15 * MINUTE, int(base.at[333])), part(base, 0, 0))
    start = int(np.searchsorted(base.at, series.candles.at[-1] + 15 * MINUTE))
    for i in range(start, 700):
        series.add(base.candle(i))

    whole = gather(base, 15 * MINUTE, int(base.at[-1]) + MINUTE)
    ours = series.candles
    assert ours.at.tolist() == whole.at.tolist()
    for name in ("open", "high", "low", "close"):
        assert np.array_equal(getattr(ours, name), getattr(whole, name))
    assert np.allclose(ours.volume, whole.volume, rtol=1e-12)


def test_it_begins_in_the_middle_of_a_candle_with_what_that_is_made_of_so_far() -> None:
    base = made(20, every="1m")  # begins at a full five minutes
    series = begun(closed=gather(base, 5 * MINUTE, int(base.at[15])), since=part(base, 15, 18))
    assert len(series.candles) == 3
    series.add(base.candle(18))
    assert series.add(base.candle(19))

    assert series.candles.high.tolist() == gather(base, 5 * MINUTE, 10**15).high.tolist()


def test_it_keeps_no_more_than_it_needs() -> None:
    series = begun(1, history=400)
    for i in range(3_000):
        series.add(minute(i))

    assert 400 <= len(series.candles) <= 1_000
    assert series.candles.at[-1] == 2_999 * MINUTE and set(np.diff(series.candles.at)) == {MINUTE}


@given(st.sets(st.integers(0, 299), max_size=200), st.sampled_from([3, 5, 15, 60]), st.integers(0, 299))
@settings(max_examples=60, deadline=None)
def test_whatever_is_missing_growing_is_gathering(gone: set[int], every: int, begun_at: int) -> None:
    whole = made(300, every="1m", seed=12)
    kept = np.array([i for i in range(300) if i not in gone], np.int64)
    base = Candles(
        whole.at[kept], whole.open[kept], whole.high[kept], whole.low[kept], whole.close[kept], whole.volume[kept]
    )
    done = int(np.searchsorted(kept, begun_at))
    now = int(whole.at[begun_at])
    known = gather(part(base, 0, done), every * MINUTE, now)
    opened = int(known.at[-1]) + every * MINUTE if len(known) else 0
    since = part(base, int(np.searchsorted(base.at[:done], opened)), done)
    series = begun(every, 400, known, since)
    series.passes(now)
    for i in range(done, len(base)):
        series.passes(int(base.at[i]))
        series.add(base.candle(i))

    end = int(base.at[-1]) + MINUTE if len(base) else now
    assert series.candles.at.tolist() == gather(base, every * MINUTE, max(end, now)).at.tolist()
    assert series.candles.close.tolist() == gather(base, every * MINUTE, max(end, now)).close.tolist()
