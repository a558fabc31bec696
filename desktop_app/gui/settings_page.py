"""The settings that no menu shows whole: look, power and start-up, newer versions. Each applies at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QActionGroup, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from desktop_app.config import AppSettings
from desktop_app.gui.appearance import Appearance
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.help_desk import HelpDesk
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.notices import plain_label, restyle
from desktop_app.gui.system.awake_watch import AwakeWatch
from desktop_app.gui.system.login_entry import LoginEntry, login_entry, set_switch
from desktop_app.gui.system.unable import Unable

NAMES = {
    "language": tr_later("Language"),
    "theme": tr_later("Theme"),
    "palette": tr_later("Colours of up and down"),
    "login": tr_later("Start Strongroom when I log in"),
    "awake": tr_later("Keep this computer awake while bots run"),
    "updates": tr_later("Look for a newer version once a day"),
}
_LOOKS = ("language", "theme", "palette")
_HERE = (*_LOOKS, "keeps_awake", "looks_for_updates")
_INDENT = 27  # under the words of a check box
_WIDEST = 760


class SettingsPage(QWidget):
    """A document. What the system has to say of starting at login is asked anew each time that this is shown."""

    def __init__(
        self,
        bridge: Bridge,
        appearance: Appearance,
        awake: AwakeWatch,
        help_desk: HelpDesk,
        data_dir: Path,
        *,
        has_tray: Callable[[], bool],
        find_entry: Callable[[Path], LoginEntry] = login_entry,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("document.settings")
        self._bridge, self._appearance, self._awake, self._help = bridge, appearance, awake, help_desk
        self._data_dir, self._has_tray, self._find_entry = data_dir, has_tray, find_entry
        self._titles = tuple(QLabel() for _ in range(3))
        self.looks = {name: QComboBox() for name in _LOOKS}
        self._look_names = {name: QLabel() for name in _LOOKS}
        self.login, self.login_note = QCheckBox(), _note()
        self.awake, self.awake_note = QCheckBox(), _note()
        self.tray_note = plain_label()
        self.updates, self.updates_note = QCheckBox(), _note()
        self._switches = {"login": self.login, "awake": self.awake, "updates": self.updates}
        self.check, self.found = QPushButton(), plain_label()
        self.page = QPushButton()
        self.back = QPushButton()
        self._lay_out()
        self._connect()
        self.retranslate()

    def focus_on(self, name: str) -> None:
        """One of NAMES."""
        widget = self._switches.get(name) or self.looks[name]
        widget.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def retranslate(self) -> None:
        for label, text in zip(
            self._titles, (tr("Look and language"), tr("Power and start-up"), tr("Newer versions")), strict=True
        ):
            label.setText(text)
        for name, label in self._look_names.items():
            label.setText(tr(NAMES[name]))
            self.looks[name].setAccessibleName(tr(NAMES[name]))
        for name, switch in self._switches.items():
            switch.setText(tr(NAMES[name]))
        self.updates_note.setText(
            tr(
                "Asks the project's page at GitHub for the number of the newest version. Nothing about you or your "
                "bots is sent, and nothing is downloaded. Off: nobody is asked."
            )
        )
        self.check.setText(tr("Check now"))
        self.page.setText(tr("Open the page"))
        self.back.setText(tr("Set back to the defaults"))
        self.refresh()

    def refresh(self, *_: object) -> None:
        settings = self._appearance.settings
        for name, group in self._groups().items():
            self._fill(self.looks[name], group, getattr(settings, name))
        self.awake.setChecked(settings.keeps_awake)
        self.awake_note.setText(self._awake.sentence())
        _mark(self.awake_note, is_problem=self._awake.state == "failed")
        self.updates.setChecked(settings.looks_for_updates)
        words = tr("Tray: this desktop shows it. Bots can keep running there when the window is closed.")
        if not self._has_tray():
            words = tr("Tray: this desktop has none. A minimised window keeps the bots running.")
        self.tray_note.setText(words)

    # --- inside

    def _groups(self) -> dict[str, QActionGroup]:
        return self._appearance.choices()

    def _fill(self, box: QComboBox, group: QActionGroup, chosen: str) -> None:
        words = [(action.text(), str(action.data())) for action in group.actions()]
        if [(box.itemText(at), box.itemData(at)) for at in range(box.count())] != words:
            box.clear()
            for text, key in words:
                box.addItem(text, key)
        box.setCurrentIndex(box.findData(chosen))

    def _set_look(self, name: str) -> None:
        self._appearance.change({name: self.looks[name].currentData()})

    def _set_back(self) -> None:
        usual = AppSettings()
        self._appearance.change({name: getattr(usual, name) for name in _HERE})
        if self.login.isEnabled() and self.login.isChecked():
            self._switch_login(False)

    # starting at login: the box shows what the system says, whatever was clicked

    def _read_login(self) -> None:
        self._bridge.spawn(self._ask_system(None), tr("asking the system about its start"))

    def _switch_login(self, is_on: bool) -> None:
        self._bridge.spawn(self._ask_system(is_on), tr("switching the start at login"))

    async def _ask_system(self, wanted: bool | None) -> None:
        self.login.setEnabled(False)
        told = await asyncio.to_thread(_told_by_system, self._find_entry, self._data_dir, wanted)
        if isValid(self):  # else closed before the answer came
            self._show_login(*told)

    def _show_login(self, is_on: bool | None, place: str, problem: Unable | None) -> None:
        self.login.setEnabled(is_on is not None)
        self.login.setChecked(bool(is_on))
        words = tr("Off: nothing is started. Bots that ran go on when you open Strongroom.")
        if is_on:
            words = tr("On, in the background. The system has it here: {place}").format(place=place)
        self.login_note.setText(problem.sentence() if problem is not None else words)
        _mark(self.login_note, is_problem=problem is not None)

    # newer versions

    def _looked(self, words: str, is_newer: bool) -> None:
        self.check.setEnabled(True)
        self.found.setText(words)
        self.page.setVisible(is_newer)

    def _check_now(self) -> None:
        self.check.setEnabled(False)
        self.found.setText(tr("Asking…"))
        self._help.check()

    def _connect(self) -> None:
        for name, box in self.looks.items():
            box.activated.connect(lambda _at, name=name: self._set_look(name))
        self.login.clicked.connect(self._switch_login)
        self.awake.clicked.connect(lambda is_on: self._appearance.change({"keeps_awake": is_on}))
        self.updates.clicked.connect(lambda is_on: self._appearance.change({"looks_for_updates": is_on}))
        self.check.clicked.connect(self._check_now)
        self.page.clicked.connect(self._help.open_page)
        self.back.clicked.connect(self._set_back)
        self._help.looked.connect(self._looked)
        self._awake.changed.connect(self.refresh)
        self._appearance.settings_changed.connect(self.refresh)

    def _lay_out(self) -> None:
        self.page.hide()
        self.tray_note.setProperty("role", "muted")
        looks = QVBoxLayout()
        for name, box in self.looks.items():
            row = QHBoxLayout()
            self._look_names[name].setBuddy(box)
            self._look_names[name].setMinimumWidth(200)
            row.addWidget(self._look_names[name])
            row.addWidget(box)
            row.addStretch()
            looks.addLayout(row)
        power = QVBoxLayout()
        for part in (self.login, self.login_note, self.awake, self.awake_note, self.tray_note):
            power.addWidget(part)
        power.insertSpacing(2, 8)
        power.insertSpacing(5, 8)
        newer = QVBoxLayout()
        for part in (self.updates, self.updates_note):
            newer.addWidget(part)
        row = QHBoxLayout()
        row.setContentsMargins(0, 8, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.check)
        row.addWidget(self.found, 1)
        row.addWidget(self.page)
        newer.addLayout(row)
        column = QVBoxLayout()
        column.setSpacing(14)
        for title, body in zip(self._titles, (looks, power, newer), strict=True):
            column.addWidget(_card(title, body))
        end = QHBoxLayout()
        end.addStretch()
        end.addWidget(self.back)
        column.addLayout(end)
        column.addStretch(1)
        self._frame(column)

    def _frame(self, column: QVBoxLayout) -> None:
        """As wide as lines are good to read, in the middle of a wide window."""
        middle = QWidget()
        middle.setMaximumWidth(_WIDEST)
        column.setContentsMargins(0, 0, 0, 0)
        middle.setLayout(column)
        inside = QWidget()
        row = QHBoxLayout(inside)
        row.setContentsMargins(28, 22, 28, 22)
        row.addStretch(1)
        row.addWidget(middle, 100)
        row.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setAccessibleName(tr("Settings"))
        area.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
        self._read_login()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
            if self.isVisible():
                self._read_login()
        super().changeEvent(event)


def _told_by_system(
    find: Callable[[Path], LoginEntry], folder: Path, wanted: bool | None
) -> tuple[bool | None, str, Unable | None]:
    """How it is, where the system keeps that, and what went wrong; asks the disk, so it is for a thread."""
    problem: Unable | None = None
    try:
        entry = find(folder)
    except Unable as unable:
        return None, "", unable
    if wanted is not None:
        try:
            set_switch(entry, is_on=wanted)
        except Unable as unable:
            problem = unable
    try:
        return entry.is_on(), entry.place, problem
    except Unable as unable:
        return None, entry.place, unable


def _note() -> QLabel:
    label = plain_label()
    label.setIndent(_INDENT)
    label.setProperty("role", "muted")
    return label


def _mark(label: QLabel, *, is_problem: bool) -> None:
    role = "problem" if is_problem else "muted"
    if label.property("role") != role:
        label.setProperty("role", role)
        restyle(label)


def _card(title: QLabel, body: QVBoxLayout) -> QFrame:
    card = QFrame()
    card.setProperty("card", True)
    title.setProperty("role", "title")
    body.setSpacing(4)
    column = QVBoxLayout(card)
    column.setContentsMargins(18, 14, 18, 16)
    column.setSpacing(8)
    column.addWidget(title)
    column.addLayout(body)
    return card
