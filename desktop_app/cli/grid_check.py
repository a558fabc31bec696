"""`bot check` of a grid: every line that a bot file would trade on, before it exists."""

from argparse import Namespace

from desktop_app.cli.output import (
    BAD_INPUT,
    DONE,
    Json,
    complain,
    exact,
    fixed,
    number,
    show,
    show_document,
    show_table,
    wording,
)
from desktop_app.cli.reading import read_market_of, read_positive
from desktop_app.core import grid_lines
from desktop_app.core.grid_lines import GridLine
from desktop_app.core.grid_preview import GridPreview, make_grid_preview
from desktop_app.core.market import Market
from desktop_app.core.preview import Problem
from desktop_app.core.strategies.grid_settings import Grid, GridSettings


def check_grid(call: Namespace, settings: GridSettings) -> int:
    grid, market = settings.grid, read_market_of(call.market, settings.pairs[0])
    price = read_positive(call.price, "--price") if call.price is not None else grid.start_price
    if price is None:
        return _check_without_price(call, settings, market)
    preview = make_grid_preview(grid, market, price)
    if call.json:
        show_document(_document(grid, preview))
    elif preview.layout is not None:
        _show(settings, market, preview)
    if preview.blocks:
        reasons = " ".join(f"{one.place}: {wording(one.reason)}" for one in preview.blocks)
        complain(f"{call.file.name} could not run like this. {reasons} Nothing was added or ordered. Change the grid.")
        return BAD_INPUT
    return DONE


def _check_without_price(call: Namespace, settings: GridSettings, market: Market) -> int:
    """Which side a line is on, and what it needs, is known with a price only."""
    grid = settings.grid
    prices = () if grid.is_infinite else grid_lines.line_prices(grid, market)
    if call.json:
        lines: list[Json] = [
            {"index": index, "price": exact(price), "side": None, "amount": None} for index, price in enumerate(prices)
        ]
        show_document(
            {
                "ok": True,
                "problems": [],
                "hints": [],
                "funds": exact(grid.investment) if grid.investment is not None else None,
                "lines": lines,
                "waiting": None,
                "balancing_amount": None,
                "step": exact(grid_lines.step(grid)),
                "most_cells": grid_lines.most_cells(grid, market),
            }
        )
        return DONE
    show(f"{settings.name}: the file is good.")
    show_table(("#", "price"), [(str(index), number(price)) for index, price in enumerate(prices)], numbers=(0, 1))
    show("Add --price to see sides, amounts and what the grid needs.")
    return DONE


def _document(grid: Grid, preview: GridPreview) -> dict[str, Json]:
    layout = preview.layout
    return {
        "ok": not preview.blocks,
        "problems": [_problem(one) for one in preview.blocks],
        "hints": [_problem(one) for one in preview.problems if not one.is_block],
        "funds": exact(layout.funds) if layout is not None else None,
        "total_with_fees": exact(layout.total) if layout is not None else None,
        "lines": [_line(line) for line in layout.lines] if layout is not None else [],
        "waiting": layout.waiting if layout is not None else None,
        "waiting_price": exact(layout.lines[layout.waiting].price) if layout is not None else None,
        "balancing_amount": exact(layout.balancing) if layout is not None else None,
        "balancing_quote": exact(layout.balancing_cost) if layout is not None else None,
        "volume_per_line": exact(layout.volume) if layout is not None else None,
        "spare": exact(layout.spare) if layout is not None else None,
        "most_coins": exact(layout.most_coins) if layout is not None else None,
        "step": exact(grid_lines.step(grid)),
        "profit_per_cell": _range(preview),
        "most_cells": preview.most_cells,
    }


def _problem(problem: Problem) -> dict[str, Json]:
    return {"place": problem.place, "reason": wording(problem.reason)}


def _line(line: GridLine) -> dict[str, Json]:
    return {
        "index": line.index,
        "price": exact(line.price),
        "side": line.side.value if line.side is not None else None,
        "amount": exact(line.amount),
    }


def _range(preview: GridPreview) -> Json:
    least, most, least_net, most_net = preview.least, preview.most, preview.least_net, preview.most_net
    if least is None or most is None or least_net is None or most_net is None:
        return None
    return {
        "least_percent": exact(least.percent),
        "most_percent": exact(most.percent),
        "least_quote": exact(least_net),
        "most_quote": exact(most_net),
    }


def _show(settings: GridSettings, market: Market, preview: GridPreview) -> None:
    layout = preview.layout
    assert layout is not None
    cells = len(layout.lines) - 1
    count = "no end above" if settings.grid.is_infinite else f"{cells + 1} lines, {cells} cells"
    show(
        f"{settings.name} on {market.symbol}: {count}. Needs {number(round(layout.funds, 8))} {market.quote}, "
        f"{number(round(layout.total, 8))} with fees; buys {number(layout.balancing)} {market.base} at market first, "
        f"about {number(round(layout.balancing_cost, 8))} {market.quote}."
    )
    if preview.least is not None and preview.most is not None:
        low, high = number(round(preview.least.percent, 4)), number(round(preview.most.percent, 4))
        show(f"Profit per cell after fees: {low} to {high} %.")
    if preview.most_cells is not None:
        show(f"At these fees the range holds at most {preview.most_cells} cells.")
    rows = [
        (
            str(line.index),
            fixed(line.price, market.price_tick),
            line.side.value if line.side is not None else "waits",
            fixed(line.amount, market.amount_step) if line.side is not None else "",
        )
        for line in reversed(layout.lines)
    ]
    show_table(("#", "price", "side", "amount"), rows, numbers=(0, 1, 3))
    for problem in preview.problems:
        if not problem.is_block:
            show(f"Note: {wording(problem.reason)}")
