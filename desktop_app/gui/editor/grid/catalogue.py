"""Every setting of a grid bot as a field of its form, and two choices that only the form has."""

from decimal import Decimal
from enum import StrEnum

from desktop_app.core.strategies.grid_settings import Grid, GridSettings
from desktop_app.gui.editor.catalogue import FieldKind, FieldSpec, Group, title_of
from desktop_app.gui.i18n import tr_later

SHAPE = "shape"  # between two ends, or without an upper one
SIZED_BY = "sized_by"  # the whole investment, or what each line trades
INFINITE, PER_LINE = "infinite", "per_line"
LOWER, UPPER, LINES, STEP = "grid.lower", "grid.upper", "grid.lines", "grid.step_percent"
SPACING, INVESTMENT, VOLUME, UNIT = "grid.spacing", "grid.investment", "grid.volume_per_line", "grid.volume_unit"
PROFIT = "grid.profit_currency"
EXPAND_UP, EXPAND_DOWN = "grid.expand_up_to", "grid.expand_down_to"
STOP_ABOVE, STOP_BELOW = "grid.stop_above.price", "grid.stop_below.price"
START = "grid.start_price"
FORM_ONLY = (SHAPE, SIZED_BY)
ONLY_BETWEEN_ENDS = (UPPER, LINES, SPACING, UNIT, "grid.trailing_up", EXPAND_UP)
_TENTH = Decimal("0.1")


class GridGroup(StrEnum):
    """A part of the form; the value is its English title."""

    RANGE = tr_later("Range")
    LINES = tr_later("Grid lines")
    MONEY = tr_later("Money")
    OUTSIDE = tr_later("Outside the range")
    MORE = tr_later("Profit, start, limits")


_THEN = (
    ("stop", tr_later("keep the coins")),
    ("stop_and_sell", tr_later("sell all coins")),
    ("stop_and_buy", tr_later("buy with all the money")),
)


def _title(path: str) -> str:
    return title_of(path.removeprefix("grid."), Grid)


def _number(path: str, group: StrEnum, unit: str = "", **more: object) -> FieldSpec:
    return FieldSpec(path, FieldKind.NUMBER, group, _title(path), unit, **more)  # type: ignore[arg-type]


def _whole(path: str, group: StrEnum, unit: str = "", **more: object) -> FieldSpec:
    return FieldSpec(path, FieldKind.WHOLE, group, _title(path), unit, **more)  # type: ignore[arg-type]


def _flag(path: str, group: StrEnum, **more: object) -> FieldSpec:
    return FieldSpec(path, FieldKind.FLAG, group, _title(path), **more)  # type: ignore[arg-type]


def _choice(
    path: str, group: StrEnum, title: str, default: str, *choices: tuple[str, str], **more: object
) -> FieldSpec:
    return FieldSpec(path, FieldKind.CHOICE, group, title, "", choices, default, **more)  # type: ignore[arg-type]


def _stop(side: str, title: str, *, is_simple: bool = False) -> tuple[FieldSpec, FieldSpec]:
    price = FieldSpec(
        f"grid.stop_{side}.price", FieldKind.NUMBER, GridGroup.OUTSIDE, title, "quote", empty=tr_later("off"),
        is_simple=is_simple,
    )  # fmt: skip
    return price, _choice(f"grid.stop_{side}.then", GridGroup.OUTSIDE, tr_later("and then"), "stop", *_THEN)


FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec("name", FieldKind.TEXT, Group.HEAD, title_of("name", GridSettings), is_required=True),
    FieldSpec("account", FieldKind.TEXT, Group.HEAD, title_of("account", GridSettings), is_required=True),
    FieldSpec("pairs", FieldKind.PAIRS, Group.HEAD, title_of("pairs", GridSettings), is_required=True),
    _choice(SHAPE, GridGroup.RANGE, tr_later("Shape"), "range",
            ("range", tr_later("between two prices")), (INFINITE, tr_later("no upper end")),
            hint=tr_later("Without an upper end the grid follows every rise and keeps coins of a steady worth.")),
    _number(UPPER, GridGroup.RANGE, "quote", is_simple=True, is_required=True,
            hint=tr_later("The highest line. It can be dragged on the chart.")),
    _number(LOWER, GridGroup.RANGE, "quote", is_simple=True, is_required=True,
            hint=tr_later("The lowest line. It can be dragged on the chart.")),
    _whole(LINES, GridGroup.LINES, is_simple=True, is_required=True,
           hint=tr_later("Lines are counted, as at 3Commas. Many exchanges count the cells between them: one fewer.")),
    _choice(SPACING, GridGroup.LINES, _title(SPACING), "arithmetic",
            ("arithmetic", tr_later("equal price")), ("geometric", tr_later("equal percent")), is_simple=True),
    _number(STEP, GridGroup.LINES, "%", step=_TENTH, is_simple=True, is_required=True,
            hint=tr_later("How far the next line lies above each line.")),
    _choice(SIZED_BY, GridGroup.MONEY, tr_later("Size given as"), "investment",
            ("investment", tr_later("a total")), (PER_LINE, tr_later("per line"))),
    _number(INVESTMENT, GridGroup.MONEY, "quote", is_simple=True, is_required=True,
            hint=tr_later("All that the grid may spend, fees included.")),
    _number(VOLUME, GridGroup.MONEY, "quote", is_simple=True, is_required=True),
    _choice(UNIT, GridGroup.MONEY, tr_later("On every line"), "quote",
            ("quote", tr_later("the same money")), ("base", tr_later("the same coins"))),
    _choice(PROFIT, GridGroup.MONEY, _title(PROFIT), "quote",
            ("quote", tr_later("quote currency")), ("base", tr_later("coins"))),
    _flag("grid.use_held_coins", GridGroup.MONEY,
          hint=tr_later("Free coins of the account cover sell lines, so that fewer are bought at the start.")),
    *_stop("below", tr_later("Stop below"), is_simple=True),
    *_stop("above", tr_later("Stop above")),
    _flag("grid.trailing_up", GridGroup.OUTSIDE,
          hint=tr_later("Past the highest line the lowest one moves up there, again and again.")),
    _flag("grid.trailing_down", GridGroup.OUTSIDE,
          hint=tr_later("Past the lowest line the highest one moves down there, again and again.")),
    _number("grid.pump_protection_percent", GridGroup.OUTSIDE, "%", empty=tr_later("off"), step=_TENTH,
            hint=tr_later("After a move of this size within an hour, following pauses for an hour.")),
    _number(EXPAND_UP, GridGroup.OUTSIDE, "quote", empty=tr_later("off"),
            hint=tr_later("Past the highest line new lines are added up to here.")),
    _number(EXPAND_DOWN, GridGroup.OUTSIDE, "quote", empty=tr_later("off"),
            hint=tr_later("Past the lowest line new lines are added down to here; they need more money.")),
    _number("grid.take_profit_percent", GridGroup.MORE, "%", empty=tr_later("off"), step=_TENTH,
            hint=tr_later("Ends the grid and sells once the total profit is this much of what was invested.")),
    _number(START, GridGroup.MORE, "quote", empty=tr_later("at once"),
            hint=tr_later("Waits for this price before anything is bought.")),
    _whole("grid.max_active_buy_lines", GridGroup.MORE, empty=tr_later("all"),
           hint=tr_later("Only these rest on the exchange and lock funds; the next is placed when one fills.")),
    _whole("grid.max_active_sell_lines", GridGroup.MORE, empty=tr_later("all"),
           hint=tr_later("Only these rest on the exchange and lock funds; the next is placed when one fills.")),
)  # fmt: skip
BY_PATH = {spec.path: spec for spec in FIELDS}
