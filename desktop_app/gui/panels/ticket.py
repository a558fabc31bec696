"""The ticket's dock: a smart trade on the pair in view, drawn on its chart, placed through the engine."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop_app.gui import fmt
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.i18n import tr_later
from desktop_app.gui.panels.panel import Panel
from desktop_app.gui.selection import Choice, Selection

if TYPE_CHECKING:
    from desktop_app.engine.views import DealView
    from desktop_app.gui.chart.lines import ChartLine
    from desktop_app.gui.ticket.desk import TicketDesk
    from desktop_app.gui.ticket.draft import TicketDraft
    from desktop_app.gui.ticket.picture import Around, TicketPicture


class TicketPanel(Panel):
    """Its form is made when it is first seen: the first paint does without."""

    lines_changed = Signal()
    allow_requested = Signal(str)  # account
    placed = Signal(str)  # deal id: it is there

    def __init__(self, bridge: Bridge, selection: Selection, window: QWidget) -> None:
        super().__init__("ticket", tr_later("Ticket"), bridge, selection, window, has_chain=True)
        self._choice = Choice()
        self._guard_percent = 50
        self._is_in_sight = self._is_begun = False
        self._waits_for = 0  # the bot of a trade that was placed and whose deal is not there yet
        self._desk: TicketDesk | None = None
        self._proposed: TicketDraft | None = None
        self.blank = QWidget(self)
        self.setWidget(self.blank)
        bridge.prices_changed.connect(self._prices_changed)
        bridge.balances_changed.connect(lambda _: self._look())
        bridge.accounts_changed.connect(lambda _: self._look())
        bridge.deals_changed.connect(self._deals_changed)
        bridge.reloaded.connect(self._arrived)
        self.visibilityChanged.connect(self._seen)
        self.retranslate()

    @property
    def desk(self) -> TicketDesk:
        if self._desk is None:
            from desktop_app.gui.ticket.desk import TicketDesk

            desk = self._desk = TicketDesk()
            desk.form.edited.connect(self._begin)
            desk.picture_changed.connect(self.lines_changed)
            desk.place_requested.connect(self._place)
            desk.allow_requested.connect(self.allow_requested)
            self.setWidget(desk)
            self._aim(self._choice)
        return self._desk

    @property
    def pair(self) -> tuple[str, str]:
        """Account and pair that the ticket is about while it is in sight; empty otherwise."""
        if self._desk is None or not self._is_in_sight:
            return "", ""
        return self._desk.draft.account, self._desk.draft.symbol

    def lines(self) -> tuple[ChartLine, ...]:
        """What the ticket draws on its pair's chart, from when it was opened or written in until it is placed."""
        if self._desk is None or not (self._is_in_sight and self._is_begun) or self._desk.around.market is None:
            return ()
        from desktop_app.gui.ticket.lines import lines_of

        return lines_of(self._desk.picture, self._desk.around.market)

    def move_line(self, key: str, price: Decimal) -> None:
        """A line of the ticket was dragged: its field follows."""
        from desktop_app.gui.ticket.lines import moved

        desk = self.desk
        desk.show_draft(moved(desk.draft, key, price), desk.around)

    def open_on(self, account: str, symbol: str) -> None:
        """Come to the front, about this pair."""
        self.show()
        self.raise_()
        desk = self.desk
        # Prices that nobody wrote are those of the moment when the ticket was opened last.
        if (account, symbol) != (desk.draft.account, desk.draft.symbol) or desk.draft == self._proposed:
            self._aim(Choice(account, symbol))
        self._begin()
        desk.form.amount.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def take(self, draft: TicketDraft) -> None:
        """Come to the front with a ticket that was filled in elsewhere, in place of the one that is there."""
        self.show()
        self.raise_()
        desk = self.desk
        self._choice = Choice(draft.account, draft.symbol)
        desk.form.forget_touches()
        desk.show_draft(draft, self._around(draft))
        self._begin()
        desk.form.amount.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_guard(self, percent: int) -> None:
        """From what part of the free money on a second look is asked for."""
        self._guard_percent = percent

    def main_widget(self) -> QWidget:
        return self._desk.form.amount if self._desk is not None else self.blank

    def follow(self, choice: Choice) -> None:
        if choice.symbol and (choice.account, choice.symbol) != (self._choice.account, self._choice.symbol):
            self._choice = choice
            if self._desk is not None:
                self._aim(choice)

    # --- inside

    def _begin(self) -> None:
        if not self._is_begun:
            self._is_begun = True
            self.lines_changed.emit()

    def _seen(self, is_in_sight: bool) -> None:
        """Shown, and not behind another tab."""
        self._is_in_sight = is_in_sight
        if is_in_sight and self.bridge.is_attached:
            self.desk.setVisible(True)
            self._look()
        self.lines_changed.emit()

    def _arrived(self) -> None:
        """The engine has been read: a ticket in sight comes to life."""
        if self._is_in_sight:
            self.desk.setVisible(True)
        self._look()

    def _aim(self, choice: Choice) -> None:
        """Prices of another pair mean nothing here: a new ticket begins, with the verb and size in money kept."""
        from desktop_app.gui.ticket.draft import first_draft

        assert self._desk is not None
        self._choice = choice
        old = self._desk.draft
        known = self.bridge.known
        last = known.price(choice.account, choice.symbol)
        draft = first_draft(self._next_number(), choice.account, choice.symbol, fmt.plain(last))
        if old.number:
            draft = replace(draft, verb=old.verb, entry=old.entry, unit=old.unit)
            if old.unit != "base" and not old.is_sized_by_risk:
                draft = replace(draft, amount=old.amount)
        self._desk.form.forget_touches()
        self._proposed = draft
        self._desk.show_draft(draft, self._around(draft))

    def _next_number(self) -> int:
        from desktop_app.gui.ticket.draft import next_number

        return next_number(self.bridge.known.bots.values())

    def _around(self, draft: TicketDraft) -> Around:
        from desktop_app.gui.ticket.picture import around_of

        known = self.bridge.known
        market = known.market(draft.account, draft.symbol)
        balances = dict(known.balances.get(draft.account, {}))
        return around_of(known.accounts, known.prices, balances, market, draft, self._guard_percent)

    def _look(self) -> None:
        """What surrounds the ticket may have changed."""
        if self._desk is None or not self._is_in_sight:
            return
        draft = self._desk.draft
        known = self.bridge.known
        last = known.price(draft.account, draft.symbol)
        if draft.symbol and not draft.price and last is not None and not self._desk.form.price.isModified():
            draft = replace(draft, price=fmt.plain(last))
            self._desk.show_draft(draft, self._around(draft))
            return
        self._desk.show_around(self._around(draft))

    def _prices_changed(self, keys: list[tuple[str, str]]) -> None:
        if self._desk is not None and (self._desk.draft.account, self._desk.draft.symbol) in keys:
            self._look()

    # --- placing

    def _place(self, picture: TicketPicture) -> None:
        self.bridge.spawn(self._sent(picture), "placing a trade")

    async def _sent(self, picture: TicketPicture) -> None:
        from desktop_app.engine.problem import Problem
        from desktop_app.gui.i18n import tr
        from desktop_app.gui.wording import problem_text

        desk = self.desk
        assert picture.settings is not None
        try:
            bot_id = await self.bridge.ask(self.bridge.wishes.add_trade(picture.settings))
        except Problem as problem:
            if problem.said.code == "name_taken":  # by a trade that this ticket does not know of
                draft = replace(desk.draft, number=max(self._next_number(), desk.draft.number + 1))
                desk.show_draft(draft, self._around(draft))
            desk.refused(problem_text(problem))
            return
        except BaseException:
            desk.refused(tr("We don't know yet whether it was placed. Look at the deals before you place it again."))
            raise
        self._waits_for = bot_id
        self._is_begun = False
        desk.placed()
        draft = replace(desk.draft, number=max(self._next_number(), desk.draft.number + 1), amount="", risk="")
        desk.show_draft(replace(draft, is_sized_by_risk=False), self._around(draft))
        own = [view for view in self.bridge.known.open_deals() if view.bot_id == bot_id]
        if own:
            self._deals_changed(own)

    def _deals_changed(self, views: list[DealView]) -> None:
        for view in views:
            if view.bot_id == self._waits_for:
                self._waits_for = 0
                self.selection.pick_deal(view.deal_id, view.bot_id, view.account, view.deal.symbol)
                self.placed.emit(view.deal_id)
                return
