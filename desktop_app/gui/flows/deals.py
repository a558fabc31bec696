"""What a person does to a deal: every number is said before anything is sent."""

from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtWidgets import QWidget

from desktop_app.core.deal import Direction
from desktop_app.core.events import AddFunds, CancelDeal, CloseDeal
from desktop_app.core.market import ONE, ZERO, Market
from desktop_app.core.order import OrderType
from desktop_app.engine.problem import Problem
from desktop_app.engine.views import DealView
from desktop_app.gui import dialogs, fmt, outlook, wording
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.flows.add_funds import AddFundsForm
from desktop_app.gui.flows.grid_funds import GridFundsForm
from desktop_app.gui.i18n import tr
from desktop_app.gui.money_words import with_mode
from desktop_app.gui.notices import BadgeKind, Toasts

_GUARD = Decimal("0.005")  # a price that moved further while somebody was deciding is asked about again


class DealFlows:
    """Close, stop managing, add funds; each awaited to its end."""

    def __init__(self, window: QWidget, bridge: Bridge, toasts: Toasts) -> None:
        self._window, self._bridge, self._toasts = window, bridge, toasts

    async def close(self, deal_ids: Sequence[str]) -> None:
        """Exit at market, once the numbers were agreed to."""
        note = ""
        while True:
            before = self._closable(deal_ids)
            if not before:
                self._toasts.show("warning", tr("Nothing to sell: the deal holds no coins, or its price is unknown."))
                return
            if not await self._asked_to_close(before, note):
                return
            after = self._closable(deal_ids)
            if not any(_has_moved(view, after) for view, _ in before):
                break
            note = tr("The price moved while you decided. These are the numbers now.")
        await self._all([(view, CloseDeal(view.deal.number)) for view, _ in before])

    async def stop_managing(self, deal_ids: Sequence[str]) -> None:
        """Cancel the orders, keep the coins."""
        found = [(view, market) for view, market in self._views(deal_ids) if not view.deal.status.is_over]
        if not found:
            return
        if len(found) == 1 and not found[0][0].deal.held:
            await self._call_off(*found[0])
            return
        lines = []
        for view, market in found:
            values = {"amount": fmt.amount(view.deal.held, market.amount_step), "base": market.base}
            lines.append(tr("{amount} {base} stay in your account; this app will not sell them.").format(**values))
        orders = sum(len(view.deal.live_orders) for view, _ in found)
        lines.append(tr("{count} open orders are cancelled, the take profit too.").format(count=orders))
        lines.append(tr("From then on you sell them yourself, when you want to."))
        view = found[0][0]
        title = tr("Stop managing {count} deals?").format(count=len(found))
        if len(found) == 1:
            title = tr("Stop managing deal #{number}?").format(number=view.deal.number)
        badge = _badge(found)
        is_agreed = await dialogs.confirmed(
            self._window, title, lines, yes=with_mode(tr("Keep the coins"), badge), no=tr("Keep managing"),
            level=2, badge=badge,
        )  # fmt: skip
        if is_agreed:
            await self._all([(view, CancelDeal(view.deal.number)) for view, _ in found])

    async def _call_off(self, view: DealView, market: Market) -> None:
        """A deal that holds nothing yet."""
        badge = _badge([(view, market)])
        orders = tr("{count} open orders are cancelled.").format(count=len(view.deal.live_orders))
        is_agreed = await dialogs.confirmed(
            self._window, tr("Cancel {name}?").format(name=f"{view.bot_name} #{view.deal.number}"),
            [tr("Nothing has been traded yet."), orders], yes=with_mode(tr("Cancel it"), badge),
            no=tr("Keep waiting"), level=2, badge=badge,
        )  # fmt: skip
        if is_agreed:
            await self._all([(view, CancelDeal(view.deal.number))])

    async def add_funds(self, deal_id: str) -> None:
        """Enter more; average and take profit are shown as they will be."""
        found = self._views([deal_id])
        if found and found[0][0].deal.grid is not None:
            await self._add_to_grid(*found[0])
            return
        if not found or found[0][0].last is None or not found[0][0].deal.held:
            self._toasts.show("warning", tr("Funds can be added once the base order has filled and prices are fresh."))
            return
        view, market = found[0]
        bot = self._bridge.known.bots.get(view.bot_id)
        settings = outlook.read_settings(self._bridge.known.settings_of(view))
        if settings is None:
            return
        form = AddFundsForm(view, settings, market, bot.funds_max if bot is not None else ZERO)
        badge = _badge(found)
        title = tr("Add funds to deal #{number}").format(number=view.deal.number)
        question = dialogs.Question(self._window, title, badge=badge, body=form)
        question.add_safe(tr("Cancel"))
        button = question.add_answer("yes", "")

        def show_button() -> None:
            button.setEnabled(form.is_possible)
            button.setText(with_mode(form.verb(), badge))

        form.changed.connect(show_button)
        self._bridge.deals_changed.connect(form.take)
        show_button()
        form.volume.setFocus()
        answer = await dialogs.asked(question)
        if answer == "yes" and form.amount is not None:
            kind = OrderType.LIMIT if form.is_limit else OrderType.MARKET
            wish = AddFunds(view.deal.number, form.amount, kind, form.price if form.is_limit else None)
            await self._all([(view, wish)])

    async def _add_to_grid(self, view: DealView, market: Market) -> None:
        """More money on every line of a grid; nothing of its statistics is lost."""
        settings = outlook.read_grid(self._bridge.known.settings_of(view))
        if settings is None or view.last is None:
            self._toasts.show("warning", tr("Funds can be added once prices are fresh."))
            return
        form = GridFundsForm(view, settings.grid, market)
        badge = _badge([(view, market)])
        question = dialogs.Question(
            self._window, tr("Add funds to {bot}").format(bot=view.bot_name), badge=badge, body=form
        )
        question.add_safe(tr("Cancel"))
        button = question.add_answer("yes", with_mode(tr("Add funds"), badge))
        form.changed.connect(lambda: button.setEnabled(form.is_possible))
        self._bridge.deals_changed.connect(form.take)
        button.setEnabled(form.is_possible)
        form.volume.setFocus()
        answer = await dialogs.asked(question)
        if answer == "yes" and form.amount is not None:
            await self._all([(view, AddFunds(view.deal.number, form.amount, OrderType.MARKET, None))])

    # --- inside

    def _views(self, deal_ids: Sequence[str]) -> list[tuple[DealView, Market]]:
        known = self._bridge.known
        found: list[tuple[DealView, Market]] = []
        for deal_id in deal_ids:
            view = known.deals.get(deal_id)
            market = known.market(view.account, view.deal.symbol) if view is not None else None
            if view is not None and market is not None:
                found.append((view, market))
        return found

    def _closable(self, deal_ids: Sequence[str]) -> list[tuple[DealView, Market]]:
        return [
            (view, market)
            for view, market in self._views(deal_ids)
            if view.last is not None and view.deal.held > 0 and not view.deal.status.is_over
        ]

    async def _asked_to_close(self, deals: Sequence[tuple[DealView, Market]], note: str) -> bool:
        badge = _badge(deals)
        view, market = deals[0]
        lines = [note] if note else []
        lines += [closing_sentence(view, market) for view, market in deals]
        title = tr("Close deal #{number} at market?").format(number=view.deal.number)
        is_long = view.deal.direction is Direction.LONG
        verb = tr("Sell {amount} {base} now") if is_long else tr("Buy back {amount} {base} now")
        held = market.amount_down(view.deal.held)
        yes = verb.format(amount=fmt.amount(held, market.amount_step), base=market.base)
        if len(deals) > 1:
            title = tr("Close {count} deals at market?").format(count=len(deals))
            yes = tr("Close {count} deals now").format(count=len(deals))
            lines.append(_total(deals))
        return await dialogs.confirmed(
            self._window, title, lines, yes=with_mode(yes, badge), no=tr("Keep deal"), level=2, badge=badge
        )

    async def _all(self, wishes: Sequence[tuple[DealView, CloseDeal | CancelDeal | AddFunds]]) -> None:
        """Each for itself: one refusal keeps none of the others back."""
        for view, wish in wishes:
            try:
                await self._bridge.ask(self._bridge.wishes.ask(view.bot_id, wish))
            except Problem as problem:
                problem_text = wording.problem_text(problem)
                text = tr("Deal #{number}: {problem}").format(number=view.deal.number, problem=problem_text)
                self._toasts.show("error", text, is_sticky=True)


def closing_sentence(view: DealView, market: Market) -> str:
    """The money sentence of a close at market."""
    assert view.last is not None
    out = outlook.closing(view.deal, view.last, market)
    values = {
        "amount": fmt.amount(out.amount, market.amount_step),
        "base": market.base,
        "price": fmt.price(out.price, market.price_tick),
        "proceeds": fmt.money(out.proceeds, market.quote),
        "result": fmt.pnl(out.result, market.quote),
        "percent": fmt.percent(out.percent),
        "orders": out.orders,
    }
    is_long = view.deal.direction is Direction.LONG
    first = tr("Sell {amount} {base} now at about {price} for about {proceeds}.")
    if not is_long:
        first = tr("Buy back {amount} {base} now at about {price} for about {proceeds}.")
    second = tr("Result about {result} ({percent}) after fees.")
    third = tr("Also cancels {orders} open orders.") if out.orders else ""
    return " ".join(part.format(**values) for part in (first, second, third) if part)


def _total(deals: Sequence[tuple[DealView, Market]]) -> str:
    sums: dict[str, Decimal] = {}
    for view, market in deals:
        assert view.last is not None
        result = outlook.closing(view.deal, view.last, market).result
        sums[market.quote] = sums.get(market.quote, ZERO) + result
    amounts = " · ".join(fmt.pnl(amount, quote) for quote, amount in sums.items())
    return tr("Together about {result} after fees.").format(result=amounts)


def _has_moved(view: DealView, after: Sequence[tuple[DealView, Market]]) -> bool:
    """Whether a deal's price went past the guard; one that ended meanwhile asks again too."""
    now = next((new for new, _ in after if new.deal_id == view.deal_id), None)
    if now is None or now.last is None or view.last is None:
        return True
    return abs(now.last / view.last - ONE) > _GUARD


def _badge(deals: Sequence[tuple[DealView, Market]]) -> BadgeKind:
    return "live" if any(view.mode == "live" for view, _ in deals) else "paper"
