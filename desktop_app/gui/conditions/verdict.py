"""What a trial over history comes to, in words and in marks for a chart."""

from collections.abc import Mapping

from desktop_app.core.condition_groups import Group
from desktop_app.gui import fmt
from desktop_app.gui.chart.study import Firings, Study
from desktop_app.gui.conditions.clauses import Block, Place
from desktop_app.gui.conditions.history import Tried, candles_needed
from desktop_app.gui.conditions.reading import read_block
from desktop_app.gui.conditions.words import group_words
from desktop_app.gui.i18n import tr, tr_later

# What a group is for, by its setting: the words on a mark, and the mark's colour.
PURPOSES = {
    "start.conditions": (tr_later("Start a deal"), "accent"),
    "safety_orders.on_conditions": (tr_later("Buy safety orders"), "line_safety"),
    "take_profit.on_conditions": (tr_later("Sell"), "line_take_profit"),
    "limits.on_conditions": (tr_later("Filter"), "muted"),
}


def verdict(tried: Tried, symbol: str) -> str:
    """`Fired 14 times in 30 days on BTC/USDT.`"""
    if tried.ready_at is not None and tried.ready_at >= tried.end:
        return tr("Not ready: {pair} has too few candles for this yet.").format(pair=symbol)
    days = fmt.whole(round(tried.days)) if tried.days >= 2 else f"{tried.days:.1f}"
    count = len(tried.fired)
    if count == 1:
        text = tr("Fired once in {days} days on {pair}.").format(days=days, pair=symbol)
    elif count:
        text = tr("Fired {count} times in {days} days on {pair}.").format(
            count=fmt.whole(count), days=days, pair=symbol
        )
    else:
        text = tr("Did not fire in {days} days on {pair}.").format(days=days, pair=symbol)
    return f"{text} {tr('True now.')}" if tried.is_true_now else text


def notes(block: Block, tried: Tried) -> dict[Place, str]:
    """Under each condition: what it needs, and how often it was true by itself."""
    found: dict[Place, str] = {}
    for place, clause in block.clauses():
        group = read_block(Block("all", (clause,))).group
        if group is None:
            continue
        (condition,) = group.conditions()
        count = tried.counts.get(condition.key())
        parts = [candles_needed(condition)]
        if count is not None:
            words = tr("came true once") if count == 1 else tr("came true {count} times")
            parts.append(words.format(count=fmt.whole(count)))
        found[place] = " · ".join(parts)
    return found


def firings_of(path: str, group: Group, tried: Tried) -> Firings:
    purpose, colour = PURPOSES.get(path, (path, "accent"))
    text = f"{tr(purpose)}\n{group_words(group)}"
    return Firings(path, text, tried.fired, tried.ready_at, colour)


def studies_of(tried: Mapping[str, Tried]) -> tuple[Study, ...]:
    """Each indicator once, whatever it is for; those of one scale could share a pane but stay apart to be read."""
    found: dict[str, Study] = {}
    for one in tried.values():
        for study in one.studies:
            found.setdefault(study.key, study)
    return tuple(found.values())
