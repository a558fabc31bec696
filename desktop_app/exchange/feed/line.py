"""One subscription to a stream of an exchange, kept open for ever: dialled, watched over, dropped, dialled again."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Protocol

from desktop_app.exchange.feed.watch import BackOff, Watchdog
from desktop_app.exchange.protocol import Refused, Unreachable

log = logging.getLogger(__name__)

GOODBYE_SECONDS = 2.0  # a dead connection answers no goodbye
SHORTEST_PAUSE_SECONDS = 0.05

Sleep = Callable[[float], Awaitable[None]]


class Listener(Protocol):
    """Who is told how a line is."""

    def line_lost(self, line: "Line", reason: str) -> None: ...
    def line_dialled(self, line: "Line") -> None:
        """It is being opened (again); what it says was not missed is not known yet."""

    def line_heard(self, line: "Line") -> None:
        """The first message since it was opened."""


class Line:
    """`ask` waits for the next message and subscribes where that is needed; `take` gets its answer."""

    def __init__(
        self,
        name: str,
        symbols: tuple[str, ...],
        ask: Callable[[], Awaitable[object]],
        take: Callable[[object], None],
        listener: Listener,
        *,
        clock: Callable[[], int],
        sleep: Sleep = asyncio.sleep,
        back_off: BackOff | None = None,
    ) -> None:
        """`clock`: ms that never go back."""
        self.name = name
        self.symbols = symbols
        self.messages = 0
        self.is_heard = False  # since it was dialled
        self.dials = 0
        self.dog = Watchdog(clock())
        self._ask = ask
        self._take = take
        self._listener = listener
        self._clock = clock
        self._sleep = sleep
        self._back_off = back_off or BackOff()
        self._is_renewing = False
        self._seen = 0
        self._dialled_at = 0

    def note(self) -> None:
        """A message of this line came."""
        self.messages += 1
        if not self.is_heard:
            self.is_heard = True
            self._back_off.worked()
            self._listener.line_heard(self)

    def renew(self) -> None:
        """What comes next is no failure: the connection is changed for a fresh one."""
        self._is_renewing = True

    def look(self) -> int:
        """To be called about once a second: how long the line has been silent beyond its habits, in ms, or 0."""
        now = self._clock()
        if self.messages != self._seen:
            self._seen = self.messages
            self.dog.heard(now)
        return self.dog.silent_ms(now) if self.dials and self.dog.is_silent(now) else 0

    def silent_ms(self) -> int:
        self.look()
        return self.dog.silent_ms(self._clock())

    async def run(self) -> None:
        while True:
            reason = await self._listen()
            if self._is_renewing:
                self._is_renewing = False
                await self._sleep(SHORTEST_PAUSE_SECONDS)
                continue
            self.is_heard = False
            self._listener.line_lost(self, reason)
            await self._sleep(self._back_off.seconds((self._clock() - self._dialled_at) / 1000))

    async def _listen(self) -> str:
        """Why there is no more to hear."""
        self.dials += 1
        self._dialled_at = self._clock()
        self.dog.opened(self._dialled_at)
        self._listener.line_dialled(self)
        try:
            while True:
                answer = await self._ask()
                self._take(answer)
        except asyncio.CancelledError:
            # ccxt cancels whoever waits for a connection that it closes; only our own cancelling ends the line.
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            return "the connection was closed"
        except (Unreachable, Refused) as error:
            return str(error)
        except Exception as error:  # noqa: BLE001 - one bad message must not end the prices of a whole account
            log.warning("the stream %s failed: %s", self.name, type(error).__name__)
            return "a message could not be read"


def connections_of(api: Any, symbols: Iterable[str]) -> list[Any]:
    """ccxt's connections on which somebody waits for something of one of these pairs."""
    names = "|".join(re.escape(symbol) for symbol in symbols)
    wanted = re.compile(rf"(?<![\w/])(?:{names})(?![\w/])") if names else None
    return [
        connection
        for connection in api.clients.values()
        if wanted is not None and any(wanted.search(str(name)) for name in connection.futures)
    ]


async def hang_up(api: Any, connection: Any, reason: str) -> None:
    """Close a connection of ccxt so that the next subscription opens a new one; who waits on it gets Unreachable."""
    forget(api, connection, reason)
    connection.reset(connection.error)
    try:
        async with asyncio.timeout(GOODBYE_SECONDS):
            if connection.connecting:  # what is only now being opened would stay open behind our back
                await asyncio.wait((connection.connected,))
            await connection.aiohttp_close()
    except TimeoutError:
        log.info("a silent connection was dropped without a goodbye")
    except Exception as error:  # noqa: BLE001 - it is gone, however it went
        log.info("a connection was lost while it was being closed: %s", type(error).__name__)


def forget(api: Any, connection: Any, reason: str) -> None:
    """Have ccxt open a new connection next time, while this one still says what it has to say."""
    # With an error ccxt takes the end for our own wish; without, it would throw away the new connection instead.
    connection.error = Unreachable(reason)
    if api.clients.get(connection.url) is connection:
        del api.clients[connection.url]


def forget_addresses(api: Any) -> None:
    """Some exchanges give out an address that is good for a day (KuCoin): the next connection asks for a new one."""
    addresses = api.options.get("urls")
    if isinstance(addresses, dict):
        addresses.clear()
