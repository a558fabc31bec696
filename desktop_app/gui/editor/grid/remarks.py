"""What the grid's editor has to say about a field: the words, and the number that would do."""

from decimal import ROUND_CEILING, Decimal

from desktop_app.core import grid_lines
from desktop_app.core.grid_preview import GridPreview, make_grid_preview
from desktop_app.core.market import HUNDRED, ONE, Market
from desktop_app.core.preview import Problem
from desktop_app.core.said import Said
from desktop_app.core.strategies.grid_settings import Grid
from desktop_app.gui import fmt
from desktop_app.gui.editor.grid.catalogue import (
    EXPAND_DOWN,
    EXPAND_UP,
    INVESTMENT,
    LINES,
    LOWER,
    PROFIT,
    START,
    STEP,
    STOP_ABOVE,
    STOP_BELOW,
    UNIT,
    UPPER,
    VOLUME,
)
from desktop_app.gui.editor.remarks import Reasons, Remark
from desktop_app.gui.i18n import tr, tr_later

_MOST_TRIES = 12
_HUNDREDTH = Decimal("0.01")

REASONS: Reasons = (
    ("upper: must be above", UPPER, tr_later("Must be above the lower end.")),
    ("volume_unit: a grid", UNIT, tr_later("Without an upper end every line has the same money.")),
    ("profit_currency: with", PROFIT, tr_later("With the same coins on every line no coins are left as profit.")),
    ("expand_up_to: give", EXPAND_UP, tr_later("Either the grid follows the price or it grows, not both.")),
    ("expand_down_to: give", EXPAND_DOWN, tr_later("Either the grid follows the price or it grows, not both.")),
    ("expand_up_to: must", EXPAND_UP, tr_later("Must be above the upper end.")),
    ("expand_down_to: must", EXPAND_DOWN, tr_later("Must be below the lower end.")),
    ("pump_protection", "grid.pump_protection_percent", tr_later("This pauses following the price, which is off.")),
    ("stop_above.price", STOP_ABOVE, tr_later("Must be above the highest line.")),
    ("stop_below.price", STOP_BELOW, tr_later("Must be below the lowest line.")),
    ("start_price: is where", START, tr_later("The grid would stop at this price.")),
    ("pairs: a grid", "pairs", tr_later("A grid trades one pair.")),
)


def of_preview(grid: Grid, market: Market, price: Decimal, preview: GridPreview, exchange: str) -> tuple[Remark, ...]:
    """Everything that the settings come to at this price."""
    remarks = [_remark(problem, grid, market, price, exchange) for problem in preview.problems]
    counted = _counted(grid, preview)
    if counted is not None and not any(remark.path == counted.path for remark in remarks):
        remarks.append(counted)
    return tuple(remarks)


def _counted(grid: Grid, preview: GridPreview) -> Remark | None:
    """Some count lines and others cells, so both are always said."""
    if grid.lines is None or preview.layout is None:
        return None
    return Remark(LINES, "info", tr("{lines} lines = {cells} cells").format(lines=grid.lines, cells=grid.lines - 1))


def _remark(problem: Problem, grid: Grid, market: Market, price: Decimal, exchange: str) -> Remark:
    reason = problem.reason
    match reason.code:
        case "grid_too_many_lines":
            return _too_many(grid, price, reason)
        case "grid_line_at_zero":
            words = tr("The lowest line would be at 0: prices here move in steps of {tick}.")
            return _with_use(LOWER, words.format(tick=fmt.plain(market.price_tick)), fmt.plain(market.price_tick))
        case "grid_lines_touch":
            return _touching(grid, market, reason)
        case "grid_cells_lose" | "grid_cell_loses":
            return _losing(grid, market, price, reason)
        case "grid_line_too_small":
            return _too_small(grid, market, price, exchange, reason)
    return _hint(problem, market)


def _too_many(grid: Grid, price: Decimal, reason: Said) -> Remark:
    ratio = (price / grid.lower) ** (ONE / (grid_lines.MOST_LINES - 2))
    step = ((ratio - ONE) * HUNDRED).quantize(_HUNDREDTH, ROUND_CEILING)
    words = tr("Down to the lower end that would be {lines} lines; {most} are the most.")
    return _with_use(STEP, words.format(lines=reason["lines"], most=reason["most"]), fmt.plain(step))


def _touching(grid: Grid, market: Market, reason: Said) -> Remark:
    at, tick = fmt.price(Decimal(reason["price"]), market.price_tick), fmt.plain(market.price_tick)
    if grid.is_infinite:
        step = (market.price_tick / grid.lower * HUNDRED).quantize(_HUNDREDTH, ROUND_CEILING)
        words = tr("Two lines fall on {price}: prices here move in steps of {tick}.")
        return _with_use(STEP, words.format(price=at, tick=tick), fmt.plain(step))
    most = _most_lines(grid, market)
    words = tr("Two lines fall on {price}. With steps of {tick} this range holds at most {lines} lines.")
    return _with_use(LINES, words.format(price=at, tick=tick, lines=most), str(most) if most >= 2 else "")


def _most_lines(grid: Grid, market: Market) -> int:
    """The most lines that all have a price of their own."""
    low, high = 2, grid.lines or 2
    while low < high:
        middle = (low + high + 1) // 2
        prices = grid_lines.line_prices(grid.model_copy(update={"lines": middle}), market)
        if len(set(prices)) == middle:
            low = middle
        else:
            high = middle - 1
    return low


def _losing(grid: Grid, market: Market, price: Decimal, reason: Said) -> Remark:
    step, fees = Decimal(reason["step"]), Decimal(reason["fees"])
    if step <= fees:
        words = tr("A cell of {step} is no more than its two fees ({fees}).")
    else:
        words = tr("A cell of {step} does not pay its two fees ({fees}) after rounding to the exchange's steps.")
    text = words.format(step=fmt.percent(step, sign=False), fees=fmt.percent(fees, sign=False))
    if grid.is_infinite:
        least = (grid_lines.break_even_ratio(grid, market) - ONE) * HUNDRED
        use = _step_that_earns(grid, market, price, least.quantize(_HUNDREDTH, ROUND_CEILING))
        return _with_use(STEP, text, use)
    if reason.code == "grid_cell_loses":
        words = tr("{text} This range is too narrow for any grid at these fees.")
        return Remark(UPPER, "block", words.format(text=text))
    cells = _cells_that_earn(grid, market, price, int(reason["cells"]))
    if not cells:
        words = tr("{text} With this money no number of lines earns anything.")
        return Remark(LINES, "block", words.format(text=text))
    words = tr("{text} At your fees this range holds at most {cells} cells, that is {lines} lines.")
    return _with_use(LINES, words.format(text=text, cells=cells, lines=cells + 1), str(cells + 1))


def _cells_that_earn(grid: Grid, market: Market, price: Decimal, most: int) -> int:
    """The largest number up to `most` at which nothing loses, rounding to the lot included; 0 if none is near."""
    cells = most
    for _ in range(_MOST_TRIES):
        if cells < 1:
            return 0
        if not _loses(grid.model_copy(update={"lines": cells + 1}), market, price):
            return cells
        cells = cells - 1 if cells > most - 4 else cells * 4 // 5
    return 0


def _step_that_earns(grid: Grid, market: Market, price: Decimal, least: Decimal) -> str:
    step = least
    for _ in range(_MOST_TRIES):
        if not _loses(grid.model_copy(update={"step_percent": step}), market, price):
            return fmt.plain(step)
        step = (step * Decimal("1.1") + _HUNDREDTH).quantize(_HUNDREDTH, ROUND_CEILING)
    return ""


def _loses(grid: Grid, market: Market, price: Decimal) -> bool:
    problems = make_grid_preview(grid, market, price).blocks
    return any(problem.reason.code != "grid_line_too_small" for problem in problems)


def _too_small(grid: Grid, market: Market, price: Decimal, exchange: str, reason: Said) -> Remark:
    unit, least = str(reason["unit"]), Decimal(reason["least"])
    is_coins = unit == market.base
    places = market.amount_step if is_coins else Decimal(1).scaleb(-fmt.currency_decimals(unit))
    enough = least.quantize(places, ROUND_CEILING)
    shown = f"{fmt.amount(enough, market.amount_step)} {unit}" if is_coins else fmt.money(enough, unit)
    text = tr("A line of {cost} is too small. {exchange} needs at least {least} a line for {pair}.").format(
        cost=fmt.money(Decimal(reason["cost"]), market.quote), exchange=exchange, least=shown, pair=market.symbol
    )
    if grid.volume_per_line is not None:
        return _with_use(VOLUME, text, fmt.plain(enough))
    return _with_use(INVESTMENT, text, _investment_that_does(grid, market, price))


def _investment_that_does(grid: Grid, market: Market, price: Decimal) -> str:
    """The round sum from which on no line is too small."""
    assert grid.investment is not None
    money = grid.investment
    for _ in range(_MOST_TRIES):
        tried = grid.model_copy(update={"investment": money})
        preview = make_grid_preview(tried, market, price)
        small = next((p.reason for p in preview.problems if p.reason.code == "grid_line_too_small"), None)
        if small is None:
            return fmt.plain(money)
        volume = preview.layout.volume if preview.layout is not None else money
        factor = Decimal(small["least"]) / volume if volume > 0 else Decimal(2)
        money = _rounded_up(money * max(factor, Decimal("1.01")))
    return ""


def _rounded_up(money: Decimal) -> Decimal:
    """To three figures: a sum that people would type."""
    return money.quantize(Decimal(1).scaleb(money.adjusted() - 2), ROUND_CEILING)


def _hint(problem: Problem, market: Market) -> Remark:
    reason, tick = problem.reason, market.price_tick
    path = problem.place

    def at(name: str) -> str:
        return fmt.price(Decimal(reason[name]), tick)

    match reason.code:
        case "grid_price_below":
            words = tr("The price {price} is below the range: the coins of all lines are bought at once, none lower.")
            text = words.format(price=at("price"))
        case "grid_price_above":
            words = tr("The price {price} is above the range: nothing trades until it falls to {upper}.")
            text = words.format(price=at("price"), upper=at("upper"))
        case "grid_beyond_stop":
            words = tr("The price {price} is beyond the stop at {stop}: the grid would not start.")
            text = words.format(price=at("price"), stop=at("stop"))
        case "grid_many_orders":
            words = tr("{orders} orders would rest at once; some exchanges allow {most}. Limit the lines at once.")
            text = words.format(orders=reason["orders"], most=reason["most"])
        case "grid_no_stop":
            path = STOP_BELOW
            words = tr("Without a stop you hold up to {coins} {coin} if the price falls below {lower}.")
            coins = fmt.amount(Decimal(reason["coins"]), market.amount_step)
            text = words.format(coins=coins, coin=market.base, lower=at("lower"))
        case _:
            text = " ".join([reason.code, *(f"{name}={value}" for name, value in reason.values)])
    return Remark(path, "block" if problem.is_block else "warning", text)


def _with_use(path: str, text: str, use: str) -> Remark:
    return Remark(path, "block", text, use, tr("Use {value}").format(value=use) if use else "")
