"""A backtest's report as the JSON document that programs read and as the text that people read."""

import json
from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal
from typing import TypeAlias

from desktop_app.core.market import Market
from desktop_app.core.words import plain
from desktop_app.research.assumed_words import lines_of
from desktop_app.research.assumptions import Assumptions, Detail
from desktop_app.research.report import DealLine, OrderLine, Report, Summary

Json: TypeAlias = "str | int | float | list[Json] | dict[str, Json] | None"

_NAMES = {"start": "from", "end": "to"}
_GRID = ("grid_profit_quote", "round_trips")  # of a grid only
_SHOWN: dict[type[object], tuple[str, ...]] = {
    kind: tuple(one.name for one in fields(kind))
    for kind in (Report, DealLine, OrderLine, Summary, Market, Assumptions, Detail)
}
_SHOWN_DEALS = 20  # of the text; the document has them all


def to_json(report: Report, assumptions: Assumptions | None = None) -> str:
    """The document of contract.md on one line: decimals as strings, times as ms UTC, what is undefined as null."""
    document = value_of(report)
    if assumptions is not None and isinstance(document, dict):
        document["assumptions"] = value_of(assumptions)
    return json.dumps(document, ensure_ascii=False, allow_nan=False)


def value_of(thing: object) -> Json:
    if isinstance(thing, Decimal):
        return exact_text(thing)
    if isinstance(thing, str):
        return str(thing)
    if isinstance(thing, tuple):
        return [value_of(one) for one in thing]
    if type(thing) in _SHOWN:
        shown = ((name, getattr(thing, name)) for name in _SHOWN[type(thing)])
        return {
            _NAMES.get(name, name): value_of(value) for name, value in shown if name not in _GRID or value is not None
        }
    assert thing is None or isinstance(thing, int | float), f"{thing!r} has no place in the document"
    return thing


def exact_text(value: Decimal) -> str:
    """All digits, no exponent, no idle zeros, no minus zero."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def to_text(report: Report, assumptions: Assumptions | None = None) -> str:
    """A page for people."""
    quote = report.market.quote
    gaps = f", {report.gaps} gaps" if report.gaps else ""
    lines = [
        f"{report.bot or 'Bot'} on {report.pair}, {report.candles} candles of {report.timeframe}{gaps}",
        f"{moment(report.start)} to {moment(report.end)} UTC",
        "",
        *summary_lines(report.summary, quote),
        "",
    ]
    shown = report.deals[-_SHOWN_DEALS:]
    if len(shown) < len(report.deals):
        lines.append(f"The last {len(shown)} of {len(report.deals)} deals:")
    lines += [_deal(deal, quote) for deal in shown]
    if assumptions is not None:
        lines += ["", *lines_of(assumptions), ""]
    lines.append(f"Computed in {report.engine_seconds:.2f} s.")
    return "\n".join(lines)


def summary_lines(summary: Summary, quote: str) -> tuple[str, ...]:
    held = f"{summary.deals_open} still open ({signed(summary.unrealised_quote)} {quote})"
    return (
        f"Profit            {signed(summary.profit_quote)} {quote} ({signed(summary.profit_percent)} %)",
        f"Just holding      {signed(summary.buy_and_hold_percent)} %",
        *_grid(summary, quote),
        f"Deals             {summary.deals_closed} closed, {held}",
        f"Won               {_percent(summary.win_rate_percent)}",
        f"Profit factor     {signed(summary.profit_factor)}",
        f"Fees              {signed(summary.fees_quote)} {quote}",
        f"Max drawdown      {_percent(summary.max_drawdown_percent)}",
        f"Max floating loss {_percent(summary.max_floating_loss_percent)}",
        f"Sharpe            {signed(summary.sharpe)}",
        f"Sortino           {signed(summary.sortino)}",
        f"Calmar            {signed(summary.calmar)}",
        f"Average deal      {duration(summary.average_deal_seconds)}",
        f"Longest deal      {duration(summary.longest_deal_seconds)}",
        f"Most in use       {signed(summary.max_funds_quote)} {quote}, {summary.max_safety_orders_used} safety orders",
        f"Time in market    {_percent(summary.time_in_market_percent)}",
    )


def _grid(summary: Summary, quote: str) -> tuple[str, ...]:
    if summary.round_trips is None:
        return ()
    return (f"Grid profit       {signed(summary.grid_profit_quote)} {quote} of {summary.round_trips} round trips",)


def _deal(deal: DealLine, quote: str) -> str:
    until = "—" if deal.closed_at is None else moment(deal.closed_at)
    return (
        f"{moment(deal.opened_at)} → {until:16}  {deal.status:14} {deal.safety_orders_filled:3} safety  "
        f"{signed(deal.profit_quote):>14} {quote} ({signed(deal.profit_percent)} %)"
    )


def moment(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M")


def signed(value: Decimal | None) -> str:
    """For reading: four decimals, a real minus sign, a dash for what is undefined."""
    return "—" if value is None else plain(round(value, 4)).replace("-", "−")


def _percent(value: Decimal | None) -> str:
    return "—" if value is None else f"{signed(value)} %"


def duration(seconds: int | None) -> str:
    """`2 d 5 h`, `3 h 20 min`."""
    if seconds is None:
        return "—"
    minutes = seconds // 60
    days, hours = divmod(minutes // 60, 24)
    return f"{days} d {hours} h" if days else f"{hours} h {minutes % 60} min"
