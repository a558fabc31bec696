"""The workers of a search on other computers: those of a Dask scheduler.

On each computer, with the same version of Strongroom and its extra `cluster` installed:

    dask scheduler --port 8786 --no-dashboard
    dask worker tcp://HOST:8786 --no-dashboard --nthreads 1 --nworkers 4

The candles go to each worker once; after that only settings travel there and results back, never a key. A trial hangs
on nothing but its settings, so what a lost worker was doing is done by another, and the table is that of one computer.
Whoever can reach a scheduler can run programs on its workers, and whoever can be one of its workers on this computer,
for what comes back is unpickled: only trusted networks should, with nobody else on them. Beyond the own network plain
tcp is refused: it takes tls://HOST:8786, with the certificates that Dask's own settings name (distributed.comm.tls).
"""

import ipaddress
import logging
import socket
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from desktop_app import __version__
from desktop_app.research.judging import Job, Judged, Task, Workbench

_ANSWER_SECONDS = 10.0  # in which a scheduler must answer
_LONELY_SECONDS = 30.0  # without any worker, until the search ends with what there is
_LOOK_SECONDS = 1.0
_TRIES = 4  # of a task whose workers are lost, or the candles with them
_SILENT = logging.CRITICAL + 1
_MOST_BENCHES = 2  # jobs that a worker keeps the prepared candles of


class ClusterTrouble(Exception):
    """The cluster cannot be used; the text says why and what would help."""


class ClusterCrew:
    """The workers of the scheduler at tcp://host:port. Raises ClusterTrouble."""

    task_seconds = 0.25

    def __init__(self, job: Job, address: str) -> None:
        self._client = _connected(address)
        try:
            self.size = _hands(self._client, job)
            self._job = job
            self._candles = self._scattered()
        except BaseException:
            self._client.close()
            raise
        self._is_stopped = False
        self._open: dict[Future[Judged], Any] = {}
        self._lock = threading.Lock()
        self._scattering = threading.Lock()
        self._over = threading.Event()
        threading.Thread(target=self._watch, name="cluster", daemon=True).start()

    def submit(self, task: Task) -> "Future[Judged]":
        promise: Future[Judged] = Future()
        self._send(task, promise, 1)
        return promise

    def stop(self) -> None:
        self._is_stopped = True
        with self._lock:
            waiting = dict(self._open)
            self._open.clear()
        for promise in waiting:
            promise.cancel()
        if waiting:
            self._client.cancel(list(waiting.values()), force=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        try:
            if kind is not None:
                self.stop()
        finally:
            self._client.close(timeout=_ANSWER_SECONDS)

    # --- on the client's threads

    def _send(self, task: Task, promise: "Future[Judged]", tries: int) -> None:
        candles = self._candles
        sent = self._client.submit(_work, candles, task, pure=False)
        with self._lock:
            self._open[promise] = sent
        sent.add_done_callback(lambda done: self._landed(done, candles, task, promise, tries))

    def _landed(self, done: Any, candles: Any, task: Task, promise: "Future[Judged]", tries: int) -> None:
        if self._is_stopped or promise.done():
            return
        try:
            if done.status == "finished":
                self._settle(promise, done.result(timeout=_ANSWER_SECONDS), None)
            elif done.status == "error" and not _is_loss(done.exception()):
                self._settle(promise, None, done.exception())
            elif tries < _TRIES:
                with self._scattering:
                    if self._candles is candles:  # else another task's loss has sent them anew
                        self._candles = self._scattered()
                self._send(task, promise, tries + 1)
            else:
                self._settle(promise, None, BrokenExecutor("workers were lost again and again"))
        except Exception as error:  # noqa: BLE001 - whatever the library raises here, somebody waits for the promise
            self._settle(promise, None, BrokenExecutor(f"the cluster was lost: {error}"))

    def _settle(self, promise: "Future[Judged]", judged: Judged | None, error: BaseException | None) -> None:
        with self._lock:
            self._open.pop(promise, None)
        if not promise.set_running_or_notify_cancel():
            return
        if judged is not None:
            promise.set_result(judged)
        else:
            promise.set_exception(error)

    def _scattered(self) -> Any:
        return self._client.scatter(self._job, broadcast=True, hash=False, timeout=_LONELY_SECONDS)

    def _watch(self) -> None:
        """Tasks for which there is no worker wait without end."""
        seen = time.monotonic()
        while not self._over.wait(_LOOK_SECONDS):
            if self._client.status == "running" and _workers(self._client):
                seen = time.monotonic()
            elif time.monotonic() - seen > _LONELY_SECONDS:
                with self._lock:
                    waiting = list(self._open)
                for promise in waiting:
                    self._settle(promise, None, BrokenExecutor("all workers were lost"))


def _connected(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise ClusterTrouble("it needs an extra: install strongroom[cluster].") from None
    _check_way(address)
    for name in ("distributed", *(name for name in logging.root.manager.loggerDict if name.startswith("distributed."))):
        logging.getLogger(name).setLevel(_SILENT)  # what it would print of a lost connection, we say in a sentence
    try:
        connect: Callable[..., Any] = Client
        return connect(address, timeout=_ANSWER_SECONDS, set_as_default=False, name="strongroom")
    except (OSError, ValueError, TypeError) as error:
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise ClusterTrouble(
            f"nothing there answers like a Dask scheduler ({reason.rstrip('.')}). Write it as tcp://HOST:8786."
        ) from None


def _check_way(address: str) -> None:
    """Raises ClusterTrouble where a stranger on the way could send this computer programs, and it holds the keys."""
    try:
        parts = urlsplit(address)
        found = [] if parts.scheme == "tls" else _places(parts.hostname or "")
    except (OSError, ValueError):
        return  # what is no address, or leads nowhere, is told by whoever tries to connect
    public = next((place for place in found if place.is_global), None)
    if public is not None:
        raise ClusterTrouble(
            f"{public} is reached over the internet, where strangers could send this computer programs by plain tcp. "
            "Encrypt it (tls://HOST:8786, certificates in Dask's settings) or use a private network."
        )


def _places(host: str) -> "list[ipaddress.IPv4Address | ipaddress.IPv6Address]":
    """Raises OSError where a name is not known."""
    try:
        return [ipaddress.ip_address(host)]
    except ValueError:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        return [ipaddress.ip_address(str(at[0])) for *_, at in found]


def _hands(client: Any, job: Job) -> int:
    """How many tasks the workers do at once. Raises ClusterTrouble where they are none, or none of ours."""
    workers = _workers(client)
    if not workers:
        raise ClusterTrouble("it has no workers. Start some with `dask worker`.")
    try:
        told = client.run(_about, on_error="return")
    except (OSError, TimeoutError) as error:
        raise ClusterTrouble(f"its connection was lost ({type(error).__name__}). Try again.") from None
    except Exception as error:  # noqa: BLE001 - what a foreign worker makes of our question is anybody's guess
        raise ClusterTrouble(f"its workers cannot run Strongroom ({error}). Install it there.") from None
    _check_versions(told, _about(), is_compiled=job.engine == "compiled")
    return sum(int(worker["nthreads"]) for worker in workers.values())


def _check_versions(told: dict[str, Any], mine: tuple[str, str, bool], *, is_compiled: bool) -> None:
    """Raises ClusterTrouble where a worker would not do as this computer would."""
    for worker, about in told.items():
        if isinstance(about, BaseException):
            raise ClusterTrouble(f"its worker {worker} has no Strongroom ({about}). Install version {mine[0]} there.")
        if about[:2] != mine[:2]:
            here, there = (f"{version} on Python {python}" for version, python, _ in (mine, about))
            raise ClusterTrouble(f"its worker {worker} has Strongroom {there}, here is {here}. Install the same.")
        if is_compiled and not about[2]:
            raise ClusterTrouble(f"its worker {worker} has no numba, which is in use here. Install it there.")


def _workers(client: Any) -> dict[str, Any]:
    found: dict[str, Any] = client.scheduler_info(n_workers=-1)["workers"]
    return found


def _is_loss(error: BaseException | None) -> bool:
    from distributed.scheduler import KilledWorker

    return isinstance(error, KilledWorker)


# --- on the workers

_benches: list[tuple[Job, Workbench]] = []
_choosing = threading.Lock()


def _about() -> tuple[str, str, bool]:
    from desktop_app.research.kernel.jit import HAS_COMPILER

    return __version__, f"{sys.version_info[0]}.{sys.version_info[1]}", HAS_COMPILER


def _work(job: Job, task: Task) -> Judged:
    with _choosing:
        bench = next((bench for known, bench in _benches if known is job), None)
        if bench is None:
            bench = Workbench(job)
            _benches.append((job, bench))
            del _benches[:-_MOST_BENCHES]
    return bench.work(task)
