"""A live account against a stand-in of KuCoin, on its newer and its classic endpoints, through the real client."""

import asyncio
from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from itertools import count
from time import monotonic

import pytest

from desktop_app.core.credentials import Credentials, Secret
from desktop_app.core.order import Order as Intent
from desktop_app.core.order import OrderStatus, Side
from desktop_app.exchange.live.exchange import LiveExchange
from desktop_app.exchange.live_config import LiveConfig
from desktop_app.exchange.protocol import Refused, Unreachable
from tests.exchange.behaviour import Behaviour, FakeSink, an_order, until
from tests.loopback.faults import Faults, What
from tests.loopback.floor import Kind, Order, wall_clock
from tests.loopback.kucoin import KEY, PASSWORD, SECRET, KucoinStand, a_floor

PAIR = "BTC/USDT"
PLACE = {True: "POST /api/v1/hf/orders", False: "POST /api/v1/orders"}


class KucoinBench:
    symbol = PAIR
    is_id_free_after_fill = True
    duplicate_is_unknown = True

    def __init__(self, stand: KucoinStand, haste: float = 1) -> None:
        """`haste`: how many times faster the account's own patience runs out."""
        self.stand = stand
        self.haste = haste
        self.sink = FakeSink()
        self.password = PASSWORD
        self.exchange = self._make()

    def _make(self) -> LiveExchange:
        async def keys() -> Credentials:
            return Credentials(Secret(KEY), Secret(SECRET), Secret(self.password))

        config = LiveConfig(rest_url=self.stand.rest_url, ws_url=self.stand.ws_url)

        async def sleep(seconds: float) -> None:
            await asyncio.sleep(seconds / self.haste)

        return LiveExchange("kucoin", config, keys, wall_clock, sleep=sleep, steady=lambda: monotonic() * self.haste)

    async def restart(self) -> None:
        await self.exchange.close()
        self.exchange = self._make()
        await self.exchange.connect(self.sink)

    def place_elsewhere(self, client_id: str, amount: str = "0.0001") -> Order:
        """A market buy that nobody of this program has sent."""
        floor = self.stand.floor
        order = Order(floor.accounts[KEY], floor.pair("BTCUSDT"), client_id, "buy", Kind.MARKET, Decimal(amount))
        return floor.place(order)


@pytest.fixture(params=[True, False], ids=["newer", "classic"])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[KucoinBench]:
    async with KucoinStand(a_floor(), Faults(), is_hf=request.param) as stand:
        bench = KucoinBench(stand)
        await bench.exchange.connect(bench.sink)
        yield bench
        await bench.exchange.close()


class TestAsAnyExchange(Behaviour):
    pass


async def test_every_trade_is_listed_however_many_there_are(bench: KucoinBench) -> None:
    start = bench.exchange.now() - 1000
    for number in range(230):
        bench.place_elsewhere(f"o{number}")
    trades = await bench.exchange.trades_since(PAIR, start)

    assert len(trades) == 230
    assert [trade.at for trade in trades] == sorted(trade.at for trade in trades)


async def test_an_order_that_is_done_is_found_behind_many_others(bench: KucoinBench) -> None:
    mine = bench.place_elsewhere("mine")
    for number in range(150):
        bench.place_elsewhere(f"o{number}")
    found = await bench.exchange.find_order(PAIR, "mine")

    assert found is not None
    assert (found.client_id, found.status, found.filled) == ("mine", OrderStatus.FILLED, mine.amount)
    assert await bench.exchange.find_order(PAIR, "nobody") is None


@pytest.mark.parametrize("what", [What.ANSWER_LOST, What.HTML, What.EMPTY, What.BRACES, What.TRUNCATED, What.REDIRECT])
async def test_an_answer_that_is_none_leaves_the_outcome_open(bench: KucoinBench, what: What) -> None:
    bench.stand.faults.add(what, PLACE[bench.stand.desk.is_hf])
    with pytest.raises(Unreachable) as failure:
        await bench.exchange.place(an_order("a", PAIR, Side.BUY, Decimal("0.001"), Decimal(50000)))
    assert ("login" in str(failure.value)) is (what in (What.HTML, What.REDIRECT))
    found = await bench.exchange.find_order(PAIR, "a")

    assert (found is None) is (what is What.REDIRECT)


@pytest.mark.parametrize("code", [408000, 500000, 300000, 429])
async def test_codes_that_prove_nothing_leave_the_outcome_open(bench: KucoinBench, code: int) -> None:
    bench.stand.faults.add(What.ACCEPT_THEN_CODE, PLACE[bench.stand.desk.is_hf], number=code)
    with pytest.raises(Unreachable):
        await bench.exchange.place(an_order("a", PAIR, Side.BUY, Decimal("0.001"), Decimal(50000)))
    assert len(bench.stand.floor.books(bench.stand.floor.accounts[KEY]).orders) == 1


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (200004, "insufficient_funds"), (400002, "clock"), (400003, "key_refused"), (400005, "key_refused"),
        (400007, "key_refused"), (900001, "unknown_symbol"), (400100, "bad_order"),
    ],
)  # fmt: skip
async def test_codes_that_prove_something_are_refusals(bench: KucoinBench, code: int, meaning: str) -> None:
    bench.stand.faults.add(What.CODE, PLACE[bench.stand.desk.is_hf], number=code)
    with pytest.raises(Refused) as refusal:
        await bench.exchange.place(an_order("a", PAIR, Side.BUY, Decimal("0.001"), Decimal(50000)))
    assert refusal.value.code == meaning


async def test_fills_on_the_stream_and_in_the_lists_are_the_same_fills(bench: KucoinBench) -> None:
    start = bench.exchange.now() - 1000
    await bench.exchange.subscribe([PAIR])
    await bench.exchange.place(an_order("a", PAIR, Side.BUY, Decimal("0.002"), Decimal(59000)))
    order = bench.stand.floor.find(bench.stand.floor.accounts[KEY], client_id="a")
    assert order is not None
    bench.stand.floor.fill(order, "0.001")
    bench.stand.floor.fill(order)
    trades = await bench.exchange.trades_since(PAIR, start)
    await until(lambda: len(bench.sink.trades) >= 2)

    assert {trade.fill.trade_id for trade in bench.sink.trades} == {trade.fill.trade_id for trade in trades}
    assert [trade.fill.fee for trade in trades] == [Decimal("0.059"), Decimal("0.059")]
    assert {trade.client_id for trade in trades} == {"a"}


async def test_a_key_needs_its_passphrase_and_tells_its_rights(bench: KucoinBench) -> None:
    account = bench.stand.floor.accounts[KEY]
    account.may_transfer = True
    report = await bench.exchange.check_key()
    assert (report.rights.read, report.rights.trade, report.rights.transfer) == (True, True, True)
    assert (report.rights.ip_restricted, report.rights.uid) == (True, str(account.uid))
    account.may_transfer, account.may_withdraw = False, True
    rights = (await bench.exchange.check_key()).rights
    assert rights.withdraw or rights.transfer

    bench.password = ""
    with pytest.raises(Refused) as refusal:
        await bench.exchange.check_key()
    assert refusal.value.code == "key_refused"
    bench.password = "another"
    with pytest.raises(Refused) as refusal:
        await bench.exchange.check_key()
    assert refusal.value.code == "key_refused"


async def test_a_unified_account_is_told_from_a_classic_one(bench: KucoinBench) -> None:
    bench.stand.desk.is_unified = True
    await bench.exchange.close()
    with pytest.raises(Refused) as refusal:
        await bench.exchange.connect(bench.sink)
    assert refusal.value.code == "not_allowed"


# --- what the account's stream leaves out or says twice ---------------------------------------------------------------


@pytest.fixture
async def hasty() -> AsyncIterator[KucoinBench]:
    async with KucoinStand(a_floor(), Faults()) as stand:
        bench = KucoinBench(stand, haste=20)
        await bench.exchange.connect(bench.sink)
        await stand.sockets.until_heard(1)
        yield bench
        await bench.exchange.close()


async def told(bench: KucoinBench, client_id: str, fills: int) -> None:
    """Return when the order is known to be filled, by so many trades."""

    def is_known() -> bool:
        statuses = [one.status for one in bench.sink.orders if one.client_id == client_id]
        return len(bench.sink.trades_of(client_id)) >= fills and OrderStatus.FILLED in statuses

    await soon(is_known)
    assert len(bench.sink.trades_of(client_id)) == fills


async def fill_in_two(bench: KucoinBench, client_id: str) -> None:
    floor = bench.stand.floor
    order = floor.find(floor.accounts[KEY], client_id=client_id)
    assert order is not None
    floor.fill(order, "0.001")
    floor.fill(order)


def a_resting_buy(client_id: str) -> Intent:
    return an_order(client_id, PAIR, Side.BUY, Decimal("0.002"), Decimal(59000))


async def test_what_filled_while_the_stream_was_down_is_told_after_it(hasty: KucoinBench) -> None:
    await hasty.exchange.place(a_resting_buy("a"))
    hasty.stand.sockets.expire_tokens()
    await hasty.stand.sockets.disconnect("ws private")
    await fill_in_two(hasty, "a")
    await told(hasty, "a", 2)
    assert hasty.stand.faults.count("POST /api/v1/bullet-private") >= 2, "with a token that is expired none is let in"


@pytest.mark.parametrize("what", [What.DUPLICATE, What.REORDER, What.DROP, What.MUTE])
async def test_a_stream_that_stammers_or_is_silent_changes_nothing(hasty: KucoinBench, what: What) -> None:
    await hasty.exchange.place(a_resting_buy("a"))
    hasty.stand.faults.add(what, "ws private", times=1 if what is What.MUTE else 100)
    await fill_in_two(hasty, "a")
    await told(hasty, "a", 2)
    hasty.stand.faults.clear()
    trades = await hasty.exchange.trades_since(PAIR, hasty.exchange.now() - 60_000)
    assert set(hasty.sink.trades) == set(trades)


async def soon(is_so: Callable[[], bool]) -> None:
    """Return when it is so, which takes real time: the exchange is at the other end of a socket."""
    async with asyncio.timeout(20):
        while True:
            if is_so():
                return
            await asyncio.sleep(0.02)


async def test_prices_that_stop_are_noticed_and_come_back(hasty: KucoinBench) -> None:
    def has_told(price: str) -> bool:
        return any(tick.price == Decimal(price) for tick in hasty.sink.prices)

    await hasty.exchange.subscribe([PAIR])
    await hasty.stand.sockets.until_heard(2)
    hasty.stand.floor.move("BTCUSDT", "60010")
    await soon(lambda: has_told("60010"))
    hasty.stand.faults.add(What.MUTE, "ws market", times=1)
    steps = count(60_020)

    def says_after_a_move(is_live: bool) -> bool:
        """A silent stream is no news where nothing moves."""
        hasty.stand.floor.move("BTCUSDT", str(next(steps)))
        return bool(hasty.sink.feed) and hasty.sink.feed[-1][0] is is_live

    await soon(lambda: says_after_a_move(is_live=False))
    await soon(lambda: says_after_a_move(is_live=True))
    hasty.stand.floor.move("BTCUSDT", "61000")
    await soon(lambda: has_told("61000"))
    assert hasty.stand.sockets.opened >= 3
