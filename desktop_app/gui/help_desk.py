"""What the Help menu does: the guide, what this program is, and whether there is a newer one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app import __version__
from desktop_app.gui.actions import Actions
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.connect.places import open_page
from desktop_app.gui.documents import Documents
from desktop_app.gui.i18n import tr
from desktop_app.gui.notices import Toasts
from desktop_app.gui.wording import problem_text

if TYPE_CHECKING:
    from desktop_app.config import AppSettings
    from desktop_app.engine.updates import Newest

_DAY_MS = 86_400_000


class HelpDesk(QObject):
    """Also what looks for newer versions by itself, if that is switched on."""

    looked = Signal(str, bool)  # translated words, and whether there is something newer

    def __init__(
        self, bridge: Bridge, documents: Documents, toasts: Toasts, actions: Actions, folder: Path, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._bridge, self._documents, self._toasts, self._folder = bridge, documents, toasts, folder
        self.look: Callable[[], Newest] = _look
        self.is_looking = False
        self._offered = ""
        self._daily = QTimer(self)
        self._daily.setInterval(_DAY_MS)
        self._daily.timeout.connect(lambda: self._spawn(is_asked=False))
        actions.guide.triggered.connect(self.show_guide)
        actions.about.triggered.connect(self.show_about)
        actions.updates.triggered.connect(self.check)

    def follow(self, settings: AppSettings) -> None:
        """Look by itself, now and once a day, only while that is switched on."""
        if settings.looks_for_updates == self._daily.isActive():
            return
        if settings.looks_for_updates:
            self._daily.start()
            self._spawn(is_asked=False)
        else:
            self._daily.stop()

    def show_guide(self) -> None:
        from desktop_app.gui.guide import GuidePage

        pages = (self._documents.widget(at) for at in range(self._documents.count()))
        page = next((page for page in pages if isinstance(page, GuidePage)), None) or GuidePage()
        page.retranslate()
        self._documents.open(page, page.title())

    def show_about(self) -> None:
        text = tr("Strongroom {version}. It runs on your computer; bots stop when it is closed. Your data: {folder}")
        self._toasts.show("info", text.format(version=__version__, folder=self._folder))

    # --- newer versions

    def check(self) -> None:
        """Somebody asks: whatever comes of it is told."""
        self._spawn(is_asked=True)

    def _spawn(self, *, is_asked: bool) -> None:
        if not self.is_looking:
            self.is_looking = True
            self._bridge.spawn(self._look(is_asked=is_asked), tr("looking for a newer version"))

    async def _look(self, *, is_asked: bool) -> None:
        """What was not asked for is told only when there is something newer: a network that is down is no news."""
        from desktop_app.engine.problem import Problem

        try:
            newest = await asyncio.to_thread(self.look)
        except Problem as problem:
            words = problem_text(problem)
            self.looked.emit(words, False)
            if is_asked:
                self._toasts.show("warning", words)
            return
        finally:
            self.is_looking = False
        if newest.is_newer:
            words = tr("Strongroom {newest} is out; this is {version}. Nothing was downloaded.")
            self.looked.emit(words.format(newest=newest.version, version=__version__), True)
            if is_asked or newest.version != self._offered:
                self._offered = newest.version
                self._offer(words.format(newest=newest.version, version=__version__))
            return
        words = tr("This is the newest version: {version}.").format(version=__version__)
        self.looked.emit(words, False)
        if is_asked:
            self._toasts.show("good", words)

    def _offer(self, words: str) -> None:
        toast = self._toasts.show("info", words, action=tr("Open the page"), is_sticky=True)
        toast.action_requested.connect(self.open_page)

    def open_page(self) -> None:
        """In the browser, which is where a person decides whether to trust it."""
        from desktop_app.engine.updates import PAGE

        if not open_page(PAGE):
            self._toasts.show("warning", tr("No browser could be opened. The page is {page}").format(page=PAGE))


def _look() -> Newest:
    from desktop_app.engine.updates import look_for_newest

    return look_for_newest(__version__)
