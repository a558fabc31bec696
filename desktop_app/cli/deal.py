"""`deal`: what bots have open and had, and what a person can do about a deal."""

from argparse import Namespace
from typing import TYPE_CHECKING

from desktop_app.cli import deal_wishes
from desktop_app.cli.output import (
    DONE,
    FAILED,
    UNKNOWN,
    Json,
    complain,
    exact,
    moment,
    number,
    show,
    show_document,
    show_table,
    signed,
    visible,
    wording,
)
from desktop_app.cli.reading import read_deal_id, read_positive
from desktop_app.cli.session import House, Session, changing, reading

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from desktop_app.core.events import Ask
    from desktop_app.core.order import Fill, Order
    from desktop_app.engine.views import DealDetail, DealView

_MOST_DEALS = 10_000
_LOOKS, _LOOK_SECONDS = 400, 0.05


def act(call: Namespace, house: House) -> int:
    match call.verb:
        case "list":
            return _list(call, house)
        case "show":
            return _show(call, house)
        case "close":
            return _close(call, house)
        case "cancel":
            return _cancel(call, house)
        case "force-start":
            return deal_wishes.force_start(call, house)
        case "edit":
            return deal_wishes.edit(call, house)
        case "convert":
            return deal_wishes.convert(call, house)
        case _:
            return _add_funds(call, house)


# --- looking


def _list(call: Namespace, house: House) -> int:
    with reading(house) as session:
        views: tuple[DealView, ...] = session.call("deals", bot=call.bot, include_closed=call.all, limit=_MOST_DEALS)
    if call.json:
        show_document([_document(view, view.deal.orders) for view in views])
    elif not views:
        show("No deals yet." if call.all else "No open deals. `--all` also shows those that are over.")
    else:
        show_table(_HEAD, [_line(view) for view in views], numbers=(4, 5, 6))
    return DONE


_HEAD = ("id", "bot", "pair", "status", "average", "amount", "profit", "opened", "closed")


def _line(view: "DealView") -> tuple[str, ...]:
    deal = view.deal
    return (
        view.deal_id,
        view.bot_name,
        deal.symbol,
        deal.status.value,
        number(deal.average) if deal.average else UNKNOWN,
        number(deal.held),
        signed(round(_profit(view), 8)),
        moment(deal.opened_at),
        moment(deal.closed_at),
    )


def _profit(view: "DealView") -> "Decimal":
    """What was realised, and of an open deal the rest at the last price, where one is known."""
    return view.deal.profit + view.unrealised if view.unrealised is not None else view.deal.profit


def _document(view: "DealView", orders: "tuple[Order, ...]") -> dict[str, Json]:
    deal = view.deal
    left = max(0, deal.safety_total - deal.safety_filled)
    active = sum(order.role == "safety" for order in deal.live_orders)
    return {
        "id": view.deal_id,
        "bot": view.bot_name,
        "bot_id": view.bot_id,
        "number": deal.number,
        "account": view.account,
        "mode": view.mode,
        "pair": deal.symbol,
        "direction": deal.direction.value,
        "status": deal.status.value,
        "opened_at": deal.opened_at,
        "closed_at": deal.closed_at or None,
        "average_price": exact(deal.average) if deal.average else None,
        "position_amount": exact(deal.held),
        "take_profit_prices": [exact(price) for price in deal.take_profits],
        "stop_loss_price": exact(deal.stop_loss) if deal.stop_loss is not None else None,
        "last_price": exact(view.last) if view.last is not None else None,
        "unrealised_quote": exact(view.unrealised) if view.unrealised is not None else None,
        "profit_quote": exact(_profit(view)),
        "fees_quote": exact(deal.position.fees),
        "safety_orders": {"filled": deal.safety_filled, "active": active, "left": max(0, left - active)},
        "grid": _grid(view),
        "orders": [_order(order) for order in orders],
    }


def _grid(view: "DealView") -> Json:
    """What a grid earned in its round trips, in all, and what just holding would have."""
    tally = view.deal.grid
    if tally is None:
        return None
    return {
        "profit_quote": exact(tally.profit),
        "round_trips": tally.round_trips,
        "total_quote": exact(_profit(view)),
        "holding_quote": exact(tally.holding(view.last)) if view.last is not None else None,
        "funds": exact(tally.funds),
        "lower": exact(tally.lower),
        "upper": exact(tally.upper),
        "lines": tally.lines,
        "waiting_price": exact(tally.waiting) if tally.waiting is not None else None,
    }


def purpose(order: "Order") -> str:
    """An order of a grid is called what its line is in the timeline below."""
    from desktop_app.core.order import Role, Side
    from desktop_app.core.words import grid_line

    if order.role is Role.GRID:
        return f"{order.role} {grid_line(order.index, is_buy=order.side is Side.BUY)}"
    return f"{order.role} {order.index}"


def _order(order: "Order") -> dict[str, Json]:
    return {
        "client_id": order.client_id,
        "exchange_id": order.exchange_id,
        "role": order.role.value,
        "index": order.index,
        "side": order.side.value,
        "type": order.type.value,
        "price": exact(order.price) if order.price is not None else None,
        "amount": exact(order.amount),
        "filled": exact(order.filled),
        "average_price": exact(order.average_price) if order.filled else None,
        "cost_quote": exact(order.cost),
        "fee_quote": exact(order.fee),
        "status": order.status.value,
        "placed_at": order.placed_at,
        "filled_at": order.filled_at or None,
    }


def _show(call: Namespace, house: House) -> int:
    bot, deal_number = read_deal_id(call.deal)
    with reading(house) as session:
        detail: DealDetail = session.call("deal", bot=bot, number=deal_number)
    if call.json:
        show_document(
            _document(detail.view, detail.orders)
            | {
                "fills": [_fill(client_id, fill) for client_id, fill in detail.fills],
                "timeline": [
                    {"at": line.at, "said": wording(line.said), "is_problem": line.is_problem}
                    for line in detail.timeline
                ],
            }
        )
    else:
        _show_detail(detail)
    return DONE


def _fill(client_id: str, fill: "Fill") -> dict[str, Json]:
    return {
        "client_id": client_id,
        "trade_id": fill.trade_id,
        "price": exact(fill.price),
        "amount": exact(fill.amount),
        "fee_quote": exact(fill.fee),
        "fee_coins": exact(fill.coin_fee),
        "at": fill.at,
    }


def _show_detail(detail: "DealDetail") -> None:
    view, deal = detail.view, detail.view.deal
    quote = deal.symbol.partition("/")[2]
    show(f"Deal {view.deal_id} of {visible(view.bot_name)} on {deal.symbol}: {deal.status.value}")
    show(f"Opened {moment(deal.opened_at)} UTC, closed {moment(deal.closed_at)}.")
    show(
        f"Average {number(deal.average)}, holds {number(deal.held)}, profit {signed(round(_profit(view), 8))} {quote}."
    )
    if deal.grid is not None:
        held = signed(round(deal.grid.holding(view.last), 8)) if view.last is not None else UNKNOWN
        show(
            f"Grid profit {signed(round(deal.grid.profit, 8))} of {deal.grid.round_trips} round trips, total "
            f"{signed(round(_profit(view), 8))}, just holding {held}."
        )
    show("")
    rows = [
        (
            purpose(order),
            order.side.value,
            number(order.price if order.price is not None else order.average_price or None),
            number(order.amount),
            number(order.filled),
            order.status.value,
            order.client_id,
        )
        for order in detail.orders
    ]
    show_table(("order", "side", "price", "amount", "filled", "status", "client id"), rows, numbers=(2, 3, 4))
    show("")
    for line in detail.timeline:
        show(f"{moment(line.at)}  {'! ' if line.is_problem else ''}{visible(wording(line.said))}")


# --- acting


def _close(call: Namespace, house: House) -> int:
    from desktop_app.core.events import CloseDeal

    return _end(call, house, CloseDeal)


def _cancel(call: Namespace, house: House) -> int:
    from desktop_app.core.events import CancelDeal

    return _end(call, house, CancelDeal)


def _end(call: Namespace, house: House, ask: "Callable[[int], Ask]") -> int:
    """Ask for the end of a deal, and wait until it is over."""
    bot, deal_number = read_deal_id(call.deal)
    with changing(house) as session:
        session.call("ask", bot=bot, ask=ask(deal_number))
        detail = _watch(session, bot, deal_number, lambda detail: detail.view.deal.status.is_over)
    deal = detail.view.deal
    if call.json:
        show_document(_document(detail.view, detail.orders))
    elif deal.status.is_over:
        quote, base = deal.symbol.partition("/")[2], deal.symbol.partition("/")[0]
        result = (
            f"{number(deal.held)} {base} stay in your account; Strongroom will not sell them"
            if deal.status.value == "cancelled"
            else f"{signed(round(deal.profit, 8))} {quote} after fees"
        )
        show(f"Deal {detail.view.deal_id} is {deal.status.value.replace('_', ' ')}: {result}.")
    if not deal.status.is_over:
        complain(
            f"Deal {detail.view.deal_id} is {deal.status.value} and not over yet. It still holds {number(deal.held)} "
            "coins. Strongroom goes on with it while it runs: `strongroom run`."
        )
        return FAILED
    return DONE


def _add_funds(call: Namespace, house: House) -> int:
    from desktop_app.core.events import AddFunds
    from desktop_app.core.order import OrderType, Role

    bot, deal_number = read_deal_id(call.deal)
    volume = read_positive(call.volume, "VOLUME")
    price = read_positive(call.price, "--price") if call.price is not None else None
    kind = OrderType.LIMIT if price is not None else OrderType.MARKET

    def has_arrived(detail: "DealDetail") -> bool:
        if detail.view.deal.grid is not None:  # its lines grow; coins for the sell lines are bought at market
            return all(order.status.is_final for order in detail.orders if order.role is Role.BALANCING)
        added = [order for order in detail.orders if order.role is Role.MANUAL and order.type is kind]
        return bool(added) and all(
            order.status.is_final or (kind is OrderType.LIMIT and bool(order.exchange_id)) for order in added
        )

    with changing(house) as session:
        session.call("ask", bot=bot, ask=AddFunds(deal_number, volume, kind, price))
        detail = _watch(session, bot, deal_number, has_arrived)
    deal = detail.view.deal
    quote = deal.symbol.partition("/")[2]
    if call.json:
        show_document(_document(detail.view, detail.orders))
    elif has_arrived(detail):
        verb = "A limit order rests" if kind is OrderType.LIMIT else "Bought"
        verb = "The lines have grown" if deal.grid is not None else verb
        show(
            f"{verb} for {number(volume)} {quote} in deal {detail.view.deal_id}. "
            f"It holds {number(deal.held)} at an average of {number(deal.average)}."
        )
    if not has_arrived(detail):
        complain(
            f"We do not know yet whether the order of deal {detail.view.deal_id} was accepted. Do not repeat it; "
            "`strongroom run` looks it up."
        )
        return FAILED
    return DONE


def _watch(session: Session, bot: int, deal_number: int, is_done: "Callable[[DealDetail], bool]") -> "DealDetail":
    """The deal once it is as wished, or as it is when patience ends."""
    detail: DealDetail = session.call("deal", bot=bot, number=deal_number)
    for _ in range(_LOOKS):
        if is_done(detail):
            break
        session.pause(_LOOK_SECONDS)
        detail = session.call("deal", bot=bot, number=deal_number)
    return detail
