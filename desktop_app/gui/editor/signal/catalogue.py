"""Every setting of a signal bot as a field of its form."""

from decimal import Decimal
from enum import StrEnum

from desktop_app.core.strategies.signal_settings import SignalSettings
from desktop_app.gui.editor.catalogue import FieldKind, FieldSpec, title_of
from desktop_app.gui.editor.catalogue import Group as HeadGroup
from desktop_app.gui.i18n import tr_later

VOLUME, UNIT = "entry.volume", "entry.volume_unit"
DIRECTION, MODE = "direction", "mode"
BY_SIGNAL, MOST = "entry.size_from_signal", "entry.max_volume"
_TENTH = Decimal("0.1")


class SignalGroup(StrEnum):
    """A part of the form; the value is its English title."""

    ALERTS = tr_later("Alerts")
    SIZE = tr_later("Size per signal")
    EXIT = tr_later("Exit")
    SAFETY = tr_later("Safety")
    MORE = tr_later("Limits of deals")


def _field(path: str, kind: FieldKind, group: StrEnum, unit: str = "", **more: object) -> FieldSpec:
    return FieldSpec(path, kind, group, title_of(path, SignalSettings), unit, **more)  # type: ignore[arg-type]


FIELDS: tuple[FieldSpec, ...] = (
    _field("name", FieldKind.TEXT, HeadGroup.HEAD, is_required=True),
    _field("account", FieldKind.TEXT, HeadGroup.HEAD, is_required=True),
    _field("pairs", FieldKind.PAIRS, HeadGroup.HEAD, is_required=True),
    _field(
        MODE, FieldKind.CHOICE, SignalGroup.ALERTS, is_simple=True, default="strategy",
        choices=(("strategy", tr_later("a strategy")), ("custom", tr_later("indicators"))),
        hint=tr_later("A TradingView strategy says where its position stands; an indicator only says enter or exit."),
    ),
    FieldSpec(
        DIRECTION, FieldKind.CHOICE, SignalGroup.ALERTS, tr_later("Direction"), "",
        (("long", tr_later("Long")), ("short", tr_later("Short")), ("both", tr_later("Both"))), "long", is_simple=True,
        hint=tr_later("A short sells coins that the account holds and buys them back."),
    ),
    _field("reverse", FieldKind.FLAG, SignalGroup.ALERTS,
           hint=tr_later("An entry of the other side ends the position and opens that side. Needs both directions.")),
    _field(VOLUME, FieldKind.NUMBER, SignalGroup.SIZE, "quote", is_simple=True, is_required=True),
    _field(UNIT, FieldKind.CHOICE, SignalGroup.SIZE, default="quote",
           choices=(("quote", tr_later("quote currency")), ("base", tr_later("coins")),
                    ("percent", tr_later("% of free")))),
    _field("entry.max_entries", FieldKind.WHOLE, SignalGroup.SIZE, default="1", empty="1", is_simple=True,
           hint=tr_later("How often a position may be added to before it ends.")),
    _field("entry.min_distance_percent", FieldKind.NUMBER, SignalGroup.SIZE, "%", default="0", empty="0", step=_TENTH,
           hint=tr_later("A further entry needs a price this far from the last one.")),
    _field(BY_SIGNAL, FieldKind.FLAG, SignalGroup.SIZE,
           hint=tr_later("A signal that brings a size sets it, up to the largest size.")),
    _field(MOST, FieldKind.NUMBER, SignalGroup.SIZE, "quote", empty=tr_later("none"),
           hint=tr_later("Whoever has the secret cannot name more than this.")),
    _field("take_profit.percent", FieldKind.NUMBER, SignalGroup.EXIT, "%", empty=tr_later("by signal only"),
           step=_TENTH, is_simple=True, hint=tr_later("After the fees of buying and selling.")),
    _field("take_profit.trailing_deviation", FieldKind.NUMBER, SignalGroup.EXIT, "%", empty=tr_later("off"),
           step=_TENTH, hint=tr_later("Follows the price after the target and sells when it comes back this far.")),
    _field("stop_loss.percent", FieldKind.NUMBER, SignalGroup.EXIT, "%", empty=tr_later("off"), step=_TENTH,
           is_simple=True),
    _field("stop_loss.trailing", FieldKind.FLAG, SignalGroup.EXIT),
    _field("exit_parts", FieldKind.WHOLE, SignalGroup.EXIT, default="1", empty="1",
           hint=tr_later("How many exit signals it takes to sell everything.")),
    _field("exits_from_signal", FieldKind.FLAG, SignalGroup.EXIT,
           hint=tr_later("A signal may bring a take profit and a stop loss of its own.")),
    _field("max_lag_seconds", FieldKind.WHOLE, SignalGroup.SAFETY, "s", default="300", empty="300", is_simple=True,
           step=Decimal(60), hint=tr_later("An alert that arrives later than this is refused.")),
    _field("signals_a_minute", FieldKind.WHOLE, SignalGroup.SAFETY, default="10", empty="10",
           hint=tr_later("More than this are refused, whoever sends them.")),
    _field("limits.max_active_deals", FieldKind.WHOLE, SignalGroup.MORE, default="1", empty="1"),
    _field("limits.cooldown_seconds", FieldKind.WHOLE, SignalGroup.MORE, "s", default="0", empty="0",
           step=Decimal(60)),
    _field("limits.min_price", FieldKind.NUMBER, SignalGroup.MORE, "quote", empty=tr_later("any price")),
    _field("limits.max_price", FieldKind.NUMBER, SignalGroup.MORE, "quote", empty=tr_later("any price")),
    _field("limits.stop_after_deals", FieldKind.WHOLE, SignalGroup.MORE, empty=tr_later("never")),
    _field("limits.close_after_seconds", FieldKind.WHOLE, SignalGroup.MORE, "s", empty=tr_later("never"),
           step=Decimal(3600), hint=tr_later("Sells at market when a deal has been open for this long.")),
)  # fmt: skip
