"""Saving what a form says: a new bot, a changed bot, and what a change would do to the deals that are open."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from PySide6.QtWidgets import QWidget

from desktop_app.core import ladder
from desktop_app.core.client_id import BotIdentity
from desktop_app.core.commands import CancelOrder, PlaceOrder
from desktop_app.core.market import Market
from desktop_app.core.order import OrderStatus, OrderType, Role
from desktop_app.core.settings import Settings
from desktop_app.core.strategies.dca_plan import make_plan
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.dca_state import DcaDeal
from desktop_app.core.strategies.dca_targets import shared_anew
from desktop_app.engine.views import DealView
from desktop_app.gui import fmt
from desktop_app.gui.dialogs import Choice, ask_choice
from desktop_app.gui.editor.link import EngineLink
from desktop_app.gui.i18n import tr
from desktop_app.gui.outlook import base_order, start_price

_MOST_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Change:
    """What new settings would do to open deals: counted from the plan that the bot itself would make."""

    deals: int
    cancels: int
    places: int
    take_profits: tuple[tuple[Decimal, Decimal], ...] = ()  # (now, then) of deals whose target moves


def change_of(views: Sequence[DealView], settings: DcaSettings, market: Market) -> Change:
    """Plan every open deal under the new settings and count the orders."""
    open_deals = [view for view in views if not view.deal.status.is_over]
    cancels = places = 0
    moved: list[tuple[Decimal, Decimal]] = []
    for view in open_deals:
        planned = _planned(view, settings, market)
        cancels, places = cancels + planned.cancels, places + planned.places
        moved += planned.take_profits
    return Change(len(open_deals), cancels, places, tuple(moved))


def _planned(view: DealView, settings: DcaSettings, market: Market) -> Change:
    deal = _as_edited(view, settings, market)
    who = BotIdentity(view.bot_id)
    cancels = places = 0
    target: Decimal | None = None
    for _ in range(_MOST_ROUNDS):
        plan = make_plan(deal, market, who, 0)
        deal, commands = plan.deal, plan.commands
        if not commands:
            break
        cancels += sum(isinstance(command, CancelOrder) for command in commands)
        for command in commands:
            if isinstance(command, PlaceOrder):
                places += 1
                if command.order.role is Role.TAKE_PROFIT and command.order.type is OrderType.LIMIT and target is None:
                    target = command.order.price
        for order in deal.deal.orders:  # as the exchange will answer
            if order.status is OrderStatus.CANCELING:
                deal = deal.with_order(order, order.becomes(OrderStatus.CANCELED))
            elif order.status is OrderStatus.PENDING:
                deal = deal.with_order(order, order.becomes(OrderStatus.OPEN))
    now = view.deal.take_profits[0] if view.deal.take_profits else None
    moved = ((now, target),) if now is not None and target is not None and now != target else ()
    return Change(1, cancels, places, moved)


def _as_edited(view: DealView, settings: DcaSettings, market: Market) -> DcaDeal:
    """The running deal as the bot would hold it right after the edit."""
    deal = view.deal
    p0, base = start_price(deal), base_order(deal)
    rungs = ladder.make_ladder(p0, deal.direction, settings.safety_orders, market).rungs if p0 is not None else ()
    sold = {order.index for order in deal.orders if order.role is Role.TAKE_PROFIT and order.filled}
    steps_done = min(len(sold), max(0, len(settings.take_profit.targets) - 1))
    made = DcaDeal(
        deal=deal,
        settings=settings,
        sizing=ladder.PLAIN,
        last=view.last or Decimal(0),
        p0=p0 or Decimal(0),
        base_amount=base.filled if base is not None else Decimal(0),
        rungs=rungs,
        steps_done=steps_done,
    )
    made = shared_anew(made, made)
    live_base = next((order for order in deal.orders if order.role is Role.BASE and order.is_live), None)
    return replace(made, base_price=live_base.price) if live_base is not None else made


def change_words(change: Change, market: Market) -> str:
    """`moves TP 64,807.29 → 64,600.00, cancels 2 and places 3 orders`"""
    counts = tr("cancels {cancels} and places {places} orders").format(cancels=change.cancels, places=change.places)
    if len(change.take_profits) != 1:
        return counts
    now, then = (fmt.price(price, market.price_tick) for price in change.take_profits[0])
    return tr("moves TP {now} → {then}, {counts}").format(now=now, then=then, counts=counts)


async def ask_reach(parent: QWidget, change: Change, market: Market, *, is_live: bool) -> bool | None:
    """Whether open deals follow the change; None when nothing is to be saved."""
    if change.deals == 1:
        also = tr("Also to 1 open deal")
    else:
        also = tr("Also to {count} open deals").format(count=change.deals)
    choices = (
        Choice("new", tr("New deals only"), tr("Open deals keep the settings they started with.")),
        Choice("open", also, change_words(change, market)),
    )
    answer = await ask_choice(
        parent,
        tr("Which deals follow the change?"),
        (),
        choices,
        yes=tr("Save changes"),
        level=2 if is_live else 1,
        badge="live" if is_live else "paper",
    )
    return None if answer is None else answer == "open"


async def save(link: EngineLink, settings: Settings, bot_id: int, *, apply_to_open: bool = False) -> int:
    """Write a new bot (id 0) or a changed one; the id. Raises Problem."""
    if not bot_id:
        return await link.ask(link.wishes.add_bot(settings))
    await link.ask(link.wishes.edit_bot(bot_id, settings, apply_to_open))
    return bot_id
