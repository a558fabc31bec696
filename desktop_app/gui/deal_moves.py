"""Take profit and stop loss of a running deal as lines in the hand: what a price would bring, and the wish for it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from desktop_app.core import ladder
from desktop_app.core.deal import Deal, DealStatus, Direction
from desktop_app.core.events import EditDeal
from desktop_app.core.market import HUNDRED, ONE, Market
from desktop_app.core.order import OrderStatus, Role
from desktop_app.gui import fmt, outlook
from desktop_app.gui.fitting import shortest
from desktop_app.gui.i18n import tr

if TYPE_CHECKING:
    from desktop_app.core.strategies.dca_settings import DcaSettings, StopLoss, TakeProfit
    from desktop_app.engine.views import DealView

_RUNNING = frozenset({DealStatus.OPEN, DealStatus.TRAILING})


@dataclass(frozen=True, slots=True)
class Grip:
    """Which exit of a deal a line is: a take-profit step from 1, or 0 for the stop loss."""

    step: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a price would bring (`words`) and the wish for it; without a wish, `words` say why it cannot be had."""

    words: str
    wish: EditDeal | None = None


def planned_key(deal_id: str, place: int) -> str:
    """The line of a take profit that does not rest; `place` counts from 1, nearest first."""
    return f"{deal_id}.tp{place}"


def stop_key(deal_id: str) -> str:
    return f"{deal_id}.sl"


def grips(view: DealView, settings: DcaSettings | None) -> dict[str, Grip]:
    """The lines of a deal that can be dragged, by key."""
    deal = view.deal
    if settings is None or deal.status not in _RUNNING:
        return {}
    found = {
        order.client_id: Grip(order.index)
        for order in deal.live_orders
        if order.role is Role.TAKE_PROFIT and order.status is OrderStatus.OPEN and order.price is not None
    }
    targets = len(settings.take_profit.targets)
    is_armed = deal.status is DealStatus.TRAILING
    shown = deal.take_profits[:-1] if is_armed else deal.take_profits
    for place in range(1, len(shown) + 1):
        step = targets - len(deal.take_profits) + place
        if step >= 1:
            found.setdefault(planned_key(view.deal_id, place), Grip(step))
    if deal.stop_loss is not None:
        found[stop_key(view.deal_id)] = Grip(0)
    return found


def proposal(view: DealView, settings_json: str, market: Market, grip: Grip, price: Decimal) -> Proposal:
    """The deal with this exit at `price`, a multiple of the tick; `settings_json` is what it runs on."""
    settings = outlook.read_settings(settings_json)
    if settings is None:
        return Proposal(tr("not possible now"))
    if grip.step:
        return _target(view, settings_json, settings, market, grip.step, price)
    return _stop(view, settings_json, settings, market, price)


def _target(
    view: DealView, settings_json: str, settings: DcaSettings, market: Market, step: int, price: Decimal
) -> Proposal:
    deal, profit = view.deal, settings.take_profit
    if step > len(profit.targets) or not deal.average:
        return Proposal(tr("not possible now"))
    fee = exit_fee(settings, market, step)
    is_long = deal.direction is Direction.LONG
    even = market.price_up(deal.average / (ONE - fee)) if is_long else market.price_down(deal.average / (ONE + fee))
    is_losing = (price < even) if is_long else (price > even)
    if is_losing and profit.basis != "entry":
        return Proposal(tr("would lose; {price} is break-even").format(price=fmt.price(even, market.price_tick)))
    prices = [*_step_prices(deal, settings)]
    if step <= len(prices):
        prices[step - 1] = price
        known = [found for found in prices if found is not None]
        if known != sorted(set(known), reverse=not is_long):
            return Proposal(tr("targets must stay in order"))
    changed = _target_at(deal, profit, market, step, price, fee)
    if changed is None:
        return Proposal(tr("not possible now"))
    money = fmt.pnl(deal.part_result(step_amount(deal, step), price, fee), market.quote)
    return Proposal(tr("{money} net").format(money=money), _wish(view, settings_json, changed, settings.stop_loss))


def _target_at(
    deal: Deal, profit: TakeProfit, market: Market, step: int, price: Decimal, fee: Decimal
) -> TakeProfit | None:
    """A step of percents gets the percent that lies exactly there, any other one the price itself."""
    if profit.targets[step - 1].price is not None or profit.basis == "entry":
        return _with_step(profit, step, percent=Decimal(0), price=price)
    p0, base = outlook.start_price(deal), outlook.base_order(deal)
    if p0 is None or base is None:
        return None

    def at(percent: Decimal) -> Decimal:
        return ladder.take_profit_price(deal.position, p0, base.filled, percent, profit, deal.direction, market, fee)

    nearest = at(Decimal("0.000001"))
    slope = abs(at(Decimal(50)) - nearest) / 50
    percent = shortest(abs(price - nearest) / slope, lambda value: value > 0 and at(value) == price)
    return _with_step(profit, step, percent=percent) if percent is not None else None


def _step_prices(deal: Deal, settings: DcaSettings) -> list[Decimal | None]:
    """Where each step of the plan stands now; None of one that has sold."""
    targets = len(settings.take_profit.targets)
    ahead = deal.take_profits[-targets:] if targets else ()
    prices: list[Decimal | None] = [None] * (targets - len(ahead)) + list(ahead)
    for order in deal.live_orders:
        if order.role is Role.TAKE_PROFIT and 1 <= order.index <= targets:
            prices[order.index - 1] = order.price
    return prices


def _with_step(profit: TakeProfit, step: int, **changes: Decimal) -> TakeProfit:
    if not profit.steps:
        return profit.model_copy(update={"percent": changes["percent"]})
    steps = list(profit.steps)
    steps[step - 1] = steps[step - 1].model_copy(update=changes)
    return profit.model_copy(update={"steps": tuple(steps)})


def _stop(view: DealView, settings_json: str, settings: DcaSettings, market: Market, price: Decimal) -> Proposal:
    deal, stop = view.deal, settings.stop_loss
    is_long = deal.direction is Direction.LONG
    if view.last is not None and ((price >= view.last) if is_long else (price <= view.last)):
        return Proposal(tr("would sell at once") if is_long else tr("would buy back at once"))
    percent = None
    if stop.price is None and stop.basis != "entry":
        percent = _stop_percent(deal, settings, market, price)
    if percent is None and stop.price is None and stop.trailing and stop.basis != "entry":
        words = tr("must stay below {price}") if is_long else tr("must stay above {price}")
        return Proposal(words.format(price=fmt.price(_stop_reference(deal, settings), market.price_tick)))
    # Where no percent puts it there, it has a price of its own from now on.
    changes = {"percent": percent} if percent is not None else {"percent": None, "price": price}
    changed = stop.model_copy(update=changes)
    money = fmt.pnl(deal.unrealised(price, market.taker_fee), market.quote)
    return Proposal(tr("{money} net").format(money=money), _wish(view, settings_json, settings.take_profit, changed))


def _stop_percent(deal: Deal, settings: DcaSettings, market: Market, price: Decimal) -> Decimal | None:
    reference = _stop_reference(deal, settings)
    if reference is None:
        return None

    def at(percent: Decimal) -> Decimal:
        return market.price_nearest(ladder.retraced(reference, percent, deal.direction))

    sign = 1 if deal.direction is Direction.LONG else -1
    guess = (ONE - price / reference) * HUNDRED * sign
    return shortest(guess, lambda value: 0 < value < HUNDRED and at(value) == price)


def _stop_reference(deal: Deal, settings: DcaSettings) -> Decimal | None:
    """What the stop loss percent is measured from right now."""
    stop = settings.stop_loss
    if stop.trailing and stop.percent is not None and deal.stop_loss is not None:
        part = stop.percent / HUNDRED
        return deal.stop_loss / (ONE - part if deal.direction is Direction.LONG else ONE + part)
    return outlook.start_price(deal) if stop.basis == "start" else deal.average or None


def step_amount(deal: Deal, step: int) -> Decimal:
    """Coins that a take-profit step would exit; what no order is for yet belongs to the last."""
    resting = {
        order.index: order.remaining for order in deal.live_orders if order.role is Role.TAKE_PROFIT and order.is_live
    }
    return resting.get(step, deal.held - sum(resting.values(), Decimal(0)))


def exit_fee(settings: DcaSettings, market: Market, step: int) -> Decimal:
    """What exiting a step costs: the trailing one is exited at market."""
    is_trailing = settings.take_profit.trailing_deviation is not None and step == len(settings.take_profit.targets)
    return market.taker_fee if is_trailing else market.maker_fee


def _wish(view: DealView, settings_json: str, profit: TakeProfit, stop: StopLoss) -> EditDeal:
    return EditDeal(view.deal.number, outlook.with_exits(settings_json, profit, stop))


def why_no_trailing(view: DealView, market: Market) -> str:
    """Why a deal cannot begin to trail now; empty when it can."""
    deal, last = view.deal, view.last
    even = outlook.break_even(deal, market)
    if deal.status is DealStatus.TRAILING:
        return tr("The deal trails already.")
    if deal.status is not DealStatus.OPEN or even is None or last is None:
        return tr("Trailing can start once the base order has filled and prices are fresh.")
    is_in_profit = last > even if deal.direction is Direction.LONG else last < even
    if not is_in_profit:
        return tr("The deal is not in profit yet: trailing would be undone at once. Break-even is {price}.").format(
            price=fmt.price(even, market.price_tick)
        )
    return ""
