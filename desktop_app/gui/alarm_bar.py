"""Rows across the whole window that stay until something was done: foreign activity, then accounts in need."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolBar, QVBoxLayout, QWidget

from desktop_app.gui import account_words, wording
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.connect.places import place_of
from desktop_app.gui.foreign_watch import ForeignWatch
from desktop_app.gui.i18n import together, tr
from desktop_app.gui.icons import icon_pixmap
from desktop_app.gui.notices import announce, plain_label, restyle

_MOST_ROWS = 3
_NARROWEST, _MARGINS = 400, 16


@dataclass(frozen=True, slots=True)
class Alarm:
    """A row: whose, what, and its buttons as (what to do, words)."""

    account: str
    is_foreign: bool
    title: str
    text: str
    buttons: tuple[tuple[str, str], ...]


class AlarmBar(QToolBar):
    """A toolbar only so that the window gives it its whole width. Empty, it is not there."""

    help_requested = Signal(str, str)  # account, "acknowledge" | "page" | one of account_words.Help
    more_requested = Signal()

    def __init__(self, bridge: Bridge, foreign: ForeignWatch, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("toolbar.alarms")
        self.setMovable(False)
        self.setFloatable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.toggleViewAction().setEnabled(False)
        self._bridge, self._foreign = bridge, foreign
        self.alarms: tuple[Alarm, ...] = ()
        self._box = QWidget()
        self._column = QVBoxLayout(self._box)
        self._column.setContentsMargins(0, 2, 0, 2)
        self._column.setSpacing(4)
        self._box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.addWidget(self._box)
        self.hide()
        # The window's kept arrangement knows whether bars were shown; what needs somebody now decides here.
        self.visibilityChanged.connect(lambda _is_on: QTimer.singleShot(0, self, self._correct))
        foreign.changed.connect(self.refresh)
        bridge.accounts_changed.connect(self.refresh)
        bridge.reloaded.connect(self.refresh)

    def refresh(self, *_: object) -> None:
        """Show what needs somebody now."""
        alarms = (*self._foreign_alarms(), *self._troubles())
        if alarms != self.alarms:
            self.alarms = alarms
            self._fill()
        self.setVisible(bool(alarms))

    def _correct(self) -> None:
        if self.isHidden() == bool(self.alarms):
            self.setVisible(bool(self.alarms))

    def _foreign_alarms(self) -> list[Alarm]:
        found = []
        for name in self._foreign.alarmed():
            view = self._bridge.known.accounts.get(name)
            exchange = account_words.exchange_name(view.exchange) if view is not None else ""
            lines = self._foreign.open_lines(name)
            words = wording.sentence(lines[0].said)
            more = tr("And {count} more.").format(count=len(lines) - 1) if len(lines) > 1 else ""
            stopped = tr("Bots on it open nothing now.") if view is not None and view.frozen is not None else ""
            advice = tr("If it was not you: delete the key at {exchange} now. This app cannot do that for you.")
            title = tr("{account}: something happened that this app did not do.").format(account=name)
            buttons = [("acknowledge", tr("It was me")), ("security", tr("Show all"))]
            if view is not None and place_of(view.exchange) is not None:
                buttons.append(("page", tr("Open API page")))
            text = together(words, more, stopped, advice.format(exchange=exchange))
            found.append(Alarm(name, True, title, text, tuple(buttons)))
        return found

    def _troubles(self) -> list[Alarm]:
        alarmed = set(self._foreign.alarmed())
        found = []
        for view in self._bridge.known.accounts.values():
            if view.mode != "live" or view.name in alarmed:
                continue
            trouble = account_words.trouble(view)
            if trouble is not None and (trouble.help != "reconnect" or view.reason):
                buttons = ((trouble.help, trouble.button),) if trouble.button else ()
                found.append(Alarm(view.name, False, trouble.title, trouble.text, buttons))
        return found

    def _fill(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for alarm in self.alarms[:_MOST_ROWS]:
            row = AlarmRow(alarm, partial(self._ask, alarm.account))
            self._column.addWidget(row)
            row.show()  # a row that was never shown counts for nothing when heights are added up
            announce(self, f"{alarm.title} {alarm.text}", is_urgent=alarm.is_foreign)
        if len(self.alarms) > _MOST_ROWS:
            more = QPushButton(tr("{count} more accounts need you").format(count=len(self.alarms) - _MOST_ROWS))
            more.setProperty("link", True)
            more.clicked.connect(self.more_requested)
            self._column.addWidget(more)
            more.show()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A toolbar does not ask its content how high it is at this width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self._box.setFixedHeight(max(1, self._column.heightForWidth(max(_NARROWEST, self.width() - _MARGINS))))

    def _ask(self, account: str, what: str) -> None:
        if what == "security":
            self.more_requested.emit()
        else:
            self.help_requested.emit(account, what)

    def retranslate(self) -> None:
        self.setWindowTitle(tr("Alarms"))
        self.alarms = ()
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


class AlarmRow(QFrame):
    """Red for what nobody here did, otherwise as a warning; it has no cross."""

    def __init__(self, alarm: Alarm, on_button: Callable[[str], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", "alarm" if alarm.is_foreign else "warning")
        self.setAccessibleName(f"{alarm.title} {alarm.text}")
        picture = QLabel()
        tint = "panic_fg" if alarm.is_foreign else "warning"
        picture.setPixmap(icon_pixmap("warning", 18, tint, self.devicePixelRatioF()))
        title = plain_label(alarm.title)
        title.setProperty("role", "title")
        text = plain_label(alarm.text)
        words = QVBoxLayout()
        words.setSpacing(1)
        for label in (title, text):
            label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
            words.addWidget(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(10)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.buttons = _buttons(alarm.buttons, on_button)
        for button in self.buttons:
            row.addWidget(button)
        restyle(self)


def _buttons(wanted: Sequence[tuple[str, str]], on_button: Callable[[str], None]) -> list[QPushButton]:
    made = []
    for what, words in wanted:
        button = QPushButton(words)
        button.clicked.connect(lambda _is_on=False, key=what: on_button(key))
        made.append(button)
    return made
