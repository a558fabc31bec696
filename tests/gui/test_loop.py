import asyncio
import contextvars
import gc
import sys
import threading
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QAbstractEventDispatcher, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QLabel

from desktop_app.gui import loop as loop_module
from desktop_app.gui.loop import Loop

T = TypeVar("T")


@pytest.fixture
def loop(qapp: QApplication) -> Iterator[Loop]:
    before = sys.excepthook
    made = Loop(qapp)
    asyncio.set_event_loop(made)
    yield made
    asyncio.set_event_loop(None)
    made.close()
    sys.excepthook = before


def within(loop: Loop, coroutine: Coroutine[Any, Any, T]) -> T:
    return loop.run_until_complete(coroutine)  # type: ignore[no-any-return]


def test_sleeps_never_end_early(loop: Loop) -> None:
    async def oversleep(seconds: float) -> float:
        started = loop.time()
        await asyncio.sleep(seconds)
        return loop.time() - started - seconds

    async def many() -> list[float]:
        return await asyncio.gather(*(oversleep(n * 0.00173) for n in range(1, 60)))

    assert min(within(loop, many())) >= 0


def test_three_thousand_cancelled_timeouts_leave_no_timer_behind(loop: Loop) -> None:
    async def finish_in_time() -> None:
        for _ in range(3_000):
            async with asyncio.timeout(30):
                await asyncio.sleep(0)

    within(loop, finish_in_time())

    assert loop.waiting <= 2 * 64
    dispatcher = QAbstractEventDispatcher.instance()
    assert dispatcher is not None
    assert len(dispatcher.registeredTimers(loop._timer)) == 0
    assert len(dispatcher.registeredTimers(loop._clock)) <= 1


def test_callbacks_run_in_order_and_cancelled_ones_do_not(loop: Loop) -> None:
    ran: list[str] = []

    async def main() -> None:
        loop.call_soon(ran.append, "first")
        loop.call_soon(ran.append, "never").cancel()
        loop.call_later(0.004, ran.append, "fourth")
        loop.call_later(0.002, ran.append, "third")
        loop.call_later(0.003, ran.append, "never").cancel()
        loop.call_at(loop.time() - 1, ran.append, "late but soon")
        await asyncio.sleep(0.02)

    within(loop, main())

    assert ran == ["first", "late but soon", "third", "fourth"]


def test_a_callback_that_queues_itself_does_not_starve_qt(loop: Loop) -> None:
    spins = 0
    painted = loop.create_future()
    QTimer.singleShot(0, lambda: painted.set_result(None))

    def spin() -> None:
        nonlocal spins
        spins += 1
        if not painted.done():
            loop.call_soon(spin)

    async def main() -> None:
        loop.call_soon(spin)
        await painted

    within(loop, main())
    assert spins >= 1


def test_threads_hand_work_over_in_order(loop: Loop) -> None:
    got: list[int] = []

    async def main() -> None:
        done = asyncio.Event()

        def work() -> None:
            for number in range(2_000):
                loop.call_soon_threadsafe(got.append, number)
            loop.call_soon_threadsafe(done.set)

        thread = threading.Thread(target=work)
        thread.start()
        await done.wait()
        thread.join()

    within(loop, main())

    assert got == list(range(2_000))


def test_executor_jobs_and_coroutines_from_other_threads_come_back(loop: Loop) -> None:
    async def double(number: int) -> int:
        await asyncio.sleep(0)
        return number * 2

    async def main() -> int:
        return await asyncio.to_thread(lambda: asyncio.run_coroutine_threadsafe(double(21), loop).result(5))

    assert within(loop, main()) == 42


def test_a_callback_keeps_its_context(loop: Loop) -> None:
    account: contextvars.ContextVar[str] = contextvars.ContextVar("account", default="none")
    seen: list[str] = []
    context = contextvars.copy_context()
    context.run(account.set, "paper")

    async def main() -> None:
        loop.call_soon(lambda: seen.append(account.get()), context=context)
        loop.call_later(0, lambda: seen.append(account.get()), context=context)
        loop.call_soon_threadsafe(lambda: seen.append(account.get()), context=context)
        await asyncio.sleep(0.01)

    within(loop, main())

    assert seen == ["paper"] * 3


def test_sockets_work(loop: Loop) -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readline())
        writer.close()

    async def main() -> bytes:
        async with await asyncio.start_server(echo, "127.0.0.1", 0) as server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"tick\n")
            answer = await reader.readline()
            writer.close()
            return answer

    assert within(loop, main()) == b"tick\n"


def test_a_closed_loop_refuses_work_from_threads(qapp: QApplication) -> None:
    loop = Loop(qapp)
    loop.close()

    with pytest.raises(RuntimeError, match="closed"):
        loop.call_soon_threadsafe(print)


def test_run_returns_what_main_returns_and_cancels_the_rest(qapp: QApplication) -> None:
    cancelled: list[str] = []

    async def linger() -> None:
        try:
            await asyncio.sleep(3_600)
        except asyncio.CancelledError:
            cancelled.append("linger")
            raise

    async def main() -> int:
        lingering.append(asyncio.get_running_loop().create_task(linger()))
        await asyncio.sleep(0)
        return 7

    lingering: list[asyncio.Task[None]] = []
    hook = sys.excepthook
    assert loop_module.run(main(), qapp) == 7
    assert cancelled == ["linger"]
    assert sys.excepthook is hook
    assert not qapp.quitOnLastWindowClosed()


def test_closing_the_window_leaves_the_end_to_main(qapp: QApplication) -> None:
    async def main() -> str:
        window = QLabel("window")
        window.show()
        await asyncio.sleep(0)
        window.close()
        await asyncio.sleep(0.005)
        return "main was last"

    assert loop_module.run(main(), qapp) == "main was last"


def test_errors_of_slots_tasks_and_threads_are_reported(qapp: QApplication) -> None:
    class Button(QObject):
        clicked = Signal()

    reported: list[str] = []

    def fail(what: str) -> None:
        raise ValueError(what)

    async def main() -> None:
        button = Button()
        button.clicked.connect(lambda: fail("slot"))
        button.clicked.emit()
        asyncio.get_running_loop().call_soon(fail, "callback")
        thread = threading.Thread(target=fail, args=("thread",))
        thread.start()
        thread.join()
        await asyncio.sleep(0.005)

    loop_module.run(main(), qapp, lambda message, error: reported.append(str(error)))

    assert sorted(reported) == ["callback", "slot", "thread"]


def test_fifty_thousand_spins_drop_no_reference_to_none_or_true(loop: Loop) -> None:
    """PySide6 6.12.0 on CPython 3.11 loses one per call and aborts after a few thousand."""

    class Ticker(QObject):
        ticked = Signal(object)

    label = QLabel()
    ticker = Ticker()
    ticker.ticked.connect(lambda price: label.setText(str(price)))

    async def spin(times: int) -> None:
        for number in range(times):
            ticker.ticked.emit(number % 10)
            await asyncio.sleep(0)

    within(loop, spin(1_000))
    gc.collect()
    before = sys.getrefcount(None), sys.getrefcount(True)
    within(loop, spin(50_000))
    gc.collect()
    after = sys.getrefcount(None), sys.getrefcount(True)

    assert abs(after[0] - before[0]) < 500
    assert abs(after[1] - before[1]) < 500
