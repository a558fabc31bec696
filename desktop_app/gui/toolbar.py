"""The one row under the menu: whose money, how fast its market runs, a new bot, pause and PANIC."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QIcon, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QToolBar, QToolButton, QWidget

from desktop_app.gui.actions import SPEEDS, Actions
from desktop_app.gui.i18n import tr
from desktop_app.gui.icons import icon
from desktop_app.gui.notices import Badge, restyle

if TYPE_CHECKING:
    from desktop_app.engine.views import AccountView

_ICON = Qt.ToolButtonStyle.ToolButtonIconOnly


class Toolbar(QToolBar):
    account_picked = Signal(str)
    speed_requested = Signal(str, object)  # account, Decimal

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("toolbar.main")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._account: AccountView | None = None
        self.accounts = QComboBox()
        self.accounts.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.accounts.setMinimumContentsLength(12)
        self.accounts.activated.connect(lambda at: self.account_picked.emit(self.accounts.itemData(at)))
        self.badge = Badge("paper")
        self.simulated = QLabel()
        self.simulated.setProperty("role", "muted")
        self.speeds = SpeedChip()
        self.speeds.speed_requested.connect(self._ask_speed)
        self.addWidget(self.accounts)
        self.addWidget(_gap(8))
        self._badge_place = self.addWidget(self.badge)
        self._simulated_places = [self.addWidget(w) for w in (_gap(4), self.simulated, _gap(4), self.speeds)]
        self.watch_only = QLabel()
        self.watch_only.setProperty("role", "muted")
        self._watch_places = [self.addWidget(w) for w in (_gap(4), self.watch_only)]
        self._button(actions.connect_exchange).setToolButtonStyle(_ICON)
        self.addSeparator()
        self._worded = [self._button(a) for a in (actions.new_bot, actions.smart_trade, actions.backtest)]
        self.addWidget(_stretch())
        self._button(actions.search).setToolButtonStyle(_ICON)
        self._worded.append(self._button(actions.pause_all))
        self.addWidget(_gap(6))
        self.addAction(actions.panic)
        panic = self.widgetForAction(actions.panic)
        panic.setProperty("danger", True)
        restyle(panic)
        self._names = (self.accounts, self.speeds)
        self.retranslate()
        self.show_account(None)

    def show_accounts(self, accounts: list[AccountView], current: str) -> None:
        """List the accounts; the current one is shown."""
        with QSignalBlocker(self.accounts):
            names = [view.name for view in accounts]
            if [self.accounts.itemData(i) for i in range(self.accounts.count())] != names:
                self.accounts.clear()
                for view in accounts:
                    self.accounts.addItem(_mode_icon(view.mode), view.name, view.name)
            self.accounts.setCurrentIndex(names.index(current) if current in names else -1)
        self.accounts.setEnabled(bool(accounts))
        self.show_account(next((view for view in accounts if view.name == current), None))

    def show_account(self, account: AccountView | None) -> None:
        self._account = account
        self._badge_place.setVisible(account is not None)
        is_sim = account is not None and account.mode == "sim"
        is_watched = account is not None and account.mode == "live" and not account.may_trade
        for place in self._simulated_places:
            place.setVisible(is_sim)
        for place in self._watch_places:
            place.setVisible(is_watched)
        if account is not None:
            self.badge.set_kind("live" if account.mode == "live" else "paper")
            self.speeds.show_speed(account.speed)
        self._make_room()

    def retranslate(self) -> None:
        self.setWindowTitle(tr("Toolbar"))
        self.accounts.setAccessibleName(tr("Account"))
        self.accounts.setPlaceholderText(tr("No account yet"))
        self.accounts.setToolTip(tr("The account whose market and balance you see"))
        self.simulated.setText(tr("simulated market"))
        self.simulated.setToolTip(tr("Prices are made up by this app. Nothing here is a real price."))
        self.watch_only.setText(tr("Watch only"))
        self.watch_only.setToolTip(tr("Nothing is ordered here. Security centre: Allow trading…"))
        self.speeds.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """PANIC is last, and stays in sight: in a narrow window the other commands are their icons alone."""
        for style in (Qt.ToolButtonStyle.ToolButtonTextBesideIcon, _ICON):
            for button in self._worded:
                button.setToolButtonStyle(style)
            if self.sizeHint().width() <= self.width():
                break

    def _button(self, action: QAction) -> QToolButton:
        self.addAction(action)
        button = self.widgetForAction(action)
        assert isinstance(button, QToolButton)
        return button

    def _ask_speed(self, speed: Decimal) -> None:
        if self._account is not None:
            self.speed_requested.emit(self._account.name, speed)


class SpeedChip(QWidget):
    """How many times faster than life a simulated market runs."""

    speed_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.buttons: dict[int, QToolButton] = {}
        for speed in SPEEDS:
            button = QToolButton()
            button.setProperty("chip", True)
            button.setText(f"{speed}×")
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _is_checked, chosen=speed: self.speed_requested.emit(Decimal(chosen)))
            row.addWidget(button)
            self.buttons[speed] = button
        self.retranslate()

    def show_speed(self, speed: Decimal) -> None:
        """Tick the speed in force; none where it is another one."""
        for value, button in self.buttons.items():
            button.setAutoExclusive(False)
            button.setChecked(speed == value)
            button.setAutoExclusive(True)

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Speed of the simulated market"))
        for speed, button in self.buttons.items():
            button.setAccessibleName(tr("Speed {speed} times").format(speed=speed))
            button.setToolTip(tr("Run the simulated market {speed} times as fast").format(speed=speed))


def _mode_icon(mode: str) -> QIcon:
    """The shapes of the badges: whose money it is shows before an account is chosen."""
    return icon("live", "warning") if mode == "live" else icon("paper", "muted")


def _gap(width: int) -> QWidget:
    gap = QWidget()
    gap.setFixedWidth(width)
    return gap


def _stretch() -> QWidget:
    stretch = QWidget()
    stretch.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    return stretch
