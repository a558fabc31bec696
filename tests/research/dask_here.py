"""A Dask cluster of processes of this computer, for tests and measurements."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_SCHEDULER = "import distributed.cli.dask_scheduler as one; one.main()"
_WORKER = "import distributed.cli.dask_worker as one; one.main()"
_STARTING_SECONDS = 60.0


@dataclass
class DaskHere:
    """A scheduler at `address` and its workers."""

    address: str
    folder: Path
    scheduler: "subprocess.Popen[bytes] | None" = None
    workers: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def add_worker(self) -> "subprocess.Popen[bytes]":
        options = ["--no-nanny", "--nthreads", "1", "--host", "127.0.0.1", "--memory-limit", "0"]
        options += ["--dashboard-address", "127.0.0.1:0", "--death-timeout", "30"]
        options += ["--local-directory", str(self.folder)]
        self.workers.append(_python(_WORKER, self.address, *options))
        return self.workers[-1]


@contextmanager
def dask_here(workers: int, folder: Path) -> Iterator[DaskHere]:
    """Does not wait for the workers: the caller's client can."""
    file = folder / "scheduler.json"
    options = (
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--dashboard-address",
        "127.0.0.1:0",
        "--scheduler-file",
        str(file),
    )
    scheduler = _python(_SCHEDULER, *options)
    here = DaskHere("", folder, scheduler)
    try:
        here.address = _address(file, scheduler)
        for _ in range(workers):
            here.add_worker()
        yield here
    finally:
        for process in (*here.workers, scheduler):
            process.kill()
            process.wait()


def _python(program: str, *arguments: str) -> "subprocess.Popen[bytes]":
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _address(file: Path, scheduler: "subprocess.Popen[bytes]") -> str:
    ends = time.monotonic() + _STARTING_SECONDS
    while time.monotonic() < ends and scheduler.poll() is None:
        if file.exists() and (text := file.read_text(encoding="utf-8")).endswith("}"):
            address = json.loads(text)["address"]
            assert isinstance(address, str)
            return address
        time.sleep(0.05)
    raise TimeoutError("the scheduler did not start")
