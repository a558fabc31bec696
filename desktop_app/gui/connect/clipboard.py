"""Takes a pasted secret off the clipboard again: at once when asked, by itself after half a minute."""

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QClipboard
from PySide6.QtWidgets import QApplication

from desktop_app.core.credentials import Secret

CLEAR_AFTER_MS = 30_000


class ClipboardGuard(QObject):
    """Lives as long as the application, not as the form: the half minute passes also when that is closed."""

    cleared = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pasted: list[Secret] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(CLEAR_AFTER_MS)
        self._timer.timeout.connect(self.clear_now)

    @property
    def is_waiting(self) -> bool:
        """Something that was pasted may still lie there."""
        return bool(self._pasted)

    def watch(self, pasted: str) -> None:
        """`pasted`: the clipboard's text as it was found, spaces and all."""
        self._pasted.append(Secret(pasted))
        self._timer.start()

    def clear_now(self) -> None:
        """Empty the clipboard if it still holds what was pasted; what somebody copied since stays."""
        self._timer.stop()
        pasted, self._pasted = self._pasted, []
        clipboard = QApplication.clipboard()
        for mode in (QClipboard.Mode.Clipboard, QClipboard.Mode.Selection):
            if mode is QClipboard.Mode.Selection and not clipboard.supportsSelection():
                continue
            if Secret(clipboard.text(mode)) in pasted:
                clipboard.clear(mode)
        if pasted:
            self.cleared.emit()


class _Guards:
    the_one: ClipboardGuard | None = None


def clipboard_guard() -> ClipboardGuard:
    """The application's guard; the last thing that it does is to look once more."""
    if _Guards.the_one is None:
        guard = _Guards.the_one = ClipboardGuard()
        app = QApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(guard.clear_now)
    return _Guards.the_one
