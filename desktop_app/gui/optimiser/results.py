"""The runs of a search as rows: settings, what they did on the first part, and right beside it what on the unseen."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import inf

from PySide6.QtGui import QIcon

from desktop_app.core.market import HUNDRED
from desktop_app.gui import fmt
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.icons import icon
from desktop_app.gui.models import Column
from desktop_app.gui.optimiser.heat_map import short
from desktop_app.gui.optimiser.space_editor import unit_of, value_words
from desktop_app.gui.optimiser.variables import Variable
from desktop_app.gui.optimiser.verdict import WHY, Mark, broken_words, mark_of, tint_of
from desktop_app.research.goals import deals_of, shown_score, total_of
from desktop_app.research.report import Summary
from desktop_app.research.search import Trial
from desktop_app.research.search_run import Tried
from desktop_app.research.space import Value

_ICONS = {Mark.STABLE: "check", Mark.BROKEN: "error", Mark.LOSS: "down"}


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A run at its place in the order. `funds` None: nobody knows what its settings plan to use."""

    number: int
    trial: Trial
    funds: Decimal | None
    mark: Mark
    goal: str

    @property
    def key(self) -> str:
        return key_of(self.trial)

    def value(self, path: str) -> Value | None:
        return next((value for name, value in self.trial.point.values if name == path), None)


def key_of(trial: Trial) -> str:
    """A run is its settings."""
    return "|".join(str(value) for _, value in trial.point.values)


def make_row(number: int, tried: Tried, goal: str, share: float | None) -> ResultRow:
    return ResultRow(number, tried.trial, tried.funds, mark_of(tried.trial, share), goal)


def profit_percent(summary: Summary | None, funds: Decimal | None) -> Decimal | None:
    """What it brought, open deals included, of the money that its settings plan to use."""
    return None if summary is None or not funds else total_of(summary) / funds * HUNDRED


def columns_of(variables: Sequence[Variable], quote: str) -> tuple[Column[ResultRow], ...]:
    """The table of a search over these settings."""
    return (
        Column("number", "#", lambda row: str(row.number), sort=lambda row: row.number, is_number=True, width=3),
        *(_setting(variable, quote) for variable in variables),
        Column(
            "profit", tr_later("Profit %"), lambda row: _percent(profit_percent(row.trial.summary, row.funds)),
            sort=lambda row: profit_percent(row.trial.summary, row.funds), is_number=True, width=7,
            colour=lambda row: _tint(row.trial.summary), spoken=lambda row: _spoken(row.trial.summary, row.funds),
            tooltip=lambda row: fmt.pnl(total_of(row.trial.summary), quote),
            hint=tr_later("On the first part, open deals included, of the money that the settings plan to use"),
        ),
        Column(
            "drawdown", tr_later("Max DD %"), lambda row: _fall(row.trial.summary), is_number=True, width=7,
            sort=lambda row: row.trial.summary.max_drawdown_percent, hint=tr_later("Deepest fall on the first part"),
        ),
        Column("score", tr_later("Score"), _score, sort=_score_key, is_number=True, width=5,
               hint=tr_later("What the search was for, on the first part")),
        Column(
            "unseen_profit", tr_later("Unseen %"),
            lambda row: _percent(profit_percent(row.trial.unseen, row.funds)),
            sort=lambda row: profit_percent(row.trial.unseen, row.funds), is_number=True, width=7,
            colour=lambda row: _tint(row.trial.unseen), spoken=lambda row: _spoken(row.trial.unseen, row.funds),
            tooltip=lambda row: fmt.UNKNOWN if row.trial.unseen is None else fmt.pnl(total_of(row.trial.unseen), quote),
            hint=tr_later("Profit on the last part, which nothing was chosen by"),
        ),
        Column(
            "unseen_drawdown", tr_later("Unseen DD %"), lambda row: _fall(row.trial.unseen), is_number=True,
            sort=lambda row: None if row.trial.unseen is None else row.trial.unseen.max_drawdown_percent, width=7,
            hint=tr_later("Deepest fall on the last part"),
        ),
        Column("mark", tr_later("Verdict"), lambda row: tr(row.mark.value) if row.mark.value else "", icon=_icon,
               sort=lambda row: list(Mark).index(row.mark), colour=lambda row: tint_of(row.mark), tooltip=why_words,
               spoken=why_words, width=14),
        Column("deals", tr_later("Deals"), lambda row: fmt.whole(deals_of(row.trial.summary)),
               sort=lambda row: deals_of(row.trial.summary), is_number=True, width=5),
        Column("plan", tr_later("Plan"), lambda row: fmt.quote(row.funds, quote), sort=lambda row: row.funds,
               raw=lambda row: fmt.plain(row.funds), is_number=True, width=8,
               hint=tr_later("The most money that these settings plan to have in the market at once")),
    )  # fmt: skip


def why_words(row: ResultRow) -> str:
    """The verdict in a sentence."""
    words = tr(WHY[row.mark]) if row.mark is not Mark.NONE else ""
    if row.mark is Mark.BROKEN:
        return f"{words} ({broken_words(row.trial)})"
    return words


def _setting(variable: Variable, quote: str) -> Column[ResultRow]:
    def sort(row: ResultRow) -> Value | int | None:
        value = row.value(variable.path)
        if variable.is_number or value is None:
            return value
        return [known for known, _ in variable.choices].index(value)

    return Column(
        variable.path, variable.title, lambda row: value_words(variable, row.value(variable.path)), sort=sort,
        is_number=variable.is_number, width=5 if variable.is_number else 12, hint=_hint(variable, quote),
    )  # fmt: skip


def _hint(variable: Variable, quote: str) -> str:
    unit = unit_of(variable, quote)
    return f"{tr(variable.title)}, {unit}" if unit else variable.title


def _percent(value: Decimal | None) -> str:
    """The column's title has the sign."""
    return fmt.percent(value).removesuffix(" %")


def _fall(summary: Summary | None) -> str:
    return fmt.UNKNOWN if summary is None else fmt.percent(summary.max_drawdown_percent, sign=False).removesuffix(" %")


def _score(row: ResultRow) -> str:
    shown = shown_score(row.trial.score, row.goal)
    return fmt.UNKNOWN if shown is None else short(shown)


def _score_key(row: ResultRow) -> float | None:
    return None if row.trial.score == -inf else row.trial.score


def _tint(summary: Summary | None) -> str | None:
    if summary is None or not total_of(summary):
        return None
    return "profit" if total_of(summary) > 0 else "loss"


def _spoken(summary: Summary | None, funds: Decimal | None) -> str:
    percent = profit_percent(summary, funds)
    if percent is None:
        return tr("unknown")
    words = tr("loss") if percent < 0 else tr("profit")
    return tr("{amount}, {kind}").format(amount=fmt.percent(percent), kind=words)


def _icon(row: ResultRow) -> QIcon | None:
    if row.mark is Mark.NONE:
        return None
    return icon(_ICONS.get(row.mark, "warning"), tint_of(row.mark) or "muted")
