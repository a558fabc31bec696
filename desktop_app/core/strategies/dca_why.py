"""The one line that says why a DCA bot is not trading, or what it waits for."""

from decimal import Decimal

from desktop_app.core.deal import DealStatus
from desktop_app.core.events import PriceTick
from desktop_app.core.market import ZERO, Market
from desktop_app.core.order import Order, OrderType, Role
from desktop_app.core.said import Said, said
from desktop_app.core.strategies import dca_conditions, dca_open
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.dca_state import DcaDeal, DcaState, PairState


def why(
    settings: DcaSettings, market: Market | None, state: DcaState, symbol: str, at: int, price: Decimal | None
) -> Said:
    running = [deal for deal in state.deals if deal.deal.symbol == symbol]
    if running:
        return _of_deal(running[-1], state.pair(symbol), market)
    if state.is_stopped:
        return said("why_stopped_out")
    if dca_open.has_had_enough(settings, state):
        return said("why_had_enough", deals=state.deals_closed)
    if state.is_paused:
        return said("why_paused")
    pair = state.pair(symbol)
    if market is None or not dca_conditions.is_traded(settings, state, symbol):
        return said("why_no_market", pair=symbol)
    if price is None:
        return said("why_no_price", pair=symbol)
    if len(state.deals) >= settings.limits.max_active_deals:
        return said("why_max_deals", deals=len(state.deals))
    return _of_start(settings, market, state, pair, at, price)


def _of_start(settings: DcaSettings, market: Market, state: DcaState, pair: PairState, at: int, price: Decimal) -> Said:
    if settings.mirror is not None and not pair.is_asked:
        return said("why_mirrors", bot=settings.mirror.of)
    if settings.start.mode in ("signal", "manual") and not pair.is_asked:
        return said("why_waits_for_signal" if settings.start.mode == "signal" else "why_waits_for_you")
    if at < pair.opens_after and not pair.is_asked:
        return said("why_cooldown", seconds=(pair.opens_after - at + 999) // 1000)
    low, high = settings.limits.min_price, settings.limits.max_price
    if low is not None and price < low:
        return said("why_price_below", price=price, limit=low)
    if high is not None and price > high:
        return said("why_price_above", price=price, limit=high)
    if not dca_open.is_volume_allowed(settings, pair):
        least = settings.limits.min_quote_volume_24h or ZERO
        return said("why_volume", volume=pair.volume_24h if pair.volume_24h is not None else "—", limit=least)
    if (missing := dca_conditions.missing(settings, pair)) is not None:
        return missing
    if not dca_open.is_within_budget(settings, state, pair, market, price):
        most = settings.limits.max_funds or ZERO
        return said("why_budget", used=dca_open.in_deals(state), limit=most)
    tick = PriceTick(pair.symbol, price, at)
    amount, base_price = dca_open.base_order(
        settings, market, tick, dca_open.sizing(settings, state, pair, market, price)
    )
    if market.is_too_small(amount, base_price):
        return said("why_base_too_small", cost=amount * base_price, least=market.min_cost)
    return said("why_opens_next")


def _of_deal(deal: DcaDeal, pair: PairState, market: Market | None) -> Said:
    if deal.ending is not None:
        refused = [order for order in deal.deal.orders if order.reason and order.type is OrderType.MARKET]
        return (
            said("why_close_retried", reason=refused[-1].reason) if deal.refusals and refused else said("why_closing")
        )
    if not deal.has_base:
        return said("why_opening")
    if deal.deal.status is DealStatus.TRAILING:
        return said("why_trailing", level=deal.deal.take_profits[-1] if deal.deal.take_profits else ZERO)
    rungs = [order for order in deal.live(Role.SAFETY) if order.price is not None]
    exits = deal.deal.take_profits
    if exits and rungs:
        rung = min(rungs, key=lambda order: abs(_price(order) - deal.last))
        return said("why_waits_tp_or_so", take_profit=exits[0], index=rung.index, safety=_price(rung))
    if exits:
        return said("why_waits_tp", take_profit=exits[0])
    if rungs:
        return said("why_waits_so", index=rungs[0].index, safety=_price(rungs[0]))
    signal = dca_conditions.why_not_closed(deal, pair, market) if market is not None else None
    if signal is not None:
        return signal
    if deal.settings.take_profit.targets:
        return said("why_tp_too_small")
    return said("why_waits_for_close")


def _price(order: Order) -> Decimal:
    return order.price if order.price is not None else ZERO
