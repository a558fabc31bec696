"""Calls are done one after another on one thread, whatever becomes of those who asked."""

import asyncio
import threading

import pytest

from desktop_app.store.writer import WriterThread


async def test_calls_run_in_order_on_a_thread_of_their_own() -> None:
    writer = WriterThread("test")
    done: list[tuple[int, str]] = []
    calls = [writer.call(lambda n: done.append((n, threading.current_thread().name)), n) for n in range(50)]
    await asyncio.gather(*calls)
    await writer.stop()
    assert done == [(n, "test") for n in range(50)]


async def test_an_error_reaches_the_one_who_asked_and_no_other() -> None:
    writer = WriterThread("test")
    failing = writer.call(lambda: 1 / 0)
    assert await writer.call(lambda: 5) == 5
    with pytest.raises(ZeroDivisionError):
        await failing
    await writer.stop()


async def test_what_is_queued_is_done_before_the_thread_ends() -> None:
    writer = WriterThread("test")
    done: list[int] = []
    calls = [writer.call(done.append, n) for n in range(20)]
    await writer.stop()
    await asyncio.gather(*calls)
    assert done == list(range(20))
    with pytest.raises(AssertionError, match="after it was closed"):
        writer.call(lambda: 1)
    await writer.stop()


def test_a_loop_that_is_gone_does_not_end_the_thread() -> None:
    writer = WriterThread("test")
    gate = threading.Event()

    async def leave() -> None:
        writer.call(gate.wait)

    asyncio.run(leave())
    gate.set()

    async def ask() -> int:
        answer = await writer.call(lambda: 7)
        await writer.stop()
        return answer

    assert asyncio.run(ask()) == 7
