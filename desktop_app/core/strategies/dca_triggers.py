"""What the price does to a DCA deal beyond its resting orders: stop loss, trailing, trigger rungs."""

from decimal import Decimal

from desktop_app.core import ladder
from desktop_app.core.change import replace
from desktop_app.core.commands import Tell
from desktop_app.core.deal import DealStatus
from desktop_app.core.events import PriceTick
from desktop_app.core.ladder import Rung
from desktop_app.core.market import ZERO, Market
from desktop_app.core.said import Value, said
from desktop_app.core.strategies import trailing_rungs
from desktop_app.core.strategies.dca_state import DcaDeal
from desktop_app.core.strategies.dca_stop import guarded_level, native_stop, stop_level, stop_wait_ms
from desktop_app.core.strategies.dca_targets import arm_price, closing_level, share_targets, waiting_targets

Told = tuple[Tell, ...]


def tell(deal: DcaDeal, code: str, *, is_problem: bool = False, **values: Value) -> Tell:
    return Tell(said(code, **values), deal.deal.number, is_problem)


def native_told(deal: DcaDeal, market: Market) -> Told:
    """What a person must know about a stop loss that they want on the exchange."""
    if not deal.settings.stop_loss.native or deal.ending is not None:
        return ()
    if not market.takes_stops:
        return (tell(deal, "native_not_offered", is_problem=True, pair=deal.deal.symbol),)
    return (tell(deal, "native_instead_of_targets"),) if deal.settings.take_profit.targets else ()


def on_price(deal: DcaDeal, tick: PriceTick, market: Market) -> tuple[DcaDeal, Told]:
    """The deal after the path has come to this price, or in a jump that lands there, as far as `tick.path`."""
    deal = replace(deal, last=tick.price)
    if deal.ending is not None or not deal.has_base:
        return deal, ()
    fallen = risen = tick.price
    if tick.path is not None:
        fallen = tick.path if deal.is_better(tick.path, tick.price) else tick.price
        risen = tick.path if deal.is_better(tick.price, tick.path) else tick.price
    told: Told = ()
    is_stop_first = _stops_first(deal)
    if is_stop_first:
        deal, told = _stop_loss(deal, tick, fallen)
    if deal.ending is None:
        deal, trailed = _trailing(deal, tick, fallen, market)
        told += trailed
    if deal.ending is None and not is_stop_first:
        deal, stopped = _stop_loss(deal, tick, fallen)
        told += stopped
    if deal.ending is None:
        deal, reached = _targets(deal, risen, market)
        told += reached
        deal, armed = _arming(deal, tick.price, risen)
        told += armed
        deal, fired = _trigger_rungs(deal, risen, market)
        told += fired
        deal, turned = trailing_rungs.on_price(deal, tick.price, fallen, risen, market)
        told += turned
    return deal, told


def _stops_first(deal: DcaDeal) -> bool:
    """Whether a falling price meets the stop loss no later than the closing level of trailing."""
    if deal.deal.status is not DealStatus.TRAILING:
        return True
    level = guarded_level(deal)
    return level is not None and not deal.is_better(closing_level(deal), level)


def passing(deal: DcaDeal, price: Decimal, market: Market) -> tuple[DcaDeal, Told]:
    """The path went through `price` without stopping: trailing is undone if that was out of profit."""
    if deal.deal.status is DealStatus.TRAILING and deal.is_better(out_of_profit_level(deal, market), price):
        undone = replace(deal, trail_best=ZERO).with_deal(status=DealStatus.OPEN)
        return undone, (tell(deal, "trailing_undone", price=price),)
    return deal, ()


def out_of_profit_level(deal: DcaDeal, market: Market) -> Decimal:
    """The price beyond which trailing is undone."""
    level = ladder.out_of_profit_level(deal.deal.average, deal.direction, market.taker_fee)
    if deal.arm_price is not None and deal.is_better(level, deal.arm_price):
        level = deal.arm_price  # a target at a price of its own may lie where the fees are not earned yet
    return level


def _trailing(deal: DcaDeal, tick: PriceTick, fallen: Decimal, market: Market) -> tuple[DcaDeal, Told]:
    if deal.deal.status is not DealStatus.TRAILING:
        return deal, ()
    undone, told = passing(deal, tick.price, market)
    if told:
        return undone, told
    if deal.has_reached(fallen, closing_level(deal)):
        said_so = tell(deal, "trailing_closes", price=tick.price, best=deal.trail_best)
        return deal.ends(DealStatus.COMPLETED), (said_so,)
    return replace(deal, trail_best=tick.price) if deal.is_better(tick.price, deal.trail_best) else deal, ()


def _stop_loss(deal: DcaDeal, tick: PriceTick, fallen: Decimal) -> tuple[DcaDeal, Told]:
    price, level = tick.price, guarded_level(deal)
    wait = stop_wait_ms(deal)
    told: Told = ()
    if level is not None and deal.has_reached(fallen, level):
        if not wait:
            return deal.ends(DealStatus.STOPPED_OUT), (tell(deal, "stop_loss_reached", price=price, level=level),)
        if not deal.beyond_stop_since:
            rests = native_stop(deal) is not None
            seconds = wait // 1000
            told = (tell(deal, "native_stop_reached" if rests else "stop_loss_waits", price=price, seconds=seconds),)
            deal = replace(deal, beyond_stop_since=tick.at)
    else:
        deal, told = recovered(deal)
    if deal.is_better(price, deal.best):
        deal = replace(deal, best=price)
    return deal, told


def recovered(deal: DcaDeal) -> tuple[DcaDeal, Told]:
    """A stop loss waits no longer once the price is back on its good side, be it that the level went away."""
    if not deal.beyond_stop_since:
        return deal, ()
    level = guarded_level(deal)
    if level is not None and not deal.is_better(deal.last, level):
        return deal, ()
    return replace(deal, beyond_stop_since=0), (tell(deal, "stop_loss_reset", price=deal.last),)


def _targets(deal: DcaDeal, risen: Decimal, market: Market) -> tuple[DcaDeal, Told]:
    """Targets that are sold at market have their moment when the price comes to them."""
    reached = [target for target in waiting_targets(deal, market) if not deal.is_better(target.price, risen)]
    if not reached:
        return deal, ()
    told = tuple(tell(deal, "target_reached", index=target.index, price=target.price) for target in reached)
    return replace(deal, hit=deal.hit + tuple(target.index for target in reached)), told


def _arming(deal: DcaDeal, price: Decimal, risen: Decimal) -> tuple[DcaDeal, Told]:
    if deal.deal.status is DealStatus.TRAILING:
        return deal, ()
    if deal.arm_price is None or deal.is_better(deal.arm_price, risen):
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


def with_levels(deal: DcaDeal, market: Market, targets: tuple[ladder.Target, ...] | None = None) -> DcaDeal:
    """The deal with its exits priced anew, as people, the chart and the watch see them.

    `targets`: its take-profit steps where they are known already.
    """
    if deal.ending is not None:
        targets = ()
    elif targets is None:
        targets = share_targets(deal, market)
    prices = tuple(target.price for target in targets)
    armed = arm_price(deal, targets) if deal.has_base else None
    if armed != deal.arm_price:
        deal = replace(deal, arm_price=armed)
    if prices != deal.deal.take_profits:
        deal = deal.with_deal(take_profits=prices)
    return with_moved_levels(deal)


def with_moved_levels(deal: DcaDeal) -> DcaDeal:
    """The deal with the levels that follow the price; a trailing stop loss is pinned where it got to."""
    level = stop_level(deal)
    if deal.settings.stop_loss.trailing and level != deal.stop_level:
        deal = replace(deal, stop_level=level)
    prices = deal.deal.take_profits
    if deal.deal.status is DealStatus.TRAILING:
        prices = (*prices[:-1], closing_level(deal))
    if prices == deal.deal.take_profits and level == deal.deal.stop_loss:
        return deal
    return deal.with_deal(take_profits=prices, stop_loss=level)
