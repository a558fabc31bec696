"""What a signal from outside means to a DCA bot, as the wishes that a person could have had."""

from decimal import Decimal

from desktop_app.core import ladder
from desktop_app.core.change import replace
from desktop_app.core.commands import Command, Tell
from desktop_app.core.events import (
    AddFunds,
    Ask,
    CancelDeal,
    CloseDeal,
    PauseBot,
    StartDeal,
    StartTrailing,
    TakeSignal,
)
from desktop_app.core.market import ZERO, Market
from desktop_app.core.order import Order, Role
from desktop_app.core.said import Said, said
from desktop_app.core.signals import Action, Signal
from desktop_app.core.strategies import dca_open
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.dca_state import DcaDeal, DcaState, PairState

SIGNAL_WAITS_MS = 300_000  # for a price at which to open; a wish from outside must not come true hours later


def wishes(
    settings: DcaSettings, state: DcaState, taken: TakeSignal, at: int, market: Market
) -> tuple[tuple[Ask, ...], Said | None]:
    """(what to do, why not)."""
    action = taken.signal.action
    if action is Action.START_DEAL:
        return _start(settings, state, taken, at)
    if action is Action.DISABLE:
        return (PauseBot(),), None
    on_pair = tuple(deal for deal in state.deals if deal.deal.symbol == taken.symbol)
    deals = state.deals if action in (Action.CLOSE_ALL, Action.CANCEL_ALL) else on_pair
    if action not in _ON_DEALS:
        return (), said("signal_not_for_kind", action=action, kind=settings.kind)
    if not deals:
        return (), said("signal_without_deal", pair=taken.symbol)
    if action in (Action.CLOSE_DEAL, Action.CLOSE_ALL):
        return tuple(CloseDeal(deal.deal.number) for deal in deals if deal.ending is None), None
    if action in (Action.CANCEL_DEAL, Action.CANCEL_ALL):
        return tuple(CancelDeal(deal.deal.number) for deal in deals), None
    if action is Action.START_TRAILING:
        return tuple(StartTrailing(deal.deal.number) for deal in deals if deal.ending is None), None
    return _add(deals[-1], taken.signal, market)


_ON_DEALS = frozenset(
    {
        Action.CLOSE_DEAL,
        Action.CLOSE_ALL,
        Action.CANCEL_DEAL,
        Action.CANCEL_ALL,
        Action.START_TRAILING,
        Action.ADD_FUNDS,
    }
)


def too_late(pair: PairState) -> tuple[Tell, ...]:
    """A deal that a signal asked for could not open in time, and is asked for no longer."""
    return (Tell(said("signal_ran_out", pair=pair.symbol), is_problem=True),) if pair.is_asked else ()


def by_signal(commands: tuple[Command, ...]) -> tuple[Command, ...]:
    """What was done is told as a signal's doing, not as the person's."""
    return tuple(
        replace(command, said=_reworded(command.said)) if isinstance(command, Tell) else command for command in commands
    )


def _reworded(told: Said) -> Said:
    values = dict(told.values)
    match told.code:
        case "deal_close_asked":
            return said("signal_closed", **values)
        case "deal_cancel_asked":
            return said("signal_cancelled", **values)
        case "funds_added":
            return said("signal_added", **values)
        case "funds_reduced":
            return said("signal_reduced", **values)
        case _:
            return told


def _start(settings: DcaSettings, state: DcaState, taken: TakeSignal, at: int) -> tuple[tuple[Ask, ...], Said | None]:
    pair = state.pair(taken.symbol)
    if taken.symbol not in settings.pairs:
        return (), said("pair_not_traded", pair=taken.symbol)
    if pair.is_asked or not dca_open.may_open(settings, state, replace(pair, is_asked=True)):
        return (), said("signal_no_room", pair=taken.symbol)
    if at < pair.opens_after:
        return (), said("signal_pause", seconds=(pair.opens_after - at + 999) // 1000)
    return (StartDeal(taken.symbol, at + SIGNAL_WAITS_MS),), None


def _add(deal: DcaDeal, signal: Signal, market: Market) -> tuple[tuple[Ask, ...], Said | None]:
    """All signals together at most what the deal was planned to cost: whoever has the secret could name any sum."""
    volume = signal.size.amount if signal.size is not None and signal.size.unit == "quote" else ZERO
    settings, price = deal.settings, deal.p0 or deal.last
    planned = ladder.funds(settings.base_order, settings.safety_orders, price, deal.direction, market, deal.sizing)
    added = (order for order in deal.deal.orders if order.role is Role.MANUAL and order.side is deal.direction.entry)
    left = max(ZERO, planned - sum((_worth(order, price) for order in added), ZERO))
    if not volume or volume > left:
        return (), said("signal_adds_too_much", volume=volume, limit=left)
    return (AddFunds(deal.deal.number, volume),), None


def _worth(order: Order, price: Decimal) -> Decimal:
    return order.cost + (order.remaining * (order.price or price) if order.is_live else ZERO)
