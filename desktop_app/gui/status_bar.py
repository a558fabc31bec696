"""The row of facts at the bottom: feed, bots, orders, equity, today, keys, sleep, clock. A click tells more of one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QStatusBar, QToolButton, QWidget

from desktop_app.core.market import ZERO
from desktop_app.core.order import OrderStatus
from desktop_app.gui import fmt
from desktop_app.gui.account_words import exchange_name, has_key, state_word
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.connect.clock import now_ms
from desktop_app.gui.fonts import number_font
from desktop_app.gui.i18n import tr, units
from desktop_app.gui.icons import icon
from desktop_app.gui.tips import plain_tip

if TYPE_CHECKING:
    from desktop_app.engine.views import AccountView, BotView


SECURITY = "document.security"
POWER = "document.settings"


class StatusBar(QStatusBar):
    """`panel_requested` carries the objectName of the dock, or of the document, that explains a cell."""

    panel_requested = Signal(str)

    def __init__(self, bridge: Bridge, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._zone = bridge, zone
        self._account = ""
        self.setSizeGripEnabled(False)
        self.feed = self._cell("dock.log")
        self.bots = self._cell("dock.bots")
        self.orders = self._cell("dock.orders")
        self.equity = self._cell("dock.deals")
        self.today = self._cell("dock.deals")
        self.keys = self._cell(SECURITY)
        self.awake = self._cell(POWER)
        self.awake.hide()
        self.clock = self._cell("dock.markets")
        self._seconds = QTimer(self)
        self._seconds.setInterval(1000)
        self._seconds.timeout.connect(self.refresh)
        self._seconds.start()
        for changed in (bridge.accounts_changed, bridge.bots_changed, bridge.bots_gone, bridge.balances_changed):
            changed.connect(self.refresh)
        bridge.orders_changed.connect(lambda _: self._show_orders())
        bridge.reloaded.connect(self.refresh)
        self.refresh()

    def show_account(self, account: str) -> None:
        self._account = account
        self.refresh()

    def show_awake(self, state: str, hint: str) -> None:
        """Whether this computer may fall asleep; a word only where that was switched on."""
        words = {"held": tr("Kept awake"), "allowed": tr("Sleep allowed"), "failed": tr("Not kept awake")}
        self.awake.setVisible(state in words)
        if state in words:
            is_bad = state == "failed"
            self._say(self.awake, words[state], hint, "warning" if is_bad else "eye", "warning" if is_bad else "muted")

    def refresh(self, *_: object) -> None:
        account = self._bridge.known.accounts.get(self._account)
        bots = list(self._bridge.known.bots.values())
        self._show_feed(account)
        self._show_bots(bots)
        self._show_orders()
        self._show_money(account, [bot for bot in bots if bot.account == self._account])
        self._show_clock(account)
        self._show_keys()

    def _show_feed(self, account: AccountView | None) -> None:
        if account is None:
            text, picture, tint = tr("Starting…"), "clock", "muted"
            if self._bridge.is_attached:
                text = tr("No account yet")
        elif account.is_live_feed:
            name = tr("Sim") if account.mode == "sim" else exchange_name(account.exchange)
            text = tr("{name} online").format(name=name)
            picture, tint = "check", "profit"
        else:
            since = now_ms() - account.since if account.since and account.mode != "sim" else None
            text = tr("Offline {age}").format(age=fmt.duration(since, units())) if since else tr("Offline")
            picture, tint = "warning", "warning"
        self._say(self.feed, text, tr("Prices of {account}").format(account=self._account), picture, tint)

    def _show_keys(self) -> None:
        """The worst of all keys; without one, that none is needed."""
        accounts = self._bridge.known.accounts.values()
        with_key = [view for view in accounts if has_key(view)]
        self.keys.setVisible(bool(accounts))
        if not with_key:
            hint = tr("Paper accounts need no exchange key. Nothing secret is stored.")
            self.keys.setIcon(QIcon())
            self._say(self.keys, tr("No keys needed (paper)"), hint)
            return
        bad = [view for view in with_key if view.key_state not in ("ok", "session")]
        hint = tr("Keys of your exchanges; click for the security centre")
        if bad:
            self._say(self.keys, state_word(bad[0])[0], hint, "key", "error")
            return
        words = tr("1 key kept") if len(with_key) == 1 else tr("{count} keys kept").format(count=len(with_key))
        if any(view.key_state == "session" for view in with_key):
            words = tr("Keys until you quit")
        self._say(self.keys, words, hint, "key", "muted")

    def _show_bots(self, bots: Iterable[BotView]) -> None:
        states = [bot.status for bot in bots]
        parts = [tr("{count} running").format(count=states.count("running"))]
        if paused := states.count("paused"):
            parts.append(tr("{count} paused").format(count=paused))
        held = states.count("held")
        if held:
            parts.append(tr("{count} needs attention").format(count=held))
        self._say(self.bots, " · ".join(parts), tr("Bots"), "warning" if held else "", "warning")

    def _show_orders(self) -> None:
        live = [known.order for known in self._bridge.known.orders.values()]
        unsure = sum(order.status is OrderStatus.PENDING for order in live)
        text = tr("1 order") if len(live) == 1 else tr("{count} orders").format(count=len(live))
        if unsure:
            text = tr("{count} orders ({unsure} not confirmed)").format(count=len(live), unsure=unsure)
        self._say(self.orders, text, tr("Orders that rest on the exchange"))

    def _show_money(self, account: AccountView | None, bots: Iterable[BotView]) -> None:
        self.equity.setVisible(account is not None)
        self.today.setVisible(account is not None)
        if account is None:
            return
        quote = self._bridge.known.quote(account.name)
        equity = self._bridge.known.equity(account.name, quote)
        hint = tr("Everything on {account} at the last prices").format(account=account.name)
        self._say(self.equity, fmt.money(equity, quote), hint)
        today = sum((bot.profit_today for bot in bots), ZERO)
        share = today / (equity - today) * Decimal(100) if equity and equity != today else None
        text = tr("Today {profit}").format(profit=fmt.signed(today, quote))
        if share is not None:
            text += f" ({fmt.percent(share)})"
        self._say(self.today, text, self._what_today_is(account.name, quote))

    def _what_today_is(self, account: str, quote: str) -> str:
        """With what the bots' profit has besides, so that the numbers of two panels can be added up."""
        words = tr("Profit of deals closed since 00:00 UTC, after fees")
        deals = [view.deal for view in self._bridge.known.open_deals() if view.account == account]
        realised = sum((deal.profit for deal in deals), ZERO)
        if not realised:
            return words
        beside = tr("Open deals have realised {profit} besides. It counts here on the day when they close.")
        return f"{words}\n{beside.format(profit=fmt.pnl(realised, quote))}"

    def _show_clock(self, account: AccountView | None) -> None:
        self.clock.setVisible(account is not None)
        if account is None:
            return
        at = self._bridge.known.now(account.name)
        text = f"{fmt.clock(at, self._zone)} {fmt.zone_name(at, self._zone)}"
        if account.mode == "sim":
            text = tr("{clock} simulated").format(clock=f"{fmt.moment(at, self._zone)}")
        self._say(self.clock, text, tr("The clock of the exchange of {account}").format(account=account.name))

    def _cell(self, panel: str) -> QToolButton:
        cell = QToolButton()
        cell.setProperty("cell", True)
        cell.setAutoRaise(True)
        cell.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        cell.setFont(number_font(cell.font()))
        if panel:
            cell.clicked.connect(lambda _is_checked=False: self.panel_requested.emit(panel))
        self.addWidget(cell)
        return cell

    def _say(self, cell: QToolButton, text: str, hint: str, picture: str = "", tint: str = "muted") -> None:
        cell.setText(text)
        cell.setToolTip(plain_tip(hint))
        cell.setAccessibleName(f"{hint}: {text}")
        if picture:
            cell.setIcon(icon(picture, tint))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)
