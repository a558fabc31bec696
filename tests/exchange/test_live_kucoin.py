"""A live account against a stand-in of KuCoin, on its newer and its classic endpoints, through the real client."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from desktop_app.core.credentials import Credentials, Secret
from desktop_app.core.order import OrderStatus, Side
from desktop_app.exchange.live import LiveExchange
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

    def __init__(self, stand: KucoinStand) -> None:
        self.stand = stand
        self.sink = FakeSink()
        self.password = PASSWORD
        self.exchange = self._make()

    def _make(self) -> LiveExchange:
        async def keys() -> Credentials:
            return Credentials(Secret(KEY), Secret(SECRET), Secret(self.password))

        config = LiveConfig(rest_url=self.stand.rest_url, ws_url=self.stand.ws_url)
        return LiveExchange("kucoin", config, keys, wall_clock)

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
    with pytest.raises(Unreachable):
        await bench.exchange.place(an_order("a", PAIR, Side.BUY, Decimal("0.001"), Decimal(50000)))
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
    await until(lambda: len(bench.sink.trades) >= 2, tries=5_000_000)

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
