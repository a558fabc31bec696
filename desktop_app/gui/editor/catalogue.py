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
    JSON = "json"  # nothing of it is typed here
    CONDITIONS = "conditions"  # JSON


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

START = "start.conditions"  # in the settings these are the fields of `start` itself
HEAD_PATHS = ("name", "account", "pairs", "pair_list", "mirror", "direction")
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


def _conditions(path: str, group: Group, title: str, empty: str, **more: object) -> FieldSpec:
    return FieldSpec(path, FieldKind.CONDITIONS, group, title, empty=empty, **more)  # type: ignore[arg-type]


FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec("name", FieldKind.TEXT, Group.HEAD, title_of("name"), is_required=True),
    FieldSpec("account", FieldKind.TEXT, Group.HEAD, title_of("account"), is_required=True),
    FieldSpec("pairs", FieldKind.PAIRS, Group.HEAD, title_of("pairs")),
    FieldSpec("pair_list", FieldKind.JSON, Group.HEAD, title_of("pair_list")),
    FieldSpec("mirror", FieldKind.JSON, Group.HEAD, title_of("mirror")),
    _choice("direction", Group.HEAD, "long", ("long", tr_later("Long")), ("short", tr_later("Short"))),
    _number("base_order.volume", Group.ENTRY, "quote", is_simple=True, is_required=True),
    _choice("base_order.volume_unit", Group.ENTRY, "quote", *_UNITS),
    _choice("base_order.type", Group.ENTRY, "market", ("limit", tr_later("Limit")), ("market", tr_later("Market"))),
    _choice(
        "start.mode", Group.ENTRY, "asap",
        ("asap", tr_later("immediately")), ("conditions", tr_later("on conditions")),
        ("signal", tr_later("on a signal")), ("manual", tr_later("by hand")),
    ),
    _conditions(START, Group.ENTRY, tr_later("Start a deal when"),
                tr_later("No condition yet, so no deal would start.")),
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
    FieldSpec("safety_orders.trailing_deviation", FieldKind.NUMBER, Group.SAFETY, tr_later("Buy on a bounce of"), "%",
              empty=tr_later("off"), step=_TENTH,
              hint=tr_later("Follows the falling price and buys at market when it comes back this far.")),
    _conditions("safety_orders.on_conditions", Group.SAFETY, tr_later("Buy safety orders when"),
                tr_later("By signal: off. They wait at their prices.")),
    _number("take_profit.percent", Group.TAKE_PROFIT, "%", empty=tr_later("none"), step=_TENTH, is_simple=True,
            hint=tr_later("After the fees of buying and selling.")),
    _choice("take_profit.basis", Group.TAKE_PROFIT, "total",
            ("total", tr_later("everything bought")), ("base", tr_later("base order")),
            ("entry", tr_later("entry price, before fees"))),
    _number("take_profit.trailing_deviation", Group.TAKE_PROFIT, "%", empty=tr_later("off"), step=_TENTH,
            hint=tr_later("Follows the price after the target and sells when it comes back this far.")),
    _conditions("take_profit.on_conditions", Group.TAKE_PROFIT, tr_later("Sell by signal when"),
                tr_later("By signal: off.")),
    _number("take_profit.min_profit", Group.TAKE_PROFIT, "%", default="0", empty="0", step=_TENTH,
            hint=tr_later("The signal sells only from this profit on, after the fees of buying and selling.")),
    _choice("take_profit.min_profit_basis", Group.TAKE_PROFIT, "total",
            ("total", tr_later("everything bought")), ("base", tr_later("base order"))),
    _number("stop_loss.percent", Group.STOP_LOSS, "%", empty=tr_later("off"), step=_TENTH, is_simple=True),
    _choice("stop_loss.basis", Group.STOP_LOSS, "start",
            ("start", tr_later("first order")), ("average", tr_later("average price")),
            ("entry", tr_later("entry price, before fees"))),
    _number("stop_loss.price", Group.STOP_LOSS, "quote", empty=tr_later("off"),
            hint=tr_later("A price of its own in place of a percent.")),
    _choice("stop_loss.type", Group.STOP_LOSS, "market", ("market", tr_later("Market")), ("limit", tr_later("Limit"))),
    _number("stop_loss.limit_percent", Group.STOP_LOSS, "%", default="0", empty="0", step=_TENTH,
            hint=tr_later("Sells no worse than this far beyond the stop.")),
    _number("stop_loss.limit_price", Group.STOP_LOSS, "quote", empty=tr_later("by percent")),
    FieldSpec("stop_loss.native", FieldKind.FLAG, Group.STOP_LOSS, title_of("stop_loss.native"),
              hint=tr_later("The stop rests there itself, so it protects while this app is closed.")),
    FieldSpec("stop_loss.trailing", FieldKind.FLAG, Group.STOP_LOSS, title_of("stop_loss.trailing")),
    _whole("stop_loss.timeout_seconds", Group.STOP_LOSS, "s", default="0", empty="0",
           hint=tr_later("Sells only if the price stays beyond the level for this long.")),
    _whole("stop_loss.breakeven_after", Group.STOP_LOSS, empty=tr_later("off"),
           hint=tr_later("After this target the stop moves up to the average price.")),
    _choice("stop_loss.then", Group.STOP_LOSS, "continue",
            ("continue", tr_later("go on")), ("stop_bot", tr_later("stop the bot"))),
    _conditions("limits.on_conditions", Group.MORE, tr_later("Start deals only while"),
                tr_later("No filter by indicators.")),
    _whole("limits.max_active_deals", Group.MORE, default="1", empty="1"),
    _whole("limits.max_deals_per_pair", Group.MORE, default="1", empty="1"),
    _number("limits.max_funds", Group.MORE, "quote", empty=tr_later("no limit"),
            hint=tr_later("No further deal starts if all of them together could then need more than this.")),
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
