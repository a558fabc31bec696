"""Searches: how many points, which come first, what is kept back, and what is refused."""

from dataclasses import replace
from decimal import Decimal

import pytest

from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.core.strategies.signal_settings import SignalSettings
from desktop_app.research import judging, optimiser
from desktop_app.research.goals import Limits, total_of, usual_objective
from desktop_app.research.kernel import trial as kernel_trial
from desktop_app.research.optimised_text import to_text
from desktop_app.research.optimiser import estimate, lasting, optimise
from desktop_app.research.report import Summary, make_report
from desktop_app.research.search import BadSearch, Trial
from desktop_app.research.space import read_space
from desktop_app.research.trial import try_settings
from tests.research.searches import MARKET, RULES, SETTINGS, SPACE, candles, found, search

D = Decimal
HUGE = read_space(
    "[take_profit]\npercent = { low = 0.1, high = 1000, step = 0.1 }\n"
    "[safety_orders]\nprice_deviation = { low = 0.01, high = 100, step = 0.01 }\n"
    "[base_order]\nvolume = { low = 100, high = 10099, step = 1 }\n"
)


def test_a_grid_tries_every_point_and_sorts_them_best_first() -> None:
    result = found(search())

    assert len(result.trials) + result.refused == SPACE.size == 12
    assert result.refused == 3  # two orders at once of one at most
    assert [trial.score for trial in result.trials] == sorted((t.score for t in result.trials), reverse=True)
    assert result.is_complete


def test_a_trial_is_the_backtest_of_its_settings() -> None:
    best = found(search()).trials[0]

    changed = SETTINGS.model_validate(best.point.applied_to(SETTINGS.model_dump(mode="json")))
    assert make_report(try_settings(changed, candles(), MARKET, RULES)).summary == best.summary


def test_the_compiled_bot_says_the_same_as_the_core_of_every_point() -> None:
    for trial in found(search()).trials:
        settings = SETTINGS.model_validate(trial.point.applied_to(SETTINGS.model_dump(mode="json")))
        mine = kernel_trial.try_compiled(settings, candles(), MARKET, RULES)
        assert mine is not None
        assert (mine.deals_closed, mine.max_safety_orders_used) == (
            trial.summary.deals_closed,
            trial.summary.max_safety_orders_used,
        )
        assert float(mine.profit_quote) == pytest.approx(float(trial.summary.profit_quote), abs=1e-7)


def test_what_is_kept_back_is_never_chosen_by() -> None:
    all_of_it, first = found(search()), found(search(unseen_percent=D(50)))

    assert all(trial.unseen is None for trial in all_of_it.trials)
    assert all(trial.unseen is not None for trial in first.trials)
    settings = SETTINGS.model_validate(first.trials[0].point.applied_to(SETTINGS.model_dump(mode="json")))
    half = candles(120)
    assert make_report(try_settings(settings, half, MARKET, RULES)).summary == first.trials[0].summary


@pytest.mark.parametrize("sampler", ["random", "tpe"])
def test_drawn_points_are_the_same_for_the_same_seed(sampler: str) -> None:
    once = found(search(sampler=sampler, trials=6, seed=7))
    again = found(search(sampler=sampler, trials=6, seed=7))

    assert [trial.point for trial in once.trials] == [trial.point for trial in again.trials]
    assert len(once.trials) + once.refused == 6


def test_random_points_never_repeat_and_end_with_the_space() -> None:
    result = found(search(sampler="random", trials=500))

    points = [trial.point for trial in result.trials]
    assert len(points) + result.refused == SPACE.size
    assert len(set(points)) == len(points)


def test_a_search_can_be_stopped_and_keeps_what_it_has() -> None:
    result = optimise(SETTINGS, candles(), MARKET, RULES, search(), progress=lambda done, total: done < 4)

    assert not result.is_complete
    assert 1 <= len(result.trials) + result.refused < SPACE.size


def test_less_drawdown_and_less_funds_are_better() -> None:
    trials = found(search(objectives=("max_funds_quote",))).trials

    assert trials[0].summary.max_funds_quote == min(trial.summary.max_funds_quote for trial in trials)


def test_a_grid_is_searched_by_what_it_is_worth_though_its_deal_goes_on() -> None:
    grid = {"lower": "96", "upper": "104", "lines": 9, "volume_per_line": "20"}
    data = {"name": "a", "account": "demo", "pairs": ["BTC/USDT"], "grid": grid}
    settings = GridSettings.model_validate(data)
    space = read_space("[grid]\nlines = { values = [5, 9] }")

    result = optimise(settings, candles(), MARKET, RULES, search(space, objectives=(usual_objective("grid"),)))

    assert [trial.summary.profit_quote for trial in result.trials] == [0, 0]
    totals = [total_of(trial.summary) for trial in result.trials]
    assert totals[0] > totals[1] and "round trips" in to_text(result, 5)


def test_a_bot_whose_deals_come_from_outside_is_refused() -> None:
    data = {"name": "a", "account": "demo", "pairs": ["BTC/USDT"], "entry": {"volume": "50"}}
    settings = SignalSettings.model_validate(data)

    with pytest.raises(BadSearch, match="no past"):
        optimise(settings, candles(), MARKET, RULES, search())


def _unchecked(trial: Trial) -> Trial:
    return replace(trial, is_checked=False)


def test_trials_are_told_as_they_come_and_progress_never_goes_back() -> None:
    told: list[Trial] = []
    reached: list[int] = []

    def progress(done: int, total: int) -> bool:
        assert total == SPACE.size
        reached.append(done)
        return True

    result = optimise(SETTINGS, candles(), MARKET, RULES, search(), progress=progress, on_trial=told.append)

    # The winners have been through the core since.
    assert sorted(map(_unchecked, told), key=repr) == sorted(map(_unchecked, result.trials), key=repr)
    assert reached == sorted(reached) and reached[-1] == SPACE.size


def test_the_table_is_the_same_however_many_work_on_it() -> None:
    alone, together = (found(search(sampler="tpe", workers=workers, unseen_percent=D(30))) for workers in (1, 2))
    assert alone.trials == together.trials and alone.refused == together.refused


def test_the_front_leads_and_what_breaks_a_limit_comes_last() -> None:
    limits = Limits(max_funds=D(180))
    goals = ("profit_quote", "max_drawdown_percent")
    result = found(search(objectives=goals, limits=limits))

    front, broken = result.trials[: result.front], [trial for trial in result.trials if trial.broken]
    assert front and broken and not any(trial.broken for trial in front)
    assert {trial.broken for trial in broken} == {("max-funds",)}
    assert list(result.trials[-len(broken) :]) == broken
    others = [trial for trial in result.trials[result.front :] if not trial.broken]
    for trial in others:
        assert any(all(a >= b for a, b in zip(one.scores, trial.scores, strict=True)) for one in front)


def test_an_estimate_counts_the_trials_and_makes_none_of_them_up() -> None:
    few = estimate(SETTINGS, candles(), MARKET, RULES, search())
    many = estimate(SETTINGS, candles(), MARKET, RULES, search(HUGE))

    assert few.runs == SPACE.size and few.seconds > 0
    assert many.runs == HUGE.size and many.seconds > few.seconds


def test_not_even_an_estimate_waits_for_a_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    def compiles(*_: object) -> Summary | None:
        raise AssertionError("asked the compiled bot")

    monkeypatch.setattr(judging, "_is_worth_compiling", lambda *_: True)
    monkeypatch.setattr(optimiser, "is_compiled_before", lambda kind: False)
    monkeypatch.setattr(kernel_trial, "try_compiled_all", compiles)

    cold = estimate(SETTINGS, candles(), MARKET, RULES, search())

    assert cold.runs == SPACE.size and cold.seconds > 1  # the compiler's time is in it


def test_an_estimate_measures_the_compiled_bot_where_it_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[DcaSettings] = []

    def quick(bots: list[DcaSettings], *_: object) -> list[Summary | None]:
        asked.extend(bots)
        return [None] * len(bots)  # the core goes on

    monkeypatch.setattr(judging, "_is_worth_compiling", lambda *_: True)
    monkeypatch.setattr(optimiser, "is_compiled_before", lambda kind: True)
    monkeypatch.setattr(kernel_trial, "try_compiled_all", quick)

    assert estimate(SETTINGS, candles(), MARKET, RULES, search()).seconds > 0
    assert len(asked) > 1


def test_a_million_million_points_are_refused_with_the_time_they_would_take() -> None:
    with pytest.raises(BadSearch, match=r"1,000,000,000,000 trials .* they would take about [\d,]+ (years|days)"):
        optimise(SETTINGS, candles(), MARKET, RULES, search(HUGE))
    drawn = optimise(SETTINGS, candles(), MARKET, RULES, search(HUGE, sampler="random", trials=3))
    assert len(drawn.trials) + drawn.refused == 3


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (59, "59 s"), (61, "a minute"), (200, "3 minutes"), (9000, "2 hours"), (1e9, "32 years")],
)
def test_a_length_of_time_is_said_in_words(seconds: float, words: str) -> None:
    assert lasting(seconds) == f"about {words}"


def test_winners_of_the_compiled_bot_are_those_of_the_core(monkeypatch: pytest.MonkeyPatch) -> None:
    """The compiled bot is replaced by one that praises what the core finds poor."""

    def praising(bots: list[DcaSettings], *_: object) -> list[Summary]:
        profits = [D(9) if bot.take_profit.percent == D("0.8") else D(1) for bot in bots]
        return [replace(plain.trials[0].summary, profit_quote=profit) for profit in profits]

    plain = found(search())
    monkeypatch.setattr(judging, "_is_worth_compiling", lambda *_: True)
    monkeypatch.setattr(judging, "_note_compiled", lambda kind: None)
    monkeypatch.setattr(kernel_trial, "try_compiled_all", praising)

    result = found(search())

    assert result.engine == "compiled"
    checked = [trial for trial in result.trials if trial.is_checked]
    assert result.trials[0] in checked and all(_unchecked(trial) in map(_unchecked, plain.trials) for trial in checked)
    scores = [trial.score for trial in result.trials]
    assert len(checked) > 1 and scores == sorted(scores, reverse=True)  # the praised ones fell behind
