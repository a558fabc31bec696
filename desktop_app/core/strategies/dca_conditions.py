"""What conditions on indicators do to a DCA bot and its deals. They act where prices open, never inside a candle."""

from collections.abc import Mapping
from decimal import Decimal

from desktop_app.core import ladder
from desktop_app.core.change import replace
from desktop_app.core.condition_groups import Group
from desktop_app.core.condition_words import waits_for
from desktop_app.core.conditions import Condition
from desktop_app.core.deal import DealStatus
from desktop_app.core.market import Market
from desktop_app.core.reading import Outcome, Reading
from desktop_app.core.readings import judge, merged, unmet
from desktop_app.core.said import Said, said
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.dca_state import DcaDeal, DcaState, PairState
from desktop_app.core.strategies.dca_triggers import Told, tell


def conditions_of(settings: DcaSettings, state: DcaState, symbol: str) -> tuple[Condition, ...]:
    """What new deals wait for, and what each running one does under its own settings."""
    users = [deal.settings for deal in state.deals if deal.deal.symbol == symbol]
    if is_traded(settings, state, symbol):
        users.append(settings)
    if not any(one.conditions for one in users):
        return ()
    return tuple({condition.key(): condition for one in users for condition in one.conditions}.values())


def is_traded(settings: DcaSettings, state: DcaState, symbol: str) -> bool:
    return symbol in settings.pairs or symbol in state.listed


def with_readings(pair: PairState, readings: tuple[Reading, ...]) -> PairState:
    return replace(pair, readings=merged(pair.readings, readings))


def by_key(pair: PairState) -> Mapping[str, Reading]:
    return {reading.key: reading for reading in pair.readings}


def is_on(group: Group | None, pair: PairState) -> bool:
    """Whether these conditions are fulfilled now; where there are none, nothing was asked for."""
    return group is not None and judge(group, by_key(pair)) is Outcome.YES


def may_start(settings: DcaSettings, pair: PairState) -> bool:
    """Whether the mode of start lets a deal begin, and the filter does not forbid it."""
    start = settings.start
    is_wanted = start.mode == "asap" or pair.is_asked or (start.mode == "conditions" and is_on(start.conditions, pair))
    only_while = settings.limits.on_conditions
    return is_wanted and (only_while is None or is_on(only_while, pair))


def missing(settings: DcaSettings, pair: PairState) -> Said | None:
    """The sentence about the first condition that keeps a deal from starting."""
    start = settings.start
    wanted = start.conditions if start.mode == "conditions" and not pair.is_asked else None
    readings = by_key(pair)
    for group in (wanted, settings.limits.on_conditions):
        if group is not None and judge(group, readings) is not Outcome.YES:
            condition = unmet(group, readings)
            assert condition is not None
            return waits_for(condition, readings.get(condition.key()))
    return None


def wants_open(deal: DcaDeal, pair: PairState, market: Market) -> bool:
    """Whether a signal is on that the next opening price may make something of."""
    if deal.ending is not None or not deal.has_base:
        return False
    if is_on(deal.settings.take_profit.on_conditions, pair):
        return True
    return is_on(deal.settings.safety_orders.on_conditions, pair) and bool(_left(deal, market))


def on_signals(deal: DcaDeal, pair: PairState, market: Market, *, may_buy: bool = True) -> tuple[DcaDeal, Told]:
    """The deal at an opening price: closed by signal if that earns enough, or its reached rungs bought."""
    if not wants_open(deal, pair, market):
        return deal, ()
    if is_on(deal.settings.take_profit.on_conditions, pair) and earns_enough(deal, deal.last, market):
        return deal.ends(DealStatus.COMPLETED), (tell(deal, "signal_closes", price=deal.last),)
    if not may_buy or not is_on(deal.settings.safety_orders.on_conditions, pair):
        return deal, ()
    reached = tuple(index for index, price in _left(deal, market) if not deal.is_better(deal.last, price))
    if not reached:
        return deal, ()
    told = tell(deal, "signal_buys", price=deal.last, rungs=", ".join(map(str, reached)))
    return replace(deal, fired=deal.fired + reached), (told,)


def earns_enough(deal: DcaDeal, price: Decimal, market: Market) -> bool:
    """Whether an exit at market at this price brings the least profit, all fees off."""
    settings = deal.settings.take_profit
    least = ladder.least_profit(
        deal.deal.position, deal.p0, deal.base_amount, settings.min_profit, settings.min_profit_basis, deal.direction
    )
    return deal.deal.position.worth(deal.direction, price, market.taker_fee) >= least


def why_not_closed(deal: DcaDeal, pair: PairState, market: Market) -> Said | None:
    """What the signal to close waits for, where there is one."""
    group = deal.settings.take_profit.on_conditions
    if group is None:
        return None
    readings = by_key(pair)
    condition = unmet(group, readings) if judge(group, readings) is not Outcome.YES else None
    if condition is not None:
        return waits_for(condition, readings.get(condition.key()))
    if earns_enough(deal, deal.last, market):
        return said("why_closes_next")
    return said("why_waits_for_profit", percent=deal.settings.take_profit.min_profit)


def _left(deal: DcaDeal, market: Market) -> tuple[tuple[int, Decimal], ...]:
    """Rungs on the averaging side that are neither bought nor being bought."""
    rungs = deal.open_rungs(market)
    return tuple((rung.index, rung.price) for rung in rungs if not rung.is_trigger and rung.index not in deal.fired)
