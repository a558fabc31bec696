"""The candles in which a deal may open: those whose price and conditions the bot waits for."""

from collections import OrderedDict
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.columns import Candles
from desktop_app.core.condition_groups import Group
from desktop_app.core.conditions import Condition
from desktop_app.core.reading import Outcome
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.research.condition_news import make_news, problems_of
from desktop_app.research.hop.plan import BeyondHop

Flags = NDArray[np.bool_]

_MOST_KEPT = 32  # answers to a condition

_kept: OrderedDict[tuple[int, int, int, str], tuple[Candles, Candles | None, Flags]] = OrderedDict()
_keeping = Lock()


def openings_of(
    settings: DcaSettings, candles: Candles, before: Candles | None, every_ms: int
) -> NDArray[np.int64] | None:
    """Their numbers; None: all. `before`: candles right before the first, for indicators only.

    Raises:
        BeyondHop: a condition on finer candles than there are, for the core to refuse.
    """
    groups = [group for group in (settings.start.conditions, settings.limits.on_conditions) if group is not None]
    least, most = settings.limits.min_price, settings.limits.max_price
    if not groups and least is None and most is None:
        return None
    if any(problems_of(group.conditions(), every_ms) for group in groups):
        raise BeyondHop("a condition on finer candles than there are")
    may_open = np.ones(len(candles), np.bool_)
    # Reading decimals as floats keeps their order, ties included.
    if least is not None:
        may_open &= candles.open >= float(least)
    if most is not None:
        may_open &= candles.open <= float(most)
    for group in groups:
        may_open &= _holds(group, candles, before, every_ms)
    return np.flatnonzero(may_open).astype(np.int64)


def _holds(part: Group | Condition, candles: Candles, before: Candles | None, every_ms: int) -> Flags:
    """Where a candle opens with this fulfilled."""
    if not isinstance(part, Group):
        return _answers(part, candles, before, every_ms)
    holds = np.ones(len(candles), np.bool_)
    for one in part.all:
        holds &= _holds(one, candles, before, every_ms)
    if part.any:
        holds &= np.logical_or.reduce([_holds(one, candles, before, every_ms) for one in part.any])
    return holds


def _answers(condition: Condition, candles: Candles, before: Candles | None, every_ms: int) -> Flags:
    """Many bots of a search ask for the same."""
    key = (id(candles), id(before), every_ms, condition.key())
    with _keeping:
        found = _kept.get(key)
    if found is None:
        news = make_news((condition,), "", candles, every_ms, before)
        found = candles, before, news.outcomes[0] == Outcome.YES  # they stay, so that their ids do
    with _keeping:
        _kept[key] = found
        _kept.move_to_end(key)
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return found[2]
