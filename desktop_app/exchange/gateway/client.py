"""One connection to one exchange through ccxt: whatever goes wrong in there comes out as Refused or Unreachable."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal, localcontext
from time import time_ns
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from urllib.parse import urlsplit

from desktop_app.core.credentials import Credentials, Secret
from desktop_app.core.redaction import Scrubber
from desktop_app.exchange.gateway.budget import Budget, Throttled
from desktop_app.exchange.gateway.loader import UnknownExchange, load_class
from desktop_app.exchange.gateway.outcomes import Answered, Doing, Malformed, judge, plain
from desktop_app.exchange.gateway.taming import tamed
from desktop_app.exchange.gateway.wire import LONGEST_ANSWER, LONGEST_MARKETS, WIRE, Barred, Hosts, Wire, hosts_of
from desktop_app.exchange.live_config import LiveConfig
from desktop_app.exchange.protocol import Refused, Unreachable
from desktop_app.exchange.venues.quirks import Quirks
from desktop_app.exchange.venues.table import quirks_of

if TYPE_CHECKING:
    from desktop_app.exchange.gateway.egress import GuardedSession

Found = TypeVar("Found")
Purpose = Literal["trade", "data"]

TIMEOUT_MS = 20_000  # longer than any matching engine's own, so that its answer comes instead of silence
_BANS = frozenset({418, 429})
_BARRED_BY_GUARD = 403  # of the firewall before the exchange, which knows no codes
_BAN_SECONDS = 60.0
_MARKET_PARTS = (
    "markets", "markets_by_id", "symbols", "ids", "currencies", "currencies_by_id", "codes", "baseCurrencies",
    "quoteCurrencies",
)  # fmt: skip
_SETTINGS: dict[str, Any] = {
    "session": None,  # ours comes later; ccxt never makes its own
    "enableRateLimit": True,  # by our own budget: see `throttle` in taming
    "timeout": TIMEOUT_MS,
    "verbose": False,
    "aiohttp_trust_env": False,
    "maxRetriesOnFailure": 0,
    "has": {"fetchCurrencies": False},
    "newUpdates": True,
}


class Client:
    """`api` is ccxt's object; every use of it goes through `call`."""

    def __init__(self, quirks: Quirks, api: Any, session: "GuardedSession", budget: Budget, config: LiveConfig) -> None:
        self.id: str = quirks.id
        self.quirks = quirks
        self.api = api
        self.config = config
        self.budget = budget
        self.clock: Callable[[], int] = _wall_clock  # ours, ms UTC
        self.offset_ms = 0  # the exchange's clock minus ours
        self._session = session

    @property
    def has_keys(self) -> bool:
        return bool(self.api.apiKey or self.api.walletAddress)

    async def call(
        self,
        make: Callable[[], Awaitable[Found]],
        *,
        doing: Doing = Doing.READ,
        longest: int = LONGEST_ANSWER,
    ) -> Found:
        """What `make` gives.

        Raises:
            Refused: a definitive no.
            Unreachable: no usable answer; whatever was asked may have happened.
        """
        wire = Wire(longest=longest, is_urgent=doing is not Doing.READ)
        token = WIRE.set(wire)
        try:
            # ccxt changes the rounding of whoever calls it.
            with localcontext():
                return await make()
        except (Refused, Unreachable):
            raise
        except Exception as error:  # noqa: BLE001 - whatever ccxt raises is one of two things to us
            failure = self._failure(error, wire, doing)
        finally:
            WIRE.reset(token)
        # Out here the failure has no context: ccxt's own texts hold addresses, signatures and bodies.
        raise failure

    async def ask(self, make: Callable[[], Awaitable[Found]]) -> Found:
        """Like `call`, but an error that the exchange has answered stays what it is.

        Raises:
            Answered: the exchange's own words.
            Unreachable, Refused: as in `call`.
        """

        async def asked() -> Found | Answered:
            try:
                return await make()
            except Answered as answered:
                return answered

        found = await self.call(asked)
        if isinstance(found, Answered):
            raise Answered(found.code, found.http, self.scrub(found.message), found.kind)
        return found

    def unusable(self) -> Unreachable:
        """For whoever reads an answer and finds that it is none."""
        return Unreachable(f"{self.quirks.name or self.id} has sent something that is no answer.")

    async def load_markets(self) -> Mapping[str, Any]:
        """The pairs of the exchange, read anew. Away from the loop: it takes up to seconds of parsing."""
        keys, klass, config = _keys_of(self.api), type(self.api), self.config
        quirks, clock, offset = self.quirks, self.clock, self.offset_ms

        async def load() -> Any:
            hosts = _hosts(quirks, self._session.hosts)
            session = await _open_session(hosts)
            api = klass({**_SETTINGS, **keys})
            other = _wire_up(quirks, api, session, self.budget, config)
            other.clock, other.offset_ms = clock, offset
            try:
                params = dict(quirks.markets_parameters)
                await other.call(lambda: api.load_markets(False, params), longest=LONGEST_MARKETS)
            finally:
                await other.close()
            return api

        self._take_markets(await asyncio.to_thread(lambda: asyncio.run(load())))
        markets: Mapping[str, Any] = self.api.markets
        return markets

    def share_markets(self, other: "Client") -> None:
        """Have the pairs that another client of this exchange has read."""
        self._take_markets(other.api)

    def _take_markets(self, api: Any) -> None:
        for part in _MARKET_PARTS:
            setattr(self.api, part, getattr(api, part))
        for option in ("hf", "uta"):  # what kind of account it is, found out on the way
            if api.options.get(option) is not None:
                self.api.options[option] = api.options[option]

    def scrub(self, text: str) -> str:
        """The text without any part of the key, cut off or spelled in another way."""
        scrubber = Scrubber()
        scrubber.add(self.id, (Secret(part) for part in (self.api.apiKey, self.api.secret, self.api.password) if part))
        return plain(scrubber.hide_known(text))

    def heard(self, http: int, headers: Mapping[str, str]) -> None:
        """Take from every answer what it says about how much we may ask."""
        if http in _BANS:
            reset = headers.get("gw-ratelimit-reset")  # KuCoin's, in milliseconds
            otherwise = _seconds(reset, 1_000 * _BAN_SECONDS) / 1_000
            self.budget.stop(_seconds(headers.get("Retry-After"), otherwise))
        header = self.quirks.used_weight_header
        if header and (used := headers.get(header) or headers.get(header.lower())):
            share = _seconds(used, 0.0) / self.quirks.used_weight_limit
            self.budget.heard(share * self.budget.limit)

    async def close(self) -> None:
        """Forget the keys, and hang up."""
        try:
            await self.api.close()
        except Exception as error:  # noqa: BLE001 - ccxt's streams fail in many ways while they are being closed
            del error
        finally:
            for part in ("apiKey", "secret", "password", "privateKey", "walletAddress"):
                setattr(self.api, part, "")
            await self._session.close()

    def _failure(self, error: Exception, wire: Wire, doing: Doing) -> Refused | Unreachable:
        name = self.quirks.name or self.id
        match error:
            case Answered():
                if error.http == _BARRED_BY_GUARD and not error.code:
                    self.budget.stop(_BAN_SECONDS)
                cleaned = Answered(error.code, error.http, self.scrub(error.message), error.kind)
                return judge(self.quirks, cleaned, doing)
            case Throttled():
                words = f"{name} wants no requests for {error.seconds:.0f} s."
                return Unreachable(words) if doing is Doing.READ or wire.changes else Refused(words, "rate_limited")
            case Barred():
                return Unreachable(str(error))
            case Malformed():
                return self.unusable()
        kind = type(error).__name__
        if not wire.requests and kind in ("BadSymbol", "InvalidOrder", "ArgumentsRequired", "BadRequest"):
            return Refused("The order does not fit the rules of this pair.", "bad_order")
        if kind == "OrderNotFound" and doing is not Doing.ORDER:  # ccxt's own word for an answer without the order
            return Refused("There is no such order.", "unknown_order")
        if kind == "RequestTimeout":
            return Unreachable(f"{name} has not answered in time.")
        if kind == "AuthenticationError" and not wire.requests:
            return Refused("This needs a key.", "key_missing")
        if kind == "NotSupported" and not wire.requests:
            return Refused(f"{name} does not offer this.", "not_allowed")
        return Unreachable(f"{name} could not be reached.")


async def open_client(
    exchange_id: str,
    config: LiveConfig,
    keys: Credentials | None,
    *,
    budget: Budget | None = None,
    make_budget: Callable[[float, float], Budget] = Budget,
    purpose: Purpose = "trade",
) -> Client:
    """A client that has not connected anywhere yet.

    Raises:
        Refused: ccxt has no such exchange.
    """
    number: type[Any] = Decimal if purpose == "data" else str
    try:
        # Away from the loop: the import takes half a second, and even the object many milliseconds.
        api = await asyncio.to_thread(_make, exchange_id, number)
    except UnknownExchange:
        raise Refused(f"There is no exchange {plain(exchange_id)!r}.", "unknown_exchange") from None
    quirks = quirks_of(exchange_id)
    api_urls = _addresses(api.urls.get("api", {}), str(api.hostname or ""))
    hosts = _hosts(quirks, _configured_hosts(config) or hosts_of((_host(url) for url in api_urls), ()))
    if budget is None:
        budget = make_budget(quirks.budget_window_s * 1_000 / float(api.rateLimit), quirks.budget_window_s)
    for name, value in (_keys(keys, api) if keys is not None else {}).items():
        setattr(api, name, value)
    return _wire_up(quirks, api, await _open_session(hosts), budget, config)


async def _open_session(hosts: Hosts) -> "GuardedSession":
    from desktop_app.exchange.gateway.egress import open_session

    return await open_session(hosts)


def _make(exchange_id: str, number: type[Any]) -> Any:
    import desktop_app.exchange.gateway.egress  # noqa: F401 - which takes its time too

    return tamed(load_class(exchange_id), number)(_SETTINGS)


def _wall_clock() -> int:
    return time_ns() // 1_000_000


def _wire_up(quirks: Quirks, api: Any, session: "GuardedSession", budget: Budget, config: LiveConfig) -> Client:
    for name, value in quirks.options.items():
        api.options[name] = dict(value) if isinstance(value, Mapping) else value
    if config.rest_url or config.ws_url:
        api.urls["api"] = _redirected(api.urls["api"], config, str(api.hostname or ""))
    api.session = session
    client = Client(quirks, api, session, budget, config)
    api.strongroom = client
    return client


def _keys(keys: Credentials, api: Any) -> dict[str, str]:
    """Where ccxt wants them: a few exchanges are opened by a wallet instead of a key."""
    wanted = api.requiredCredentials
    found = {"apiKey": keys.api_key.reveal(), "secret": keys.secret.reveal(), "password": keys.password.reveal()}
    if wanted.get("walletAddress") and wanted.get("privateKey"):
        found = {"walletAddress": found["apiKey"], "privateKey": found["secret"]}
    return {name: value for name, value in found.items() if value}


def _keys_of(api: Any) -> dict[str, str]:
    names = ("apiKey", "secret", "password", "walletAddress", "privateKey")
    return {name: getattr(api, name) for name in names if getattr(api, name, None)}


# --- addresses --------------------------------------------------------------------------------------------------------


def _configured_hosts(config: LiveConfig) -> Hosts | None:
    found = [_host(url) for url in (config.rest_url, config.ws_url) if url]
    return hosts_of(found, ()) if found else None


def _hosts(quirks: Quirks, hosts: Hosts) -> Hosts:
    """Anew, for another session."""
    return Hosts(hosts.exact, () if hosts.is_loopback else quirks.stream_domains)


def _addresses(urls: Any, hostname: str) -> list[str]:
    if isinstance(urls, str):
        return [urls.replace("{hostname}", hostname)]
    if isinstance(urls, Mapping):
        return [address for one in urls.values() for address in _addresses(one, hostname)]
    return []


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()


def _redirected(urls: Any, config: LiveConfig, hostname: str) -> Any:
    """All addresses of an exchange moved to the configured ones, their paths kept."""
    if isinstance(urls, Mapping):
        return {name: _redirected(one, config, hostname) for name, one in urls.items()}
    if not isinstance(urls, str):
        return urls
    parts = urlsplit(urls.replace("{hostname}", hostname))
    if parts.scheme not in ("ws", "wss"):
        return f"{config.rest_url}{parts.path}" if config.rest_url else urls
    if not config.ws_url:
        return urls
    # ccxt tells spot streams of Binance from others by a "/stream" in their address.
    host = f"/{parts.hostname}" if (parts.hostname or "").startswith("stream.") else ""
    return f"{config.ws_url}{host}{parts.path}"


def _seconds(text: str | None, otherwise: float) -> float:
    try:
        return float(text) if text else otherwise
    except ValueError:
        return otherwise
