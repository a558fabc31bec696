"""Where the stop loss of a deal is, what it sells at, and whether it rests on the exchange."""

from decimal import Decimal

from desktop_app.core import ladder
from desktop_app.core.deal import Direction
from desktop_app.core.market import Market
from desktop_app.core.order import Order, OrderStatus, OrderType, Role
from desktop_app.core.strategies.dca_state import DcaDeal

NATIVE_PATIENCE_SECONDS = 10  # how long a stop on the exchange has to act before the program does


def stop_level(deal: DcaDeal) -> Decimal | None:
    """The level in force, unrounded: the stop loss (from its reference, or where it trailed to) or the break-even."""
    plain = _plain_level(deal)
    if plain is None and deal.stop_level is None and deal.breakeven is None:
        return None
    levels = [level for level in (deal.stop_level, deal.breakeven, plain) if level is not None]
    return max(levels) if deal.direction is Direction.LONG else min(levels)


def _plain_level(deal: DcaDeal) -> Decimal | None:
    """What the settings say, with the best price so far: a stop at a price trails in proportion to where it was set."""
    settings = deal.settings.stop_loss
    if not deal.p0:
        return None
    has_risen = settings.trailing and bool(deal.best)
    if settings.price is not None:
        is_below = deal.is_better(deal.stop_from, settings.price)  # one over the price is reached, and leads nowhere
        follows = has_risen and is_below and deal.is_better(deal.best, deal.stop_from)
        return settings.price * deal.best / deal.stop_from if follows else settings.price
    if settings.percent is None:
        return None
    reference = _reference(deal)
    if has_risen and deal.is_better(deal.best, reference):
        reference = deal.best
    return ladder.retraced(reference, settings.percent, deal.direction)


def _reference(deal: DcaDeal) -> Decimal:
    basis = deal.settings.stop_loss.basis
    if basis == "entry":
        return deal.deal.position.entry_price
    return deal.p0 if basis == "start" else deal.deal.average


def guarded_level(deal: DcaDeal) -> Decimal | None:
    """Where the program itself looks whether the stop loss is reached: a stop that rests acts at its own trigger."""
    stop = native_stop(deal)
    return stop.trigger if stop is not None else stop_level(deal)


def stop_wait_ms(deal: DcaDeal) -> int:
    """How long the price must stay beyond the level before the program sells."""
    patience = NATIVE_PATIENCE_SECONDS if native_stop(deal) is not None else 0
    return max(deal.settings.stop_loss.timeout_seconds, patience) * 1000


def native_stop(deal: DcaDeal) -> Order | None:
    """The stop that rests on the exchange, or may, and that nobody takes down."""
    for order in deal.deal.orders:
        is_stop = order.type is OrderType.STOP and order.role is Role.STOP_LOSS  # few orders are of that type
        if is_stop and order.is_live and order.status is not OrderStatus.CANCELING:
            return order
    return None


def is_native(deal: DcaDeal, market: Market) -> bool:
    return deal.settings.stop_loss.native and market.takes_stops


def trigger_price(deal: DcaDeal, level: Decimal, market: Market) -> Decimal:
    """The first price on the tick at which the level counts as reached."""
    return market.price_down(level) if deal.direction is Direction.LONG else market.price_up(level)


def limit_price(deal: DcaDeal, level: Decimal, market: Market) -> Decimal | None:
    """No worse than this once the level is reached; None: at market."""
    settings = deal.settings.stop_loss
    if settings.type != "limit":
        return None
    if settings.limit_price is not None and settings.price is not None:
        price = level * settings.limit_price / settings.price
    else:
        price = ladder.retraced(level, settings.limit_percent, deal.direction)
    return market.price_up(price) if deal.direction is Direction.LONG else market.price_down(price)


def is_limit_stop(deal: DcaDeal) -> bool:
    """What it sells to end waits at a limit, perhaps for ever."""
    return deal.settings.stop_loss.type == "limit"
