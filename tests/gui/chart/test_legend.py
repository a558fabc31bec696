from desktop_app.gui.chart.widget import ChartWidget
from tests.gui.chart.hand import walk


def test_c_13_holes_in_sight_are_counted_on_a_chip(chart: ChartWidget) -> None:
    legend = chart.canvas.legend
    assert legend.chips() == []
    chart.set_candles(walk(missing=(900, 950, 951, 980)), "1m")
    assert [text for text, _ in legend.chips()] == ["3 gaps"]
    chart.set_candles(walk(missing=(980,)), "1m")
    assert [text for text, _ in legend.chips()] == ["1 gap"]
    chart.set_candles(walk(missing=(100,)), "1m")
    assert legend.chips() == []


def test_the_title_names_pair_and_interval(chart: ChartWidget) -> None:
    assert chart.canvas.legend.title == "BTC/USDT · 1m"


def test_after_a_hole_the_change_is_measured_from_the_bars_own_open(chart: ChartWidget) -> None:
    chart.set_candles(walk(missing=(998,)), "1m")
    last = chart.canvas.view.series.last
    numbers = chart.canvas.legend.numbers()
    assert last is not None
    assert numbers is not None
    expected = (last.close / last.open - 1) * 100
    assert numbers.change.startswith("+" if expected > 0 else "\u2212")


def test_without_candles_there_are_no_numbers(chart: ChartWidget) -> None:
    chart.set_candles(walk(0), "1m")
    assert chart.canvas.legend.numbers() is None
    chart.grab()


def test_a_narrow_chart_wraps_the_numbers_instead_of_clipping_them(chart: ChartWidget) -> None:
    chart.resize(320, 300)
    chart.set_badge("PAPER")
    chart.grab()
