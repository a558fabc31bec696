"""Turns what was decided and done into news, after the fact and off the way of orders."""

import json
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from desktop_app.core.commands import Command, PlaceOrder
from desktop_app.core.deal import Deal
from desktop_app.core.events import Event, OrderAccepted, OrderCanceled, OrderFilled, OrderRejected
from desktop_app.core.market import ZERO
from desktop_app.core.order import Order
from desktop_app.core.rights import judge
from desktop_app.core.said import Said, said
from desktop_app.core.settings import Settings
from desktop_app.core.strategy import KeepsDealSettings
from desktop_app.engine.ledger import Changes
from desktop_app.engine.news import (
    DealNews,
    FillNews,
    HappenedNews,
    LogNews,
    OrderNews,
    TimelineNews,
)
from desktop_app.engine.portfolio import still_needed, used
from desktop_app.engine.shapes import Desk, Runner
from desktop_app.engine.views import UNTOLD, AccountView, BotView, DealView
from desktop_app.exchange.live_config import KeyMark

if TYPE_CHECKING:
    from desktop_app.exchange.protocol import TradeReport

_EVENT_NAMES: dict[type, str] = {
    OrderAccepted: "order_accepted",
    OrderCanceled: "order_cancelled",
    OrderRejected: "order_rejected",
    OrderFilled: "order_filled",
}


def tell_decision(
    desk: Desk, runner: Runner, event: Event, changes: Changes, commands: tuple[Command, ...], at: int
) -> None:
    """Everything that one decision means to listeners, causes before effects; `at`: when it was written down."""
    orders = {order.client_id: (number, order) for number, order in changes.orders}
    _tell_event(desk, runner, event, orders, at)
    for deal in changes.opened:
        _tell_deal(desk, runner, "deal_opened", deal, at)
    for command in commands:
        if isinstance(command, PlaceOrder):
            tell_order(desk, runner, "order_intended", command.deal, command.order)
    for number, client_id, fill in changes.fills:
        if client_id in orders:
            order = orders[client_id][1]
            desk.bus.publish(FillNews(runner.bot_id, number, client_id, fill, order.role, desk.row.name, order.symbol))
    for number, order in changes.orders:
        desk.bus.publish(OrderNews(runner.bot_id, number, order, desk.row.name))
    for number, told, is_problem in changes.tells:
        desk.bus.publish(TimelineNews(runner.bot_id, number, at, told, is_problem))
        level = "warning" if is_problem else "info"
        desk.bus.publish(LogNews(at, level, desk.row.name, runner.row.name, number, told.code, told))
    for deal in changes.deals:
        desk.bus.publish(DealNews(runner.bot_id, deal_view(desk, runner, deal)))
    for deal in changes.closed:
        _tell_deal(desk, runner, "deal_closed", deal, at)


def tell_order(
    desk: Desk, runner: Runner, event: str, deal: int, order: Order, *, reason: str = "", at: int = 0
) -> None:
    desk.bus.publish(
        HappenedNews(
            at=at or desk.exchange.now(),
            event=event,
            account=desk.row.name,
            bot=runner.row.name,
            bot_id=runner.bot_id,
            deal=deal,
            client_id=order.client_id,
            exchange_id=order.exchange_id,
            pair=order.symbol,
            role=order.role.value,
            side=order.side.value,
            price="" if order.price is None else str(order.price),
            amount=str(order.amount),
            status=order.status.value,
            reason=reason or order.reason,
        )
    )
    if event == "order_unknown":
        market = desk.markets.get(order.symbol)
        base = market.base if market is not None else order.symbol
        told = said("order_in_doubt", side=order.side.value, amount=order.amount, base=base)
        desk.bus.publish(LogNews(desk.exchange.now(), "warning", desk.row.name, runner.row.name, deal, event, told))


def tell_bot(desk: Desk, bot_id: int, name: str, event: str, why: Said) -> None:
    at = desk.exchange.now() if desk.is_connected else desk.clock()
    desk.bus.publish(HappenedNews(at, event, account=desk.row.name, bot=name, bot_id=bot_id, reason=why.code))
    level = "error" if why.code.startswith("why_held") else "info"
    desk.bus.publish(LogNews(at, level, desk.row.name, name, 0, event, why))


def deal_view(desk: Desk, runner: Runner, deal: Deal) -> DealView:
    """The deal with what it is worth at the last price, less the fee that selling would cost."""
    tick = desk.last.get(deal.symbol)
    market = desk.markets.get(deal.symbol)
    last = tick.price if tick is not None else None
    worth = deal.unrealised(last, market.taker_fee) if last is not None and market is not None else None
    if deal.status.is_over:
        worth = None
    settings = _deal_settings(runner, deal.number)
    return DealView(runner.bot_id, runner.row.name, desk.row.name, deal, last, worth, desk.mode, settings)


def _deal_settings(runner: Runner, number: int) -> str:
    bot = runner.bot
    settings = bot.deal_settings(runner.state, number) if isinstance(bot, KeepsDealSettings) else None
    return _json_of(settings) if settings is not None else ""


@lru_cache(maxsize=1024)
def _json_of(settings: Settings) -> str:
    """Prices tell of deals many times a second, their settings hardly ever change."""
    return settings.model_dump_json()


def bot_view(desk: Desk, runner: Runner) -> BotView:
    """The bot as it stands, in numbers and in one sentence."""
    row = runner.row
    deals = tuple(runner.ledger.deals.values())
    tally = desk.tallies.get(row.bot_id)
    now = desk.exchange.now()
    spent = used(deals)
    return BotView(
        bot_id=row.bot_id,
        name=row.name,
        kind=row.kind,
        account=desk.row.name,
        pairs=runner.symbols,
        status=row.status,
        why=why_of(desk, runner),
        deals_open=len(deals),
        deals_max=deals_max(row.settings_json),
        profit=tally.profit + sum((deal.profit for deal in deals), ZERO),
        profit_today=tally.profit_today(now),
        funds_used=spent,
        funds_max=spent + needed_by(desk, runner),
        started_at=runner.started_at,
        version=row.version,
        settings_json=row.settings_json,
        mode=desk.mode,
        deals_closed=tally.deals_closed,
    )


def needed_by(desk: Desk, runner: Runner) -> Decimal:
    """Quote that the bot may still come to need beyond what rests on the exchange."""
    if runner.state is None:
        return ZERO
    prices = tuple((symbol, desk.last[symbol].price) for symbol in runner.symbols if symbol in desk.last)
    known = runner.needed
    if known is not None and known[0] is runner.state and _are_near(known[1], prices):
        return known[2]
    with_deal = {deal.symbol for deal in runner.ledger.deals.values()}
    by_pair = [
        (runner.bot.funds_needed(runner.state, symbol, price), symbol in with_deal)
        for symbol, price in prices
        if symbol in desk.markets
    ]
    needed = still_needed(by_pair, deals_max(runner.row.settings_json))
    most = _most_funds(runner.row.settings_json)
    if most is not None:
        needed = min(needed, max(ZERO, most - used(runner.ledger.deals.values())))
    runner.needed = (runner.state, prices, needed)
    return needed


def _are_near(before: tuple[tuple[str, Decimal], ...], now: tuple[tuple[str, Decimal], ...]) -> bool:
    """The same pairs, and no price that would change what people read of the funds."""
    if before is now or len(before) != len(now):
        return before is now
    moves = zip(before, now, strict=True)
    return all(ours[0] == theirs[0] and abs(ours[1] - theirs[1]) * 500 <= ours[1] for ours, theirs in moves)


def why_of(desk: Desk, runner: Runner) -> Said:
    """The account's trouble first, then the bot's own words; of many pairs the one with a deal speaks."""
    if runner.is_held or runner.bot_id in desk.held:
        return desk.held.get(runner.bot_id, said("why_held_error", error="—"))
    if runner.bot_id in desk.halt.bots:
        return said("why_stopped_by_panic")
    if not runner.is_running or runner.state is None:
        return said("why_bot_stopped")
    link = desk.link
    if not link.is_connected:
        return said("why_waits_for_account", account=desk.row.name, reason=link.reason)
    if not link.is_reconciled:
        return said("why_waits_for_check", account=desk.row.name)
    if not link.is_live_feed:
        return said("why_waits_for_prices", account=desk.row.name, reason=link.reason)
    waits_for = desk.frozen or desk.departures.why(runner.bot_id) or desk.why_pairs_rest(runner)
    waits_for = waits_for or desk.room.why(runner)
    if waits_for is not None:
        return waits_for
    with_deal = [deal.symbol for deal in runner.ledger.deals.values()]
    symbol = with_deal[-1] if with_deal else next(iter(runner.symbols), None)
    if symbol is None:
        return said("why_list_is_empty")
    tick = desk.last.get(symbol)
    return runner.bot.why(runner.state, symbol, desk.exchange.now(), tick.price if tick is not None else None)


def deals_max(settings_json: str) -> int:
    """How many deals the settings allow at once; kinds that do not say have one."""
    limits = json.loads(settings_json).get("limits")
    return int(limits.get("max_active_deals", 1)) if isinstance(limits, dict) else 1


def _most_funds(settings_json: str) -> Decimal | None:
    """What the settings let all deals together have."""
    limits = json.loads(settings_json).get("limits")
    most = limits.get("max_funds") if isinstance(limits, dict) else None
    return Decimal(str(most)) if most is not None else None


def account_view(desk: Desk) -> AccountView:
    link, key, mark = desk.link, desk.key, desk.mark
    rights = mark.rights if mark is not None else UNTOLD
    verdict, reasons = judge(rights, desk.clock()) if mark is not None and mark.checked_at else (None, ())
    if 0 < desk.remind_at <= desk.clock() and rights.ip_restricted is False:
        reasons = (*reasons, said("key_reminder"))
    return AccountView(
        name=desk.row.name,
        exchange=desk.row.exchange,
        is_simulated=desk.exchange.is_simulated,
        is_paper=desk.row.is_paper,
        may_trade=desk.may_trade,
        is_live_feed=link.is_connected and link.is_live_feed,
        speed=desk.speed,
        clock_at=desk.exchange.now() if link.is_connected else desk.clock(),
        account_id=desk.row.account_id,
        reason=link.reason,
        since=link.since,
        is_reconciled=link.is_reconciled,
        is_connected=link.is_connected,
        key_tail=mark.tail if mark is not None else "",
        key_state=_key_state(key.state, mark),
        key_remedy=key.remedy,
        rights=rights,
        verdict=verdict.value if verdict is not None else "",
        reasons=reasons,
        checked_at=mark.checked_at if mark is not None else 0,
        clock_offset_ms=key.clock_offset_ms,
        frozen=desk.frozen,
        address=desk.address,
        limits_json=desk.row.limits_json,
    )


def _key_state(trouble: str, mark: KeyMark | None) -> str:
    if mark is None:
        return "none"
    return trouble or ("session" if mark.session_only else "ok")


def tell_late_fill(trade: "TradeReport", *, is_taken: bool = False) -> Said:
    code = "late_fill_taken" if is_taken else "late_fill"
    return said(code, amount=trade.fill.amount, base=trade.symbol.partition("/")[0])


def tell_problem(desk: Desk, runner: Runner, deal: int, told: Said, level: str = "error") -> None:
    """A line in the log that somebody should read."""
    at, name = desk.exchange.now(), desk.row.name
    desk.bus.publish(LogNews(at, level, name, runner.row.name, deal, told.code, told))


def _tell_event(desk: Desk, runner: Runner, event: Event, orders: dict[str, tuple[int, Order]], at: int) -> None:
    name = _EVENT_NAMES.get(type(event))
    if name is None or not isinstance(event, OrderAccepted | OrderCanceled | OrderRejected | OrderFilled):
        return
    found = orders.get(event.client_id)
    if found is None:
        return
    number, order = found
    reason = event.reason if isinstance(event, OrderCanceled | OrderRejected) else ""
    if isinstance(event, OrderFilled):
        desk.bus.publish(
            HappenedNews(
                at=event.at,
                event=name,
                account=desk.row.name,
                bot=runner.row.name,
                bot_id=runner.bot_id,
                deal=number,
                client_id=order.client_id,
                exchange_id=order.exchange_id,
                pair=order.symbol,
                role=order.role.value,
                side=order.side.value,
                price=str(event.fill.price),
                amount=str(event.fill.amount),
                fee=str(event.fill.fee),
                trade_id=event.fill.trade_id,
                status=order.status.value,
            )
        )
    else:
        tell_order(desk, runner, name, number, order, reason=reason, at=at)


def _tell_deal(desk: Desk, runner: Runner, event: str, deal: Deal, at: int) -> None:
    desk.bus.publish(
        HappenedNews(
            at=at,
            event=event,
            account=desk.row.name,
            bot=runner.row.name,
            bot_id=runner.bot_id,
            deal=deal.number,
            pair=deal.symbol,
            status=deal.status.value,
        )
    )
