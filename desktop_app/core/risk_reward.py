"""What a smart trade can lose and win: one formula for the ticket, the lines on the chart and the command."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from desktop_app.core import ladder
from desktop_app.core.change import replace
from desktop_app.core.deal import Direction, Position
from desktop_app.core.ladder import PLAIN, Sizing, Target
from desktop_app.core.market import HUNDRED, ONE, ZERO, Market, round_to
from desktop_app.core.order import Fill
from desktop_app.core.preview import after_entry

if TYPE_CHECKING:  # annotations only: the strategies import the formulas, so these must not wait for them
    from desktop_app.core.strategies.smart_settings import SmartTradeSettings


@dataclass(frozen=True, slots=True)
class Exit:
    """One way out. `percent` is its distance from the entry price; `money` what it wins (loses), net of all fees."""

    index: int
    price: Decimal
    amount: Decimal
    percent: Decimal
    money: Decimal


@dataclass(frozen=True, slots=True)
class RiskReward:
    """The trade if it gets in at `entry`. `risk` and `ratio` are None without a stop loss, `reward` without targets.

    `cost` is without fees, `average` with. A risk below zero means that even the stop loss wins.
    """

    entry: Decimal
    amount: Decimal
    cost: Decimal
    average: Decimal
    targets: tuple[Exit, ...]
    stop: Exit | None
    risk: Decimal | None
    reward: Decimal | None

    @property
    def ratio(self) -> Decimal | None:
        """Reward for each unit of risk: the x of 1 : x."""
        if self.risk is None or self.reward is None or self.risk <= 0:
            return None
        return self.reward / self.risk


def weigh(settings: "SmartTradeSettings", market: Market, price: Decimal, sizing: Sizing = PLAIN) -> RiskReward:
    """The trade of these settings while the market stands at `price`."""
    direction = settings.direction
    entry = settings.entry_price(price)
    amount = settings.entry_amount(entry, market, sizing)
    position = _entered(settings, entry, amount, market)
    steps = [
        (index, step, _target_price(settings, index, entry, market))
        for index, step in enumerate(settings.take_profit.steps, 1)
    ]
    shared = ladder.share_out(position.held(direction), steps, market)
    fees = [_exit_fee(settings, target.index, market) for target in shared]
    targets, reward = _sold(position, direction, entry, shared, fees)
    stop = _stop(settings, position, entry, market)
    return RiskReward(
        entry=entry,
        amount=amount,
        cost=entry * amount,
        average=position.average(direction),
        targets=targets,
        stop=stop,
        risk=-stop.money if stop is not None else None,
        reward=reward if targets else None,
    )


def amount_for_risk(
    risk: Decimal, entry: Decimal, stop: Decimal, direction: Direction, market: Market, *, is_limit: bool
) -> Decimal | None:
    """Coins with which the stop loss loses `risk` in quote, to the nearest lot; None when the stop loses nothing."""
    fee = market.maker_fee if is_limit else market.taker_fee
    one = after_entry(Position(), entry, ONE, fee, market, direction)
    lost = -one.worth(direction, stop, market.taker_fee)
    return round_to(risk / lost, market.amount_step, ROUND_HALF_UP) if lost > 0 else None


def percent_of(price: Decimal, entry: Decimal) -> Decimal:
    return (price / entry - ONE) * HUNDRED


def _entered(settings: "SmartTradeSettings", entry: Decimal, amount: Decimal, market: Market) -> Position:
    is_limit = settings.entry.type == "limit" or settings.entry.limit_price is not None
    fee = market.maker_fee if is_limit else market.taker_fee
    if settings.takes_over:
        return Position(entry_amount=amount, entry_quote=amount * entry)
    return after_entry(Position(), entry, amount, fee, market, settings.direction)


def _target_price(settings: "SmartTradeSettings", index: int, entry: Decimal, market: Market) -> Decimal:
    step = settings.take_profit.steps[index - 1]
    return ladder.step_price(step, entry, settings.direction, market)


def _exit_fee(settings: "SmartTradeSettings", index: int, market: Market) -> Decimal:
    steps = settings.take_profit.steps
    trails = settings.take_profit.trailing_deviation is not None and index == len(steps)
    at_market = trails or steps[index - 1].type == "market" or settings.stop_loss.native
    return market.taker_fee if at_market else market.maker_fee


def _sold(
    position: Position, direction: Direction, entry: Decimal, targets: Sequence[Target], fees: Sequence[Decimal]
) -> tuple[tuple[Exit, ...], Decimal]:
    """Each target's own money, and the money of all: what is realised once they have sold, one after the other."""
    exits: list[Exit] = []
    before = ZERO
    for target, fee in zip(targets, fees, strict=True):
        cost = target.price * target.amount
        position = position.with_fill(Fill("", target.price, target.amount, cost * fee), is_entry=False)
        after = position.realised(direction)
        percent = percent_of(target.price, entry)
        exits.append(Exit(target.index, target.price, target.amount, percent, after - before))
        before = after
    return tuple(exits), before


def _stop(settings: "SmartTradeSettings", position: Position, entry: Decimal, market: Market) -> Exit | None:
    rules, direction = settings.stop_loss, settings.direction
    level = rules.price
    if level is None and rules.percent is not None:
        level = ladder.retraced(entry, rules.percent, direction)
    if level is None:
        return None
    held = market.amount_down(position.held(direction))
    sold = replace(position, exit_amount=held, exit_quote=level * held, exit_fee=level * held * market.taker_fee)
    return Exit(0, level, held, percent_of(level, entry), sold.realised(direction))
