"""Workers of this computer; processes are tried by the tests of the optimiser."""

from concurrent.futures import Future
from dataclasses import replace

import pytest

from desktop_app.research.crew import LocalCrew
from desktop_app.research.judging import Judged, Task, make_job
from tests.research.searches import MARKET, RULES, SETTINGS, SPACE, candles, search

JOB = make_job(SETTINGS, candles(), MARKET, RULES, search(), 1)
TASK = Task(tuple(SPACE.points())[:2], (0, 200), (200, 240))


def test_compiled_work_is_done_by_threads_of_this_process() -> None:
    with LocalCrew(replace(JOB, engine="compiled"), 2) as crew:
        assert crew.submit(replace(TASK, points=())).result().trials == ()


def test_a_failure_outside_gives_up_what_waits() -> None:
    waiting: list[Future[Judged]] = []

    def fails() -> None:
        with LocalCrew(JOB, 1) as crew:
            waiting.extend(crew.submit(TASK) for _ in range(50))
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    assert waiting[-1].cancelled()
