"""A grid as lines on a chart, and what a line that was moved makes of the form."""

from decimal import Decimal

from desktop_app.core.grid_lines import GridLine
from desktop_app.core.order import Side
from desktop_app.core.words import grid_line
from desktop_app.gui import fmt
from desktop_app.gui.chart.lines import ChartLine, LineKind
from desktop_app.gui.editor.draft import Draft
from desktop_app.gui.editor.grid.catalogue import LOWER, START, STOP_ABOVE, STOP_BELOW, UPPER
from desktop_app.gui.editor.grid.picture import GridPicture
from desktop_app.gui.i18n import tr

_MOVABLE = (LOWER, UPPER, STOP_ABOVE, STOP_BELOW, START)


def lines_of(picture: GridPicture) -> tuple[ChartLine, ...]:
    """Every line of the grid: the two ends can be dragged, and so can stops and the start."""
    settings, market, layout = picture.settings, picture.market, picture.layout
    if settings is None or market is None or layout is None:
        return ()
    grid = settings.grid
    last = len(layout.lines) - 1
    lines = []
    for line in layout.lines:
        is_end = line.index == 0 or (line.index == last and not grid.is_infinite)
        note = "" if line.side is None else f"{fmt.amount(line.amount, market.amount_step)} {market.base}"
        if is_end:
            key, name = (LOWER, tr("Lower")) if line.index == 0 else (UPPER, tr("Upper"))
            label = f"{name} · {_label(line)}" if line.side is not None else f"{name} · {tr('waits')}"
            lines.append(ChartLine(key, LineKind.BOUND, line.price, label, draggable=True, note=note))
        else:
            lines.append(ChartLine(f"line{line.index}", _kind(line), line.price, _label(line), note=note))
    for stop, key in ((grid.stop_above, STOP_ABOVE), (grid.stop_below, STOP_BELOW)):
        if stop is not None:
            lines.append(ChartLine(key, LineKind.STOP_LOSS, market.price_nearest(stop.price), tr("SL"), draggable=True))
    if grid.start_price is not None:
        at = market.price_nearest(grid.start_price)
        lines.append(ChartLine(START, LineKind.TRIGGER, at, tr("Start"), draggable=True))
    return tuple(line for line in lines if line.price > 0)


def _kind(line: GridLine) -> LineKind:
    if line.side is None:
        return LineKind.GRID_WAITING
    return LineKind.GRID_BUY if line.side is Side.BUY else LineKind.GRID_SELL


def _label(line: GridLine) -> str:
    return tr("waits") if line.side is None else grid_line(line.index, is_buy=line.side is Side.BUY)


def moved(picture: GridPicture, key: str, price: Decimal) -> Draft | None:
    """The form after a line was moved to a price; None where the grid would have no inside."""
    if picture.settings is None or key not in _MOVABLE:
        return None
    grid = picture.settings.grid
    if key == LOWER and grid.upper is not None and price >= grid.upper:
        return None
    if key == UPPER and price <= grid.lower:
        return None
    return picture.draft.with_text(key, fmt.plain(price))
