"""What the price and the clock do to a grid beyond its resting orders: stops, take profit, pauses that end."""

from desktop_app.core.change import replace
from desktop_app.core.deal import DealStatus
from desktop_app.core.events import PriceTick
from desktop_app.core.strategies.grid_plan import Told, tell
from desktop_app.core.strategies.grid_state import GridDeal
from desktop_app.core.strategy import Watch

_NOTHING = Watch()


def on_price(deal: GridDeal, tick: PriceTick) -> tuple[GridDeal, Told]:
    """The grid after the path has come to this price, or in a jump that lands there, as far as `tick.path`."""
    deal = replace(deal, last=tick.price)
    if deal.ending is not None:
        return deal, ()
    path = tick.price if tick.path is None else tick.path
    fallen, risen = max(path, tick.price), min(path, tick.price)
    below, above = deal.grid.stop_below, deal.grid.stop_above
    if below is not None and fallen <= below.price:
        said_so = tell(deal, "grid_stop_below", price=tick.price, level=below.price)
        return deal.ends(DealStatus.STOPPED_OUT, below.then), (said_so,)
    profit = deal.level_profit
    has_earned = profit is not None and risen >= profit
    is_stopped = above is not None and risen >= above.price
    if has_earned and not (above is not None and is_stopped and profit is not None and above.price < profit):
        return deal.ends(DealStatus.COMPLETED), (tell(deal, "grid_take_profit", price=tick.price),)
    if above is not None and is_stopped:
        said_so = tell(deal, "grid_stop_above", price=tick.price, level=above.price)
        return deal.ends(DealStatus.STOPPED_OUT, above.then), (said_so,)
    return deal, ()


def on_clock(deal: GridDeal, at: int) -> GridDeal:
    """What was refused, or paused, may be tried again."""
    if deal.blocked_until and deal.blocked_until <= at:
        deal = replace(deal, blocked_until=0)
    if deal.paused_until and deal.paused_until <= at:
        deal = replace(deal, paused_until=0, moves=())
    if any(cell.blocked_until and cell.blocked_until <= at for cell in deal.cells):
        free = tuple(replace(cell, blocked_until=0) if cell.blocked_until <= at else cell for cell in deal.cells)
        deal = replace(deal, cells=free)
    return deal


def unblocked(deal: GridDeal) -> GridDeal:
    """Somebody starts the bot: what was refused, or cancelled outside, is placed again."""
    free = tuple(replace(cell, blocked_until=0) for cell in deal.cells)
    return replace(deal, cells=free, blocked_until=0)


def deal_watch(deal: GridDeal) -> Watch:
    if deal.ending is not None:
        return _NOTHING
    if deal.is_rebuilding:
        return Watch(follows=not deal.deal.live_orders)
    stop_below, stop_above = deal.grid.stop_below, deal.grid.stop_above
    below, above = deal.level_down, deal.level_up
    if stop_below is not None:
        below = stop_below.price if below is None else max(below, stop_below.price)
    if stop_above is not None:
        above = stop_above.price if above is None else min(above, stop_above.price)
    if deal.level_profit is not None:
        above = deal.level_profit if above is None else min(above, deal.level_profit)
    return _NOTHING if below is None and above is None else Watch(below=below, above=above)


def deal_wake_at(deal: GridDeal) -> int | None:
    if deal.is_even:
        return None
    times = [cell.blocked_until for cell in deal.cells if cell.blocked_until]
    times += [at for at in (deal.blocked_until, deal.paused_until) if at]
    return min(times, default=None)
