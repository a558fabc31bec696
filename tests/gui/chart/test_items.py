from collections import Counter

import numpy as np
from PySide6.QtGui import QImage

from desktop_app.gui.chart.series import CandleSeries
from desktop_app.gui.chart.widget import ChartWidget
from tests.gui.chart.hand import MINUTE, START, walk


def picture(chart: ChartWidget) -> QImage:
    image: QImage = chart.canvas.viewport().grab().toImage()
    return image


def colours(image: QImage, x: int, top: int, bottom: int) -> Counter[str]:
    return Counter(image.pixelColor(x, y).name().upper() for y in range(top, bottom))


def three_bars(chart: ChartWidget) -> None:
    """Up, down, up; 10 high each."""
    open_, close = np.array([100.0, 110.0, 100.0]), np.array([110.0, 100.0, 110.0])
    at = START + np.arange(3) * MINUTE
    chart.set_candles(CandleSeries.from_arrays(MINUTE, at, open_, open_ * 0 + 112, open_ * 0 + 98, close, close), "1m")
    for _ in range(30):
        chart.canvas.view.zoom_time(0.8, chart.canvas.view.x_of(START + MINUTE))


def test_candles_are_crisp_and_where_their_prices_are(chart: ChartWidget) -> None:
    three_bars(chart)
    view, theme, image = chart.canvas.view, chart._theme, picture(chart)
    x, middle = round(view.x_of(START + MINUTE)), round(view.y_of(105))
    assert image.pixelColor(x - 8, middle).name().upper() == theme.down
    body = colours(image, x - 8, 0, 560)[theme.down]
    assert abs(body - (view.y_of(100) - view.y_of(110))) <= 1
    assert abs(colours(image, x, 0, 560)[theme.down] - (view.y_of(98) - view.y_of(112))) <= 2
    left, right = x - 1, x + 1
    while image.pixelColor(left, middle).name().upper() == theme.down:
        left -= 1
    while image.pixelColor(right, middle).name().upper() == theme.down:
        right += 1
    assert (x - left) == (right - x), "the wick stands in the middle of the body"


def test_c_12_hollow_up_candles_differ_in_shape(chart: ChartWidget) -> None:
    three_bars(chart)
    chart.set_hollow(True)
    view, theme, image = chart.canvas.view, chart._theme, picture(chart)
    middle = round(view.y_of(105))
    assert image.pixelColor(round(view.x_of(START)) - 4, middle).name().upper() == theme.background
    assert image.pixelColor(round(view.x_of(START + MINUTE)) - 4, middle).name().upper() == theme.down


def test_c_13_a_hole_is_left_empty_and_not_bridged(chart: ChartWidget) -> None:
    chart.set_candles(walk(missing=tuple(range(940, 960))), "1m")
    view, theme, image = chart.canvas.view, chart._theme, picture(chart)
    for number in (941, 950, 958):
        seen = colours(image, round(view.x_of(START + number * MINUTE)), 60, round(view.pane_height) - 2)
        assert seen[theme.up] + seen[theme.down] <= 1, "at most a dot of the last price's line"
    filled = colours(image, round(view.x_of(START + 930 * MINUTE)), 60, round(view.pane_height) - 2)
    assert filled[theme.up] + filled[theme.down] > 0


def test_a_zoomed_out_chart_still_shows_every_extreme(chart: ChartWidget) -> None:
    series = walk(50_000)
    series.high[25_000] = 99_000.0
    columns = (series.open, series.high, series.low, series.close, series.volume)
    chart.set_candles(CandleSeries.from_arrays(MINUTE, series.at, *columns), "1m")
    chart.canvas.view.zoom_time(500, chart.canvas.view.pane_width)
    view, theme, image = chart.canvas.view, chart._theme, picture(chart)
    x, y = round(view.x_of(START + 25_000 * MINUTE)), round(view.y_of(99_000))
    near = {image.pixelColor(x + dx, y + 2).name().upper() for dx in range(-3, 4)}
    assert near & {theme.up, theme.down}


def test_volume_stays_in_the_bottom_fifth(chart: ChartWidget) -> None:
    view, image = chart.canvas.view, picture(chart)
    volume = {chart.canvas._pane_items[1]._up.color().name(), chart.canvas._pane_items[1]._down.color().name()}
    rows = [
        y for y in range(round(view.pane_height)) for x in range(0, 600, 3) if image.pixelColor(x, y).name() in volume
    ]
    assert rows
    assert min(rows) >= view.pane_height * 0.79


def test_a_market_without_volume_or_candles_paints(chart: ChartWidget) -> None:
    flat = np.full(50, 3.0)
    chart.set_candles(
        CandleSeries.from_arrays(MINUTE, START + np.arange(50) * MINUTE, flat, flat, flat, flat, flat * 0), "1m"
    )
    chart.grab()
    chart.set_candles(CandleSeries(MINUTE), "1m")
    chart.grab()
