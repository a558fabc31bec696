"""Search everything at work: what there is when it opens, and what Enter does with each kind of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenuBar, QWidget

from desktop_app.gui.actions import Actions
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.panels.panel_set import PanelSet
from desktop_app.gui.selection import Selection

if TYPE_CHECKING:
    from desktop_app.engine.views import BotView, DealView
    from desktop_app.gui.search.box import SearchBox


class SearchDesk(QObject):
    """Commands are triggered as from their menu: whatever asks there asks here."""

    pair_requested = Signal(str, str)  # account, pair
    setting_requested = Signal(str)  # a key of `setting_names`

    def __init__(
        self, window: QWidget, bar: QMenuBar, bridge: Bridge, selection: Selection, panels: PanelSet, actions: Actions
    ) -> None:
        super().__init__(window)
        self._window, self._bar, self._bridge, self._selection = window, bar, bridge, selection
        self._panels, self._own = panels, actions.search
        self.setting_names: Callable[[], Mapping[str, str]] = dict  # with words for `tr`; none without a page
        self.box: SearchBox | None = None
        actions.search.triggered.connect(lambda _=False: self.open())

    def open(self, words: str = "") -> None:
        """Everything is read anew each time: what is greyed or gone now is not found."""
        from desktop_app.gui.search import places
        from desktop_app.gui.search.box import SearchBox

        if self.box is None:
            self.box = SearchBox(self._window)
        known, account = self._bridge.known, self._selection.choice.account
        switches = {panel.toggleViewAction(): partial(self._panels.show, panel.objectName())
                    for panel in self._panels.all()}  # fmt: skip
        entries = chain(
            places.deals(known, self._show_deal),
            places.bots(known, self._show_bot),
            places.pairs(known, account, self.pair_requested.emit),
            places.commands(self._bar, switches, self._own),
            places.settings(self.setting_names(), self.setting_requested.emit),
        )
        self.box.open_on(entries, words)

    def _show_deal(self, view: DealView) -> None:
        self._panels.show("dock.deals")
        self._selection.pick_deal(view.deal_id, view.bot_id, view.account, view.deal.symbol)

    def _show_bot(self, view: BotView) -> None:
        self._panels.show("dock.bots")
        self._panels.bots.choose(view)
