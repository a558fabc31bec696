"""What stays on the exchanges and what stops when the application is closed."""

from collections.abc import Iterable
from dataclasses import dataclass

from desktop_app.core.deal import Deal, DealStatus
from desktop_app.core.order import Order, OrderStatus, Role
from desktop_app.core.said import Said, said
from desktop_app.engine.desk import AccountDesk
from desktop_app.engine.telling import deal_view
from desktop_app.engine.views import DealView


@dataclass(frozen=True, slots=True)
class QuitDeal:
    """`stays` rests on the exchange and works on; `stops` is what only this program does."""

    view: DealView
    stays: tuple[Order, ...]
    stops: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class QuitAccount:
    """`bots` are at work now. On a simulated account time itself stops, so nothing of it works on."""

    account: str
    mode: str
    is_simulated: bool
    bots: tuple[str, ...]
    deals: tuple[QuitDeal, ...]
    stops: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class QuitSummary:
    accounts: tuple[QuitAccount, ...]

    @property
    def bots(self) -> int:
        return sum(len(account.bots) for account in self.accounts)

    @property
    def orders(self) -> int:
        return sum(len(deal.stays) for account in self.accounts for deal in account.deals)


def quit_summary(desks: Iterable[AccountDesk]) -> QuitSummary:
    """Only accounts on which a bot is at work."""
    return QuitSummary(tuple(account for desk in desks if (account := _of_account(desk)).bots))


def _of_account(desk: AccountDesk) -> QuitAccount:
    runners = [runner for runner in desk.runners.values() if runner.is_running and not runner.is_held]
    is_simulated = desk.exchange.is_simulated
    deals = tuple(
        _of_deal(deal_view(desk, runner, deal)) for runner in runners for deal in runner.ledger.deals.values()
    )
    opens = any(runner.row.is_wanted and runner.row.status == "running" for runner in runners)
    stops: tuple[Said, ...] = (said("quit_stops_new_deals"),) if opens else ()
    if is_simulated:
        stops += (said("quit_stops_simulation"),)
    return QuitAccount(
        desk.row.name, desk.mode, is_simulated, tuple(runner.row.name for runner in runners), deals, stops
    )


def _of_deal(view: DealView) -> QuitDeal:
    deal = view.deal
    resting = tuple(order for order in deal.live_orders if order.status is not OrderStatus.CANCELING)
    return QuitDeal(view, resting, _stops(deal, resting))


def _stops(deal: Deal, resting: tuple[Order, ...]) -> tuple[Said, ...]:
    stops: list[Said] = []
    if deal.grid is not None:
        stops.append(said("quit_stops_grid"))
    left = deal.safety_total - deal.safety_filled - sum(order.role is Role.SAFETY for order in resting)
    if left > 0:
        stops.append(said("quit_stops_safety", count=left))
    if any(order.role is Role.TAKE_PROFIT for order in resting):
        stops.append(said("quit_stops_take_profit"))
    elif deal.take_profits:
        stops.append(said("quit_stops_no_take_profit"))
    if deal.status is DealStatus.TRAILING:
        stops.append(said("quit_stops_trailing"))
    if deal.stop_loss is not None:
        if not any(order.role is Role.STOP_LOSS for order in resting):
            stops.append(said("quit_stops_stop_loss", price=deal.stop_loss))
    else:
        stops.append(said("quit_stops_no_stop_loss"))
    return tuple(stops)
