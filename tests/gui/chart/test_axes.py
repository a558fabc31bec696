from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from desktop_app.gui.chart.axes import tick_text
from desktop_app.gui.chart.ticks import TimeTick
from desktop_app.gui.chart.widget import ChartWidget

MOMENT = datetime(2026, 11, 5, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize(("rank", "text"), [(0, "09:05"), (1, "5 Nov"), (2, "Nov"), (3, "2026")])
def test_time_labels_name_what_changed(rank: int, text: str) -> None:
    assert tick_text(TimeTick(0, rank, MOMENT)) == text


def test_grid_prices_are_multiples_of_the_tick_and_in_sight(chart: ChartWidget) -> None:
    ticks = chart.canvas.prices.ticks()
    assert 5 <= len(ticks) <= 20
    assert all(0 <= tick.y <= chart.canvas.view.pane_height for tick in ticks)


@pytest.mark.parametrize(
    ("zone", "text"), [("UTC", "UTC"), ("Asia/Shanghai", "UTC+8"), ("America/St_Johns", "UTC\u22123:30")]
)
def test_the_time_axis_states_its_zone(chart: ChartWidget, zone: str, text: str) -> None:
    chart.set_market("BTC/USDT", Decimal("0.01"), ZoneInfo(zone))
    assert chart.canvas.times.zone_text() == text


def test_the_price_axis_is_wide_enough_and_does_not_breathe(chart: ChartWidget) -> None:
    prices, view = chart.canvas.prices, chart.canvas.view
    width = prices.boundingRect().width()
    assert width >= prices._metrics.horizontalAdvance("60,000.00")
    for n in range(30):
        view.pan(20, 0)
        view.zoom_time(1.1 if n % 2 else 0.9, 300)
    assert prices.boundingRect().width() == width
    chart.set_market("PEPE/USDT", Decimal("0.0000000001"), UTC)
    assert prices.boundingRect().width() > width


def test_labels_give_way_to_tags(chart: ChartWidget) -> None:
    assert len(chart.canvas.prices.covered()) == 1
