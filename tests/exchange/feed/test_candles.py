"""Candles of a real exchange are closed, sorted, true and whole, and asked for once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from desktop_app.exchange.feed.candles import CandleSource, holes, read_row
from desktop_app.exchange.protocol import Refused

MINUTE = 60_000
START = 1_700_000_000_000 // MINUTE * MINUTE


def candle(i: int) -> list[object]:
    return [START + i * MINUTE, 100.0 + i, 102.0 + i, 99.0 + i, 101.0 + i, 5.0]


@dataclass
class FakeHistory:
    """An exchange with candles 0…n−1, that forgets some of them on the first question."""

    count: int
    page: int = 500
    forgets: set[int] = field(default_factory=set)
    never_had: set[int] = field(default_factory=set)
    asked: list[tuple[int, int]] = field(default_factory=list)

    async def __call__(self, symbol: str, timeframe: str, since: int, limit: int) -> Sequence[Sequence[object]]:
        assert (symbol, timeframe) == ("BTC/USDT", "1m")
        self.asked.append(((since - START) // MINUTE, limit))
        first = max(0, -((START - since) // MINUTE))
        wanted = [i for i in range(first, min(self.count, first + min(limit, self.page))) if i not in self.never_had]
        told = [candle(i) for i in wanted if i not in self.forgets]
        self.forgets -= set(wanted)
        return told

    def source(self, minutes: float | None = None) -> CandleSource:
        now = START + int((self.count if minutes is None else minutes) * MINUTE)
        return CandleSource(self, lambda: now)


async def ask(source: CandleSource, first: int, stop: int) -> list[int]:
    found = await source.closed("BTC/USDT", "1m", START + first * MINUTE, START + stop * MINUTE)
    return [(int(at) - START) // MINUTE for at in found.at]


async def test_many_pages_make_one_history() -> None:
    assert await ask(FakeHistory(1_700).source(), 0, 1_700) == list(range(1_700))


async def test_the_candle_under_way_is_left_out() -> None:
    assert await ask(FakeHistory(10).source(9.5), 0, 20) == list(range(9))


async def test_what_a_page_forgot_is_asked_for_again() -> None:
    history = FakeHistory(40, forgets={5, 6, 17})
    assert await ask(history.source(), 0, 40) == list(range(40))
    assert history.asked[1:] == [(5, 3), (17, 2)]


async def test_minutes_without_a_trade_stay_missing() -> None:
    history = FakeHistory(40, never_had={5, 6})
    assert await ask(history.source(), 0, 40) == [i for i in range(40) if i not in {5, 6}]


async def test_before_the_pair_existed_there_is_nothing() -> None:
    history = FakeHistory(10)
    source = history.source()
    assert await ask(source, -3_000, 10) == list(range(10))
    assert len(history.asked) < 10


async def test_what_is_known_is_not_asked_for_again() -> None:
    history = FakeHistory(300)
    source = history.source()
    await ask(source, 100, 200)
    history.asked.clear()
    assert await ask(source, 110, 190) == list(range(110, 190))
    assert history.asked == []
    assert await ask(source, 50, 250) == list(range(50, 250))
    assert [first for first, _ in history.asked] == [50, 200]


async def test_the_newest_candle_is_asked_for_again() -> None:
    history = FakeHistory(300)
    source = history.source()
    await ask(source, 200, 300)
    history.asked.clear()
    await ask(source, 200, 300)
    assert [first for first, _ in history.asked] == [299]


async def test_an_unknown_timeframe_is_refused() -> None:
    with pytest.raises(Refused):
        await FakeHistory(3).source().closed("BTC/USDT", "7m", START, START + MINUTE)


async def test_an_empty_range_costs_no_question() -> None:
    history = FakeHistory(3)
    assert await ask(history.source(), 2, 2) == []
    assert history.asked == []


@pytest.mark.parametrize(
    "row",
    [
        [],
        [START],
        ["x", 1, 2, 1, 1, 1],
        [START + 1, 100, 102, 99, 101, 5],
        [START, 0, 0, 0, 0, 0],
        [START, 100, 102, 99, float("nan"), 5],
        [START, 100, 90, 99, 101, 5],
        [START, 100, 102, 101, 101, 5],
        [START, 100, 102, 99, 101, -5],
        [START, None, None, None, None, None],
    ],
)
def test_what_cannot_be_a_candle_is_left_out(row: list[object]) -> None:
    assert read_row(row, MINUTE) is None


def test_candles_may_come_as_text() -> None:
    assert read_row([str(START), "1", "2", "0.5", "1.5", None], MINUTE) == (START, 1.0, 2.0, 0.5, 1.5, 0.0)


def test_holes_lie_between_candles() -> None:
    assert holes([0, 1, 4, 6], 1, 0, 7) == [(2, 4), (5, 6)]
    assert holes([2], 1, 0, 4) == [(0, 2), (3, 4)]
