"""Keeps the computer awake while bots are at work, if that is switched on, and says whether it does."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

from desktop_app.gui.bridge import Bridge
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.known import Known
from desktop_app.gui.system.unable import Unable
from desktop_app.gui.system.wakefulness import Wakefulness, wakefulness

if TYPE_CHECKING:
    from desktop_app.config import AppSettings

State = Literal["off", "allowed", "held", "failed"]
_log = logging.getLogger(__name__)
_SECONDS = 15.0


class AwakeWatch(QObject):
    """All that may block runs on one thread of its own: the window never waits, and Windows wants the same one."""

    changed = Signal()

    def __init__(
        self, bridge: Bridge, parent: QObject | None = None, *, make: Callable[[], Wakefulness] = wakefulness
    ) -> None:
        super().__init__(parent)
        self.state: State = "off"
        self._bridge, self._make = bridge, make
        self._way: Wakefulness | None = None
        self._is_on = self._is_wanted = False
        self._problem: Unable | None = None
        self._thread = _Thread()
        for told in (bridge.bots_changed, bridge.bots_gone, bridge.deals_changed, bridge.reloaded):
            told.connect(self._look)

    def follow(self, settings: AppSettings) -> None:
        if settings.keeps_awake != self._is_on:
            self._is_on = settings.keeps_awake
            self._look()

    def sentence(self) -> str:
        """What is so now, and why."""
        match self.state:
            case "off":
                return tr("Off: the computer sleeps as its own settings say. Bots do nothing meanwhile.")
            case "allowed":
                return tr("No bot is at work now, so sleep is allowed.")
            case "held":
                return tr("Bots are at work: this computer does not fall asleep by itself. The screen may go dark.")
            case "failed":
                return self._problem.sentence() if self._problem is not None else ""

    def stop(self) -> None:
        """Let the computer sleep again; the application ends."""
        self._is_on = False
        self._thread.do(self._let_go)

    # --- inside

    def _look(self, *_: object) -> None:
        is_wanted = self._is_on and is_at_work(self._bridge.known)
        if is_wanted != self._is_wanted:
            self._is_wanted = is_wanted
            self._bridge.spawn(self._settle(is_wanted), tr("keeping the computer awake"))
        elif not is_wanted:
            self._become("allowed" if self._is_on else "off")

    async def _settle(self, is_wanted: bool) -> None:
        """One at a time on its thread, so that the last wish is the last deed."""
        work = self._thread.do(self._hold if is_wanted else self._let_go)
        try:
            async with asyncio.timeout(_SECONDS):
                problem = await asyncio.shield(asyncio.wrap_future(work))
        except TimeoutError:
            problem = Unable(tr_later("The system does not answer, so this computer may fall asleep."))
        if is_wanted != self._is_wanted:
            return  # a later wish tells how it is
        self._problem = problem
        if not is_wanted:
            self._become("allowed" if self._is_on else "off")
        else:
            self._become("held" if problem is None else "failed")

    def _hold(self) -> Unable | None:
        if self._way is None:
            self._way = self._make()
        try:
            self._way.hold()
        except Unable as problem:
            _log.warning("the computer cannot be kept awake: %s", problem)
            return problem
        return None

    def _let_go(self) -> Unable | None:
        if self._way is not None:
            self._way.let_go()
        return None

    def _become(self, state: State) -> None:
        if state != self.state or state == "failed":
            self.state = state
            self.changed.emit()


class _Thread:
    """One thing after the other, all on one thread, which holds up nobody's end: a service may never answer."""

    def __init__(self) -> None:
        self._works: SimpleQueue[tuple[Future[Unable | None], Callable[[], Unable | None]]] = SimpleQueue()
        self._is_started = False

    def do(self, work: Callable[[], Unable | None]) -> Future[Unable | None]:
        if not self._is_started:
            self._is_started = True
            threading.Thread(target=self._run, name="awake", daemon=True).start()
        future: Future[Unable | None] = Future()
        self._works.put((future, work))
        return future

    def _run(self) -> None:
        while True:
            future, work = self._works.get()
            try:
                future.set_result(work())
            except Exception as error:  # noqa: BLE001 - whoever asked gets it
                future.set_exception(error)


def is_at_work(known: Known) -> bool:
    """Whether anything depends on this computer: a bot that may open deals, or one whose deals are open still.

    A paused or stopped bot whose deal goes on counts: its stop loss and its next orders are watched from here.
    """
    return any(bot.status == "running" for bot in known.bots.values()) or bool(known.open_deals())
