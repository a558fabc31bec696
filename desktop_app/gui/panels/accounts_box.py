"""The table of accounts with all that can be done to the selected one; panel and security centre both hold it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from desktop_app.gui import account_words, fmt, wording
from desktop_app.gui.account_words import Trouble, has_key
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.connect.clock import now_ms
from desktop_app.gui.connect.places import place_of
from desktop_app.gui.i18n import tr, tr_later, units
from desktop_app.gui.icons import icon
from desktop_app.gui.models import Column, RowsModel
from desktop_app.gui.notices import Banner
from desktop_app.gui.tables import DataTable
from desktop_app.gui.tips import plain_tip

if TYPE_CHECKING:
    from desktop_app.engine.views import AccountView

_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account; `now` in whole minutes repaints rarely."""

    view: AccountView
    now: int
    zone: tzinfo


def _state_icon(row: AccountRow) -> QIcon:
    _, picture, tint = account_words.state_word(row.view)
    return icon(picture, tint)


def _state_tint(row: AccountRow) -> str | None:
    tint = account_words.state_word(row.view)[2]
    return tint if tint in ("error", "warning") else None


def _rights_tint(row: AccountRow) -> str | None:
    return {"refused": "error", "warning": "warning"}.get(row.view.verdict)


def _binding_tint(row: AccountRow) -> str | None:
    return None if not has_key(row.view) or row.view.rights.ip_restricted else "warning"


def _trading_tint(row: AccountRow) -> str | None:
    return "error" if row.view.frozen is not None else None if row.view.may_trade else "muted"


def _checked(row: AccountRow) -> str:
    if not row.view.checked_at:
        return fmt.UNKNOWN
    minutes = max(0, row.now - row.view.checked_at) // _MINUTE_MS
    return tr("{age} ago").format(age=fmt.duration(minutes * _MINUTE_MS, units())) if minutes else tr("just now")


def _reasons(row: AccountRow) -> str:
    return "\n".join(wording.sentence(said) for said in row.view.reasons) or account_words.rights_text(row.view)


COLUMNS: tuple[Column[AccountRow], ...] = (
    Column("name", tr_later("Account"), lambda row: row.view.name, icon=_state_icon, width=18,
           spoken=lambda row: f"{row.view.name}, {wording.mode_word(row.view.mode)}"),
    Column("money", tr_later("Money"), lambda row: wording.mode_word(row.view.mode), width=9,
           icon=lambda row: icon("live", "warning") if row.view.mode == "live" else icon("paper", "muted"),
           colour=lambda row: "warning" if row.view.mode == "live" else None),
    Column("exchange", tr_later("Exchange"), lambda row: account_words.exchange_name(row.view.exchange), width=15,
           is_hidden=True),
    Column("state", tr_later("State"), lambda row: account_words.state_word(row.view)[0], colour=_state_tint, width=16),
    Column("trading", tr_later("Trading"), lambda row: account_words.trading_word(row.view), colour=_trading_tint,
           width=8, hint=tr_later("WATCH: never allowed. OFF: stopped for now. ON: bots may order.")),
    Column("limits", tr_later("Limits"), lambda row: account_words.limits_text(row.view), width=14,
           tooltip=lambda row: account_words.limits_text(row.view), hint=tr_later("What no bot may exceed here")),
    Column("key", tr_later("Key"), lambda row: row.view.key_tail or fmt.UNKNOWN, width=8,
           hint=tr_later("How you tell it from others at the exchange")),
    Column("rights", tr_later("Rights"), lambda row: account_words.rights_text(row.view), colour=_rights_tint, width=25,
           tooltip=_reasons),
    Column("bound", tr_later("IP list"), lambda row: account_words.binding_text(row.view), colour=_binding_tint,
           width=8, hint=tr_later("Whether the key works only from your internet address")),
    Column("age", tr_later("Age / expires"), lambda row: account_words.age_text(row.view, row.now), width=14,
           tooltip=lambda row: account_words.expiry_tip(row.view, row.zone)),
    Column("checked", tr_later("Last checked"), _checked, sort=lambda row: row.view.checked_at or None, width=12,
           tooltip=lambda row: fmt.moment(row.view.checked_at or None, row.zone)),
)  # fmt: skip


class AccountsBox(QWidget):
    """Asks by signals that carry the account's name; `help_requested` also carries which help."""

    connect_requested = Signal()
    selected = Signal(str)
    allow_requested = Signal(str)
    replace_requested = Signal(str)
    check_requested = Signal(str)
    remove_requested = Signal(str)
    page_requested = Signal(str)
    limits_requested = Signal(str)
    help_requested = Signal(str, str)  # account, one of account_words.Help

    def __init__(
        self, bridge: Bridge, zone: tzinfo, parent: QWidget | None = None, *, is_compact: bool = False,
        now: Callable[[], int] = now_ms,
    ) -> None:  # fmt: skip
        """`is_compact`: without room for a banner, the way out of a trouble is a button among the others."""
        super().__init__(parent)
        self._is_compact = is_compact
        self._bridge, self._zone, self._now = bridge, zone, now
        self._trouble: Trouble | None = None
        self.model: RowsModel[AccountRow] = RowsModel(lambda row: row.view.name, COLUMNS, self)
        self.banner = Banner(self)
        self.table = DataTable(self.model, tr_later("Accounts"), self)
        self.table.setSelectionMode(DataTable.SelectionMode.SingleSelection)
        self.allow, self.replace, self.check = QPushButton(), QPushButton(), QPushButton()
        self.remove, self.page, self.connect_one = QPushButton(), QPushButton(), QPushButton()
        self.limits = QPushButton()
        self.way_out = QPushButton()
        self.way_out.setProperty("primary", True)
        self.way_out.hide()
        self.more = QPushButton()
        self.more.setMenu(QMenu(self.more))
        self.more.menu().aboutToShow.connect(self._fill_more)
        self._lay_out()
        self._connect()
        self.retranslate()

    @property
    def account(self) -> AccountView | None:
        return self._bridge.known.accounts.get(self.table.current_id())

    def refresh(self, *_: object) -> None:
        minute = self._now() // _MINUTE_MS * _MINUTE_MS
        views = self._bridge.known.accounts.values()
        self.model.replace(AccountRow(view, minute, self._zone) for view in views)
        if not self.table.current_id() and self.model.total:
            worst = next((view for view in views if account_words.trouble(view) is not None), next(iter(views)))
            self.table.select(worst.name)
        self._show_possible()

    def select(self, account: str) -> None:
        self.table.select(account)

    @property
    def _rarer(self) -> tuple[QPushButton, ...]:
        return self.replace, self.check, self.page, self.remove

    def set_narrow(self, is_narrow: bool) -> None:
        """Without room for all buttons, the rarer ones are behind one."""
        for button in self._rarer:
            button.setVisible(not is_narrow)
        self.more.setVisible(is_narrow)

    def retranslate(self) -> None:
        self.allow.setText(tr("Allow trading…"))
        self.replace.setText(tr("Replace key…"))
        self.check.setText(tr("Re-check rights"))
        self.limits.setText(tr("Limits…"))
        self.remove.setText(tr("Remove from this computer…"))
        self.page.setText(tr("Open the exchange's API page"))
        self.more.setText(tr("More"))
        self.connect_one.setText(tr("Connect an exchange…"))
        self.table.set_empty(
            tr("No accounts yet. Connect an exchange, or start with paper money."), tr("Connect an exchange…")
        )
        self.model.retranslate()
        self.refresh()

    # --- inside

    def _show_possible(self, *_: object) -> None:
        view = self.account
        is_live = view is not None and view.mode == "live"
        has_one = view is not None and has_key(view)
        self.allow.setEnabled(view is not None and not view.may_trade)
        self.replace.setEnabled(has_one)
        self.check.setEnabled(has_one)
        self.limits.setEnabled(view is not None)
        self.remove.setEnabled(view is not None)
        self.page.setEnabled(view is not None and place_of(view.exchange) is not None and is_live)
        no_key = "" if has_one else tr("This account needs no key.")
        for button in (self.replace, self.check):
            button.setToolTip(no_key)
        self.allow.setToolTip("" if self.allow.isEnabled() else tr("It may trade already."))
        self._show_trouble(view)

    def _show_trouble(self, view: AccountView | None) -> None:
        found = (account_words.trouble(view) or account_words.watch_only(view)) if view is not None else None
        if self._is_compact and found is not None and found.help == "allow":
            found = None  # there is a button for that already
        is_shown = found is None or self._is_compact or not self.banner.isHidden()
        if found == self._trouble and is_shown:
            return
        self._trouble = found
        self.way_out.setVisible(self._is_compact and found is not None and bool(found.button))
        self.way_out.setText(found.button if found is not None else "")
        self.way_out.setToolTip(plain_tip(f"{found.title} {found.text}") if found is not None else "")
        if found is None or self._is_compact:
            self.banner.hide()
        else:
            self.banner.say(found.mood, found.title, found.text, action=found.button, is_closable=False)

    def _help(self) -> None:
        if self._trouble is not None and self.account is not None:
            self.help_requested.emit(self.account.name, self._trouble.help)

    def _tell(self, signal_name: str) -> None:
        if self.account is not None:
            getattr(self, signal_name).emit(self.account.name)

    def _show_menu(self, _ids: list[str], at: QPoint) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        self._add_deeds(menu, (self.allow, self.limits, *self._rarer))
        menu.popup(at)

    def _fill_more(self) -> None:
        menu = self.more.menu()
        menu.clear()
        self._add_deeds(menu, self._rarer)

    def _add_deeds(self, menu: QMenu, buttons: tuple[QPushButton, ...]) -> None:
        for button in buttons:
            action = menu.addAction(button.text(), button.click)
            action.setEnabled(button.isEnabled())

    def _connect(self) -> None:
        self.table.row_selected.connect(self._show_possible)
        self.table.row_selected.connect(self.selected)
        self.table.menu_requested.connect(self._show_menu)
        self.table.empty_action_requested.connect(self.connect_requested)
        self.connect_one.clicked.connect(self.connect_requested)
        self.banner.action_requested.connect(self._help)
        self.way_out.clicked.connect(self._help)
        for button, signal_name in (
            (self.allow, "allow_requested"), (self.replace, "replace_requested"), (self.check, "check_requested"),
            (self.remove, "remove_requested"), (self.page, "page_requested"), (self.limits, "limits_requested"),
        ):  # fmt: skip
            button.clicked.connect(lambda _is_on=False, name=signal_name: self._tell(name))
        self._bridge.accounts_changed.connect(self.refresh)
        self._bridge.reloaded.connect(self.refresh)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setContentsMargins(8, 6, 8, 6)
        buttons.setSpacing(6)
        for button in (self.way_out, self.allow, self.limits, *self._rarer, self.more):
            buttons.addWidget(button)
        self.set_narrow(self._is_compact)
        buttons.addStretch()
        buttons.addWidget(self.connect_one)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self.table, 1)
        column.addLayout(buttons)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
