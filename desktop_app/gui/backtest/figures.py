"""What a backtest's card says: profit beside what makes it worth something, and what to beware of."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from desktop_app.core.deal import DealStatus, Direction
from desktop_app.core.market import HUNDRED, ZERO
from desktop_app.gui import fmt, wording
from desktop_app.gui.i18n import tr, units
from desktop_app.research.assumptions import Assumptions
from desktop_app.research.insight import Month
from desktop_app.research.report import DealLine
from desktop_app.research.trial_run import Outcome

if TYPE_CHECKING:
    from desktop_app.research.results import Kept

Tone = Literal["", "profit", "loss"]
_FEW_DEALS = 30
_FEW_MONTHS = 3
_RARE = Decimal("0.34")  # of the months: a third


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the card: `key` is stable, `note` stands behind the value, `tip` says what it counts."""

    key: str
    name: str
    value: str
    note: str = ""
    tone: Tone = ""
    tip: str = ""


def tone_of(value: Decimal) -> Tone:
    return "profit" if value > 0 else "loss" if value < 0 else ""


def deals_of(outcome: "Kept") -> tuple[DealLine, ...]:
    return outcome.report.deals if isinstance(outcome, Outcome) else outcome.deals


def name_of(outcome: "Kept") -> str:
    return outcome.settings.name if isinstance(outcome, Outcome) else outcome.name


def figures_of(outcome: "Kept") -> tuple[Figure, ...]:
    """All that belongs beside each other: never the profit alone."""
    return (*_of_the_run(outcome), *_of_the_deals(outcome))


def _of_the_run(outcome: "Kept") -> tuple[Figure, ...]:
    summary, quote, fall = outcome.report.summary, outcome.report.market.quote, outcome.insight.fall
    total, funds = outcome.total_quote, outcome.funds
    percent = total / funds * HUNDRED if funds else None
    if fall is None:
        recovery = ""
    elif fall.recovered is None:
        recovery = tr("not made good yet")
    else:
        recovery = tr("{time} to recover").format(time=fmt.duration(fall.recovered - fall.start, units()))
    used = summary.max_funds_quote / funds * HUNDRED if funds else None
    return (
        Figure("profit", tr("Profit"), fmt.pnl(total, quote), fmt.percent(percent), tone_of(total),
               tr("Closed deals, and open ones as if sold at the last close; after all fees.")),
        Figure("holding", tr("Just holding"), fmt.percent(summary.buy_and_hold_percent), "", "",
               tr("What buying at the first price and keeping it would have brought, without fees.")),
        Figure("drawdown", tr("Max drawdown"), fmt.percent(-summary.max_drawdown_percent), recovery,
               "loss" if summary.max_drawdown_percent else "",
               tr("The deepest fall of everything there was from its highest point so far.")),
        Figure("funds", tr("Max funds used"), fmt.quote(summary.max_funds_quote, quote),
               fmt.percent(used, sign=False, decimals=1), "",
               tr("The most that deals had in the market at once, and how much of the funds that is.")),
        Figure("open", tr("Open at end"), fmt.whole(summary.deals_open),
               fmt.pnl(summary.unrealised_quote, quote) if summary.deals_open else "",
               tone_of(summary.unrealised_quote) if summary.deals_open else "",
               tr("Deals that the period left open, as if sold at the last close. The profit has them in it.")),
        Figure("fees", tr("Fees"), fmt.money(summary.fees_quote, quote), "", "",
               tr("Paid on all fills; the profit is after them.")),
    )  # fmt: skip


def _of_the_deals(outcome: "Kept") -> tuple[Figure, ...]:
    summary, quote = outcome.report.summary, outcome.report.market.quote
    won = sum(1 for deal in deals_of(outcome) if deal.closed_at is not None and deal.profit_quote > 0)
    note = tr("won {won}").format(won=fmt.whole(won)) if summary.deals_closed else ""
    longest = summary.longest_deal_seconds
    figures = [
        Figure("deals", tr("Deals closed"), fmt.whole(summary.deals_closed), note),
        Figure("time", tr("Time in market"), fmt.percent(summary.time_in_market_percent, sign=False, decimals=0)),
        Figure("longest", tr("Longest deal"), fmt.duration(longest * 1000 if longest is not None else None, units())),
        Figure("safety", tr("Most safety orders"), fmt.whole(summary.max_safety_orders_used), "", "",
               tr("The most that one deal used.")),
        Figure("floating", tr("Deepest floating loss"), fmt.percent(-summary.max_floating_loss_percent), "",
               "loss" if summary.max_floating_loss_percent else "",
               tr("The largest loss that open deals showed at once, of the funds.")),
        Figure("sharpe", tr("Sharpe"), _ratio(summary.sharpe), "", "",
               tr("Mean daily return over its deviation, times √365. — means too short to say.")),
    ]  # fmt: skip
    if summary.round_trips is not None:
        earned = fmt.pnl(summary.grid_profit_quote, quote)
        trips = tr("{count} round trips").format(count=fmt.whole(summary.round_trips))
        grid = Figure("grid", tr("Grid profit"), earned, trips, tone_of(summary.grid_profit_quote or ZERO))
        of_deals = ("deals", "longest", "safety") if isinstance(outcome, Outcome) else ()  # not all may be grids
        figures = [grid, *(one for one in figures if one.key not in of_deals)]
    return tuple(figures)


def _ratio(value: Decimal | None) -> str:
    return fmt.UNKNOWN if value is None else f"{value:,.2f}".replace("-", fmt.MINUS)


def cautions_of(outcome: Outcome) -> tuple[str, ...]:
    """What flatters, what is missing, what is too little: in sentences, the gravest first."""
    return (*_about_the_run(outcome), *_about_the_deals(outcome), *about_fills(outcome.assumptions))


def _about_the_run(outcome: Outcome) -> list[str]:
    return [*about_gaps(outcome.assumptions), *about_months(outcome.insight.months)]


def about_gaps(taken: Assumptions) -> list[str]:
    if not taken.gaps:
        return []
    words = tr("The candles have {count} gaps. Nothing was traded in them.")
    one = tr("The candles have a gap. Nothing was traded in it.")
    return [words.format(count=fmt.whole(taken.gaps)) if taken.gaps > 1 else one]


def about_months(months: Sequence[Month]) -> list[str]:
    falling = sum(1 for month in months if month.holding_percent < 0)
    if len(months) > _FEW_MONTHS and Decimal(falling) / len(months) < _RARE:
        words = tr("Only {falling} of {count} months were falling months.")
        return [words.format(falling=falling, count=len(months))]
    return []


def _about_the_deals(outcome: Outcome) -> list[str]:
    return [*about_deals(outcome), *about_told(outcome)]


def about_deals(outcome: "Kept") -> list[str]:
    found: list[str] = []
    summary = outcome.report.summary
    open_deals = [deal for deal in deals_of(outcome) if deal.closed_at is None]
    if len(open_deals) == 1:
        words = tr("1 deal is still open at {percent}; it is included in profit.")
        found.append(words.format(percent=fmt.percent(open_deals[0].profit_percent)))
    elif open_deals:
        words = tr("{count} deals are still open, the worst at {percent}; they are included in profit.")
        worst = min(deal.profit_percent for deal in open_deals)
        found.append(words.format(count=len(open_deals), percent=fmt.percent(worst)))
    if summary.round_trips is None and summary.deals_closed < _FEW_DEALS:
        words = tr("Only {count} deals were closed: too few to tell luck from rule.")
        found.append(words.format(count=fmt.whole(summary.deals_closed)))
    return found


def about_told(outcome: Outcome) -> list[str]:
    """What the bot itself complained of."""
    found: list[str] = []
    for said, count in outcome.told:
        sentence = wording.sentence(said, outcome.report.market)
        times = tr("{count} times: {sentence}").format(count=fmt.whole(count), sentence=sentence)
        found.append(sentence if count == 1 else times)
    return found


def about_fills(taken: Assumptions) -> list[str]:
    found: list[str] = []
    if not taken.fill_through and taken.volume_share_percent is None:
        found.append(tr("Limit orders filled as soon as touched. On an exchange, others stand in line before yours."))
    if not taken.maker_fee and not taken.taker_fee:
        found.append(tr("No fees were counted."))
    return found


# --- deals


def endings_of(outcome: Outcome) -> str:
    """How deals ended and how many safety orders they took, in one line; nothing where there was no deal."""
    insight = outcome.insight
    if not insight.endings or outcome.report.summary.round_trips is not None:
        return ""
    ended = ", ".join(
        f"{wording.deal_status(DealStatus(one.status)) if one.status else tr('Still open')} {fmt.whole(one.deals)}"
        for one in insight.endings
    )
    ladder = ", ".join(f"{filled} × {fmt.whole(deals)}" for filled, deals in insight.ladder)
    return tr("Ended: {endings}  ·  Safety orders × deals: {ladder}").format(endings=ended, ladder=ladder)


def reason_of(deal: DealLine) -> str:
    """Why it ended; one that runs on is open."""
    return tr("Still open") if deal.closed_at is None else wording.deal_status(DealStatus(deal.status))


def invested_in(deal: DealLine, direction: Direction) -> Decimal:
    """What was spent on getting in, without fees."""
    return deal.bought_quote if direction is Direction.LONG else deal.sold_quote


def direction_of(outcome: Outcome) -> Direction:
    return Direction(getattr(outcome.settings, "direction", Direction.LONG))


def period_of(start: int, end: int) -> str:
    """A span of days in words."""
    return fmt.duration(end - start, units())
