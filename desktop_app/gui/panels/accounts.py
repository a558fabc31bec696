"""The accounts, their keys and whether they trade; connecting one more begins here."""

from datetime import tzinfo

from PySide6.QtWidgets import QWidget

from desktop_app.gui import fmt
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.i18n import tr_later
from desktop_app.gui.panels.accounts_box import AccountsBox
from desktop_app.gui.panels.panel import Panel
from desktop_app.gui.selection import Choice, Selection


class AccountsPanel(Panel):
    def __init__(self, bridge: Bridge, selection: Selection, zone: tzinfo, window: QWidget) -> None:
        super().__init__("accounts", tr_later("Accounts"), bridge, selection, window)
        self.box = AccountsBox(bridge, zone, self, is_compact=True)
        self.setWidget(self.box)
        for changed in (bridge.accounts_changed, bridge.reloaded):
            changed.connect(self._show_count)
        self.retranslate()

    def main_widget(self) -> QWidget:
        return self.box.table

    def table_state(self) -> str:
        return self.box.table.layout_state()

    def restore_table(self, state: str) -> None:
        self.box.table.restore_layout(state)

    def follow(self, choice: Choice) -> None:
        if choice.account:
            self.box.select(choice.account)

    def _show_count(self, *_: object) -> None:
        self.head.count.setText(fmt.whole(self.box.model.total) if self.box.model.total else "")
