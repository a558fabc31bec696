"""Where a running grid would trade stands on the chart, by its sides."""

from decimal import Decimal

from desktop_app.core.order import Fill
from desktop_app.gui import wording
from desktop_app.gui.order_lines import lines_of, marker_of
from tests.gui.grids import MARKET, RunningGrid, after_a_round_trip, grid_ref

D = Decimal


def test_its_lines_on_the_chart_are_green_below_red_above_and_grey_where_it_waits() -> None:
    running = after_a_round_trip()
    lines = {line.price: (line.kind.value, line.label) for line in lines_of([(running.view(), "")], MARKET)}
    assert len(lines) == 21
    assert lines[D(63500)] == ("grid_buy", "B08")
    assert lines[D(64500)] == ("grid_sell", "S09")
    assert lines[D(64000)] == ("grid_waiting", "waits")


def test_a_stop_is_a_line_that_the_app_keeps() -> None:
    settings = grid_ref(stop_below={"price": "58000", "then": "stop_and_sell"})
    running = RunningGrid(settings)
    lines = lines_of([(running.view(), settings.model_dump_json())], MARKET)
    assert [(line.price, line.note) for line in lines if line.kind.value == "stop_loss"] == [(D(58000), "kept by app")]


def test_a_fill_is_called_on_the_chart_what_its_line_was_called() -> None:
    order = after_a_round_trip().live[-1]
    fill = Fill("t1", D(63500), D("0.001"), D("0.06"), at=1)
    marker = marker_of("g", fill, order.role, order.side, MARKET, order.index)

    assert marker.text.startswith(f"{wording.purpose(order)} · ")
