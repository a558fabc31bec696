"""Gathers what changes often and tells it a few times a second, so that no listener hears every tick."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable

from desktop_app.core.events import PriceTick
from desktop_app.engine.news import BotNews, DealNews, PriceNews
from desktop_app.engine.shapes import Desk, Runner
from desktop_app.engine.telling import bot_view, deal_view

_log = logging.getLogger(__name__)
_BEAT_SECONDS = 0.1
_BEATS_PER_VIEW = 5


class Pulse:
    """Latest price per pair ten times a second, views of bots and deals twice a second, the rest right after."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._prices: dict[str, PriceTick] = {}
        self._moved: dict[str, None] = {}
        self._bots: dict[int, Runner] = {}
        self._outbox: deque[Callable[[], None]] = deque()
        self._is_posted = False
        self._beat: asyncio.TimerHandle | None = None
        self._beats = 0

    def price(self, tick: PriceTick) -> None:
        self._prices[tick.symbol] = tick
        if self._beat is None:
            self._schedule()

    def bot(self, runner: Runner) -> None:
        self._bots[runner.bot_id] = runner
        if self._beat is None:
            self._schedule()

    def later(self, tell: Callable[[], None]) -> None:
        """Tell this next, in order, but not before what is on its way to the exchange has left."""
        self._outbox.append(tell)
        if not self._is_posted:
            self._is_posted = True
            asyncio.get_running_loop().call_soon(self._post)

    def flush(self) -> None:
        self._post()
        self._tell_prices()
        self._tell_views()
        if self._beat is not None:
            self._beat.cancel()
            self._beat = None

    def _post(self) -> None:
        self._is_posted = False
        while self._outbox:
            tell = self._outbox.popleft()
            try:
                tell()
            except Exception:  # noqa: BLE001 - telling must never stop a bot
                _log.exception("news could not be told")

    def _schedule(self) -> None:
        self._beat = asyncio.get_running_loop().call_later(_BEAT_SECONDS, self._on_beat)

    def _on_beat(self) -> None:
        self._beat = None
        self._beats += 1
        try:
            self._tell_prices()
            if self._beats % _BEATS_PER_VIEW == 0:
                self._tell_views()
        except Exception:  # noqa: BLE001 - telling must never stop a bot
            _log.exception("views could not be told")
        if self._moved or self._bots:
            self._schedule()

    def _tell_prices(self) -> None:
        prices, self._prices = self._prices, {}
        if not self._desk.bus.has_listeners:
            return
        for symbol, tick in prices.items():
            self._moved[symbol] = None
            self._desk.bus.publish(PriceNews(self._desk.row.name, tick))

    def _tell_views(self) -> None:
        moved, self._moved = self._moved, {}
        bots, self._bots = self._bots, {}
        desk = self._desk
        if not desk.bus.has_listeners:
            return
        for runner in desk.runners.values():
            for deal in runner.ledger.deals.values():
                if deal.symbol in moved:
                    bots.setdefault(runner.bot_id, runner)
                    desk.bus.publish(DealNews(runner.bot_id, deal_view(desk, runner, deal)))
        for runner in bots.values():
            desk.bus.publish(BotNews(bot_view(desk, runner)))
