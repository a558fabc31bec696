"""A result of several bots as a file for others: a page for a browser, deals for a spreadsheet, a document."""

import csv
import io
from html import escape

from desktop_app.core.market import HUNDRED
from desktop_app.research.document import moment
from desktop_app.research.export import (
    DEAL_COLUMNS,
    deal_cells,
    figures_and_curves,
    invested_in,
    page_of,
    section,
    table,
)
from desktop_app.research.portfolio_document import to_json
from desktop_app.research.portfolio_run import PortfolioOutcome
from desktop_app.research.sheet import Say, assumptions_of, english, figure, money, percent, reason_of, tone_of


def to_html(outcome: PortfolioOutcome, say: Say = english) -> str:
    """A single file that reaches for nothing outside itself."""
    parts = (
        figures_and_curves(outcome, say),
        section(say("Bots"), _bots(outcome, say)),
        section(say("Deals"), _deals(outcome, say)),
        *(section(f"{say('Assumed')} · {_named(outcome, at)}", _assumed(outcome, at, say), is_wide=False)
          for at in range(len(outcome.parts))),
    )  # fmt: skip
    return page_of(title_of(outcome, say), period_of(outcome, say), parts)


def title_of(outcome: PortfolioOutcome, say: Say) -> str:
    words = say("Backtest of {count} bots over one balance")
    return words.format(count=len(outcome.bots))


def period_of(outcome: PortfolioOutcome, say: Say) -> str:
    words = say("{start} to {end} UTC, candles of {timeframe}, {pairs}")
    text = words.format(
        start=moment(outcome.start), end=moment(outcome.end), timeframe=outcome.parts[0].report.timeframe,
        pairs=", ".join(outcome.pairs),
    )  # fmt: skip
    if outcome.is_partial:
        part = say("partial result: the period asked for goes on to {end}").format(end=moment(outcome.wanted))
        text = f"{text} · {part}"
    return text


def _bots(outcome: PortfolioOutcome, say: Say) -> str:
    head = (
        say("Bot"), say("Pairs"), f"{say('Net')}, {outcome.quote}", f"{say('Net')} %", say("Deals closed"),
        say("Open at end"), say("Max drawdown"), say("Max funds used"), say("Fees"),
    )  # fmt: skip
    rows, tones = [], []
    for bot in outcome.bots:
        share = bot.total_quote / outcome.funds * HUNDRED if outcome.funds else None
        rows.append(
            (
                bot.settings.name, ", ".join(part.report.pair for part in bot.parts),
                money(bot.total_quote, "").strip(), percent(share), str(bot.summary.deals_closed),
                str(bot.summary.deals_open), percent(-bot.summary.max_drawdown_percent),
                figure(bot.summary.max_funds_quote), figure(bot.summary.fees_quote),
            )
        )  # fmt: skip
        tones.append(tone_of(bot.total_quote))
    return table(head, rows, tones, toned=(2, 3), words=(0, 1))


def _deals(outcome: PortfolioOutcome, say: Say) -> str:
    quote = outcome.quote
    head = (
        say("Bot"), say("Pair"), say("Opened"), say("Closed"), say("Reason"), "SO", f"{say('Invested')}, {quote}",
        f"{say('Profit')}, {quote}", f"{say('Profit')} %",
    )  # fmt: skip
    rows, tones = [], []
    for part in outcome.parts:
        for deal in part.report.deals:
            rows.append(
                (
                    part.settings.name, part.report.pair, moment(deal.opened_at),
                    "—" if deal.closed_at is None else moment(deal.closed_at), reason_of(deal, say),
                    str(deal.safety_orders_filled), figure(invested_in(part, deal)),
                    money(deal.profit_quote, "").strip(), percent(deal.profit_percent),
                )
            )  # fmt: skip
            tones.append(tone_of(deal.profit_quote))
    return table(head, rows, tones, toned=(7, 8), words=(0, 1, 2, 3, 4))


def _named(outcome: PortfolioOutcome, at: int) -> str:
    part = outcome.parts[at]
    return f"{part.settings.name}, {part.report.pair}"


def _assumed(outcome: PortfolioOutcome, at: int, say: Say) -> str:
    lines = assumptions_of(outcome.parts[at], say)
    return f'<ul class="muted">{"".join(f"<li>{escape(line)}</li>" for line in lines)}</ul>'


def to_csv(outcome: PortfolioOutcome) -> str:
    """A line for each deal of each bot; what was assumed stands in the comments on top."""
    out = io.StringIO()
    out.write(f"# {title_of(outcome, english)}, {period_of(outcome, english)}\n")
    for at, part in enumerate(outcome.parts):
        for line in assumptions_of(part, english):
            out.write(f"# {_named(outcome, at)}: {line}\n")
    write = csv.writer(out, lineterminator="\n")
    write.writerow(("bot", "pair", *DEAL_COLUMNS))
    for part in outcome.parts:
        for deal, seen in zip(part.report.deals, part.insight.excursions, strict=True):
            write.writerow((part.settings.name, part.report.pair, *deal_cells(deal, seen)))
    return out.getvalue()


def to_document(outcome: PortfolioOutcome) -> str:
    """The document of `backtest --json` of several bots."""
    return to_json(outcome.report, [part.assumptions for part in outcome.parts])
