from collections.abc import Callable

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from desktop_app.gui.chart.layer import Layer
from desktop_app.gui.chart.widget import ChartWidget
from tests.gui.chart.hand import Mouse
from tests.gui.chart.test_canvas import with_lines


def test_a_picture_is_kept_only_while_nothing_changes(qapp: QApplication) -> None:
    layer, drawn, shown = Layer(), [], []
    for key in ("a", "a", "a", "b", "b", "b", "a"):
        image = QImage(4, 4, QImage.Format.Format_RGB32)
        image.fill(QColor("black"))
        painter = QPainter(image)

        def draw(target: QPainter, key: str = key) -> None:
            drawn.append(key)
            target.fillRect(QRectF(0, 0, 4, 4), QColor("red" if key == "a" else "blue"))

        layer.paint(painter, QRectF(0, 0, 4, 4), key, draw)
        painter.end()
        shown.append(image.pixelColor(2, 2).name())
    assert drawn == ["a", "a", "b", "b", "a"]
    assert shown == ["#ff0000"] * 3 + ["#0000ff"] * 3 + ["#ff0000"]


def test_kept_tags_look_exactly_like_freshly_painted_ones(chart: ChartWidget, mouse: Mouse) -> None:
    with_lines(chart)
    frames = [chart.canvas.viewport().grab().toImage() for _ in range(4)]
    assert all(frame == frames[0] for frame in frames)


def test_a_kept_picture_never_outlives_a_change(chart: ChartWidget) -> None:
    with_lines(chart)
    changes: tuple[Callable[[], None], ...] = (
        lambda: chart.highlight("tp"),
        lambda: chart.canvas.view.scale_prices(1.2),
        lambda: chart.update_price(int(chart.canvas.view.series.at[-1]), 60_050.0),
        lambda: chart.set_lines(()),
    )
    for change in changes:
        kept = [chart.canvas.viewport().grab().toImage() for _ in range(3)][-1]
        change()
        assert chart.canvas.viewport().grab().toImage() != kept
