"""Bot files and links that the system hands over: read beside the loop, opened as drafts, refused with a sentence."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QFileOpenEvent, QGuiApplication

from desktop_app.gui.bridge import Bridge
from desktop_app.gui.i18n import tr

if TYPE_CHECKING:
    from desktop_app.gui.editor.bench import EditorBench
    from desktop_app.gui.main_window import MainWindow

_MOST_WAITING = 20


class Arrivals(QObject):
    """Keeps what comes before there is a place to show it. macOS hands files over as events, others as arguments."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge: Bridge | None = None
        self._window: MainWindow | None = None
        self._bench: EditorBench | None = None
        self._waiting: list[str] = []
        self._kind: str | None = None  # of the new bot that was asked for
        app = QGuiApplication.instance()
        if sys.platform == "darwin" and app is not None:  # elsewhere it would only see every event of every widget
            app.installEventFilter(self)

    def listen(self, bridge: Bridge) -> None:
        """Also to what second starts hand over."""
        self._bridge = bridge
        bridge.open_requested.connect(self.take)

    def wait(self, window: MainWindow) -> None:
        """For a new bot, too, that is asked for while the engine starts."""
        self._window = window
        window.new_bot_requested.connect(self._begin)

    def _begin(self, kind: str) -> None:
        if self._bench is None and self._window is not None:
            self._kind = kind
            self._window.toasts.show("info", tr("Strongroom is still starting. The new bot opens as soon as it has."))

    def take(self, document: str) -> None:
        """A file's path or a link, as somebody else wrote it."""
        if self._bench is None or self._bridge is None:
            self._waiting = [*self._waiting, document][-_MOST_WAITING:]
        elif self._bridge.is_listening:
            self._bridge.spawn(self._show(document))

    def settle(self, window: MainWindow, bench: EditorBench) -> None:
        """From now on there is a place: what waited comes first."""
        self._window, self._bench = window, bench
        if self._kind is not None:
            bench.open_gallery(self._kind)
        waiting, self._waiting = self._waiting, []
        for document in waiting:
            self.take(document)

    async def _show(self, document: str) -> None:
        """Raises Problem, which the bridge tells."""
        from desktop_app.engine.documents import read_document

        assert self._window is not None and self._bench is not None
        self._window.come_to_front()
        found = await asyncio.to_thread(read_document, document)
        if found is not None:
            self._bench.open_text(found.name or tr("The link"), found.text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FileOpen and isinstance(event, QFileOpenEvent):
            self.take(event.file() or event.url().toString())
            return True
        return super().eventFilter(watched, event)
