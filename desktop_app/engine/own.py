"""Strategies of one's own at work: a process for each bot, the candles that it is shown, and the user's consent."""

import asyncio
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from desktop_app.core.columns import Candles
from desktop_app.core.events import StrategyAnswered, StrategyFailed
from desktop_app.core.strategies.python_settings import PythonSettings
from desktop_app.core.strategy import Question
from desktop_app.engine.problem import BAD_INPUT, FAILED, REFUSED_FOR_SAFETY, BadBotFile, problem
from desktop_app.engine.shapes import Desk
from desktop_app.engine.views import StrategyView
from desktop_app.exchange.protocol import Refused, Unreachable
from desktop_app.own.folder import NoStrategy, StrategyFile, StrategyFolder
from desktop_app.own.process import ANSWER_SECONDS, Description, StrategyProcess, StrategyTrouble

if TYPE_CHECKING:
    from desktop_app.own.asking import Asker

_log = logging.getLogger(__name__)
_TRIES = (0.5, 1.5, 3.0)  # seconds between asking an exchange for a candle that has just closed


class OwnStrategies:
    """All that blocks is done on threads; the processes end with the engine."""

    def __init__(self, folder: StrategyFolder, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self.folder = folder
        self._answer_seconds = answer_seconds
        self._askers: dict[int, Asker] = {}

    # --- for bots at work

    async def answer(
        self, desk: Desk, bot_id: int, settings: PythonSettings, question: Question
    ) -> StrategyAnswered | StrategyFailed | None:
        """What the strategy says; None while its candles cannot be had: then it is asked again later."""
        from desktop_app.own.asking import failed

        at = desk.exchange.now()
        try:
            asker = await self._asker(bot_id, settings)
        except StrategyTrouble as trouble:
            return failed(question, trouble, at)
        try:
            candles = await self._candles(desk, settings, question)
        except (Unreachable, Refused) as error:
            _log.info("the strategy of bot %s waits for candles: %s", bot_id, error)
            return None
        answer = await asyncio.to_thread(asker.ask, question, candles, desk.exchange.now())
        if isinstance(answer, StrategyFailed):
            await self.forget(bot_id)
        return answer

    async def forget(self, bot_id: int) -> None:
        """The bot rests: its process ends."""
        asker = self._askers.pop(bot_id, None)
        if asker is not None:
            await asyncio.to_thread(asker.close)

    async def close(self) -> None:
        for bot_id in tuple(self._askers):
            await self.forget(bot_id)

    # --- for people

    async def views(self) -> tuple[StrategyView, ...]:
        """The files of the folder, and which of them may run as they are now."""
        return await asyncio.to_thread(self._views)

    async def add(self, name: str, text: str) -> StrategyView:
        """Put a new file into the folder; it may not run yet. Raises Problem: there is one of this name."""
        file = StrategyFile(name, text)
        try:
            if await asyncio.to_thread((self.folder.path / name).exists):
                raise problem("own_is_there", BAD_INPUT, file=name)
            await asyncio.to_thread(self.folder.keep, file)
        except OSError as error:
            raise problem("own_not_written", FAILED, file=name, reason=error.strerror or str(error)) from None
        return self._view(file)

    async def describe(self, name: str) -> Description:
        """What a trusted strategy says of itself. Raises Problem."""
        file = await self._trusted(name)
        return await asyncio.to_thread(_described, file)

    async def trust(self, name: str, digest: str, at: int) -> None:
        """Agree to run the file as it was shown. Raises Problem: it is another by now, or no strategy."""
        file = await self._read(name)
        if file.digest != digest:
            raise problem("own_changed_meanwhile", REFUSED_FOR_SAFETY, file=name)
        await asyncio.to_thread(_described, file)
        try:
            await asyncio.to_thread(self.folder.trust, file, at)
        except OSError as error:
            raise problem("own_no_consent_kept", FAILED, file=name, reason=error.strerror or str(error)) from None

    async def must_run(self, settings: PythonSettings) -> None:
        """Before a start: the file is there, trusted, and takes the settings. Raises Problem."""
        file = await self._trusted(settings.file)
        wrong = await asyncio.to_thread(_wrong, file, settings.options)
        if wrong:
            raise BadBotFile(wrong)

    # --- inside

    async def _asker(self, bot_id: int, settings: PythonSettings) -> "Asker":
        """Raises StrategyTrouble."""
        from desktop_app.own.asking import Asker

        known = self._askers.get(bot_id)
        if known is not None and known.settings == settings:
            return known
        await self.forget(bot_id)
        try:
            file = await asyncio.to_thread(self.folder.read, settings.file)
        except NoStrategy as error:
            raise StrategyTrouble("missing", str(error)) from None
        if not await asyncio.to_thread(self.folder.is_trusted, file):
            raise StrategyTrouble("changed", "")
        asker = Asker(file, settings, answer_seconds=self._answer_seconds)
        try:
            await asyncio.to_thread(asker.start)
        except BaseException:
            await asyncio.to_thread(asker.close)
            raise
        self._askers[bot_id] = asker
        return asker

    async def _candles(self, desk: Desk, settings: PythonSettings, question: Question) -> Candles:
        """The newest candles that have closed; an exchange may tell of the last one only a moment later."""
        from desktop_app.own.asking import window

        every, until = settings.every_ms, question.until
        start = until - settings.history * every
        pauses = iter(_TRIES)
        while True:
            told = await desk.exchange.candles(question.symbol, settings.timeframe, start, until)
            found = window(told, settings, until)
            is_there = len(found) > 0 and int(found.at[-1]) == until - every
            pause = next(pauses, None)
            if is_there or desk.exchange.is_simulated or pause is None:
                return found
            await desk.sleep(pause)

    async def _read(self, name: str) -> StrategyFile:
        try:
            return await asyncio.to_thread(self.folder.read, name)
        except NoStrategy:
            raise problem("own_not_there", BAD_INPUT, file=name, folder=str(self.folder.path)) from None

    async def _trusted(self, name: str) -> StrategyFile:
        file = await self._read(name)
        if not await asyncio.to_thread(self.folder.is_trusted, file):
            raise problem("own_not_trusted", REFUSED_FOR_SAFETY, file=name)
        return file

    def _views(self) -> tuple[StrategyView, ...]:
        views: list[StrategyView] = []
        for name in self.folder.names():
            try:
                file = self.folder.read(name)
            except NoStrategy:
                continue
            views.append(self._view(file))
        return tuple(views)

    def _view(self, file: StrategyFile) -> StrategyView:
        path = str(self.folder.path / file.name)
        return StrategyView(file.name, file.digest, self.folder.is_trusted(file), path)


def _described(file: StrategyFile) -> Description:
    try:
        with StrategyProcess(file) as process:
            return process.start()
    except StrategyTrouble as trouble:
        raise problem("own_unusable", FAILED, file=file.name, place=trouble.place, error=trouble.error) from None


def _wrong(file: StrategyFile, options: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    try:
        with StrategyProcess(file) as process:
            process.start()
            return process.check(dict(options))
    except StrategyTrouble as trouble:
        raise problem("own_unusable", FAILED, file=file.name, place=trouble.place, error=trouble.error) from None
