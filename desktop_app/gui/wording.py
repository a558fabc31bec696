"""Turns what was said as codes and values into sentences of the language in force, numbers as the pair has them."""

from collections.abc import Callable
from decimal import Decimal

from desktop_app.core.deal import Deal, DealStatus, Direction
from desktop_app.core.market import Market
from desktop_app.core.order import Order, OrderStatus, OrderType, Role, Side
from desktop_app.core.said import Said, Value
from desktop_app.core.words import WORDS as CORE_WORDS
from desktop_app.core.words import grid_line, line_of
from desktop_app.engine.words_engine import WORDS as ENGINE_WORDS
from desktop_app.gui import fmt
from desktop_app.gui.i18n import tr, tr_later

_ROLES = {
    Role.BASE: tr_later("Base order"),
    Role.SAFETY: tr_later("Safety order"),
    Role.TAKE_PROFIT: tr_later("Take profit"),
    Role.STOP_LOSS: tr_later("Stop loss"),
    Role.CLOSE: tr_later("Close"),
    Role.MANUAL: tr_later("Your order"),
    Role.GRID: tr_later("Grid"),
    Role.BALANCING: tr_later("Balancing"),
}
_SHORT_ROLES = {Role.BASE: "Base", Role.SAFETY: "SO", Role.TAKE_PROFIT: "TP", Role.STOP_LOSS: "SL", Role.GRID: "Grid"}
_DEAL_STATUSES = {
    DealStatus.OPENING: tr_later("Opening"),
    DealStatus.OPEN: tr_later("Bought"),
    DealStatus.TRAILING: tr_later("Trailing"),
    DealStatus.CLOSING: tr_later("Closing"),
    DealStatus.COMPLETED: tr_later("Take profit reached"),
    DealStatus.STOPPED_OUT: tr_later("Stopped out"),
    DealStatus.TIMED_OUT: tr_later("Timed out"),
    DealStatus.CLOSED_BY_USER: tr_later("Closed by you"),
    DealStatus.CANCELLED: tr_later("Kept by you"),
    DealStatus.FAILED: tr_later("Did not open"),
}
_ORDER_STATUSES = {
    OrderStatus.PENDING: tr_later("Not confirmed"),
    OrderStatus.OPEN: tr_later("Open"),
    OrderStatus.CANCELING: tr_later("Cancelling"),
    OrderStatus.FILLED: tr_later("Filled"),
    OrderStatus.CANCELED: tr_later("Cancelled"),
    OrderStatus.REJECTED: tr_later("Refused"),
}
_ORDER_TYPES = {
    OrderType.MARKET: tr_later("Market"),
    OrderType.LIMIT: tr_later("Limit"),
    OrderType.STOP: tr_later("Stop"),
}
_SIDES = {Side.BUY: tr_later("Buy"), Side.SELL: tr_later("Sell")}
_DIRECTIONS = {Direction.LONG: tr_later("Long"), Direction.SHORT: tr_later("Short")}
_BOT_STATUSES = {
    "running": tr_later("Running"),
    "paused": tr_later("Paused"),
    "stopped": tr_later("Stopped"),
    "held": tr_later("Needs attention"),
}
_BOT_KINDS = {
    "dca": tr_later("DCA"),
    "grid": tr_later("Grid"),
    "signal": tr_later("Signal"),
    "smart_trade": tr_later("Smart trade"),
}
_WORDS_OF_VALUES = {"side": _SIDES, "role": _ROLES, "status": _DEAL_STATUSES}

_PRICES = frozenset(
    {"price", "take_profit", "safety", "level", "before", "average", "best", "limit", "stop_loss", "break_even"}
    | {"buy", "sell", "lower", "upper", "worst", "waiting", "start"}
)
_COINS = frozenset({"amount"})
_MONEY = frozenset({"fee", "profit", "cost", "least", "value", "volume", "needed", "uncommitted", "free"})
# Where a name means something else than elsewhere.
_OTHERWISE = {
    ("why_volume", "limit"): "money",
    ("risk_order_value", "limit"): "money",
    ("deal_closed", "profit"): "result",
    ("not_affordable", "needed"): "sum",
    ("not_affordable", "uncommitted"): "sum",
    # What an indicator reads is neither money nor a price of the pair.
    **{
        (code, name): "plain"
        for code in ("why_less_than", "why_greater_than", "why_crosses_above", "why_crosses_below")
        for name in ("value", "limit")
    },
}


def sentence(said: Said, market: Market | None = None) -> str:
    """The translated sentence; a code without a template is shown as it is, never hidden."""
    template = CORE_WORDS.get(said.code) or ENGINE_WORDS.get(said.code)
    if template is None:
        return " ".join([said.code, *(f"{name}={number(value)}" for name, value in said.values)])
    values = {name: _shown(said.code, name, value, market) for name, value in said.values}
    line = line_of(said)
    if line is not None:
        values["index"] = line
    return tr(template).format_map(_Values(values))


def problem_text(error: BaseException) -> str:
    """What to tell people about something that went wrong."""
    from desktop_app.engine.problem import Problem

    if isinstance(error, Problem):
        return sentence(error.said)
    return tr("Something unexpected happened ({error}). Look at the log.").format(error=type(error).__name__)


def number(value: Value) -> str:
    """A value of which nothing is known but itself: up to eight decimals, no idle zeros, never an exponent."""
    if isinstance(value, int):
        return fmt.whole(value)
    if not isinstance(value, Decimal):
        return tr(value)
    if not value.is_finite():
        return fmt.UNKNOWN
    whole, point, rest = f"{abs(round(value, 8)):,f}".partition(".")
    rest = rest.rstrip("0")
    return ("−" if value < 0 else "") + whole + (point + rest if rest else "")


def _shown(code: str, name: str, value: Value, market: Market | None) -> str:
    if isinstance(value, str) and name in _WORDS_OF_VALUES:
        word = _WORDS_OF_VALUES[name].get(value)  # type: ignore[attr-defined]
        return tr(word) if word else value
    if not isinstance(value, Decimal) or market is None:
        return number(value)
    way = _OTHERWISE.get((code, name)) or _way_of(name)
    ways: dict[str, Callable[[], str]] = {
        "price": lambda: fmt.price(value, market.price_tick),
        "coins": lambda: fmt.amount(value, market.amount_step),
        "money": lambda: fmt.money(value, market.quote),
        "result": lambda: fmt.pnl(value, market.quote),
        "sum": lambda: fmt.quote(value, market.quote),
    }
    return ways[way]() if way in ways else number(value)


def _way_of(name: str) -> str:
    if name in _PRICES:
        return "price"
    if name in _COINS:
        return "coins"
    return "money" if name in _MONEY else ""


class _Values(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return fmt.UNKNOWN


# --- names


def role_name(role: Role) -> str:
    return tr(_ROLES[role])


def purpose(order: Order) -> str:
    """What an order is for, short: Base, SO2, TP1, SL, Grid B07."""
    short = _SHORT_ROLES.get(order.role)
    if short is None:
        return tr(_ROLES[order.role])
    if order.role is Role.GRID and order.type is not OrderType.MARKET:
        return f"{tr(short)} {grid_line(order.index, is_buy=order.side is Side.BUY)}"
    if order.role is Role.SAFETY or (order.role is Role.TAKE_PROFIT and order.index > 1):
        return f"{tr(short)}{order.index}"
    return tr(short)


def deal_status(status: DealStatus) -> str:
    return tr(_DEAL_STATUSES[status])


def status_of(deal: Deal) -> str:
    """What a deal is doing; a grid buys and sells all the time and is never simply bought."""
    if deal.grid is not None:
        match deal.status:
            case DealStatus.OPENING:
                return tr("Buying coins for its sell lines")
            case DealStatus.OPEN | DealStatus.TRAILING:
                return tr("At work")
    return deal_status(deal.status)


def order_status(order: Order) -> str:
    """The order's state; a part fill says how much of it."""
    if order.status is OrderStatus.OPEN and order.filled:
        return tr("Part filled")
    return tr(_ORDER_STATUSES[order.status])


def order_type(kind: OrderType) -> str:
    return tr(_ORDER_TYPES[kind])


def side(value: Side) -> str:
    return tr(_SIDES[value])


def direction(value: Direction) -> str:
    return tr(_DIRECTIONS[value])


def bot_status(status: str) -> str:
    return tr(_BOT_STATUSES.get(status, status))


def bot_kind(kind: str) -> str:
    return tr(_BOT_KINDS.get(kind, kind))


def mode_word(mode: str) -> str:
    """The badge's word for an account; a simulated market is paper money too."""
    return tr("LIVE") if mode == "live" else tr("PAPER")
