from decimal import Decimal

import pytest
from PySide6.QtCore import QPointF

from desktop_app.gui.chart.lines import STYLES, ChartLine, LineKind
from desktop_app.gui.chart.placing import Tag
from desktop_app.gui.chart.widget import ChartWidget


def close(chart: ChartWidget) -> Decimal:
    last = chart.canvas.view.series.last
    assert last is not None
    return Decimal(str(round(last.close, 2)))


def grid(chart: ChartWidget, count: int, step: str) -> list[ChartLine]:
    first = close(chart) - count // 2 * Decimal(step)
    return [
        ChartLine(f"g{n}", LineKind.GRID_BUY, first + n * Decimal(step), f"Buy {n}", -0.1 * n) for n in range(count)
    ]


def overlaps(tags: list[Tag]) -> list[tuple[str, str]]:
    return [
        (a.key, b.key)
        for n, a in enumerate(tags)
        for b in tags[n + 1 :]
        for x, y in ((a.chip, b.chip), (a.cell, b.cell))
        if x.isValid() and y.isValid() and x.intersects(y)
    ]


@pytest.mark.parametrize(("count", "step"), [(12, "0.01"), (12, "3"), (20, "1"), (200, "0.5"), (200, "20")])
def test_c_01_tags_never_overlap_and_stay_in_the_pane(chart: ChartWidget, count: int, step: str) -> None:
    chart.set_lines(grid(chart, count, step))
    tags = chart.canvas.tags.tags()
    assert overlaps(tags) == []
    pane = chart.canvas.view.pane_height
    assert all(tag.cell.top() >= 0 and tag.cell.bottom() <= pane for tag in tags if tag.cell.isValid())
    assert all(tag.chip.right() <= chart.canvas.view.pane_width for tag in tags)
    chart.grab()


def test_c_01_tags_carry_text_price_and_percent_at_the_right_edge(chart: ChartWidget) -> None:
    price = close(chart)
    chart.set_lines([ChartLine("so2", LineKind.SAFETY, price - 20, "SO2", -2.86)])
    tag = next(tag for tag in chart.canvas.tags.tags() if tag.key == "so2")
    assert tag.text == "SO2 \u22122.86 %"
    assert tag.price_text == f"{price - 20:,.2f}"
    assert tag.cell.left() > chart.canvas.view.pane_width
    assert tag.chip.right() == chart.canvas.view.pane_width - 1


def test_c_01_when_tags_do_not_fit_the_meaningful_ones_are_kept(chart: ChartWidget) -> None:
    price = close(chart)
    chart.set_lines(
        [*grid(chart, 100, "0.5"), ChartLine("sl", LineKind.STOP_LOSS, price - 24, "SL"),
         ChartLine("tp", LineKind.TAKE_PROFIT, price + 24, "TP")]
    )  # fmt: skip
    keys = {tag.key for tag in chart.canvas.tags.tags()}
    assert {"sl", "tp"} <= keys
    assert len(keys) < 40
    far = next(line.key for line in chart.canvas.book.lines if line.key not in keys)
    chart.highlight(far)
    assert far in {tag.key for tag in chart.canvas.tags.tags()}, "the one pointed at elsewhere is always named"


def test_lines_out_of_sight_are_counted(chart: ChartWidget) -> None:
    chart.set_lines(
        [ChartLine(f"x{n}", LineKind.SAFETY, Decimal(n), f"SO{n}") for n in (1, 2, 90_000)]
    )  # fmt: skip
    texts = [tag.text for tag in chart.canvas.tags.tags() if not tag.key and tag.text]
    assert texts == ["\u2191 1 above", "\u2193 2 below"]


def test_the_last_price_stays_at_its_height_and_others_make_room(chart: ChartWidget) -> None:
    chart.set_lines(grid(chart, 9, "0.1"))
    last = next(tag for tag in chart.canvas.tags.tags() if not tag.key and tag.price_text)
    assert last.cell.center().y() == pytest.approx(last.line_y, abs=2)


def test_c_07_the_last_price_tag_has_the_colour_of_the_bar(chart: ChartWidget) -> None:
    last = chart.canvas.view.series.last
    assert last is not None
    theme = chart._theme
    for price, colour in ((last.open + 5, theme.up), (last.open - 5, theme.down)):
        chart.update_last(last.at, last.open, last.open + 9, last.open - 9, price, 1.0)
        tag = next(tag for tag in chart.canvas.tags.tags() if not tag.key and tag.price_text)
        assert (tag.colour, tag.price_text) == (colour, f"{price:,.2f}")


def test_tags_leave_the_newest_candles_uncovered_at_home(chart: ChartWidget) -> None:
    chart.set_lines([ChartLine("tp", LineKind.TAKE_PROFIT, close(chart) + 5, "Take profit 1", 12.34)])
    last = chart.canvas.view.series.last
    assert last is not None
    chip = next(tag.chip for tag in chart.canvas.tags.tags() if tag.key == "tp")
    assert chart.canvas.view.x_of(last.at) < chip.left()


def test_c_12_dashes_are_really_painted(chart: ChartWidget) -> None:
    view, theme = chart.canvas.view, chart._theme
    price = close(chart) + 40
    chart.set_lines([ChartLine("tp", LineKind.TAKE_PROFIT, price, "TP")])
    image = chart.canvas.viewport().grab().toImage()
    y = int(view.y_of(float(price)))
    on, off = STYLES[LineKind.TAKE_PROFIT].dashes
    is_line = [image.pixelColor(x, y).name().upper() == theme.line_take_profit for x in range(4 * (on + off))]
    assert is_line == ([True] * on + [False] * off) * 4


def test_lines_that_have_no_room_for_a_tag_are_painted_all_the_same(chart: ChartWidget) -> None:
    view, theme = chart.canvas.view, chart._theme
    lowest = close(chart) - 40
    lines = [ChartLine(str(at), LineKind.GRID_BUY, lowest + at * Decimal("0.8"), "B") for at in range(100)]
    chart.set_lines(lines)
    image = chart.canvas.viewport().grab().toImage()
    tagged = {tag.key for tag in chart.canvas.tags.tags()}
    bare = [line for line in lines if line.key not in tagged]
    assert len(bare) > len(lines) / 2
    colour = str(getattr(theme, STYLES[LineKind.GRID_BUY].colour))
    on, off = STYLES[LineKind.GRID_BUY].dashes
    for line in bare:
        y = int(view.y_of(float(line.price)))
        is_line = [image.pixelColor(x, y).name().upper() == colour for x in range(on + off)]
        assert is_line == [True] * on + [False] * off, line.key


def test_a_draggable_line_wins_over_its_neighbour(chart: ChartWidget) -> None:
    price = close(chart)
    chart.set_lines(
        [ChartLine("avg", LineKind.AVERAGE, price, "Avg"),
         ChartLine("tp", LineKind.TAKE_PROFIT, price + Decimal("0.5"), "TP", draggable=True)]
    )  # fmt: skip
    assert chart.canvas.tags.line_at(QPointF(100, chart.canvas.view.y_of(float(price)))) == "tp"
    assert chart.canvas.tags.line_at(QPointF(100, chart.canvas.view.y_of(float(price)) + 60)) == ""
