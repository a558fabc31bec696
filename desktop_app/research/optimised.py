"""What an optimisation found, as the JSON document that programs read and as the text that people read."""

import json
from decimal import Decimal

from desktop_app.core.words import plain
from desktop_app.research.document import Json, exact_text, value_of
from desktop_app.research.goals import deals_of, total_of
from desktop_app.research.report import Summary
from desktop_app.research.search import Found, Trial
from desktop_app.research.space import Value

_FEW_DEALS = 30


def to_json(found: Found) -> str:
    """The document of contract.md on one line; `best` is the table's first row."""
    best = found.trials[0]
    document: Json = {
        "trials": len(found.trials) + found.refused,
        "refused": found.refused,
        "seconds": found.seconds,
        "engine": found.engine,
        "best": {
            "parameters": _parameters(best),
            "summary": value_of(best.summary),
            "out_of_sample": None if best.unseen is None else value_of(best.unseen),
        },
        "table": [
            {
                "parameters": _parameters(trial),
                "summary": value_of(trial.summary),
                "out_of_sample": None if trial.unseen is None else value_of(trial.unseen),
            }
            for trial in found.trials
        ],
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False)


def _parameters(trial: Trial) -> dict[str, Json]:
    return {name: _text(value) for name, value in trial.point.values}


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return exact_text(value) if isinstance(value, Decimal) else value


def to_text(found: Found, most: int) -> str:
    """A page for people: the best rows, and what speaks against believing them."""
    names = [one.name for one in found.search.space.dimensions]
    head = [*names, "total profit", "drawdown %", "deals", found.search.objective]
    if found.trials[0].unseen is not None:
        head += ["unseen profit", "unseen drawdown %"]
    rows = [head, *(_row(trial) for trial in found.trials[:most])]
    widths = [max(len(row[k]) for row in rows) for k in range(len(head))]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    lines += ["", *_warnings(found)]
    refused = f", {found.refused:,} points made no bot" if found.refused else ""
    lines.append(f"{len(found.trials):,} settings tried in {found.seconds:.1f} s{refused}. No bot was changed.")
    return "\n".join(lines)


def _row(trial: Trial) -> list[str]:
    row = [_text(value) for _, value in trial.point.values]
    row += [*_two(trial.summary), str(trial.summary.deals_closed), f"{trial.score:.4g}".replace("-", "−")]
    return row if trial.unseen is None else [*row, *_two(trial.unseen)]


def _two(summary: Summary) -> tuple[str, str]:
    numbers = (total_of(summary), summary.max_drawdown_percent)
    profit, fall = (plain(round(number, 2)).replace("-", "−") for number in numbers)
    return profit, fall


def _warnings(found: Found) -> list[str]:
    """What a person should know before believing the first row."""
    best = found.trials[0]
    told = []
    count, what = deals_of(best.summary), "deals" if best.summary.round_trips is None else "round trips"
    if count < _FEW_DEALS:
        told.append(f"Only {count} {what}: chance alone can make such a result.")
    if best.unseen is None:
        told.append("Nothing was kept back to check this on. Add --out-of-sample 30.")
    elif total_of(best.summary) > 0 >= total_of(best.unseen):
        told.append("Good on the candles it was chosen by, bad on the ones it never saw: do not trust it.")
    if len(found.trials) > 1:
        told.append(f"The best of {len(found.trials):,} looks better than it is: some of them were lucky.")
    return told
