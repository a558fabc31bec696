"""A strategy of one's own in the past: the same answer twice, nothing of the future, and failures told."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from desktop_app.core.columns import Candles
from desktop_app.core.market import Market
from desktop_app.core.strategies.python_settings import PythonSettings
from desktop_app.own.folder import StrategyFile, StrategyFolder
from desktop_app.research.backtest import BacktestRefused, BacktestResult, BacktestRules
from desktop_app.research.own_trial import trusted_file, try_own
from tests.own.played import PlayedProcess

D = Decimal
MARKET = Market("BTC/USDT", "BTC", "USDT", D("0.01"), D("0.00001"))
# Looks at everything that it is shown, so that a glimpse of the future would change what it does.
NOSY = """
from strongroom import buy, ema, rsi, sell, stop, targets

def on_event(settings, state, event, view):
    seen = float(view.candles.close.sum() + view.candles.high.sum() * 3 + view.candles.volume.sum() * 7)
    if event.kind == "filled" and event.side == "buy":
        return seen, [targets((view.average * 1003 / 1000, 100)), stop(view.average * 995 / 1000)]
    strength = rsi(view.candles.close, 5)
    if strength is not None and not view.has_position and int(seen * 1000) % 3 == 0:
        return seen, [buy(quote=50 + int(seen) % 50)]
    if view.has_position and int(seen * 1000) % 7 == 0:
        return seen, [sell()]
    return seen, []
"""


@pytest.fixture(autouse=True)
def _played(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop_app.own.asking.StrategyProcess", PlayedProcess)


def _candles(count: int, seed: int = 3) -> Candles:
    chance = np.random.default_rng(seed)
    close = np.round(100 + chance.normal(0, 0.2, count).cumsum(), 2)
    open_ = np.concatenate(([100.0], close[:-1]))
    high = np.round(np.maximum(open_, close) + 0.05, 2)
    low = np.round(np.minimum(open_, close) - 0.05, 2)
    at = 1_700_000_100_000 // 60_000 * 60_000 + np.arange(count, dtype=np.int64) * 60_000
    return Candles(at, open_, high, low, close, chance.uniform(1, 9, count))


def _try(candles: Candles, text: str = NOSY, **more: Any) -> BacktestResult:
    given: dict[str, Any] = {
        "name": "own", "account": "demo", "pairs": ["BTC/USDT"], "file": "own.py", "max_funds": "500",
        "timeframe": "3m", "history": 20,
    }  # fmt: skip
    settings = PythonSettings.model_validate(given | more)
    return try_own(settings, candles, MARKET, BacktestRules(60_000), StrategyFile("own.py", text))


def test_the_same_past_gives_the_same_trades() -> None:
    candles = _candles(400)
    first, second = _try(candles), _try(candles)

    assert len(first.trades) > 10 and first.trades == second.trades and first.deals == second.deals


@pytest.mark.parametrize("cut", [100, 101, 233])
def test_another_future_changes_no_decision_of_the_past(cut: int) -> None:
    candles = _candles(400)
    shifted = {
        name: np.concatenate((getattr(candles, name)[:cut], getattr(candles, name)[cut:] * 1.5))
        for name in ("open", "high", "low", "close", "volume")
    }

    one, other = _try(candles), _try(replace(candles, **shifted))

    before = [trade for trade in one.trades if trade.index < cut]
    assert len(before) > 3
    assert before == [trade for trade in other.trades if trade.index < cut]
    assert one.trades != other.trades


def test_a_strategy_that_fails_on_the_way_refuses_the_test_in_a_sentence() -> None:
    with pytest.raises(BacktestRefused) as caught:
        _try(
            _candles(100),
            "def on_event(settings, state, event, view):\n    return state, [] if view.at % 2 else 1 / 0\n",
        )
    (problem,) = caught.value.problems
    assert (problem.place, problem.reason.code) == ("file", "own_raised")


def test_what_it_cannot_be_asked_with_is_refused_before() -> None:
    with pytest.raises(BacktestRefused) as caught:
        _try(_candles(50), timeframe="1m", options={"x": 1})
    assert caught.value.problems[0].reason.code == "own_broken"
    coarse = BacktestRules(300_000)
    settings = PythonSettings(name="own", account="demo", pairs=("BTC/USDT",), file="own.py", max_funds=D(500))
    settings = settings.model_copy(update={"timeframe": "3m"})
    with pytest.raises(BacktestRefused) as caught:
        try_own(settings, _candles(50), MARKET, coarse, StrategyFile("own.py", NOSY))
    assert caught.value.problems[0].reason.code == "own_needs_finer"


def test_only_trusted_files_are_run(tmp_path: Any) -> None:
    folder = StrategyFolder(tmp_path)
    with pytest.raises(BacktestRefused) as caught:
        trusted_file(folder, "dip.py")
    assert caught.value.problems[0].reason.code == "own_not_there"
    file = StrategyFile("dip.py", NOSY)
    folder.keep(file)
    with pytest.raises(BacktestRefused) as caught:
        trusted_file(folder, "dip.py")
    assert caught.value.problems[0].reason.code == "own_not_trusted"
    folder.trust(file, 0)
    assert trusted_file(folder, "dip.py") == file
