"""What the price does to a smart trade that is not in yet: the trigger of its entry, and an entry that trails."""

from decimal import Decimal

from desktop_app.core import ladder
from desktop_app.core.change import replace
from desktop_app.core.commands import Command
from desktop_app.core.deal import Direction
from desktop_app.core.events import PriceTick
from desktop_app.core.ladder import Sizing
from desktop_app.core.market import ZERO, Market
from desktop_app.core.strategies.dca_state import DcaDeal
from desktop_app.core.strategies.dca_triggers import tell
from desktop_app.core.strategies.entry import Entry
from desktop_app.core.strategy import Watch

Changed = tuple[DcaDeal, tuple[Command, ...]]


def begun(deal: DcaDeal, entry: Entry, tick: PriceTick, market: Market) -> Changed:
    """The deal once its entry has begun to wait; one that has nothing to wait for gets in at once."""
    deal = replace(deal, entry=entry, entry_best=ZERO, entry_now=False, base_price=None, last=tick.price)
    if entry.type == "market":
        return getting_in(deal, market), ()
    if entry.type == "limit":
        assert entry.price is not None
        return _at_limit(deal, entry.price, market), ()
    if entry.price is None:
        return replace(deal, entry_best=tick.price), ()
    # Whichever side of the trigger the price is on, it must come over to the other one.
    deal = replace(deal, entry_rises=_watched(entry, tick) < entry.price)
    return on_price(deal, entry, tick, market)


def getting_in(deal: DcaDeal, market: Market) -> DcaDeal:
    """What the entry still lacks is traded at market now; what is sized in quote buys as much as it does now."""
    traded, base = deal.deal.position, deal.settings.base_order
    amount = base.volume
    if base.volume_unit != "base":
        volume = ladder.quote_volume(base.volume, base.volume_unit, deal.last, Sizing(free=deal.sizing.free))
        amount = traded.entry_amount + max(ZERO, volume - traded.entry_quote) / deal.last
    return replace(deal, entry_amount=market.amount_up(amount), entry_now=True, base_price=None)


def on_price(deal: DcaDeal, entry: Entry, tick: PriceTick, market: Market) -> Changed:
    """The deal after the path has come to this price, or in a jump that lands there, as far as `tick.path`."""
    deal = replace(deal, last=tick.price)
    if deal.ending is not None or deal.entry_now or deal.base_price is not None:
        return deal, ()
    if not deal.entry_best and entry.price is not None:
        if not _has_come(deal, entry, tick, entry.price):
            return deal, ()
        if entry.type == "trailing":
            return replace(deal, entry_best=tick.price), (tell(deal, "entry_follows", price=tick.price),)
        told = (tell(deal, "entry_reached", price=tick.price, level=entry.price),)
        if entry.limit_price is not None:
            return _at_limit(deal, entry.limit_price, market), told
        return getting_in(deal, market), told
    if _is_at_or_beyond(tick, tick.price, closing_level(deal, entry), rises=deal.direction is Direction.LONG):
        told = (tell(deal, "entry_turned", price=tick.price, best=deal.entry_best),)
        return getting_in(deal, market), told
    # The best price for an entry is the worst for what it will hold.
    return replace(deal, entry_best=tick.price) if deal.is_better(deal.entry_best, tick.price) else deal, ()


def closing_level(deal: DcaDeal, entry: Entry) -> Decimal:
    """best·(1 + deviation/100) for a purchase, unrounded: where the price has turned."""
    assert entry.trailing_deviation is not None
    other = Direction.SHORT if deal.direction is Direction.LONG else Direction.LONG
    return ladder.retraced(deal.entry_best, entry.trailing_deviation, other)


def watch(deal: DcaDeal, entry: Entry) -> Watch:
    if deal.entry_now or deal.base_price is not None:
        return Watch()
    if deal.entry_best:
        level = closing_level(deal, entry)
        is_long = deal.direction is Direction.LONG
        return Watch(below=None if is_long else level, above=level if is_long else None, follows=True)
    assert entry.price is not None
    below, above = (None, entry.price) if deal.entry_rises else (entry.price, None)
    return Watch(below=below, above=above, follows=entry.trigger != "last")


def _at_limit(deal: DcaDeal, price: Decimal, market: Market) -> DcaDeal:
    price = market.price_down(price) if deal.direction is Direction.LONG else market.price_up(price)
    return replace(_sized(deal, price, market), base_price=price)


def _sized(deal: DcaDeal, price: Decimal, market: Market) -> DcaDeal:
    base = deal.settings.base_order
    sizing = Sizing(free=deal.sizing.free)
    return replace(deal, entry_amount=ladder.order_amount(base.volume, base.volume_unit, price, market, sizing))


def _watched(entry: Entry, tick: PriceTick) -> Decimal:
    """The price that the entry looks at; the last one where the exchange tells no other."""
    told = {"bid": tick.bid, "ask": tick.ask}.get(entry.trigger)
    return told if told is not None else tick.price


def _has_come(deal: DcaDeal, entry: Entry, tick: PriceTick, level: Decimal) -> bool:
    return _is_at_or_beyond(tick, _watched(entry, tick), level, rises=deal.entry_rises)


def _is_at_or_beyond(tick: PriceTick, price: Decimal, level: Decimal, *, rises: bool) -> bool:
    """In a jump only what the path and the price where it lands have both come to counts."""
    path = tick.path if tick.path is not None else price
    return min(price, path) >= level if rises else max(price, path) <= level
