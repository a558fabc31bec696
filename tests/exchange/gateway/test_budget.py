"""How many requests an exchange takes: reads wait, orders do not, and silence is kept when it is asked for."""

import pytest

from desktop_app.exchange.gateway.budget import Budget, Budgets, Throttled


class Time:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds


def a_budget(limit: float = 10, window: float = 60) -> tuple[Budget, Time]:
    time = Time()
    return Budget(limit, window, clock=time, sleep=time.sleep), time


async def test_reads_leave_a_fifth_for_orders() -> None:
    budget, time = a_budget(window=10)
    for _ in range(8):
        await budget.take(1, is_urgent=False)
    assert time.at == 100
    for _ in range(5):
        await budget.take(1, is_urgent=True)
    assert time.at == 100
    assert budget.used == 13
    await budget.take(1, is_urgent=False)
    assert time.at == 110


async def test_a_read_that_would_wait_too_long_is_given_up() -> None:
    budget, time = a_budget(window=60)
    await budget.take(8, is_urgent=False)
    with pytest.raises(Throttled):
        await budget.take(1, is_urgent=False)
    time.at += 61
    await budget.take(1, is_urgent=False)


async def test_a_read_that_is_larger_than_the_window_goes_when_the_window_is_empty() -> None:
    budget, time = a_budget(limit=10, window=5)
    await budget.take(1, is_urgent=False)
    await budget.take(50, is_urgent=False)
    assert time.at == 105


async def test_nothing_at_all_leaves_while_silence_is_asked_for() -> None:
    budget, time = a_budget()
    budget.stop(30)
    budget.stop(1)  # never shortens what was asked for before
    for is_urgent in (True, False):
        with pytest.raises(Throttled) as throttled:
            await budget.take(1, is_urgent=is_urgent)
        assert throttled.value.seconds == 30
    time.at += 31
    await budget.take(1, is_urgent=True)


async def test_what_others_at_this_address_have_used_counts() -> None:
    budget, _ = a_budget()
    await budget.take(1, is_urgent=False)
    budget.heard(7.5)
    budget.heard(3)
    assert budget.used == 7.5


def test_accounts_on_one_exchange_share_a_budget() -> None:
    budgets = Budgets()
    first = budgets.of("binance", "", 100, 60)
    assert budgets.of("binance", "", 100, 60) is first
    assert budgets.of("binance", "http://127.0.0.1:1", 100, 60) is not first
    assert budgets.of("kucoin", "", 100, 60) is not first
