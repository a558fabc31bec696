from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from shiboken6 import delete

from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.gui.editor.grid.draft import draft_of
from desktop_app.gui.editor.grid.editor import GridEditor
from tests.gui.editor.fake_engine import FakeEngine
from tests.gui.grids import grid_ref

OpenGrid = Callable[..., GridEditor]


@pytest.fixture
def open_grid(dressed: QApplication, engine: FakeEngine) -> Iterator[OpenGrid]:
    made: list[GridEditor] = []

    def opened(settings: GridSettings | None = None, *, on: FakeEngine | None = None, **more: Any) -> GridEditor:
        editor = GridEditor((on or engine).link(), draft_of(settings or grid_ref()), **more)
        made.append(editor)
        editor.resize(1000, 660)
        editor.show()
        QApplication.processEvents()
        return editor

    yield opened
    for editor in made:
        delete(editor)
