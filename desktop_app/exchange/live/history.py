"""The candles of an exchange for whoever has no account there: no key, no stream, only questions."""

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from desktop_app.core.columns import Candles
from desktop_app.exchange.feed.candles import CandleSource
from desktop_app.exchange.feed.questions import Questions
from desktop_app.exchange.gateway.budget import Budget
from desktop_app.exchange.gateway.client import Client, open_client
from desktop_app.exchange.live.clock import OffsetClock
from desktop_app.exchange.live.markets import Markets
from desktop_app.exchange.live_config import LiveConfig
from desktop_app.exchange.numbers import read_moment


class History:
    """Use as a context: entering connects, leaving hangs up."""

    def __init__(
        self,
        exchange_id: str,
        config: LiveConfig,
        clock: Callable[[], int],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`clock`: our own, ms UTC."""
        self._id = exchange_id
        self._config = config
        self._clock = OffsetClock(clock)
        self._our_clock = clock
        self._sleep = sleep
        self._client: Client | None = None
        self._source: CandleSource | None = None

    async def __aenter__(self) -> Self:
        """Raises Unreachable, Refused."""
        client = await open_client(self._id, self._config, None, make_budget=self._budget, purpose="data")
        try:
            client.clock = self._our_clock
            await self._measure(client)
            markets = Markets(client)
            await markets.refresh()
        except BaseException:
            await client.close()
            raise
        self._client = client
        self._source = CandleSource(Questions(client, lambda: markets.rules, self.now).rows, self.now)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        client, self._client, self._source = self._client, None, None
        if client is not None:
            await client.close()

    def now(self) -> int:
        """The exchange's clock, ms UTC."""
        return self._clock.now()

    async def candles(self, symbol: str, timeframe: str, start: int, end: int) -> Candles:
        """Closed candles with start <= at < end, oldest first. Raises Unreachable, Refused."""
        assert self._source is not None, "a history is asked while it is open"
        return await self._source.closed(symbol, timeframe, start, end)

    def _budget(self, limit: float, window_s: float) -> Budget:
        return Budget(limit, window_s, sleep=self._sleep)

    async def _measure(self, client: Client) -> None:
        if not client.api.has.get("fetchTime"):
            return

        async def ask() -> int | None:
            return read_moment(await client.call(client.api.fetch_time))

        await self._clock.measure(ask)
        client.offset_ms = self._clock.offset_ms
