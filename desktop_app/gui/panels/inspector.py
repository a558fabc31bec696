"""The selected deal or bot in detail; follows the selection."""

from __future__ import annotations

from datetime import tzinfo
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from desktop_app.gui.bridge import Bridge
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.notices import plain_label
from desktop_app.gui.panels.panel import Panel
from desktop_app.gui.selection import Choice, Selection

if TYPE_CHECKING:
    from desktop_app.engine.news import TimelineNews
    from desktop_app.engine.views import BotView, DealDetail, DealView, TimelineLine
    from desktop_app.gui.panels.bot_page import BotPage
    from desktop_app.gui.panels.deal_page import DealPage
    from desktop_app.gui.panels.grid_page import GridPage


class InspectorPanel(Panel):
    """Its pages are made when there is something to show on them: the first paint does without."""

    start_requested = Signal(list)  # bot ids
    pause_requested = Signal(list)
    stop_requested = Signal(list)
    edit_requested = Signal(int)
    add_requested = Signal(str)  # deal id
    close_requested = Signal(list)
    leave_requested = Signal(list)
    change_requested = Signal(str, str)  # verb of deal_menu, deal id
    detail_loaded = Signal(object)  # DealDetail: the chart shows its fills

    def __init__(self, bridge: Bridge, selection: Selection, zone: tzinfo, window: QWidget) -> None:
        super().__init__("inspector", tr_later("Inspector"), bridge, selection, window, has_chain=True)
        self._choice = Choice()
        self._lines: list[TimelineLine] = []
        self.empty = plain_label()
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setProperty("role", "muted")
        self._zone = zone
        self._deal: DealPage | None = None
        self._grid: GridPage | None = None
        self._bot: BotPage | None = None
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.empty)
        self.setWidget(self.pages)
        bridge.deals_changed.connect(self._deals_changed)
        bridge.bots_changed.connect(self._bots_changed)
        bridge.bots_gone.connect(self._bots_gone)
        bridge.timeline_added.connect(self._told)
        bridge.accounts_changed.connect(lambda _: self._show_deal_again())
        bridge.reloaded.connect(lambda: self._show(self._choice))
        self.retranslate()

    def main_widget(self) -> QWidget:
        page = self._page
        return page.timeline if page is not None else self.pages

    @property
    def shows_deal(self) -> bool:
        return self._page is not None

    @property
    def _page(self) -> DealPage | GridPage | None:
        """The page of the deal that is shown, if one is."""
        shown = self.pages.currentWidget()
        return next((page for page in (self._deal, self._grid) if page is not None and page is shown), None)

    def _page_of(self, view: DealView) -> DealPage | GridPage:
        """A grid has a page of its own."""
        return self.grid if view.deal.grid is not None else self.deal

    @property
    def shows_bot(self) -> bool:
        return self._bot is not None and self.pages.currentWidget() is self._bot

    @property
    def deal(self) -> DealPage:
        if self._deal is None:
            from desktop_app.gui.panels.deal_page import DealPage

            page = self._deal = DealPage(self._zone, self.pages)
            page.add_requested.connect(self.add_requested)
            page.close_requested.connect(self.close_requested)
            page.leave_requested.connect(self.leave_requested)
            page.change_requested.connect(self.change_requested)
            page.menu_wanted.connect(self._fill_menu)
            self.pages.addWidget(page)
        return self._deal

    @property
    def grid(self) -> GridPage:
        if self._grid is None:
            from desktop_app.gui.panels.grid_page import GridPage

            page = self._grid = GridPage(self._zone, self.pages)
            page.add_requested.connect(self.add_requested)
            page.stop_requested.connect(self.stop_requested)
            page.edit_requested.connect(self.edit_requested)
            self.pages.addWidget(page)
        return self._grid

    @property
    def bot(self) -> BotPage:
        if self._bot is None:
            from desktop_app.gui.panels.bot_page import BotPage

            page = self._bot = BotPage(self.pages)
            page.start_requested.connect(self.start_requested)
            page.pause_requested.connect(self.pause_requested)
            page.stop_requested.connect(self.stop_requested)
            page.edit_requested.connect(self.edit_requested)
            self.pages.addWidget(page)
        return self._bot

    def follow(self, choice: Choice) -> None:
        is_same = (choice.deal_id, choice.bot_id) == (self._choice.deal_id, self._choice.bot_id)
        self._choice = choice
        if not is_same:
            self._show(choice)

    def retranslate(self) -> None:
        super().retranslate()
        self.empty.setText(tr("Select a bot, a deal or an order."))
        for page in (self._deal, self._grid, self._bot):
            if page is not None:
                page.retranslate()

    # --- inside

    def _show(self, choice: Choice) -> None:
        view = self.bridge.known.deals.get(choice.deal_id)
        bot = self.bridge.known.bots.get(choice.bot_id)
        if view is not None:
            self._lines = []
            page = self._page_of(view)
            page.show_timeline(())
            self._show_deal(view)
            self.pages.setCurrentWidget(page)
            if self.bridge.is_attached:
                self.bridge.spawn(self._load(view), tr("reading the deal"))
        elif bot is not None:
            self._show_bot(bot)
            self.pages.setCurrentWidget(self.bot)
        else:
            self.pages.setCurrentWidget(self.empty)

    async def _load(self, view: DealView) -> None:
        detail: DealDetail = await self.bridge.ask(self.bridge.wishes.deal(view.bot_id, view.deal.number))
        if self._choice.deal_id != view.deal_id:
            return
        newer = [line for line in self._lines if line not in detail.timeline]
        self._lines = [*detail.timeline, *newer]
        self._page_of(view).show_timeline(self._lines)
        self.detail_loaded.emit(detail)

    def _show_deal(self, view: DealView) -> None:
        facts = self.bridge.known
        market = facts.market(view.account, view.deal.symbol)
        if market is None:
            return
        from desktop_app.gui.panels.deal_page import DealFacts

        settings = facts.settings_of(view)
        is_fresh = facts.is_fresh(view.account)
        self._page_of(view).show_deal(DealFacts(view, market, settings, facts.now(view.account), is_fresh))

    def _fill_menu(self, menu: QMenu) -> None:
        from desktop_app.gui.panels.deal_menu import fill_deal_menu

        fill_deal_menu(menu, self.bridge, self._choice.deal_id, self.change_requested.emit)

    def _show_bot(self, view: BotView) -> None:
        market = self.bridge.known.market_of_bot(view)
        self.bot.show_bot(view, market, self.bridge.known.now(view.account))

    def _show_deal_again(self) -> None:
        view = self.bridge.known.deals.get(self._choice.deal_id)
        if view is not None and self.shows_deal:
            self._show_deal(view)

    def _deals_changed(self, views: list[DealView]) -> None:
        if not any(view.deal_id == self._choice.deal_id for view in views):
            return
        if self.pages.currentWidget() is self.empty:
            self._show(self._choice)
        else:
            self._show_deal_again()

    def _bots_changed(self, views: list[BotView]) -> None:
        for view in views:
            if view.bot_id != self._choice.bot_id:
                continue
            if self.shows_bot:
                self._show_bot(view)
            elif self.pages.currentWidget() is self.empty:  # it was chosen before anything was known of it
                self._show(self._choice)

    def _bots_gone(self, ids: list[int]) -> None:
        if self._choice.bot_id in ids:
            self._choice = Choice()
            self.pages.setCurrentWidget(self.empty)

    def _told(self, news: list[TimelineNews]) -> None:
        own = [line for line in news if f"{line.bot_id}-{line.deal}" == self._choice.deal_id]
        if own:
            from desktop_app.engine.views import TimelineLine

            self._lines += [TimelineLine(line.at, line.said, line.is_problem) for line in own]
            if self._page is not None:
                self._page.show_timeline(self._lines)
