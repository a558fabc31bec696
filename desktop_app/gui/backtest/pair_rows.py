"""The pairs of several bots as rows of a table: whether their candles are there, where from, and who trades them."""

from desktop_app.gui import fmt
from desktop_app.gui.backtest.portfolio_plan import PairPlan
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.icons import icon
from desktop_app.gui.models import Column


def pair_columns() -> tuple[Column[PairPlan], ...]:
    return (
        Column("pair", tr_later("Pair"), lambda plan: plan.symbol, width=11),
        Column("candles", tr_later("Candles"), state_of, width=34, colour=_tone_of, tooltip=state_of,
               icon=lambda plan: icon(*_picture_of(plan))),
        Column("place", tr_later("From"), lambda plan: plan.choice.label if plan.choice is not None else fmt.UNKNOWN,
               width=24),
        Column("bots", tr_later("Bots"), lambda plan: ", ".join(plan.bots), width=26,
               tooltip=lambda plan: ", ".join(plan.bots)),
    )  # fmt: skip


def state_of(plan: PairPlan) -> str:
    """Whether a pair's candles of the period are all there, in words."""
    coverage = plan.coverage
    if plan.choice is None:
        return tr("None are kept, and no account is here to fetch them")
    if coverage is None:
        return tr("Looking at the candles…")
    if coverage.is_whole:
        return tr("Complete: {count}").format(count=fmt.whole(coverage.candles))
    wanted = fmt.whole(coverage.candles + coverage.missing)
    if not coverage.candles:
        return tr("None of {count} candles are kept yet").format(count=wanted)
    missing = fmt.whole(coverage.missing)
    return tr("{missing} of {count} candles are missing").format(missing=missing, count=wanted)


def _tone_of(plan: PairPlan) -> str | None:
    return "error" if plan.is_known and not plan.has_candles else None


def _picture_of(plan: PairPlan) -> tuple[str, str]:
    if not plan.is_known:
        return "clock", "muted"
    is_whole = plan.coverage is not None and plan.coverage.is_whole
    return ("check", "profit") if is_whole else ("warning", "warning" if plan.has_candles else "error")
