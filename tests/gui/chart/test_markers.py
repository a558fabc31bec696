import pytest
from PySide6.QtCore import QPointF

from desktop_app.gui.chart.markers import SIZE, ChartMarker
from desktop_app.gui.chart.widget import ChartWidget
from tests.gui.chart.hand import MINUTE, START, Mouse

AT = START + 950 * MINUTE + 17_000
TEXT = "SO1 filled\n0.00038 BTC @ 63,310.58\nfee 0.024 USDT\nPrice reached the order"


@pytest.fixture
def filled(chart: ChartWidget) -> ChartWidget:
    price = float(chart.canvas.view.series.close[950])
    chart.set_markers(
        [ChartMarker("b", AT, price, "buy", TEXT), ChartMarker("s", AT - 40 * MINUTE, price, "sell", "TP")]
    )
    return chart


def tip(chart: ChartWidget) -> QPointF:
    view, marker = chart.canvas.view, chart.canvas.markers.markers[1]
    return QPointF(view.x_of(START + 950 * MINUTE), view.y_of(marker.price))


def test_c_10_hovering_a_fill_explains_it(filled: ChartWidget, mouse: Mouse) -> None:
    point = tip(filled)
    mouse.move(point.x() + 1, point.y() + SIZE)
    assert filled.canvas.crosshair.tip == TEXT
    filled.grab()
    mouse.move(point.x() + 40, point.y() + SIZE)
    assert filled.canvas.crosshair.tip == ""


@pytest.mark.parametrize("zoom", [0.2, 1.0, 4.0])
def test_c_10_triangles_keep_their_size_at_every_zoom(filled: ChartWidget, zoom: float) -> None:
    filled.canvas.view.zoom_time(zoom, tip(filled).x())
    point, theme = tip(filled), filled._theme
    image = filled.canvas.viewport().grab().toImage()
    y = round(point.y() + 1.6 * SIZE)
    row = [image.pixelColor(x, y).name().upper() for x in range(round(point.x()) - 14, round(point.x()) + 15)]
    assert 6 <= row.count(theme.up) <= 12


def test_c_10_buys_point_up_from_below_and_sells_down_from_above(filled: ChartWidget) -> None:
    markers = filled.canvas.markers
    buy = tip(filled)
    sell = QPointF(filled.canvas.view.x_of(START + 910 * MINUTE), buy.y())
    found = [markers.marker_at(point) for point in (buy + QPointF(0, SIZE), sell - QPointF(0, SIZE))]
    assert [marker.key if marker else None for marker in found] == ["b", "s"]
    assert markers.marker_at(QPointF(5, 5)) is None


def test_ten_thousand_fills_are_no_obstacle(chart: ChartWidget) -> None:
    chart.set_markers([ChartMarker(str(n), START + n * 6000, 60_000.0, "buy", "") for n in range(10_000)])
    chart.canvas.view.zoom_time(10, 300)
    chart.grab()


def test_without_fills_nothing_is_found(chart: ChartWidget) -> None:
    assert chart.canvas.markers.marker_at(QPointF(100, 100)) is None
