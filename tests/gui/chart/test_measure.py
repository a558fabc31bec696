from PySide6.QtCore import QPointF

from desktop_app.gui.chart.widget import ChartWidget


def test_the_distance_is_told_in_price_percent_bars_and_time(chart: ChartWidget) -> None:
    view, measure = chart.canvas.view, chart.canvas.measure
    measure.start(QPointF(200, 300))
    measure.stretch(QPointF(200 + 90 * view.spacing, 200))
    change = round(view.price_of(200) - view.price_of(300), 2)
    assert measure.text().startswith(f"+{change:,.2f} (+")
    assert measure.text().endswith("90 bars, 1 h 30 m")
    chart.grab()
    measure.stretch(QPointF(200 - view.spacing, 400))
    assert measure.text().startswith("\u2212")
    assert measure.text().endswith("1 bar, 1 m")


def test_clearing_tells_whether_there_was_something(chart: ChartWidget) -> None:
    measure = chart.canvas.measure
    measure.start(QPointF(10, 10))
    assert [measure.clear(), measure.clear(), measure.text()] == [True, False, ""]
