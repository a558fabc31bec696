"""What an optimisation found, as the page that people read: the best rows, and what speaks against believing them."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from math import sqrt

from desktop_app.core.words import plain
from desktop_app.research.assumed_words import lines_of
from desktop_app.research.assumptions import Assumptions
from desktop_app.research.goals import deals_of, shown_score, total_of
from desktop_app.research.optimised import text_of
from desktop_app.research.report import Summary
from desktop_app.research.robustness import FEW_DEALS, Robustness
from desktop_app.research.search import Ending, Found, Trial
from desktop_app.research.walk_forward import Fold, WalkForward

_ENDINGS: dict[Ending, str] = {
    "complete": "",
    "stopped": "Stopped",
    "memory": "The memory of this computer did not suffice: ended",
    "workers": "The workers were lost (memory that ran out does that): ended",
}
_SURE = 0.95  # a probability that convinces


def to_text(
    found: Found,
    most: int,
    walked: WalkForward | None = None,
    said: Robustness | None = None,
    taken: Assumptions | None = None,
) -> str:
    """A page of the first `most` rows; `said` is of the first, and so is what was `taken` for granted."""
    lines = [*partial(found), *_table(_rows(found, most))]
    if found.front:
        lines.append(
            f"* one of {found.front:,} on the front: nothing is better in one objective and not worse in another."
        )
    if walked is not None:
        lines += ["", *_walked(walked)]
    if said is not None:
        lines += ["", "The first row:", *(f"  {line}" for line in _said(said))]
    if taken is not None:
        lines += ["", *lines_of(taken)]
    lines += ["", *_warnings(found)]
    refused = f", {found.refused:,} points made no bot" if found.refused else ""
    lines.append(f"{len(found.trials):,} settings tried in {found.seconds:.1f} s{refused}. No bot was changed.")
    return "\n".join(lines)


def partial(found: Found) -> list[str]:
    """What to know of a search that did not come to its end."""
    if found.is_complete:
        return []
    done = len(found.trials) + found.refused
    why = _ENDINGS[found.ending]
    if found.ending == "workers" and found.search.cluster is not None:
        why = "The workers of the cluster were lost: ended"
    return [f"{why} after {done:,} of {found.total:,}. This is what was found so far.", ""]


# --- the table


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _rows(found: Found, most: int) -> list[list[str]]:
    search = found.search
    head = [one.name for one in search.space.dimensions]
    head += ["total profit", "drawdown %", "deals", *search.objectives]
    if found.trials[0].unseen is not None:
        head += ["unseen profit", "unseen drawdown %"]
    rows = [_row(found, trial) for trial in found.trials[:most]]
    if any(trial.broken for trial in found.trials[:most]):
        head.append("breaks")
        for row, trial in zip(rows, found.trials, strict=False):
            row.append(", ".join(trial.broken))
    if found.front:
        head.insert(0, "")
        for place, row in enumerate(rows):
            row.insert(0, "*" if place < found.front else "")
    return [head, *rows]


def _row(found: Found, trial: Trial) -> list[str]:
    scores = (shown_score(score, name) for score, name in zip(trial.scores, found.search.objectives, strict=True))
    row = [text_of(value) for _, value in trial.point.values]
    row += [*_two(trial.summary), str(deals_of(trial.summary)), *(_short(score) for score in scores)]
    return row if trial.unseen is None else [*row, *_two(trial.unseen)]


def _two(summary: Summary) -> tuple[str, str]:
    return _cents(total_of(summary)), _cents(summary.max_drawdown_percent)


def _cents(number: Decimal | float) -> str:
    return plain(round(Decimal(number), 2)).replace("-", "−")


def _short(score: float | None) -> str:
    return "—" if score is None else f"{score:.4g}".replace("-", "−")


# --- walking forward


def _walked(walked: WalkForward) -> Iterator[str]:
    kind = "each on the last two parts" if walked.is_rolling else "each on everything before"
    yield f"Walked forward in {len(walked.folds)} folds, {kind}:"
    if not walked.folds:
        return
    head = ["judged from", "to", "chosen before", "profit", "drawdown %", "deals"]
    yield from _table([head, *(_fold(fold) for fold in walked.folds)])
    days = sum(fold.judged[1] - fold.judged[0] for fold in walked.folds) / 86_400_000
    yield (
        f"{_cents(walked.profit)} on {days:,.0f} days that no choice had seen; "
        f"{walked.winning} of {len(walked.folds)} folds won."
    )
    if walked.efficiency is None:
        yield "Already where it was chosen it brought nothing, so there is nothing to keep."
    else:
        kept = _short(walked.efficiency * 100)
        yield f"Of each day's profit where it was chosen, {kept} % was left where it was judged."


def _fold(fold: Fold) -> list[str]:
    first, last = (datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d") for at in fold.judged)
    if fold.chosen is None or fold.chosen.unseen is None:
        return [first, last, "no bot", "0", "0", "0"]
    chosen = ", ".join(text_of(value) for _, value in fold.chosen.point.values)
    return [first, last, chosen, *_two(fold.chosen.unseen), str(deals_of(fold.chosen.unseen))]


# --- what speaks for and against the first row


def _said(said: Robustness) -> Iterator[str]:
    field = said.neighbourhood
    if field.share is not None:
        count = len(field.neighbours)
        near = f"{round(field.share * count)} of {count} neighbours come within 10 %"
        yield f"{near}: a plateau." if field.is_plateau else f"{near}: a peak, which a small change undoes."
    if said.resampled is not None:
        order = said.resampled
        yield (
            f"Its closed deals fell by {_cents(order.own_drawdown)} %; in another order by "
            f"{_cents(order.shuffled_drawdown.middle)} %, one time in 20 by more than "
            f"{_cents(order.shuffled_drawdown.high)} %."
        )
        if order.losing_deals:
            yield (
                f"As many deals drawn from them bring {_cents(order.drawn_profit.low)} to "
                f"{_cents(order.drawn_profit.high)} nine times in ten; {order.losing_share:.0%} of the draws lose."
            )
        else:
            yield f"None of its {order.deals:,} deals closed with a loss: losses stand in deals that stay open."
    for cost in said.costs[1:]:
        came = "refused" if cost.summary is None else f"a total of {_cents(total_of(cost.summary))}"
        yield (f"Fees ×{plain(cost.times)} and {plain(cost.slippage_percent.normalize())} % slippage: {came}.")
    if said.deflated is not None:
        found = said.deflated
        judgement = "convincing" if found.probability >= _SURE else "not convincing; 95 % would be"
        yield (
            f"Sharpe {_cents(found.sharpe * sqrt(365))}; the luckiest of {found.trials:,} that are worth nothing would "
            f"show {_cents(found.by_luck * sqrt(365))}. Better than luck with {found.probability:.0%}: {judgement}."
        )


def _warnings(found: Found) -> list[str]:
    """What a person should know before believing the first row."""
    best = found.trials[0]
    told = []
    count, what = deals_of(best.summary), "deals" if best.summary.round_trips is None else "round trips"
    if best.broken:
        told.append(f"Nothing keeps to {' and '.join(f'--{name}' for name in best.broken)}.")
    if count < FEW_DEALS:
        told.append(f"Only {count} {what}: chance alone can make such a result.")
    if best.unseen is None:
        told.append("Nothing was kept back to check this on. Add --out-of-sample 30.")
    elif total_of(best.summary) > 0 >= total_of(best.unseen):
        told.append("Good on the candles it was chosen by, bad on the ones it never saw: do not trust it.")
    if len(found.trials) > 1:
        told.append(f"The best of {len(found.trials):,} looks better than it is: some of them were lucky.")
    return told
