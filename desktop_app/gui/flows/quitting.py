"""Before the application closes: what stays on the exchange, and what stops because it lives here."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop_app.core.market import Market
from desktop_app.core.order import Order, Role, Side
from desktop_app.gui import dialogs, fmt, wording
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.dialogs import Choice, body_lines
from desktop_app.gui.i18n import tr
from desktop_app.gui.notices import Badge

if TYPE_CHECKING:
    from desktop_app.engine.quitting import QuitAccount, QuitDeal, QuitSummary

_MOST_DEALS = 5
_MOST_LINES = 3  # of a grid's side that are told one by one
_PLAIN_MARKET = Market("", "", "")


Answer = Literal["quit", "hide", "minimise"]


async def ask_to_quit(window: QWidget, bridge: Bridge, *, has_tray: bool) -> Answer | None:
    """Ask, if bots are at work; the answer that changes nothing is the default, and None."""
    if not bridge.is_attached:
        return "quit"
    summary = await bridge.ask(bridge.wishes.quit_summary())
    if not summary.bots:
        return "quit"
    title = tr("Quit while {count} bots are running?").format(count=summary.bots)
    if summary.bots == 1:
        title = tr("Quit while 1 bot is running?")
    lines = [head_line(summary)]
    stay = Choice("hide", tr("Keep running in the tray"))
    if not has_tray:
        # Without a tray nobody would find a hidden window again.
        lines.append(tr("This desktop shows no tray icons. A minimised window keeps the bots running, too."))
        stay = Choice("minimise", tr("Minimise, keep running"))
    actions = [stay, Choice("quit", tr("Quit anyway"), is_danger=True)]
    answer = await dialogs.ask_action(window, title, lines, actions, no=tr("Cancel"), body=_body(summary, bridge))
    return cast("Answer | None", answer)


def head_line(summary: "QuitSummary") -> str:
    """ "2 bots stop while the app is closed. 3 orders stay on the exchange." """
    orders = tr("{orders} orders stay on the exchange.").format(orders=summary.orders)
    if all(account.is_simulated for account in summary.accounts):
        orders = tr("{orders} orders wait until the next start.").format(orders=summary.orders)
    bots = tr("{bots} bots stop while the app is closed.").format(bots=summary.bots)
    if summary.bots == 1:
        bots = tr("1 bot stops while the app is closed.")
    return f"{bots} {orders}"


def _body(summary: "QuitSummary", bridge: Bridge) -> QWidget:
    body = QWidget()
    column = QVBoxLayout(body)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(8)
    for account in summary.accounts:
        head = QHBoxLayout()
        head.addWidget(Badge("live" if account.mode == "live" else "paper"))
        words = tr("{account} — 1 open deal") if len(account.deals) == 1 else tr("{account} — {count} open deals")
        name = QLabel(words.format(account=account.account, count=len(account.deals)))
        name.setTextFormat(Qt.TextFormat.PlainText)
        name.setProperty("role", "title")
        head.addWidget(name, 1)
        column.addLayout(head)
        for deal in account.deals[:_MOST_DEALS]:
            column.addWidget(body_lines(_of_deal(deal, account, bridge)))
        if len(account.deals) > _MOST_DEALS:
            column.addWidget(QLabel(tr("and {count} more deals").format(count=len(account.deals) - _MOST_DEALS)))
        if account.stops:
            stops = _joined([wording.sentence(said) for said in account.stops])
            column.addWidget(body_lines([(tr("Stops on this account"), stops)]))
    return body


def _of_deal(deal: "QuitDeal", account: "QuitAccount", bridge: Bridge) -> list[tuple[str, str]]:
    view = deal.view
    market = bridge.known.market(view.account, view.deal.symbol) or _PLAIN_MARKET
    lines = [order for order in deal.stays if order.role is Role.GRID]
    stays = [_order_words(order, market) for order in deal.stays if order not in lines]
    for side in Side:
        stays += _line_words([order for order in lines if order.side is side], market)
    name = tr("{bot} #{number} · {pair}").format(bot=view.bot_name, number=view.deal.number, pair=view.deal.symbol)
    where = tr("Waits until the next start") if account.is_simulated else tr("Stays on the exchange")
    stops = [wording.sentence(said, market) for said in deal.stops]
    return [
        (tr("Deal"), name),
        (where, "\n".join(stays) if stays else tr("nothing")),
        (tr("Stops working"), _joined(stops) if stops else tr("nothing")),
    ]


def _order_words(order: Order, market: Market) -> str:
    return tr("{purpose} · {side} {amount} {base} at {price}").format(
        purpose=wording.purpose(order),
        side=wording.side(order.side).lower(),
        amount=fmt.amount(order.remaining, market.amount_step),
        base=market.base,
        price=fmt.price(order.price, market.price_tick) if order.price is not None else tr("market"),
    )


def _line_words(lines: list[Order], market: Market) -> list[str]:
    """The lines of a grid on one side: in one line of text where they are many."""
    prices = [order.price for order in lines if order.price is not None]
    if len(prices) <= _MOST_LINES:
        return [_order_words(order, market) for order in lines]
    is_buy = lines[0].side is Side.BUY
    words = tr("{count} grid lines buy, {low} to {high}") if is_buy else tr("{count} grid lines sell, {low} to {high}")
    low, high = (fmt.price(price, market.price_tick) for price in (min(prices), max(prices)))
    return [words.format(count=len(prices), low=low, high=high)]


def _joined(parts: Sequence[str]) -> str:
    return "\n".join(parts)
