"""The table of exchanges against the real ccxt: what is refused, what stays unknown, and where our ids go."""

import re
from collections.abc import Mapping
from decimal import Decimal

import pytest

from desktop_app.core.capability import Level
from desktop_app.core.market import Market
from desktop_app.core.order import Order, OrderStatus, OrderType, Role, Side
from desktop_app.exchange.capabilities import known_exchanges
from desktop_app.exchange.ccxt_client import Client
from desktop_app.exchange.live_notes import Notes
from desktop_app.exchange.live_orders import Orders
from desktop_app.exchange.live_trades import TradeHistory
from desktop_app.exchange.protocol import Refused, Unreachable
from desktop_app.exchange.quirk_table import ROWS, quirks_of
from tests.exchange.venue import SYMBOL, Answer, opened
from tests.exchange.venues import AT, CLIENT_ID, EXCHANGE_ID, VENUES, Words

MARKETS = {SYMBOL: Market(SYMBOL, "BTC", "USDT")}
NOW = AT + 60_000

# What NautilusTrader treats as unknown, by exchange: none of it may ever be on a list of definitive refusals.
UNKNOWN_TO_OTHERS = {
    "binance": "-1000 -1001 -1003 -1006 -1007 -1008 -1015 -1034",
    "bybit": "429 10000 10006 10016 10019 10403 10429 170001 170005 170007 170032 20003 20006 500000 170146 170149",
    "okx": "50001 50004 50011 50013 50026 50061 51149",
    "bitget": "40010 40015 40200 40725 45001 429",
    "gate": "INTERNAL SERVER_ERROR TOO_BUSY REQUEST_TIMEOUT TOO_MANY_REQUESTS TOO_FAST",
    "coinbase": "UNKNOWN_FAILURE_REASON COMMANDER_REJECTED_NEW_ORDER unknown INTERNAL UNAVAILABLE",
    "kucoin": "408000 500000 230005 429000",
    "mexc": "500 501 503 504",
    "htx": "timeout gateway-internal-error order-update-error system-maintenance",
    "cryptocom": "10001 40801 50001",
    "bingx": "100410 100440 100500 100503 109500 110500",
    "bigone": "10005 10011",
}


def orders_of(client: Client, notes: Notes | None = None) -> Orders:
    notes = notes or Notes()

    async def resync() -> None:
        """The clock is right."""

    def markets() -> Mapping[str, Market]:
        return MARKETS

    trades = TradeHistory(client, notes, markets, lambda: NOW, lambda symbol: None)
    return Orders(client, notes, trades, markets, now=lambda: NOW, resync_clock=resync)


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
async def test_a_documented_refusal_is_definitive(name: str, answer: Answer, code: str) -> None:
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


@pytest.mark.parametrize("name", ROWS)
def test_nothing_that_others_hold_for_unknown_is_a_definitive_refusal(name: str) -> None:
    row = ROWS[name]
    unknown = set(UNKNOWN_TO_OTHERS.get(name, "").split())

    assert not unknown & row.definitive_codes
    assert not row.rate_codes & row.definitive_codes
    assert not {one.code for one in row.duplicates if not one.text} & row.definitive_codes


@pytest.mark.parametrize("name", ROWS)
def test_every_row_says_where_it_is_known_from_and_speaks_our_words(name: str) -> None:
    row = ROWS[name]
    words = {"insufficient_funds", "too_small", "bad_order", "unknown_order", "unknown_symbol", "halted", "key_refused",
             "clock", "not_allowed"}  # fmt: skip

    assert row.source
    assert row.name
    assert {refusal.meaning for refusal in row.refusals} <= words
    assert row.absent_after_ms >= 20_000


@pytest.mark.parametrize("name", ROWS)
def test_ids_survive_the_way_there_and_back_and_fit(name: str) -> None:
    row = ROWS[name]
    limits = {"okx": r"[0-9a-zA-Z]{1,32}", "kraken": r"[0-9a-f]{32}", "hyperliquid": r"0x[0-9a-f]{32}"}
    wire_id = row.shape_client_id(CLIENT_ID)

    assert row.read_client_id(wire_id) == CLIENT_ID
    assert re.fullmatch(limits.get(name, r"[0-9a-zA-Z_.-]{1,28}"), wire_id)
    assert row.read_client_id("somebody-else") == "somebody-else"


def test_the_table_of_capabilities_vouches_for_no_more_than_the_rows() -> None:
    assert {one.id: one.level for one in known_exchanges()} == {one.id: quirks_of(one.id).level for one in known_exchanges()}
    assert {one.id for one in known_exchanges() if one.level is not Level.CONNECTABLE} == set(VENUES)


def test_nothing_is_placed_where_orders_cannot_be_told_apart() -> None:
    assert [one.id for one in known_exchanges() if quirks_of(one.id).takes_orders and not one.can_trade] == []
    assert not quirks_of("bitbns").takes_orders
    assert not quirks_of("nobody").takes_orders


async def test_an_order_for_such_an_exchange_is_refused_before_anything_is_sent() -> None:
    async with opened("bitbns", {}, "BTCUSDT") as (client, venue):
        with pytest.raises(Refused) as caught:
            await orders_of(client).place(limit_order())

    assert caught.value.code == "not_allowed"
    assert venue.asked == []
