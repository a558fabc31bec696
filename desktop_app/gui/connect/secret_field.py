"""A field for a key: what is entered leaves the widget at once and is kept as a value that never shows itself."""

import re

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QLineEdit, QMenu, QPushButton, QVBoxLayout, QWidget

from desktop_app.core.credentials import Secret
from desktop_app.gui.connect.clipboard import ClipboardGuard
from desktop_app.gui.i18n import tr
from desktop_app.gui.icons import icon
from desktop_app.gui.notices import close_button, plain_label, restyle

MOST_CHARACTERS = 16_384
_PEM = "-----BEGIN"
# What a copy from a web page drags along: spaces of every kind, and characters that have no width at all.
_BLANKS = r"[\s\u180e\u200b-\u200f\u2028-\u202f\u2060\ufeff]+"
_INVISIBLE = re.compile(_BLANKS)
_AROUND = re.compile(f"^{_BLANKS}|{_BLANKS}$")
_HINTS = (
    Qt.InputMethodHint.ImhHiddenText
    | Qt.InputMethodHint.ImhSensitiveData
    | Qt.InputMethodHint.ImhNoPredictiveText
    | Qt.InputMethodHint.ImhNoAutoUppercase
)


def trimmed(text: str, *, keeps_spaces: bool = False) -> str:
    """Without the spaces and line breaks that no key has. A key file keeps its lines, a password its inner spaces."""
    if text.lstrip().startswith(_PEM):
        return "\n".join(line.strip() for line in text.strip().splitlines())
    if keeps_spaces:
        return _AROUND.sub("", text)
    return _INVISIBLE.sub("", text)


class SecretField(QWidget):
    """Shows how many characters it keeps, never which. Esc, Delete and the cross empty it."""

    changed = Signal()
    pasted = Signal()

    def __init__(
        self, title: str, clipboard: ClipboardGuard, *, keeps_spaces: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._title = title  # English, marked with tr_later
        self._clipboard = clipboard
        self._keeps_spaces = keeps_spaces
        self._kept = Secret("")
        self._length = 0
        self._was_trimmed = False
        self._problem = ""
        self._label = QLabel()
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self.line = _Line()
        self.paste_button = QPushButton()
        self.paste_button.setAutoDefault(False)
        self.paste_button.setIcon(icon("copy"))
        self.empty_button = close_button()
        self.note = plain_label()
        self._label.setBuddy(self.line)
        self._lay_out()
        self.line.paste_requested.connect(self.paste)
        self.line.empty_requested.connect(self.wipe)
        self.line.editingFinished.connect(self._absorb)
        self.line.textChanged.connect(lambda _text: self.changed.emit())
        self.paste_button.clicked.connect(self.paste)
        self.empty_button.clicked.connect(self._start_over)
        self._show()

    @property
    def has_value(self) -> bool:
        return bool(self._kept) or bool(self.line.text())

    @property
    def value(self) -> Secret:
        """What was entered; it leaves the line for good."""
        self._absorb()
        return self._kept

    def paste(self) -> None:
        """Take the clipboard's text."""
        text = QApplication.clipboard().text()
        if not text.strip():
            self.set_problem(tr("The clipboard holds no text."))
            return
        self._clipboard.watch(text)
        self._keep(text)
        self.pasted.emit()

    def wipe(self) -> None:
        """Forget everything: what is kept, what is typed, and the line's own history of it."""
        self._kept, self._length, self._was_trimmed, self._problem = Secret(""), 0, False, ""
        self._empty_line()
        self._show()
        self.changed.emit()

    def set_problem(self, text: str) -> None:
        """Say what is wrong, translated; empty clears it."""
        self._problem = text
        self._show()

    # --- inside

    def _keep(self, text: str) -> None:
        clean = trimmed(text, keeps_spaces=self._keeps_spaces)
        self._empty_line()
        if len(clean) > MOST_CHARACTERS:
            self._problem = tr("That is longer than any key: {count} characters.").format(count=f"{len(clean):,}")
            self._show()
            return
        self._kept, self._length, self._problem = Secret(clean), len(clean), ""
        self._was_trimmed = len(clean) != len(text)
        self._show()
        self.changed.emit()

    def _absorb(self) -> None:
        if self.line.text():
            self._keep(self.line.text())

    def _empty_line(self) -> None:
        # setText drops the line's history of changes; clear() would keep it.
        blocked = self.line.blockSignals(True)
        self.line.setText("")
        self.line.blockSignals(blocked)

    def _start_over(self) -> None:
        self.wipe()
        self.line.setFocus()

    def _show(self) -> None:
        is_kept = bool(self._kept)
        self.line.setReadOnly(is_kept)
        self.empty_button.setVisible(is_kept)
        words = tr("{count} characters, hidden").format(count=f"{self._length:,}") if is_kept else ""
        self.line.setPlaceholderText(f"••••••••••••••••  {words}" if is_kept else tr("Paste it here"))
        note = self._problem or (tr("Spaces and line breaks were removed.") if self._was_trimmed else "")
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.note.setProperty("role", "problem" if self._problem else "muted")
        self.line.setProperty("problem", bool(self._problem))
        self.line.setAccessibleDescription(" ".join(part for part in (words, note) if part))
        restyle(self.note)
        restyle(self.line)
        self._name()

    def _name(self) -> None:
        title = tr(self._title)
        self._label.setText(title)
        self.line.setAccessibleName(title.replace("&", ""))
        self.paste_button.setText(tr("Paste"))
        self.paste_button.setAccessibleName(tr("Paste: {field}").format(field=title))
        self.empty_button.setToolTip(tr("Empty this field"))
        self.empty_button.setAccessibleName(tr("Empty: {field}").format(field=title))

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.line, 1)
        row.addWidget(self.empty_button)
        row.addWidget(self.paste_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(self._label)
        column.addLayout(row)
        column.addWidget(self.note)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._show()
        super().changeEvent(event)


class _Line(QLineEdit):
    """A line that shows dots, lends its text to nobody, and leaves pasting to its owner."""

    paste_requested = Signal()
    empty_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(_HINTS)
        self.setMaxLength(MOST_CHARACTERS)
        self.setDragEnabled(False)
        self.setAcceptDrops(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match_ = QKeySequence.StandardKey
        if event.matches(match_.Paste):
            self.paste_requested.emit()
        elif event.matches(match_.Undo) or event.matches(match_.Redo):
            event.accept()
        elif self.isReadOnly() and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.empty_requested.emit()
        else:
            super().keyPressEvent(event)

    def _show_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Paste"), self.paste_requested.emit)
        menu.addAction(tr("Empty this field"), self.empty_requested.emit)
        menu.popup(self.mapToGlobal(at))
