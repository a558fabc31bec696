"""The main window: panels around documents, one selection for all of them, alive before the engine is."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QTabWidget, QWidget

from desktop_app.config import AppSettings, Paths
from desktop_app.gui import wording
from desktop_app.gui.account_words import prices_from
from desktop_app.gui.actions import Actions, check
from desktop_app.gui.alarm_bar import AlarmBar
from desktop_app.gui.appearance import Appearance
from desktop_app.gui.away import AwayDesk
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.chart_page import ChartPage
from desktop_app.gui.day_watch import DayWatch
from desktop_app.gui.documents import Documents
from desktop_app.gui.errands import Errands
from desktop_app.gui.foreign_watch import ForeignWatch
from desktop_app.gui.help_desk import HelpDesk
from desktop_app.gui.i18n import tr
from desktop_app.gui.icons import app_icon
from desktop_app.gui.layouts import WIDE, LayoutKeeper
from desktop_app.gui.menus import Menus
from desktop_app.gui.notices import Toasts
from desktop_app.gui.notifications import Notifications
from desktop_app.gui.panels.panel_set import PanelSet
from desktop_app.gui.price_watch import PriceWatch
from desktop_app.gui.search.desk import SearchDesk
from desktop_app.gui.selection import Choice, Selection
from desktop_app.gui.status_bar import SECURITY, StatusBar
from desktop_app.gui.tables import DataTable
from desktop_app.gui.theme import Theme
from desktop_app.gui.toolbar import Toolbar
from desktop_app.gui.wizard.zones import find_zone, system_zone

if TYPE_CHECKING:
    from desktop_app.engine.views import AccountView, DealDetail
    from desktop_app.gui.security_page import SecurityPage

APP = "Strongroom"
_FIRST_SIZE = (1280, 800)
_FRAME = (8, 48)  # about what a desktop draws around a window
_SMALLEST = (1024, 700)
_LOG_LINES = 200


def _first_size() -> QSize:
    """What fits the screen with a frame around it."""
    room = QGuiApplication.primaryScreen().availableSize() - QSize(*_FRAME)
    return QSize(*_FIRST_SIZE).boundedTo(room)


class MainWindow(QMainWindow):
    """Paints before the engine is there; `arrive` brings it to life, `open_charts` loads what charts need."""

    import_bot_requested = Signal()
    new_bot_requested = Signal(str)  # kind, empty for any; account and pair are those of `selection`
    edit_bot_requested = Signal(int)
    backtest_requested = Signal(int)  # bot
    backtest_many_requested = Signal(list)  # bots
    optimise_requested = Signal(int)
    quit_confirmed = Signal()

    def __init__(self, bridge: Bridge, paths: Paths, settings: AppSettings) -> None:
        super().__init__()
        self.setObjectName("window.main")
        self.setMinimumSize(*_SMALLEST)
        self.resize(_first_size())
        self.setDockNestingEnabled(True)
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.bridge, self.selection = bridge, Selection(self)
        self.zone = find_zone(settings.time_zone) or system_zone()
        self.commands = Actions(self)
        self.appearance = Appearance(settings, paths.settings, self.commands, self)
        self.documents = Documents(self)
        self.setCentralWidget(self.documents)
        self.panels = PanelSet(self, bridge, self.selection, self.zone)
        self.panels.ticket.set_guard(settings.order_guard_percent)
        self.toolbar = Toolbar(self.commands, self)
        self.addToolBar(self.toolbar)
        self.foreign = ForeignWatch(bridge, self)
        self.alarms = AlarmBar(bridge, self.foreign, self)
        self.addToolBarBreak()
        self.addToolBar(self.alarms)
        self._security: SecurityPage | None = None
        self.has_tray: Callable[[], bool] = lambda: False  # where the window can be hidden and found again
        self.status = StatusBar(bridge, self.zone, self)
        self.setStatusBar(self.status)
        self.menus = Menus(self.menuBar(), self.commands, self.panels.all())
        self.search = SearchDesk(self, self.menuBar(), bridge, self.selection, self.panels, self.commands)
        self.toasts = Toasts(self)
        self.notifications = Notifications(bridge, self.toasts, self)
        self.help = HelpDesk(bridge, self.documents, self.toasts, self.commands, paths.data_dir, self)
        self.errands = Errands(self, bridge, self.selection, self.toasts, self.panels, self.commands, self.zone)
        self.away = AwayDesk(self, bridge, self.zone, self.appearance)
        self.days = DayWatch(bridge, self, in_sight=self.panels.markets.in_sight)
        self.prices = PriceWatch(bridge, self._looks, self)
        self._data_dir = paths.data_dir
        self.layouts = LayoutKeeper(self, self.panels.docks, paths.data_dir / "window.json")
        self._may_open_charts = False
        self._before_editor: QByteArray | None = None
        self._is_asking_to_quit = False
        self._before_full_screen: QByteArray | None = None
        self._was_wide = False
        self.new_chart()
        self._connect()
        self._restore()
        self.retranslate()
        self.panels.markets.table.setFocus()

    # --- the engine arrives

    async def arrive(self) -> None:
        """Read everything that the engine knows; `bridge.attach` comes before."""
        from desktop_app.engine.news import LogNews

        await self.bridge.reload()
        lines = await self.bridge.ask(self.bridge.wishes.timeline(_LOG_LINES))
        bots = self.bridge.known.bots
        news = []
        for bot_id, deal, line in reversed(lines):
            bot = bots.get(bot_id)
            account, name = (bot.account, bot.name) if bot is not None else ("", "")
            level = "warning" if line.is_problem else "info"
            news.append(LogNews(line.at, level, account, name, deal, line.said.code, line.said))
        self.panels.log.add(news)

    def open_charts(self) -> None:
        """Load the drawing library and make the charts of all chart tabs."""
        self.setWindowIcon(app_icon())
        self._may_open_charts = True
        for page in self.chart_pages():
            page.open_chart()
        self._show_proposal()
        self._show_possible()

    def come_to_front(self) -> None:
        """Also out of the tray."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def show_in_front(self) -> None:
        """A second start found this one: bring it to the front and say so."""
        self.come_to_front()
        self.toasts.show("info", tr("Strongroom was running already. This is it."))

    # --- documents

    def open_document(self, document: QWidget, title: str) -> None:
        """Show a document in a tab of its own. It may ignore its close event to stay."""
        self.documents.open(document, title)

    def close_document(self, document: QWidget) -> bool:
        return self.documents.close_document(document)

    def chart_pages(self) -> list[ChartPage]:
        pages = (self.documents.widget(at) for at in range(self.documents.count()))
        return [page for page in pages if isinstance(page, ChartPage)]

    def active_chart(self) -> ChartPage | None:
        """The chart in front, or the last one there is."""
        current = self.documents.currentWidget()
        if isinstance(current, ChartPage):
            return current
        pages = self.chart_pages()
        return pages[-1] if pages else None

    def new_chart(self) -> ChartPage:
        page = ChartPage(self.bridge, self.selection, self.appearance.theme, self.zone)
        page.remember_indicators(self.layouts.kept.indicators)
        page.title_changed.connect(lambda title: self.documents.rename(page, title))
        page.full_requested.connect(self.commands.full_screen.trigger)
        page.search_requested.connect(self.search.open)
        page.interval_changed.connect(lambda _: self._show_possible())
        page.proposal_moved.connect(self.panels.ticket.move_line)
        page.title_changed.connect(lambda _: self._show_proposal())
        self.documents.open(page, tr("Chart"))
        if self._may_open_charts:
            page.open_chart()
        choice = self.selection.choice
        if choice.symbol:
            page.show_pair(choice.account, choice.symbol)
        return page

    # --- accounts and selection

    @property
    def account(self) -> str:
        """The account in view."""
        return self.toolbar.accounts.currentData() or ""

    def show_account(self, account: str) -> None:
        """Look at this account: its pairs, its clock, its money."""
        self.toolbar.show_accounts(list(self.bridge.known.accounts.values()), account)
        self.panels.markets.show_account(account)
        self.status.show_account(account)
        self.days.show_account(account)
        self._show_freshness()

    def _account_picked(self, account: str) -> None:
        self.selection.pick_account(account)
        self.show_account(account)
        self._pick_first_pair(account)

    def _pick_first_pair(self, account: str) -> None:
        markets, kept = self.bridge.known.markets.get(account, {}), self.layouts.kept
        wanted = kept.symbol if kept.account == account else ""
        symbol = next((name for name in (wanted, "BTC/USDT", *markets) if name in markets), "")
        if symbol:
            self.selection.pick_pair(account, symbol)

    def _selected(self, choice: Choice) -> None:
        if choice.account and choice.account != self.account:
            self.show_account(choice.account)
        page = self.active_chart()
        if page is not None:
            page.follow(choice)
        self._show_possible()

    def _bots_gone(self, ids: list[int]) -> None:
        for bot_id in ids:
            self.selection.forget_bot(bot_id)

    def _reloaded(self) -> None:
        accounts, choice = self.bridge.known.accounts, self.selection.choice
        current = choice.account if choice.account in accounts else self.layouts.kept.account
        if current not in accounts:
            current = next(iter(accounts), "")
        self.show_account(current)
        self._show_title()
        if not current or choice.symbol:
            return
        own = [view for view in self.bridge.known.open_deals() if view.account == current]
        if own:
            view = own[-1]
            self.selection.pick_deal(view.deal_id, view.bot_id, current, view.deal.symbol)
        else:
            self._pick_first_pair(current)

    def _accounts_changed(self, views: list[AccountView]) -> None:
        """A new account, or one that has answered only now, is read whole."""
        known = self.bridge.known
        if any(not known.markets.get(view.name) and (view.is_live_feed or view.is_connected) for view in views):
            self.bridge.spawn(self.bridge.reload(), tr("reading the accounts"))
        if self.account and self.account not in known.accounts:
            self.show_account(next(iter(known.accounts), ""))
            self._pick_first_pair(self.account)
        self.toolbar.show_accounts(list(known.accounts.values()), self.account or next(iter(known.accounts), ""))
        self._show_freshness()
        self._show_title()

    def _looks(self) -> list[tuple[str, str]]:
        """What is on the charts, then what the list of markets shows."""
        charts = [(page.account, page.symbol) for page in self.chart_pages() if page.symbol]
        ticket = [self.panels.ticket.pair] if self.panels.ticket.pair[1] else []
        return [*charts, *ticket, *((self.account, symbol) for symbol in self.panels.markets.in_sight())]

    def _show_freshness(self) -> None:
        """Old prices never look live, whichever account is in view."""
        known = self.bridge.known
        priced = {account for account, _ in known.prices}
        texts = {
            name: self._stale_words(view)
            for name, view in known.accounts.items()
            if not view.is_live_feed and name in priced
        }
        self.panels.set_stale(texts, self.account)

    def _stale_words(self, view: AccountView) -> str:
        if view.mode == "sim":
            return tr("No prices from {account}. Orders on the exchange stay active.").format(account=view.name)
        return prices_from(view, self.zone, self.bridge.known.clocks.get(view.name, 0))

    def _show_title(self) -> None:
        """The badge of the most dangerous account at work."""
        known = self.bridge.known
        modes = [bot.mode for bot in known.bots.values() if bot.status in ("running", "paused")]
        modes = modes or [view.mode for view in known.accounts.values()]
        badge = [wording.mode_word("live" if "live" in modes else "paper")] if modes else []
        layout = tr("Trade") if self.layouts.is_wide else tr("Starter")
        self.setWindowTitle(f"{' · '.join([*badge, layout])} — {APP}")

    def _show_possible(self) -> None:
        choice, known, page = self.selection.choice, self.bridge.known, self.active_chart()
        view = known.deals.get(choice.deal_id)
        self.commands.show_possible(
            has_bot=choice.bot_id in known.bots,
            has_deal=view is not None and not view.deal.status.is_over,
            has_chart=page is not None and page.chart is not None,
        )
        if page is not None:
            check(self.commands.intervals, page.interval)

    # --- security

    def open_security(self) -> None:
        """The security centre in a tab of its own; there is one."""
        from desktop_app.gui.security_page import SecurityPage

        if not self.bridge.is_attached:
            return
        if self._security is None:
            page = self._security = SecurityPage(self.bridge, self.foreign, self.zone, self._data_dir, self)
            page.panic_requested.connect(self.errands.panic)
            page.acknowledge_requested.connect(lambda name: self.errands.help_account(name, "acknowledge"))
            self.errands.connect_box(page.box)
        self.documents.open(self._security, tr("Security centre"))

    def _document_closed(self, document: QWidget) -> None:
        if document is self._security:
            self._security = None

    def _show_panel(self, name: str) -> None:
        if name == SECURITY:
            self.open_security()
        else:
            self.panels.show(name)

    def _account_connected(self, name: str) -> None:
        self.bridge.spawn(self._look_at_new(name), tr("reading the accounts"))

    async def _look_at_new(self, name: str) -> None:
        await self.bridge.reload()
        if name in self.bridge.known.accounts:
            self._account_picked(name)
            self.panels.show("dock.accounts")
            self.panels.accounts.box.select(name)

    # --- commands

    def _set_speed(self, account: str, speed: Decimal) -> None:
        self.bridge.spawn(self.bridge.ask(self.bridge.wishes.set_speed(account, speed)), tr("changing the speed"))

    def _show_chart(self, account: str, symbol: str) -> None:
        self.selection.pick_pair(account, symbol)
        page = self.active_chart() or self.new_chart()
        self.documents.setCurrentWidget(page)
        page.show_pair(account, symbol)

    def _new_bot_on(self, account: str, symbol: str) -> None:
        self.selection.pick_pair(account, symbol)
        self.new_bot_requested.emit("")

    # --- the ticket

    def open_ticket(self, account: str = "", symbol: str = "") -> None:
        """F9: the ticket on the pair in view, beside the chart that its lines stand on."""
        if not self.bridge.is_attached:
            return
        choice = self.selection.choice
        page = self.active_chart()
        if page is not None and not self.layouts.is_wide:
            self.documents.setCurrentWidget(page)
        if symbol:
            self.selection.pick_pair(account, symbol)
        self.panels.ticket.open_on(account or choice.account or self.account, symbol or choice.symbol)

    def _show_proposal(self) -> None:
        """The ticket's lines, on every chart of its pair."""
        pair, lines = self.panels.ticket.pair, self.panels.ticket.lines()
        for page in self.chart_pages():
            page.propose(lines if (page.account, page.symbol) == pair else ())

    def _show_fills(self, detail: DealDetail) -> None:
        for page in self.chart_pages():
            page.show_fills(detail)

    def _copy(self) -> None:
        focused = QApplication.focusWidget()
        if isinstance(focused, DataTable):
            focused.copy_selected()
        elif isinstance(focused, QLineEdit):
            focused.copy()

    def _with_chart(self, do: Callable[[ChartPage], object]) -> None:
        page = self.active_chart()
        if page is not None and page.chart is not None:
            do(page)

    def _snapshot(self) -> None:
        page = self.active_chart()
        if page is not None and page.chart is not None:
            QApplication.clipboard().setPixmap(page.chart.snapshot())
            self.toasts.show("good", tr("The picture of the chart is on the clipboard."))

    def _show_indicators(self) -> None:
        page = self.active_chart()
        if page is not None and page.chart is not None:
            page.chart.indicators_requested.emit()

    def _reset_view(self) -> None:
        page = self.active_chart()
        if page is not None and page.chart is not None:
            page.chart.reset_view()

    def _focus_document(self) -> QWidget:
        page = self.documents.currentWidget()
        if isinstance(page, ChartPage) and page.chart is not None:
            return page.chart
        return page

    # --- layout

    def _full_screen(self, is_on: bool) -> None:
        """The chart alone on the screen, and back to what was."""
        furniture: tuple[QWidget, ...] = (self.toolbar, self.status, self.menuBar())
        if is_on:
            self._before_full_screen = self.saveState()
            for part in (*self.panels.all(), *furniture):
                part.setVisible(False)
            self.showFullScreen()
            return
        self.showNormal()
        for part in furniture:
            part.setVisible(True)
        if self._before_full_screen is not None:
            self.restoreState(self._before_full_screen)
            self._before_full_screen = None
        self._document_changed()

    def _lock(self, is_locked: bool) -> None:
        self.layouts.kept.is_locked = is_locked
        self.panels.lock(is_locked)

    def _reset_layout(self) -> None:
        self.commands.lock_layout.setChecked(False)
        self._before_editor = None
        self.layouts.reset()
        self._document_changed()
        self.panels.fit_heads()

    def _document_changed(self) -> None:
        """Below 1600 pixels an editor needs the room of the panels beside and below it; a chart gives it back."""
        if self._before_full_screen is None:
            if isinstance(self.documents.currentWidget(), ChartPage):
                self._give_room_back()
            elif self._before_editor is None and not self.layouts.is_wide:
                self._before_editor = self.saveState()
                for panel in self.panels.all():
                    is_below = self.dockWidgetArea(panel) == Qt.DockWidgetArea.BottomDockWidgetArea
                    is_beside = panel in (self.panels.inspector, self.panels.ticket)
                    if (is_below or is_beside) and not panel.isFloating():
                        panel.hide()
        self._show_possible()

    def _give_room_back(self) -> None:
        """Every panel stands again as it stood before an editor came to the front."""
        if self._before_editor is not None:
            self.restoreState(self._before_editor)
            self._before_editor = None
            # Panels come back one after another, and each asked before the last whether it stands among tabs.
            self.panels.fit_heads()

    def _restore(self) -> None:
        is_whole = self.layouts.apply()
        kept = self.layouts.kept
        for panel in self.panels.all():
            if state := kept.tables.get(panel.objectName()):
                panel.restore_table(state)
        page = self.active_chart()
        if page is not None and kept.interval:
            page.show_interval(kept.interval)
        self.commands.lock_layout.setChecked(kept.is_locked)
        self._was_wide = self.layouts.is_wide
        if not is_whole:
            text = tr("The saved layout could not be read; this is the usual one. Your bots are untouched.")
            QTimer.singleShot(0, self, lambda: self.toasts.show("info", text))

    def save_layout(self) -> None:
        """Remember where everything stands."""
        if self._before_full_screen is not None:
            self.commands.full_screen.setChecked(False)
        self._give_room_back()
        kept, choice, page = self.layouts.kept, self.selection.choice, self.active_chart()
        kept.tables = {panel.objectName(): state for panel in self.panels.all() if (state := panel.table_state())}
        kept.account, kept.symbol = choice.account, choice.symbol
        if page is not None:
            kept.interval = page.interval
        self.layouts.save()

    # --- construction and events

    def _connect(self) -> None:
        bridge, panels, a = self.bridge, self.panels, self.commands
        self.selection.changed.connect(self._selected)
        bridge.reloaded.connect(self._reloaded)
        bridge.focus_requested.connect(self.show_in_front)
        bridge.accounts_changed.connect(self._accounts_changed)
        bridge.bots_changed.connect(lambda _: self._show_title())
        bridge.bots_changed.connect(lambda _: self._show_possible())
        bridge.deals_changed.connect(lambda _: self._show_possible())
        bridge.bots_gone.connect(self._bots_gone)
        self.toolbar.account_picked.connect(self._account_picked)
        self.toolbar.speed_requested.connect(self._set_speed)
        self.status.panel_requested.connect(self._show_panel)
        self.alarms.help_requested.connect(self.errands.help_account)
        self.alarms.more_requested.connect(self.open_security)
        self.errands.account_connected.connect(self._account_connected)
        self.documents.document_closed.connect(self._document_closed)
        self.documents.currentChanged.connect(lambda _: self._document_changed())
        self.appearance.theme_changed.connect(self._dress)
        self.errands.edit_bot_requested.connect(self.edit_bot_requested)
        panels.markets.view_changed.connect(self.prices.look_soon)
        self.selection.changed.connect(self.prices.look_soon)
        panels.markets.chart_requested.connect(self._show_chart)
        panels.markets.bot_requested.connect(self._new_bot_on)
        panels.markets.trade_requested.connect(self.open_ticket)
        panels.orders.chart_requested.connect(self._show_chart)
        self.search.pair_requested.connect(self._show_chart)
        panels.deals.chart_requested.connect(self._show_chart)
        panels.bots.backtest_requested.connect(self.backtest_requested)
        panels.bots.backtest_many_requested.connect(self.backtest_many_requested)
        panels.bots.optimise_requested.connect(self.optimise_requested)
        panels.bots.new_requested.connect(lambda: self.new_bot_requested.emit(""))
        panels.inspector.detail_loaded.connect(self._show_fills)
        panels.ticket.lines_changed.connect(self._show_proposal)
        panels.ticket.allow_requested.connect(self.errands.allow_trading)
        panels.ticket.placed.connect(lambda _: self.panels.show("dock.inspector"))
        a.smart_trade.triggered.connect(lambda _=False: self.open_ticket())
        a.new_bot.triggered.connect(lambda: self.new_bot_requested.emit(""))
        a.import_bot.triggered.connect(self.import_bot_requested)
        a.close_tab.triggered.connect(lambda: self.documents.close_at(self.documents.currentIndex()))
        a.quit.triggered.connect(self.close)
        a.copy.triggered.connect(self._copy)
        a.find.triggered.connect(panels.focus_filter)
        a.full_screen.toggled.connect(self._full_screen)
        a.intervals.triggered.connect(lambda action: self._with_chart(lambda page: page.show_interval(action.data())))
        a.new_chart.triggered.connect(self.new_chart)
        a.indicators.triggered.connect(self._show_indicators)
        a.reset_view.triggered.connect(self._reset_view)
        a.snapshot.triggered.connect(self._snapshot)
        a.lock_layout.toggled.connect(self._lock)
        a.reset_layout.triggered.connect(self._reset_layout)
        a.markets.triggered.connect(lambda: panels.show("dock.markets"))
        a.bottom.triggered.connect(panels.toggle_bottom)
        a.next_panel.triggered.connect(lambda: panels.cycle(1, self._focus_document))
        a.previous_panel.triggered.connect(lambda: panels.cycle(-1, self._focus_document))
        a.security.triggered.connect(self.open_security)
        a.accounts.triggered.connect(lambda: panels.show("dock.accounts"))

    def _dress(self, theme: Theme) -> None:
        for page in self.chart_pages():
            page.set_theme(theme)

    def retranslate(self) -> None:
        self.commands.retranslate()
        self.menus.retranslate()
        if self._security is not None:
            self.documents.rename(self._security, tr("Security centre"))
        self.panels.fit_heads()
        self._show_title()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size class has its own layout."""
        super().resizeEvent(event)
        is_wide = event.size().width() >= WIDE
        if is_wide != self._was_wide and self._before_full_screen is None and hasattr(self, "layouts"):
            self._was_wide, self._before_editor = is_wide, None
            self.layouts.apply_docks()
            self._document_changed()
            self.panels.fit_heads()
            self._show_title()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing only asks: the application ends when `quit_confirmed` has been heard and the engine has stopped."""
        event.ignore()
        if not self._is_asking_to_quit:
            self._is_asking_to_quit = True
            self.bridge.spawn(self._ask_to_quit(), tr("quitting"))

    async def _ask_to_quit(self) -> None:
        from desktop_app.gui.flows.quitting import ask_to_quit

        try:
            answer = await ask_to_quit(self, self.bridge, has_tray=self.has_tray())
        finally:
            self._is_asking_to_quit = False
        if answer == "quit":
            self.save_layout()
            self.quit_confirmed.emit()
        elif answer == "hide":
            self.hide()
        elif answer == "minimise":
            self.showMinimized()
