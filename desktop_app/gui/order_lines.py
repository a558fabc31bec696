"""The lines and triangles of a pair's deals on the chart, from what the engine says about them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from desktop_app.core.market import HUNDRED, ONE, Market
from desktop_app.core.order import Fill, Order, OrderStatus, OrderType, Role, Side
from desktop_app.core.words import grid_line
from desktop_app.engine.views import DealView
from desktop_app.gui import deal_moves, fmt, outlook, wording
from desktop_app.gui.chart.lines import ChartLine, LineKind
from desktop_app.gui.chart.markers import ChartMarker
from desktop_app.gui.grid_order_lines import lines_of_grid
from desktop_app.gui.i18n import tr

_KINDS = {
    Role.BASE: LineKind.BASE,
    Role.SAFETY: LineKind.SAFETY,
    Role.TAKE_PROFIT: LineKind.TAKE_PROFIT,
    Role.STOP_LOSS: LineKind.STOP_LOSS,
    Role.CLOSE: LineKind.MANUAL,
    Role.MANUAL: LineKind.MANUAL,
}


def lines_of(deals: Iterable[tuple[DealView, str]], market: Market) -> tuple[ChartLine, ...]:
    """Lines of open deals, given with the settings of their bots; keys stay while an order stays."""
    lines: list[ChartLine] = []
    for view, settings_json in deals:
        if not view.deal.status.is_over:
            lines += _of_deal(view, settings_json, market)
    return tuple(lines)


def _of_deal(view: DealView, settings_json: str, market: Market) -> list[ChartLine]:
    deal, key = view.deal, view.deal_id
    if deal.grid is not None:
        return lines_of_grid(view, settings_json, market)
    reference = deal.average or None
    lines: list[ChartLine] = []
    if reference is not None:
        lines.append(ChartLine(f"{key}.average", LineKind.AVERAGE, market.price_nearest(reference), tr("Avg")))
        even = outlook.break_even(deal, market)
        if even is not None:
            lines.append(ChartLine(f"{key}.even", LineKind.BREAK_EVEN, market.price_nearest(even), tr("BE")))
    settings = outlook.read_settings(settings_json)
    grips = deal_moves.grips(view, settings)
    targets = max(len(deal.take_profits), len(settings.take_profit.targets) if settings is not None else 0)
    shown = [order for order in deal.live_orders if not _is_leaving(order)]
    for order in shown:
        line = _of_order(order, market, reference)
        if line is not None and order.role is Role.TAKE_PROFIT and targets > 1:
            line = replace(line, label=f"{tr('TP')}{order.index}")
        lines += [line] if line is not None else []
    resting = {order.price for order in shown if order.role is Role.TAKE_PROFIT}
    is_moving = any(_is_leaving(order) for order in deal.live_orders)
    for at, price in enumerate(deal.take_profits, 1):
        if price not in resting:
            grip = grips.get(deal_moves.planned_key(key, at))
            label = f"{tr('TP')}{grip.step if grip is not None else at}" if targets > 1 else tr("TP")
            planned = _planned(deal_moves.planned_key(key, at), LineKind.TAKE_PROFIT, price, label, reference)
            lines.append(replace(planned, pending=True, note="") if is_moving else planned)
    if deal.stop_loss is not None and not any(order.role is Role.STOP_LOSS for order in deal.live_orders):
        level = market.price_nearest(deal.stop_loss)
        lines.append(_planned(deal_moves.stop_key(key), LineKind.STOP_LOSS, level, tr("SL"), reference))
    lines = [_with_result(line, outlook.break_even(deal, market), is_draggable=line.key in grips) for line in lines]
    if settings is not None:
        for rung in outlook.held_back(deal, settings, market):
            label = f"{tr('SO')}{rung.index}"
            lines.append(_planned(f"{key}.so{rung.index}", LineKind.WAITING, rung.price, label, reference))
    return lines


def _with_result(line: ChartLine, even: Decimal | None, *, is_draggable: bool) -> ChartLine:
    """Where a deal ends: the percentage is what remains after fees, also while the line is dragged."""
    if line.kind not in (LineKind.TAKE_PROFIT, LineKind.STOP_LOSS) or even is None:
        return line
    return replace(line, draggable=is_draggable, percent=_percent(line.price, even), reference=even)


def _is_leaving(order: Order) -> bool:
    """A take profit on its way to another price: the new one is shown."""
    return order.role is Role.TAKE_PROFIT and order.status is OrderStatus.CANCELING


def _of_order(order: Order, market: Market, reference: Decimal | None) -> ChartLine | None:
    price = order.price if order.price is not None else order.trigger
    if price is None or order.type is OrderType.MARKET:
        return None
    return ChartLine(
        key=order.client_id,
        kind=_KINDS.get(order.role, LineKind.MANUAL),
        price=price,
        label=wording.purpose(order),
        percent=_percent(price, reference),
        pending=order.status is OrderStatus.PENDING,
        note=f"{fmt.amount(order.remaining, market.amount_step)} {market.base}",
    )


def _planned(key: str, kind: LineKind, price: Decimal, label: str, reference: Decimal | None) -> ChartLine:
    return ChartLine(key, kind, price, label, percent=_percent(price, reference), note=tr("kept by app"))


def _percent(price: Decimal, reference: Decimal | None) -> float | None:
    return float((price / reference - ONE) * HUNDRED) if reference else None


def marker_of(client_id: str, fill: Fill, role: Role, side: Side, market: Market, index: int = 0) -> ChartMarker:
    """One trade: what it was, how much, at what price and fee."""
    name = wording.role_name(role)
    if role is Role.GRID:
        name = f"{name} {grid_line(index, is_buy=side is Side.BUY)}"
    elif role is Role.SAFETY and index:
        name = f"{name} {index}"
    lines = (
        f"{name} · {wording.side(side)}",
        tr("{amount} {base} at {price}").format(
            amount=fmt.amount(fill.amount, market.amount_step),
            base=market.base,
            price=fmt.price(fill.price, market.price_tick),
        ),
        tr("Fee {fee}").format(fee=fmt.money(fill.fee, market.quote)),
    )
    key, price, text = f"{client_id}.{fill.trade_id}", float(fill.price), "\n".join(lines)
    return ChartMarker(key, fill.at, price, "buy" if side is Side.BUY else "sell", text)


def markers_of(orders: Sequence[Order], fills: Sequence[tuple[str, Fill]], market: Market) -> list[ChartMarker]:
    known = {order.client_id: order for order in orders}
    return [
        marker_of(client_id, fill, known[client_id].role, known[client_id].side, market, known[client_id].index)
        for client_id, fill in fills
        if client_id in known
    ]
