"""Whether a grid may start, and how its lines are laid when it does, or anew after an edit."""

from dataclasses import dataclass
from decimal import Decimal

from desktop_app.core.change import replace
from desktop_app.core.deal import Deal, DealStatus, Direction, Position
from desktop_app.core.events import PriceTick
from desktop_app.core.grid_lines import Layout, balancing_amount
from desktop_app.core.grid_preview import GridPreview, make_grid_preview
from desktop_app.core.grid_tally import GridTally
from desktop_app.core.market import ONE, ZERO, Market
from desktop_app.core.order import Role
from desktop_app.core.preview import Problem
from desktop_app.core.strategies.grid_cells import laid_out
from desktop_app.core.strategies.grid_orders import opened
from desktop_app.core.strategies.grid_settings import Grid, GridSettings
from desktop_app.core.strategies.grid_state import GridDeal, GridState
from desktop_app.core.strategy import Watch


@dataclass(frozen=True, slots=True)
class Opening:
    """How a grid starts: its lines, and the coins that it takes over from the account."""

    layout: Layout
    owned: Decimal


def may_start(state: GridState) -> bool:
    """Whether a grid is to start at all; when and at which price is another question."""
    return state.deal is None and not state.is_paused and not state.is_stopped


def start_watch(settings: GridSettings, state: GridState) -> Watch:
    if not may_start(state):
        return Watch()
    level, came_from = settings.grid.start_price, state.came_from
    if level is None or came_from is None or state.is_asked:
        return Watch(wants_open=True, opens_after=0 if state.is_asked else state.opens_after)
    return Watch(below=level) if came_from > level else Watch(above=level)


def has_come(settings: GridSettings, state: GridState, tick: PriceTick) -> bool:
    """Whether this is the price to start at: any, or the start price from wherever the price came."""
    if state.is_asked:
        return tick.opens and tick.may_begin
    level, came_from = settings.grid.start_price, state.came_from
    if tick.at < state.opens_after:
        return False
    if level is None:
        return tick.opens and tick.may_begin
    if came_from is None:
        return tick.price == level
    path = tick.price if tick.path is None else tick.path
    return max(path, tick.price) <= level if came_from > level else min(path, tick.price) >= level


def is_blind(settings: GridSettings, state: GridState) -> bool:
    """Whether it is to use coins of the account and does not know yet what there is."""
    return settings.grid.use_held_coins and not state.free


def is_beyond_stop(grid: Grid, price: Decimal) -> bool:
    below, above = grid.stop_below, grid.stop_above
    return (below is not None and price <= below.price) or (above is not None and price >= above.price)


def owned_coins(settings: GridSettings, state: GridState, market: Market) -> Decimal:
    """Coins of the account that the grid takes over: what its last run left, and all others if it may."""
    if not settings.grid.use_held_coins:
        return state.dust
    return max(state.dust, market.amount_down(state.free_of(market.base)))


def preview(settings: GridSettings, state: GridState, market: Market, price: Decimal) -> GridPreview:
    return make_grid_preview(settings.grid, market, price, owned=owned_coins(settings, state, market))


def why_not(settings: GridSettings, state: GridState, market: Market, price: Decimal) -> Problem | None:
    """What keeps the grid from starting at this price."""
    return next(iter(preview(settings, state, market, price).blocks), None)


def first_deal(settings: GridSettings, state: GridState, layout: Layout, market: Market, tick: PriceTick) -> GridDeal:
    """The grid before its first order."""
    owned = min(owned_coins(settings, state, market), max(state.dust, layout.sold))
    worth = state.dust_worth + (owned - state.dust) * tick.price
    position = Position(carried=owned)
    tally = GridTally(own_cost=worth).given(layout.funds + worth, tick.price)
    deal = Deal(
        number=state.next_number,
        symbol=settings.pairs[0],
        direction=Direction.LONG,
        status=DealStatus.OPENING,
        opened_at=tick.at,
        position=position,
        grid=tally,
    )
    grid_deal = GridDeal(deal=deal, settings=settings, volume=layout.volume, last=tick.price)
    return with_lines(grid_deal, layout, market)


def preview_anew(deal: GridDeal, market: Market) -> GridPreview:
    """The grid under its settings at the price where it stands, with the money that it was given later."""
    grid = deal.grid
    if grid.investment is not None:
        grid = grid.model_copy(update={"investment": grid.investment + deal.added})
    volume = grid.volume_per_line + deal.added_volume if grid.volume_per_line is not None else None
    return make_grid_preview(grid, market, deal.last, owned=deal.deal.held - deal.kept, volume=volume)


def laid_anew(deal: GridDeal, market: Market) -> GridDeal | None:
    """The grid under its changed settings, at the price where it stands; None if it could not be like this."""
    made = preview_anew(deal, market)
    if made.blocks or made.layout is None:
        return None
    tally = deal.tally
    more = made.layout.funds + (deal.deal.held - deal.kept) * deal.last - tally.funds
    if more > 0:
        tally = tally.given(more, deal.last)
    return with_lines(
        replace(deal, is_rebuilding=False, volume=made.layout.volume).with_tally(tally), made.layout, market
    )


def with_lines(deal: GridDeal, layout: Layout, market: Market) -> GridDeal:
    deal = replace(
        deal,
        cells=laid_out(layout, deal.grid, market),
        retired=None,
        moves=(),
        paused_until=0,
        missing=balancing_amount(layout.sold, deal.deal.held - deal.kept, market),
    )
    return opened(deal.with_deal(status=DealStatus.OPENING), market)


def described(deal: GridDeal) -> GridDeal:
    """The deal with what people see of its lines."""
    below = deal.grid.stop_below
    level = below.price if below is not None else None
    if deal.deal.stop_loss != level:
        deal = deal.with_deal(stop_loss=level)
    waiting = next((cell.low for cell in deal.cells if cell.is_holding), deal.cells[-1].high)
    shown = (waiting, deal.cells[0].low, deal.cells[-1].high, len(deal.cells) + 1)
    tally = deal.tally
    if shown == (tally.waiting, tally.lower, tally.upper, tally.lines):
        return deal
    waiting, lower, upper, lines = shown
    return deal.with_tally(replace(tally, waiting=waiting, lower=lower, upper=upper, lines=lines))


def committed(deal: GridDeal, market: Market) -> Decimal:
    """Quote that the grid may still come to need beyond what rests on the exchange, fees in."""
    if deal.ending is not None:
        return ZERO
    resting = {(order.side, order.index) for order in deal.live(Role.GRID)}
    lines = [cell for cell in deal.cells if not cell.is_holding and (cell.side, cell.line) not in resting]
    quote = sum((cell.left * cell.low for cell in lines), ZERO) * (ONE + market.maker_fee)
    if not deal.has_order_at_market:
        quote += deal.missing * deal.last * (ONE + market.taker_fee)
    return quote
