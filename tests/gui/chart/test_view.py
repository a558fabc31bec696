import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication

from desktop_app.gui.chart.series import Bar, CandleSeries
from desktop_app.gui.chart.view import BOTTOM_MARGIN, EMPTY_BARS, HOME_SPACING, TOP_MARGIN, CandleView
from tests.gui.chart.hand import MINUTE, START, walk


@pytest.fixture
def view(qapp: QApplication) -> CandleView:
    found = CandleView()
    found.setGeometry(QRectF(0, 0, 600, 400))
    found.set_series(walk(), keep=False)
    return found


def window(view: CandleView) -> tuple[float, float, float, float]:
    return view.x0, view.x1, view.y0, view.y1


def append(view: CandleView, price: float = 60_000.0) -> None:
    last = view.series.last
    assert last is not None
    view.series.upsert(Bar(last.at + MINUTE, price, price + 1, price - 1, price, 1.0))
    view.follow(last.at)


def test_home_shows_the_newest_bar_with_empty_bars_right_of_it(view: CandleView) -> None:
    assert view.spacing == pytest.approx(HOME_SPACING)
    assert view.x1 - START / MINUTE - 999 == pytest.approx(EMPTY_BARS)


def test_visible_bars_fill_the_pane_between_the_margins(view: CandleView) -> None:
    low, high = view.series.extremes(*view.visible()) or (0, 0)
    assert view.y_of(high) == pytest.approx(TOP_MARGIN * 400)
    assert view.y_of(low) == pytest.approx((1 - BOTTOM_MARGIN) * 400)


@pytest.mark.parametrize("factor", [0.5, 1.1, 3.0])
def test_c_02_zooming_keeps_the_instant_under_the_anchor(view: CandleView, factor: float) -> None:
    view.pan(900, 0)
    at = view.at_of(217.0)
    view.zoom_time(factor, 217.0)
    assert abs(view.x_of(at) - 217.0) < 1


def test_c_02_panning_moves_prices_only_while_auto_is_off(view: CandleView) -> None:
    view.pan(900, 50)
    assert view.y_of((view.series.extremes(*view.visible()) or (0, 0))[1]) == pytest.approx(TOP_MARGIN * 400)
    view.set_auto(False)
    y = view.y_of(60_000)
    view.pan(0, 50)
    assert view.y_of(60_000) == pytest.approx(y + 50)


def test_c_02_new_candles_leave_a_scrolled_back_view_alone(view: CandleView) -> None:
    view.pan(2400, 0)
    before = window(view)
    for n in range(10):
        append(view, 70_000.0 + n)
    assert window(view) == before


def test_c_02_the_view_follows_while_the_newest_bar_is_in_sight(view: CandleView) -> None:
    view.zoom_time(2.0, 300)
    x0, x1, *_ = window(view)
    for _ in range(10):
        append(view)
    assert (view.x0 - x0, view.x1 - x1) == pytest.approx((10, 10))


def test_following_skips_a_hole_without_zooming(view: CandleView) -> None:
    span = view.x1 - view.x0
    last = view.series.last
    assert last is not None
    view.series.upsert(Bar(last.at + 30 * MINUTE, 1.0, 2.0, 0.5, 1.0, 1.0))
    view.follow(last.at)
    assert view.x1 - view.x0 == pytest.approx(span)
    assert view.x_of(last.at + 30 * MINUTE) < 600


def test_resizing_keeps_spacing_and_right_edge(view: CandleView) -> None:
    view.pan(1200, 0)
    spacing, right = view.spacing, view.x1
    view.setGeometry(QRectF(0, 0, 900, 300))
    assert (view.spacing, view.x1) == pytest.approx((spacing, right))


def test_two_candles_always_stay_in_sight(view: CandleView) -> None:
    view.pan(1e7, 0)
    assert view.visible()[1] >= 2
    view.pan(-1e7, 0)
    assert view.visible()[0] <= 998


def test_zoom_ends_at_a_few_bars_and_at_all_of_history(view: CandleView) -> None:
    for _ in range(200):
        view.zoom_time(0.8, 300)
    assert view.x1 - view.x0 >= 4
    for _ in range(200):
        view.zoom_time(1.3, 300)
    assert view.x1 - view.x0 <= 1300


def test_a_logarithmic_scale_shows_the_same_prices_at_equal_ratios(view: CandleView) -> None:
    view.set_auto(False)
    top, bottom = view.price_of(0), view.price_of(400)
    view.set_log(True)
    assert (view.price_of(0), view.price_of(400)) == pytest.approx((top, bottom))
    assert view.price_of(200) == pytest.approx((top * bottom) ** 0.5)
    np.testing.assert_allclose(view.ys_of(np.array([60_000.0])), [view.y_of(60_000.0)])
    view.set_log(False)
    assert view.price_of(0) == pytest.approx(top)


def test_automatic_prices_reach_for_order_lines_but_not_for_far_ones(view: CandleView) -> None:
    low, high = view.series.extremes(*view.visible()) or (0, 0)
    span = high - low
    view.set_line_prices([high + 0.3 * span], 0)
    assert view.y_of(high + 0.3 * span) == pytest.approx(TOP_MARGIN * 400)
    view.set_line_prices([high + 50 * span], 0)
    assert view.y_of(high + 50 * span) < 0
    assert view.y_of(low) - view.y_of(high) > 0.3 * 400


def test_a_flat_market_is_a_line_in_the_middle_and_no_division_by_zero(view: CandleView) -> None:
    flat = np.full(5, 7.0)
    view.set_series(
        CandleSeries.from_arrays(MINUTE, START + np.arange(5) * MINUTE, flat, flat, flat, flat, flat), False
    )
    assert 0 < view.y_of(7.0) < 400


def test_a_view_comes_back_as_it_was_left(view: CandleView) -> None:
    view.pan(1500, 0)
    view.zoom_time(0.7, 100)
    view.scale_prices(1.5)
    left, state = window(view), view.state_now()
    view.reset()
    view.restore(state)
    assert window(view) == pytest.approx(left)


def test_a_view_that_followed_follows_again_after_new_candles(view: CandleView) -> None:
    view.pan(-12, 0)
    state = view.state_now()
    view.set_series(walk(1500), keep=False)
    view.restore(state)
    assert view.x1 - START / MINUTE - 1499 == pytest.approx(EMPTY_BARS + 2)


def test_a_state_restored_before_the_first_size_waits_for_it(view: CandleView) -> None:
    view.pan(1200, 0)
    state = view.state_now()
    fresh = CandleView()
    fresh.set_series(walk(), keep=False)
    fresh.restore(state)
    fresh.setGeometry(QRectF(0, 0, 600, 400))
    assert (fresh.x0, fresh.x1) == pytest.approx((view.x0, view.x1))


def test_reloading_the_same_market_keeps_the_view(view: CandleView) -> None:
    view.pan(1200, 0)
    before = window(view)
    view.set_series(walk(1000), keep=True)
    assert window(view) == before


def test_plain_wheel_can_zoom_at_the_last_bar_instead(view: CandleView) -> None:
    last = view.series.last
    assert last is not None
    view.zooms_at_last_bar = True
    x = view.x_of(last.at)
    view.wheel(3, 50.0)
    assert view.x_of(last.at) == pytest.approx(x)


def test_x_04_a_stretch_of_time_is_shown_whole_and_only_then_further_out(view: CandleView) -> None:
    spacing = view.spacing
    view.show_span(START + 300 * MINUTE, START + 320 * MINUTE)
    assert view.spacing == pytest.approx(spacing)
    assert (view.x0 + view.x1) / 2 == pytest.approx(START / MINUTE + 310)

    before = window(view)
    view.show_span(START + 305 * MINUTE, START + 315 * MINUTE)
    assert window(view) == before

    view.show_span(START + 100 * MINUTE, START + 500 * MINUTE)
    assert view.x0 < START / MINUTE + 100 < START / MINUTE + 500 < view.x1
