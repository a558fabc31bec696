"""Asks a strategy on behalf of a bot: shows it the candles that it may know, and turns what comes back into an event.

The engine and the backtest both go through here, so that a strategy sees the same in both.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from desktop_app.core.columns import Candles
from desktop_app.core.events import StrategyAnswered, StrategyFailed
from desktop_app.core.strategies.own import Facts, Told
from desktop_app.core.strategies.python_settings import PythonSettings
from desktop_app.core.strategy import Question
from desktop_app.own.folder import StrategyFile
from desktop_app.own.process import ANSWER_SECONDS, Description, StrategyProcess, StrategyTrouble

_facts: TypeAdapter[Facts] = TypeAdapter(Facts)
_told: TypeAdapter[Told] = TypeAdapter(Told)


class Asker:
    """One bot's strategy at work. It remembers which candles its process has, to send only what is new."""

    def __init__(self, file: StrategyFile, settings: PythonSettings, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self.settings = settings
        self.file = file
        self._process = StrategyProcess(file, answer_seconds=answer_seconds)
        self._shown: dict[str, int] = {}  # when the newest candle that it has of a pair opened

    def start(self) -> Description:
        """Raises StrategyTrouble, also for settings that it does not take."""
        described = self._process.start()
        wrong = self._process.check(self.settings.options)
        if wrong:
            raise StrategyTrouble("broken", "; ".join(f"{place} {reason}" for place, reason in wrong)[:500])
        return described

    def close(self) -> None:
        self._process.close()

    def ask(self, question: Question, candles: Candles, at: int) -> StrategyAnswered | StrategyFailed:
        """`candles`: the newest that closed by `question.until`, as many as the settings say if there are so many."""
        assert not len(candles) or int(candles.at[-1]) + self.settings.every_ms <= question.until, "a look ahead"
        shown = self._shown.get(question.symbol)
        first = int(candles.at.searchsorted(shown, side="right")) if shown is not None else 0
        is_anew = shown is None or (len(candles) > 0 and int(candles.at[0]) > shown)
        request = {
            "options": dict(self.settings.options),
            "history": self.settings.history,
            "told": _told.dump_python(question.told, mode="json"),
            "facts": _facts.dump_python(question.facts, mode="json"),
            "price": str(question.price),
            "state": question.memory,
            "anew": is_anew,
            "candles": rows_of(candles, 0 if is_anew else first),
        }
        try:
            answer = self._process.ask(request)
        except StrategyTrouble as trouble:
            self.close()
            return failed(question, trouble, at)
        if len(candles):
            self._shown[question.symbol] = int(candles.at[-1])
        return StrategyAnswered(question.symbol, question.number, answer, question.price, at)


def failed(question: Question, trouble: StrategyTrouble, at: int) -> StrategyFailed:
    return StrategyFailed(question.symbol, question.number, trouble.code, trouble.place, trouble.error[:500], at)


def rows_of(candles: Candles, first: int) -> list[list[float]]:
    columns = (candles.at, candles.open, candles.high, candles.low, candles.close, candles.volume)
    return [list(row) for row in zip(*(column[first:].tolist() for column in columns), strict=True)]


def window(candles: Candles, settings: PythonSettings, until: int) -> Candles:
    """Of candles in the bot's timeframe, those that it may be shown at this moment."""
    stop = int(candles.at.searchsorted(until - settings.every_ms, side="right"))
    part = slice(max(0, stop - settings.history), stop)
    columns: Mapping[str, Any] = {
        name: getattr(candles, name)[part] for name in ("at", "open", "high", "low", "close", "volume")
    }
    return Candles(**columns)
