"""The menu bar: every command that works now, with its shortcut."""

from collections.abc import Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QDockWidget, QMenu, QMenuBar

from desktop_app.gui.actions import Actions
from desktop_app.gui.i18n import tr, tr_later


class Menus(QObject):
    """Arranges the actions; titles follow the language."""

    def __init__(self, bar: QMenuBar, actions: Actions, docks: Sequence[QDockWidget]) -> None:
        super().__init__(bar)
        self._bar = bar
        self._titled: list[tuple[QMenu, str]] = []
        a = actions
        self._menu(tr_later("&File"), a.new_bot, a.import_bot, None, a.settings, None, a.close_tab, None, a.quit)
        self._menu(tr_later("&Edit"), a.copy, a.find, a.search)
        view = self._menu(tr_later("&View"))
        self._choice(view, tr_later("Theme"), a.themes)
        self._choice(view, tr_later("Colours of up and down"), a.palettes)
        self._choice(view, tr_later("Language"), a.languages)
        self._fill(view, None, a.larger, a.smaller, a.usual_size, None, a.full_screen)
        chart = self._menu(tr_later("&Chart"), a.new_chart, None)
        self._choice(chart, tr_later("Interval"), a.intervals)
        self._fill(chart, a.indicators, None, a.reset_view, a.snapshot)
        self._menu(
            tr_later("&Bots"),
            a.start_bot,
            a.pause_bot,
            a.stop_bot,
            None,
            a.edit_bot,
            a.duplicate_bot,
            a.mirror_bot,
            a.export_bot,
            a.copy_link,
            a.remove_bot,
            None,
            a.signal_ways,
            None,
            a.pause_all,
        )
        self._menu(tr_later("&Trade"), a.smart_trade, None, a.add_funds, a.close_deal, a.stop_managing, None, a.panic)
        self._menu(
            tr_later("&Research"), a.backtest, a.backtest_bots, a.backtest_file, a.optimise, None, a.backtest_results
        )
        self._menu(tr_later("&Accounts"), a.connect_exchange, None, a.accounts, a.security)
        window = self._menu(tr_later("&Window"))
        panels = self._sub(window, tr_later("Panels"))
        for dock in docks:
            panels.addAction(dock.toggleViewAction())
        self._fill(window, a.markets, a.bottom, None, a.lock_layout, a.reset_layout, None, a.next_panel)
        self._fill(window, a.previous_panel)
        self._menu(tr_later("&Help"), a.guide, a.exchanges, None, a.updates, a.about)
        self.retranslate()

    def retranslate(self) -> None:
        for menu, title in self._titled:
            menu.setTitle(tr(title))

    def _menu(self, title: str, *actions: QAction | None) -> QMenu:
        menu = QMenu(self._bar)
        self._bar.addMenu(menu)
        self._titled.append((menu, title))
        self._fill(menu, *actions)
        return menu

    def _sub(self, parent: QMenu, title: str) -> QMenu:
        menu = QMenu(parent)
        parent.addMenu(menu)
        self._titled.append((menu, title))
        return menu

    def _choice(self, parent: QMenu, title: str, group: QActionGroup) -> None:
        self._sub(parent, title).addActions(group.actions())

    def _fill(self, menu: QMenu, *actions: QAction | None) -> None:
        for action in actions:
            if action is None:
                menu.addSeparator()
            else:
                menu.addAction(action)
