"""What the price does to a DCA deal beyond its resting orders: stop loss, trailing, trigger rungs."""

from dataclasses import replace
from decimal import Decimal

from desktop_app.core import ladder
from desktop_app.core.commands import Tell
from desktop_app.core.deal import DealStatus
from desktop_app.core.ladder import Rung
from desktop_app.core.market import ZERO, Market
from desktop_app.core.said import Value, said
from desktop_app.core.strategies.dca_plan import arm_price, closing_level, share_targets, stop_level
from desktop_app.core.strategies.dca_state import DcaDeal

Told = tuple[Tell, ...]


def tell(deal: DcaDeal, code: str, *, is_problem: bool = False, **values: Value) -> Tell:
    return Tell(said(code, **values), deal.deal.number, is_problem)


def on_price(deal: DcaDeal, price: Decimal, at: int, market: Market) -> tuple[DcaDeal, Told]:
    """The deal after the path has come to `price`."""
    deal = replace(deal, last=price)
    if deal.ending is not None or not deal.has_base:
        return deal, ()
    deal, told = _trailing(deal, price, market)
    if deal.ending is None:
        deal, stopped = _stop_loss(deal, price, at)
        told += stopped
    if deal.ending is None:
        deal, armed = _arming(deal, price)
        told += armed
        deal, fired = _trigger_rungs(deal, price, market)
        told += fired
    return deal, told


def passing(deal: DcaDeal, price: Decimal, market: Market) -> tuple[DcaDeal, Told]:
    """The path went through `price` without stopping: trailing is undone if that was out of profit."""
    if deal.deal.status is DealStatus.TRAILING and _is_out_of_profit(deal, price, market):
        undone = replace(deal, trail_best=ZERO).with_deal(status=DealStatus.OPEN)
        return undone, (tell(deal, "trailing_undone", price=price),)
    return deal, ()


def _is_out_of_profit(deal: DcaDeal, price: Decimal, market: Market) -> bool:
    level = ladder.out_of_profit_level(deal.deal.average, deal.direction, market.taker_fee)
    return deal.is_better(level, price)


def _trailing(deal: DcaDeal, price: Decimal, market: Market) -> tuple[DcaDeal, Told]:
    if deal.deal.status is not DealStatus.TRAILING:
        return deal, ()
    undone, told = passing(deal, price, market)
    if told:
        return undone, told
    if deal.has_reached(price, closing_level(deal)):
        return deal.ends(DealStatus.COMPLETED), (tell(deal, "trailing_closes", price=price, best=deal.trail_best),)
    if deal.is_better(price, deal.trail_best):
        return replace(deal, trail_best=price), ()
    return deal, ()


def _stop_loss(deal: DcaDeal, price: Decimal, at: int) -> tuple[DcaDeal, Told]:
    level = stop_level(deal)
    told: Told = ()
    if level is not None and deal.has_reached(price, level):
        if not deal.settings.stop_loss.timeout_seconds:
            return deal.ends(DealStatus.STOPPED_OUT), (tell(deal, "stop_loss_reached", price=price, level=level),)
        if not deal.beyond_stop_since:
            wait = deal.settings.stop_loss.timeout_seconds
            deal, told = (
                replace(deal, beyond_stop_since=at),
                (tell(deal, "stop_loss_waits", price=price, seconds=wait),),
            )
    elif deal.beyond_stop_since:
        deal, told = replace(deal, beyond_stop_since=0), (tell(deal, "stop_loss_reset", price=price),)
    if deal.is_better(price, deal.best):
        deal = replace(deal, best=price)
    return deal, told


def _arming(deal: DcaDeal, price: Decimal) -> tuple[DcaDeal, Told]:
    if deal.deal.status is DealStatus.TRAILING:
        return deal, ()
    if deal.arm_price is None or deal.is_better(deal.arm_price, price):
        return deal, ()
    armed = replace(deal, trail_best=price).with_deal(status=DealStatus.TRAILING)
    return armed, (tell(deal, "trailing_armed", price=price),)


def _trigger_rungs(deal: DcaDeal, price: Decimal, market: Market) -> tuple[DcaDeal, Told]:
    reached = waiting_triggers(deal, market)
    fired = tuple(rung.index for rung in reached if not deal.is_better(rung.price, price))
    return (replace(deal, fired=deal.fired + fired), ()) if fired else (deal, ())


def waiting_triggers(deal: DcaDeal, market: Market) -> tuple[Rung, ...]:
    """Rungs on the profit side whose moment has not come."""
    if not any(rung.is_trigger for rung in deal.rungs):
        return ()
    return tuple(rung for rung in deal.open_rungs(market) if rung.is_trigger and rung.index not in deal.fired)


def with_levels(deal: DcaDeal, market: Market) -> DcaDeal:
    """The deal with its exits priced anew, as people, the chart and the watch see them."""
    prices = tuple(target.price for target in share_targets(deal, market)) if deal.ending is None else ()
    deal = replace(deal, arm_price=arm_price(deal, market) if deal.ending is None and deal.has_base else None)
    if prices != deal.deal.take_profits:
        deal = deal.with_deal(take_profits=prices)
    return with_moved_levels(deal)


def with_moved_levels(deal: DcaDeal) -> DcaDeal:
    """The deal with the levels that follow the price; a trailing stop loss is pinned where it got to."""
    level = stop_level(deal)
    if deal.settings.stop_loss.trailing:
        deal = replace(deal, stop_level=level)
    prices = deal.deal.take_profits
    if deal.deal.status is DealStatus.TRAILING:
        prices = (*prices[:-1], closing_level(deal))
    if prices == deal.deal.take_profits and level == deal.deal.stop_loss:
        return deal
    return deal.with_deal(take_profits=prices, stop_loss=level)
