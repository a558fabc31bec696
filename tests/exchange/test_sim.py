"""The embedded exchange: an exchange like any other, on a market and a clock of its own."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop_app.exchange.sim import SimExchange
from desktop_app.exchange.sim_config import SimConfig
from tests.exchange.behaviour import Behaviour, FakeSink

START = 1_764_000_000_000


@dataclass
class FakeTime:
    """Time that passes exactly when somebody sleeps."""

    at: int = START

    def __call__(self) -> int:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += max(1, round(seconds * 1000))
        await asyncio.sleep(0)


class SimBench:
    symbol = "BTC/USDT"

    def __init__(self, folder: Path, speed: float = 60) -> None:
        self.folder = folder
        self.time = FakeTime()
        self.speed = speed
        self.sink = FakeSink()
        self.exchange = self._make()

    def _make(self) -> SimExchange:
        return SimExchange(SimConfig(speed=self.speed), self.folder, self.time, sleep=self.time.sleep)

    async def restart(self) -> None:
        await self.exchange._pump.stop()  # a killed process says no goodbye: no close()
        self.exchange = self._make()
        await self.exchange.connect(self.sink)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[SimBench]:
    bench = SimBench(tmp_path)
    await bench.exchange.connect(bench.sink)
    yield bench
    await bench.exchange.close()


class TestSim(Behaviour):
    """The behaviour of every exchange."""
