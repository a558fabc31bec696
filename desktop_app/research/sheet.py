"""What an exported result says, in rows of words: the same on a picture, on a page, and in every language."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from desktop_app.core.market import HUNDRED
from desktop_app.research.assumed_words import terms_of
from desktop_app.research.document import moment
from desktop_app.research.report import DealLine
from desktop_app.research.trial_run import Outcome

if TYPE_CHECKING:
    from desktop_app.research.results import Kept

Say = Callable[[str], str]  # a text in the reader's language
_MINUS = "\N{MINUS SIGN}"
UNKNOWN = "—"
_DAY = 24  # hours


@dataclass(frozen=True, slots=True)
class Row:
    """A name and its value; `tone` is "profit", "loss" or nothing."""

    name: str
    value: str
    tone: str = ""


def english(text: str) -> str:
    return text


def title_of(outcome: Outcome, say: Say) -> str:
    return say("Backtest of {bot} on {pair}").format(
        bot=outcome.settings.name or say("a bot"), pair=outcome.report.pair
    )


def period_of(outcome: Outcome, say: Say) -> str:
    report = outcome.report
    words = say("{start} to {end} UTC, {count} candles of {timeframe}")
    text = words.format(
        start=moment(report.start), end=moment(report.end), count=f"{report.candles:,}", timeframe=report.timeframe
    )
    if outcome.is_partial:
        part = say("partial result: the period asked for goes on to {end}").format(end=moment(outcome.wanted))
        text = f"{text} · {part}"
    return text


def rows_of(outcome: "Kept", say: Say) -> tuple[Row, ...]:
    """The profit beside holding, drawdown, funds, what is open, and fees; then the rest."""
    summary, quote, fall = outcome.report.summary, outcome.report.market.quote, outcome.insight.fall
    share = outcome.total_quote / outcome.funds * HUNDRED if outcome.funds else None
    used = summary.max_funds_quote / outcome.funds * HUNDRED if outcome.funds else None
    deepest = percent(-summary.max_drawdown_percent)
    if fall is not None:
        days = say("not made good") if fall.recovered is None else lasting((fall.recovered - fall.start) // 1000, say)
        deepest = f"{deepest} ({days})"
    is_open = summary.deals_open > 0
    rows = [
        Row(say("Profit"), f"{money(outcome.total_quote, quote)} ({percent(share)})", tone_of(outcome.total_quote)),
        Row(say("Just holding"), percent(summary.buy_and_hold_percent)),
        Row(say("Max drawdown"), deepest, "loss" if summary.max_drawdown_percent else ""),
        Row(say("Max funds used"), f"{figure(summary.max_funds_quote)} {quote} ({percent(used, sign=False)})"),
        Row(
            say("Open at end"),
            f"{summary.deals_open} ({money(summary.unrealised_quote, quote)})" if is_open else "0",
            tone_of(summary.unrealised_quote) if is_open else "",
        ),
        Row(say("Fees"), f"{figure(summary.fees_quote)} {quote}"),
        Row(say("Deals closed, won"), f"{summary.deals_closed}, {percent(summary.win_rate_percent, sign=False)}"),
        Row(say("Time in market"), percent(summary.time_in_market_percent, sign=False)),
        Row(say("Longest deal"), lasting(summary.longest_deal_seconds, say)),
        Row(say("Most safety orders"), str(summary.max_safety_orders_used)),
        Row(say("Deepest floating loss"), percent(-summary.max_floating_loss_percent)),
        Row(say("Profit factor"), figure(summary.profit_factor)),
        Row("Sharpe · Sortino · Calmar", " · ".join(
            figure(value) for value in (summary.sharpe, summary.sortino, summary.calmar)
        )),
    ]  # fmt: skip
    if summary.round_trips is not None:
        earned = f"{money(summary.grid_profit_quote, quote)} ({summary.round_trips:,})"
        rows.insert(6, Row(say("Grid profit (round trips)"), earned))
    return tuple(rows)


def assumptions_of(outcome: Outcome, say: Say) -> tuple[str, ...]:
    """Everything that was taken for granted, a line for each kind."""
    words = say("{name}: {text}")
    return tuple(words.format(name=name, text=text) for name, text in terms_of(outcome.assumptions, say))


def reason_of(deal: DealLine, say: Say) -> str:
    return say("open") if deal.closed_at is None else say(deal.status.replace("_", " "))


def lasting(seconds: int | None, say: Say) -> str:
    """`2 d 5 h`, `3 h 20 min`."""
    if seconds is None:
        return UNKNOWN
    hours, minutes = divmod(seconds // 60, 60)
    if hours < _DAY:
        return say("{hours} h {minutes} min").format(hours=hours, minutes=minutes)
    return say("{days} d {hours} h").format(days=hours // _DAY, hours=hours % _DAY)


def tone_of(value: Decimal) -> str:
    return "profit" if value > 0 else "loss" if value < 0 else ""


# --- numbers


def money(value: Decimal | None, quote: str) -> str:
    if value is None:
        return UNKNOWN
    return f"{'+' if value > 0 else ''}{figure(value)} {quote}"


def figure(value: Decimal | None) -> str:
    """Two decimals; of something small, as many as show two figures. A real minus, thousands apart."""
    if value is None:
        return UNKNOWN
    places = 2 if not value or abs(value) >= 1 else min(8, max(2, 1 - value.adjusted()))
    return f"{round(value, places):,.{places}f}".replace("-", _MINUS)


def percent(value: Decimal | None, *, sign: bool = True) -> str:
    if value is None:
        return UNKNOWN
    rounded = round(value, 2) + 0
    return f"{'+' if sign and rounded > 0 else ''}{rounded:,.2f} %".replace("-", _MINUS)
