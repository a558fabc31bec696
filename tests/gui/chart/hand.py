"""A hand, a clock and candles for the chart's tests."""

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from desktop_app.gui.chart.canvas import ChartCanvas
from desktop_app.gui.chart.series import CandleSeries

START = 1_795_608_000_000  # 2026-11-25 12:00:00 UTC
MINUTE = 60_000


def walk(count: int = 1000, step_ms: int = MINUTE, start: int = START, missing: tuple[int, ...] = ()) -> CandleSeries:
    """Candles that wander around 60,000, without those whose numbers are `missing`."""
    chance = np.random.default_rng(3)
    close = 60_000 + np.cumsum(chance.normal(0, 20, count))
    open_ = np.concatenate(([60_000.0], close[:-1]))
    high, low = np.maximum(open_, close) + 5, np.minimum(open_, close) - 5
    kept = np.setdiff1d(np.arange(count), np.array(missing, np.int64))
    columns = (open_, high, low, close, chance.exponential(10, count))
    return CandleSeries.from_arrays(step_ms, start + kept * step_ms, *(column[kept] for column in columns))


class Mouse:
    """A hand on the canvas, in pixels of its viewport."""

    def __init__(self, canvas: ChartCanvas) -> None:
        self._canvas = canvas

    def move(
        self, x: float, y: float, held: Qt.MouseButton = Qt.MouseButton.NoButton,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:  # fmt: skip
        self._send(QEvent.Type.MouseMove, x, y, Qt.MouseButton.NoButton, held, modifiers)

    def press(self, x: float, y: float, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self._send(QEvent.Type.MouseButtonPress, x, y, Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton, modifiers)

    def release(self, x: float, y: float) -> None:
        self._send(QEvent.Type.MouseButtonRelease, x, y, Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton)

    def click(self, x: float, y: float) -> None:
        self.press(x, y)
        self.release(x, y)

    def double_click(self, x: float, y: float) -> None:
        self.click(x, y)
        self._send(QEvent.Type.MouseButtonDblClick, x, y, Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton)
        self.release(x, y)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        self.press(*start)
        for n in range(1, 11):
            share = n / 10
            x, y = (a + (b - a) * share for a, b in zip(start, end, strict=True))
            self.move(x, y, Qt.MouseButton.LeftButton)
        self.release(*end)

    def wheel(self, x: float, y: float, dx: int = 0, dy: int = 0) -> None:
        point = QPointF(x, y)
        event = QWheelEvent(
            point, self._canvas.viewport().mapToGlobal(point), QPoint(), QPoint(dx, dy), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(self._canvas.viewport(), event)

    def leave(self) -> None:
        QApplication.sendEvent(self._canvas, QEvent(QEvent.Type.Leave))

    def _send(
        self, kind: QEvent.Type, x: float, y: float, button: Qt.MouseButton, held: Qt.MouseButton,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:  # fmt: skip
        point = QPointF(x, y)
        event = QMouseEvent(kind, point, self._canvas.viewport().mapToGlobal(point), button, held, modifiers)
        QApplication.sendEvent(self._canvas.viewport(), event)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        return self.now
