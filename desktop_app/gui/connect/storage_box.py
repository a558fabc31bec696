"""Where the key will be kept: the system's own store of passwords, or only until this program ends, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop_app.gui import wording
from desktop_app.gui.connect.marks import Fact, Mark, picture
from desktop_app.gui.i18n import tr
from desktop_app.gui.icons import icon_pixmap
from desktop_app.gui.notices import link_button, plain_label

if TYPE_CHECKING:
    from desktop_app.engine.views import KeyringView


def keyring_fact(keyring: KeyringView | None) -> Fact:
    """The state of the keyring in one line and what it means."""
    if keyring is None:
        return Fact("keyring", "unknown", tr("Looking for the keyring…"))
    remedy = wording.sentence(keyring.remedy) if keyring.remedy is not None else ""
    match keyring.kind:
        case "ok":
            text = tr("Keyring: {backend}").format(backend=keyring.backend)
            return Fact(
                "keyring", "yes", text, tr("Test write and read are fine. Nothing secret is in any file of ours.")
            )
        case "locked":
            text = tr("The keyring is locked")
            return Fact("keyring", "warning", text, remedy or tr("Unlock it with your password of this computer."))
        case "silent":
            text = tr("The keyring does not answer")
            return Fact("keyring", "warning", text, remedy or tr("A question of it may be open behind this window."))
        case "unsafe":
            text = tr("The keyring of this system is not safe")
            return Fact("keyring", "no", text, remedy or tr("It keeps passwords as plain text, so it is not used."))
    text = tr("No keyring on this system")
    return Fact("keyring", "no", text, remedy or tr("Keys cannot be saved. There is no plain text instead."))


class StorageBox(QWidget):
    """Says the state; where there is no keyring it offers what is left."""

    unlock_requested = Signal()
    help_requested = Signal()
    paper_requested = Signal()
    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keyring: KeyringView | None = None
        self._mark = QLabel()
        self._text = plain_label()
        self._note = plain_label()
        self._note.setProperty("role", "muted")
        self.unlock_button = QPushButton()
        self.session_box = QCheckBox()
        self.help_button = link_button("")
        self.paper_button = link_button("")
        self.unlock_button.setAutoDefault(False)
        self.unlock_button.clicked.connect(self.unlock_requested)
        self.help_button.clicked.connect(self.help_requested)
        self.paper_button.clicked.connect(self.paper_requested)
        self.session_box.toggled.connect(lambda _is_on: self.changed.emit())
        self._lay_out()
        self._show()

    @property
    def session_only(self) -> bool:
        """The key is kept until the program ends and asked for again at the next start."""
        return self._offers_session and self.session_box.isChecked()

    @property
    def is_known(self) -> bool:
        """The keyring has answered."""
        return self._keyring is not None

    @property
    def is_possible(self) -> bool:
        """There is a place for the key."""
        return self.session_only or (self._keyring is not None and self._keyring.kind == "ok")

    @property
    def _offers_session(self) -> bool:
        return self._keyring is not None and self._keyring.kind != "ok"

    def show_keyring(self, keyring: KeyringView | None) -> None:
        self._keyring = keyring
        self._show()
        self.changed.emit()

    def fact(self) -> Fact:
        """Where the key will be, for the page of results."""
        if self.session_only:
            note = tr("Asked for again at the next start; bots on it wait until then.")
            return Fact("keyring", "warning", tr("Kept for this session only"), note)
        return keyring_fact(self._keyring)

    def _show(self) -> None:
        fact = keyring_fact(self._keyring)
        mark: Mark = fact.mark
        name, tint = picture(mark)
        self._mark.setPixmap(icon_pixmap(name, 16, tint, self.devicePixelRatioF()))
        backend = self._keyring.backend if self._keyring is not None else ""
        self._text.setText(tr("Stored in: {place}").format(place=backend) if mark == "yes" else fact.text)
        self._note.setText(fact.note)
        kind = self._keyring.kind if self._keyring is not None else ""
        self.unlock_button.setVisible(kind in ("locked", "silent"))
        self.unlock_button.setText(tr("Unlock") if kind == "locked" else tr("Try again"))
        self.session_box.setVisible(self._offers_session)
        self.session_box.setText(tr("Keep the key for this session only (asks again at the next start)"))
        self.help_button.setVisible(kind in ("absent", "unsafe"))
        self.help_button.setText(tr("How to install a keyring"))
        self.paper_button.setVisible(self._offers_session)
        self.paper_button.setText(tr("Use paper money instead"))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._text)
        words.addWidget(self._note)
        head.addLayout(words, 1)
        head.addWidget(self.unlock_button, 0, Qt.AlignmentFlag.AlignTop)
        links = QHBoxLayout()
        links.setContentsMargins(24, 0, 0, 0)
        links.addWidget(self.help_button)
        links.addWidget(self.paper_button)
        links.addStretch()
        session = QHBoxLayout()
        session.setContentsMargins(24, 0, 0, 0)
        session.addWidget(self.session_box)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(session)
        column.addLayout(links)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._show()
        super().changeEvent(event)
