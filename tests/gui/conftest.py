import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from tests.gui.shell import Bare, Shell

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def outlives_its_windows(qapp: QApplication) -> Iterator[None]:
    """As in the program: else a window that an earlier test has closed ends the loop of a later one."""
    qapp.setQuitOnLastWindowClosed(False)
    yield
    # Without a loop nothing is ever deleted later, and each change of the theme would dress all that was left over.
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def themed(qapp: QApplication) -> QApplication:
    from desktop_app.gui.fonts import ui_font
    from desktop_app.gui.theme import apply_theme, current_theme, make_theme, style_sheet

    dark = make_theme("dark")
    # Dressing every widget that earlier tests have left anew takes a second: only where a test has changed something.
    if current_theme() != dark or qapp.styleSheet() != style_sheet(dark) or qapp.font() != ui_font(100):
        apply_theme(qapp, dark)
    return qapp


@pytest.fixture
def shell(themed: QApplication, tmp_path: Path) -> Iterator["Shell"]:
    """The main window over a fake engine that has not arrived yet."""
    from desktop_app.gui.loop import Loop
    from tests.gui.shell import Shell

    loop = Loop(themed)
    asyncio.set_event_loop(loop)
    made = Shell(loop, tmp_path)
    yield made
    made.close()
    asyncio.set_event_loop(None)
    loop.close()


@pytest.fixture
def bare(themed: QApplication, tmp_path: Path) -> Iterator["Bare"]:
    """What surrounds a part of the window, without the window."""
    from desktop_app.gui.loop import Loop
    from tests.gui.shell import Bare

    loop = Loop(themed)
    asyncio.set_event_loop(loop)
    made = Bare(loop, tmp_path)
    yield made
    made.close()
    asyncio.set_event_loop(None)
    loop.close()
