"""What changes a running deal without ending it: taking a part out, trailing from now on, a note."""

from decimal import Decimal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from desktop_app.core import ladder
from desktop_app.core.events import (
    Ask,
    ConvertDeal,
    EditDeal,
    ForceStart,
    NoteDeal,
    ReduceFunds,
    StartTrailing,
    TakeBack,
)
from desktop_app.core.market import HUNDRED, Market
from desktop_app.engine.problem import Problem
from desktop_app.engine.views import DealView
from desktop_app.gui import dialogs, fmt, outlook, wording
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.deal_moves import why_no_trailing
from desktop_app.gui.fields import DecimalEdit, LabeledField
from desktop_app.gui.flows.reduce_funds import ReduceForm
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.money_words import badge_of, with_mode
from desktop_app.gui.notices import Toasts, plain_label
from desktop_app.gui.ticket.draft import next_number

_LONGEST_NOTE = 1_000
_USUAL_DEVIATION = Decimal("0.5")


class DealChanges:
    """Each awaited to its end; a refusal is told and changes nothing."""

    def __init__(self, window: QWidget, bridge: Bridge, toasts: Toasts) -> None:
        self._window, self._bridge, self._toasts = window, bridge, toasts

    async def reduce(self, deal_id: str) -> None:
        """Exit a part at market, once its numbers were agreed to."""
        found = self._found(deal_id)
        if found is None or found[0].last is None or not found[0].deal.held:
            self._toasts.show("warning", tr("Nothing to sell: the deal holds no coins, or its price is unknown."))
            return
        view, market = found
        form = ReduceForm(view, market)
        badge = badge_of(view.mode)
        title = tr("Take a part out of deal #{number}").format(number=view.deal.number)
        question = dialogs.Question(self._window, title, badge=badge, body=form)
        question.add_safe(tr("Keep all"))
        button = question.add_answer("yes", "")

        def show_button() -> None:
            button.setEnabled(form.is_possible)
            button.setText(with_mode(form.verb(), badge))

        form.changed.connect(show_button)
        self._bridge.deals_changed.connect(form.take)
        show_button()
        form.coins.setFocus()
        if await dialogs.asked(question) == "yes" and form.amount:
            await self._ask(view, ReduceFunds(view.deal.number, form.amount))

    async def start_trailing(self, deal_id: str) -> None:
        """Follow the price from here instead of waiting for the take profit."""
        found = self._found(deal_id)
        if found is None:
            return
        view, market = found
        settings = outlook.read_settings(self._bridge.known.settings_of(view))
        reason = why_no_trailing(view, market)
        if settings is None or reason:
            self._toasts.show("warning", reason or tr("This kind of deal does not trail."))
            return
        own = settings.take_profit.trailing_deviation
        form = TrailForm(view, market, own or _USUAL_DEVIATION)
        badge = badge_of(view.mode)
        title = tr("Start trailing deal #{number} now?").format(number=view.deal.number)
        question = dialogs.Question(self._window, title, badge=badge, body=form)
        question.add_safe(tr("Keep the take profit"))
        button = question.add_answer("yes", with_mode(tr("Start trailing"), badge))
        form.changed.connect(lambda: button.setEnabled(form.deviation is not None))
        self._bridge.deals_changed.connect(form.take)
        if await dialogs.asked(question) != "yes" or form.deviation is None:
            return
        if form.deviation != own:
            profit = settings.take_profit.model_copy(update={"trailing_deviation": form.deviation})
            changed = settings.model_copy(update={"take_profit": profit})
            if not await self._ask(view, EditDeal(view.deal.number, changed.model_dump_json())):
                return
        await self._ask(view, StartTrailing(view.deal.number))

    async def edit(self, deal_id: str) -> None:
        """Targets, stop loss and safety orders of this deal alone."""
        found = self._found(deal_id)
        if found is None:
            return
        view, market = found
        settings_json = self._bridge.known.settings_of(view)
        settings = outlook.read_settings(settings_json)
        if settings is None:
            self._toasts.show("warning", tr("This kind of deal is changed in its bot."))
            return
        from desktop_app.gui.flows.edit_deal import EditDealForm

        form = EditDealForm(view, settings_json, settings, market)
        badge = badge_of(view.mode)
        title = tr("Edit deal #{number} of {bot}").format(number=view.deal.number, bot=view.bot_name)
        question = dialogs.Question(self._window, title, badge=badge, body=form)
        question.add_safe(tr("Leave it"))
        button = question.add_answer("yes", with_mode(tr("Change the deal"), badge))

        def show_button() -> None:
            button.setEnabled(form.edited_json is not None)

        form.changed.connect(show_button)
        self._bridge.deals_changed.connect(form.take)
        show_button()
        if await dialogs.asked(question) == "yes" and (text := form.edited_json) is not None:
            await self._ask(view, EditDeal(view.deal.number, text))

    async def convert(self, deal_id: str) -> None:
        """Hand what the deal holds over to a smart trade, whose exits a person moves as they like."""
        found = self._found(deal_id)
        if found is None or not found[0].deal.held:
            self._toasts.show("warning", tr("The deal holds nothing yet."))
            return
        view, market = found
        settings = outlook.read_settings(self._bridge.known.settings_of(view))
        if settings is None:
            self._toasts.show("warning", tr("This kind of deal is changed in its bot."))
            return
        from desktop_app.gui.flows.convert_deal import trade_of

        trade = trade_of(view, settings, market, next_number(self._bridge.known.bots.values()))
        tick = market.price_tick
        exits = [f"{tr('TP')} {fmt.price(step.price, tick)}" for step in trade.take_profit.steps]
        if trade.stop_loss.price is not None:
            exits.append(f"{tr('SL')} {fmt.price(trade.stop_loss.price, tick)}")
        lines = [
            tr("A smart trade takes over {amount} {base}, bought at {price} on average.").format(
                amount=fmt.amount(trade.amount, market.amount_step), base=market.base,
                price=fmt.price(view.deal.average, tick),
            ),
            tr("It keeps these exits: {exits}.").format(exits=", ".join(exits) or tr("none")),
            tr("This deal's orders are cancelled and its safety orders end. The bot may open its next deal."),
        ]  # fmt: skip
        badge = badge_of(view.mode)
        title = tr("Make deal #{number} a smart trade?").format(number=view.deal.number)
        is_agreed = await dialogs.confirmed(
            self._window, title, lines, yes=with_mode(tr("Make it a smart trade"), badge), no=tr("Keep the deal"),
            level=2, badge=badge,
        )  # fmt: skip
        if not is_agreed:
            return
        self._bridge.known.handed_over.add(deal_id)
        if await self._ask(view, ConvertDeal(view.deal.number, trade.model_dump_json())):
            text = tr("{trade} goes on with the coins of deal #{number}.")
            self._toasts.show("good", text.format(trade=trade.name, number=view.deal.number))
        else:
            self._bridge.known.handed_over.discard(deal_id)

    async def take_back(self, client_id: str) -> None:
        """Cancel an order that was added by hand."""
        known = self._bridge.known.orders.get(client_id)
        found = self._found(known.deal_id) if known is not None else None
        if known is None or found is None:
            return
        view, market = found
        order = known.order
        line = tr("{side} {amount} {base} at {price}: the order is cancelled, what it has filled stays.").format(
            side=wording.side(order.side), amount=fmt.amount(order.remaining, market.amount_step), base=market.base,
            price=fmt.price(order.price, market.price_tick),
        )  # fmt: skip
        badge = badge_of(view.mode)
        is_agreed = await dialogs.confirmed(
            self._window, tr("Cancel this order?"), [line], yes=with_mode(tr("Cancel the order"), badge),
            no=tr("Keep the order"), badge=badge,
        )  # fmt: skip
        if is_agreed:
            await self._ask(view, TakeBack(view.deal.number, client_id))

    async def force_start(self, deal_id: str) -> None:
        """Wait no longer for the entry's price."""
        found = self._found(deal_id)
        if found is None:
            return
        view, market = found
        price = fmt.price(view.last, market.price_tick)
        lines = [tr("The entry waits no longer: it is ordered at market, at about {price}.").format(price=price)]
        badge = badge_of(view.mode)
        is_agreed = await dialogs.confirmed(
            self._window, tr("Get in at market now?"), lines, yes=with_mode(tr("Get in now"), badge),
            no=tr("Keep waiting"), level=2, badge=badge,
        )  # fmt: skip
        if is_agreed:
            await self._ask(view, ForceStart(view.deal.number))

    async def note(self, deal_id: str) -> None:
        """A person's own words, kept with the deal."""
        found = self._found(deal_id)
        if found is None:
            return
        view, _ = found
        field = QPlainTextEdit(view.deal.note)
        field.setTabChangesFocus(True)
        field.setAccessibleName(tr("Note"))
        field.setFixedHeight(field.fontMetrics().height() * 6)
        title = tr("Note on deal #{number}").format(number=view.deal.number)
        question = dialogs.Question(self._window, title, body=field)
        question.add_safe(tr("Cancel"))
        question.add_answer("yes", tr("Keep note"), is_default=True)
        field.setFocus()
        if await dialogs.asked(question) == "yes" and field.toPlainText() != view.deal.note:
            await self._ask(view, NoteDeal(view.deal.number, field.toPlainText().strip()[:_LONGEST_NOTE]))

    # --- inside

    def _found(self, deal_id: str) -> tuple[DealView, Market] | None:
        known = self._bridge.known
        view = known.deals.get(deal_id)
        market = known.market(view.account, view.deal.symbol) if view is not None else None
        return (view, market) if view is not None and market is not None else None

    async def _ask(self, view: DealView, wish: Ask) -> bool:
        try:
            await self._bridge.ask(self._bridge.wishes.ask(view.bot_id, wish))
        except Problem as problem:
            text = tr("Deal #{number}: {problem}").format(
                number=view.deal.number, problem=wording.problem_text(problem)
            )  # fmt: skip
            self._toasts.show("error", text, is_sticky=True)
            return False
        return True


class TrailForm(QWidget):
    """How far the price may come back, and where that would close the deal if it turned right now."""

    changed = Signal()

    def __init__(self, view: DealView, market: Market, deviation: Decimal) -> None:
        super().__init__()
        self._view, self._market = view, market
        self.field = DecimalEdit("%", step=Decimal("0.1"))
        self.field.set_value(deviation)
        self._words = plain_label()
        hint = QLabel(tr("The take profit order is cancelled; this app follows the price and sells at market."))
        hint.setWordWrap(True)
        hint.setProperty("role", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(LabeledField(tr_later("Close when the price comes back by"), self.field))
        column.addWidget(self._words)
        column.addWidget(hint)
        self.field.textChanged.connect(lambda _: self._show())
        self._show()

    @property
    def deviation(self) -> Decimal | None:
        value = self.field.value
        return value if value is not None and 0 < value < HUNDRED else None

    def take(self, views: list[DealView]) -> None:
        for view in views:
            if view.deal_id == self._view.deal_id:
                self._view = view
                self._show()

    def _show(self) -> None:
        deal, last, market = self._view.deal, self._view.last, self._market
        text = tr("Type a percentage between 0 and 100.")
        if self.deviation is not None and last is not None:
            level = ladder.retraced(last, self.deviation, deal.direction)
            values = {
                "price": fmt.price(level, market.price_tick),
                "result": fmt.pnl(deal.unrealised(level, market.taker_fee), market.quote),
            }
            text = tr("If the price turned right now, it would close at {price}: about {result} after fees.")
            text = text.format(**values)
        self._words.setText(text)
        self.changed.emit()
