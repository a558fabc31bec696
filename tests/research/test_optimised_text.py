"""The page of a search: what is marked, and what is said of the best."""

from dataclasses import replace

from desktop_app.research.deflated_sharpe import DeflatedSharpe
from desktop_app.research.neighbours import Neighbour, Neighbourhood
from desktop_app.research.optimised_text import to_text
from desktop_app.research.resampling import Resampled, Spread
from desktop_app.research.robustness import Cost, Robustness
from desktop_app.research.search import Found
from desktop_app.research.space import Point, read_space
from desktop_app.research.walk_forward import Fold, WalkForward
from tests.research.searches import D, search, summary, trial

SPACE = read_space("[a]\nb = { values = [1, 2] }\n")
FIRST, SECOND = SPACE.points()
DAY = 86_400_000


def found(**changes: object) -> Found:
    one = search(SPACE, objectives=("profit_quote", "max_drawdown_percent"))
    best = replace(trial(-1.5, -2.0, point=FIRST), unseen=summary(profit_quote=D(-3)))
    trials = (best, replace(trial(9.0, -9.0, point=SECOND, broken=("max-drawdown",)), unseen=summary()))
    return replace(Found(one, trials, 1, 1.5, "complete", "core", front=1, total=3), **changes)  # type: ignore[arg-type]


def test_the_front_is_starred_and_a_broken_limit_named() -> None:
    lines = to_text(found(), 5).splitlines()

    assert lines[1].startswith("*") and not lines[2].startswith("*")
    assert "−1.5" in lines[1] and " 2 " in lines[1]  # a drawdown shows as it is
    assert lines[2].endswith("max-drawdown")
    assert "on the front" in lines[3]
    assert "Good on the candles it was chosen by, bad on the ones it never saw" in "\n".join(lines)


def test_what_ended_early_says_so_first() -> None:
    assert to_text(found(ending="memory"), 5).startswith(
        "The memory of this computer did not suffice: ended after 3 of 3."
    )
    assert "workers were lost" in to_text(found(ending="workers"), 5).splitlines()[0]
    away = found(ending="workers", search=replace(found().search, cluster="tcp://there:8786"))
    assert to_text(away, 5).startswith("The workers of the cluster were lost: ended after 3 of 3.")


def test_a_walk_forward_is_told_fold_by_fold() -> None:
    chosen = replace(trial(1.0, point=FIRST), summary=summary(profit_quote=D(9)), unseen=summary(profit_quote=D(4)))
    folds = (
        Fold((0, 10 * DAY), (10 * DAY, 20 * DAY), chosen, 2),
        Fold((0, 20 * DAY), (20 * DAY, 30 * DAY), None, 2),
    )

    text = to_text(found(), 5, WalkForward(folds, False, "complete", 1.0))

    assert "1970-01-11  1970-01-21" in text and "no bot" in text
    assert "5 on 20 days that no choice had seen; 1 of 2 folds won." in text
    assert "50 % was left" in text  # 5 in 20 days of 10 in 10 days, one fold of two
    assert "nothing to keep" in to_text(found(), 5, WalkForward(folds[1:], True, "complete", 1.0))


def test_what_speaks_for_and_against_the_first_row_is_said() -> None:
    away = Point((("a.b", D(2)),))
    said = Robustness(
        deals=3,
        neighbourhood=Neighbourhood(10.0, (Neighbour("a.b", away, 9.5), Neighbour("a.b", away, 1.0))),
        resampled=Resampled(2000, 3, 1.0, Spread(1, 2, 3), Spread(-4, 5, 6), Spread(1, 2, 3), 0.25, 1),
        costs=(
            Cost(D(1), D("0.1"), D("0.1"), D(0), summary()),
            Cost(D("1.5"), D("0.15"), D("0.15"), D("0.025"), summary(profit_quote=D(7))),
            Cost(D(2), D("0.2"), D("0.2"), D("0.05"), None),
        ),
        deflated=DeflatedSharpe(0.5, 0.1, 0.1, 40, 300, 0.0, 3.0),
    )

    text = to_text(found(), 5, None, said)

    assert "1 of 2 neighbours come within 10 %: a plateau." in text
    assert "in another order by 2 %, one time in 20 by more than 3 %" in text
    assert "bring −4 to 6 nine times in ten; 25% of the draws lose" in text
    assert "Fees ×1.5 and 0.025 % slippage: a total of 8." in text and "0.05 % slippage: refused." in text
    assert "luckiest of 40" in text and "not convincing" in text
    assert said.resampled is not None
    never = replace(said, resampled=replace(said.resampled, losing_deals=0))
    assert "None of its 3 deals closed with a loss" in to_text(found(), 5, None, never)
    peak = replace(said, neighbourhood=Neighbourhood(10.0, (Neighbour("a.b", away, None),)), deflated=None)
    assert "0 of 1 neighbours come within 10 %: a peak" in to_text(found(), 5, None, peak)
