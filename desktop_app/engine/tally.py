"""How much each bot has earned: kept as sums, so that no view ever adds up a history."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from desktop_app.core.deal import Deal
from desktop_app.core.market import ZERO
from desktop_app.store.codec import deal_from_json
from desktop_app.store.db import Store

_DAY_MS = 86_400_000
_PAGE = 500


@dataclass(slots=True)
class Tally:
    """Closed deals of one bot. `recent` are (closed at, profit) of the last day and a bit."""

    deals_closed: int = 0
    profit: Decimal = ZERO
    recent: deque[tuple[int, Decimal]] = field(default_factory=deque)

    def add(self, deal: Deal) -> None:
        self.deals_closed += 1
        self.profit += deal.profit
        self.recent.append((deal.closed_at, deal.profit))

    def profit_today(self, now: int) -> Decimal:
        """Since midnight UTC on the exchange's clock."""
        midnight = now - now % _DAY_MS
        while self.recent and self.recent[0][0] < midnight - _DAY_MS:
            self.recent.popleft()
        return sum((profit for at, profit in self.recent if at >= midnight), ZERO)


class Tallies:
    """The sums of all bots; read from the store once, then carried on."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tallies: dict[int, Tally] = {}
        self._early: dict[int, dict[int, Deal]] = {}  # closed while the past was not yet read

    def get(self, bot_id: int) -> Tally:
        return self._tallies.get(bot_id) or Tally()

    def add(self, bot_id: int, deals: Iterable[Deal]) -> None:
        tally = self._tallies.get(bot_id)
        for deal in deals:
            if tally is None:
                self._early.setdefault(bot_id, {})[deal.number] = deal
            else:
                tally.add(deal)

    async def load(self, bot_id: int) -> Tally:
        """Read what the bot has closed so far."""
        if bot_id in self._tallies:
            return self._tallies[bot_id]
        closed: dict[int, Deal] = {}
        offset = 0
        while rows := await self._store.deals(bot_id, include_closed=True, limit=_PAGE, offset=offset):
            offset += len(rows)
            for row in rows:
                deal = deal_from_json(row.deal_json)
                if deal.status.is_over:
                    closed[deal.number] = deal
        if bot_id in self._tallies:
            return self._tallies[bot_id]
        closed.update(self._early.pop(bot_id, {}))
        tally = self._tallies[bot_id] = Tally()
        for deal in sorted(closed.values(), key=lambda deal: (deal.closed_at, deal.number)):
            tally.add(deal)
        return tally

    def forget(self, bot_id: int) -> None:
        self._tallies.pop(bot_id, None)
