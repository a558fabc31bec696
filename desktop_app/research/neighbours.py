"""Whether the best settings stand on a plateau or on a peak: what becomes of them one step to each side."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf

from desktop_app.research.search import Trial
from desktop_app.research.space import Point, Space

NEAR = 0.1  # a score that much lower than the best one, of the best one, is as good
_ENOUGH = 0.5  # share of such neighbours that makes a plateau


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A point one step away in `setting`; `score` None: it makes no bot, or what it scores is undefined."""

    setting: str
    point: Point
    score: float | None


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """`share` of the neighbours that come within 10 % of the score; None without any: nothing but choices varies."""

    score: float
    neighbours: tuple[Neighbour, ...]

    @property
    def share(self) -> float | None:
        if not self.neighbours:
            return None
        least = self.score - NEAR * abs(self.score)
        near = sum(1 for one in self.neighbours if one.score is not None and one.score >= least)
        return near / len(self.neighbours)

    @property
    def is_plateau(self) -> bool | None:
        return None if self.share is None else self.share >= _ENOUGH

    @property
    def worst(self) -> float | None:
        return min((one.score for one in self.neighbours if one.score is not None), default=None)


def neighbours_of(space: Space, point: Point) -> tuple[tuple[str, Point], ...]:
    """The points one step up or down in one numeric setting. Another choice of a list of words is another bot."""
    values = dict(point.values)
    found = []
    for one in space.dimensions:
        if not one.is_number:
            continue
        ascending = sorted(one.values)  # a list of numbers may stand in any order
        at = ascending.index(values[one.name])
        for place in (at - 1, at + 1):
            if 0 <= place < len(ascending):
                moved = {**values, one.name: ascending[place]}
                found.append((one.name, Point(tuple(moved.items()))))
    return tuple(found)


def neighbourhood_of(
    space: Space, best: Trial, known: Mapping[Point, Trial], judge: Callable[[Point], Trial | None]
) -> Neighbourhood:
    """What is not `known` is judged."""
    found = []
    for name, point in neighbours_of(space, best.point):
        trial = known[point] if point in known else judge(point)
        score = None if trial is None or trial.score == -inf else trial.score
        found.append(Neighbour(name, point, score))
    return Neighbourhood(best.score, tuple(found))
