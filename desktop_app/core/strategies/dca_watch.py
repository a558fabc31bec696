"""When a DCA deal must be called: the nearest levels on both sides and the next moment."""

from collections.abc import Sequence
from decimal import Decimal

from desktop_app.core.deal import DealStatus, Direction
from desktop_app.core.market import Market
from desktop_app.core.strategies import entry_watch, trailing_rungs
from desktop_app.core.strategies.dca_state import DcaDeal, Outlook, Quiet
from desktop_app.core.strategies.dca_stop import guarded_level, stop_wait_ms
from desktop_app.core.strategies.dca_targets import closing_level, waiting_targets
from desktop_app.core.strategies.dca_triggers import out_of_profit_level, waiting_triggers
from desktop_app.core.strategy import Watch


def outlook(deal: DcaDeal, market: Market) -> Outlook:
    """What the deal waits for; many ask between two changes of it."""
    known = deal.outlook
    if known is None or known.market is not market:
        known = _outlook(deal, market)
        deal.looks_out(known)
    return known


def _outlook(deal: DcaDeal, market: Market) -> Outlook:
    if deal.ending is not None:
        return Outlook(market, Watch())
    if not deal.has_base:
        is_moving = Watch(wants_open=deal.base_price is not None)
        return Outlook(market, is_moving if deal.entry is None else entry_watch.watch(deal, deal.entry))
    guarded = guarded_level(deal)
    losing = [guarded] if guarded is not None and not deal.beyond_stop_since else []
    winning = [rung.price for rung in waiting_triggers(deal, market)]
    winning += [target.price for target in waiting_targets(deal, market)]
    rungs = trailing_rungs.watch(deal, market)
    losing += [level for level in (rungs.next_level,) if level is not None]
    winning += [level for level in (rungs.buying_level,) if level is not None]
    is_trailing = deal.deal.status is DealStatus.TRAILING
    if is_trailing:
        losing.append(closing_level(deal))
    elif deal.arm_price is not None:
        winning.append(deal.arm_price)
    follows = is_trailing or bool(deal.beyond_stop_since) or rungs.buying_level is not None
    is_told_often = follows or deal.settings.stop_loss.trailing
    quiet = _quiet(deal, losing, winning, market) if is_told_often and not deal.beyond_stop_since else None
    if deal.settings.stop_loss.trailing:
        if winning:
            follows = True  # the best price may be where the price is now, and must not hide the levels behind it
        else:
            winning.append(deal.best)  # until the price is better than ever, the stop loss stays where it is
    below, above = _nearest(deal, losing, winning)
    calm = (quiet.least, quiet.most) if quiet is not None and follows else None
    return Outlook(market, Watch(below=below, above=above, follows=follows, calm=calm), quiet)


def _quiet(deal: DcaDeal, losing: Sequence[Decimal], winning: Sequence[Decimal], market: Market) -> Quiet:
    """Beside the levels: prices so far that a better or a worse one replaces, and where trailing is undone."""
    worst = [deal.rung_worst] if deal.rung_worst else []
    best = [deal.best]
    if deal.deal.status is DealStatus.TRAILING:
        worst.append(out_of_profit_level(deal, market))
        best.append(deal.trail_best)
    return Quiet(*_nearest(deal, losing, winning), *_nearest(deal, worst, best))


def _nearest(
    deal: DcaDeal, losing: Sequence[Decimal], winning: Sequence[Decimal]
) -> tuple[Decimal | None, Decimal | None]:
    """The nearest of them below and above the price."""
    below, above = (losing, winning) if deal.direction is Direction.LONG else (winning, losing)
    return max(below, default=None), min(above, default=None)


def deal_wake_at(deal: DcaDeal) -> int | None:
    times = [block.until for block in deal.blocked]
    if deal.ending is None:
        if deal.settings.limits.close_after_seconds is not None:
            times.append(deal.deal.opened_at + deal.settings.limits.close_after_seconds * 1000)
        if deal.beyond_stop_since:
            times.append(deal.beyond_stop_since + stop_wait_ms(deal))
    return min(times, default=None)


def merged(watches: Sequence[Watch]) -> Watch:
    """One watch that covers them all."""
    if len(watches) == 1:
        return watches[0]
    below: list[Decimal] = [watch.below for watch in watches if watch.below is not None]
    above: list[Decimal] = [watch.above for watch in watches if watch.above is not None]
    opening = [watch.opens_after for watch in watches if watch.wants_open]
    return Watch(
        below=max(below, default=None),
        above=min(above, default=None),
        follows=any(watch.follows for watch in watches),
        wants_open=bool(opening),
        opens_after=min(opening, default=0),
        reads=any(watch.reads for watch in watches),
        calm=_calm([watch.calm for watch in watches if watch.follows]),
    )


def _calm(calm: Sequence[tuple[Decimal | None, Decimal | None] | None]) -> tuple[Decimal | None, Decimal | None] | None:
    """What is calm for all that follow."""
    both = [one for one in calm if one is not None]
    if not both or len(both) < len(calm):
        return None
    least = max((least for least, _ in both if least is not None), default=None)
    return least, min((most for _, most in both if most is not None), default=None)
