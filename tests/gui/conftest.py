import os

import pytest
from PySide6.QtWidgets import QApplication

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture
def themed(qapp: QApplication) -> QApplication:
    from desktop_app.gui.theme import apply_theme, make_theme

    apply_theme(qapp, make_theme("dark"))
    return qapp
