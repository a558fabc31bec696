"""The whole window over a fake engine, on one loop that the test turns."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QPushButton, QWidget

from desktop_app.config import AppSettings, Paths
from desktop_app.gui.actions import Actions
from desktop_app.gui.appearance import Appearance
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.documents import Documents
from desktop_app.gui.help_desk import HelpDesk
from desktop_app.gui.loop import Loop
from desktop_app.gui.main_window import MainWindow
from desktop_app.gui.notices import Toasts
from tests.gui.fake_engine import FakeEngine

T = TypeVar("T")
_NEVER_MS = 3_600_000
_PATIENCE_SECONDS = 20.0
SETTINGS = AppSettings(theme="dark", language="en", time_zone="UTC")


class Turned:
    """A loop that the test turns: `do` acts inside it and lets everything that follows happen."""

    loop: Loop

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)  # type: ignore[no-any-return]

    def do(self, act: Callable[[], object]) -> None:
        async def acted() -> None:
            act()
            await self.settled()

        self.run(acted())

    def live(self, act: Callable[[], object], is_so: Callable[[], object]) -> None:
        """Act, and let the window live until what comes of it on another thread is there."""

        async def lived() -> None:
            act()
            async with asyncio.timeout(_PATIENCE_SECONDS):
                while not is_so():  # noqa: ASYNC110 - what is waited for knows of no event
                    await asyncio.sleep(0.005)
            await self.settled()

        self.run(lived())

    async def settled(self) -> None:
        for _ in range(30):
            await asyncio.sleep(0)
            QApplication.processEvents()


class Bare(Turned):
    """What surrounds a part of the window, without the window: it is made in a tenth of the time."""

    def __init__(self, loop: Loop, folder: Path) -> None:
        self.loop, self.folder = loop, folder
        self.window = QMainWindow()
        self.window.resize(900, 700)
        self.bridge = Bridge(self.window)
        self.actions = Actions(self.window)
        self.appearance = Appearance(SETTINGS, folder / "settings.json", self.actions, self.window)
        self.documents = Documents(self.window)
        self.window.setCentralWidget(self.documents)
        self.toasts = Toasts(self.window)
        self.help = HelpDesk(self.bridge, self.documents, self.toasts, self.actions, folder, self.window)
        self.window.show()

    def close(self) -> None:
        self.bridge.detach()
        self.do(lambda: None)
        self.window.deleteLater()
        QApplication.processEvents()


class Shell(Turned):
    """`do` acts inside the loop and lets everything that follows happen."""

    def __init__(self, loop: Loop, folder: Path, settings: AppSettings = SETTINGS) -> None:
        self.loop, self.folder = loop, folder
        self.engine = FakeEngine()
        self.bridge = Bridge()
        self.window = MainWindow(self.bridge, Paths(folder), settings)
        self.window.prices.rest_ms(_NEVER_MS)  # between two acts no loop runs that a timer could speak to
        self.window.show()

    @property
    def calls(self) -> list[tuple[Any, ...]]:
        return self.engine.supervisor.calls

    def arrive(self, *, with_charts: bool = False) -> "Shell":
        """The engine is there and has been read."""
        self.bridge.attach(self.engine.supervisor, self.engine.bus)
        self.run(self.window.arrive())
        if with_charts:
            self.do(self.window.open_charts)
        self.do(lambda: None)
        return self

    def hear(self) -> None:
        """Deliver the news that the engine has published."""
        self.do(self.bridge.deliver)

    def answer(self, start: Callable[[], object], act: Callable[[QDialog], object]) -> None:
        """Begin something that asks, act on the sheet, and let it finish."""

        async def both() -> None:
            start()
            await self.settled()
            act(self.sheet())
            await self.settled()

        self.run(both())

    def sheet(self) -> QDialog:
        """The question that is open."""
        sheets = [dialog for dialog in self.window.findChildren(QDialog) if dialog.isVisible()]
        assert sheets, "no question is open"
        return sheets[-1]

    def close(self) -> None:
        self.bridge.detach()
        self.do(lambda: None)
        self.window.deleteLater()
        QApplication.processEvents()


def button(sheet: QDialog, text: str) -> QPushButton:
    return next(b for b in sheet.findChildren(QPushButton) if b.text() == text)


def words(sheet: QWidget) -> str:
    """Everything that a sheet says."""
    from PySide6.QtWidgets import QLabel

    return "\n".join(label.text() for label in sheet.findChildren(QLabel))
