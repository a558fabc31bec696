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
    """What the account has going on before these commands. `running`: the deals of the bot that commands, by number."""

    open_deals: int = 0
    orders_last_minute: int = 0
    running: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Refusal:
    command: PlaceOrder
    reason: Said


def is_exit(command: PlaceOrder) -> bool:
    """Orders that end risk are never refused: a limit must not hold anybody in a losing deal."""
    order = command.order
    return order.role in _EXITS or (order.role in _EXITS_IF_SOLD and order.side is Side.SELL)


def _begins(command: PlaceOrder, begun: set[int]) -> bool:
    """Whether the order begins a deal: a base order does, and the first order of a grid."""
    role = command.order.role
    return role is Role.BASE or (role in (Role.GRID, Role.BALANCING) and command.deal not in begun)


def vet(
    commands: Sequence[Command], limits: Limits, exposure: Exposure, prices: Mapping[str, Decimal]
) -> tuple[tuple[Command, ...], tuple[Refusal, ...]]:
    """(approved, refused): each new order is held against every limit, in the order in which they were decided."""
    approved: list[Command] = []
    refused: list[Refusal] = []
    placed = exposure.orders_last_minute
    opened = exposure.open_deals
    begun = set(exposure.running)
    for command in commands:
        if not isinstance(command, PlaceOrder) or is_exit(command):
            approved.append(command)
            continue
        begins = _begins(command, begun)
        reason = _reason(command, limits, placed, opened if begins else -1, prices)
        if reason is not None:
            refused.append(Refusal(command, reason))
            continue
        placed += 1
        opened += begins
        begun.add(command.deal)
        approved.append(command)
    return tuple(approved), tuple(refused)


def _reason(
    command: PlaceOrder, limits: Limits, placed: int, opened: int, prices: Mapping[str, Decimal]
) -> Said | None:
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
    if limits.max_open_deals is not None and opened >= limits.max_open_deals:
        return said("risk_open_deals", limit=limits.max_open_deals)
    return None
