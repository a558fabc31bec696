"""Candles of real exchanges: asked for once, kept, mended, and there without a network."""

from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.columns import Candles
from desktop_app.engine.candle_cache import CandleCache
from desktop_app.engine.problem import Problem
from desktop_app.exchange.protocol import Unreachable
from tests.engine.lab import Lab
from tests.fakes import START

MINUTE = 60_000
BEGIN = START - START % MINUTE - 100 * MINUTE


def _made(start: int, end: int, *, without: frozenset[int] = frozenset()) -> Candles:
    at = np.array([at for at in range(start, end, MINUTE) if at not in without], dtype=np.int64)
    price = (100.0 + (at // MINUTE % 50)).astype(np.float64)
    one = np.ones(len(at), dtype=np.float64)
    return Candles(at, price, price + one, price - one, price, one)


class _Desk:
    """A lab whose exchange answers candles and notes what it was asked."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.asked: list[tuple[int, int]] = []
        self.without: frozenset[int] = frozenset()
        self.is_away = False

    async def candles(self, symbol: str, timeframe: str, start: int, end: int) -> Candles:
        self.asked.append((start, end))
        if self.is_away:
            raise Unreachable("nothing came back")
        start += -start % MINUTE
        return _made(start, min(end, self.lab.clock.at - self.lab.clock.at % MINUTE), without=self.without)

    async def ask(self, first: int, last: int) -> list[int]:
        supervisor = self.lab.running.supervisor
        start, end = BEGIN + first * MINUTE, BEGIN + last * MINUTE
        found = await supervisor.candles("demo", "BTC/USDT", "1m", start, end)
        return [(at - BEGIN) // MINUTE for at in found.at.tolist()]


@pytest.fixture
async def desk(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> _Desk:
    await lab.add(is_started=False)
    found = _Desk(lab)
    monkeypatch.setattr(lab.desk.exchange, "candles", found.candles)
    return found


async def test_what_was_told_once_is_not_asked_again(desk: _Desk) -> None:
    assert await desk.ask(0, 50) == list(range(50))
    assert await desk.ask(0, 50) == list(range(50))
    assert len(desk.asked) == 1
    assert await desk.ask(10, 80) == list(range(10, 80))
    assert desk.asked[1] == (BEGIN + 50 * MINUTE, BEGIN + 80 * MINUTE)


async def test_the_newest_are_asked_for_again_until_they_are_settled(desk: _Desk) -> None:
    await desk.ask(90, 101)
    await desk.ask(90, 101)
    assert [start >= BEGIN + 97 * MINUTE for start, _ in desk.asked] == [False, True]


async def test_a_hole_is_mended_and_a_true_one_asked_for_once(desk: _Desk) -> None:
    desk.without = frozenset({BEGIN + 20 * MINUTE, BEGIN + 21 * MINUTE, BEGIN + 30 * MINUTE})
    assert len(await desk.ask(0, 50)) == 47
    desk.without = frozenset({BEGIN + 30 * MINUTE})
    assert len(await desk.ask(0, 50)) == 49
    desk.asked.clear()
    assert len(await desk.ask(0, 50)) == 49
    assert desk.asked == []


async def test_without_a_network_what_is_kept_is_shown(desk: _Desk) -> None:
    await desk.ask(0, 50)
    desk.is_away = True
    assert await desk.ask(0, 60) == list(range(50))
    with pytest.raises(Problem):
        await desk.ask(60, 70)


async def test_candles_that_the_exchange_has_changed_are_shown_and_nothing_is_spoilt(
    desk: _Desk, tmp_path: Path
) -> None:
    await desk.ask(0, 50)
    cache = CandleCache(tmp_path / "candles")
    kept = cache._read("fake", "BTC/USDT", "1m", BEGIN, BEGIN + 50 * MINUTE)
    changed = Candles(kept.at, kept.open * 2, kept.high * 2, kept.low * 2, kept.close * 2, kept.volume)
    cache._keep("fake", "BTC/USDT", "1m", changed, START)

    again = cache._read("fake", "BTC/USDT", "1m", BEGIN, BEGIN + 50 * MINUTE)
    assert again.open.tolist() == kept.open.tolist()
