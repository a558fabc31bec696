"""What a DCA bot would do from a price, row by row: the same formulas that it trades by."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from desktop_app.core import ladder
from desktop_app.core.deal import Direction, Position
from desktop_app.core.ladder import PLAIN, Sizing
from desktop_app.core.market import HUNDRED, ONE, ZERO, Market
from desktop_app.core.order import Fill
from desktop_app.core.said import Said, said

if TYPE_CHECKING:
    from desktop_app.core.strategies.dca_settings import DcaSettings


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """The deal after the order of this row has filled. `total` has the fees in, `net` is the profit at the target.

    `required_percent` is how far the price has to come back from this order's price to the take profit.
    """

    index: int
    deviation: Decimal
    price: Decimal
    amount: Decimal
    volume: Decimal
    total: Decimal
    average: Decimal
    take_profit: Decimal | None
    required_percent: Decimal | None
    net: Decimal | None
    is_trigger: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about the settings at this price. `is_block`: a deal could not run like this."""

    place: str
    reason: Said
    is_block: bool = True


@dataclass(frozen=True, slots=True)
class Preview:
    """`funds` are the fields added up, `orders` what is really ordered after rounding, `total` that with fees."""

    base: PreviewRow
    rungs: tuple[PreviewRow, ...]
    left_out: tuple[int, ...]
    funds: Decimal
    orders: Decimal
    total: Decimal
    stop_loss: Decimal | None
    problems: tuple[Problem, ...] = ()


def make_preview(settings: "DcaSettings", market: Market, price: Decimal, sizing: Sizing = PLAIN) -> Preview:
    """The deal's rows as if the base order filled at `price` (slippage aside) and every rung after it."""
    direction = settings.direction
    base = settings.base_order
    amount = ladder.order_amount(base.volume, base.volume_unit, price, market, sizing)
    base_fee = market.maker_fee if base.type == "limit" else market.taker_fee
    position = after_entry(Position(), price, amount, base_fee, market, direction)
    p0 = position.average(direction)
    made = ladder.make_ladder(p0, direction, settings.safety_orders, market, sizing)
    first = _row(settings, market, position, p0, amount, 0, ZERO, price, amount)
    rows: list[PreviewRow] = []
    averaging = sorted((r for r in made.rungs if not r.is_trigger), key=lambda rung: abs(rung.deviation))
    for rung in averaging:
        position = after_entry(position, rung.price, rung.amount, market.maker_fee, market, direction)
        row = _row(settings, market, position, p0, amount, rung.index, rung.deviation, rung.price, rung.amount)
        rows.append(row)
    for rung in (r for r in made.rungs if r.is_trigger):
        based = after_entry(Position(), price, amount, base_fee, market, direction)
        alone = after_entry(based, rung.price, rung.amount, market.taker_fee, market, direction)
        row = _row(settings, market, alone, p0, amount, rung.index, rung.deviation, rung.price, rung.amount, True)
        rows.append(row)
    stop, reference = settings.stop_loss.percent, price if settings.stop_loss.basis == "entry" else p0
    total = rows[len(averaging) - 1].total if averaging else first.total
    return Preview(
        base=first,
        rungs=tuple(rows),
        left_out=made.left_out,
        funds=ladder.funds(base, settings.safety_orders, price, direction, market, sizing),
        orders=first.volume + sum((row.volume for row in rows if not row.is_trigger), ZERO),
        total=total,
        stop_loss=ladder.retraced(reference, stop, direction) if stop is not None else settings.stop_loss.price,
        problems=_problems(settings, market, first, tuple(rows), made.left_out, price),
    )


def after_entry(
    position: Position, price: Decimal, amount: Decimal, fee: Decimal, market: Market, direction: Direction
) -> Position:
    """The position once an entry has filled at this fee; a long may pay it in the coins it receives."""
    is_in_coins = market.fee_currency == "received" and direction is Direction.LONG
    coin_fee = amount * fee if is_in_coins else ZERO
    return position.with_fill(Fill("", price, amount, price * amount * fee, coin_fee), is_entry=True)


def _row(
    settings: "DcaSettings", market: Market, position: Position, p0: Decimal, base_amount: Decimal, index: int,
    deviation: Decimal, price: Decimal, amount: Decimal, is_trigger: bool = False,
) -> PreviewRow:  # fmt: skip
    direction = settings.direction
    targets = settings.take_profit.targets
    profit = settings.take_profit
    is_at_market = profit.trailing_deviation is not None or (bool(targets) and targets[-1].type == "market")
    fee = market.taker_fee if is_at_market else market.maker_fee
    target = None
    if targets and (targets[-1].price is not None or profit.basis == "entry"):
        target = ladder.step_price(targets[-1], position.entry_price, direction, market)
    elif targets:
        percent = targets[-1].percent
        target = ladder.take_profit_price(position, p0, base_amount, percent, profit, direction, market, fee)
    return PreviewRow(
        index=index,
        deviation=deviation,
        price=price,
        amount=amount,
        volume=price * amount,
        total=position.spent(direction),
        average=position.average(direction),
        take_profit=target,
        required_percent=(target / price - ONE) * HUNDRED if target is not None else None,
        net=position.worth(direction, target, fee) if target is not None else None,
        is_trigger=is_trigger,
    )


def _problems(
    settings: "DcaSettings", market: Market, base: PreviewRow, rungs: tuple[PreviewRow, ...],
    left_out: tuple[int, ...], price: Decimal,
) -> tuple[Problem, ...]:  # fmt: skip
    problems: list[Problem] = []
    for row in (base, *rungs):
        if market.is_too_small(row.amount, row.price):
            place = "base_order.volume" if row.index == 0 else f"safety_orders[{row.index}]"
            least = least_volume(market, row.price)
            problems.append(
                Problem(
                    place, said("order_too_small", index=row.index, cost=row.volume, least=least, pair=market.symbol)
                )
            )
    problems += [Problem(f"safety_orders[{k}]", said("rung_below_zero", index=k), is_block=False) for k in left_out]
    fees = (market.maker_fee + market.taker_fee) * HUNDRED
    for step in settings.take_profit.targets[:1]:
        if step.price is None and step.percent <= fees:
            reason = said("profit_below_fees", percent=step.percent, fees=fees)
            problems.append(Problem("take_profit.percent", reason, is_block=False))
    problems += _exit_hint(settings, market, base)
    problems += _hints(settings, rungs, price)
    return tuple(problems)


def _exit_hint(settings: "DcaSettings", market: Market, base: PreviewRow) -> list[Problem]:
    """Coins bought for just the minimum are worth less once the fee is off and the price is at the stop loss."""
    if settings.direction is not Direction.LONG or market.is_too_small(base.amount, base.price):
        return []
    stop = settings.stop_loss.percent
    price = ladder.retraced(base.price, stop, settings.direction) if stop is not None else base.price
    kept = ONE - market.taker_fee if market.fee_currency == "received" else ONE
    if not market.is_too_small(market.amount_down(base.amount * kept), price):
        return []
    least = max(market.amount_up(market.min_cost / price), market.amount_up(market.min_amount), market.amount_step)
    volume = market.amount_up(least / kept) * base.price
    reason = said("exit_too_small", pair=market.symbol, price=price, least=volume)
    return [Problem("base_order.volume", reason, is_block=False)]


def _hints(settings: "DcaSettings", rungs: tuple[PreviewRow, ...], price: Decimal) -> list[Problem]:
    hints: list[Problem] = []
    is_long = settings.direction is Direction.LONG
    for row in rungs:
        beyond = row.price >= price if is_long else row.price <= price
        if not row.is_trigger and beyond:
            hints.append(Problem(f"safety_orders[{row.index}]", said("rung_at_once", index=row.index), is_block=False))
    stop = settings.stop_loss.percent
    deepest = max((abs(row.deviation) for row in rungs if not row.is_trigger), default=ZERO)
    if stop is not None and settings.stop_loss.basis == "start" and deepest > stop:
        last = max(row.index for row in rungs)
        reason = said("stop_before_rungs", percent=stop, index=last, deepest=deepest)
        hints.append(Problem("stop_loss.percent", reason, is_block=False))
    trailing, targets = settings.take_profit.trailing_deviation, settings.take_profit.targets
    if trailing is not None and targets and targets[-1].price is None and trailing > targets[-1].percent:
        reason = said("trailing_wide", deviation=trailing, percent=targets[-1].percent)
        hints.append(Problem("take_profit.trailing_deviation", reason, is_block=False))
    if stop is None and settings.stop_loss.price is None and settings.stop_loss.breakeven_after is None:
        hints.append(Problem("stop_loss", said("no_stop_loss"), is_block=False))
    return hints


def least_volume(market: Market, price: Decimal) -> Decimal:
    """The smallest order in quote that this market takes at this price, to the lot."""
    amount = max(market.amount_up(market.min_cost / price), market.amount_up(market.min_amount), market.amount_step)
    return amount * price
