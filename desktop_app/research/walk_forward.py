"""Settings chosen again and again on the past alone, each time judged on the stretch that came next.

    walk_forward(settings, candles, market, rules, search, folds, progress=…, on_fold=…) -> WalkForward

With n folds the candles that are not kept back are cut into n + 2 equal parts; the first fold learns on the first two
and is judged on the third, each next one a part later. Anchored folds learn on everything before, rolling ones on the
last two parts. Each judged stretch starts with no deal open and counts what is open at its end at the last price.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from desktop_app.core.columns import Candles
from desktop_app.core.market import Market
from desktop_app.core.settings import Settings
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.goals import total_of
from desktop_app.research.hunt import Hunt, Progress, ranked, recomputed
from desktop_app.research.judging import Stretch, Workbench
from desktop_app.research.optimiser import make_crew
from desktop_app.research.plan import checked, make_plan
from desktop_app.research.search import BadSearch, Ending, Search, Trial

_LEARNT_PARTS = 2
_MOST_FOLDS = 50
_FEWEST_CANDLES = 10  # of a part
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Fold:
    """What was chosen by the candles of `learnt` and did what on those of `judged`; times are (first, last candle).

    `chosen.summary` is of the learnt stretch, `chosen.unseen` of the judged one. None: no point made a bot there, so
    nothing was traded.
    """

    learnt: tuple[int, int]
    judged: tuple[int, int]
    chosen: Trial | None
    tried: int

    @property
    def inside(self) -> float:
        """Profit per day, closed and open, on the learnt stretch."""
        return 0.0 if self.chosen is None else float(total_of(self.chosen.summary)) / _days(self.learnt)

    @property
    def outside(self) -> float:
        """Profit, closed and open, on the judged stretch."""
        if self.chosen is None or self.chosen.unseen is None:
            return 0.0
        return float(total_of(self.chosen.unseen))


@dataclass(frozen=True, slots=True)
class WalkForward:
    """`ending`: as of a search; the folds that were finished are there in any case."""

    folds: tuple[Fold, ...]
    is_rolling: bool
    ending: Ending
    seconds: float

    @property
    def profit(self) -> float:
        """Of all judged stretches, one after the other."""
        return sum(fold.outside for fold in self.folds)

    @property
    def winning(self) -> int:
        """Judged stretches that brought something."""
        return sum(1 for fold in self.folds if fold.outside > 0)

    @property
    def efficiency(self) -> float | None:
        """Profit per day where judged over profit per day where learnt: 1 is as good, 0 nothing left of it.

        R. Pardo, "The Evaluation and Optimization of Trading Strategies", 2008, chapter 11. None where already the
        learnt stretches brought nothing.
        """
        inside = float(np.mean([fold.inside for fold in self.folds])) if self.folds else 0.0
        if inside <= 0:
            return None
        return self.profit / sum(_days(fold.judged) for fold in self.folds) / inside


def check_folds(folds: int, search: Search, count: int) -> None:
    """Raises BadSearch: `count` candles cannot be cut like this."""
    if not 1 <= folds <= _MOST_FOLDS:
        raise BadSearch(f"between 1 and {_MOST_FOLDS} folds can be walked forward")
    kept = count - int(count * search.unseen_percent / 100)
    if kept < (folds + _LEARNT_PARTS) * _FEWEST_CANDLES:
        raise BadSearch(f"{kept:,} candles are too few to walk forward in {folds} folds; take fewer folds")


def walk_forward(
    settings: Settings,
    candles: Candles,
    market: Market,
    rules: BacktestRules,
    search: Search,
    folds: int,
    *,
    is_rolling: bool = False,
    before: Candles | None = None,
    progress: Progress | None = None,
    on_fold: Callable[[Fold], None] | None = None,
) -> WalkForward:
    """`progress` hears of the trials of all folds together; what `search` keeps back is not touched here either.

    Raises:
        BadSearch: nothing can be searched like this, or the candles are too few for so many folds.
    """
    total = checked(settings, search)
    check_folds(folds, search, len(candles))
    plan = make_plan(settings, candles, market, rules, search, before, total * folds)
    began = time.perf_counter()
    ending: Ending = "complete"
    done: list[Fold] = []

    def progressed(tried: int, _: int) -> bool:
        return progress is None or progress(len(done) * total + tried, folds * total)

    bench = Workbench(plan.job)
    with make_crew(plan.job, search) as crew:
        for learnt, judged in _stretches(plan.seen, folds, is_rolling=is_rolling):
            hunt = Hunt(search, learnt, None, total)
            hunt.run(crew, progressed, None)
            ending = hunt.ending
            if ending != "complete":
                break
            done.append(_fold(bench, hunt, learnt, judged))
            if on_fold is not None:
                on_fold(done[-1])
    return WalkForward(tuple(done), is_rolling, ending, time.perf_counter() - began)


def _fold(bench: Workbench, hunt: Hunt, learnt: Stretch, judged: Stretch) -> Fold:
    trials = recomputed(bench, learnt, None, ranked(hunt.trials))
    chosen = bench.judge(trials[0].point, learnt, judged, by_core=True) if trials else None
    return Fold(_times(bench, learnt), _times(bench, judged), chosen, hunt.done)


def _stretches(seen: Stretch, folds: int, *, is_rolling: bool) -> list[tuple[Stretch, Stretch]]:
    edges = [int(edge) for edge in np.linspace(*seen, folds + _LEARNT_PARTS + 1)]
    return [
        ((edges[k] if is_rolling else edges[0], edges[k + _LEARNT_PARTS]), (edges[k + _LEARNT_PARTS], edges[k + 3]))
        for k in range(folds)
    ]


def _times(bench: Workbench, stretch: Stretch) -> tuple[int, int]:
    at = bench.part(stretch).at
    return int(at[0]), int(at[-1])


def _days(span: tuple[int, int]) -> float:
    return max(1, span[1] - span[0]) / _DAY_MS
