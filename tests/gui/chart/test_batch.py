import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from desktop_app.gui.chart.batch import draw_rectangles, draw_segments, rectangles, segments


def test_a_batch_paints_what_single_calls_would(qapp: QApplication) -> None:
    image = QImage(20, 20, QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    painter = QPainter(image)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("red"))
    draw_rectangles(painter, rectangles(np.array([2.0, 10.0]), np.array([3.0, 10.0]), 4.0, 5.0))
    painter.setPen(QColor("blue"))
    draw_segments(painter, segments(np.array([0.5]), 0.5, 0.5, 19.5))
    draw_segments(painter, np.empty((0, 4)))
    painter.end()
    colours = {point: image.pixelColor(*point).name() for point in ((3, 4), (11, 12), (8, 4), (0, 10))}
    assert colours == {(3, 4): "#ff0000", (11, 12): "#ff0000", (8, 4): "#000000", (0, 10): "#0000ff"}
