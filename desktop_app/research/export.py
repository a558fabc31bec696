"""A result as a file for others: one page for a browser, deals for a spreadsheet, a document for programs."""

import csv
import io
import json
from collections.abc import Sequence
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING

from desktop_app.core.deal import Direction
from desktop_app.research.document import Json, exact_text, moment, to_json, value_of
from desktop_app.research.drawing import curves_svg
from desktop_app.research.insight import Excursion
from desktop_app.research.report import DealLine
from desktop_app.research.sheet import (
    Say,
    assumptions_of,
    english,
    figure,
    money,
    percent,
    period_of,
    reason_of,
    rows_of,
    title_of,
    tone_of,
)
from desktop_app.research.trial_run import Outcome

if TYPE_CHECKING:
    from desktop_app.research.results import Kept

DEAL_COLUMNS = (
    "opened_at", "closed_at", "status", "safety_orders_filled", "average_price", "bought_amount", "bought_quote",
    "sold_amount", "sold_quote", "fees_quote", "profit_quote", "profit_percent", "mae_quote", "mae_percent",
    "mfe_quote", "mfe_percent",
)  # fmt: skip
_STYLE = """
body{font:15px/1.45 "Noto Sans","Noto Sans SC","Segoe UI","Helvetica Neue",Arial,sans-serif;color:#1b2130;
background:#f7f8fa;margin:0}main{max-width:1240px;margin:0 auto;padding:24px}h1{font-size:24px;margin:0 0 4px}
h2{font-size:17px;margin:28px 0 8px}.muted{color:#5a6376}.profit{color:#08724b}.loss{color:#c22339}
.card{background:#fff;border:1px solid #dfe3ea;border-radius:8px;padding:16px}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(240px,1fr));gap:12px 24px;margin:0}
dt{color:#5a6376;font-size:13px}dd{margin:0;font-weight:600}svg{width:100%;height:auto;display:block}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:14px}
th{text-align:left;color:#5a6376;font-weight:600}th,td{padding:4px 8px;border-bottom:1px solid #edf0f4}
.card+.card{margin-top:12px}td.n,th.n{text-align:right}.scroll{overflow-x:auto}
@media print{body{background:#fff}.card{border:0;padding:0}}
"""


def to_html(outcome: Outcome, say: Say = english) -> str:
    """A single file that reaches for nothing outside itself: no script, no picture, no font of others."""
    quote = outcome.report.market.quote
    taken = "".join(f"<li>{escape(line)}</li>" for line in assumptions_of(outcome, say))
    parts = (
        figures_and_curves(outcome, say),
        _endings(outcome, say),
        section(say("Deals"), _deals(outcome, quote, say)),
        section(say("Assumed"), f'<ul class="muted">{taken}</ul>', is_wide=False),
    )
    return page_of(title_of(outcome, say), period_of(outcome, say), parts)


def page_of(title: str, period: str, parts: Sequence[str]) -> str:
    title = escape(title)
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{title}</title><style>{_STYLE}</style></head><body><main>"
        f'<h1>{title}</h1><p class="muted">{escape(period)}</p>{"".join(parts)}</main></body></html>'
    )


def figures_and_curves(outcome: "Kept", say: Say) -> str:
    """What one looks at first, and the months."""
    figures = "".join(
        f'<div><dt>{escape(row.name)}</dt><dd class="{row.tone}">{escape(row.value)}</dd></div>'
        for row in rows_of(outcome, say)
    )
    curves = section(say("Curves"), curves_svg(outcome, say), is_wide=False)
    return f'<div class="card"><dl>{figures}</dl></div>{curves}{_months(outcome, say)}'


def section(title: str, inside: str, *, is_wide: bool = True) -> str:
    """`is_wide`: it scrolls sideways where it has to."""
    return f'<h2>{escape(title)}</h2><div class="card{" scroll" if is_wide else ""}">{inside}</div>'


def _months(outcome: "Kept", say: Say) -> str:
    head = (say("Month"), f"{say('Profit')}, {outcome.report.market.quote}", f"{say('Profit')} %", say("Holding %"))
    rows = [
        (
            f"{month.year}-{month.month:02}", money(month.profit_quote, "").strip(), percent(month.profit_percent),
            percent(month.holding_percent), str(month.deals_closed),
        )
        for month in outcome.insight.months
    ]  # fmt: skip
    tones = [tone_of(month.profit_quote) for month in outcome.insight.months]
    return section(say("Months"), table((*head, say("Deals closed")), rows, tones, toned=(1, 2)))


def _endings(outcome: Outcome, say: Say) -> str:
    """How deals ended, and how many safety orders they used."""
    quote = outcome.report.market.quote
    endings = [
        (
            say(one.status.replace("_", " ")) if one.status else say("open"),
            str(one.deals),
            money(one.profit_quote, quote),
        )
        for one in outcome.insight.endings
    ]
    tones = [tone_of(one.profit_quote) for one in outcome.insight.endings]
    ladder = [(str(filled), str(deals)) for filled, deals in outcome.insight.ladder]
    first = table((say("Reason"), say("Deals"), say("Profit")), endings, tones, toned=(2,))
    second = table((say("Safety orders filled"), say("Deals")), ladder, [""] * len(ladder))
    words = escape(say("How deals ended"))
    return f'<h2>{words}</h2><div class="card scroll">{first}</div><div class="card scroll">{second}</div>'


def _deals(outcome: Outcome, quote: str, say: Say) -> str:
    head = (
        "#", say("Opened"), say("Closed"), say("Reason"), "SO", f"{say('Invested')}, {quote}",
        f"{say('Profit')}, {quote}", f"{say('Profit')} %", say("Worst %"), say("Best %"), f"{say('Fees')}, {quote}",
    )  # fmt: skip
    rows, tones = [], []
    for number, (deal, seen) in enumerate(zip(outcome.report.deals, outcome.insight.excursions, strict=True), 1):
        rows.append(
            (
                str(number), moment(deal.opened_at), "—" if deal.closed_at is None else moment(deal.closed_at),
                reason_of(deal, say), str(deal.safety_orders_filled), figure(invested_in(outcome, deal)),
                money(deal.profit_quote, "").strip(), percent(deal.profit_percent), percent(seen.worst_percent),
                percent(seen.best_percent), figure(deal.fees_quote),
            )
        )  # fmt: skip
        tones.append(tone_of(deal.profit_quote))
    return table(head, rows, tones, toned=(6, 7), words=(1, 2, 3))


def table(
    head: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    tones: Sequence[str],
    *,
    toned: tuple[int, ...] = (),
    words: tuple[int, ...] = (0,),
) -> str:
    def cell(tag: str, at: int, text: str, tone: str) -> str:
        kind = " ".join(filter(None, ("" if at in words else "n", tone if at in toned else "")))
        return f'<{tag} class="{kind}">{escape(text)}</{tag}>'

    top = "".join(cell("th", at, text, "") for at, text in enumerate(head))
    body = "".join(
        "<tr>" + "".join(cell("td", at, text, tone) for at, text in enumerate(row)) + "</tr>"
        for row, tone in zip(rows, tones, strict=True)
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def invested_in(outcome: Outcome, deal: DealLine) -> Decimal:
    is_short = getattr(outcome.settings, "direction", Direction.LONG) is Direction.SHORT
    return deal.sold_quote if is_short else deal.bought_quote


def to_csv(outcome: Outcome) -> str:
    """A line for each deal, exact numbers, times as ms UTC; what was assumed stands in the comments on top."""
    out = io.StringIO()
    out.write(f"# {title_of(outcome, english)}, {period_of(outcome, english)}\n")
    for line in assumptions_of(outcome, english):
        out.write(f"# {line}\n")
    write = csv.writer(out, lineterminator="\n")
    write.writerow(("number", *DEAL_COLUMNS))
    for number, (deal, seen) in enumerate(zip(outcome.report.deals, outcome.insight.excursions, strict=True), 1):
        write.writerow((number, *deal_cells(deal, seen)))
    return out.getvalue()


def deal_cells(deal: DealLine, seen: Excursion) -> tuple[object, ...]:
    """A deal as DEAL_COLUMNS name it."""
    numbers = (
        deal.average_price, deal.bought_amount, deal.bought_quote, deal.sold_amount, deal.sold_quote, deal.fees_quote,
        deal.profit_quote, deal.profit_percent, seen.worst_quote, seen.worst_percent, seen.best_quote,
        seen.best_percent,
    )  # fmt: skip
    words = (deal.opened_at, deal.closed_at or "", deal.status, deal.safety_orders_filled)
    return (*words, *(exact_text(value) for value in numbers))


def to_document(outcome: Outcome) -> str:
    """The document of `backtest --json`, and beside it the months, the endings and how deals went on their way."""
    document = json.loads(to_json(outcome.report, outcome.assumptions))
    insight = outcome.insight
    document["partial"] = outcome.is_partial
    document["months"] = [
        _named(month, "year", "month", "profit_quote", "profit_percent", "holding_percent", "deals_closed")
        for month in insight.months
    ]
    document["excursions"] = [
        _named(seen, "worst_quote", "worst_percent", "best_quote", "best_percent") for seen in insight.excursions
    ]
    document["endings"] = [_named(one, "status", "deals", "profit_quote") for one in insight.endings]
    document["safety_orders_used"] = [{"filled": filled, "deals": deals} for filled, deals in insight.ladder]
    return json.dumps(document, ensure_ascii=False, allow_nan=False)


def _named(thing: object, *names: str) -> dict[str, Json]:
    return {name: value_of(getattr(thing, name)) for name in names}
