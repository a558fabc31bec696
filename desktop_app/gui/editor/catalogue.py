"""Every setting of a DCA bot as a field of the form: its kind, unit, choices, and what an empty field means."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel

from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.gui.i18n import tr_later


class FieldKind(StrEnum):
    NUMBER = "number"
    WHOLE = "whole"
    CHOICE = "choice"
    FLAG = "flag"
    TEXT = "text"
    PAIRS = "pairs"


class Group(StrEnum):
    """A part of the form; the value is its English title."""

    HEAD = ""
    ENTRY = tr_later("Entry")
    SAFETY = tr_later("Safety orders")
    TAKE_PROFIT = tr_later("Take profit")
    STOP_LOSS = tr_later("Stop loss")
    MORE = tr_later("Limits, filters, reinvesting")


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """`default` is the text that means the setting's default; `empty` (English) is what an empty field stands for."""

    path: str
    kind: FieldKind
    group: StrEnum  # its value is the English title
    title: str
    unit: str = ""  # "quote" and "base" become the pair's currencies
    choices: tuple[tuple[str, str], ...] = ()
    default: str = ""
    empty: str = ""
    hint: str = ""
    step: Decimal = Decimal(1)
    is_simple: bool = False
    is_required: bool = False


_UNITS = (("quote", tr_later("quote currency")), ("base", tr_later("coins")), ("percent", tr_later("% of free")))
_TENTH = Decimal("0.1")

HEAD_PATHS = ("name", "account", "pairs", "direction")
LADDER_PATHS = tuple(
    f"safety_orders.{name}" for name in ("volume", "max_count", "price_deviation", "step_scale", "volume_scale")
)
CUSTOM = "safety_orders.custom"
TARGETS = "take_profit.steps"
TARGET = "take_profit.percent"


def _number(path: str, group: Group, unit: str = "", **more: object) -> FieldSpec:
    return FieldSpec(path, FieldKind.NUMBER, group, title_of(path), unit, **more)  # type: ignore[arg-type]


def _whole(path: str, group: Group, unit: str = "", **more: object) -> FieldSpec:
    return FieldSpec(path, FieldKind.WHOLE, group, title_of(path), unit, **more)  # type: ignore[arg-type]


def _choice(path: str, group: Group, default: str, *choices: tuple[str, str], **more: object) -> FieldSpec:
    return FieldSpec(path, FieldKind.CHOICE, group, title_of(path), "", choices, default, **more)  # type: ignore[arg-type]


def title_of(path: str, model: type[BaseModel] = DcaSettings) -> str:
    """The English title that the settings themselves give a field."""
    *parents, last = path.split(".")
    for name in parents:
        inner = model.model_fields[name].annotation
        assert isinstance(inner, type) and issubclass(inner, BaseModel)
        model = inner
    return model.model_fields[last].title or last


FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec("name", FieldKind.TEXT, Group.HEAD, title_of("name"), is_required=True),
    FieldSpec("account", FieldKind.TEXT, Group.HEAD, title_of("account"), is_required=True),
    FieldSpec("pairs", FieldKind.PAIRS, Group.HEAD, title_of("pairs"), is_required=True),
    _choice("direction", Group.HEAD, "long", ("long", tr_later("Long")), ("short", tr_later("Short"))),
    _number("base_order.volume", Group.ENTRY, "quote", is_simple=True, is_required=True),
    _choice("base_order.volume_unit", Group.ENTRY, "quote", *_UNITS),
    _choice("base_order.type", Group.ENTRY, "market", ("limit", tr_later("Limit")), ("market", tr_later("Market"))),
    _choice(
        "start.mode", Group.ENTRY, "asap",
        ("asap", tr_later("immediately")), ("signal", tr_later("on a signal")), ("manual", tr_later("by hand")),
    ),
    _number("safety_orders.volume", Group.SAFETY, "quote", is_simple=True),
    _choice("safety_orders.volume_unit", Group.SAFETY, "quote", *_UNITS),
    _whole("safety_orders.max_count", Group.SAFETY, default="0", empty=tr_later("none"), is_simple=True),
    _whole("safety_orders.max_active", Group.SAFETY, empty=tr_later("all"),
           hint=tr_later("Only these rest on the exchange and lock funds; the next is placed when one fills.")),
    _number("safety_orders.price_deviation", Group.SAFETY, "%", step=_TENTH, is_simple=True),
    _number("safety_orders.step_scale", Group.SAFETY, "×", default="1", empty="1", step=_TENTH,
            hint=tr_later("Each step is this many times as long as the one before.")),
    _number("safety_orders.volume_scale", Group.SAFETY, "×", default="1", empty="1", step=_TENTH,
            hint=tr_later("Each order is this many times as large as the one before.")),
    _number("take_profit.percent", Group.TAKE_PROFIT, "%", empty=tr_later("none"), step=_TENTH, is_simple=True,
            hint=tr_later("After the fees of buying and selling.")),
    _choice("take_profit.basis", Group.TAKE_PROFIT, "total",
            ("total", tr_later("everything bought")), ("base", tr_later("base order"))),
    _number("take_profit.trailing_deviation", Group.TAKE_PROFIT, "%", empty=tr_later("off"), step=_TENTH,
            hint=tr_later("Follows the price after the target and sells when it comes back this far.")),
    _number("stop_loss.percent", Group.STOP_LOSS, "%", empty=tr_later("off"), step=_TENTH, is_simple=True),
    _choice("stop_loss.basis", Group.STOP_LOSS, "start",
            ("start", tr_later("first order")), ("average", tr_later("average price"))),
    FieldSpec("stop_loss.trailing", FieldKind.FLAG, Group.STOP_LOSS, title_of("stop_loss.trailing")),
    _whole("stop_loss.timeout_seconds", Group.STOP_LOSS, "s", default="0", empty="0",
           hint=tr_later("Sells only if the price stays beyond the level for this long.")),
    _whole("stop_loss.breakeven_after", Group.STOP_LOSS, empty=tr_later("off"),
           hint=tr_later("After this target the stop moves up to the average price.")),
    _choice("stop_loss.then", Group.STOP_LOSS, "continue",
            ("continue", tr_later("go on")), ("stop_bot", tr_later("stop the bot"))),
    _whole("limits.max_active_deals", Group.MORE, default="1", empty="1"),
    _whole("limits.max_deals_per_pair", Group.MORE, default="1", empty="1"),
    _whole("limits.cooldown_seconds", Group.MORE, "s", default="0", empty="0", step=Decimal(60)),
    _whole("limits.start_delay_seconds", Group.MORE, "s", default="0", empty="0", step=Decimal(60)),
    _number("limits.min_price", Group.MORE, "quote", empty=tr_later("any price")),
    _number("limits.max_price", Group.MORE, "quote", empty=tr_later("any price")),
    _number("limits.min_quote_volume_24h", Group.MORE, "quote", empty=tr_later("any volume"),
            hint=tr_later("Turnover of the last 24 hours.")),
    _whole("limits.stop_after_deals", Group.MORE, empty=tr_later("never")),
    _whole("limits.close_after_seconds", Group.MORE, "s", empty=tr_later("never"), step=Decimal(3600),
           hint=tr_later("Sells at market when a deal has been open for this long.")),
    _choice("profit_currency", Group.MORE, "quote",
            ("quote", tr_later("quote currency")), ("base", tr_later("coins"))),
    _number("reinvest_percent", Group.MORE, "%", default="0", empty="0", step=Decimal(5)),
    _choice("reinvest_mode", Group.MORE, "scale",
            ("scale", tr_later("in proportion")), ("equal", tr_later("the same for each order"))),
    _number("risk_reduction_percent", Group.MORE, "%", default="0", empty="0", step=Decimal(5),
            hint=tr_later("Makes the next deal smaller after a loss.")),
)  # fmt: skip
BY_PATH = {spec.path: spec for spec in FIELDS}
