"""Safety orders that trail: a reached rung follows the price down, and is bought at market when that comes back."""

from dataclasses import dataclass
from decimal import Decimal

from desktop_app.core import ladder
from desktop_app.core.change import replace
from desktop_app.core.commands import Tell
from desktop_app.core.deal import Direction
from desktop_app.core.ladder import Rung
from desktop_app.core.market import ZERO, Market
from desktop_app.core.said import said
from desktop_app.core.strategies.dca_state import DcaDeal


@dataclass(frozen=True, slots=True)
class RungWatch:
    """`next_level`: the nearest rung not reached yet; `buying_level`: where the reached ones are bought."""

    next_level: Decimal | None = None
    buying_level: Decimal | None = None


def on_price(
    deal: DcaDeal, price: Decimal, fallen: Decimal, risen: Decimal, market: Market
) -> tuple[DcaDeal, tuple[Tell, ...]]:
    """The deal after the path has come to `price`, by way of `fallen` and `risen`."""
    if deal.settings.safety_orders.trailing_deviation is None:
        return deal, ()
    if deal.rung_worst and not deal.is_better(buying_level(deal), risen):
        reached = tuple(rung.index for rung in _waiting(deal, market) if _is_reached(deal, rung, deal.rung_worst))
        told = Tell(said("rungs_turned", price=price, worst=deal.rung_worst), deal.deal.number)
        return replace(deal, fired=deal.fired + reached, rung_worst=ZERO), (told,)
    if deal.rung_worst:
        return replace(deal, rung_worst=price) if deal.is_better(deal.rung_worst, price) else deal, ()
    reached = tuple(rung.index for rung in _waiting(deal, market) if _is_reached(deal, rung, fallen))
    if not reached:
        return deal, ()
    told = Tell(said("rungs_follow", price=price, rungs=", ".join(map(str, reached))), deal.deal.number)
    return replace(deal, rung_worst=price), (told,)


def buying_level(deal: DcaDeal) -> Decimal:
    """worst·(1 + deviation/100) for a long, unrounded."""
    deviation = deal.settings.safety_orders.trailing_deviation
    assert deviation is not None
    other = Direction.SHORT if deal.direction is Direction.LONG else Direction.LONG
    return ladder.retraced(deal.rung_worst, deviation, other)


def watch(deal: DcaDeal, market: Market) -> RungWatch:
    if deal.settings.safety_orders.trailing_deviation is None:
        return RungWatch()
    if deal.rung_worst:
        return RungWatch(buying_level=buying_level(deal))
    return RungWatch(next_level=next((rung.price for rung in _waiting(deal, market)), None))


def _waiting(deal: DcaDeal, market: Market) -> tuple[Rung, ...]:
    """Rungs on the averaging side that are not bought, nearest first."""
    rungs = deal.open_rungs(market)
    return tuple(rung for rung in rungs if not rung.is_trigger and rung.index not in deal.fired)


def _is_reached(deal: DcaDeal, rung: Rung, price: Decimal) -> bool:
    return not deal.is_better(price, rung.price)
