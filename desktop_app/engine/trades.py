"""Smart trades that a person places: they begin at once, or nothing of them stays."""

from typing import TYPE_CHECKING

from desktop_app.core.bot_file import read_bot_file
from desktop_app.core.ladder import Sizing
from desktop_app.core.market import ZERO
from desktop_app.core.preview import least_volume
from desktop_app.core.risk_reward import weigh
from desktop_app.core.settings import Settings
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.engine.problem import FAILED, BadBotFile, Problem, problem

if TYPE_CHECKING:
    from desktop_app.engine.bots import Bots
    from desktop_app.engine.desk import AccountDesk


async def place_trade(bots: "Bots", source: str | Settings, *, even_if_short: bool = False) -> int:
    """Add a smart trade and let it begin; nothing of it stays if it may not. Its id. Raises Problem.

    Its name makes it one: the same wish twice (a double click) is refused the second time.
    """
    settings = _read(source)
    bot_id = await bots.add(settings)
    try:
        desk = bots.desk_of(bots.row(bot_id))
        if desk.is_connected:
            _must_be_possible(desk, settings)
        await bots.start(bot_id, even_if_short=even_if_short)
    except Problem:
        await bots.remove(bot_id)
        raise
    return bot_id


def _read(source: str | Settings) -> SmartTradeSettings:
    if isinstance(source, str):
        read = read_bot_file(source)
        if read.settings is None:
            raise BadBotFile(tuple((found.place, found.reason) for found in read.problems))
        source = read.settings
    if not isinstance(source, SmartTradeSettings):
        raise problem("no_trade", kind=source.kind)
    return source


def _must_be_possible(desk: "AccountDesk", settings: SmartTradeSettings) -> None:
    """What can be known before the first order: it is large enough, and the coins to be sold are there."""
    market, tick = desk.markets.get(settings.pair), desk.last.get(settings.pair)
    if market is None or tick is None:
        return
    is_short = settings.direction.value == "short"
    base, quote = desk.balances.get(market.base), desk.balances.get(market.quote)
    coins = base.free if base is not None else ZERO
    free = coins * tick.price if is_short else quote.free if quote is not None else ZERO
    shown = weigh(settings, market, tick.price, Sizing(free=free))
    price = tick.price if settings.takes_over else shown.entry
    if market.is_too_small(shown.amount, price):
        cost, least = shown.amount * price, least_volume(market, price)
        raise problem("trade_too_small", pair=market.symbol, cost=cost, least=least, quote=market.quote)
    sells = settings.trade == "hold" or (is_short and not settings.takes_over)
    if sells and desk.balances and coins < shown.amount:
        raise problem(
            "trade_without_coins", FAILED, amount=shown.amount, coin=market.base, free=coins, account=desk.row.name
        )
