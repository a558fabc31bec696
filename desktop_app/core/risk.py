"""The last check before an order is written down: limits of an account that no bot may exceed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pydantic import BaseModel, Field

from desktop_app.core.commands import Command, PlaceOrder
from desktop_app.core.market import ZERO
from desktop_app.core.order import Role, Side
from desktop_app.core.said import Said, said
from desktop_app.core.settings import Positive

_EXITS = frozenset({Role.TAKE_PROFIT, Role.STOP_LOSS, Role.CLOSE})
_EXITS_IF_SOLD = frozenset({Role.MANUAL, Role.GRID})
_FIRST = frozenset({Role.BASE, Role.GRID, Role.BALANCING})  # a deal that has nothing yet begins with one of them


class Limits(BaseModel, frozen=True, extra="forbid"):
    """What an account allows at most; None and empty mean no limit of that kind."""

    max_order_value: Positive | None = Field(None, title="Largest order", description="In quote.")
    max_orders_a_minute: int | None = Field(None, ge=1, le=6000, title="Orders a minute")
    max_open_deals: int | None = Field(None, ge=1, le=100_000, title="Open deals")
    pairs: frozenset[str] = Field(frozenset(), title="Only these pairs")
    pause_on_foreign: bool = Field(
        True, title="Pause on foreign activity", description="When something happens here that no bot did."
    )


@dataclass(frozen=True, slots=True)
class Exposure:
    """What the account has going on before these commands. `begun`: those open deals that the commanding bot has."""

    open_deals: int = 0
    orders_last_minute: int = 0
    begun: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Refusal:
    command: PlaceOrder
    reason: Said


def is_exit(command: PlaceOrder) -> bool:
    """Orders that end risk are never refused: a limit must not hold anybody in a losing deal."""
    order = command.order
    return order.role in _EXITS or (order.role in _EXITS_IF_SOLD and order.side is Side.SELL)


def vet(
    commands: Sequence[Command], limits: Limits, exposure: Exposure, prices: Mapping[str, Decimal]
) -> tuple[tuple[Command, ...], tuple[Refusal, ...]]:
    """(approved, refused): each new order is held against every limit, in the order in which they were decided."""
    approved: list[Command] = []
    refused: list[Refusal] = []
    placed = exposure.orders_last_minute
    opened = exposure.open_deals
    begun = set(exposure.begun)
    for command in commands:
        if not isinstance(command, PlaceOrder):
            approved.append(command)
            continue
        begins = command.order.role in _FIRST and command.deal not in begun
        reason = _too_many(limits, opened) if begins else None
        if reason is None and not is_exit(command):
            reason = _reason(command, limits, placed, prices)
            placed += reason is None
        if reason is not None:
            refused.append(Refusal(command, reason))
            continue
        if begins:
            opened += 1
            begun.add(command.deal)
        approved.append(command)
    return tuple(approved), tuple(refused)


def _too_many(limits: Limits, opened: int) -> Said | None:
    if limits.max_open_deals is not None and opened >= limits.max_open_deals:
        return said("risk_open_deals", limit=limits.max_open_deals)
    return None


def _reason(command: PlaceOrder, limits: Limits, placed: int, prices: Mapping[str, Decimal]) -> Said | None:
    order = command.order
    if limits.pairs and order.symbol not in limits.pairs:
        return said("risk_pair", pair=order.symbol)
    if limits.max_order_value is not None:
        price = order.price if order.price is not None else prices.get(order.symbol, ZERO)
        if not price:
            return said("risk_no_price", pair=order.symbol)
        if price * order.amount > limits.max_order_value:
            return said("risk_order_value", value=price * order.amount, limit=limits.max_order_value)
    if limits.max_orders_a_minute is not None and placed >= limits.max_orders_a_minute:
        return said("risk_orders_a_minute", limit=limits.max_orders_a_minute)
    return None
