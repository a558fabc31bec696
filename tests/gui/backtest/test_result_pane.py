"""A result to be looked at: figures, curves, chart and deals."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.gui.backtest.conftest import Bench
from tests.gui.backtest.trials import outcome, ready

LEFT = Qt.MouseButton.LeftButton


def test_x_04_a_click_on_a_deal_jumps_there_and_its_fills_are_on_the_chart(bench: Bench) -> None:
    page = bench.page()
    made = outcome(bench.shell.folder)
    bench.shell.do(lambda: page.show_outcome(made))
    canvas = page.pane.chart.chart.canvas
    bench.until(lambda: len(canvas.view.series) > 0)
    deal = made.report.deals[0]

    index = page.pane.model.index_of("1")
    page.pane.table.scrollTo(index)
    place = page.pane.table.visualRect(index).center()
    bench.shell.do(lambda: QTest.mouseClick(page.pane.table.viewport(), LEFT, pos=place))
    assert canvas.trails.chosen == "1"
    assert deal.closed_at is not None
    view, opened, closed = canvas.view, deal.opened_at, deal.closed_at
    bench.until(lambda: view.x0 <= opened / view.series.step_ms < closed / view.series.step_ms <= view.x1)

    own = [marker for marker in canvas.markers.markers if marker.key.startswith("1.")]
    assert [marker.at for marker in own] == sorted(order.filled_at for order in deal.orders)
    assert own[0].side == "buy"
    assert own[-1].side == "sell"
    assert {marker.is_small for marker in own[1:-1]} <= {True}
    assert "Deal 1 · Base order · Buy" in own[0].text
    way = next(trail for trail in canvas.trails.trails if trail.key == "1")
    assert (way.points[0][0], way.points[-1][0]) == (deal.orders[0].filled_at, deal.closed_at)
    assert way.mood == "profit"
    assert "1" in [trail.key for trail in canvas.trails.visible()]


def test_the_curves_are_there_with_their_months_and_say_what_is_pointed_at(bench: Bench) -> None:
    page = bench.page()
    made = ready()
    bench.shell.do(lambda: page.show_outcome(made))
    curves = page.pane.curves
    bench.until(lambda: bool(curves.canvas.strips))

    names = [strip.name for strip in curves.canvas.strips]
    assert names[:2] == ["equity", "drawdown"] and names[-1] == "months"
    bench.shell.do(lambda: QTest.keyClick(curves.canvas, Qt.Key.Key_Right))
    assert "holding" in curves.reading.text() and not curves.legend.isVisible()
    assert page.pane.model.rowCount() == len(made.report.deals)


def test_a_newer_result_is_the_one_that_is_shown_in_full(bench: Bench) -> None:
    page = bench.page()
    first, second = ready(), outcome(bench.shell.folder, fee_percent=1)

    def both() -> None:
        page.show_outcome(first)
        page.show_outcome(second)

    bench.shell.do(both)
    bench.until(lambda: page.pane.model.rowCount() == len(second.report.deals))
    assert page.pane.card.cells["fees"].value.text() != "0.00 USDT"
    assert page.pane.curves._drawn[0].course is second.insight.course
