"""What news of one order does to its DCA deal."""

from decimal import Decimal

from desktop_app.core import ladder
from desktop_app.core.change import replace
from desktop_app.core.deal import DealStatus
from desktop_app.core.events import OrderAccepted, OrderCanceled, OrderFilled, OrderRejected
from desktop_app.core.market import ZERO, Market
from desktop_app.core.order import Order, OrderStatus, OrderType, Role
from desktop_app.core.strategies.dca_plan import after_leaving, base_amount_left
from desktop_app.core.strategies.dca_state import Blocked, DcaDeal
from desktop_app.core.strategies.dca_targets import target_price
from desktop_app.core.strategies.dca_triggers import Told, native_told, passing, recovered, tell

_RETRY_EXIT_MS = (1_000, 2_000, 5_000, 15_000, 60_000)
_RETRY_RUNG_MS = 300_000
_RESPECTED_MS = 365 * 86_400_000


def accepted(deal: DcaDeal, order: Order, event: OrderAccepted) -> tuple[DcaDeal, Told]:
    status = OrderStatus.OPEN if order.status is OrderStatus.PENDING else order.status
    return deal.with_order(order, order.becomes(status, exchange_id=event.exchange_id)), ()


def still_open(deal: DcaDeal, order: Order) -> tuple[DcaDeal, Told]:
    if order.status is not OrderStatus.CANCELING:
        return deal, ()
    return deal.with_order(order, order.becomes(OrderStatus.OPEN)), ()


def filled(deal: DcaDeal, order: Order, event: OrderFilled, market: Market) -> tuple[DcaDeal, Told]:
    fill = event.fill
    is_entry = order.side is deal.direction.entry
    told: Told = ()
    bar_end = max(deal.bar_end, event.bar_end)
    if order.type is OrderType.LIMIT:
        deal, told = passing(deal, fill.price, market)
        # Before the fill can move the stop loss: the path has been here.
        deal, reset = recovered(replace(deal, last=fill.price, bar_end=bar_end))
        told += reset
    elif bar_end != deal.bar_end:
        deal = replace(deal, bar_end=bar_end)
    before = deal.deal.average
    after = order.with_fill(fill)
    is_complete = after.status is OrderStatus.FILLED and deal.ending is None
    is_bought = order.role is Role.SAFETY and is_complete
    deal = deal.with_order(
        order,
        after,
        position=deal.deal.position.with_fill(fill, is_entry=is_entry),
        safety_filled=deal.deal.safety_filled + is_bought,
    )
    told += (
        tell(
            deal,
            f"{order.role}_filled",
            index=order.index,
            amount=fill.amount,
            price=fill.price,
            fee=fill.fee,
            before=before,
            average=deal.deal.average,
            left=after.remaining,
        ),
    )
    if order.role is Role.STOP_LOSS and deal.ending is None:
        level = order.trigger if order.trigger is not None else fill.price
        told += (tell(deal, "stop_loss_reached", price=fill.price, level=level),)
        deal = deal.ends(DealStatus.STOPPED_OUT)
    if order.role is Role.MANUAL and not is_entry:
        deal = replace(deal, reduce=max(ZERO, deal.reduce - fill.amount))
    if after.status is not OrderStatus.FILLED or deal.ending is not None:
        return deal, told
    if order.role is Role.BASE and not deal.has_base:
        deal = base_complete(deal, market)
        told += native_told(deal, market)
    elif order.role is Role.TAKE_PROFIT:
        deal, moved = _step_sold(deal, after, market)
        told += moved
    if is_entry:
        # The average has moved, and with it what a waiting stop loss and trailing are measured by.
        deal, reset = recovered(deal)
        deal, undone = passing(deal, deal.last, market)
        told += reset + undone
    return deal, told


def canceled(deal: DcaDeal, order: Order, event: OrderCanceled, market: Market) -> tuple[DcaDeal, Told]:
    if order.status.is_final:
        return deal, ()
    planned = after_leaving(deal, order, market)
    deal = deal.with_order(order, order.becomes(OrderStatus.CANCELED, reason=event.reason))
    if not event.reason and planned is not None:
        return deal.remembers(planned), ()
    if not event.reason:
        is_moving = deal.base_price is not None or deal.entry_now
        if order.role is Role.BASE and is_moving and _is_base_enough(deal, market):
            deal = base_complete(deal, market)
        return deal, ()
    told = (tell(deal, "order_canceled_outside", is_problem=True, role=order.role, index=order.index),)
    if order.role is Role.BASE:
        return _without_base(deal, market), told
    if order.role is Role.SAFETY:
        # Somebody does not want this order: that is respected, not fought.
        return _blocked(deal, order, event.at + _RESPECTED_MS), told
    return _blocked(deal, order, event.at + _RETRY_EXIT_MS[-1]), told


def rejected(deal: DcaDeal, order: Order, event: OrderRejected, market: Market) -> tuple[DcaDeal, Told]:
    if order.status.is_final:
        return deal, ()
    deal = deal.with_order(order, order.becomes(OrderStatus.REJECTED, reason=event.reason))
    told = (tell(deal, "order_refused", is_problem=True, role=order.role, index=order.index, reason=event.reason),)
    if order.role is Role.BASE and deal.ending is None:
        return _without_base(deal, market), told
    if order.role is Role.SAFETY:
        return _blocked(deal, order, event.at + _RETRY_RUNG_MS), told
    if order.role is Role.MANUAL:
        return replace(deal, reduce=ZERO), told
    wait = _RETRY_EXIT_MS[min(deal.refusals, len(_RETRY_EXIT_MS) - 1)]
    return _blocked(replace(deal, refusals=deal.refusals + 1), order, event.at + wait), told


def base_complete(deal: DcaDeal, market: Market) -> DcaDeal:
    """P0 is known: the ladder is laid out and the best price starts here."""
    position = deal.deal.position
    p0 = position.average(deal.direction)
    made = ladder.make_ladder(p0, deal.direction, deal.settings.safety_orders, market, deal.sizing)
    deal = replace(
        deal,
        p0=p0,
        base_amount=position.entry_amount,
        base_price=None,
        rungs=made.rungs,
        left_out=made.left_out,
        best=deal.last,
        stop_from=_better_of(deal, position.entry_price, deal.last),
        entry_now=False,
    ).with_deal(status=DealStatus.OPEN, safety_total=len(made.rungs))
    return deal.ends(DealStatus.COMPLETED) if deal.deal.keeps_coins else deal


def _better_of(deal: DcaDeal, one: Decimal, other: Decimal) -> Decimal:
    return one if deal.is_better(one, other) else other


def _is_base_enough(deal: DcaDeal, market: Market) -> bool:
    """What a moving base order still lacks is less than the exchange takes."""
    price = deal.base_price if deal.base_price is not None else deal.last
    if not deal.deal.position.entry_amount or deal.has_base:
        return False
    return market.is_too_small(base_amount_left(deal, market, price), price)


def _without_base(deal: DcaDeal, market: Market) -> DcaDeal:
    """The rest of the base order will not come: go on with what there is, or give the deal up."""
    deal = replace(deal, base_price=None, entry_now=False)
    if deal.deal.position.entry_amount and not deal.has_base:
        return base_complete(deal, market)
    return deal.ends(DealStatus.FAILED) if not deal.has_base else deal


def _step_sold(deal: DcaDeal, order: Order, market: Market) -> tuple[DcaDeal, Told]:
    deal = replace(deal, steps_done=max(deal.steps_done, order.index), refusals=0)
    after = deal.settings.stop_loss.breakeven_after
    if after is None or order.index > after:
        return deal, ()
    level = deal.deal.average if order.index == 1 else _price_of_step(deal, order.index - 1, market)
    if deal.breakeven is not None and not deal.is_better(level, deal.breakeven):
        return deal, ()
    return replace(deal, breakeven=level), (tell(deal, "stop_loss_moved", level=level, index=order.index),)


def _price_of_step(deal: DcaDeal, index: int, market: Market) -> Decimal:
    """Its order's price, also where a jump filled it better; of a step that gave its share away, its target."""
    for order in reversed(deal.deal.orders):
        if order.role is Role.TAKE_PROFIT and order.index == index and order.filled and order.price is not None:
            return order.price
    return target_price(deal, index, market)


def _blocked(deal: DcaDeal, order: Order, until: int) -> DcaDeal:
    others = tuple(b for b in deal.blocked if (b.role, b.index) != (order.role, order.index))
    return replace(deal, blocked=(*others, Blocked(order.role, order.index, until)))
