"""Tells what became of orders of ours between two moments: while the program, or the computer, was away."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from desktop_app.core.market import ZERO
from desktop_app.core.order import Order, OrderStatus
from desktop_app.engine.shapes import Desk, Runner
from desktop_app.engine.views import OrderChange
from desktop_app.store.codec import deal_from_json


@dataclass(frozen=True, slots=True)
class _Known:
    runner: Runner
    deal: int
    order: Order


class Before:
    """The live orders of some bots as they are when this is made."""

    def __init__(self, runners: Iterable[Runner]) -> None:
        self.orders = tuple(
            _Known(runner, tracked.deal, tracked.order) for runner in runners for tracked in runner.ledger.live.values()
        )


async def what_changed(desk: Desk, before: Before) -> tuple[OrderChange, ...]:
    """Only what others did: an order that we ourselves cancelled since then is a consequence, no news."""
    changes: list[OrderChange] = []
    for known in before.orders:
        change = await _of(desk, known)
        if change is not None:
            changes.append(change)
    return await _with_profits(desk, sorted(changes, key=lambda change: change.at))


async def _of(desk: Desk, known: _Known) -> OrderChange | None:
    old, client_id = known.order, known.order.client_id
    tracked = known.runner.ledger.live.get(client_id)
    if tracked is not None:
        now: Order | None = tracked.order
    else:
        row = await desk.store.order(client_id)
        now = row.order if row is not None else None
    if now is None:
        return None
    what = _word(old, now, is_in_doubt=client_id in desk.courier.doubts)
    if not what:
        return None
    amount, cost = now.filled - old.filled, now.cost - old.cost
    price: Decimal | None = cost / amount if amount > ZERO else now.price
    at = now.filled_at if amount > ZERO else desk.exchange.now()
    row_of = known.runner.row
    shown = amount if amount > ZERO else now.amount
    return OrderChange(row_of.bot_id, row_of.name, known.deal, now.symbol, what, now.role, now.side, shown, price, at)


def _word(old: Order, now: Order, *, is_in_doubt: bool) -> str:
    if now.status is OrderStatus.FILLED:
        return "filled"
    if now.status in (OrderStatus.CANCELED, OrderStatus.REJECTED) and now.reason:
        return "cancelled"
    if now.filled > old.filled:
        return "partly_filled"
    return "in_doubt" if is_in_doubt else ""


async def _with_profits(desk: Desk, changes: list[OrderChange]) -> tuple[OrderChange, ...]:
    """The profit of a deal that is over stands with the last order that moved in it."""
    last = {(change.bot_id, change.deal): index for index, change in enumerate(changes)}
    for (bot_id, number), index in last.items():
        runner = desk.runners.get(bot_id)
        if runner is not None and number in runner.ledger.deals:
            continue
        row = await desk.store.deal(bot_id, number)
        if row is not None:
            changes[index] = replace(changes[index], profit=deal_from_json(row.deal_json).profit)
    return tuple(changes)
