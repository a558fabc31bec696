"""What is known for and against believing a run, as sentences for people who have not studied statistics."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from desktop_app.gui import fmt
from desktop_app.gui.i18n import tr
from desktop_app.research.goals import deals_of, total_of
from desktop_app.research.robustness import FEW_DEALS, Robustness
from desktop_app.research.search import Trial
from desktop_app.research.walk_forward import WalkForward

Tone = Literal["good", "bad", "neutral"]
_LIKELY = 0.95
_UNLIKELY = 0.5


@dataclass(frozen=True, slots=True)
class Saying:
    """`title` names what was looked at; both translated."""

    title: str
    text: str
    tone: Tone = "neutral"
    hint: str = ""


def about_run(trial: Trial, robustness: Robustness | None, tried: int, quote: str) -> tuple[Saying, ...]:
    """`robustness` None: nobody has looked closer."""
    return tuple(_about_run(trial, robustness, tried, quote))


def _about_run(trial: Trial, robustness: Robustness | None, tried: int, quote: str) -> Iterator[Saying]:
    if trial.unseen is not None:
        yield _unseen(trial, quote)
    deals = deals_of(trial.summary)
    if deals < FEW_DEALS:
        words = tr("Only {count}: chance alone can make such a result.")
        yield Saying(tr("Deals"), words.format(count=deals), "bad")
    if robustness is None:
        return
    if (neighbours := _neighbours(robustness)) is not None:
        yield neighbours
    yield from _chance(robustness, quote)
    if (dearer := _dearer(robustness, quote)) is not None:
        yield dearer
    if robustness.deflated is not None:
        yield _luck(robustness.deflated.probability, tried)


def _unseen(trial: Trial, quote: str) -> Saying:
    assert trial.unseen is not None
    seen, unseen = total_of(trial.summary), total_of(trial.unseen)
    words = tr("{unseen} on the last 30 %, {seen} on the 70 % it was chosen by.")
    text = words.format(unseen=fmt.pnl(unseen, quote), seen=fmt.pnl(seen, quote))
    return Saying(tr("Unseen data"), text, "good" if unseen > 0 else "bad")


def _neighbours(robustness: Robustness) -> Saying | None:
    around = robustness.neighbourhood
    share = around.share
    if share is None:
        return None
    count = len(around.neighbours)
    words = tr("{near} of {count} score within 10 % of it: {verdict}.")
    verdict = tr("a stable area") if around.is_plateau else tr("a peak that a little change may lose")
    text = words.format(near=round(share * count), count=count, verdict=verdict)
    return Saying(tr("Neighbours"), text, "good" if around.is_plateau else "bad")


def _chance(robustness: Robustness, quote: str) -> Iterator[Saying]:
    drawn = robustness.resampled
    if drawn is None:
        return
    fall = drawn.shuffled_drawdown
    order = tr("Same deals, other order: drawdown {low} to {high} in 9 of 10 shuffles.")
    if fall.high > 0:
        yield Saying(
            tr("Order of deals"),
            order.format(low=_percent(fall.low), high=_percent(fall.high)),
            hint=tr("Closed deals one after the other, each as deep as it stood at its worst while it was open."),
        )
    words = tr("Deals drawn anew by chance: {low} to {high} in 9 of 10 draws.")
    profit = drawn.drawn_profit
    text = words.format(low=_money(profit.low, quote), high=_money(profit.high, quote))
    if not drawn.losing_deals:
        text = f"{text} {tr('No deal lost, so no draw can.')}"
    tone: Tone = "bad" if profit.low < 0 else "good" if drawn.losing_deals else "neutral"
    yield Saying(tr("Monte Carlo"), text, tone)


def _dearer(robustness: Robustness, quote: str) -> Saying | None:
    """At twice the costs."""
    cost = next((cost for cost in robustness.costs if cost.times == 2), None)
    if cost is None or cost.summary is None:
        return None
    left = total_of(cost.summary)
    text = tr("{amount} would be left with double fees and slippage.").format(amount=fmt.pnl(left, quote))
    return Saying(tr("Twice the costs"), text, "good" if left > 0 else "bad")


def _luck(probability: float, tried: int) -> Saying:
    words = tr("{percent} likely to be more than the luck of the best of {count} tries.")
    text = words.format(percent=_percent(100 * probability, decimals=0), count=fmt.whole(tried))
    tone: Tone = "good" if probability >= _LIKELY else "bad" if probability < _UNLIKELY else "neutral"
    hint = tr("Deflated Sharpe ratio (Bailey, López de Prado, 2014).")
    return Saying(tr("Luck"), text, tone, hint)


def about_front() -> Saying:
    """Of a run on the Pareto front."""
    return Saying(tr("Front"), tr("No other run beats it in profit and in drawdown."), "good")


def about_walk(walk: WalkForward, quote: str) -> Saying:
    """How choosing on the past alone would have done."""
    count = len(walk.folds)
    if not count:
        return Saying(tr("Walk-forward"), tr("Stopped before its first step."))
    words = tr("{won} of {count} later stretches earned, {amount} in all.")
    text = words.format(won=walk.winning, count=count, amount=_money(walk.profit, quote))
    if walk.efficiency is not None:
        kept = tr("{percent} of the daily gain remained.")
        text = f"{text} {kept.format(percent=_percent(100 * walk.efficiency, decimals=0))}"
    if walk.ending != "complete":
        text = f"{text} {tr('Stopped early.')}"
    is_good = walk.profit > 0 and 2 * walk.winning > count
    hint = tr("The settings were chosen anew before each stretch, on nothing but what came before it.")
    return Saying(tr("Walk-forward"), text, "good" if is_good else "bad" if walk.profit <= 0 else "neutral", hint)


def _percent(value: float, decimals: int = 1) -> str:
    return fmt.percent(Decimal(repr(value)), sign=False, decimals=decimals)


def _money(value: float, quote: str) -> str:
    return fmt.pnl(Decimal(repr(value)), quote)
