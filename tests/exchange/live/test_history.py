"""Candles of an exchange without an account there: no key goes there, and leaving hangs up."""

import pytest

from desktop_app.exchange.live.history import History
from desktop_app.exchange.live_config import LiveConfig
from desktop_app.exchange.protocol import Refused, Unreachable
from tests.loopback.binance import BinanceStand, a_floor
from tests.loopback.floor import wall_clock

MINUTE = 60_000


async def test_closed_candles_come_without_a_key() -> None:
    floor = a_floor()
    floor.history("BTCUSDT", ["60000"] * 100)
    async with (
        BinanceStand(floor) as stand,
        History("binance", LiveConfig(rest_url=stand.rest_url), wall_clock) as history,
    ):
        now = history.now()
        found = await history.candles("BTC/USDT", "1m", now - 60 * MINUTE, now + 10 * MINUTE)
        with pytest.raises(Refused):
            await history.candles("NIX/USDT", "1m", now - 60 * MINUTE, now)

    assert 55 <= len(found) <= 60
    assert (found.at[1:] - found.at[:-1] == MINUTE).all()
    assert found.at[-1] + MINUTE <= now + 2000  # the one under way is left out


async def test_an_exchange_that_is_not_there_is_told_and_leaves_nothing_open() -> None:
    with pytest.raises(Unreachable):
        async with History("binance", LiveConfig(rest_url="http://127.0.0.1:9"), wall_clock, sleep=_at_once):
            raise AssertionError("nobody answers there")


async def _at_once(_seconds: float) -> None:
    pass
