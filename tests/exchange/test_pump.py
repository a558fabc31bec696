"""A task is over when its end was asked for, also one that took the first cancelling for something else."""

import asyncio

import pytest

from desktop_app.exchange import pump


async def test_a_task_that_loses_a_cancelling_is_cancelled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pump, "_AGAIN_SECONDS", 0.01)
    lost: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            lost.append("one")
        await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await asyncio.sleep(0)

    await pump.end(task)

    assert lost == ["one"] and task.cancelled()


async def test_all_are_ended_and_one_that_is_over_stays_as_it_was() -> None:
    async def work() -> None:
        await asyncio.Event().wait()

    async def short() -> None:
        return

    over, others = asyncio.create_task(short()), [asyncio.create_task(work()) for _ in range(2)]
    await over

    await pump.end(over, *others)
    await pump.end()

    assert [task.cancelled() for task in (over, *others)] == [False, True, True]
