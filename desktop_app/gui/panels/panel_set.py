"""All panels of the window together: where the focus goes next, which are locked, which are stale."""

from collections.abc import Callable, Mapping
from datetime import tzinfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMainWindow, QTabBar, QWidget

from desktop_app.gui.bridge import Bridge
from desktop_app.gui.i18n import tr
from desktop_app.gui.layouts import Docks
from desktop_app.gui.panels.accounts import AccountsPanel
from desktop_app.gui.panels.bots import BotsPanel
from desktop_app.gui.panels.deals import DealsPanel
from desktop_app.gui.panels.inspector import InspectorPanel
from desktop_app.gui.panels.log import LogPanel
from desktop_app.gui.panels.markets import MarketsPanel
from desktop_app.gui.panels.orders import OrdersPanel
from desktop_app.gui.panels.panel import Panel
from desktop_app.gui.panels.ticket import TicketPanel
from desktop_app.gui.selection import Selection

_BEFORE_DOCUMENTS = 2  # markets and bots stand left of the documents, the rest below and right


class PanelSet:
    def __init__(self, window: QMainWindow, bridge: Bridge, selection: Selection, zone: tzinfo) -> None:
        self._window = window
        self.markets = MarketsPanel(bridge, selection, window)
        self.bots = BotsPanel(bridge, selection, window)
        self.deals = DealsPanel(bridge, selection, window)
        self.orders = OrdersPanel(bridge, selection, window)
        self.log = LogPanel(bridge, selection, zone, window)
        self.inspector = InspectorPanel(bridge, selection, zone, window)
        self.ticket = TicketPanel(bridge, selection, window)
        self.accounts = AccountsPanel(bridge, selection, zone, window)
        self.docks = Docks(
            self.markets, self.bots, self.deals, self.orders, self.log, self.accounts, self.ticket, self.inspector
        )  # fmt: skip

    def all(self) -> tuple[Panel, ...]:
        """In the order in which F6 visits them."""
        return (
            self.markets, self.bots, self.deals, self.orders, self.log, self.accounts, self.ticket, self.inspector
        )  # fmt: skip

    def named(self, name: str) -> Panel | None:
        return next((panel for panel in self.all() if panel.objectName() == name), None)

    def show(self, name: str) -> None:
        """Bring a panel into view and put the focus into it."""
        panel = self.named(name)
        if panel is not None:
            panel.show()
            panel.raise_()
            panel.main_widget().setFocus(Qt.FocusReason.ShortcutFocusReason)

    def in_focus(self) -> Panel | None:
        focused = QApplication.focusWidget()
        return next((panel for panel in self.all() if focused is not None and panel.isAncestorOf(focused)), None)

    def cycle(self, step: int, focus_documents: Callable[[], QWidget]) -> None:
        """Focus the next panel in sight; the documents in the middle are one stop."""
        stops: list[Panel | None] = [panel for panel in self.all() if _is_in_sight(panel)]
        stops.insert(min(_BEFORE_DOCUMENTS, len(stops)), None)
        focused = self.in_focus()
        at = stops.index(focused) if focused in stops else stops.index(None)
        target = stops[(at + step) % len(stops)]
        widget = target.main_widget() if target is not None else focus_documents()
        widget.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def focus_filter(self) -> None:
        """Ctrl+F: the filter of the panel in focus, else that of the deals."""
        panel = self.in_focus() or self.deals
        box = panel.head.filter
        if box.isHidden():
            panel = self.deals
            box = panel.head.filter
            panel.raise_()
        box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        box.selectAll()

    def toggle_bottom(self) -> None:
        bottom = (self.deals, self.orders, self.log, self.accounts)
        is_shown = any(not panel.isHidden() for panel in bottom)
        for panel in bottom:
            panel.setVisible(not is_shown)

    def set_stale(self, texts: Mapping[str, str], account: str) -> None:
        """Say since when prices are old, by account; markets are those of the one in view."""
        self.markets.set_stale(texts.get(account, ""))
        self.deals.set_stale(texts)
        self.orders.set_stale(texts)

    def lock(self, is_locked: bool) -> None:
        for panel in self.all():
            panel.set_locked(is_locked)

    def fit_heads(self) -> None:
        for panel in self.all():
            panel.fit_head()
        # Qt makes the bars of tabbed panels itself, and names none of them.
        bars = self._window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
        for bar in bars:
            bar.setAccessibleName(tr("Panels"))


def _is_in_sight(panel: Panel) -> bool:
    """Shown, and not behind another tab."""
    return panel.isVisible() and not panel.visibleRegion().isEmpty()
