"""A bot's settings as the numbers of its walk: floats that tell where a price or an amount is rounded to, and whole
numbers for the money. Where a float comes too near to the next step to tell, the core's own formula is asked."""

from dataclasses import dataclass
from decimal import Decimal
from math import floor

from desktop_app.core import ladder
from desktop_app.core.deal import Direction
from desktop_app.core.market import HUNDRED, ONE, ZERO, Market
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.hop.columns import Columns

# Parts of a step: more than what floats up to _LARGEST are off by, and than the core's snap.
NEAR = 1e-5
FAR = 1 - NEAR
_LARGEST = 5e8


class BeyondHop(ValueError):
    """A turn of events that only the core knows how to go on with."""


def surely_down(value: float) -> int | None:
    """Rounded down, as the core would; None where this float does not tell."""
    low = floor(value)
    return low if NEAR < value - low < FAR and -_LARGEST < value < _LARGEST else None


def comparable(units: Decimal) -> float:
    """A whole number where this is one, else half a unit over the one below: whole numbers compare with it alike."""
    low = floor(units)
    return float(low) if units == low else low + 0.5


@dataclass(frozen=True, slots=True)
class Money:
    """Whole numbers for what is paid: a price unit times a lot, less what slippage and fees may split of it.

    Prices are split into `price_parts` and what they pay into `fee_parts` more, so that nothing is rounded: a market
    entry trades at `slipped` parts of a unit; `entry_…` is what an entry costs of its price with the fee (brings, for a
    short), `exit_…` what an exit brings. `unit` is what 1 is worth, `num`/`den` the same as a quotient.
    """

    price_parts: int
    fee_parts: int
    slipped: int
    maker: int
    entry_taker: int
    entry_maker: int
    exit_maker: int
    unit: Decimal
    num: int
    den: int


@dataclass(frozen=True, slots=True)
class Volume:
    """Of an order before it is sized: `money`, in price units times lots, or `lots` where it is given in coins."""

    money: float
    lots: float
    plain: int  # lots of an order that is given in coins, as it is

    def surely(self, price: float, scale: float, extra: float) -> int | None:
        """Whole lots at this price, rounded up as the core would; None where floats do not tell."""
        if self.plain and scale == 1.0 and not extra:
            return self.plain
        low = surely_down(((self.lots * price if self.plain else self.money) * scale + extra) / price)
        return None if low is None else low + 1


@dataclass(frozen=True, slots=True)
class Step:
    """A rung of the ladder: its number, and where it lies as a part of P0, in ticks to a unit."""

    number: int
    level: float
    volume: Volume


@dataclass(frozen=True, slots=True)
class Plan:
    """`market` has the fees of the run. Prices are in units, signed where they are of the path (see Columns).

    `first` is what P0 is of the first price, `exit_share` what slippage leaves of an exit's price. `target` is the take
    profit, in ticks, of what was paid for a lot, to which belongs `target_base` of what the base order took. `stop` is
    the stop loss as a part of its reference, `trail` what trailing closes at of the best price; None without.
    """

    settings: DcaSettings
    market: Market
    rules: BacktestRules
    side: int
    unit: Decimal
    money: Money
    per_money: float
    tick: int
    through: int
    base: Volume
    rungs: tuple[Step, ...]
    first: float
    exit_share: Decimal
    target: float
    target_base: float
    is_target_of_entries: bool
    through_target: int
    stop: float | None
    trail: float | None
    least_lots: int
    least_money: float

    @property
    def is_sized(self) -> bool:
        """By what the deals before have earned."""
        return bool(self.settings.reinvest_percent or self.settings.risk_reduction_percent)

    def exactly(self, price: float) -> Decimal:
        """A price of the path as the core has it."""
        return int(price) * self.side * self.unit


def make_plan(settings: DcaSettings, columns: Columns, market: Market, rules: BacktestRules) -> Plan:
    """`market` has the fees of the run. Raises BeyondHop where its prices have too many digits for floats."""
    side = 1 if settings.direction is Direction.LONG else -1
    unit = ONE.scaleb(-columns.digits)
    money = _money(market, rules, unit, side)
    slippage, percent = rules.slippage_percent / HUNDRED, settings.stop_loss.percent
    trail = settings.take_profit.trailing_deviation
    tick = int(market.price_tick / unit)
    per_money = 1 / float(unit * market.amount_step)
    rungs = _rungs(settings, market, tick, per_money)
    reach = max(1 + float(settings.take_profit.percent or 0) / 100, *(step.level * tick for step in rungs), 0.0)
    if columns.largest / tick * reach * (1 + float(slippage)) > _LARGEST / 2:  # with fees of 100 % even
        raise BeyondHop("prices of too many ticks")
    target, target_base = _target(settings, market, money, side)
    return Plan(
        settings=settings,
        market=market,
        rules=rules,
        side=side,
        unit=unit,
        money=money,
        per_money=per_money,
        tick=tick,
        through=tick * rules.fill_through,
        base=_volume(settings.base_order.volume, settings.base_order.volume_unit, market, per_money),
        rungs=rungs,
        exit_share=ONE - side * slippage,
        first=(1 + side * float(slippage)) * (1 + side * float(market.taker_fee)),
        target=target / tick,
        target_base=target_base,
        is_target_of_entries=settings.take_profit.basis == "entry",
        through_target=tick * rules.fill_through if trail is None else 0,
        stop=None if percent is None else 1 - side * float(percent / HUNDRED),
        trail=None if trail is None else 1 - side * float(trail / HUNDRED),
        least_lots=int(market.amount_up(market.min_amount) / market.amount_step),
        least_money=max(1e-9, float(market.min_cost) * per_money * (1 + 1e-9)),  # no order is of nothing
    )


def _rungs(settings: DcaSettings, market: Market, tick: int, per_money: float) -> tuple[Step, ...]:
    safety = settings.safety_orders
    planned = (rung for rung in ladder.planned(safety, settings.direction) if rung[1] > -HUNDRED)
    return tuple(
        Step(k, float(ONE + deviation / HUNDRED) / tick, _volume(volume, safety.volume_unit, market, per_money))
        for k, deviation, volume in sorted(planned, key=lambda rung: abs(rung[1]))
    )


def _volume(volume: Decimal, unit: str, market: Market, per_money: float) -> Volume:
    if unit != "base":
        return Volume(float(volume) * per_money, 0.0, 0)
    return Volume(0.0, float(volume / market.amount_step), int(market.amount_up(volume) / market.amount_step))


def _target(settings: DcaSettings, market: Market, money: Money, side: int) -> tuple[float, float]:
    """What the take profit is of what was paid for a lot, and the part of the base order's that belongs to it."""
    part = side * float((settings.take_profit.percent or ZERO) / HUNDRED)
    if settings.take_profit.basis == "entry":
        return side * (1 + part) / money.price_parts, 0.0
    is_trailing = settings.take_profit.trailing_deviation is not None
    earned = (
        (1 - side * float(market.taker_fee if is_trailing else market.maker_fee)) * money.price_parts * money.fee_parts
    )
    if settings.take_profit.basis == "base":
        return side / earned, part
    return side * (1 + part) / earned, 0.0


def _money(market: Market, rules: BacktestRules, unit: Decimal, side: int) -> Money:
    slippage = rules.slippage_percent / HUNDRED
    price_parts = 10 ** digits_after_point(slippage)
    fee_parts = 10 ** max(digits_after_point(market.maker_fee), digits_after_point(market.taker_fee))
    maker, taker = int(market.maker_fee * fee_parts), int(market.taker_fee * fee_parts)
    one = unit * market.amount_step / (price_parts * fee_parts)
    num, den = one.as_integer_ratio()
    return Money(
        price_parts=price_parts,
        fee_parts=fee_parts,
        slipped=price_parts + side * int(slippage * price_parts),
        maker=maker,
        entry_taker=fee_parts + side * taker,
        entry_maker=fee_parts + side * maker,
        exit_maker=fee_parts - side * maker,
        unit=one,
        num=num,
        den=den,
    )


def digits_after_point(value: Decimal) -> int:
    """Behind the point."""
    exponent = value.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    return max(0, -exponent)
