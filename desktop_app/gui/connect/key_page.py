"""The page on which a key is handed over: how to make it, its fields, a name for the account, where it will be kept."""

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from desktop_app.core.credentials import Credentials, Secret
from desktop_app.gui.connect.address_box import AddressBox
from desktop_app.gui.connect.clipboard import clipboard_guard
from desktop_app.gui.connect.places import Place
from desktop_app.gui.connect.secret_field import SecretField
from desktop_app.gui.connect.steps import StepList
from desktop_app.gui.connect.storage_box import StorageBox
from desktop_app.gui.fields import LabeledField
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.notices import Banner, link_button, plain_label

_LONGEST_LABEL = 80
_SHORTEST_KEY = 4


class KeyPage(QWidget):
    """`ready_changed` tells whether everything needed is there; whether it is right only the exchange knows."""

    ready_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        guard = clipboard_guard()
        self._needs_password = False
        self._taken: frozenset[str] = frozenset()
        self.problem = Banner()
        self.steps = StepList()
        self.api_key = SecretField(tr_later("API key"), guard)
        self.secret = SecretField(tr_later("API secret"), guard)
        self.password = SecretField(tr_later("Passphrase of the key"), guard, keeps_spaces=True)
        self.label = QLineEdit()
        self.label.setMaxLength(_LONGEST_LABEL)
        self._label_field = LabeledField(tr_later("Name of the account here"), self.label)
        self._clipboard_note = plain_label()
        self._clipboard_note.setProperty("role", "muted")
        self.clear_clipboard = link_button("")
        self.clear_clipboard.clicked.connect(guard.clear_now)
        guard.cleared.connect(self._show_clipboard)
        self._guard = guard
        self.storage = StorageBox()
        self.address = AddressBox()
        self._lay_out()
        for field in self._fields:
            field.changed.connect(self._changed)
            field.pasted.connect(self._show_clipboard)
        self.label.textChanged.connect(lambda _text: self._changed())
        self.storage.changed.connect(self._changed)
        self.retranslate()

    @property
    def _fields(self) -> tuple[SecretField, SecretField, SecretField]:
        return self.api_key, self.secret, self.password

    def show_exchange(
        self, name: str, place: Place | None, *, needs_password: bool, label: str, taken: frozenset[str]
    ) -> None:
        """Ask for the key of this exchange. `taken`: names that other accounts have; a fixed `label` is in none."""
        self._needs_password, self._taken = needs_password, taken
        self.steps.show_steps(name, place, needs_password=needs_password)
        self.password.setVisible(needs_password)
        self.label.setText(label)
        self.problem.hide()
        self._changed()

    def fix_label(self, label: str) -> None:
        """The account is there already: only its key is replaced."""
        self.label.setText(label)
        self.label.setReadOnly(True)
        self.address.hide()

    @property
    def account(self) -> str:
        return self.label.text().strip()

    @property
    def is_ready(self) -> bool:
        wanted = [self.api_key, self.secret, *([self.password] if self._needs_password else [])]
        is_named = bool(self.account) and (self.label.isReadOnly() or self.account not in self._taken)
        return all(field.has_value for field in wanted) and is_named and self.storage.is_possible

    def credentials(self) -> Credentials | None:
        """What was entered; None where a part is too short to be one, which its field says."""
        wanted = [self.api_key, self.secret, *([self.password] if self._needs_password else [])]
        values = [field.value for field in wanted]
        is_whole = True
        for field, value in zip(wanted[:2], values[:2], strict=True):
            if len(value.reveal()) < _SHORTEST_KEY:
                field.set_problem(tr("That is too short. Paste the whole of it."))
                is_whole = False
        if is_whole and values[0] == values[1]:
            self.secret.set_problem(tr("This is the API key again. Paste the secret here."))
            is_whole = False
        if not is_whole:
            return None
        return Credentials(values[0], values[1], values[2] if self._needs_password else Secret(""))

    def wipe(self) -> None:
        """Forget the key."""
        for field in self._fields:
            field.wipe()

    def set_busy(self, is_busy: bool) -> None:
        for part in (*self._fields, self.label, self.storage, self.steps, self.address):
            part.setEnabled(not is_busy)

    def retranslate(self) -> None:
        self.clear_clipboard.setText(tr("Clear it now"))
        self._label_field.retranslate()
        self._show_clipboard()
        self._changed()

    # --- inside

    def _changed(self) -> None:
        is_taken = self.account in self._taken and not self.label.isReadOnly()
        self._label_field.set_problem(tr("Another account has this name.") if is_taken else "")
        self.ready_changed.emit(self.is_ready)

    def _show_clipboard(self) -> None:
        is_waiting = self._guard.is_waiting
        self._clipboard_note.setText(tr("The key is still on the clipboard. It is cleared after 30 seconds."))
        self._clipboard_note.setVisible(is_waiting)
        self.clear_clipboard.setVisible(is_waiting)

    def _lay_out(self) -> None:
        how = QFrame()
        how.setProperty("card", True)
        inside = QVBoxLayout(how)
        inside.setContentsMargins(14, 10, 14, 10)
        inside.addWidget(self.steps)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(10)
        column.addWidget(self.problem)
        column.addWidget(how)
        for field in self._fields:
            column.addWidget(field)
        column.addWidget(self._clipboard_note)
        column.addWidget(self.clear_clipboard)
        column.addWidget(self._label_field)
        column.addWidget(self.storage)
        column.addWidget(self.address)
        column.addStretch()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
