"""Connects what panels and menus wish for bots and deals with the flows that fulfil it."""

from collections.abc import Coroutine
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop_app.gui.actions import Actions
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.notices import Toasts
from desktop_app.gui.panels.panel_set import PanelSet
from desktop_app.gui.selection import Selection

if TYPE_CHECKING:
    from desktop_app.gui.flows.accounts import AccountFlows
    from desktop_app.gui.flows.bots import BotFlows
    from desktop_app.gui.flows.copies import CopyFlows
    from desktop_app.gui.flows.deal_changes import DealChanges
    from desktop_app.gui.flows.deals import DealFlows
    from desktop_app.gui.flows.panic import PanicDialog
    from desktop_app.gui.panels.accounts_box import AccountsBox


class Errands(QObject):
    """Every wish runs to its end by itself; one that fails tells so and keeps none of the others back."""

    edit_bot_requested = Signal(int)
    account_connected = Signal(str)

    def __init__(
        self, window: QWidget, bridge: Bridge, selection: Selection, toasts: Toasts, panels: PanelSet, actions: Actions,
        zone: tzinfo,
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._window, self._bridge, self._selection, self._toasts = window, bridge, selection, toasts
        self._zone = zone
        self._accounts: AccountFlows | None = None
        self._bots: BotFlows | None = None
        self._deals: DealFlows | None = None
        self._copies: CopyFlows | None = None
        self._changes: DealChanges | None = None
        self._connect_panels(panels)
        self._connect_actions(actions)

    @property
    def bots(self) -> "BotFlows":
        """Made when first needed: the first paint does without."""
        if self._bots is None:
            from desktop_app.gui.flows.bots import BotFlows

            self._bots = BotFlows(self._window, self._bridge, self._toasts, allow_trading=self.accounts.allow_trading)
        return self._bots

    @property
    def copies(self) -> "CopyFlows":
        if self._copies is None:
            from desktop_app.gui.flows.copies import CopyFlows

            self._copies = CopyFlows(self._window, self._bridge, self._toasts)
        return self._copies

    @property
    def deals(self) -> "DealFlows":
        if self._deals is None:
            from desktop_app.gui.flows.deals import DealFlows

            self._deals = DealFlows(self._window, self._bridge, self._toasts)
        return self._deals

    @property
    def changes(self) -> "DealChanges":
        if self._changes is None:
            from desktop_app.gui.flows.deal_changes import DealChanges

            self._changes = DealChanges(self._window, self._bridge, self._toasts)
        return self._changes

    def change_deal(self, verb: str, deal_id: str) -> None:
        """One of the further things that can be done with a deal."""
        changes = self.changes
        ways = {
            "reduce": changes.reduce, "trail": changes.start_trailing, "note": changes.note, "edit": changes.edit,
            "force": changes.force_start, "convert": changes.convert,
        }  # fmt: skip
        self._run(ways[verb](deal_id))

    def _edit_bot(self, bot_id: int) -> None:
        """A smart trade is changed as the deal that it is, any other bot in its editor."""
        known = self._bridge.known
        bot = known.bots.get(bot_id)
        own = [view.deal_id for view in known.open_deals() if view.bot_id == bot_id]
        if bot is not None and bot.kind == "smart_trade" and own:
            self.change_deal("edit", own[0])
        else:
            self.edit_bot_requested.emit(bot_id)

    @property
    def accounts(self) -> "AccountFlows":
        if self._accounts is None:
            from desktop_app.gui.flows.accounts import AccountFlows

            self._accounts = AccountFlows(self._window, self._bridge, self._toasts, self._zone)
            self._accounts.on_connected = self.account_connected.emit
        return self._accounts

    def connect_box(self, box: "AccountsBox") -> None:
        """Fulfil what a table of accounts asks for."""
        box.connect_requested.connect(self.connect_exchange)
        box.allow_requested.connect(lambda name: self._run(self.accounts.allow_trading(name)))
        box.replace_requested.connect(self._replace_key)
        box.check_requested.connect(lambda name: self._run(self.accounts.check(name)))
        box.remove_requested.connect(lambda name: self._run(self.accounts.remove(name)))
        box.limits_requested.connect(lambda name: self._run(self.accounts.set_limits(name)))
        box.page_requested.connect(self._open_page)
        box.help_requested.connect(self.help_account)

    def allow_trading(self, account: str) -> None:
        self._run(self.accounts.allow_trading(account))

    def _replace_key(self, name: str) -> None:
        self.accounts.replace_key(name)

    def _open_page(self, name: str) -> None:
        self.accounts.open_page(name)

    def connect_exchange(self) -> None:
        if self._bridge.is_attached:
            self.accounts.connect()

    def help_account(self, name: str, what: str) -> None:
        """The one button beside an account's trouble."""
        if what == "page":
            self.accounts.open_page(name)
        else:
            self._run(self.accounts.help(name, what))

    def show_exchanges(self) -> None:
        if self._bridge.is_attached:
            self._run(self._show_exchanges())

    async def _show_exchanges(self) -> None:
        from desktop_app.gui.exchanges_dialog import ExchangesDialog

        dialog = ExchangesDialog(await self._bridge.ask(self._bridge.wishes.exchanges()), self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def panic(self) -> "PanicDialog":
        from desktop_app.gui.flows.panic import open_panic

        return open_panic(self._bridge, self._window)

    def _connect_panels(self, panels: PanelSet) -> None:
        for source in (panels.bots, panels.inspector):
            source.start_requested.connect(lambda ids: self._run(self.bots.start(ids)))
            source.pause_requested.connect(lambda ids: self._run(self.bots.pause(ids)))
            source.stop_requested.connect(lambda ids: self._run(self.bots.stop(ids)))
            source.edit_requested.connect(self._edit_bot)
        self.connect_box(panels.accounts.box)
        panels.bots.remove_requested.connect(lambda ids: self._run(self.bots.remove(ids)))
        panels.bots.export_requested.connect(lambda ids: self._run(self.copies.export(ids)))
        panels.bots.duplicate_requested.connect(lambda bot_id: self._run(self.copies.duplicate(bot_id)))
        panels.bots.mirror_requested.connect(lambda bot_id: self._run(self.copies.mirror(bot_id)))
        for panel in (panels.deals, panels.inspector):
            panel.add_requested.connect(lambda deal_id: self._run(self.deals.add_funds(deal_id)))
            panel.close_requested.connect(lambda ids: self._run(self.deals.close(ids)))
            panel.leave_requested.connect(lambda ids: self._run(self.deals.stop_managing(ids)))
            panel.change_requested.connect(self.change_deal)
        panels.orders.take_back_requested.connect(lambda order: self._run(self.changes.take_back(order)))

    def _connect_actions(self, actions: Actions) -> None:
        actions.start_bot.triggered.connect(lambda: self._run(self.bots.start(self._bot)))
        actions.pause_bot.triggered.connect(lambda: self._run(self.bots.pause(self._bot)))
        actions.stop_bot.triggered.connect(lambda: self._run(self.bots.stop(self._bot)))
        actions.remove_bot.triggered.connect(lambda: self._run(self.bots.remove(self._bot)))
        actions.export_bot.triggered.connect(lambda: self._run(self.copies.export(self._bot)))
        actions.copy_link.triggered.connect(lambda: self.copies.copy_link(self._bot[0]))
        actions.duplicate_bot.triggered.connect(lambda: self._run(self.copies.duplicate(self._bot[0])))
        actions.mirror_bot.triggered.connect(lambda: self._run(self.copies.mirror(self._bot[0])))
        actions.edit_bot.triggered.connect(lambda: self._edit_bot(self._selection.choice.bot_id))
        actions.pause_all.triggered.connect(lambda: self._run(self.bots.pause_all()))
        actions.add_funds.triggered.connect(lambda: self._run(self.deals.add_funds(self._selection.choice.deal_id)))
        actions.close_deal.triggered.connect(lambda: self._run(self.deals.close(self._deal)))
        actions.stop_managing.triggered.connect(lambda: self._run(self.deals.stop_managing(self._deal)))
        actions.connect_exchange.triggered.connect(self.connect_exchange)
        actions.exchanges.triggered.connect(self.show_exchanges)
        actions.panic.triggered.connect(self.panic)

    @property
    def _bot(self) -> list[int]:
        return [self._selection.choice.bot_id]

    @property
    def _deal(self) -> list[str]:
        return [self._selection.choice.deal_id]

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        self._bridge.spawn(work)
