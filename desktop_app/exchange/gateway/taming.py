"""Overrides the hooks of ccxt: who decides on errors, numbers, time and pace are we, and coins stay where they are."""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, NoReturn, Protocol

import orjson

from desktop_app.exchange.gateway.budget import Budget
from desktop_app.exchange.gateway.outcomes import Answered, Malformed, read_problem
from desktop_app.exchange.gateway.wire import WIRE, Barred
from desktop_app.exchange.protocol import Refused
from desktop_app.exchange.venues.quirks import Level, Quirks

log = logging.getLogger(__name__)

_ERROR = 400
_LONG = 1 << 20
_NEVER = ("withdraw", "transfer", "borrow", "repay", "create_convert", "create_gift", "redeem", "approve_builder_fee")
_BROKERS = ("Referer", "X-CHANNEL-API-CODE", "X-Gate-Channel-Id", "X-SOURCE-KEY", "source")  # ccxt's mark on requests
_NEVER_PATHS = ("withdraw", "transfer", "borrow", "repay", "payout")

_Base: Any = object


class Owner(Protocol):
    """Whom the object of ccxt belongs to."""

    offset_ms: int
    clock: Callable[[], int]
    quirks: Quirks
    budget: Budget

    def heard(self, http: int, headers: Mapping[str, str]) -> None: ...


class _Taming(_Base):  # type: ignore[misc]
    """Stands before the class of an exchange."""

    number: type[Any] = str
    timeout_on_exit = 0
    strongroom: Owner | None = None
    turn: asyncio.Lock | None = None
    last_nonce = 0
    hear: Callable[[Any, Any], bool] | None = None  # takes (connection, message); True when that was all

    def milliseconds(self) -> int:
        owner = self.strongroom
        return owner.clock() + owner.offset_ms if owner is not None else time.time_ns() // 1_000_000

    def microseconds(self) -> int:
        return 1_000 * self.milliseconds() + time.time_ns() // 1_000 % 1_000

    def seconds(self) -> int:
        return self.milliseconds() // 1_000

    @staticmethod
    def safe_string(fields: Any, key: Any, default_value: Any = None) -> Any:
        """ccxt's own finds nothing where ccxt itself has put a Decimal before, such as the price of some tickers."""
        try:
            value = fields[key]
        except (KeyError, IndexError, TypeError):
            return default_value
        kind = type(value)
        if kind is str:
            return value if value != "" else default_value
        if kind is Decimal:
            return f"{value:f}"
        return str(value) if kind is float or kind is int else default_value

    @staticmethod
    def safe_string_2(fields: Any, key: Any, other: Any, default_value: Any = None) -> Any:
        found = _Taming.safe_string(fields, key)
        return found if found is not None else _Taming.safe_string(fields, other, default_value)

    def on_json_response(self, text: str) -> Any:
        """Numbers without quotes stay exact. Lists of pairs are as long as they are quoted: those are read fast,
        because reading them holds up every other thread.
        """
        if len(text) > _LONG:
            return orjson.loads(text)
        return json.loads(text, parse_float=str, parse_constant=_no_number)

    def handle_message(self, connection: Any, message: Any) -> None:
        """What a stream says: to our own reader first; and whatever it is, the next message is read too."""
        try:
            if self.hear is None or not self.hear(connection, message):
                super().handle_message(connection, message)
        except Answered as error:
            connection.reject(error)
        except Exception as error:  # noqa: BLE001 - one bad message must not end the reading of all others
            log.warning("a message of a stream could not be read: %s", type(error).__name__)

    def on_close(self, connection: Any, code: Any) -> None:
        """ccxt hears of one end twice; by the second time the successor may be there, which it would throw away."""
        if self.clients.get(connection.url) is connection:
            super().on_close(connection, code)

    async def throttle(self, cost: Any = None) -> None:
        if self.strongroom is not None:
            wire = WIRE.get()
            await self.strongroom.budget.take(float(cost or 0), is_urgent=wire is not None and wire.is_urgent)

    def nonce(self) -> Any:
        told = super().nonce()
        if self.strongroom is not None and self.strongroom.quirks.one_at_a_time:
            told = self.last_nonce = max(told, self.last_nonce + 1)
        return told

    async def fetch2(self, path: str, api: Any = "public", *rest: Any, **named: Any) -> Any:
        """Two requests at once could arrive the other way round, or with the same number."""
        if self.strongroom is None or not self.strongroom.quirks.one_at_a_time or "private" not in api:
            return await super().fetch2(path, api, *rest, **named)
        if self.turn is None:
            self.turn = asyncio.Lock()
        async with self.turn:
            return await super().fetch2(path, api, *rest, **named)

    def sign(self, path: str, api: Any = "public", method: str = "GET", *rest: Any, **named: Any) -> Any:
        if method != "GET" and _moves_coins(path):
            _forbidden()
        signed = super().sign(path, api, method, *rest, **named)
        for headers in (self.headers, signed.get("headers")):
            for name in _BROKERS if headers else ():
                headers.pop(name, None)
        return signed

    def handle_errors(self, code: int, reason: str, url: str, method: str, headers: Any, body: str, response: Any,
                      *rest: Any) -> Any:  # fmt: skip
        """ccxt asks this about every answer, and takes what it raises for the outcome."""
        owner = self.strongroom
        if owner is None:
            return super().handle_errors(code, reason, url, method, headers, body, response, *rest)
        is_known = owner.quirks.level is not Level.CONNECTABLE
        owner.heard(code, headers or {})
        if response is None and code < _ERROR and (is_known or method != "GET"):
            if body.lstrip().startswith("<"):
                raise Barred("The network answers with a web page. It may ask for a login.")
            raise Malformed
        raw, message = read_problem(owner.quirks, response)
        kind = ""
        try:
            handled = super().handle_errors(code, reason, url, method, headers, body, response, *rest)
        except Exception as error:  # noqa: BLE001 - only its class is of interest
            kind = type(error).__name__
        else:
            # What an unknown field means in the answers of an exchange that nobody has looked at, only ccxt can say.
            if code < _ERROR and not (raw and is_known):
                is_whole = owner.quirks.is_whole
                if method and is_whole is not None and not is_whole(url, response):
                    raise Malformed
                return handled
        raise Answered(raw, code, message, kind)


def tamed(base: type[Any], number: type[Any]) -> type[Any]:
    """`number`: str where ccxt reads again what it has read, which it does with orders; Decimal where it sorts."""
    forbidden = {name: _forbidden for name in dir(base) if name.startswith(_NEVER) and callable(getattr(base, name))}
    return type(base.__name__, (_Taming, base), {**forbidden, "number": number})


@cache
def _moves_coins(path: str) -> bool:
    return any(word in path.lower() for word in _NEVER_PATHS)


def _forbidden(*_: Any, **__: Any) -> NoReturn:
    raise Refused("Strongroom never moves coins out of an account.", "not_allowed")


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)
