"""Plateau or peak: one step to each side of the best."""

from math import inf

from desktop_app.research.neighbours import Neighbourhood, neighbourhood_of, neighbours_of
from desktop_app.research.search import Trial
from desktop_app.research.space import Point, read_space
from tests.research.searches import D, trial

SPACE = read_space(
    '[a]\nb = { low = 1, high = 3, step = 1 }\nc = { values = [30, 10, 20] }\nd = { values = ["x", "y"] }'
)


def at(b: int, c: int) -> Point:
    return Point((("a.b", D(b)), ("a.c", D(c)), ("a.d", "x")))


def test_neighbours_are_one_step_away_in_one_number() -> None:
    assert neighbours_of(SPACE, at(2, 10)) == (("a.b", at(1, 10)), ("a.b", at(3, 10)), ("a.c", at(2, 20)))
    assert len(neighbours_of(SPACE, at(3, 20))) == 3


def around(best: float, *scores: float | None) -> Neighbourhood:
    points = [at(1, 10), at(3, 10), at(2, 20)]
    known = {at(1, 10): trial(scores[0], point=at(1, 10))} if scores[0] is not None else {}
    others = dict(zip(points, scores, strict=True))

    def judge(point: Point) -> Trial | None:
        score = others[point]
        return None if score is None else trial(score, point=point)

    return neighbourhood_of(SPACE, trial(best, point=at(2, 10)), known, judge)


def test_neighbours_nearly_as_good_make_a_plateau() -> None:
    field = around(10.0, 9.5, 9.0, 2.0)

    assert field.share == 2 / 3 and field.is_plateau
    assert field.worst == 2.0
    assert around(-10.0, -10.5, -20.0, -11.0).share == 2 / 3


def test_poor_neighbours_or_none_make_a_peak() -> None:
    field = around(10.0, 8.9, None, -inf)

    assert field.share == 0 and field.is_plateau is False
    assert [one.score for one in field.neighbours] == [8.9, None, None]


def test_words_have_no_neighbours() -> None:
    words = read_space('[a]\nd = { values = ["x", "y"] }')
    field = neighbourhood_of(words, trial(1.0, point=Point((("a.d", "x"),))), {}, lambda point: None)

    assert field.share is None and field.is_plateau is None and field.worst is None
