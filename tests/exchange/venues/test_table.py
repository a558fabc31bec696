"""The rows of the table of exchanges: what they may say, and that they vouch for no more than was tried."""

import re

import pytest

from desktop_app.core.capability import Level
from desktop_app.exchange.protocol import Refused
from desktop_app.exchange.venues.capabilities import known_exchanges
from desktop_app.exchange.venues.table import ROWS, quirks_of
from tests.exchange.replies import CLIENT_ID, VENUES
from tests.exchange.venue import opened
from tests.exchange.venues.test_checked import limit_order, orders_of

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
    assert {one.id: one.level for one in known_exchanges()} == {
        one.id: quirks_of(one.id).level for one in known_exchanges()
    }
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
