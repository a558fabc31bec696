import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import delete

from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.gui.dialogs import Question
from desktop_app.gui.editor.dca_editor import DcaEditor
from desktop_app.gui.editor.draft import draft_of
from desktop_app.gui.i18n import Language, set_language
from desktop_app.gui.loop import Loop
from desktop_app.gui.theme import apply_theme, current_theme, make_theme
from tests.gui.editor.fake_engine import FakeEngine, dca_ref

Open = Callable[..., DcaEditor]
Act = Callable[[Question], None]
Run = Callable[..., Any]


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def dressed(qapp: QApplication) -> QApplication:
    """Dark, once for all tests here: dressing anew costs more than most of them."""
    if not qapp.styleSheet() or current_theme() != make_theme("dark"):
        apply_theme(qapp, make_theme("dark"))
    return qapp


@pytest.fixture
def open_editor(dressed: QApplication, engine: FakeEngine) -> Iterator[Open]:
    """Open an editor on the fake engine; without settings it is the reference bot."""
    made: list[DcaEditor] = []

    def opened(settings: DcaSettings | None = None, *, on: FakeEngine | None = None, **more: Any) -> DcaEditor:
        editor = DcaEditor((on or engine).link(), draft_of(settings or dca_ref()), **more)
        made.append(editor)
        editor.resize(1000, 640)
        editor.show()
        QApplication.processEvents()
        return editor

    yield opened
    for editor in made:
        delete(editor)


@pytest.fixture
def editor(open_editor: Open) -> DcaEditor:
    return open_editor()


@pytest.fixture
def chinese() -> Iterator[None]:
    set_language(Language.CHINESE)
    yield
    set_language(Language.ENGLISH)


@pytest.fixture
def run(qapp: QApplication) -> Iterator[Run]:
    """Run window work to its end; each `act` answers the next sheet that opens."""
    loop = Loop(qapp)
    asyncio.set_event_loop(loop)

    def through(work: Coroutine[Any, Any, Any], window: QWidget, *acts: Act) -> Any:
        async def both() -> Any:
            task = asyncio.ensure_future(work)
            for act in acts:
                while not (sheets := _open_sheets(window)):
                    if task.done():
                        break
                    await asyncio.sleep(0)
                if sheets:
                    act(sheets[0])
                    await asyncio.sleep(0)
            return await task

        return loop.run_until_complete(both())

    yield through
    asyncio.set_event_loop(None)
    loop.close()


def _open_sheets(window: QWidget) -> list[Question]:
    return [sheet for sheet in window.findChildren(Question) if sheet.isVisible()]
