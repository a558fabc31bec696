"""The lines of a running grid on the chart: buys, sells, the line that waits, and where the grid stops."""

from collections.abc import Sequence
from decimal import Decimal

from desktop_app.core.market import Market
from desktop_app.core.order import Order, OrderStatus, OrderType, Role, Side
from desktop_app.core.words import grid_line
from desktop_app.engine.views import DealView
from desktop_app.gui import fmt, outlook
from desktop_app.gui.chart.lines import ChartLine, LineKind
from desktop_app.gui.i18n import tr


def lines_of_grid(view: DealView, settings_json: str, market: Market) -> list[ChartLine]:
    """What rests for the grid, by its sides; one of its orders at market is not a line."""
    deal = view.deal
    lines = [line for order in deal.live_orders if (line := _of_order(order, market)) is not None]
    waiting = deal.grid.waiting if deal.grid is not None else None
    if waiting is not None:
        lines.append(ChartLine(f"{view.deal_id}.waiting", LineKind.GRID_WAITING, waiting, tr("waits")))
    settings = outlook.read_grid(settings_json)
    if settings is not None:
        for side, stop in (("below", settings.grid.stop_below), ("above", settings.grid.stop_above)):
            if stop is not None:
                lines.append(_stop(f"{view.deal_id}.stop_{side}", stop.price, market))
    return lines


def _stop(key: str, price: Decimal, market: Market) -> ChartLine:
    return ChartLine(key, LineKind.STOP_LOSS, market.price_nearest(price), tr("SL"), note=tr("kept by app"))


def _of_order(order: Order, market: Market) -> ChartLine | None:
    if order.price is None or order.type is OrderType.MARKET or order.role is not Role.GRID:
        return None
    is_buy = order.side is Side.BUY
    return ChartLine(
        key=order.client_id,
        kind=LineKind.GRID_BUY if is_buy else LineKind.GRID_SELL,
        price=order.price,
        label=grid_line(order.index, is_buy=is_buy),
        pending=order.status is OrderStatus.PENDING,
        note=f"{fmt.amount(order.remaining, market.amount_step)} {market.base}",
    )


def live_lines(orders: Sequence[Order]) -> tuple[list[Decimal], list[Decimal]]:
    """The prices of the buys and of the sells that rest for a grid."""
    resting = [order for order in orders if order.role is Role.GRID and order.price is not None]
    buys = [order.price for order in resting if order.side is Side.BUY and order.price is not None]
    sells = [order.price for order in resting if order.side is Side.SELL and order.price is not None]
    return buys, sells
