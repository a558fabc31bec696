"""A round of trials that ends badly, and the order of what came of it."""

import itertools
from concurrent.futures.process import BrokenProcessPool

import pytest

from desktop_app.research.crew import LocalCrew
from desktop_app.research.hunt import Hunt, ranked
from desktop_app.research.judging import Interrupted, Judged, Task, make_job
from tests.research.searches import MARKET, RULES, SETTINGS, SPACE, D, candles, found, search, trial


@pytest.mark.parametrize(
    ("error", "ending"), [(MemoryError(), "memory"), (BrokenProcessPool(), "workers"), (Interrupted(), "stopped")]
)
def test_what_was_found_before_the_workers_failed_is_kept_and_marked(error: Exception, ending: str) -> None:
    plain = found(search(unseen_percent=D(0)))
    job = make_job(SETTINGS, candles(), MARKET, RULES, search(), 1)
    hunt = Hunt(search(), (0, 240), None, SPACE.size)

    with LocalCrew(job, 1) as crew:
        work, done = crew._work, itertools.count()

        def fails(task: Task) -> Judged:
            if next(done) == 5:
                raise error
            return work(task)

        crew._work = fails
        hunt.run(crew, None, None)

    assert hunt.ending == ending
    assert hunt.trials and set(hunt.trials) < set(plain.trials)


def test_ties_stand_in_the_order_of_their_values() -> None:
    points = list(SPACE.points())[:3]
    trials = [trial(1.0, point=point) for point in points]

    assert ranked(trials[::-1]) == tuple(trials)
    assert ranked([trial(2.0, broken=("max-funds",)), trial(1.0)])[0].score == 1
