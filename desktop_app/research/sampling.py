"""Where the points of a search come from: all in turn, drawn at random, or asked of a sampler that learns."""

import random
from collections import deque
from collections.abc import Iterator
from itertools import islice
from math import inf
from typing import Any, Protocol

from desktop_app.research.search import Search, Trial
from desktop_app.research.space import Point, Space

_MOST_TRIES = 20  # draws for one new random point before the space counts as drawn empty
_ASKED_AHEAD = 8  # points that a learning sampler gives out before it hears of the first
_POPULATIONS = (10, 50)  # of nsga2


class Source(Protocol):
    """Points to try, none twice."""

    is_learning: bool

    def take(self, most: int) -> tuple[Point, ...]:
        """The next ones; fewer, or none, when a learning sampler waits to hear of those before, or at the end."""
        ...

    def tell(self, point: Point, trial: Trial | None) -> None:
        """What became of a point, in any order."""
        ...


def make_source(search: Search, total: int) -> Source:
    if search.sampler == "grid":
        return _Listed(search.space.points(), total)
    if search.sampler == "random":
        return _Listed(_drawn(search.space, search.seed), total)
    return _Learnt(search, total)


class _Listed:
    """Points that hang on no result."""

    is_learning = False

    def __init__(self, points: Iterator[Point], total: int) -> None:
        self._points = islice(points, total)

    def take(self, most: int) -> tuple[Point, ...]:
        return tuple(islice(self._points, most))

    def tell(self, point: Point, trial: Trial | None) -> None:
        """Nothing to learn."""


class _Learnt:
    """Results are told in the order in which the points were given out, and each makes room for one more: so the same
    seed gives the same points, however many workers there are and whoever is done first."""

    is_learning = True

    def __init__(self, search: Search, total: int) -> None:
        self._left = total
        self._learner = _Learner(search, total)
        self._ready: deque[Point] = deque()
        self._order: deque[Point] = deque()
        self._results: dict[Point, Trial | None] = {}
        for _ in range(max(_ASKED_AHEAD, search.workers)):
            self._ask()

    def take(self, most: int) -> tuple[Point, ...]:
        return tuple(self._ready.popleft() for _ in range(min(most, len(self._ready))))

    def tell(self, point: Point, trial: Trial | None) -> None:
        self._results[point] = trial
        while self._order and self._order[0] in self._results:
            first = self._order.popleft()
            self._learner.tell(first, self._results.pop(first))
            self._ask()

    def _ask(self) -> None:
        if self._left:
            self._left -= 1
            point = self._learner.ask()
            self._ready.append(point)
            self._order.append(point)


def _drawn(space: Space, seed: int) -> Iterator[Point]:
    """Random points, none twice."""
    chance = random.Random(seed)  # noqa: S311 - trials, not secrets
    drawn: set[Point] = set()
    while len(drawn) < space.size:
        for _ in range(_MOST_TRIES):
            point = Point(tuple((one.name, chance.choice(one.values)) for one in space.dimensions))
            if point not in drawn:
                break
        else:
            yield from (point for point in space.points() if point not in drawn)
            return
        drawn.add(point)
        yield point


class _Learner:
    """Optuna's samplers over the positions of values in their lists.

    `tpe`: the tree-structured Parzen estimator (J. Bergstra et al., "Algorithms for Hyper-Parameter Optimization",
    NIPS 2011), which for several objectives learns the front (Y. Ozaki et al., "Multiobjective Tree-Structured Parzen
    Estimator", J. Artificial Intelligence Research, 2022). `nsga2`: K. Deb et al., "A Fast and Elitist Multiobjective
    Genetic Algorithm: NSGA-II", IEEE Transactions on Evolutionary Computation, 2002.
    """

    def __init__(self, search: Search, total: int) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._limits = search.limits
        sampler: Any
        if search.sampler == "nsga2":
            least, most = _POPULATIONS
            size = max(least, min(most, total // 8))
            sampler = optuna.samplers.NSGAIISampler(seed=search.seed, population_size=size)
        else:
            sampler = optuna.samplers.TPESampler(seed=search.seed, constant_liar=True)
        self._study = optuna.create_study(directions=["maximize"] * len(search.objectives), sampler=sampler)
        self._states = optuna.trial.TrialState
        self._space = search.space
        self._asked: dict[Point, list[Any]] = {}  # the sampler's trials that wait for the result of a point
        self._told: dict[Point, Trial | None] = {}
        self._drawn = _drawn(search.space, search.seed)

    def ask(self) -> Point:
        """A point that was not asked before; one that the sampler wishes again it hears the known result of."""
        for _ in range(_MOST_TRIES):
            point, asked = self._next()
            if point in self._told:
                self._tell(asked, self._told[point])
            elif point in self._asked:
                self._asked[point].append(asked)
            else:
                self._asked[point] = [asked]
                return point
        fresh = next(point for point in self._drawn if point not in self._told and point not in self._asked)
        self._study.enqueue_trial({one.name: self._place_of(one.name, fresh) for one in self._space.dimensions})
        point, asked = self._next()
        self._asked[point] = [asked]
        return point

    def tell(self, point: Point, trial: Trial | None) -> None:
        self._told[point] = trial
        for asked in self._asked.pop(point):
            self._tell(asked, trial)

    def _next(self) -> tuple[Point, Any]:
        asked = self._study.ask()
        values = []
        for one in self._space.dimensions:
            places = len(one.values)
            if one.is_number:
                place = asked.suggest_int(one.name, 0, places - 1)
            else:
                place = asked.suggest_categorical(one.name, range(places))
            values.append((one.name, one.values[place]))
        return Point(tuple(values)), asked

    def _place_of(self, name: str, point: Point) -> int:
        one = next(one for one in self._space.dimensions if one.name == name)
        return one.values.index(dict(point.values)[name])

    def _tell(self, asked: Any, trial: Trial | None) -> None:
        if trial is None or -inf in trial.scores:
            self._study.tell(asked, state=self._states.FAIL)
            return
        for name, excess in self._limits.excesses(trial.summary).items():
            asked.set_constraint(name, excess)
        self._study.tell(asked, list(trial.scores))
