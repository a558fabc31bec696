from dataclasses import replace
from decimal import Decimal

from desktop_app.gui.optimiser.belief import about_run, about_walk
from desktop_app.research.deflated_sharpe import DeflatedSharpe
from desktop_app.research.neighbours import Neighbour, Neighbourhood
from desktop_app.research.resampling import Resampled, Spread
from desktop_app.research.robustness import Cost, Robustness
from desktop_app.research.walk_forward import Fold, WalkForward
from tests.gui.optimiser.trials import STEP, point, summary, trial

D = Decimal
AROUND = Neighbourhood(1.0, tuple(Neighbour(STEP, point("1", str(n)), score) for n, score in enumerate((0.95, 0.2))))
ROBUST = Robustness(
    deals=120,
    neighbourhood=AROUND,
    resampled=Resampled(
        2000, 120, 9.0, Spread(8.0, 9.5, 14.2), Spread(-12.0, 30.0, 80.0), Spread(7.0, 9.0, 20.0), 0.08, losing_deals=9
    ),
    costs=(
        Cost(D(1), D("0.1"), D("0.1"), D("0.02"), summary()),
        Cost(D(2), D("0.2"), D("0.2"), D("0.04"), summary("4.5")),
    ),
    deflated=DeflatedSharpe(0.71, 0.1, 0.05, 132, 365, 0.0, 3.0),
)
FOLD = Fold((0, 86_400_000), (86_400_000, 172_800_000), trial("1", "1"), 132)


def told(robustness: Robustness | None = ROBUST, **more: object) -> dict[str, tuple[str, str]]:
    sayings = about_run(trial("1.6", "1.3", **more), robustness, 132, "USDT")  # type: ignore[arg-type]
    return {saying.title: (saying.text, saying.tone) for saying in sayings}


def test_x06_the_unseen_part_is_always_told_first() -> None:
    assert told(None) == {
        "Unseen data": ("+1.60 USDT on the last 30 %, +8.40 USDT on the 70 % it was chosen by.", "good")
    }
    assert told(None, unseen=summary("-0.3"))["Unseen data"][1] == "bad"


def test_what_was_looked_at_closer_is_told_in_plain_words() -> None:
    assert told() == {
        "Unseen data": ("+1.60 USDT on the last 30 %, +8.40 USDT on the 70 % it was chosen by.", "good"),
        "Neighbours": ("1 of 2 score within 10 % of it: a stable area.", "good"),
        "Order of deals": ("Same deals, other order: drawdown 8.0 % to 14.2 % in 9 of 10 shuffles.", "neutral"),
        "Monte Carlo": ("Deals drawn anew by chance: −12.00 USDT to +80.00 USDT in 9 of 10 draws.", "bad"),
        "Twice the costs": ("+4.00 USDT would be left with double fees and slippage.", "good"),
        "Luck": ("71 % likely to be more than the luck of the best of 132 tries.", "neutral"),
    }


def test_draws_from_deals_that_all_won_speak_for_nothing() -> None:
    assert ROBUST.resampled is not None
    won = replace(ROBUST.resampled, drawn_profit=Spread(20.0, 30.0, 80.0))
    text, tone = told(replace(ROBUST, resampled=replace(won, losing_deals=0)))["Monte Carlo"]

    assert text.endswith("in 9 of 10 draws. No deal lost, so no draw can.") and tone == "neutral"
    assert told(replace(ROBUST, resampled=won))["Monte Carlo"][1] == "good"


def test_few_deals_and_a_lonely_peak_are_said() -> None:
    peak = replace(AROUND, neighbours=AROUND.neighbours[1:])

    shown = told(replace(ROBUST, neighbourhood=peak), seen=summary(deals=7))
    assert shown["Deals"] == ("Only 7: chance alone can make such a result.", "bad")
    assert shown["Neighbours"] == ("0 of 1 score within 10 % of it: a peak that a little change may lose.", "bad")


def test_what_could_not_be_said_is_left_out() -> None:
    bare = Robustness(3, Neighbourhood(1.0, ()), None, (), None)

    assert set(told(bare)) == {"Unseen data"}


def test_a_walk_forward_tells_how_choosing_on_the_past_did() -> None:
    walk = WalkForward((FOLD, FOLD), False, "complete", 1.0)
    saying = about_walk(walk, "USDT")

    assert saying.text == "2 of 2 later stretches earned, +3.20 USDT in all. 19 % of the daily gain remained."
    assert saying.tone == "good"
    assert "Stopped early." in about_walk(replace(walk, ending="stopped"), "USDT").text
    assert about_walk(replace(walk, folds=()), "USDT").text == "Stopped before its first step."
