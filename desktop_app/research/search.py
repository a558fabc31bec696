"""What an optimisation is asked for and what it finds: the words that its modules, the command and the window share."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from desktop_app.research.goals import Limits, objectives
from desktop_app.research.report import Summary
from desktop_app.research.space import Point, Space

Sampler = Literal["grid", "random", "tpe", "nsga2"]
Engine = Literal["compiled", "hop", "core"]
Ending = Literal["complete", "stopped", "memory", "workers"]  # `workers`: they were lost, and so was what they did

MOST_TRIALS = 100_000  # what a computer's memory and a person's patience hold
_USUAL_TRIALS = 100
_MOST_GOALS = 4
_MOST_UNSEEN = 90


class BadSearch(ValueError):
    """A search that cannot be made; the text says why and what would do."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked for.

    `trials` None: all points of a grid, else 100. `objectives`: the first sorts; with several the Pareto front leads.
    `unseen_percent`: candles kept back, at the end, for checking. `cluster`: tcp://host:port of a Dask scheduler, which
    then does the work instead of `workers` of this computer.
    """

    space: Space
    sampler: Sampler = "grid"
    trials: int | None = None
    objectives: tuple[str, ...] = ("profit_quote",)
    limits: Limits = field(default_factory=Limits)
    unseen_percent: Decimal = Decimal(0)
    workers: int = 1
    seed: int = 1
    cluster: str | None = None

    @property
    def objective(self) -> str:
        return self.objectives[0]


@dataclass(frozen=True, slots=True)
class Trial:
    """One choice of settings and what came of it.

    `unseen`: on the candles kept back; None without any. `scores`: of each objective, more is better. `broken`: the
    limits that it breaks. `is_checked`: these are the numbers of the core, not of a quicker way to them.
    """

    point: Point
    summary: Summary
    unseen: Summary | None
    scores: tuple[float, ...]
    broken: tuple[str, ...] = ()
    is_checked: bool = False

    @property
    def score(self) -> float:
        return self.scores[0]


@dataclass(frozen=True, slots=True)
class Found:
    """The trials, best first: those of the Pareto front (`front` many; 0 with one objective), the others that keep to
    the limits, those that break some. `refused` points make no bot, or one that the market would not take.
    """

    search: Search
    trials: tuple[Trial, ...]
    refused: int
    seconds: float
    ending: Ending
    engine: Engine
    front: int = 0
    total: int = 0  # trials that there should have been

    @property
    def is_complete(self) -> bool:
        return self.ending == "complete"


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many trials a search makes, and about how many seconds they take."""

    runs: int
    seconds: float


@dataclass(frozen=True, slots=True)
class HeatMap:
    """The best trial for each pair of values of two settings, over all values of the others.

    `cells[row][column]`; None where nothing was tried or made a bot. `y` None: one row.
    """

    x: str
    y: str | None
    columns: tuple[object, ...]
    rows: tuple[object, ...]
    cells: tuple[tuple[Trial | None, ...], ...] = field(repr=False)


def check(search: Search) -> int:
    """How many trials a search makes.

    Raises:
        BadSearch: it makes no sense.
    """
    _check_goals(search)
    if not 0 <= search.unseen_percent <= _MOST_UNSEEN:
        raise BadSearch(f"between 0 and {_MOST_UNSEEN} percent of the candles can be kept back")
    if search.trials is not None and search.trials < 1:
        raise BadSearch("at least one trial is needed")
    size = search.space.size
    if search.sampler != "grid":
        return min(size, search.trials or _USUAL_TRIALS)
    if search.trials is not None and search.trials < size:
        raise BadSearch(
            f"the grid has {size:,} points, more than the {search.trials:,} trials allowed; "
            "allow as many, take larger steps, or draw at random"
        )
    return size


def _check_goals(search: Search) -> None:
    if not search.objectives:
        raise BadSearch("an objective is needed")
    for one in search.objectives:
        if one not in objectives():
            raise BadSearch(f"there is no objective {one!r}; there are {', '.join(objectives())}")
    if len(set(search.objectives)) != len(search.objectives):
        raise BadSearch("an objective stands there twice")
    if len(search.objectives) > _MOST_GOALS:
        raise BadSearch(f"with more than {_MOST_GOALS} objectives nearly every choice is on the front; leave some out")
    if search.sampler == "nsga2" and len(search.objectives) == 1:
        raise BadSearch("nsga2 looks for the front of several objectives; name two, or take tpe")
