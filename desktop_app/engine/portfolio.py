"""What bots use of an account, and what they may still come to need of it."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from desktop_app.core.deal import Deal, Direction
from desktop_app.core.events import FundsSeen
from desktop_app.core.market import ZERO, Balance
from desktop_app.core.order import Order
from desktop_app.engine.views import FundsBar


def resting(deal: Deal) -> Decimal:
    """Quote that the deal's live entry orders stand for."""
    return sum((_value(order, deal) for order in deal.live_orders if order.side is deal.direction.entry), ZERO)


def tied_up(deal: Deal) -> Decimal:
    """Quote in the coins that the deal holds, at what they cost; a short has none of its own in it."""
    if deal.direction is Direction.SHORT:
        return ZERO
    return deal.average * deal.held


def still_needed(by_pair: Iterable[tuple[Decimal, bool]], deals_max: int) -> Decimal:
    """Quote that a bot may still come to need, given (needed on the pair, whether a deal runs there).

    Pairs without a deal compete for the deals that the bot may still open: the dearest count.
    """
    pairs = tuple(by_pair)
    running = [amount for amount, has_deal in pairs if has_deal]
    waiting = sorted((amount for amount, has_deal in pairs if not has_deal), reverse=True)
    return sum(running, ZERO) + sum(waiting[: max(0, deals_max - len(running))], ZERO)


def used(deals: Iterable[Deal]) -> Decimal:
    return sum((tied_up(deal) + resting(deal) for deal in deals), ZERO)


def sees_funds(settings_json: str) -> bool:
    """Whether something in a bot's settings is measured by the free balances."""
    return '"percent"' in settings_json or '"use_held_coins":true' in settings_json


def funds_seen(balances: Mapping[str, Balance], at: int) -> FundsSeen:
    return FundsSeen(tuple(sorted((asset, balance.free) for asset, balance in balances.items())), at)


def funds_bar(quote: str, balances: Mapping[str, Balance], reserved: Iterable[tuple[str, Decimal]]) -> FundsBar:
    """`reserved`: (bot, quote that it may still come to need beyond what rests on the exchange)."""
    balance = balances.get(quote, Balance(quote))
    wanted = tuple((bot, amount) for bot, amount in reserved if amount > 0)
    rest = balance.free - sum((amount for _, amount in wanted), ZERO)
    return FundsBar(balance.free, wanted, rest, quote, balance.locked)


def _value(order: Order, deal: Deal) -> Decimal:
    price = order.price if order.price is not None else deal.average
    return order.remaining * price
