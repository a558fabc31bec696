"""Ways to begin a grid: each a card whose range is fitted to the pair's price."""

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal
from typing import Any

from desktop_app.core.grid_preview import make_grid_preview
from desktop_app.core.market import HUNDRED, ONE, Market
from desktop_app.core.naming import free_name
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.gui import fmt
from desktop_app.gui.editor.beginnings import Beginning, Level
from desktop_app.gui.editor.grid.remarks import of_preview
from desktop_app.gui.editor.presets import fitted
from desktop_app.gui.i18n import tr_later

_DOLLARS = Decimal(1000)


def _ends(price: Decimal, market: Market, down: int, up: int) -> tuple[Decimal, Decimal]:
    """Round prices so many percent below and above."""
    lower, upper = price * (ONE - Decimal(down) / HUNDRED), price * (ONE + Decimal(up) / HUNDRED)
    unit = max(market.price_tick, Decimal(1).scaleb((upper - lower).adjusted() - 1))
    low, high = (max(unit, (end / unit).to_integral_value(ROUND_HALF_EVEN) * unit) for end in (lower, upper))
    return low, high


def _settings(
    name: str, down: int, up: int, lines: int, *, stop: int = 0, **more: Any
) -> Callable[[str, Market, Decimal, tuple[str, ...]], GridSettings]:
    def made(account: str, market: Market, price: Decimal, taken: tuple[str, ...]) -> GridSettings:
        lower, upper = _ends(price, market, down, up)
        grid: dict[str, Any] = {"lower": fmt.plain(lower), "investment": str(fitted(_DOLLARS, market, price)), **more}
        if "step_percent" not in more:
            grid |= {"upper": fmt.plain(upper), "lines": lines}
        if stop:
            price_below, _ = _ends(price, market, stop, up)
            grid["stop_below"] = {"price": fmt.plain(price_below), "then": "stop_and_sell"}
        settings = GridSettings.model_validate(
            {
                "name": free_name(name.format(coin=market.base), taken),
                "account": account,
                "pairs": [market.symbol],
                "grid": grid,
            }
        )
        return _that_works(settings, market, price)

    return made


def _that_works(settings: GridSettings, market: Market, price: Decimal) -> GridSettings:
    """With the numbers that the remarks themselves would propose, on pairs whose orders must be larger."""
    for _ in range(3):
        preview = make_grid_preview(settings.grid, market, price)
        remarks = of_preview(settings.grid, market, price, preview, "")
        block = next((remark for remark in remarks if remark.level == "block" and remark.use), None)
        if block is None:
            return settings
        name = block.path.removeprefix("grid.")
        value = int(block.use) if name == "lines" else Decimal(block.use)
        settings = settings.model_copy(update={"grid": settings.grid.model_copy(update={name: value})})
    return settings


def _needed(settings: GridSettings, market: Market, price: Decimal) -> Decimal:
    layout = make_grid_preview(settings.grid, market, price).layout
    unit = Decimal(1).scaleb(-fmt.currency_decimals(market.quote))
    total = layout.total if layout is not None else settings.grid.investment
    return total.quantize(unit, ROUND_CEILING) if total is not None else Decimal(0)


def _levels(low: int, high: int, count: int, middle: int) -> tuple[Level, ...]:
    heights = [low + (high - low) * place / (count - 1) for place in range(count)]
    return tuple(Level(height, "profit" if height < middle else "loss") for height in heights)


BEGINNINGS = (
    Beginning(
        "range", tr_later("Work a range (Grid)"),
        tr_later("Buys at each line down and sells one line higher, again and again. For a price that goes sideways."),
        (48, 40, 52, 34, 46, 60, 44, 30, 42, 56, 66, 52, 48), _levels(28, 68, 7, 48),
        _settings("{coin} range", 8, 8, 21), _needed,
    ),
    Beginning(
        "wide", tr_later("Wide and patient"),
        tr_later("A range of a quarter to each side, in equal percents. Trades seldom, and seldom leaves the range."),
        (44, 60, 38, 52, 70, 58, 40, 26, 36, 24, 44, 62, 50), _levels(20, 74, 6, 50),
        _settings("{coin} wide grid", 25, 25, 31, spacing="geometric"), _needed,
    ),
    Beginning(
        "moving", tr_later("Follows the price up"),
        tr_later("A range that moves up with the price, and stops and sells if it falls well below."),
        (26, 34, 30, 42, 38, 48, 44, 56, 50, 62, 58, 68, 72), _levels(34, 70, 6, 66),
        _settings("{coin} moving grid", 6, 6, 21, stop=12, trailing_up=True), _needed,
    ),
    Beginning(
        "endless", tr_later("No upper end (infinity grid)"),
        tr_later("Keeps coins of a steady worth: sells a little at every step up, buys back at every step down."),
        (22, 30, 26, 38, 34, 46, 40, 54, 50, 62, 58, 70, 78), _levels(22, 78, 8, 78),
        _settings("{coin} endless grid", 20, 20, 0, step_percent="1", spacing="geometric"), _needed,
    ),
)  # fmt: skip
