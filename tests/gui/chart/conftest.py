from datetime import UTC
from decimal import Decimal

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.gui.chart.widget import ChartWidget
from desktop_app.gui.theme import make_theme
from tests.gui.chart.hand import Clock, Mouse, walk


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def chart(qtbot: QtBot, themed: QApplication, clock: Clock) -> ChartWidget:
    """A thousand minutes of BTC/USDT on 900 by 600 pixels."""
    widget = ChartWidget(make_theme("dark"), now=clock)
    qtbot.addWidget(widget)
    widget.resize(900, 600)
    widget.set_market("BTC/USDT", Decimal("0.01"), UTC)
    widget.set_candles(walk(), "1m")
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


@pytest.fixture
def mouse(chart: ChartWidget) -> Mouse:
    return Mouse(chart.canvas)
