"""What changed settings would do to the grid that runs: which orders go, which come, what is bought for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtWidgets import QWidget

from desktop_app.core.grid_preview import make_grid_preview
from desktop_app.core.market import ZERO, Market
from desktop_app.core.order import Order, OrderType, Side
from desktop_app.core.strategies.grid_settings import Grid, GridSettings
from desktop_app.engine.views import DealView
from desktop_app.gui import fmt
from desktop_app.gui.dialogs import Choice, ask_choice
from desktop_app.gui.editor.grid.sentences import resting
from desktop_app.gui.i18n import tr

_MOST_LISTED = 6
_WHERE_LINES_ARE = (
    "lower", "upper", "lines", "spacing", "step_percent", "volume_per_line", "investment", "volume_unit",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class GridChange:
    """What the running grid would do. `cancelled` rest now, `placed` are (side, price) of what would rest instead."""

    number: int
    cancelled: tuple[Order, ...] = ()
    placed: tuple[tuple[Side, Decimal], ...] = ()
    bought: Decimal = ZERO
    cost: Decimal = ZERO


def change_of(
    views: Sequence[DealView], before: GridSettings, after: GridSettings, market: Market
) -> GridChange | None:
    """None while no grid runs. Lines that stay where they are keep their orders."""
    view = next((view for view in views if not view.deal.status.is_over), None)
    if view is None:
        return None
    number = view.deal.number
    if not _has_other_lines(before.grid, after.grid) or view.last is None:
        return GridChange(number)
    layout = make_grid_preview(after.grid, market, view.last, owned=view.deal.held).layout
    if layout is None:
        return GridChange(number)
    buys, sells = resting(layout, after.grid)
    chosen = (*layout.buys[len(layout.buys) - buys :], *layout.sells[:sells])
    placed = tuple((line.side, line.price) for line in chosen if line.side is not None)
    live = tuple(order for order in view.deal.live_orders if order.type is not OrderType.MARKET)
    return GridChange(number, live, placed, layout.balancing, layout.balancing_cost)


def _has_other_lines(before: Grid, after: Grid) -> bool:
    return any(getattr(before, name) != getattr(after, name) for name in _WHERE_LINES_ARE)


def change_words(change: GridChange, market: Market) -> str:
    """`cancels 20 and places 24 orders, buys 0.00200 BTC for about 128.42 USDT`"""
    if not change.cancelled and not change.placed:
        return tr("No order changes.")
    words = tr("Cancels {cancels} and places {places} orders.")
    text = words.format(cancels=len(change.cancelled), places=len(change.placed))
    if change.bought:
        words = tr("{text} Buys {amount} {coin} for about {cost}.")
        amount, cost = fmt.amount(change.bought, market.amount_step), fmt.money(change.cost, market.quote)
        text = words.format(text=text, amount=amount, coin=market.base, cost=cost)
    return text


def listed(change: GridChange, market: Market) -> tuple[str, ...]:
    """The orders one by one, the first few of each kind; statistics stay as they are."""
    lines = []
    if change.cancelled:
        orders = [_named(order.side, order.price or ZERO, market) for order in change.cancelled]
        lines.append(tr("Cancelled: {orders}").format(orders=_short(orders)))
    if change.placed:
        orders = [_named(side, price, market) for side, price in change.placed]
        lines.append(tr("Placed: {orders}").format(orders=_short(orders)))
    lines.append(tr("Grid profit and round trips stay as they are."))
    return tuple(lines)


def _named(side: Side, price: Decimal, market: Market) -> str:
    words = tr("buy {price}") if side is Side.BUY else tr("sell {price}")
    return words.format(price=fmt.price(price, market.price_tick))


def _short(orders: list[str]) -> str:
    shown = " · ".join(orders[:_MOST_LISTED])
    rest = len(orders) - _MOST_LISTED
    return shown if rest <= 0 else f"{shown} · {tr('and {count} more').format(count=rest)}"


async def ask_reach(parent: QWidget, change: GridChange, market: Market, *, is_live: bool) -> bool | None:
    """Whether the running grid follows the change; None when nothing is to be saved."""
    choices = (
        Choice("open", tr("The running grid follows"), change_words(change, market)),
        Choice("new", tr("The next grid only"), tr("The running grid keeps its lines and settings.")),
    )
    answer = await ask_choice(
        parent,
        tr("Change the grid that runs?"),
        listed(change, market),
        choices,
        yes=tr("Save changes"),
        level=2 if is_live else 1,
        badge="live" if is_live else "paper",
    )
    return None if answer is None else answer == "open"
