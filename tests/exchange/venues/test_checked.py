"""Eight exchanges in made-up words of their form, through the real ccxt: ids, refusals, looks, cancels, fills."""

import asyncio
import re
from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import parse_qs

import pytest

from desktop_app.core.change import replace
from desktop_app.core.market import Market
from desktop_app.core.order import Order, OrderStatus, OrderType, Role, Side
from desktop_app.exchange.gateway.client import Client
from desktop_app.exchange.live.notes import Notes
from desktop_app.exchange.live.orders import Orders
from desktop_app.exchange.live.trades import TradeHistory
from desktop_app.exchange.protocol import Refused, Unreachable
from tests.exchange.replies import AT, CANCELED, CLIENT_ID, EXCHANGE_ID, FILLED, OPEN, TRADE_ID, VENUES, Words
from tests.exchange.venue import SYMBOL, Answer, opened

MARKETS = {SYMBOL: Market(SYMBOL, "BTC", "USDT")}
NOW = AT + 60_000
STATES = {OPEN: OrderStatus.OPEN, CANCELED: OrderStatus.CANCELED, FILLED: OrderStatus.FILLED}
TOLD = [name for name, words in VENUES.items() if words.by_id is not None]


def orders_of(client: Client, notes: Notes | None = None) -> Orders:
    notes = notes or Notes()

    async def resync() -> None:
        """The clock is right."""

    def markets() -> Mapping[str, Market]:
        return MARKETS

    return Orders(client, notes, trades_of(client, notes), markets, now=lambda: NOW, resync_clock=resync)


def trades_of(client: Client, notes: Notes) -> TradeHistory:
    return TradeHistory(client, notes, lambda: MARKETS, lambda: NOW, lambda symbol: None)


def limit_order() -> Order:
    return Order(CLIENT_ID, SYMBOL, Role.BASE, 0, Side.BUY, OrderType.LIMIT, Decimal("0.01"), Decimal(50_000))


def with_order_answer(words: Words, answer: Answer) -> dict[str, Answer]:
    return {words.sends: answer, **words.before}


@pytest.mark.parametrize("name", VENUES)
async def test_our_id_arrives_in_the_field_of_the_exchange_and_within_its_limits(name: str) -> None:
    words = VENUES[name]
    async with opened(name, with_order_answer(words, words.taken), words.market_id) as (client, venue):
        report = await orders_of(client).place(limit_order())

        (sent,) = venue.of(words.sends)
        assert words.read_id(sent) == words.wire_id
        assert report.client_id == CLIENT_ID
        assert report.exchange_id == EXCHANGE_ID
        assert report.status is OrderStatus.OPEN
        assert not re.search(r"ccxt", f"{sent.headers} {sent.text}", re.IGNORECASE)


REFUSALS = [(name, *case) for name, words in VENUES.items() for case in words.refused]
DOUBTS = [(name, answer) for name, words in VENUES.items() for answer in words.doubtful]
DOUBTS += [(name, words.duplicate) for name, words in VENUES.items() if words.duplicate is not None]
NO_ANSWERS = [Answer("<html>Log in</html>"), Answer(""), Answer(None), Answer({}, 502), Answer("", 504), Answer({})]


@pytest.mark.parametrize(("name", "answer", "code"), REFUSALS)
async def test_a_listed_refusal_is_definitive(name: str, answer: Answer, code: str) -> None:
    words = VENUES[name]
    async with opened(name, with_order_answer(words, answer), words.market_id) as (client, venue):
        with pytest.raises(Refused) as caught:
            await orders_of(client).place(limit_order())

        assert caught.value.code == code
        assert len(venue.of(words.sends)) == 1


@pytest.mark.parametrize(("name", "answer"), DOUBTS)
async def test_what_leaves_it_open_whether_the_order_exists_is_never_a_refusal(name: str, answer: Answer) -> None:
    words = VENUES[name]
    async with opened(name, with_order_answer(words, answer), words.market_id) as (client, venue):
        with pytest.raises(Unreachable):
            await orders_of(client).place(limit_order())

        assert len(venue.of(words.sends)) == 1


@pytest.mark.parametrize("name", VENUES)
@pytest.mark.parametrize("answer", NO_ANSWERS)
async def test_an_answer_that_is_none_leaves_the_order_unknown(name: str, answer: Answer) -> None:
    words = VENUES[name]
    async with opened(name, with_order_answer(words, answer), words.market_id) as (client, venue):
        with pytest.raises(Unreachable):
            await orders_of(client).place(limit_order())

        assert len(venue.of(words.sends)) == 1


@pytest.mark.parametrize("name", VENUES)
@pytest.mark.parametrize("http", [302, 307])
async def test_an_order_and_its_key_are_never_sent_on_to_where_a_redirect_points(name: str, http: int) -> None:
    words = VENUES[name]
    answers = with_order_answer(words, Answer(None, http, "/elsewhere"))
    async with opened(name, answers, words.market_id) as (client, venue):
        with pytest.raises(Unreachable):
            await orders_of(client).place(limit_order())

        assert venue.of("/elsewhere") == []
        assert len(venue.of(words.sends)) == 1


@pytest.mark.parametrize("name", [name for name, words in VENUES.items() if words.seen])
async def test_an_order_is_found_again_by_our_id_alone(name: str) -> None:
    """As after a crash: nothing is remembered, the exchange only has its own words for it."""
    words = VENUES[name]
    async with opened(name, {**words.before, **words.seen}, words.market_id) as (client, _):
        report = await orders_of(client).find(SYMBOL, CLIENT_ID)

    assert report is not None
    assert (report.client_id, report.exchange_id) == (CLIENT_ID, EXCHANGE_ID)
    assert (report.side, report.amount, report.filled) == (Side.BUY, Decimal("0.01"), Decimal("0.004"))
    assert report.status is OrderStatus.OPEN


@pytest.mark.parametrize("name", ["bybit", "kraken", "coinbase", "gate"])
@pytest.mark.parametrize("state", [CANCELED, FILLED])
async def test_an_order_that_is_over_is_found_in_the_lists(name: str, state: str) -> None:
    """By our id alone too, where the exchange looks by it among open orders only, or not at all."""
    words = VENUES[name]
    over = words.over(state)
    elsewhere = {pattern: answer for pattern, answer in words.unseen.items() if pattern not in over}
    async with opened(name, {**words.before, **over, **elsewhere}, words.market_id) as (client, _):
        report = await orders_of(client).find(SYMBOL, CLIENT_ID)

    assert report is not None
    assert (report.client_id, report.exchange_id, report.status) == (CLIENT_ID, EXCHANGE_ID, STATES[state])
    assert report.filled == (Decimal("0.01") if state == FILLED else Decimal("0.004"))


@pytest.mark.parametrize("name", [name for name, words in VENUES.items() if words.unseen])
async def test_an_order_that_is_nowhere_is_told_to_be_nowhere(name: str) -> None:
    words = VENUES[name]
    async with opened(name, {**words.before, **words.unseen}, words.market_id) as (client, _):
        assert await orders_of(client).find(SYMBOL, CLIENT_ID) is None


@pytest.mark.parametrize("name", [name for name, words in VENUES.items() if words.unseen])
async def test_no_answer_to_a_look_is_no_proof_that_there_is_no_order(name: str) -> None:
    words = VENUES[name]
    async with opened(name, {**words.before, ".": Answer("<html>", 502)}, words.market_id) as (client, _):
        with pytest.raises(Unreachable):
            await orders_of(client).find(SYMBOL, CLIENT_ID)


@pytest.mark.parametrize("name", TOLD)
@pytest.mark.parametrize("state", STATES)
async def test_every_state_of_an_order_is_read(name: str, state: str) -> None:
    words = VENUES[name]
    assert words.by_id is not None
    async with opened(name, {**words.before, **words.by_id(state)}, words.market_id) as (client, _):
        report = await orders_of(client).by_exchange_id(SYMBOL, EXCHANGE_ID)

    assert report is not None
    assert (report.status, report.client_id) == (STATES[state], CLIENT_ID)
    assert report.filled == (Decimal("0.01") if state == FILLED else Decimal("0.004"))


@pytest.mark.parametrize("name", TOLD)
async def test_the_answer_to_a_cancel_is_what_the_order_became(name: str) -> None:
    words = VENUES[name]
    assert words.by_id is not None and words.cancels is not None
    pattern, done, _ = words.cancels
    answers = {pattern: done, **words.before, **words.by_id(CANCELED)}
    async with opened(name, answers, words.market_id) as (client, venue):
        report = await orders_of(client).cancel(SYMBOL, CLIENT_ID, EXCHANGE_ID)

    assert (report.status, report.filled, report.client_id) == (OrderStatus.CANCELED, Decimal("0.004"), CLIENT_ID)
    assert len(venue.of(pattern)) == 1


@pytest.mark.parametrize("name", TOLD)
async def test_a_cancel_that_comes_too_late_tells_of_the_fill(name: str) -> None:
    words = VENUES[name]
    assert words.by_id is not None and words.cancels is not None
    pattern, _, gone = words.cancels
    answers = {pattern: gone, **words.before, **words.by_id(FILLED)}
    async with opened(name, answers, words.market_id) as (client, _):
        report = await orders_of(client).cancel(SYMBOL, CLIENT_ID, EXCHANGE_ID)

    assert (report.status, report.filled) == (OrderStatus.FILLED, Decimal("0.01"))


@pytest.mark.parametrize("name", TOLD)
async def test_a_fill_is_told_with_its_fee_and_with_whose_it_is(name: str) -> None:
    words = VENUES[name]
    assert words.by_id is not None
    answers = {**words.before, **words.trades, **words.by_id(OPEN)}
    async with opened(name, answers, words.market_id) as (client, _):
        (trade,) = await trades_of(client, Notes()).since(SYMBOL, AT - 60_000)

    fill = trade.fill
    assert (trade.client_id, trade.exchange_id, trade.at) == (CLIENT_ID, EXCHANGE_ID, AT)
    assert (fill.trade_id, fill.price, fill.amount) == (TRADE_ID, Decimal(50_000), Decimal("0.004"))
    in_coin = name not in ("kraken", "coinbase")
    assert fill.fee == {"kraken": Decimal("0.32"), "coinbase": Decimal("0.5")}.get(name, Decimal("0.2"))
    assert fill.coin_fee == (Decimal("0.000004") if in_coin else 0)


BOOK = {
    "coinbase": ("GET /api/v3/brokerage/(market/)?product_book", {"pricebook": {
        "product_id": "BTC-USDT", "bids": [{"price": "49990", "size": "1"}],
        "asks": [{"price": "50000", "size": "0.004"}, {"price": "50010", "size": "5"}],
        "time": "2026-11-25T09:46:40.000Z"}}),
    "gate": ("GET /api/v4/spot/order_book", {
        "id": 1, "current": AT, "update": AT, "asks": [["50000", "0.004"], ["50010", "5"]], "bids": [["49990", "1"]]}),
    "bitget": ("GET /api/v2/spot/market/orderbook", {"code": "00000", "msg": "success", "requestTime": AT, "data": {
        "asks": [["50000", "0.004"], ["50010", "5"]], "bids": [["49990", "1"]], "ts": str(AT)}}),
}  # fmt: skip


@pytest.mark.parametrize("name", BOOK)
async def test_a_market_buy_is_a_limit_that_fills_at_once_where_the_exchange_wants_a_cost(name: str) -> None:
    words, (pattern, book) = VENUES[name], BOOK[name]
    order = replace(limit_order(), type=OrderType.MARKET, price=None)
    answers = {pattern: Answer(book), **with_order_answer(words, words.taken)}
    async with opened(name, answers, words.market_id) as (client, venue):
        await orders_of(client).place(order)

    (sent,) = venue.of(words.sends)
    assert "50260.05" in sent.text, "half a percent above the last offer that is needed, up to the tick"
    assert "0.01" in sent.text
    assert "ioc" in sent.text.lower()


@pytest.mark.parametrize("name", ["okx", "bybit", "kraken"])
async def test_a_market_buy_names_its_coins_where_the_exchange_lets_it(name: str) -> None:
    words = VENUES[name]
    order = replace(limit_order(), type=OrderType.MARKET, price=None)
    async with opened(name, with_order_answer(words, words.taken), words.market_id) as (client, venue):
        await orders_of(client).place(order)

    (sent,) = venue.of(words.sends)
    assert "0.01" in sent.text
    assert {"okx": "base_ccy", "bybit": "baseCoin", "kraken": "volume=0.01"}[name] in sent.text


@pytest.mark.parametrize("name", TOLD)
async def test_all_open_orders_are_told_without_naming_pairs(name: str) -> None:
    words = VENUES[name]
    async with opened(name, {**words.before, **words.lists}, words.market_id) as (client, _):
        (report,) = await orders_of(client).open_orders(())

    assert (report.client_id, report.exchange_id, report.symbol) == (CLIENT_ID, EXCHANGE_ID, SYMBOL)
    assert (report.status, report.filled) == (OrderStatus.OPEN, Decimal("0.004"))


async def test_requests_to_kraken_go_one_by_one_with_growing_numbers() -> None:
    """Two at once could arrive the other way round, and it refuses a number that is not above the last one."""
    told = {"POST /0/private/BalanceEx": Answer({"error": [], "result": {}})}
    async with opened("kraken", told, "XBTUSDT") as (client, venue):
        client.budget.limit = 1_000
        client.clock = lambda: AT
        await asyncio.gather(*(client.call(client.api.fetch_balance) for _ in range(4)))

    numbers = [int(parse_qs(one.text)["nonce"][0]) for one in venue.of("BalanceEx")]
    assert numbers == [AT, AT + 1, AT + 2, AT + 3]
    assert venue.busiest == 1
