"""What a person may ask of a grid bot and of its running grid."""

from decimal import Decimal

from pydantic import ValidationError

from desktop_app.core.change import replace
from desktop_app.core.commands import Tell
from desktop_app.core.deal import DealStatus
from desktop_app.core.events import (
    AddFunds,
    Ask,
    CancelDeal,
    CloseDeal,
    EditDeal,
    NoteDeal,
    PauseBot,
    ResumeBot,
    StartDeal,
)
from desktop_app.core.grid_lines import balancing_amount, infinite_coins, volume_for
from desktop_app.core.market import ZERO, Market
from desktop_app.core.order import OrderType
from desktop_app.core.said import said
from desktop_app.core.strategies.grid_cells import enlarged, most_sells
from desktop_app.core.strategies.grid_open import preview_anew
from desktop_app.core.strategies.grid_plan import Told, tell
from desktop_app.core.strategies.grid_settings import Grid, GridSettings
from desktop_app.core.strategies.grid_state import GridDeal, GridState
from desktop_app.core.words import sentence

_SIZES = ("volume_per_line", "investment", "volume_unit")
_LINES = ("lower", "upper", "lines", "spacing", "step_percent", *_SIZES)


def on_bot(settings: GridSettings, state: GridState, ask: StartDeal | PauseBot | ResumeBot) -> tuple[GridState, Told]:
    if isinstance(ask, PauseBot):
        return replace(state, is_paused=True), (Tell(said("bot_paused")),)
    if isinstance(ask, ResumeBot):
        if not (state.is_paused or state.is_stopped):
            return state, ()  # it begins
        return replace(state, is_paused=False, is_stopped=False), (Tell(said("bot_resumed")),)
    if ask.symbol not in settings.pairs:
        return state, (Tell(said("pair_not_traded", pair=ask.symbol), is_problem=True),)
    if state.deal is not None:
        return state, (Tell(said("grid_runs_already"), is_problem=True),)
    return replace(state, is_asked=True, is_stopped=False), (Tell(said("deal_asked", pair=ask.symbol)),)


def on_deal(deal: GridDeal, ask: Ask, market: Market) -> tuple[GridDeal, Told]:
    if isinstance(ask, NoteDeal):
        return deal.with_deal(note=ask.text), (tell(deal, "deal_noted", text=ask.text),)
    if isinstance(ask, CancelDeal):
        ended = replace(deal, ending=DealStatus.CANCELLED, then="stop").with_deal(status=DealStatus.CLOSING)
        return ended, (tell(deal, "deal_cancel_asked", amount=deal.deal.held),)
    if deal.ending is not None:
        return deal, (tell(deal, "deal_is_closing", is_problem=True),)
    match ask:
        case CloseDeal():
            return deal.ends(DealStatus.CLOSED_BY_USER), (tell(deal, "deal_close_asked"),)
        case AddFunds():
            return _add(deal, ask, market)
        case EditDeal():
            return _edit(deal, ask, market)
        case _:
            return deal, (tell(deal, "grid_cannot", is_problem=True),)


def _add(deal: GridDeal, ask: AddFunds, market: Market) -> tuple[GridDeal, Told]:
    """More on every line: the buys at once, the sells once the coins for them are bought."""
    if deal.is_opening or deal.is_rebuilding:
        return deal, (tell(deal, "deal_not_open_yet", is_problem=True),)
    if ask.type is not OrderType.MARKET or ask.volume <= 0:
        return deal, (tell(deal, "grid_adds_at_market", is_problem=True),)
    volume = _added_volume(deal, ask.volume, market)
    larger = enlarged(deal, volume, market)
    if larger.cells == deal.cells:
        return deal, (tell(deal, "add_too_small", is_problem=True, least=market.min_cost),)
    larger = larger.with_tally(deal.tally.given(ask.volume, deal.last))
    larger = replace(larger, added=deal.added + ask.volume, added_volume=deal.added_volume + volume)
    if deal.grid.is_infinite:  # also for the lines above those that rest
        more = infinite_coins(deal.grid, volume, _waiting(deal), market)
        larger = replace(larger, missing=balancing_amount(more, ZERO, market))
    return larger, (tell(deal, "grid_funds_added", volume=ask.volume, each=volume),)


def _added_volume(deal: GridDeal, money: Decimal, market: Market) -> Decimal:
    buys = tuple(cell.low for cell in deal.cells if not cell.is_holding)
    sells = tuple(cell.high for cell in deal.cells if cell.is_holding)[: most_sells(deal.grid)]
    return volume_for(deal.grid, market, deal.last, money, buys, sells, _waiting(deal))


def _waiting(deal: GridDeal) -> Decimal:
    return next((cell.low for cell in deal.cells if cell.is_holding), deal.cells[-1].high)


def _edit(deal: GridDeal, ask: EditDeal, market: Market) -> tuple[GridDeal, Told]:
    try:
        settings = GridSettings.model_validate_json(ask.settings)
    except ValidationError as error:
        reason = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        return deal, (tell(deal, "edit_refused", is_problem=True, reason=reason),)
    if settings.pairs[0] != deal.deal.symbol:
        return deal, (tell(deal, "edit_refused", is_problem=True, reason="pairs"),)
    free = tuple(replace(cell, blocked_until=0) for cell in deal.cells)
    changed = replace(deal, settings=settings, cells=free, blocked_until=0, paused_until=0, retired=None)
    if not _has_other_lines(deal.grid, settings.grid):
        return changed, (tell(deal, "deal_edited"),)
    if any(getattr(deal.grid, name) != getattr(settings.grid, name) for name in _SIZES):
        changed = replace(changed, added=ZERO, added_volume=ZERO)
    made = preview_anew(changed, market)
    if made.blocks:
        reason = sentence(made.blocks[0].reason)
        return deal, (tell(deal, "edit_refused", is_problem=True, reason=reason),)
    return replace(changed, is_rebuilding=True), (tell(deal, "grid_is_rebuilt"),)


def _has_other_lines(before: Grid, after: Grid) -> bool:
    return any(getattr(before, name) != getattr(after, name) for name in _LINES)
