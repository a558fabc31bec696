"""Indicators on the chart: panes below, lines above, marks where conditions came true, and no value before its time."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from desktop_app.gui.chart.study import Curve, Firings, Study
from desktop_app.gui.chart.study_items import seen
from desktop_app.gui.chart.surface import Region
from desktop_app.gui.chart.widget import ChartWidget
from desktop_app.gui.theme import make_theme
from tests.gui.chart.hand import MINUTE, START, Mouse, walk


def wave(step: int = MINUTE, count: int = 1000, key: str = "rsi") -> Study:
    known = START + np.arange(1, count + 1, dtype=np.int64) * step
    values = 50 + 30 * np.sin(np.arange(count) / 9)
    values[:14] = np.nan
    fired = known[np.flatnonzero((values[1:] < 30) & (values[:-1] >= 30)) + 1]
    return Study(
        key, "RSI(14) 1m", step, (Curve("", known, values),), levels=(30.0,), fired=fired, ready_at=int(known[14])
    )


def average() -> Study:
    series = walk()
    known = series.at + MINUTE
    return Study("sma", "SMA(5) 1m", MINUTE, (Curve("", known, series.close - 1),), is_on_price=True)


def test_an_oscillator_has_a_pane_of_its_own_under_the_candles(chart: ChartWidget) -> None:
    before = chart.canvas.view.pane_height
    chart.set_studies([wave()])
    (pane,) = chart.canvas.studies
    assert pane.rect.top() == chart.canvas.view.pane_height
    assert before - chart.canvas.view.pane_height == pane.rect.height() >= 56
    assert chart.canvas.region(QPointF(100, pane.rect.center().y())) is Region.STUDY
    assert chart.canvas.region(QPointF(100, pane.rect.bottom() + 3)) is Region.TIMES
    chart.set_studies([])
    assert chart.canvas.view.pane_height == before


def test_many_panes_leave_half_of_the_height_to_the_candles(chart: ChartWidget) -> None:
    chart.set_studies([wave(key=f"rsi{n}") for n in range(6)])
    assert len(chart.canvas.studies) == 6
    assert all(pane.rect.height() >= 42 for pane in chart.canvas.studies if pane.isVisible())
    assert chart.canvas.view.pane_height >= 0.45 * chart.canvas.viewport().height()


def test_a_line_over_the_candles_takes_no_pane_and_is_named_in_the_corner(chart: ChartWidget) -> None:
    before = chart.canvas.view.pane_height
    chart.set_studies([average()])
    assert chart.canvas.view.pane_height == before
    (((title, _), (value, colour)),) = chart.canvas.legend.studies()
    assert title == "SMA(5) 1m"
    assert value.startswith(("6", "5"))
    assert colour == "accent"


def test_a_value_stands_over_the_bar_at_whose_close_it_was_known(chart: ChartWidget) -> None:
    view, study = chart.canvas.view, wave()
    x, values = seen(view, study, study.curves[0])
    last = view.series.last
    assert last is not None
    assert x[-1] == pytest.approx(view.x_of(last.at))
    assert values[-1] == study.curves[0].values[-1]


def test_a_coarser_timeframe_is_a_staircase_that_never_runs_ahead(chart: ChartWidget) -> None:
    view, study = chart.canvas.view, wave(step=15 * MINUTE, count=66)
    x, values = seen(view, study, study.curves[0])
    known = study.curves[0].at
    at = view.x0 * MINUTE + x / view.spacing * MINUTE + MINUTE
    for moment, value in zip(at, values, strict=True):
        allowed = study.curves[0].values[: int(known.searchsorted(round(moment), "right"))]
        assert np.isnan(value) or value in allowed


def test_the_crosshair_reads_the_value_of_the_pane_it_is_in(chart: ChartWidget, mouse: Mouse) -> None:
    chart.set_studies([wave()])
    (pane,) = chart.canvas.studies
    chart.grab()
    mouse.move(300, pane.rect.center().y())
    assert chart.canvas.crosshair.is_shown
    assert 30 < float(chart.canvas.crosshair.price_text) < 70
    mouse.move(300, 100)
    assert "," in chart.canvas.crosshair.price_text


def test_dragging_a_pane_scrolls_time_only(chart: ChartWidget, mouse: Mouse) -> None:
    chart.set_studies([wave()])
    (pane,) = chart.canvas.studies
    view, y = chart.canvas.view, pane.rect.center().y()
    view.set_auto(False)
    x0, y0 = view.x0, view.y0
    mouse.drag((300, y), (360, y + 30))
    assert view.x0 == pytest.approx(x0 - 60 / view.spacing)
    assert view.y0 == y0


def test_each_firing_is_a_mark_under_its_bar_that_says_what_it_is(chart: ChartWidget, mouse: Mouse) -> None:
    series = chart.canvas.view.series
    index = len(series) - 20
    chart.set_firings([Firings("start", "Start a deal", series.at[index : index + 1] + MINUTE)], int(series.at[500]))
    view = chart.canvas.view
    x, y = view.x_of(float(series.at[index])), view.y_of(float(series.low[index])) + 10
    mouse.move(x, y)
    assert chart.canvas.crosshair.tip == "Start a deal"
    mouse.move(x - 200, y)
    assert chart.canvas.crosshair.tip == ""


def test_another_market_begins_without_indicators(chart: ChartWidget) -> None:
    chart.set_studies([wave(), average()])
    chart.set_market("ETH/USDT", chart.canvas.prices.format.tick, chart.canvas.times.zone)
    assert chart.canvas.studies == []
    assert chart.canvas.price_studies.studies == ()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_all_of_it_is_painted_in_both_themes(chart: ChartWidget, theme: str) -> None:
    chart.set_studies([wave(), average()])
    chart.set_firings([Firings("start", "Start", walk().at[::40] + MINUTE)], START + 900 * MINUTE)
    chart.set_theme(make_theme(theme))  # type: ignore[arg-type]
    assert not chart.grab().isNull()


def test_a_hundred_thousand_values_become_what_the_pane_can_show(chart: ChartWidget) -> None:
    chart.set_candles(walk(100_000), "1m")
    chart.canvas.view.zoom_time(1000, 300)
    study = wave(count=100_000)
    x, _ = seen(chart.canvas.view, study, study.curves[0])
    assert len(x) <= 2 * chart.canvas.view.pane_width + 200
