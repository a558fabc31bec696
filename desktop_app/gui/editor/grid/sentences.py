"""What a grid will do, in the sentences that people read before any money moves."""

from decimal import Decimal

from desktop_app.core.grid_lines import Layout
from desktop_app.core.market import HUNDRED, Market
from desktop_app.core.strategies.grid_settings import Grid, GridStop
from desktop_app.gui import fmt
from desktop_app.gui.editor.grid.picture import GridPicture
from desktop_app.gui.editor.sentences import free_sentence, order_sentence
from desktop_app.gui.editor.situation import Situation
from desktop_app.gui.i18n import is_chinese, tr


def money_sentence(picture: GridPicture) -> str:
    """The sentence under the form: what is bought now, what waits where, and what a cell earns."""
    settings, market, layout = picture.settings, picture.market, picture.layout
    if settings is None:
        return tr("Some fields need your attention before this can be worked out.")
    if market is None or picture.price is None:
        return tr("Waits for the first price of {pair}.").format(pair=settings.pairs[0])
    if layout is None:
        return tr("These lines cannot be laid out.")
    first = _begins(picture, settings.grid, market).format(
        amount=fmt.amount(layout.balancing, market.amount_step), coin=market.base,
        cost=fmt.money(layout.balancing_cost, market.quote),
    )  # fmt: skip
    waits = waits_words(picture)
    comma, stop = ("，", "。") if is_chinese() else (", ", ".")
    parts = [first, waits] if layout.balancing else [_capital(waits)]
    earns = profit_words(picture)
    if earns:
        is_losing = picture.preview is not None and picture.preview.least is not None and picture.preview.least.net <= 0
        words = tr("a cell comes to {profit} after fees") if is_losing else tr("each cell earns {profit} after fees")
        parts.append(words.format(profit=earns))
    return f"{comma.join(parts)}{stop}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _begins(picture: GridPicture, grid: Grid, market: Market) -> str:
    if picture.is_running:
        return tr("Once changed, buys {amount} {coin} more for about {cost}")
    if grid.start_price is None:
        return tr("Buys {amount} {coin} now for about {cost}")
    at = fmt.price(grid.start_price, market.price_tick)
    return tr("Buys {amount} {coin} at {price} for about {cost}").replace("{price}", at)


def waits_words(picture: GridPicture) -> str:
    """`waits with 20 orders (8 buys, 12 sells) between 60,000.00 and 70,000.00`"""
    settings, market, layout = picture.settings, picture.market, picture.layout
    assert settings is not None and market is not None and layout is not None
    words = tr("waits with {orders} between {lower} and {upper}")
    if settings.grid.is_infinite:
        words = tr("waits with {orders} from {lower} upwards")
    return words.format(
        orders=order_words(layout, settings.grid),
        lower=fmt.price(layout.lines[0].price, market.price_tick),
        upper=fmt.price(layout.lines[-1].price, market.price_tick),
    )


def order_words(layout: Layout, grid: Grid) -> str:
    """`20 orders (8 buys, 12 sells)`: those that rest at once."""
    buys, sells = resting(layout, grid)
    words = tr("{orders} orders ({buys} buys, {sells} sells)")
    return words.format(orders=fmt.whole(buys + sells), buys=fmt.whole(buys), sells=fmt.whole(sells))


def resting(layout: Layout, grid: Grid) -> tuple[int, int]:
    """How many buy and sell lines rest at once."""
    buys, sells = len(layout.buys), len(layout.sells)
    return min(buys, grid.max_active_buy_lines or buys), min(sells, grid.max_active_sell_lines or sells)


def profit_words(picture: GridPicture) -> str:
    """`0.28–0.30 USDT`, or one number where all cells earn the same; empty while nothing is known."""
    preview, market = picture.preview, picture.market
    if preview is None or market is None or preview.least is None or preview.most is None:
        return ""
    low, high = sorted((preview.least.net, preview.most.net))
    return span(_fine(low, market.quote), _fine(high, market.quote), market.quote)


def _fine(net: Decimal, quote: str) -> str:
    """A cell may earn less than the currency's smallest coin: two figures that mean something are always shown."""
    places = max(fmt.currency_decimals(quote), 1 - net.adjusted() if net else 0)
    return fmt.price(net, Decimal(1).scaleb(-places))


def span(low: str, high: str, unit: str) -> str:
    return f"{low} {unit}" if low == high else f"{_between(low, high)} {unit}"


def _between(low: str, high: str) -> str:
    """A dash between two numbers reads badly beside a minus sign."""
    return tr("{low} to {high}").format(low=low, high=high) if low.startswith(fmt.MINUS) else f"{low}–{high}"


def percent_span(low: Decimal, high: Decimal) -> str:
    low, high = min(low, high), max(low, high)
    first, last = fmt.percent(low, sign=False), fmt.percent(high, sign=False)
    return first if first == last else _between(first.removesuffix(" %"), last)


def cells_words(picture: GridPicture) -> str:
    """How many cells the range holds before one of them loses to the fees."""
    settings, preview = picture.settings, picture.preview
    if settings is None or preview is None or preview.most_cells is None:
        return ""
    cells = fmt.whole(preview.most_cells)
    if preview.most_cells < 1:
        return tr("At your fees this range is too narrow for a grid.")
    if settings.grid.spacing == "arithmetic":
        return tr("At your fees this range holds at most {cells} cells; with more, the top cell loses.").format(
            cells=cells
        )
    return tr("At your fees this range holds at most {cells} cells; with more, every cell loses.").format(cells=cells)


def step_words(picture: GridPicture) -> str:
    """`step 500.00 = 0.72–0.83 % − fees 2 × 0.10 %`"""
    settings, market, preview, layout = picture.settings, picture.market, picture.preview, picture.layout
    if settings is None or market is None or layout is None or preview is None:
        return ""
    if preview.least is None or preview.most is None:
        return ""
    steps = percent_span(preview.least.step_percent, preview.most.step_percent)
    fee = fmt.percent(market.maker_fee * HUNDRED, sign=False)
    if settings.grid.spacing == "geometric":
        return tr("step {steps} − fees 2 × {fee}").format(steps=steps, fee=fee)
    step = layout.lines[1].price - layout.lines[0].price
    words = tr("step {step} = {steps} − fees 2 × {fee}")
    return words.format(step=fmt.price(step, market.price_tick), steps=steps, fee=fee)


def start_words(picture: GridPicture) -> str:
    """`buys 0.00948 BTC at market, about 608.72 USDT, then places 20 orders (8 buys, 12 sells); keeps 1.02 USDT`"""
    settings, market, layout = picture.settings, picture.market, picture.layout
    if settings is None or market is None or layout is None:
        return ""
    orders = order_words(layout, settings.grid)
    if layout.balancing:
        words = tr("Buys {amount} {coin} at market, about {cost}, then places {orders}.")
    else:
        words = tr("Places {orders}; nothing has to be bought first.")
    text = words.format(
        amount=fmt.amount(layout.balancing, market.amount_step), coin=market.base,
        cost=fmt.money(layout.balancing_cost, market.quote), orders=orders,
    )  # fmt: skip
    if layout.spare > 0 and not picture.is_running:  # else a part of it are the coins that are there
        kept = tr("Keeps {spare} for rounding and fees.").format(spare=fmt.money(layout.spare, market.quote))
        text = f"{text} {kept}" if not is_chinese() else f"{text}{kept}"
    return text


def line_words(picture: GridPicture) -> str:
    """What one line trades: `0.00079 BTC`, or money for a grid of equal money."""
    settings, market, layout = picture.settings, picture.market, picture.layout
    if settings is None or market is None or layout is None:
        return ""
    if settings.grid.volume_unit == "base":
        return f"{fmt.amount(layout.volume, market.amount_step)} {market.base}"
    amounts = sorted(line.amount for line in layout.lines if line.side is not None)
    first, last = (fmt.amount(amount, market.amount_step) for amount in (amounts[0], amounts[-1]))
    return f"{fmt.money(layout.volume, market.quote)} ({span(first, last, market.base)})"


def below_words(picture: GridPicture) -> str:
    """What a fall out of the range means."""
    settings, market, layout = picture.settings, picture.market, picture.layout
    if settings is None or market is None or layout is None:
        return ""
    stop = settings.grid.stop_below
    coins = fmt.amount(layout.most_coins, market.amount_step)
    words = tr("You hold up to {coins} {coin}; no earnings until the price returns.")
    text = words.format(coins=coins, coin=market.base)
    if settings.grid.trailing_down or settings.grid.expand_down_to is not None:
        text = tr("The grid follows down and buys more: you hold {coins} {coin} and more.").format(
            coins=coins, coin=market.base
        )
    return text if stop is None else f"{text} {stop_words(stop, market)}"


def above_words(picture: GridPicture) -> str:
    """What a rise out of the range means."""
    settings, market = picture.settings, picture.market
    if settings is None or market is None:
        return ""
    grid = settings.grid
    if grid.is_infinite:
        text = tr("There is no end above: it sells a little at every step.")
    elif grid.trailing_up:
        text = tr("The grid follows: the lowest line moves up, and a line of coins is bought there.")
    elif grid.expand_up_to is not None:
        text = tr("Lines are added up to {price}.").format(price=fmt.price(grid.expand_up_to, market.price_tick))
    else:
        text = tr("Everything is sold; the grid waits until the price returns.")
    return text if grid.stop_above is None else f"{text} {stop_words(grid.stop_above, market)}"


def stop_words(stop: GridStop, market: Market) -> str:
    price = fmt.price(stop.price, market.price_tick)
    match stop.then:
        case "stop":
            return tr("At {price} it stops and keeps the coins.").format(price=price)
        case "stop_and_sell":
            return tr("At {price} it stops and sells all coins.").format(price=price)
        case _:
            return tr("At {price} it stops and buys with all its money.").format(price=price)


def start_lines(picture: GridPicture, around: Situation) -> tuple[str, ...]:
    """The lines of the start confirmation; the money sentence is the first."""
    settings, market, layout = picture.settings, picture.market, picture.layout
    assert settings is not None and market is not None and layout is not None
    lines = [order_sentence(fmt.money(layout.funds, market.quote), around)]
    if around.is_live and picture.cover is not None:
        lines.append(free_sentence(picture.cover.needed, market.quote, around))
    if settings.grid.start_price is not None:
        at = fmt.price(settings.grid.start_price, market.price_tick)
        lines.append(tr("Waits until the price is at {price}.").format(price=at))
    if layout.balancing:
        words = tr("First: buy {amount} {coin} for about {cost} at about {price} (market), for the sell lines.")
        lines.append(
            words.format(
                amount=fmt.amount(layout.balancing, market.amount_step), coin=market.base,
                cost=fmt.money(layout.balancing_cost, market.quote),
                price=fmt.price(picture.price, market.price_tick),
            )
        )  # fmt: skip
    words = tr("Then it {waits}, again and again.")
    lines.append(words.format(waits=waits_words(picture)))
    lines.append(tr("Each cell earns {profit} after fees.").format(profit=profit_words(picture)))
    lower = fmt.price(layout.lines[0].price, market.price_tick)
    lines.append(tr("Below {price}: {words}").format(price=lower, words=below_words(picture)))
    lines.append(tr("The bot works only while this app is running."))
    return tuple(lines)
