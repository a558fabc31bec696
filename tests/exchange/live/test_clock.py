"""The exchange's clock from answers that took unequal times."""

import pytest

from desktop_app.exchange.live.clock import OffsetClock, typical


def test_outliers_are_dropped() -> None:
    assert typical((100, 101, 99, 100, 9_000)) == 100
    assert typical((5,)) == 5
    assert typical((0, 0, 0, 1)) == 0


async def test_the_offset_is_the_median_of_five_and_moves_when_measured_afresh() -> None:
    told = iter([1_500, 1_501, 1_499, 90_000, 1_500, *[2_000] * 5])
    clock = OffsetClock(lambda: 1_000)

    async def ask() -> int:
        return next(told)

    assert clock.now() == 1_000
    await clock.measure(ask)
    assert clock.offset_ms == pytest.approx(500, abs=5)
    await clock.measure(ask, afresh=True)
    assert clock.now() == pytest.approx(2_000, abs=5)


async def test_an_exchange_that_tells_no_time_leaves_the_clock_unknown() -> None:
    clock = OffsetClock(lambda: 1_000)

    async def ask() -> int | None:
        return None

    await clock.measure(ask)
    assert not clock.is_known
    assert clock.now() == 1_000
