"""The log of signals: what came, from whom, and what became of it; written every other second, never one by one."""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from desktop_app.core.events import Event, TakeSignal, UserAsked
from desktop_app.core.said import Said, said
from desktop_app.engine.bus import Bus
from desktop_app.engine.crew import Crew, Sleep
from desktop_app.engine.news import HappenedNews, SignalNews
from desktop_app.engine.problem import worded
from desktop_app.engine.views import SignalView
from desktop_app.store.codec import said_from_json, said_to_json
from desktop_app.store.db import Store
from desktop_app.store.errors import StoreError
from desktop_app.store.rows import SignalRow

_log = logging.getLogger(__name__)
_EVERY_SECONDS = 2.0  # a bot that wants to write meanwhile waits for the disk: let that be rare
_MOST_WAITING = 100  # of refused ones between two writings; what is more is counted
LONGEST_BODY = 2_000  # characters of a message that are kept
ACCEPTED, REFUSED_BY_BOT = 200, 409
NOBODY = 0


def signal_row(bot_id: int, event: Event, tells: tuple[tuple[int, Said, bool], ...], at: int) -> SignalRow | None:
    """The line of a signal that a bot just decided about, to be written in the same transaction."""
    if not isinstance(event, UserAsked) or not isinstance(event.ask, TakeSignal):
        return None
    problem = next((told for _, told, is_problem in tells if is_problem), None)
    status = ACCEPTED if problem is None else REFUSED_BY_BOT
    verdict = said_to_json(problem or said("signal_taken"))
    return SignalRow(0, at, bot_id, "", "", event.ask.key, status, verdict)


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a signal came: `way` is "hook", "mail", "command" or "test"; `body` is already without secrets."""

    way: str
    sender: str
    body: str


class SignalLog:
    """Everything here runs on the engine's loop. A flood costs one line that counts it."""

    def __init__(self, store: Store, bus: Bus, crew: Crew, clock: Callable[[], int], sleep: Sleep) -> None:
        self._store = store
        self._bus = bus
        self._crew = crew
        self._clock = clock
        self._sleep = sleep
        self._waiting: deque[SignalRow] = deque()
        self._uncounted = 0
        self._is_writing = False

    def refused(self, arrival: Arrival, bot_id: int, status: int, why: Said) -> None:
        """Note a signal on which nobody acts."""
        if len(self._waiting) >= _MOST_WAITING:
            self._uncounted += 1
            return
        body = arrival.body[:LONGEST_BODY]
        row = SignalRow(
            0, self._clock(), bot_id, arrival.way, arrival.sender[:200], "", status, said_to_json(why), body
        )
        self._waiting.append(row)
        self._tell(row)
        if not self._is_writing:
            self._is_writing = True
            self._crew.spawn(self._write_soon(), "signal log")

    async def decided(self, arrival: Arrival, bot_id: int, key: str, status: int, verdict: Said) -> None:
        """Add to the line that the decision wrote from where the signal had come."""
        body = arrival.body[:LONGEST_BODY]
        row = SignalRow(
            0, self._clock(), bot_id, arrival.way, arrival.sender[:200], key, status, said_to_json(verdict), body
        )
        try:
            await self._store.describe_signal(row)
        except StoreError:
            _log.warning("where a signal came from could not be written down")
        self._tell(row)

    def _tell(self, row: SignalRow) -> None:
        view = view_of(row)
        self._bus.publish(SignalNews(view))
        event = "signal_taken" if view.is_taken else "signal_refused"
        self._bus.publish(
            HappenedNews(row.at, event, bot_id=row.bot_id, status=str(row.status), reason=worded(view.verdict))
        )

    async def flush(self) -> None:
        """Write what waits."""
        rows = tuple(self._waiting)
        self._waiting.clear()
        if self._uncounted:
            more = said_to_json(said("signal_flood", count=self._uncounted))
            rows += (SignalRow(0, self._clock(), NOBODY, "hook", "", "", 429, more),)
            self._uncounted = 0
        if rows:
            try:
                await self._store.note_signals(rows)
            except StoreError:
                _log.warning("%d refused signals could not be written down", len(rows))

    async def _write_soon(self) -> None:
        while self._waiting or self._uncounted:
            await self._sleep(_EVERY_SECONDS)
            await self.flush()
        self._is_writing = False


def view_of(row: SignalRow) -> SignalView:
    return SignalView(
        row.line, row.at, row.bot_id, row.way, row.sender, row.status, said_from_json(row.said_json), row.body
    )
