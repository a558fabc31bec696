"""What waits for one bot: order events in full and in order, prices as the latest of each pair."""

import asyncio
from collections import deque
from dataclasses import dataclass, replace

from desktop_app.core.events import Event, PriceTick, UserAsked
from desktop_app.core.said import Said
from desktop_app.exchange.protocol import OrderReport, TradeReport

LIMIT = 20_000


class MailboxFull(Exception):
    """More happened than a bot could work through. Nothing is dropped silently: the bot is held."""


class Unanswered(Exception):
    """Nothing came of a wish: its bot was held or stopped meanwhile."""


@dataclass(frozen=True, slots=True)
class Reported:
    """What the exchange says about an order, to be compared with what the bot knows when its turn comes."""

    report: OrderReport


@dataclass(frozen=True, slots=True)
class Traded:
    trade: TradeReport


@dataclass(frozen=True, slots=True, eq=False)
class Wish:
    """What a person asks for; `answer` gets the problems that it met once the decision is written down."""

    event: UserAsked
    answer: "asyncio.Future[tuple[Said, ...]]"


Item = Event | Reported | Traded | Wish


class Mailbox:
    """One reader. A price that waits is replaced by a newer one of its pair; nothing else is ever merged or lost."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._items: deque[Item | str] = deque()  # a text stands for the waiting price of that pair
        self._prices: dict[str, PriceTick] = {}
        self._reader: asyncio.Future[None] | None = None

    def __len__(self) -> int:
        return len(self._items)

    def put(self, item: Item) -> None:
        """Raises MailboxFull."""
        if isinstance(item, PriceTick):
            self._put_price(item)
        elif len(self._items) >= self._limit:
            raise MailboxFull
        else:
            self._items.append(item)
        reader = self._reader
        if reader is not None and not reader.done():
            reader.set_result(None)

    def put_first(self, item: Event) -> None:
        """What must be decided before anything else that waits."""
        self._items.appendleft(item)
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    async def get(self) -> Item:
        while not self._items:
            self._reader = asyncio.get_running_loop().create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        item = self._items.popleft()
        return self._prices.pop(item) if isinstance(item, str) else item

    def clear(self) -> None:
        """Forget everything; wishes are told that nothing came of them."""
        for item in self._items:
            if isinstance(item, Wish) and not item.answer.done():
                item.answer.set_exception(Unanswered())
        self._items.clear()
        self._prices.clear()

    def _put_price(self, tick: PriceTick) -> None:
        waiting = self._prices.get(tick.symbol)
        if waiting is None:
            self._items.append(tick.symbol)
        elif waiting.opens and not tick.opens:
            tick = replace(tick, opens=True)
        self._prices[tick.symbol] = tick
