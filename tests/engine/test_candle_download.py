"""Years of candles come in parts: each is kept before the next is asked for, and nothing is asked for twice."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.columns import Candles
from desktop_app.engine import candle_download
from desktop_app.engine.candle_download import Downloaded, Wanted, download, resampled
from desktop_app.exchange.protocol import Unreachable
from desktop_app.store.candles import CandleStore

MINUTE = 60_000
START = 1_700_000_000_000 // MINUTE * MINUTE


def made(numbers: list[int]) -> Candles:
    at = np.array([START + i * MINUTE for i in numbers], np.int64)
    price = 100.0 + np.array(numbers, np.float64) % 7
    return Candles(at, price, price + 2, price - 2, price + 1, np.ones(len(numbers)))


@dataclass
class FakeHistory:
    """Has candles 0…count−1 but those that nobody traded in; goes away after some answers."""

    count: int
    never: set[int] = field(default_factory=set)
    answers: int = 1_000_000
    asked: list[tuple[int, int]] = field(default_factory=list)

    def now(self) -> int:
        return START + self.count * MINUTE

    async def candles(self, symbol: str, timeframe: str, start: int, end: int) -> Candles:
        assert (symbol, timeframe) == ("BTC/USDT", "1m")
        if len(self.asked) == self.answers:
            raise Unreachable("The line is dead.")
        first, stop = (start - START) // MINUTE, (end - START) // MINUTE
        self.asked.append((first, stop))
        return made([i for i in range(max(0, first), min(stop, self.count)) if i not in self.never])


def wanted(first: int, stop: int) -> Wanted:
    return Wanted("binance", "BTC/USDT", "1m", START + first * MINUTE, START + stop * MINUTE)


@pytest.fixture
def store(tmp_path: Path) -> CandleStore:
    return CandleStore(tmp_path)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candle_download, "_AT_ONCE", 100)
    monkeypatch.setattr(candle_download, "_BEFORE_OTHERS", 300)


def kept(store: CandleStore) -> list[int]:
    return [(int(at) - START) // MINUTE for at in store.read("binance", "BTC/USDT", "1m").at]


async def test_what_was_fetched_before_the_line_died_is_kept_and_the_next_call_goes_on(store: CandleStore) -> None:
    dying = FakeHistory(1_000, answers=3)
    with pytest.raises(Unreachable):
        await download(dying, store, wanted(0, 1_000))
    assert kept(store) == list(range(300))

    history = FakeHistory(1_000)
    done = await download(history, store, wanted(0, 1_000))

    assert history.asked[0][0] == 300 and done == Downloaded(699, 300, 0, 0, is_complete=True)
    assert kept(store) == list(range(999)), "the newest may still be corrected"


async def test_gaps_are_asked_for_again_and_told(store: CandleStore) -> None:
    store.merge("binance", "BTC/USDT", "1m", made([*range(100), *range(110, 200)]))
    history = FakeHistory(1_000, never={105, 106})

    done = await download(history, store, wanted(0, 200))

    assert history.asked == [(100, 110)]
    assert done == Downloaded(8, 190, 1, 2, is_complete=True)
    assert kept(store) == [i for i in range(200) if i not in {105, 106}]


async def test_older_candles_go_before_those_that_are_kept(store: CandleStore) -> None:
    store.merge("binance", "BTC/USDT", "1m", made(list(range(500, 600))))

    done = await download(FakeHistory(1_000), store, wanted(0, 700))

    assert (done.added, kept(store)) == (600, list(range(700)))


async def test_whoever_watches_can_stop_it_and_keeps_what_came(store: CandleStore) -> None:
    told: list[tuple[int, int]] = []

    def watch(done: int, total: int) -> bool:
        told.append((done, total))
        return done < 200

    done = await download(FakeHistory(1_000), store, wanted(0, 500), watch)

    assert not done.is_complete and told == [(0, 500), (100, 500), (200, 500)]
    assert kept(store) == list(range(200))


async def test_before_the_pair_existed_nothing_is_missing(store: CandleStore) -> None:
    done = await download(FakeHistory(300), store, wanted(-1_000, 300))

    assert (done.added, done.gaps) == (299, 0)


def test_coarser_candles_have_no_broken_ones_at_their_ends() -> None:
    fine = made(list(range(1, 23)))
    start = -(-(START + MINUTE) // (5 * MINUTE)) * 5 * MINUTE

    coarse = resampled(fine, 5 * MINUTE)

    at = [int(one) for one in coarse.at]
    assert at == list(range(start, int(fine.at[-1]) + MINUTE - 5 * MINUTE + 1, 5 * MINUTE))
    first = (start - START) // MINUTE - 1
    assert coarse.open[0] == fine.open[first] and coarse.close[0] == fine.close[first + 4]
    assert coarse.high[0] == fine.high[first : first + 5].max() and coarse.volume[0] == 5


def test_nothing_gives_nothing() -> None:
    assert len(resampled(made([]), 5 * MINUTE)) == 0
