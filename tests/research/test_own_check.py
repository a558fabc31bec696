"""The look-ahead check: who decides from the past passes; who knows the future, or throws dice, is named."""

from typing import Any

import numpy as np
import pytest

from desktop_app.core.columns import Candles
from desktop_app.core.strategies.python_settings import PythonSettings
from desktop_app.own.folder import StrategyFile
from desktop_app.research import own_check
from desktop_app.research.backtest import BacktestRefused, BacktestResult, BacktestRules
from desktop_app.research.own_check import OwnCheck, check_own
from desktop_app.research.own_trial import try_own
from tests.own.played import PlayedProcess
from tests.research.test_own_trial import MARKET, NOSY, _candles

RULES = BacktestRules(60_000)
# What no strategy can have: the candles of the whole run, of which it looks one further than it may.
PEEK = """
import numpy
from strongroom import buy, sell

def on_event(settings, state, event, view):
    if event.kind != "candle":
        return state, []
    whole = numpy.whole_run
    ahead = int(whole.at.searchsorted(event.at))
    is_rising = ahead < len(whole) and whole.close[ahead] > whole.open[ahead]
    if is_rising and not view.has_position:
        return state, [buy(quote=50)]
    return state, [sell()] if view.has_position and not is_rising else []
"""
DICE = """
import itertools
import numpy
from strongroom import buy

def on_event(settings, state, event, view):
    return next(numpy.dice), []
"""


@pytest.fixture(autouse=True)
def _played(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop_app.own.asking.StrategyProcess", PlayedProcess)


def _check(text: str, candles: Candles, **more: Any) -> OwnCheck:
    settings = PythonSettings.model_validate(
        {"name": "own", "account": "demo", "pairs": ["BTC/USDT"], "file": "own.py", "max_funds": "500"}
        | {"timeframe": "1m", "history": 20}
        | more
    )
    return check_own(settings, candles, MARKET, RULES, StrategyFile("own.py", text))


@pytest.mark.parametrize("timeframe", ["1m", "3m"])
def test_who_decides_from_the_past_passes(timeframe: str) -> None:
    found = _check(NOSY, _candles(150), timeframe=timeframe)

    assert found.is_sound and found.cuts == 8 and found.decisions > 100


def test_who_knows_the_next_candle_is_named_with_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    def try_with_foresight(settings: Any, candles: Candles, *rest: Any, **more: Any) -> BacktestResult:
        monkeypatch.setattr(np, "whole_run", candles, raising=False)
        return try_own(settings, candles, *rest, **more)

    monkeypatch.setattr(own_check, "try_own", try_with_foresight)
    candles = _candles(150)

    found = _check(PEEK, candles)

    assert found.peeked is not None and found.wavered is None and not found.is_sound
    peeked = int(candles.at.searchsorted(found.peeked.at))
    assert candles.close[peeked] > candles.open[peeked], "the candle that it should not have known"
    assert "buy" in found.peeked.shown and "buy" not in found.peeked.hidden


def test_who_throws_dice_is_not_taken_for_a_peeker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(np, "dice", iter(range(100_000)), raising=False)
    candles = _candles(50)

    found = _check(DICE, candles)

    assert found.wavered is not None and found.peeked is None
    assert found.wavered.at == int(candles.at[0])


def test_who_decides_nothing_passes_too() -> None:
    assert _check("def on_event(settings, state, event, view):\n    return state, []\n", _candles(40)).is_sound


def test_who_fails_is_refused() -> None:
    with pytest.raises(BacktestRefused):
        _check("def on_event(settings, state, event, view):\n    return 1 / 0\n", _candles(40))


def test_progress_is_told_run_by_run() -> None:
    told: list[tuple[int, int]] = []
    settings = PythonSettings.model_validate(
        {"name": "own", "account": "demo", "pairs": ["BTC/USDT"], "file": "own.py", "max_funds": "500"}
        | {"timeframe": "1m", "history": 20}
    )
    check_own(
        settings, _candles(100), MARKET, RULES, StrategyFile("own.py", NOSY), cuts=3,
        progress=lambda done, total: told.append((done, total)),
    )  # fmt: skip

    assert told[-1] == (5, 5) and [done for done, _ in told] == sorted(done for done, _ in told)
