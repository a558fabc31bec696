from desktop_app.gui.chart.trails import Trail
from desktop_app.gui.chart.widget import ChartWidget
from tests.gui.chart.hand import MINUTE, START


def trail(key: str, first: int, last: int, mood: str = "profit", price: float = 60_000.0) -> Trail:
    points = ((START + first * MINUTE, price), (START + last * MINUTE, price))
    return Trail(key, points, mood)  # type: ignore[arg-type]


def test_x_04_only_the_ways_in_sight_are_drawn_the_chosen_one_on_top(chart: ChartWidget) -> None:
    chart.canvas.set_trails([trail("b", 940, 990), trail("a", 930, 960), trail("old", 1, 5), trail("long", 0, 999)])
    chart.canvas.choose_trail("a")

    assert [one.key for one in chart.canvas.trails.visible()] == ["long", "b", "a"]


def test_x_04_a_way_has_the_colour_of_its_result(chart: ChartWidget) -> None:
    view, theme = chart.canvas.view, chart._theme
    # Above all candles, where nothing else is painted but the grid.
    price = view.price_of(90.0)
    chart.canvas.set_trails([trail("a", 920, 960, "profit", price)])
    colours = {}
    for mood in ("profit", "loss"):
        chart.canvas.set_trails([trail("a", 920, 960, mood, price)])
        chart.canvas.choose_trail("a")
        image = chart.canvas.viewport().grab().toImage()
        x, y = round(view.x_of(START + 930 * MINUTE)) + 2, 90
        colours[mood] = {image.pixelColor(x, y + dy).name().upper() for dy in (-1, 0, 1)}

    assert theme.profit in colours["profit"]
    assert theme.loss in colours["loss"]


def test_a_way_of_one_point_or_of_thousands_is_no_obstacle(chart: ChartWidget) -> None:
    long = Trail("g", tuple((START + n * 6_000, 60_000.0 + n) for n in range(9_000)), "open")
    chart.canvas.set_trails([Trail("one", ((START, 1.0),), "loss"), long])
    chart.grab()

    assert [one.key for one in chart.canvas.trails.trails] == ["g"]


def test_another_pair_begins_without_ways(chart: ChartWidget) -> None:
    from datetime import UTC
    from decimal import Decimal

    chart.canvas.set_trails([trail("a", 1, 5)])
    chart.set_market("ETH/USDT", Decimal("0.01"), UTC)

    assert chart.canvas.trails.trails == ()
