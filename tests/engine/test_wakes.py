"""Who is woken when."""

from desktop_app.engine.wakes import Wakes


def test_the_earliest_moment_is_next_and_due_bots_are_taken_once() -> None:
    wakes = Wakes()
    assert wakes.set(1, 100)
    assert not wakes.set(2, 200)
    assert wakes.set(3, 50)

    assert wakes.next() == 50
    assert wakes.take_due(150) == [3, 1]
    assert wakes.take_due(150) == []
    assert wakes.next() == 200


def test_a_moved_or_withdrawn_moment_counts_no_longer() -> None:
    wakes = Wakes()
    wakes.set(1, 100)
    wakes.set(1, 300)
    wakes.set(2, 200)
    wakes.set(2, None)

    assert wakes.next() == 300
    assert wakes.take_due(250) == []
