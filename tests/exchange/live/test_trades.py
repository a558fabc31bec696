"""Own trades: all of them, whatever the windows and pages of the exchange, with what their fees were worth."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from desktop_app.core.order import Side
from desktop_app.exchange.protocol import Unreachable
from tests.exchange.behaviour import an_order
from tests.exchange.stands import PAIR, START, Venue, open_venue
from tests.loopback.faults import What

DAY_MS = 86_400_000


@pytest.fixture(params=["binance", "kucoin"])
async def venue(request: pytest.FixtureRequest) -> AsyncIterator[Venue]:
    async with open_venue(request.param) as venue:
        yield venue


async def test_trades_of_many_days_are_all_found_in_their_order(venue: Venue) -> None:
    begun = venue.clock()
    for number in range(5):
        venue.order(f"old-{number}")
        venue.clock.leap(2 * DAY_MS)
    trades = await venue.exchange.trades_since(PAIR, begun)
    assert [trade.client_id for trade in trades] == [f"old-{number}" for number in range(5)]
    assert [trade.at for trade in trades] == sorted(trade.at for trade in trades)
    assert len(await venue.exchange.trades_since(PAIR, trades[3].at)) == 2
    assert await venue.exchange.trades_since(PAIR, 0) == trades


async def test_a_busy_minute_is_read_page_by_page(venue: Venue) -> None:
    begun = venue.clock()
    count = 2_300 if venue.exchange_id == "binance" else 350
    resting = venue.order("busy", amount=str(Decimal("0.00001") * count), price="59000")
    for _ in range(count):
        venue.floor.fill(resting, "0.00001")
    trades = await venue.exchange.trades_since(PAIR, begun)
    assert len({trade.fill.trade_id for trade in trades}) == count
    assert {trade.client_id for trade in trades} == {"busy"}


async def test_a_list_that_breaks_off_in_the_middle_is_no_list(venue: Venue) -> None:
    begun = venue.clock()
    for number in range(3):
        venue.order(f"old-{number}")
        venue.clock.leap(4 * DAY_MS)
    path = "/api/v3/myTrades" if venue.exchange_id == "binance" else "/api/v1/hf/fills"
    venue.faults.add(What.STATUS, f"GET {path}", number=503, skip=1)
    with pytest.raises(Unreachable):
        await venue.exchange.trades_since(PAIR, begun)


async def test_about_a_pair_that_is_not_there_nothing_is_concluded(venue: Venue) -> None:
    with pytest.raises(Unreachable):
        await venue.exchange.trades_since("NO/SUCH", START)
    with pytest.raises(Unreachable):
        await venue.exchange.find_order("NO/SUCH", "a")


async def test_a_fee_in_a_third_coin_is_worth_its_price_at_the_fill() -> None:
    async with open_venue("binance") as venue:
        account = venue.floor.accounts[venue.key]
        account.fee_in = "BNB"
        venue.floor.give(account, "BNB", 1)
        begun = venue.clock()
        await venue.exchange.place(an_order("a", PAIR, Side.BUY, Decimal("0.01")))
        for trades in (venue.sink.trades, await venue.exchange.trades_since(PAIR, begun)):
            (trade,) = trades
            paid = venue.floor.books(account).trades[0]
            assert paid.fee_asset == "BNB"
            assert trade.fill.fee == paid.fee * 600
            assert trade.fill.coin_fee == 0
