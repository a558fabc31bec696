"""Strangers are listened to slowly, real alerts at once."""

from desktop_app.engine.receiver_pace import Pace


class Time:
    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


async def test_a_hundred_connections_a_second_come_in_one_by_one() -> None:
    time = Time()
    pace = Pace(time.clock, time.sleep)
    for _ in range(100):
        await pace.connection()
    assert abs(time.now - 1.0) < 1e-6
    assert max(time.slept) < 0.0101
    time.now += 60
    await pace.connection()
    assert time.slept[-1] < 0.0101


async def test_messages_are_taken_apart_one_by_one() -> None:
    time = Time()
    pace = Pace(time.clock, time.sleep)
    for _ in range(101):
        await pace.message()
    assert abs(time.now - 1.0) < 1e-6


def test_large_messages_and_those_of_unknown_length_are_rare() -> None:
    time = Time()
    pace = Pace(time.clock, time.sleep)
    assert [pace.may_read("a", None) for _ in range(21)] == [True] * 20 + [False]
    assert not pace.may_read("a", 4_097)
    assert all(pace.may_read("a", 4_096) for _ in range(20))
    assert not pace.may_read("a", 1)
    assert pace.may_read("b", 1)
    time.now += 0.2
    assert [pace.may_read("a", None) for _ in range(2)] == [True, False]
    assert all(pace.may_read("a", 1) for _ in range(19))
