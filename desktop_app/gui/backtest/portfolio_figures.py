"""What a run of several bots says: a row for each bot, and what to beware of in all of them together."""

from dataclasses import dataclass
from datetime import tzinfo
from decimal import Decimal

from desktop_app.core.market import HUNDRED
from desktop_app.gui import fmt
from desktop_app.gui.backtest.choices import DAY_MS, day_words
from desktop_app.gui.backtest.figures import about_deals, about_fills, about_gaps, about_months, about_told, tone_of
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.models import Column
from desktop_app.research.portfolio_run import PortfolioOutcome
from desktop_app.research.report import Summary


@dataclass(frozen=True, slots=True)
class BotRow:
    """What one bot did with the balance that all of them share."""

    at: int
    name: str
    pairs: tuple[str, ...]
    summary: Summary
    funds: Decimal
    quote: str

    @property
    def key(self) -> str:
        return str(self.at)

    @property
    def net(self) -> Decimal:
        return self.summary.profit_quote + self.summary.unrealised_quote

    @property
    def percent(self) -> Decimal | None:
        return self.net / self.funds * HUNDRED if self.funds else None


def bot_rows(outcome: PortfolioOutcome) -> tuple[BotRow, ...]:
    return tuple(
        BotRow(
            at,
            bot.settings.name,
            tuple(part.report.pair for part in bot.parts),
            bot.summary,
            outcome.funds,
            outcome.quote,
        )
        for at, bot in enumerate(outcome.bots)
    )


def bot_columns() -> tuple[Column[BotRow], ...]:
    def tone(row: BotRow) -> str | None:
        return tone_of(row.net) or None

    def spoken(row: BotRow) -> str:
        word = tr("profit") if row.net >= 0 else tr("loss")
        return f"{fmt.pnl(row.net, row.quote)}, {word}"

    return (
        Column("bot", tr_later("Bot"), lambda row: row.name, tooltip=lambda row: row.name, width=14),
        Column("pairs", tr_later("Pairs"), lambda row: ", ".join(row.pairs), tooltip=lambda row: ", ".join(row.pairs),
               width=12),
        Column("net", tr_later("Net"), lambda row: fmt.signed(row.net, row.quote), sort=lambda row: row.net,
               raw=lambda row: fmt.plain(row.net), is_number=True, colour=tone, spoken=spoken, width=9,
               hint=tr_later("Open deals included, after all fees")),
        Column("percent", tr_later("Net %"), lambda row: fmt.percent(row.percent), sort=lambda row: row.percent,
               is_number=True, colour=tone, width=7, hint=tr_later("Of the balance that all of them share")),
        Column("deals", tr_later("Deals"), lambda row: fmt.whole(row.summary.deals_closed),
               sort=lambda row: row.summary.deals_closed, is_number=True, width=6, hint=tr_later("Closed deals")),
        Column("open", tr_later("Open"), lambda row: fmt.whole(row.summary.deals_open),
               sort=lambda row: row.summary.deals_open, is_number=True, width=6, is_hidden=True,
               hint=tr_later("Deals that the period left open")),
        Column("drop", tr_later("Worst drop"), lambda row: fmt.percent(-row.summary.max_drawdown_percent),
               sort=lambda row: row.summary.max_drawdown_percent, is_number=True, width=10,
               hint=tr_later("The deepest fall of the balance if only this bot's deals had counted")),
        Column("used", tr_later("Most in use"), lambda row: fmt.quote(row.summary.max_funds_quote, row.quote),
               sort=lambda row: row.summary.max_funds_quote, is_number=True, width=10,
               hint=tr_later("The most that its deals had in the market at once")),
        Column("fees", tr_later("Fees"), lambda row: fmt.quote(row.summary.fees_quote, row.quote),
               sort=lambda row: row.summary.fees_quote, is_number=True, width=8, is_hidden=True),
    )  # fmt: skip


def portfolio_cautions(outcome: PortfolioOutcome, zone: tzinfo) -> tuple[str, ...]:
    """In sentences, the gravest first."""
    named = tr("{name}: {text}")
    found = [
        named.format(name=bot.settings.name, text=text) for bot in outcome.bots for text in about_told(bot.parts[0])
    ]
    by_pair = {part.report.pair: part for part in outcome.parts}
    for pair, part in by_pair.items():
        if part.report.start - outcome.start > DAY_MS:
            words = tr("Its candles begin only on {day}.").format(day=day_words(part.report.start, zone))
            found.append(named.format(name=pair, text=words))
        found.extend(named.format(name=pair, text=text) for text in about_gaps(part.assumptions))
    return (*found, *about_months(outcome.insight.months), *about_deals(outcome),
            *about_fills(outcome.parts[0].assumptions))  # fmt: skip
