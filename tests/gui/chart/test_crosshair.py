from zoneinfo import ZoneInfo

import pytest

from desktop_app.gui.chart.widget import ChartWidget
from tests.gui.chart.hand import MINUTE, START, Mouse, walk


def test_c_07_the_legend_follows_the_crosshair_and_returns_to_the_last_bar(chart: ChartWidget, mouse: Mouse) -> None:
    view, legend = chart.canvas.view, chart.canvas.legend
    bar, before = view.series.bar(900), view.series.bar(899)
    mouse.move(view.x_of(bar.at) + 1, 300)
    numbers = legend.numbers()
    assert numbers is not None
    assert (numbers.open, numbers.high) == (f"{bar.open:,.2f}", f"{bar.high:,.2f}")
    assert (numbers.low, numbers.close) == (f"{bar.low:,.2f}", f"{bar.close:,.2f}")
    assert numbers.change == f"{(bar.close / before.close - 1) * 100:+.2f} %".replace("-", "\u2212").replace(
        "+0.00", "0.00"
    )
    assert numbers.volume == f"{bar.volume:.2f}"
    mouse.leave()
    last = view.series.last
    assert last is not None
    numbers = legend.numbers()
    assert numbers is not None
    assert numbers.close == f"{last.close:,.2f}"


def test_c_07_axis_labels_follow_in_the_users_zone_and_the_markets_decimals(chart: ChartWidget, mouse: Mouse) -> None:
    crosshair = chart.canvas.crosshair
    chart.canvas.times.zone = ZoneInfo("Asia/Shanghai")
    chart.set_magnet(False)
    mouse.move(chart.canvas.view.x_of(START + 950 * MINUTE) + 2, 222)
    assert crosshair.time_text == "2026-11-26 11:50"
    assert crosshair.price_text == f"{round(chart.canvas.view.price_of(222), 2):,.2f}"


def test_the_magnet_draws_to_open_high_low_and_close(chart: ChartWidget, mouse: Mouse) -> None:
    view, crosshair = chart.canvas.view, chart.canvas.crosshair
    bar = view.series.bar(930)
    x, y = view.x_of(bar.at), view.y_of(bar.high)
    mouse.move(x, y - 9)
    assert crosshair.price == pytest.approx(bar.high)
    mouse.move(x, y - 60)
    assert crosshair.level == pytest.approx(y - 60)
    chart.set_magnet(False)
    mouse.move(x, y - 9)
    assert crosshair.level == pytest.approx(y - 9)


def test_the_crosshair_snaps_to_bars_and_knows_when_there_is_none(chart: ChartWidget, mouse: Mouse) -> None:
    chart.set_candles(walk(missing=tuple(range(940, 960))), "1m")
    view, crosshair = chart.canvas.view, chart.canvas.crosshair
    mouse.move(view.x_of(START + 950 * MINUTE) + 2, 300)
    assert crosshair.at == START + 950 * MINUTE
    assert crosshair.bar() is None
    numbers = chart.canvas.legend.numbers()
    assert numbers is not None
    assert numbers.close == "—"
    mouse.move(view.x_of(START + 1004 * MINUTE), 300)
    assert crosshair.time_text == "2026-11-26 04:44"


def test_over_the_axes_there_is_no_crosshair(chart: ChartWidget, mouse: Mouse) -> None:
    mouse.move(300, 300)
    mouse.move(chart.canvas.view.pane_width + 10, 300)
    assert not chart.canvas.crosshair.is_shown
