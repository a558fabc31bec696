"""Calls that may hang, kept away from the loop and from the end of the program."""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


class Line:
    """Calls one after another on a thread that lives while there are any and that exit does not wait for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[Callable[[], None]] = deque()
        self._is_running = False

    def add(self, call: Callable[[], T]) -> "Future[T]":
        future: Future[T] = Future()

        def answer() -> None:
            if not future.set_running_or_notify_cancel():
                return  # nobody waits for it any more
            try:
                future.set_result(call())
            except BaseException as error:  # noqa: BLE001 - it is raised where the call was made
                future.set_exception(error)

        with self._lock:
            self._waiting.append(answer)
            if not self._is_running:
                self._is_running = True
                threading.Thread(target=self._work, name="vault", daemon=True).start()
        return future

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._is_running = False
                    return
                answer = self._waiting.popleft()
            answer()
