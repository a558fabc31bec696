"""Where points come from: none twice, and the same for the same seed whoever is done first."""

from math import inf

import pytest

from desktop_app.research.goals import Limits
from desktop_app.research.sampling import Source, make_source
from desktop_app.research.search import Search, Trial
from desktop_app.research.space import Point, read_space
from tests.research.searches import D, search, summary

WIDE = read_space(
    '[a]\nb = { low = 0, high = 30, step = 1 }\nc = { low = 0, high = 30, step = 1 }\nd = { values = ["x", "y"] }\n'
)


def judged(one: Search, point: Point) -> Trial | None:
    """A hill at b = 20, c = 10; nothing at all where b is 0."""
    values = dict(point.values)
    b, c = values["a.b"], values["a.c"]
    assert isinstance(b, D) and isinstance(c, D)
    if not b:
        return None
    height = -float((b - 20) ** 2 + (c - 10) ** 2)
    scores = (height, float(b) if c else -inf)[: len(one.objectives)]
    return Trial(point, summary(max_funds_quote=10 * b), None, scores)


def drawn(one: Search, total: int, *, at_once: int = 1) -> list[Point]:
    """All points of a source, told of in groups whose last comes first."""
    source: Source = make_source(one, total)
    points: list[Point] = []
    waiting: list[Point] = []
    while True:
        waiting += source.take(at_once - len(waiting))
        if not waiting:
            return points
        point = waiting.pop()
        points.append(point)
        source.tell(point, judged(one, point))


def test_a_grid_gives_the_points_in_order() -> None:
    assert make_source(search(), 12).take(20) == tuple(search().space.points())


@pytest.mark.parametrize("goals", [("profit_quote",), ("profit_quote", "sharpe")])
@pytest.mark.parametrize("sampler", ["random", "tpe", "nsga2"])
def test_points_hang_on_the_seed_and_not_on_who_is_done_first(sampler: str, goals: tuple[str, ...]) -> None:
    if sampler == "nsga2" and len(goals) == 1:
        return
    limits = Limits(max_funds=D(250))
    one = search(WIDE, sampler=sampler, objectives=goals, seed=7, limits=limits)

    once, again = drawn(one, 30), drawn(one, 30, at_once=4)

    assert len(once) == len(set(once)) == 30
    assert set(once) == set(again)
    assert set(drawn(search(WIDE, sampler=sampler, objectives=goals, seed=8), 30)) != set(once)


def test_a_learning_sampler_comes_nearer_to_the_best() -> None:
    one = search(WIDE, sampler="tpe")
    trials = [judged(one, point) for point in drawn(one, 80)]

    early = [trial.score for trial in trials[:30] if trial]
    late = [trial.score for trial in trials[-30:] if trial]
    assert sum(late) / len(late) > sum(early) / len(early) / 2


@pytest.mark.parametrize("sampler", ["random", "tpe"])
def test_a_small_space_is_drawn_empty_and_no_more(sampler: str) -> None:
    small = read_space("[a]\nb = { low = 1, high = 4, step = 1 }\nc = { values = [5, 6] }\n")

    points = drawn(search(small, sampler=sampler), 8)

    assert len(points) == len(set(points)) == 8
