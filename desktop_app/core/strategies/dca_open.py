"""Whether a DCA bot may open a deal, and how large its orders are then."""

from dataclasses import dataclass
from decimal import Decimal

from desktop_app.core import ladder
from desktop_app.core.deal import Direction
from desktop_app.core.events import PriceTick
from desktop_app.core.ladder import Sizing
from desktop_app.core.market import ONE, ZERO, Market
from desktop_app.core.order import Role
from desktop_app.core.strategies import dca_conditions
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.dca_state import DcaDeal, DcaState, PairState


@dataclass(frozen=True, slots=True)
class Opening:
    """The first order of a deal, and how large its others will be."""

    sizing: Sizing
    amount: Decimal
    price: Decimal


def has_had_enough(settings: DcaSettings, state: DcaState) -> bool:
    limit = settings.limits.stop_after_deals
    return limit is not None and state.deals_closed + len(state.deals) >= limit


def may_open(settings: DcaSettings, state: DcaState, pair: PairState) -> bool:
    """Whether another deal on this pair is allowed at all; when and at which price is another question."""
    return has_room(settings, state, pair) and dca_conditions.may_start(settings, pair)


def needs_funds(settings: DcaSettings, state: DcaState, pair: PairState) -> bool:
    """Whether funds must be there for another deal: conditions may come true at any time."""
    is_waiting = settings.start.mode == "conditions" or settings.limits.on_conditions is not None
    return has_room(settings, state, pair) and (is_waiting or dca_conditions.may_start(settings, pair))


def has_room(settings: DcaSettings, state: DcaState, pair: PairState) -> bool:
    """Whether the limits leave room for another deal on this pair, whatever it starts by."""
    if state.is_paused or state.is_stopped or has_had_enough(settings, state):
        return False
    if not dca_conditions.is_traded(settings, state, pair.symbol):
        return False
    if len(state.deals) >= settings.limits.max_active_deals:
        return False
    running = sum(1 for deal in state.deals if deal.deal.symbol == pair.symbol)
    return running < settings.limits.max_deals_per_pair


def opening(settings: DcaSettings, state: DcaState, pair: PairState, tick: PriceTick, market: Market) -> Opening | None:
    """How a deal opens on this tick, if it does."""
    if not may_open(settings, state, pair) or (tick.at < pair.opens_after and not pair.is_asked):
        return None
    if not is_price_allowed(settings, tick.price) or not is_volume_allowed(settings, pair):
        return None
    size = sizing(settings, state, pair, market, tick.price)
    amount, price = base_order(settings, market, tick, size)
    if market.is_too_small(amount, price) or not is_within_budget(settings, state, pair, market, tick.price):
        return None
    return Opening(size, amount, price)


def is_within_budget(settings: DcaSettings, state: DcaState, pair: PairState, market: Market, price: Decimal) -> bool:
    """Whether a whole deal more leaves the funds of all deals together under the limit."""
    most = settings.limits.max_funds
    return most is None or in_deals(state) + funds_with_fees(settings, state, pair, market, price) <= most


def in_deals(state: DcaState) -> Decimal:
    """Quote (a short: coins in quote) that the running deals have taken and may yet take."""
    return sum((_taken(deal) for deal in state.deals), ZERO)


def _taken(deal: DcaDeal) -> Decimal:
    spent = deal.deal.position.entry_quote + deal.deal.position.entry_fee
    if not deal.has_base:
        waiting = sum((order.remaining * (order.price or deal.last) for order in deal.live(Role.BASE)), ZERO)
        plan = ladder.planned(deal.settings.safety_orders, deal.direction)
        unit, size = deal.settings.safety_orders.volume_unit, deal.sizing
        volumes = [ladder.quote_volume(volume, unit, deal.last, size) for _, _, volume in plan]
        return spent + waiting + sum((volume * size.scale + size.extra for volume in volumes), ZERO)
    if deal.ending is not None:
        return spent
    bought = {rung.index: deal.filled(Role.SAFETY, rung.index) for rung in deal.rungs}
    return spent + sum((rung.price * max(ZERO, rung.amount - bought[rung.index]) for rung in deal.rungs), ZERO)


def is_price_allowed(settings: DcaSettings, price: Decimal) -> bool:
    low, high = settings.limits.min_price, settings.limits.max_price
    return (low is None or price >= low) and (high is None or price <= high)


def is_volume_allowed(settings: DcaSettings, pair: PairState) -> bool:
    """An unknown volume does not pass the filter."""
    least = settings.limits.min_quote_volume_24h
    return least is None or (pair.volume_24h is not None and pair.volume_24h >= least)


def sizing(settings: DcaSettings, state: DcaState, pair: PairState, market: Market, price: Decimal) -> Sizing:
    free = state.free_of(market.quote)
    if settings.direction is Direction.SHORT:
        free = state.free_of(market.base) * price
    return ladder.closed_profit_sizing(
        pair.profit,
        settings.reinvest_percent,
        settings.risk_reduction_percent,
        settings.reinvest_mode,
        settings.base_order,
        settings.safety_orders,
        price,
        settings.direction,
        market,
        free,
    )


def base_order(settings: DcaSettings, market: Market, tick: PriceTick, sizing: Sizing) -> tuple[Decimal, Decimal]:
    """(amount, price) of the deal's first order; a market order is sized by the price before slippage."""
    is_limit = settings.base_order.type == "limit"
    price = limit_price(settings.direction, market, tick) if is_limit else tick.price
    base = settings.base_order
    return ladder.order_amount(base.volume, base.volume_unit, price, market, sizing), price


def limit_price(direction: Direction, market: Market, tick: PriceTick) -> Decimal:
    """At the best bid for a long, the best ask for a short."""
    if direction is Direction.LONG:
        return market.price_down(tick.bid or tick.price)
    return market.price_up(tick.ask or tick.price)


def funds_with_fees(settings: DcaSettings, state: DcaState, pair: PairState, market: Market, price: Decimal) -> Decimal:
    """Quote that a whole deal opened at `price` can take: rounded orders and the fees on them."""
    size = sizing(settings, state, pair, market, price)
    base = settings.base_order
    amount = ladder.order_amount(base.volume, base.volume_unit, price, market, size)
    fee = market.maker_fee if base.type == "limit" else market.taker_fee
    p0 = price * (ONE + fee if settings.direction is Direction.LONG else ONE - fee)
    rungs = ladder.make_ladder(p0, settings.direction, settings.safety_orders, market, size).rungs
    orders = sum((rung.volume for rung in rungs), ZERO)
    return amount * price * (ONE + fee) + orders * (ONE + market.maker_fee)
