"""The one line that says why a grid bot is not trading, or what it waits for."""

from decimal import Decimal

from desktop_app.core.market import Market
from desktop_app.core.order import Side
from desktop_app.core.said import Said, said
from desktop_app.core.strategies import grid_open
from desktop_app.core.strategies.grid_cells import resting_buys, resting_sells
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.core.strategies.grid_state import GridDeal, GridState


def why(
    settings: GridSettings, market: Market | None, state: GridState, symbol: str, at: int, price: Decimal | None
) -> Said:
    if state.deal is not None:
        return _of_deal(state.deal, at)
    if state.is_stopped:
        return said("why_grid_over")
    if state.is_paused:
        return said("why_paused")
    if market is None or symbol not in settings.pairs:
        return said("why_no_market", pair=symbol)
    if price is None:
        return said("why_no_price", pair=symbol)
    return _of_start(settings, market, state, at, price)


def _of_start(settings: GridSettings, market: Market, state: GridState, at: int, price: Decimal) -> Said:
    start = settings.grid.start_price
    if at < state.opens_after and not state.is_asked:
        return said("why_cooldown", seconds=(state.opens_after - at + 999) // 1000)
    if grid_open.is_blind(settings, state):
        return said("why_grid_balances_unknown")
    if grid_open.is_beyond_stop(settings.grid, price):
        return said("why_grid_beyond_stop", price=price)
    if start is not None and not state.is_asked:
        return said("why_grid_start_price", start=start, price=price)
    problem = grid_open.why_not(settings, state, market, price)
    return problem.reason if problem is not None else said("why_grid_starts")


def _of_deal(deal: GridDeal, at: int) -> Said:
    if deal.ending is not None:
        return said("why_closing")
    if deal.is_rebuilding:
        return said("why_grid_rebuilds")
    if deal.is_opening:
        return said("why_grid_balances", amount=deal.missing)
    if deal.paused_until > at:
        return said("why_grid_pump", seconds=(deal.paused_until - at + 999) // 1000)
    prices = {cell.side: cell.price for cell in (*resting_buys(deal)[:1], *resting_sells(deal)[:1])}
    if len(prices) == 2:
        return said("why_grid_waits", buy=prices[Side.BUY], sell=prices[Side.SELL])
    if Side.BUY in prices:
        return said("why_grid_above", buy=prices[Side.BUY])
    return said("why_grid_below", sell=prices[Side.SELL])
