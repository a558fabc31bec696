"""The formulas of a DCA deal, after 3Commas' event logs: the one place where bots, previews and kernels take them from.

Prices and amounts are Decimals; percents are percents; fees are fractions. A long buys first and sells higher,
a short sells first and buys back lower: every formula takes the direction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from desktop_app.core.change import quick, replace
from desktop_app.core.deal import Direction, Position
from desktop_app.core.market import HUNDRED, ONE, ZERO, Market

if TYPE_CHECKING:  # annotations only: the strategies import the formulas, so these must not wait for them
    from desktop_app.core.strategies.dca_settings import BaseOrder, SafetyOrders, TakeProfit, TakeProfitStep, Unit


@quick
@dataclass(frozen=True, slots=True)
class Sizing:
    """How the volumes of a deal's orders are scaled: `scale` times, plus `extra` quote each.

    `free` is the free balance that `percent` volumes are of.
    """

    scale: Decimal = ONE
    extra: Decimal = ZERO
    free: Decimal = ZERO


PLAIN = Sizing()


@quick
@dataclass(frozen=True, slots=True)
class Rung:
    """A safety order to be. `deviation` is signed: below 0 under P0. `is_trigger`: bought at market when reached."""

    index: int
    deviation: Decimal
    price: Decimal
    amount: Decimal
    is_trigger: bool = False

    @property
    def volume(self) -> Decimal:
        return self.price * self.amount


@dataclass(frozen=True, slots=True)
class Ladder:
    rungs: tuple[Rung, ...] = ()
    left_out: tuple[int, ...] = ()  # rungs that would lie at or below zero


@quick
@dataclass(frozen=True, slots=True)
class Target:
    """A take-profit order to be; `index` is the step, from 1."""

    index: int
    price: Decimal
    amount: Decimal


def deviations(safety: "SafetyOrders") -> tuple[Decimal, ...]:
    """dev_k = d·(s^k − 1)/(s − 1), or d·k where s = 1, for k = 1…N; percent of P0 (bots.md 1.2)."""
    if safety.price_deviation is None:
        return ()
    d, s = safety.price_deviation, safety.step_scale
    if s == ONE:
        return tuple(d * k for k in range(1, safety.max_count + 1))
    return tuple(d * (s**k - ONE) / (s - ONE) for k in range(1, safety.max_count + 1))


def planned(safety: "SafetyOrders", direction: Direction) -> tuple[tuple[int, Decimal, Decimal], ...]:
    """(k, signed deviation, volume before sizing) of every rung; vol_k = v·m^(k−1)."""
    if safety.custom:
        return tuple((k, rung.deviation, rung.volume) for k, rung in enumerate(safety.custom, 1))
    if safety.volume is None:
        return ()
    sign = -ONE if direction is Direction.LONG else ONE
    return tuple((k, sign * deviation, volume) for k, deviation, volume in safety.steps)


def steps_of(safety: "SafetyOrders", first: Decimal) -> tuple[tuple[int, Decimal, Decimal], ...]:
    """(k, deviation, volume) of every rung of a ladder whose first volume is this."""
    return tuple(
        (k, deviation, first * safety.volume_scale ** (k - 1)) for k, deviation in enumerate(deviations(safety), 1)
    )


def exists(deviation: Decimal, p0: Decimal, market: Market) -> bool:
    """Whether a rung at this signed deviation has a price above zero."""
    return deviation > -HUNDRED and market.price_down(p0 * (ONE + deviation / HUNDRED)) > 0


def make_ladder(
    p0: Decimal, direction: Direction, safety: "SafetyOrders", market: Market, sizing: Sizing = PLAIN
) -> Ladder:
    """price_k = P0·(1 ± dev_k/100), to the tick away from the price; amount_k = ceil(vol_k / price_k, lot).

    An amount under the market's minimum is raised to it.
    """
    rungs: list[Rung] = []
    left_out: list[int] = []
    least = market.amount_up(market.min_amount)
    is_long = direction is Direction.LONG
    for k, deviation, volume in planned(safety, direction):
        raw = p0 * (ONE + deviation / HUNDRED)
        below = market.price_down(raw)
        if deviation <= -HUNDRED or below <= 0:
            left_out.append(k)
            continue
        price = below if is_long else market.price_up(raw)
        amount = max(order_amount(volume, safety.volume_unit, price, market, sizing), least)
        rungs.append(Rung(k, deviation, price, amount, (deviation > 0) is is_long))
    return Ladder(tuple(rungs), tuple(left_out))


def order_amount(volume: Decimal, unit: "Unit", price: Decimal, market: Market, sizing: Sizing = PLAIN) -> Decimal:
    """Coins of an order of this size at this price: rounded UP to the lot."""
    return market.amount_up((quote_volume(volume, unit, price, sizing) * sizing.scale + sizing.extra) / price)


def quote_volume(volume: Decimal, unit: "Unit", price: Decimal, sizing: Sizing) -> Decimal:
    """A setting's size in quote, before scaling."""
    if unit == "base":
        return volume * price
    if unit == "percent":
        return sizing.free * volume / HUNDRED
    return volume


def funds(
    base: "BaseOrder", safety: "SafetyOrders", price: Decimal, direction: Direction, market: Market, sizing: Sizing
) -> Decimal:
    """base + Σ vol_k over the rungs that exist, in quote, without rounding and fees (bots.md 1.2)."""
    total = quote_volume(base.volume, base.volume_unit, price, sizing) * sizing.scale + sizing.extra
    for _, deviation, volume in planned(safety, direction):
        if exists(deviation, price, market):
            level = price * (ONE + deviation / HUNDRED)
            total += quote_volume(volume, safety.volume_unit, level, sizing) * sizing.scale + sizing.extra
    return total


def closed_profit_sizing(
    profit: Decimal,
    reinvest_percent: Decimal,
    risk_reduction_percent: Decimal,
    mode: str,
    base: "BaseOrder",
    safety: "SafetyOrders",
    price: Decimal,
    direction: Direction,
    market: Market,
    free: Decimal,
) -> Sizing:
    """The sizing of the next deal from the closed profit Π of this bot on this pair (bots.md 1.6).

    scale = (F + r/100·Π)/F, r being reinvest_percent for Π > 0 (never below 1) and risk_reduction_percent for
    Π < 0 (never so low that an order falls under the market's minimum); `equal` shares r/100·Π over the orders.
    """
    plain = Sizing(free=free)
    share = (reinvest_percent if profit > 0 else risk_reduction_percent) / HUNDRED * profit
    if not share:
        return plain
    volumes = [(quote_volume(base.volume, base.volume_unit, price, plain), price)]
    for _, deviation, volume in planned(safety, direction):
        if exists(deviation, price, market):
            level = price * (ONE + deviation / HUNDRED)
            volumes.append((quote_volume(volume, safety.volume_unit, level, plain), level))
    floors = [max(market.min_cost, market.min_amount * level) for _, level in volumes]
    if mode == "equal":
        extra = share / len(volumes)
        if extra < 0:
            room = min(volume - floor for (volume, _), floor in zip(volumes, floors, strict=True))
            extra = max(extra, min(ZERO, -room))
        return replace(plain, extra=extra)
    total = sum((volume for volume, _ in volumes), ZERO)
    scale = (total + share) / total
    if scale < ONE:
        least = max(floor / volume for (volume, _), floor in zip(volumes, floors, strict=True))
        scale = max(scale, min(ONE, least))
    return replace(plain, scale=scale)


def take_profit_price(
    position: Position, p0: Decimal, base_amount: Decimal, percent: Decimal, settings: "TakeProfit",
    direction: Direction, market: Market, fee: Decimal,
) -> Decimal:  # fmt: skip
    """Long: ceil(average·(1 + tp/100)/(1 − fee), tick); short: floor(average·(1 − tp/100)/(1 + fee), tick).

    Basis `base`: the percent is of the base order's cost, so it shrinks by base_cost/total_cost (bots.md 1.3).
    """
    average = position.average(direction)
    part = percent / HUNDRED
    if settings.basis == "base":
        part = part * (p0 * base_amount) / position.spent(direction)
    if direction is Direction.LONG:
        return market.price_up(average * (ONE + part) / (ONE - fee))
    return market.price_down(average * (ONE - part) / (ONE + fee))


def least_profit(
    position: Position, p0: Decimal, base_amount: Decimal, percent: Decimal, basis: str, direction: Direction
) -> Decimal:
    """The profit in quote that a percent stands for: of everything that was spent, or of the base order's cost."""
    return percent / HUNDRED * (p0 * base_amount if basis == "base" else position.spent(direction))


def step_price(step: "TakeProfitStep", entry: Decimal, direction: Direction, market: Market) -> Decimal:
    """The step's own price, or its percent of the entry price before fees; to the tick on the side that earns more."""
    if direction is Direction.LONG:
        return market.price_up(step.price or entry * (ONE + step.percent / HUNDRED))
    return market.price_down(step.price or entry * (ONE - step.percent / HUNDRED))


def share_out(
    left: Decimal, steps: "Sequence[tuple[int, TakeProfitStep, Decimal]]", market: Market
) -> tuple[Target, ...]:
    """Spread `left` coins over the steps not yet sold, given as (index, step, price).

    Amounts are floored to the lot, the last takes the remainder. A step under the market's minimum gives its share
    to the next; the last, if too small, joins the one before. Empty when everything together is under the minimum.
    """
    left = market.amount_down(left)
    shares = sum([step.share for _, step, _ in steps], ZERO)
    targets: list[Target] = []
    given = ZERO
    promised = ZERO
    for position, (index, step, price) in enumerate(steps):
        is_last = position == len(steps) - 1
        share = step.share + given
        rest = left - promised
        wanted = rest if is_last else left * share / shares
        amount = rest if is_last else market.amount_down(wanted)
        if not market.is_too_small(wanted, price) and not market.is_too_small(amount, price):
            targets.append(Target(index, price, amount))
            promised += amount
            given = ZERO
        elif not is_last:
            given = share
        elif targets:
            targets[-1] = replace(targets[-1], amount=targets[-1].amount + rest)
    return tuple(targets)


def out_of_profit_level(average: Decimal, direction: Direction, fee: Decimal) -> Decimal:
    """The price beyond which an exit at market loses: average/(1 − fee), short average/(1 + fee)."""
    return average / (ONE - fee if direction is Direction.LONG else ONE + fee)


def retraced(best: Decimal, percent: Decimal, direction: Direction) -> Decimal:
    """`best` less `percent` (a short: plus), unrounded: closing levels of trailing and levels of stop losses."""
    part = percent / HUNDRED
    return best * (ONE - part if direction is Direction.LONG else ONE + part)
