"""Readings of closed candles, and what groups make of them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.condition_groups import Group
from desktop_app.core.conditions import Condition
from desktop_app.core.indicator_catalogue import condition
from desktop_app.core.reading import Outcome, Reading
from desktop_app.core.readings import judge, merged, read, unmet, unread
from tests.core.series import flat, made, part, sample

N, Y, NOT = Outcome.NO, Outcome.YES, Outcome.NOT_READY
A, B, C = (condition("rsi", timeframe="5m", trigger="less_than", value=value) for value in (10, 20, 30))


def told(*outcomes: Outcome) -> dict[str, Reading]:
    return {one.key(): Reading(one.key(), outcome) for one, outcome in zip((A, B, C), outcomes, strict=False)}


@pytest.mark.parametrize("one", sample())
def test_reading_candle_by_candle_is_reading_them_all(one: Condition) -> None:
    candles = made(600)
    batch = one.outcomes(candles).tolist()

    assert [read(one, part(candles, 0, stop)).outcome for stop in range(1, 601, 7)] == batch[::7]


def test_a_reading_has_the_numbers_that_people_read() -> None:
    rsi = condition("rsi", timeframe="5m", trigger="less_than", value=30)
    reading = read(rsi, made(300))

    assert reading.candles == 300 and reading.against == 30
    assert reading.value is not None and 0 < reading.value < 100 and len(str(reading.value)) <= 7
    assert read(rsi, made(3)) == Reading(rsi.key(), NOT, candles=3)
    assert read(condition("bollinger", timeframe="5m", trigger="less_than", value=0), flat(50)).value is None
    assert read(condition("price_change", timeframe="5m", trigger="less_than", value=0), flat(50)).value == 0


@pytest.mark.parametrize(
    ("outcomes", "every", "some"),
    [((Y, Y), Y, Y), ((Y, N), N, Y), ((N, N), N, N), ((Y, NOT), NOT, Y), ((N, NOT), N, NOT), ((NOT, NOT), NOT, NOT)],
)
def test_all_and_any(outcomes: tuple[Outcome, ...], every: Outcome, some: Outcome) -> None:
    assert judge(Group(all=(A, B)), told(*outcomes)) is every
    assert judge(Group(any=(A, B)), told(*outcomes)) is some


def test_both_lists_of_a_group_must_be_content_and_inner_groups_count_like_conditions() -> None:
    group = Group(all=(A, Group(any=(B, C))))

    assert judge(group, told(Y, N, Y)) is Y
    assert judge(group, told(Y, N, N)) is N
    assert judge(Group(all=(A,), any=(B, C)), told(Y, N, N)) is N
    assert judge(Group(all=(A,), any=(B, C)), told(Y, N, Y)) is Y
    assert judge(group, {}) is NOT


def test_what_a_group_waits_for_is_rather_what_has_no_values_yet() -> None:
    group = Group(all=(A, B, C))

    assert unmet(group, told(Y, N, N)) == B
    assert unmet(group, told(Y, N, NOT)) == C
    assert unmet(group, told(Y, Y, Y)) is None


def test_newer_readings_take_the_place_of_older_ones() -> None:
    before, after = tuple(told(Y, N).values()), (Reading(B.key(), Y),)

    assert merged(before, after) == tuple(told(Y, Y).values())
    assert unread((A,)) == (Reading(A.key(), NOT),)


@given(st.lists(st.sampled_from([N, Y, NOT]), min_size=3, max_size=3))
def test_more_that_is_true_never_takes_a_group_its_yes(outcomes: list[Outcome]) -> None:
    group = Group(all=(A,), any=(B, C))
    before = judge(group, told(*outcomes))
    for i in range(3):
        better = [*outcomes]
        better[i] = Y
        assert judge(group, told(*better)) is Y or before is not Y


def test_shown_numbers_keep_six_digits() -> None:
    reading = read(condition("sma_cross", timeframe="5m", trigger="less_than"), made(300, scale=61234.5678))

    assert reading.value is not None and len(reading.value.as_tuple().digits) <= 6
    assert isinstance(reading.against, Decimal)
