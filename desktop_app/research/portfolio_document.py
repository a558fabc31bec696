"""A portfolio's report as the JSON document that programs read and as the text that people read."""

import json
from collections.abc import Sequence

from desktop_app.research.assumed_words import lines_of
from desktop_app.research.assumptions import Assumptions
from desktop_app.research.document import moment, signed, summary_lines, value_of
from desktop_app.research.portfolio_report import PortfolioReport
from desktop_app.research.report import Report


def to_json(report: PortfolioReport, assumptions: Sequence[Assumptions]) -> str:
    """One line: of every bot a summary and the document of each pair, of all together a summary and the equity.

    `assumptions` are one for each bot and pair, in their order; each stands in its pair's document.
    """
    taken = iter(assumptions)
    bots = [
        {
            "bot": one.bot,
            "summary": value_of(one.summary),
            "pairs": [_with(value_of(part), next(taken)) for part in one.parts],
        }
        for one in report.bots
    ]
    document = {
        "bots": bots,
        "summary": value_of(report.summary),
        "equity": value_of(report.equity),
        "engine_seconds": report.engine_seconds,
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False)


def _with(document: object, assumptions: Assumptions) -> object:
    assert isinstance(document, dict)
    return document | {"assumptions": value_of(assumptions)}


def to_text(report: PortfolioReport, assumptions: Sequence[Assumptions]) -> str:
    """A page for people."""
    parts = [part for one in report.bots for part in one.parts]
    quote = parts[0].market.quote
    start, end = min(part.start for part in parts), max(part.end for part in parts)
    lines = [
        f"{len(report.bots)} bots on {len({part.pair for part in parts})} pairs over one balance",
        f"{moment(start)} to {moment(end)} UTC",
        "",
        *summary_lines(report.summary, quote),
        "",
    ]
    for one in report.bots:
        lines += [_line(part, one.bot) for part in one.parts]
    for part, taken in zip(parts, assumptions, strict=True):
        lines += ["", f"{part.bot or 'Bot'} on {part.pair}", *lines_of(taken)]
    return "\n".join((*lines, "", f"Computed in {report.engine_seconds:.2f} s."))


def _line(part: Report, bot: str) -> str:
    summary, quote = part.summary, part.market.quote
    closed = f"{summary.deals_closed} closed, {summary.deals_open} open"
    profit = f"{signed(summary.profit_quote)} {quote}, open {signed(summary.unrealised_quote)} {quote}"
    return f"{bot or 'Bot'} on {part.pair}: {closed}, {profit}, most in use {signed(summary.max_funds_quote)} {quote}"
