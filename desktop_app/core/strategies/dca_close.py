"""How a DCA deal ends, and what its end leaves in the bot."""

from desktop_app.core.change import replace
from desktop_app.core.deal import DealStatus
from desktop_app.core.market import ZERO, Market
from desktop_app.core.order import Role
from desktop_app.core.strategies.dca_plan import is_dust
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.dca_state import DcaDeal, DcaState

_FAILED_PAUSE_MS = 60_000


def ended_by_exits(deal: DcaDeal, market: Market) -> DcaDeal:
    """A deal whose coins are sold is complete, and so is one whose rest nobody would take."""
    if not deal.deal.position.exit_amount:
        return deal
    if market.amount_down(deal.deal.held) <= 0:
        return deal.ends(DealStatus.COMPLETED if deal.steps_done else DealStatus.CLOSED_BY_USER)
    targets = len(deal.settings.take_profit.targets)
    if deal.steps_done and not deal.live(Role.TAKE_PROFIT) and is_dust(deal, market):
        return deal.ends(DealStatus.COMPLETED)
    if targets and deal.steps_done >= targets:
        # A safety order filled while the last step was being sold: the last step sells that, too.
        return replace(deal, steps_done=targets - 1)
    return deal


def over_if_done(deal: DcaDeal, market: Market, at: int) -> DcaDeal:
    """The deal in its final status once no order rests and nothing is left that could be exited."""
    if deal.ending is None or any(order.is_live for order in deal.deal.orders):
        return deal
    keeps = deal.ending in (DealStatus.CANCELLED, DealStatus.FAILED) or deal.deal.keeps_coins
    if not keeps and market.amount_down(deal.deal.held) > 0 and not is_dust(deal, market):
        return deal
    side = deal.direction.entry if deal.deal.keeps_coins else deal.direction.exit
    exits = [order.filled_at for order in deal.deal.orders if order.side is side and order.filled]
    is_given_up = deal.ending in (DealStatus.CANCELLED, DealStatus.FAILED)
    closed_at = at if is_given_up or not exits else max(exits)
    return deal.with_deal(status=deal.ending, closed_at=closed_at)


def closed_state(settings: DcaSettings, state: DcaState, deal: DcaDeal, at: int) -> DcaState:
    """The bot's state without the deal: profit and dust go to the pair, the next deal waits for the cooldown.

    A candle's last trade and what it leaves to cancel end together, at the candle's end.
    """
    ended = deal.deal
    pair = state.pair(ended.symbol)
    is_failed = ended.status is DealStatus.FAILED
    wait = (settings.limits.cooldown_seconds + settings.limits.start_delay_seconds) * 1000
    keeps_coins = ended.status is DealStatus.CANCELLED or ended.keeps_coins
    state = state.with_pair(
        replace(
            pair,
            opens_after=max(at, deal.bar_end) + max(wait, _FAILED_PAUSE_MS if is_failed else 0),
            profit=pair.profit + ended.profit,
            dust=pair.dust + (ZERO if keeps_coins else ended.held),
        )
    )
    stops = ended.status is DealStatus.STOPPED_OUT and deal.settings.stop_loss.then == "stop_bot"
    return replace(
        state,
        deals=tuple(other for other in state.deals if other.deal.number != ended.number),
        deals_closed=state.deals_closed + (0 if is_failed else 1),
        is_stopped=state.is_stopped or stops,
    )
