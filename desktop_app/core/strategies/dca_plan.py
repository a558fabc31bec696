"""What should rest on the exchange for a DCA deal right now, and the commands that get there.

The plan is made anew after every event from the deal alone, so a restart, a lost answer or a cancel that came too
late needs no code of its own: the next plan sees what is there and asks for what is missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from desktop_app.core import ladder
from desktop_app.core.change import quick, replace
from desktop_app.core.client_id import BotIdentity, Origin, make_client_id
from desktop_app.core.commands import CancelOrder, Command, PlaceOrder
from desktop_app.core.deal import DealStatus, Direction
from desktop_app.core.market import ONE, ZERO, Market
from desktop_app.core.order import Order, OrderStatus, OrderType, Role
from desktop_app.core.strategies.dca_state import DcaDeal, Planned
from desktop_app.core.strategies.dca_stop import is_native, limit_price, native_stop, stop_level, trigger_price
from desktop_app.core.strategies.dca_targets import is_watched, share_targets
from desktop_app.core.strategies.wanted import Wanted

_ENDING_ROLES = {
    DealStatus.COMPLETED: Role.TAKE_PROFIT,
    DealStatus.STOPPED_OUT: Role.STOP_LOSS,
}
_MANAGED = frozenset({Role.BASE, Role.SAFETY, Role.TAKE_PROFIT, Role.STOP_LOSS})
_KEPT = 20  # orders that ended without a trade
_EXITS = (Role.TAKE_PROFIT, Role.STOP_LOSS)


@quick
@dataclass(frozen=True, slots=True)
class Plan:
    """The deal with its new orders in it, and the commands: cancels first, then places."""

    deal: DcaDeal
    commands: tuple[Command, ...]
    planned: Planned | None = None


def make_plan(deal: DcaDeal, market: Market, who: BotIdentity, at: int, known: Planned | None = None) -> Plan:
    """`known`: a plan that came to the same wants."""
    if known is not None:
        targets, all_wanted = known.targets, known.wanted
    else:
        targets = share_targets(deal, market) if deal.ending is None and deal.has_base else None
        all_wanted = _wanted(deal, market, targets)
    standing = deal.deal.standing
    is_exit_leaving = not standing.leaving.isdisjoint(_EXITS)
    wanted = all_wanted
    if is_exit_leaving:
        # The old exit may fill yet: until it is gone nobody knows how much there is to sell.
        wanted = tuple(want for want in wanted if want.side is not deal.direction.exit)
    keys = {(want.role, want.index): want for want in wanted}
    number, commands = deal.deal.number, list[Command]()
    leaving: dict[str, Order] = {}
    exits_going = _is_stop_in_the_way(deal, keys)
    for order in standing.live:
        if order.status is not OrderStatus.OPEN or not _is_managed(deal, order):
            continue
        want = keys.get((order.role, order.index))
        if want is None or not want.is_met_by(order):
            leaving[order.client_id] = order.becomes(OrderStatus.CANCELING)
            commands.append(CancelOrder(order.client_id, order.symbol, number))
            exits_going = exits_going or order.side is deal.direction.exit
    placed: list[Order] = []
    for want in wanted:
        if (want.role, want.index) in standing.live_at or deal.is_blocked(want.role, want.index):
            continue
        if exits_going and want.side is deal.direction.exit:
            continue
        placed.append(_made(deal, want, who, at, deal.serial + len(placed)))
    commands += [PlaceOrder(order, number) for order in placed]
    after = deal
    if commands:
        orders = [leaving.get(order.client_id, order) for order in deal.deal.orders] if leaving else deal.deal.orders
        after = _with_orders(deal, orders, placed)
    settled = None if is_exit_leaving or exits_going else keys
    if deal.ending is not None:
        return Plan(after, tuple(commands), Planned(market, all_wanted, settled, ()))
    if targets is None:
        return Plan(after, tuple(commands))
    hangs_on_orders = standing.has_sold or deal.steps_done or deal.reduce
    planned = Planned(market, all_wanted, settled, None if hangs_on_orders else targets)
    return Plan(after, tuple(commands), planned)


def is_settled(deal: DcaDeal, order: Order, market: Market) -> bool:
    """The plan counts on this order as it is: that the exchange has it now is news, but no reason for another plan."""
    planned = deal.planned
    if planned is None or planned.settled is None or planned.market is not market:
        return False
    want = planned.settled.get((order.role, order.index))
    return want is not None and order.status is OrderStatus.PENDING and want.is_met_by(order)


def after_leaving(deal: DcaDeal, order: Order, market: Market) -> Planned | None:
    """The plan that still holds once this order has left.

    A take profit of which nothing was traded has no part in it, and to end a deal only exits matter.
    """
    planned = deal.planned
    if planned is None or planned.targets is None or planned.market is not market or order.filled:
        return None
    if deal.ending is not None:
        return planned if planned.settled is not None and order.side is deal.direction.entry else None
    return planned if order.role is Role.TAKE_PROFIT else None


def place(deal: DcaDeal, want: Wanted, who: BotIdentity, at: int) -> tuple[DcaDeal, PlaceOrder]:
    """Make the order and write it into the deal as PENDING."""
    order = _made(deal, want, who, at, deal.serial)
    return _with_orders(deal, deal.deal.orders, (order,)), PlaceOrder(order, deal.deal.number)


def _made(deal: DcaDeal, want: Wanted, who: BotIdentity, at: int, serial: int) -> Order:
    origin = Origin(who.install, who.bot_id, deal.deal.number, want.role, want.index, serial)
    return Order(
        client_id=make_client_id(origin, who.key),
        symbol=deal.deal.symbol,
        role=want.role,
        index=want.index,
        side=want.side,
        type=want.type,
        amount=want.amount,
        price=want.price,
        trigger=want.trigger,
        placed_at=at,
    )


def _with_orders(deal: DcaDeal, orders: Sequence[Order], placed: Sequence[Order]) -> DcaDeal:
    kept = _trimmed(orders) if placed else orders
    return replace(deal, serial=deal.serial + len(placed), deal=replace(deal.deal, orders=(*kept, *placed)))


def _is_stop_in_the_way(deal: DcaDeal, wanted: dict[tuple[Role, int], Wanted]) -> bool:
    """A stop that was just sent holds the coins, and is not known well enough to be taken down."""
    stop = native_stop(deal)
    if stop is None or stop.status is not OrderStatus.PENDING:
        return False
    want = wanted.get((Role.STOP_LOSS, 0))
    return want is None or not want.is_met_by(stop)


def _wanted(deal: DcaDeal, market: Market, targets: tuple[ladder.Target, ...] | None) -> tuple[Wanted, ...]:
    if deal.ending is not None:
        return _wanted_while_closing(deal, market)
    if targets is None:
        return _wanted_base(deal, market)
    return (*_wanted_rungs(deal, market), *_wanted_exits(deal, market, targets))


def _wanted_base(deal: DcaDeal, market: Market) -> tuple[Wanted, ...]:
    """A market order is only kept; a limit order moves with `base_price`."""
    live = deal.live(Role.BASE)
    if deal.entry is not None:
        return _wanted_entry(deal, market, live)
    if deal.base_price is None or (live and live[0].price == deal.base_price):
        return tuple(_kept(order) for order in live)
    amount = base_amount_left(deal, market, deal.base_price)
    return (Wanted(Role.BASE, 0, deal.direction.entry, OrderType.LIMIT, amount, deal.base_price),)


def _wanted_entry(deal: DcaDeal, market: Market, live: tuple[Order, ...]) -> tuple[Wanted, ...]:
    """A limit at the entry's price; once its moment has come the limit goes, and the rest is traded at market."""
    side = deal.direction.entry
    if deal.entry_now:
        at_market = tuple(order for order in live if order.type is OrderType.MARKET)
        amount = base_amount_left(deal, market, deal.last)
        if at_market or market.is_too_small(amount, deal.last):
            return tuple(_kept(order) for order in at_market)
        return (Wanted(Role.BASE, 0, side, OrderType.MARKET, amount),)
    if deal.base_price is None:
        return ()
    amount = base_amount_left(deal, market, deal.base_price)
    return (Wanted(Role.BASE, 0, side, OrderType.LIMIT, amount, deal.base_price),) if amount > 0 else ()


def base_amount_left(deal: DcaDeal, market: Market, price: Decimal) -> Decimal:
    """Coins that the base order still has to trade at this price, rounded up to the lot."""
    if deal.entry is not None:
        return max(ZERO, deal.entry_amount - deal.deal.position.entry_amount)
    base = deal.settings.base_order
    volume = ladder.quote_volume(base.volume, base.volume_unit, price, deal.sizing)
    volume = volume * deal.sizing.scale + deal.sizing.extra - deal.deal.position.entry_quote
    return market.amount_up(volume / price) if volume > 0 else ZERO


def _wanted_while_closing(deal: DcaDeal, market: Market) -> tuple[Wanted, ...]:
    """Once nothing else that exits is left: everything held, at market."""
    assert deal.ending is not None
    if deal.ending is DealStatus.CANCELLED or deal.deal.keeps_coins:
        return ()
    level = stop_level(deal) if deal.ending is DealStatus.STOPPED_OUT else None
    limit = limit_price(deal, level, market) if level is not None else None
    going = [order for order in _resting(deal) if order.side is deal.direction.exit]
    if going:
        at_work = [order for order in going if _is_at_work(order, limit)]
        return tuple(map(_kept, at_work)) if deal.ending is DealStatus.STOPPED_OUT else ()
    amount = market.amount_down(deal.deal.held)
    if amount <= 0 or is_dust(deal, market):
        return ()
    role = _ENDING_ROLES.get(deal.ending, Role.CLOSE)
    if limit is not None:
        return (Wanted(role, 0, deal.direction.exit, OrderType.LIMIT, amount, limit),)
    index = len(deal.settings.take_profit.targets) if role is Role.TAKE_PROFIT else 0
    return (Wanted(role, index, deal.direction.exit, OrderType.MARKET, amount),)


def _is_at_work(order: Order, limit: Decimal | None) -> bool:
    """A stop loss on the exchange that has begun to sell, or waits at the limit that it was given."""
    if order.role is not Role.STOP_LOSS:
        return False
    return order.filled > 0 or (limit is not None and order.price == limit)


def is_dust(deal: DcaDeal, market: Market) -> bool:
    """What is left after something was sold is less than the exchange takes."""
    return deal.deal.position.exit_amount > 0 and market.is_too_small(market.amount_down(deal.deal.held), deal.last)


def _resting(deal: DcaDeal) -> tuple[Order, ...]:
    return tuple(order for order in deal.deal.live_orders if order.type is not OrderType.MARKET)


def _wanted_rungs(deal: DcaDeal, market: Market) -> tuple[Wanted, ...]:
    wanted: list[Wanted] = []
    side, safety = deal.direction.entry, deal.settings.safety_orders
    resting = 0
    for rung in deal.open_rungs(market):
        is_fired = rung.index in deal.fired
        if not is_fired and (rung.is_trigger or not safety.rests or resting >= safety.active):
            continue
        amount = rung.amount - deal.filled(Role.SAFETY, rung.index)
        live = deal.live(Role.SAFETY, rung.index)
        if live:
            amount = live[0].amount - live[0].filled if live[0].price == rung.price else amount
        if is_fired:
            wanted.append(Wanted(Role.SAFETY, rung.index, side, OrderType.MARKET, amount))
        else:
            resting += 1
            wanted.append(Wanted(Role.SAFETY, rung.index, side, OrderType.LIMIT, amount, rung.price))
    return tuple(wanted)


def _wanted_exits(deal: DcaDeal, market: Market, targets: tuple[ladder.Target, ...]) -> tuple[Wanted, ...]:
    side = deal.direction.exit
    if any(order.side is side for order in deal.live(Role.MANUAL)):
        return ()
    if deal.reduce > 0:
        if any(deal.live(role) for role in _EXITS):
            return ()
        amount = min(market.amount_down(deal.reduce), market.amount_down(deal.deal.held))
        return (Wanted(Role.MANUAL, 1, side, OrderType.MARKET, amount),)
    wanted = [
        Wanted(Role.TAKE_PROFIT, target.index, side, OrderType.LIMIT, target.amount, target.price)
        for target in targets
        if not is_watched(deal, target.index, market)
    ]
    if deal.hit:
        hit = [target for target in targets if target.index in deal.hit]
        wanted += [Wanted(Role.TAKE_PROFIT, target.index, side, OrderType.MARKET, target.amount) for target in hit]
    return (*wanted, *_wanted_stop(deal, market, wanted))


def _wanted_stop(deal: DcaDeal, market: Market, others: Sequence[Wanted]) -> tuple[Wanted, ...]:
    """The stop loss that rests on the exchange, for all coins that no other order has.

    One coin cannot be in two orders there (one cancels the other): so targets are watched here while it rests.
    """
    level = stop_level(deal) if is_native(deal, market) else None
    if level is None:
        return ()
    amount = market.amount_down(deal.deal.held - sum((want.amount for want in others), ZERO))
    trigger = trigger_price(deal, level, market)
    if market.is_too_small(amount, trigger):
        return ()
    limit = limit_price(deal, level, market)
    return (Wanted(Role.STOP_LOSS, 0, deal.direction.exit, OrderType.STOP, amount, limit, trigger),)


def committed(deal: DcaDeal, market: Market) -> Decimal:
    """Quote (a short: coins in quote) that rungs not resting yet may still take, fees in."""
    if deal.ending is not None:
        return ZERO
    resting = {order.index for order in deal.live(Role.SAFETY)}
    total = sum((rung.volume for rung in deal.open_rungs(market) if rung.index not in resting), ZERO)
    total += _committed_to_entry(deal, market)
    return total * (ONE + market.taker_fee)


def _committed_to_entry(deal: DcaDeal, market: Market) -> Decimal:
    """Quote that an entry which does not rest yet will take."""
    if deal.entry is None or deal.has_base or deal.live(Role.BASE) or deal.direction is Direction.SHORT:
        return ZERO
    price = deal.entry.limit_price or deal.entry.price or deal.last
    base = deal.settings.base_order
    return ladder.order_amount(base.volume, base.volume_unit, price, market, deal.sizing) * price


def _is_managed(deal: DcaDeal, order: Order) -> bool:
    return order.role in _MANAGED or deal.ending is not None


def _kept(order: Order) -> Wanted:
    return Wanted(order.role, order.index, order.side, order.type, order.remaining, order.price, order.trigger)


def _trimmed(orders: Sequence[Order]) -> Sequence[Order]:
    """Orders that ended without a trade are history; a few are kept because a fill can overtake a cancel."""
    if len(orders) <= _KEPT:
        return orders
    idle = [order for order in orders if order.status.is_final and not order.filled]
    drop = {order.client_id for order in idle[:-_KEPT]}
    return [order for order in orders if order.client_id not in drop]
