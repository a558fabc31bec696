"""A strategy is shown what it may know, once, and its process only what is new."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from desktop_app.core.columns import Candles
from desktop_app.core.events import StrategyAnswered, StrategyFailed
from desktop_app.core.strategies.own import CandleClosed, Facts
from desktop_app.core.strategies.python_settings import PythonSettings
from desktop_app.core.strategy import Question
from desktop_app.own.asking import Asker, window
from desktop_app.own.folder import StrategyFile
from desktop_app.own.process import StrategyTrouble

D = Decimal
MINUTE = 60_000
SETTINGS = PythonSettings(
    name="x", account="a", pairs=("BTC/USDT",), file="x.py", max_funds=D(100), timeframe="1m", history=3
)
FACTS = Facts("BTC/USDT", D(0), D(0), D(0), D(100), None)


class Recorder:
    """A process that remembers what it was asked."""

    def __init__(self, *_: object, **__: object) -> None:
        self.asked: list[dict[str, Any]] = []
        self.trouble: StrategyTrouble | None = None
        self.wrong: tuple[tuple[str, str], ...] = ()

    def start(self) -> None: ...

    def check(self, _options: object) -> tuple[tuple[str, str], ...]:
        return self.wrong

    def ask(self, request: dict[str, Any]) -> str:
        self.asked.append(request)
        if self.trouble is not None:
            raise self.trouble
        return '{"state": "null", "actions": []}'

    def close(self) -> None: ...


def _candles(count: int) -> Candles:
    column = np.arange(1.0, count + 1)
    return Candles(np.arange(count, dtype=np.int64) * MINUTE, column, column, column, column, column)


def _question(until: int) -> Question:
    return Question("BTC/USDT", 4, CandleClosed(until), until, D(5), "null", FACTS)


@pytest.fixture
def asker(monkeypatch: pytest.MonkeyPatch) -> Asker:
    monkeypatch.setattr("desktop_app.own.asking.StrategyProcess", Recorder)
    return Asker(StrategyFile("x.py", ""), SETTINGS)


def _asked(asker: Asker) -> Recorder:
    process: Any = asker._process
    assert isinstance(process, Recorder)
    return process


def test_the_window_ends_with_the_last_candle_that_has_closed() -> None:
    assert window(_candles(10), SETTINGS, 5 * MINUTE).at.tolist() == [2 * MINUTE, 3 * MINUTE, 4 * MINUTE]
    assert window(_candles(10), SETTINGS, 5 * MINUTE - 1).at.tolist() == [MINUTE, 2 * MINUTE, 3 * MINUTE]


def test_only_new_candles_are_sent_and_all_after_a_gap(asker: Asker) -> None:
    asker.start()
    for until in (3, 4, 4, 9):
        answer = asker.ask(_question(until * MINUTE), window(_candles(10), SETTINGS, until * MINUTE), 7)
        assert isinstance(answer, StrategyAnswered) and (answer.number, answer.price, answer.at) == (4, D(5), 7)

    sent = [(request["anew"], [int(row[0]) // MINUTE for row in request["candles"]]) for request in _asked(asker).asked]
    assert sent == [(True, [0, 1, 2]), (False, [3]), (False, []), (True, [6, 7, 8])]


def test_a_look_ahead_is_a_bug(asker: Asker) -> None:
    with pytest.raises(AssertionError, match="look ahead"):
        asker.ask(_question(3 * MINUTE), _candles(4), 7)


def test_trouble_becomes_an_event_and_wrong_settings_are_trouble(asker: Asker) -> None:
    _asked(asker).trouble = StrategyTrouble("raised", "ValueError", 9)
    answer = asker.ask(_question(3 * MINUTE), _candles(3), 7)
    assert answer == StrategyFailed("BTC/USDT", 4, "raised", "line 9", "ValueError", 7)
    _asked(asker).wrong = (("options.a", "is missing"),)
    with pytest.raises(StrategyTrouble, match=r"options\.a is missing"):
        asker.start()
