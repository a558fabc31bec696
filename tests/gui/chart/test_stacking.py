from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.gui.chart.stacking import Wish, kept, stacked


def test_tags_that_do_not_touch_stay_at_their_prices() -> None:
    assert stacked([Wish(300, 20), Wish(100, 20), Wish(200, 20)], 0, 500) == [300, 100, 200]


def test_two_at_the_same_price_part_evenly() -> None:
    assert stacked([Wish(100, 20), Wish(100, 20)], 0, 500) == [90, 110]


def test_a_firm_one_stays_and_the_others_make_room() -> None:
    above, firm, below = stacked([Wish(99, 20), Wish(100, 20, 1e6), Wish(101, 20)], 0, 500)
    assert firm == pytest.approx(100, abs=0.01)
    assert (above, below) == pytest.approx((80, 120), abs=0.01)


def test_nothing_to_place() -> None:
    assert stacked([], 0, 100) == []


@given(st.lists(st.tuples(st.floats(-50, 650), st.floats(5, 40), st.sampled_from([1.0, 1e6])), max_size=14))
def test_c_01_no_tag_ever_covers_another(wishes: list[tuple[float, float, float]]) -> None:
    centres = stacked([Wish(*wish) for wish in wishes], 0, 600)
    edges = sorted((y - wish[1] / 2, y + wish[1] / 2) for y, wish in zip(centres, wishes, strict=True))
    for (_, bottom), (top, _) in pairwise(edges):
        assert top >= bottom - 1e-6
    if sum(wish[1] for wish in wishes) <= 600:
        assert all(top >= -1e-6 and bottom <= 600 + 1e-6 for top, bottom in edges)


def test_when_room_is_short_the_important_ones_are_kept_in_their_order() -> None:
    assert kept([3, 0, 2, 1], [10, 10, 10, 10], 25) == [1, 3]
    assert kept([0, 1], [10, 10], 100) == [0, 1]
    assert kept([0], [10], 5) == []
