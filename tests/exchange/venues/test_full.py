"""The rows of Binance and KuCoin, through the library."""

import re
from types import SimpleNamespace
from typing import Any

import pytest

from desktop_app.core.client_id import BotIdentity, Origin, make_client_id
from desktop_app.core.order import Role
from desktop_app.exchange.gateway.loader import load_class
from desktop_app.exchange.protocol import Refused
from desktop_app.exchange.venues.full import BINANCE, KUCOIN, ROWS
from desktop_app.exchange.venues.quirks import Lookup

ALLOWED = {"binance": re.compile(r"[a-zA-Z0-9-_]{1,36}"), "kucoin": re.compile(r"[a-zA-Z0-9-_]{1,40}")}


@pytest.mark.parametrize("name", list(ROWS))
def test_our_ids_fit_and_come_back_as_they_were(name: str) -> None:
    row = ROWS[name]
    ours = make_client_id(Origin(1, 2, 3, Role.SAFETY, 4, 5), BotIdentity(1).key)
    sent = row.shape_client_id(ours)
    assert ALLOWED[name].fullmatch(sent)
    assert row.read_client_id(sent) == ours


@pytest.mark.parametrize("name", list(ROWS))
def test_the_library_can_do_what_the_row_counts_on(name: str) -> None:
    row, api = ROWS[name], load_class(name)({})
    assert all(
        api.has.get(one) for one in ("createOrder", "cancelOrder", "fetchOrder", "fetchOpenOrders", "fetchMyTrades")
    )
    assert all(callable(getattr(api, channel)) for channel in (*row.private_channels, *row.price_channels))
    assert row.needs_password is bool(api.requiredCredentials.get("password"))


def test_an_id_may_be_used_again_so_that_no_order_is_ever_sent_twice() -> None:
    assert BINANCE.is_id_free_again
    assert KUCOIN.is_id_free_again
    assert BINANCE.lookup is Lookup.ALL
    assert KUCOIN.lookup is Lookup.ACTIVE
    assert BINANCE.absent_after_ms >= 20_000


async def test_a_unified_account_of_kucoin_is_refused_with_the_reason() -> None:
    async def is_uta_enabled() -> bool:
        return True

    prepare: Any = KUCOIN.prepare
    with pytest.raises(Refused) as refusal:
        await prepare(SimpleNamespace(is_uta_enabled=is_uta_enabled))
    assert refusal.value.code == "not_allowed"
