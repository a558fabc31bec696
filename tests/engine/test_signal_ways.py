"""Ways in are named exactly, or not at all."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from desktop_app.engine.signal_ways import MailWay, SignalWays, load_ways, save_ways
from desktop_app.store.db import Store

MAIL = {
    "is_on": True,
    "host": "IMAP.example.net",
    "user": "me@example.net",
    "senders": ["NoReply@tradingview.com"],
    "checked_by": "mx.example.net",
}


def test_addresses_are_kept_in_small_letters() -> None:
    way = MailWay.model_validate(MAIL)
    assert (way.host, way.senders) == ("imap.example.net", ("noreply@tradingview.com",))
    assert SignalWays(public_url=" https://A.example.net/x/ ").public_host == "a.example.net"
    assert SignalWays().public_host == ""


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"host": ""}, "host"),
        ({"host": "imap.example.net/x"}, "host"),
        ({"host": "-"}, "host"),
        ({"user": ""}, "host"),
        ({"user": 'me"\r\n'}, "user"),
        ({"folder": "IN\\BOX"}, "folder"),
        ({"senders": []}, "senders"),
        ({"senders": ["everybody"]}, "senders"),
        ({"senders": ["a@b.c"] * 21}, "senders"),
        ({"checked_by": ""}, "checked_by"),
        ({"port": 0}, "port"),
        ({"password": "x"}, "password"),
    ],
)
def test_a_mailbox_that_anybody_could_use_is_refused(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(ValidationError, match=place):
        MailWay.model_validate(MAIL | changes)


@pytest.mark.parametrize("url", ["http://a.example", "https://", "https://a.example:8443", "https://a b", "ftp://x"])
def test_a_public_address_is_https_without_a_port(url: str) -> None:
    with pytest.raises(ValidationError):
        SignalWays(public_url=url)


async def test_ways_are_kept_and_unreadable_ones_are_closed(tmp_path: Path) -> None:
    store = await Store.open(tmp_path, clock=lambda: 1)
    assert await load_ways(store) == SignalWays()
    ways = SignalWays(hook_is_on=True, mail=MailWay.model_validate(MAIL))
    await save_ways(store, ways)
    assert await load_ways(store) == ways
    await store.set_meta("signal_ways", '{"hook_is_on": true, "from_the_future": 1}')
    assert await load_ways(store) == SignalWays()
    await store.close()
