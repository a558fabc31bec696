"""What answers mean: everything that can happen to an order on its way, through the real client library."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from desktop_app.core.credentials import Credentials, Secret
from desktop_app.core.order import OrderStatus, Side
from desktop_app.exchange.gateway.budget import Budgets
from desktop_app.exchange.gateway.outcomes import Answered, Doing, is_not_found, judge, plain, read_problem
from desktop_app.exchange.live.exchange import LiveExchange
from desktop_app.exchange.live_config import LiveConfig
from desktop_app.exchange.protocol import Refused, Unreachable
from desktop_app.exchange.venues.quirks import Quirks
from desktop_app.exchange.venues.table import quirks_of
from tests.exchange.behaviour import FakeSink, an_order
from tests.loopback import binance, kucoin
from tests.loopback.faults import EXECUTED, Fault, Faults, What
from tests.loopback.floor import Floor, wall_clock

PAIR = "BTC/USDT"

# What NautilusTrader and the exchanges' own documents name as ambiguous: the order may be in the book.
AMBIGUOUS = {
    "binance": "-1000 -1001 -1006 -1007 -1008 -1003 -1015 -1016",
    "kucoin": "408000 429000 500000 300000 1015 126044 126033",
    "bybit": "429 10000 10006 10016 10019 10403 10429 170001 170005 170007 170032 170146 170147 20003 20006 500000 "
    "170141 110072",
    "okx": "50001 50004 50011 50013 50026 50061 51149 51016 51054",
    "bitget": "40010 40015 40725 45001 40786 43118 429 30007",
    "gate": "REQUEST_TIMEOUT SERVER_ERROR INTERNAL TOO_BUSY TOO_MANY_REQUESTS",
    "kraken": "EGeneral:Internal error EService:Unavailable EService:Timeout EService:Busy EAPI:Rate limit exceeded",
    "coinbase": "UNKNOWN_FAILURE_REASON INTERNAL",
}
ROWS = ["binance", "kucoin", "bybit", "okx", "bitget", "gate", "kraken", "coinbase"]


@pytest.mark.parametrize("exchange_id", ROWS)
def test_no_ambiguous_code_is_taken_for_a_definitive_no(exchange_id: str) -> None:
    words = AMBIGUOUS[exchange_id]
    codes = set(words.split() if exchange_id != "kraken" else [f"E{one.strip()}" for one in words.split("E") if one])
    assert not codes & quirks_of(exchange_id).definitive_codes


@pytest.mark.parametrize("exchange_id", ["binance", "kucoin"])
def test_every_definitive_code_is_refused_with_its_meaning_and_never_after_a_server_error(exchange_id: str) -> None:
    quirks = quirks_of(exchange_id)
    for row in quirks.refusals:
        message = row.text or "no special words"
        outcome = judge(quirks, Answered(row.code, 400, message), Doing.ORDER)
        assert isinstance(outcome, Refused)
        assert outcome.code == row.meaning
        for http in (500, 502, 503, 504, 523, 429, 418):
            assert isinstance(judge(quirks, Answered(row.code, http, message), Doing.ORDER), Unreachable)


@pytest.mark.parametrize(
    ("exchange_id", "code", "message"),
    [
        ("binance", "-2010", "Duplicate order sent."),
        ("kucoin", "400100", "The clientOid is duplicate"),
        ("kucoin", "126044", ""),
    ],
)
def test_an_order_that_is_there_already_is_looked_for(exchange_id: str, code: str, message: str) -> None:
    assert isinstance(judge(quirks_of(exchange_id), Answered(code, 400, message), Doing.ORDER), Unreachable)


def test_the_opinion_of_the_library_decides_about_reads_only() -> None:
    quirks = quirks_of("some-exchange")
    assert isinstance(judge(quirks, Answered("1", 400, "no", "InvalidOrder"), Doing.ORDER), Unreachable)
    assert isinstance(judge(quirks, Answered("1", 400, "no", "AuthenticationError"), Doing.ORDER), Unreachable)
    refused = judge(quirks, Answered("1", 400, "no", "AuthenticationError"), Doing.READ)
    assert isinstance(refused, Refused)
    assert refused.code == "key_refused"


def test_a_revoked_key_is_no_rate_limit() -> None:
    outcome = judge(quirks_of("binance"), Answered("-2015", 401, "Invalid API-key", "DDoSProtection"), Doing.READ)
    assert isinstance(outcome, Refused)
    assert outcome.code == "key_refused"


def test_no_order_is_concluded_from_trouble() -> None:
    quirks = quirks_of("binance")
    assert is_not_found(quirks, Answered("-2013", 400, "Order does not exist."))
    for http in (429, 418, 500, 503):
        assert not is_not_found(quirks, Answered("-2013", http, "Order does not exist."))


@pytest.mark.parametrize("answer", [None, [], {}, "text", 3, {"code": 0}, {"code": None}, {"code": True}, [1, 2]])
def test_an_answer_without_a_problem_has_none(answer: Any) -> None:
    assert read_problem(quirks_of("binance"), answer)[0] == ""


def test_words_of_an_exchange_become_one_short_plain_line() -> None:
    assert plain("a\nb\x00\x1b[31mc" + "d" * 900) == "a b [31mc" + "d" * 191


# --- through the real client ------------------------------------------------------------------------------------------


@dataclass
class Venue:
    """A live account on a stand, and how its orders are counted there."""

    exchange: LiveExchange
    floor: Floor
    faults: Faults
    key: str
    post: str
    delete: str
    time: list[float] = field(default_factory=lambda: [0.0])
    sent: int = 0

    async def place(self, faults: list[Fault]) -> tuple[str, str]:
        """How a far buy ended, and what the floor has of it."""
        self.sent += 1
        self.time[0] += 7 * 86_400  # whatever silence was asked for is over
        client_id = f"{self.sent:028x}"
        self.faults.plan[:] = faults
        order = an_order(client_id, PAIR, Side.BUY, Decimal("0.001"), Decimal(30_000))
        try:
            report = await self.exchange.place(order)
        except (Refused, Unreachable) as error:
            told = (error.__context__, error.__cause__, str(error))
            ended = type(error).__name__
        else:
            told = (None, None, "")
            ended = report.status.value
        finally:
            self.faults.plan.clear()
        assert told[:2] == (None, None)
        assert not any(word in told[2] for word in ("http", "127.0.0.1", "signature", self.key))
        return ended, client_id

    def is_on_the_floor(self, client_id: str) -> bool:
        return self.floor.books(self.floor.accounts[self.key]).accepted(client_id) > 0

    def posts(self, client_id: str) -> int:
        return sum(call.name == self.post and client_id in call.body for call in self.faults.calls)


async def _venue(exchange_id: str, stand: Any, credentials: Credentials, key: str, post: str, delete: str) -> Venue:
    async def keys() -> Credentials:
        return credentials

    now = [0.0]
    config = LiveConfig(rest_url=stand.rest_url, ws_url=stand.ws_url)
    exchange = LiveExchange(exchange_id, config, keys, wall_clock, budgets=Budgets(clock=lambda: now[0]))
    await exchange.connect(FakeSink())
    session = exchange._session
    assert session is not None
    session.trading.api.timeout = 400  # nobody waits 20 seconds for each lost answer of a test
    return Venue(exchange, stand.floor, stand.faults, key, post, delete, now)


@pytest.fixture(params=["binance", "kucoin"])
async def venue(request: pytest.FixtureRequest) -> AsyncIterator[Venue]:
    if request.param == "binance":
        async with binance.BinanceStand(binance.a_floor()) as stand:
            credentials = Credentials(Secret(binance.KEY), Secret(binance.SECRET))
            venue = await _venue(
                "binance", stand, credentials, binance.KEY, "POST /api/v3/order", "DELETE /api/v3/order"
            )
            yield venue
            await venue.exchange.close()
    else:
        async with kucoin.KucoinStand(kucoin.a_floor()) as other:
            credentials = Credentials(Secret(kucoin.KEY), Secret(kucoin.SECRET), Secret(kucoin.PASSWORD))
            venue = await _venue("kucoin", other, credentials, kucoin.KEY, "POST /api/v1/hf/orders", "DELETE")
            yield venue
            await venue.exchange.close()


def _id_of_another(text: str) -> str:
    told = json.loads(text)
    inside = told.get("data", told)
    for name in ("clientOrderId", "clientOid"):
        if name in inside:
            inside[name] = "somebody-else"
    inside.pop("orderId")
    return json.dumps(told)


def _without(*names: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        told = json.loads(text)
        for name in names:
            told.get("data", told).pop(name, None)
        return json.dumps(told)

    return change


STATUSES = (400, 401, 403, 404, 408, 409, 418, 425, 429, 500, 502, 503, 504, 520, 522, 523, 524, 527, 529, 530, 599)
BROKEN = (
    What.ACCEPT_THEN_SILENCE, What.ANSWER_LOST, What.ANSWER_RESET, What.HTML, What.EMPTY, What.NULL, What.BRACES,
    What.TRUNCATED, What.CUT, What.BAD_GZIP, What.BAD_CHUNK, What.MALFORMED,
)  # fmt: skip
NOT_CARRIED_OUT = (
    What.NEVER_ARRIVES, What.SILENCE, What.REDIRECT, What.MOVED, What.TOO_MANY, What.BANNED, What.FORBIDDEN,
)  # fmt: skip
UNKNOWN_CODES = {"binance": (-1000, -1001, -1006, -1007, -1008), "kucoin": (408000, 500000, 300000)}


def _all_faults(venue: Venue) -> list[Fault]:
    exchange_id = "binance" if venue.key == binance.KEY else "kucoin"
    return [
        *(Fault(what, venue.post) for what in BROKEN),
        *(Fault(What.ACCEPT_THEN_STATUS, venue.post, number=status) for status in STATUSES),
        *(Fault(What.ACCEPT_THEN_CODE, venue.post, number=code) for code in UNKNOWN_CODES[exchange_id]),
        Fault(What.SPOILT, venue.post, change=_id_of_another),
        Fault(What.SPOILT, venue.post, change=_without("orderId")),
        *(Fault(what, venue.post) for what in NOT_CARRIED_OUT),
        Fault(What.LATE, venue.post, number=50),
    ]


async def test_an_accepted_order_is_never_called_refused_and_never_sent_twice(venue: Venue) -> None:
    wrong: list[tuple[object, ...]] = []
    faults = _all_faults(venue)
    assert len(faults) >= 45
    for fault in faults:
        ended, client_id = await venue.place([fault])
        carried_out = fault.what in EXECUTED
        if ended == "Refused" or venue.posts(client_id) != 1 or (carried_out and not venue.is_on_the_floor(client_id)):
            wrong.append((fault.what, fault.number, ended, venue.posts(client_id)))
        if not carried_out and ended != "Unreachable":
            wrong.append((fault.what, fault.number, ended, "was not carried out"))
    assert wrong == []


async def test_an_order_whose_answer_was_lost_is_found_by_its_client_id(venue: Venue) -> None:
    for what in BROKEN:
        _, client_id = await venue.place([Fault(what, venue.post)])
        found = await venue.exchange.find_order(PAIR, client_id)
        assert found is not None
        assert (found.client_id, found.status) == (client_id, OrderStatus.OPEN)
    _, client_id = await venue.place([Fault(What.NEVER_ARRIVES, venue.post)])
    assert await venue.exchange.find_order(PAIR, client_id) is None


async def test_a_cancel_whose_answer_was_lost_ends_as_a_cancel_however_often_it_was_sent(venue: Venue) -> None:
    for what in (What.ANSWER_LOST, What.ANSWER_RESET, What.CUT, What.HTML, What.EMPTY, What.TRUNCATED):
        _, client_id = await venue.place([])
        found = await venue.exchange.find_order(PAIR, client_id)
        assert found is not None
        venue.faults.plan[:] = [Fault(what, "DELETE")]
        try:
            report = await venue.exchange.cancel(PAIR, client_id, found.exchange_id)
        except Unreachable:
            report = await venue.exchange.cancel(PAIR, client_id, found.exchange_id)
        assert report.status is OrderStatus.CANCELED
        assert report.client_id == client_id


async def test_nothing_leaves_while_the_exchange_wants_silence(venue: Venue) -> None:
    await venue.place([Fault(What.TOO_MANY, venue.post, retry_after="30")])
    before = len(venue.faults.calls)
    with pytest.raises(Refused) as refusal:
        await venue.exchange.place(an_order("f" * 28, PAIR, Side.BUY, Decimal("0.001"), Decimal(30_000)))
    with pytest.raises(Unreachable):
        await venue.exchange.balances()
    assert refusal.value.code == "rate_limited"
    assert len(venue.faults.calls) == before
    venue.time[0] += 31
    await venue.exchange.balances()


def test_rows_of_the_table_say_where_they_are_known_from() -> None:
    rows: list[Quirks] = [quirks_of(name) for name in ROWS]
    assert all(row.source and row.refusals for row in rows)
