"""What a deal would come to: the numbers said before anything is sent, all of them from the core's formulas."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from desktop_app.core.deal import Deal, DealStatus, Direction
from desktop_app.core.market import HUNDRED, ONE, ZERO, Market
from desktop_app.core.order import Order, OrderType, Role

if TYPE_CHECKING:
    from desktop_app.core.ladder import Rung
    from desktop_app.core.strategies.dca_settings import DcaSettings, StopLoss, TakeProfit
    from desktop_app.core.strategies.grid_settings import GridSettings
    from desktop_app.core.strategies.smart_settings import SmartTradeSettings


@dataclass(frozen=True, slots=True)
class Closing:
    """Exiting everything at market: `proceeds` and `result` are after fees."""

    amount: Decimal
    price: Decimal
    proceeds: Decimal
    result: Decimal
    percent: Decimal
    orders: int


@dataclass(frozen=True, slots=True)
class Adding:
    """Entering more: what it takes, and what average and take profit become."""

    amount: Decimal
    cost: Decimal
    average_before: Decimal
    average: Decimal
    take_profit_before: Decimal | None
    take_profit: Decimal | None
    invested_before: Decimal
    invested: Decimal
    is_too_small: bool = False


@dataclass(frozen=True, slots=True)
class Reducing:
    """Exiting a part at market: `proceeds` and `result` are after fees, `left` stays in the deal."""

    proceeds: Decimal
    result: Decimal
    left: Decimal


def worth_now(deal: Deal, last: Decimal | None, market: Market | None) -> Decimal | None:
    """What the deal would have brought if the rest were exited now, after all fees; None while it holds nothing."""
    if last is None or market is None or not deal.position.entry_amount:
        return None
    return deal.worth(last, market.taker_fee)


def invested(deal: Deal) -> Decimal:
    """What was put in: of a grid its funds, as its purchases add up for ever."""
    return deal.grid.funds if deal.grid is not None else deal.position.spent(deal.direction)


def percent_of(deal: Deal, result: Decimal | None) -> Decimal | None:
    spent = invested(deal)
    return result / spent * HUNDRED if result is not None and spent else None


def break_even(deal: Deal, market: Market) -> Decimal | None:
    """The price beyond which an exit at market loses."""
    from desktop_app.core.ladder import out_of_profit_level

    if not deal.position.entry_amount or deal.grid is not None:
        return None
    return out_of_profit_level(deal.average, deal.direction, market.taker_fee)


def distance(price: Decimal | None, last: Decimal | None) -> Decimal | None:
    """How far a price is from the last one, in percent."""
    return (price / last - ONE) * HUNDRED if price is not None and last else None


def closing(deal: Deal, last: Decimal, market: Market) -> Closing:
    held = market.amount_down(deal.held)
    fee = ONE - market.taker_fee if deal.direction is Direction.LONG else ONE + market.taker_fee
    result = deal.worth(last, market.taker_fee)
    percent = percent_of(deal, result)
    orders = len([order for order in deal.live_orders if order.type is not OrderType.MARKET])
    return Closing(held, last, held * last * fee, result, percent if percent is not None else ZERO, orders)


def reducing(deal: Deal, amount: Decimal, last: Decimal, market: Market) -> Reducing:
    """What exiting so many coins at market brings."""
    fee = ONE - market.taker_fee if deal.direction is Direction.LONG else ONE + market.taker_fee
    left = market.amount_down(deal.held) - amount
    return Reducing(amount * last * fee, deal.part_result(amount, last, market.taker_fee), max(ZERO, left))


@lru_cache(maxsize=256)
def read_settings(settings_json: str) -> DcaSettings | None:
    """The plan of a deal: of a DCA bot its settings, of a smart trade what runs it; None for another kind of bot."""
    from desktop_app.core.strategies.dca_settings import DcaSettings

    kind = json.loads(settings_json or "{}").get("kind")
    if kind == "smart_trade":
        return read_trade(settings_json).plan
    return DcaSettings.model_validate_json(settings_json) if kind == "dca" else None


@lru_cache(maxsize=256)
def read_grid(settings_json: str) -> GridSettings | None:
    """The settings of a grid; None for another kind of bot."""
    from desktop_app.core.strategies.grid_settings import GridSettings

    if json.loads(settings_json or "{}").get("kind") != "grid":
        return None
    return GridSettings.model_validate_json(settings_json)


@lru_cache(maxsize=256)
def read_trade(settings_json: str) -> SmartTradeSettings:
    from desktop_app.core.strategies.smart_settings import SmartTradeSettings

    return SmartTradeSettings.model_validate_json(settings_json)


def with_exits(settings_json: str, take_profit: TakeProfit, stop_loss: StopLoss) -> str:
    """The same settings with other ways out, as `EditDeal` takes them. Raises ValidationError."""
    fields = json.loads(settings_json)
    if fields["kind"] == "smart_trade":
        steps = [step.model_dump(mode="json") for step in take_profit.steps]  # `targets` is remembered by copies
        fields["take_profit"] = {"steps": steps, "trailing_deviation": _plain(take_profit.trailing_deviation)}
        fields["stop_loss"] = stop_loss.model_dump(mode="json", exclude={"basis", "then"})
        return json.dumps(fields)
    fields["take_profit"] = take_profit.model_dump(mode="json")
    fields["stop_loss"] = stop_loss.model_dump(mode="json")
    return json.dumps(fields)


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def is_smart(settings_json: str) -> bool:
    """Whether these are the settings of a smart trade."""
    return bool(json.loads(settings_json or "{}").get("kind") == "smart_trade")


def base_order(deal: Deal) -> Order | None:
    return next((order for order in deal.orders if order.role is Role.BASE and order.filled), None)


def start_price(deal: Deal) -> Decimal | None:
    """P0: what the base order cost per coin, fee in, from which the ladder is measured."""
    base = base_order(deal)
    if base is None:
        return None
    fee = base.fee if deal.direction is Direction.LONG else -base.fee
    return (base.cost + fee) / base.filled


def adding(
    deal: Deal, settings: DcaSettings, market: Market, volume: Decimal, price: Decimal, kind: OrderType
) -> Adding:
    """What the deal becomes if `volume` of quote is added at `price`."""
    from desktop_app.core.ladder import step_price, take_profit_price
    from desktop_app.core.preview import after_entry

    if kind is OrderType.LIMIT:
        price = market.price_down(price) if deal.direction is Direction.LONG else market.price_up(price)
    amount = market.amount_up(volume / price) if price > 0 and volume > 0 else ZERO
    fee = market.taker_fee if kind is OrderType.MARKET else market.maker_fee
    after = after_entry(deal.position, price, amount, fee, market, deal.direction)
    target = None
    p0, base, targets = start_price(deal), base_order(deal), settings.take_profit.targets
    first = targets[max(0, len(targets) - len(deal.take_profits))] if targets and deal.take_profits else None
    if first is not None and (settings.take_profit.basis == "entry" or first.price is not None):
        target = step_price(first, after.entry_price, deal.direction, market)
    elif first is not None and p0 is not None and base is not None:
        target = take_profit_price(
            after, p0, base.filled, first.percent, settings.take_profit, deal.direction, market, market.maker_fee
        )
    return Adding(
        amount=amount,
        cost=amount * price * (ONE + fee),
        average_before=deal.average,
        average=after.average(deal.direction),
        take_profit_before=deal.take_profits[0] if deal.take_profits else None,
        take_profit=target,
        invested_before=deal.position.spent(deal.direction),
        invested=after.spent(deal.direction),
        is_too_small=market.is_too_small(amount, price),
    )


def held_back(deal: Deal, settings: DcaSettings, market: Market) -> tuple[Rung, ...]:
    """Safety orders that are not on the exchange: the app places them when their turn comes."""
    from desktop_app.core.ladder import make_ladder

    p0 = start_price(deal)
    if p0 is None or deal.status.is_over or deal.status is DealStatus.CLOSING:
        return ()
    made = make_ladder(p0, deal.direction, settings.safety_orders, market)
    known = {order.index for order in deal.orders if order.role is Role.SAFETY and (order.is_live or order.filled)}
    return tuple(rung for rung in made.rungs if rung.index not in known)
