"""Workers of this computer; processes are tried by the tests of the optimiser."""

import tempfile
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from desktop_app.research import crew as crew_module
from desktop_app.research.crew import LocalCrew
from desktop_app.research.judging import Judged, Task, Workbench, make_job
from tests.research.searches import MARKET, RULES, SETTINGS, SPACE, candles, search

JOB = make_job(SETTINGS, candles(), MARKET, RULES, search(), 10**8)
TASK = Task(tuple(SPACE.points())[:2], (0, 200), (200, 240))


def test_compiled_work_is_done_by_threads_of_this_process() -> None:
    with LocalCrew(replace(JOB, engine="compiled"), 2) as crew:
        assert crew.submit(replace(TASK, points=())).result().trials == ()


def test_brief_work_waits_for_no_process() -> None:
    brief = make_job(SETTINGS, candles(), MARKET, RULES, search(), 10**7)
    assert brief.is_brief and not JOB.is_brief
    with LocalCrew(brief, 2) as crew:
        assert isinstance(crew._pool, ThreadPoolExecutor)
        assert crew.submit(TASK).result().trials == Workbench(JOB).work(TASK).trials


def test_a_failure_outside_gives_up_what_waits() -> None:
    waiting: list[Future[Judged]] = []

    def fails() -> None:
        with LocalCrew(JOB, 1) as crew:
            waiting.extend(crew.submit(TASK) for _ in range(50))
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    assert waiting[-1].cancelled()


def test_processes_read_one_file_of_candles_which_goes_with_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with LocalCrew(JOB, 2) as crew:
        first, second = (crew.submit(TASK) for _ in range(2))
        assert first.result().trials == second.result().trials == Workbench(JOB).work(TASK).trials
        assert len([*tmp_path.glob("*/candles.npy")]) == 1
    assert [*tmp_path.iterdir()] == []


def test_without_a_place_for_the_file_the_candles_are_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> NoReturn:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(crew_module, "share", full)
    with LocalCrew(JOB, 2) as crew:
        assert crew._shared(JOB) == (JOB, None)
