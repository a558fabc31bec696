"""Hand whole numpy arrays of lines or rectangles to QPainter in one call, without a Python object per shape."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter
from shiboken6 import Shiboken

Floats = npt.NDArray[np.float64]


def rectangles(x: Floats, y: Floats, width: Floats | float, height: Floats | float) -> Floats:
    """Pack rectangles the way Qt lays out QRectF."""
    packed = np.empty((len(x), 4), np.float64)
    packed[:, 0], packed[:, 1], packed[:, 2], packed[:, 3] = x, y, width, height
    return packed


def segments(x1: Floats | float, y1: Floats | float, x2: Floats | float, y2: Floats | float) -> Floats:
    """Pack line segments the way Qt lays out QLineF."""
    shape = np.broadcast(x1, y1, x2, y2)
    packed = np.empty((shape.size, 4), np.float64)
    packed[:, 0], packed[:, 1], packed[:, 2], packed[:, 3] = x1, y1, x2, y2
    return packed


def draw_rectangles(painter: QPainter, packed: Floats) -> None:
    """Draw rows of (x, y, width, height) with the painter's pen and brush."""
    if len(packed):
        assert packed.flags.c_contiguous and packed.dtype == np.float64
        # PySide accepts a pointer to the first of `n` shapes; the array outlives the call because we hold it.
        painter.drawRects(Shiboken.wrapInstance(packed.ctypes.data, QRectF), len(packed))  # type: ignore[call-overload]


def draw_segments(painter: QPainter, packed: Floats) -> None:
    """Draw rows of (x1, y1, x2, y2) with the painter's pen."""
    if len(packed):
        assert packed.flags.c_contiguous and packed.dtype == np.float64
        painter.drawLines(Shiboken.wrapInstance(packed.ctypes.data, QLineF), len(packed))  # type: ignore[call-overload]
