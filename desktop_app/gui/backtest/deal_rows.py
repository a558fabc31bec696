"""The deals of a backtest as rows of a table."""

from dataclasses import dataclass
from datetime import tzinfo
from decimal import Decimal

from desktop_app.core.deal import Direction
from desktop_app.gui import fmt
from desktop_app.gui.backtest.choices import day_words, moment_words
from desktop_app.gui.backtest.figures import direction_of, invested_in, reason_of, tone_of
from desktop_app.gui.i18n import tr, tr_later, units
from desktop_app.gui.models import Column
from desktop_app.research.insight import Excursion
from desktop_app.research.report import DealLine
from desktop_app.research.trial_run import Outcome


@dataclass(frozen=True, slots=True)
class DealRow:
    """One deal; `until` is its end, or where the run ended. `bot` is its bot's place among several."""

    number: int
    line: DealLine
    excursion: Excursion
    until: int
    direction: Direction
    quote: str
    bot: int = 0
    bot_name: str = ""
    pair: str = ""

    @property
    def key(self) -> str:
        return str(self.number)

    @property
    def invested(self) -> Decimal:
        return invested_in(self.line, self.direction)

    @property
    def lasted(self) -> int:
        return self.until - self.line.opened_at


def rows_of(outcome: Outcome, *, bot: int = 0, first: int = 1) -> tuple[DealRow, ...]:
    """`first`: the number of the first deal, where those of several bots or pairs stand in one table."""
    report, direction = outcome.report, direction_of(outcome)
    return tuple(
        DealRow(
            number=number,
            line=line,
            excursion=excursion,
            until=line.closed_at if line.closed_at is not None else report.end,
            direction=direction,
            quote=report.market.quote,
            bot=bot,
            bot_name=outcome.settings.name,
            pair=report.pair,
        )
        for number, (line, excursion) in enumerate(
            zip(report.deals, outcome.insight.excursions, strict=True), first
        )
    )  # fmt: skip


def columns_of_many(zone: tzinfo) -> tuple[Column[DealRow], ...]:
    """Whose deal it is, and of which pair, after the number."""
    number, *others = columns_of(zone)
    return (
        number,
        Column("bot", tr_later("Bot"), lambda row: row.bot_name, tooltip=lambda row: row.bot_name, width=13),
        Column("pair", tr_later("Pair"), lambda row: row.pair, width=10),
        *others,
    )


def columns_of(zone: tzinfo) -> tuple[Column[DealRow], ...]:
    def tone(row: DealRow) -> str | None:
        return tone_of(row.line.profit_quote) or None

    def spoken(row: DealRow) -> str:
        word = tr("profit") if row.line.profit_quote >= 0 else tr("loss")
        return f"{fmt.pnl(row.line.profit_quote, row.quote)}, {word}"

    return (
        Column("number", tr_later("#"), lambda row: str(row.number), sort=lambda row: row.number, is_number=True,
               width=4),
        Column("opened", tr_later("Opened"), lambda row: day_words(row.line.opened_at, zone),
               sort=lambda row: row.line.opened_at, tooltip=lambda row: moment_words(row.line.opened_at, zone),
               width=10),
        Column("closed", tr_later("Closed"),
               lambda row: fmt.UNKNOWN if row.line.closed_at is None else day_words(row.line.closed_at, zone),
               sort=lambda row: row.line.closed_at,
               tooltip=lambda row: "" if row.line.closed_at is None else moment_words(row.line.closed_at, zone),
               width=10),
        Column("reason", tr_later("Reason"), lambda row: reason_of(row.line), tooltip=lambda row: reason_of(row.line),
               width=13),
        Column("safety", tr_later("SO"), lambda row: str(row.line.safety_orders_filled),
               sort=lambda row: row.line.safety_orders_filled, is_number=True, width=4,
               hint=tr_later("Safety orders that filled")),
        Column("invested", tr_later("Invested"), lambda row: fmt.quote(row.invested, row.quote),
               sort=lambda row: row.invested, raw=lambda row: fmt.plain(row.invested), is_number=True, width=8),
        Column("profit", tr_later("Profit"), lambda row: fmt.signed(row.line.profit_quote, row.quote),
               sort=lambda row: row.line.profit_quote, raw=lambda row: fmt.plain(row.line.profit_quote),
               is_number=True, colour=tone, spoken=spoken, width=8, hint=tr_later("After all fees")),
        Column("percent", tr_later("Profit %"), lambda row: fmt.percent(row.line.profit_percent),
               sort=lambda row: row.line.profit_percent, raw=lambda row: fmt.plain(row.line.profit_percent),
               is_number=True, colour=tone, width=8),
        Column("lasted", tr_later("Duration"), lambda row: fmt.duration(row.lasted, units()),
               sort=lambda row: row.lasted, is_number=True, width=10),
        Column("worst", tr_later("Worst %"), lambda row: fmt.percent(row.excursion.worst_percent),
               sort=lambda row: row.excursion.worst_percent, is_number=True, width=9,
               hint=tr_later("The deepest it was under water on its way (MAE)")),
        Column("best", tr_later("Best %"), lambda row: fmt.percent(row.excursion.best_percent),
               sort=lambda row: row.excursion.best_percent, is_number=True, width=9,
               hint=tr_later("The most it showed on its way (MFE)")),
        Column("fees", tr_later("Fees"), lambda row: fmt.quote(row.line.fees_quote, row.quote),
               sort=lambda row: row.line.fees_quote, is_number=True, width=8, is_hidden=True),
    )  # fmt: skip
