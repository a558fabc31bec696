"""Resolves the lists of pairs that bots trade by: all pairs of a currency, or those with the largest volume."""

import logging
from collections.abc import Mapping
from decimal import Decimal

from desktop_app.core.events import PairsListed
from desktop_app.core.pair_list import PairList, resolve
from desktop_app.core.strategy import ListsPairs
from desktop_app.engine.shapes import Desk, Runner
from desktop_app.exchange.protocol import HasVolumes

_log = logging.getLogger(__name__)
_MINUTE_MS = 60_000


class PairLists:
    """Of one account. A bot hears of its list only when that has changed."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._looked_at: dict[int, tuple[PairList, int]] = {}

    def forget(self, bot_id: int) -> None:
        self._looked_at.pop(bot_id, None)

    async def look(self) -> None:
        """Make anew the lists whose time has come. Raises Unreachable, Refused: they stay as they were."""
        volumes: dict[str, Mapping[str, Decimal]] = {}
        for runner in tuple(self._desk.runners.values()):
            wanted = self._due(runner)
            if wanted is None:
                continue
            if wanted.needs_volumes and wanted.quote not in volumes:
                volumes[wanted.quote] = await self.volumes(wanted.quote)
            self._looked_at[runner.bot_id] = (wanted, self._desk.clock())
            self._resolve(runner, wanted, volumes.get(wanted.quote, {}))

    def _due(self, runner: Runner) -> PairList | None:
        bot = runner.bot
        if not isinstance(bot, ListsPairs) or bot.pair_list is None or not runner.is_running or runner.is_held:
            return None
        wanted, looked_at = self._looked_at.get(runner.bot_id, (None, 0))
        if wanted == bot.pair_list and self._desk.clock() < looked_at + wanted.refresh_minutes * _MINUTE_MS:
            return None
        return bot.pair_list

    def _resolve(self, runner: Runner, wanted: PairList, volumes: Mapping[str, Decimal]) -> None:
        assert isinstance(runner.bot, ListsPairs)
        before = runner.bot.listed(runner.state)
        listed = resolve(wanted, self._desk.markets, volumes, before)
        if listed != before:
            _log.info("the list of %s has %s pairs now", runner.row.name, len(listed))
            runner.deliver(PairsListed(listed, self._desk.exchange.now()))

    async def volumes(self, quote: str) -> Mapping[str, Decimal]:
        """What was traded in 24 hours.

        The exchange says it of all pairs; where it says nothing, its prices say it of those that are heard.
        """
        exchange = self._desk.exchange
        if isinstance(exchange, HasVolumes):
            return await exchange.volumes(quote)
        told = {symbol: tick.quote_volume_24h for symbol, tick in self._desk.last.items()}
        return {symbol: volume for symbol, volume in told.items() if volume is not None}
