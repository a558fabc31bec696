"""A worker's part: one choice of settings on one stretch of candles."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from desktop_app.core.gathering import rows
from desktop_app.core.settings import Settings
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.research import judging
from desktop_app.research.goals import Limits
from desktop_app.research.judging import Interrupted, Task, Workbench, make_job
from desktop_app.research.kernel import jit
from desktop_app.research.report import make_report
from desktop_app.research.search import Engine
from desktop_app.research.space import Point
from desktop_app.research.trial import try_settings
from tests.research.searches import MARKET, RULES, SETTINGS, candles, search

D = Decimal
ONE = Point((("take_profit.percent", D("0.6")),))
NO_BOT = Point((("take_profit.percent", D(-1)),))
TOO_SMALL = Point((("base_order.volume", D(1)),))


TRAILING = DcaSettings.model_validate(
    SETTINGS.model_dump(mode="json") | {"stop_loss": {"percent": "5", "trailing": True}}
)
GRID = GridSettings.model_validate(
    {
        "name": "a grid",
        "account": "demo",
        "pairs": ["BTC/USDT"],
        "grid": {"lower": "97", "upper": "103", "lines": 7, "volume_per_line": "50"},
    }
)


def bench(engine: Engine, **changes: Any) -> Workbench:
    job = make_job(SETTINGS, candles(), MARKET, RULES, search(**changes), 1)
    assert job.engine == "hop"
    return Workbench(replace(job, engine=engine))


@pytest.mark.parametrize("engine", ["core", "hop"])
def test_a_point_is_judged_on_its_stretches_alone(engine: Engine) -> None:
    judged = bench(engine, limits=Limits(min_deals=1000)).work(Task((ONE, NO_BOT, TOO_SMALL), (0, 100), (100, 240)))

    trial, no_bot, too_small = judged.trials
    assert no_bot is None and too_small is None
    assert trial is not None and trial.broken == ("min-deals",)
    assert trial.is_checked is (engine == "core")
    settings = DcaSettings.model_validate(ONE.applied_to(SETTINGS.model_dump(mode="json")))
    for summary, stretch in ((trial.summary, (0, 100)), (trial.unseen, (100, 240))):
        assert make_report(try_settings(settings, rows(candles(), *stretch), MARKET, RULES)).summary == summary


def test_indicators_are_ready_at_the_first_candle_of_a_stretch() -> None:
    slow = {"indicator": "rsi", "timeframe": "1m", "length": 50, "trigger": "greater_than", "value": 1}
    data = SETTINGS.model_dump(mode="json") | {"start": {"mode": "conditions", "all": [slow]}}
    job = make_job(DcaSettings.model_validate(data), candles(), MARKET, RULES, search(), 1)

    first_deal = Workbench(job).run(ONE, (100, 240)).deals[0]

    assert first_deal.opened_at == candles().at[100]
    hopped, played = (Workbench(job).judge(ONE, (100, 240), None, by_core=by_core) for by_core in (False, True))
    assert hopped is not None and played is not None and not hopped.is_checked
    assert hopped.summary == played.summary


def test_nobody_waits_for_a_compiler_longer_than_for_the_core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jit, "HAS_COMPILER", True)
    monkeypatch.setattr(jit, "cache_folder", lambda: tmp_path)

    def engines(settings: Settings = TRAILING) -> list[str]:
        works = (10_000_000, 50_000_000, 500_000_000)
        return [make_job(settings, candles(), MARKET, RULES, search(), work).engine for work in works]

    assert engines() == ["core", "core", "compiled"]
    (tmp_path / "something").mkdir()
    assert engines() == ["core", "core", "compiled"]
    judging._note_compiled.__wrapped__("dca")
    assert engines() == ["core", "compiled", "compiled"]
    assert engines(SETTINGS) == ["hop", "hop", "compiled"]  # it waits for less meanwhile
    monkeypatch.setattr(jit, "HAS_COMPILER", False)
    assert engines() == ["core"] * 3
    assert engines(GRID) == ["hop"] * 3
    assert engines(SETTINGS) == ["hop"] * 3


def test_a_stop_ends_a_run_in_its_middle() -> None:
    asked = 0

    def is_stopped() -> bool:
        nonlocal asked
        asked += 1
        return asked > 2

    engines: tuple[Engine, ...] = ("core", "hop")
    for engine in engines:
        asked = 0
        stopped = Workbench(bench(engine).job, is_stopped)
        with pytest.raises(Interrupted):
            stopped.judge(ONE, (0, 240), None)
