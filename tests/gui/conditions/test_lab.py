"""Trials run one after the other, only the newest counts, and candles are fetched once."""

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any, TypeVar

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from desktop_app.core.columns import TIMEFRAMES, Candles
from desktop_app.core.condition_groups import Group
from desktop_app.core.indicator_catalogue import condition
from desktop_app.core.said import said
from desktop_app.engine.problem import Problem
from desktop_app.gui.conditions.lab import ConditionLab, off_loop
from desktop_app.gui.known import Known

T = TypeVar("T")
RSI = Group(all=(condition("rsi", timeframe="1h", trigger="less_than", value=50),))
MFI = Group(all=(condition("mfi", timeframe="1h", trigger="less_than", value=50),))


class FakeLink:
    """Nothing here waits, so work runs to its end where it is begun."""

    def __init__(self) -> None:
        self.known = Known()
        self.calls: list[tuple[str, str]] = []
        self.problem: Problem | None = None

    @property
    def wishes(self) -> "FakeLink":
        return self

    async def candles(self, account: str, symbol: str, timeframe: str, start: int, end: int) -> Candles:
        self.calls.append((symbol, timeframe))
        if self.problem is not None:
            raise self.problem
        step = TIMEFRAMES[timeframe]
        at = np.arange(start // step, end // step, dtype=np.int64) * step
        close = 100 + 5 * np.sin(np.arange(len(at)) / 7)
        return Candles(at, close, close + 1, close - 1, close, np.ones(len(at)))

    def ask(self, wish: Coroutine[Any, Any, T], /) -> Awaitable[T]:
        return wish

    def spawn(self, work: Coroutine[Any, Any, Any], doing: str = "", /) -> object:
        try:
            work.send(None)
        except StopIteration:
            return None
        raise AssertionError("this waits for something")


@pytest.fixture
def link() -> FakeLink:
    return FakeLink()


def told(lab: ConditionLab) -> list[str]:
    paths: list[str] = []
    lab.tried.connect(lambda path, _: paths.append(path))
    return paths


def test_each_group_is_tried_once_until_it_changes(qtbot: QtBot, link: FakeLink) -> None:
    lab = ConditionLab(link)
    paths = told(lab)
    lab.want("Paper", "BTC/USDT", {"start": RSI, "sell": MFI})
    lab.begin()
    assert paths == ["start", "sell"]
    lab.want("Paper", "BTC/USDT", {"start": RSI, "sell": MFI})
    lab.begin()
    assert paths == ["start", "sell"]
    lab.want("Paper", "BTC/USDT", {"start": MFI, "sell": MFI})
    lab.begin()
    assert paths == ["start", "sell", "start"]


def test_candles_of_one_timeframe_are_fetched_once(qtbot: QtBot, link: FakeLink) -> None:
    lab = ConditionLab(link)
    lab.want("Paper", "BTC/USDT", {"start": RSI, "sell": MFI})
    lab.begin()
    assert link.calls == [("BTC/USDT", "1h")]
    lab.want("Paper", "ETH/USDT", {"start": RSI})
    lab.begin()
    assert link.calls[1:] == [("ETH/USDT", "1h")]


def test_nothing_is_tried_before_the_typing_pauses(qtbot: QtBot, link: FakeLink) -> None:
    lab = ConditionLab(link)
    paths = told(lab)
    lab.want("Paper", "BTC/USDT", {"start": RSI})
    assert (paths, link.calls) == ([], [])
    qtbot.waitUntil(lambda: paths == ["start"])


def test_without_a_pair_there_is_nothing_to_try_on(qtbot: QtBot, link: FakeLink) -> None:
    lab = ConditionLab(link)
    lab.want("Paper", "", {"start": RSI})
    assert not lab._timer.isActive()


def test_what_keeps_candles_away_is_told(qtbot: QtBot, link: FakeLink) -> None:
    lab = ConditionLab(link)
    failed: list[str] = []
    lab.failed.connect(lambda path, _: failed.append(path))
    link.problem = Problem(said("why_opens_next"))
    lab.want("Paper", "BTC/USDT", {"start": RSI})
    lab.begin()
    assert failed == ["start"]


def test_work_is_done_on_another_thread_where_a_loop_runs() -> None:
    import threading

    async def which() -> str:
        return await off_loop(lambda: threading.current_thread().name)

    assert asyncio.run(which()) != threading.current_thread().name
