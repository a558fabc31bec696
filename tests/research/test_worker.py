import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from desktop_app.research import worker
from desktop_app.research.worker import Cancelled, Done, Failed, Message, Part, Progressed, Reporter, Started, Worker
from tests.research import toil

_LONG = 60.0
ROOT = Path(__file__).parents[2]


class Heard:
    """The messages of a worker, as they come."""

    def __init__(self, work: Any, *arguments: object) -> None:
        self.queue: queue.Queue[Message] = queue.Queue()
        self.worker = Worker(work, *arguments, hear=self.queue.put)

    def start(self) -> "Heard":
        self.worker.start()
        return self

    def next(self) -> Message:
        return self.queue.get(timeout=_LONG)

    def all(self) -> list[Message]:
        """Up to the end, and nothing after it."""
        heard = [self.next()]
        while not isinstance(heard[-1], Done | Failed | Cancelled):
            heard.append(self.next())
        self.worker.join(_LONG)
        assert self.queue.empty()
        assert self.worker.is_over
        return heard


def test_work_tells_how_far_it_is_hands_over_parts_and_its_result() -> None:
    heard = Heard(toil.add_up, (1, 2, 3)).start().all()

    assert isinstance(heard[0], Started)
    assert [message.value for message in heard if isinstance(message, Part)] == [1, 3, 6]
    assert heard[-2:] == [Progressed(3, 3, at=3), Done(6)]


def test_progress_never_goes_back() -> None:
    sent: list[Any] = []
    report = Reporter(sent.append)

    for done in (0, 5, 3, 10, 2):
        report.progress(done, 10)

    told = [message.done for message in sent]
    assert told == sorted(told)
    assert told[-1] == 10


@pytest.fixture
def busy_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    """One on which work that listens may take a while to say so."""
    monkeypatch.setattr(worker, "STOP_SECONDS", 60)


@pytest.mark.usefixtures("busy_computer")
def test_work_that_listens_hands_over_what_there_is_when_cancelled() -> None:
    heard = Heard(toil.until_told).start()
    while not isinstance(heard.next(), Progressed):
        continue

    heard.worker.cancel()

    assert heard.all()[-1] == Done("what there is", is_cancelled=True)


def test_work_that_does_not_listen_is_ended() -> None:
    heard = Heard(toil.deaf).start()
    while not isinstance(heard.next(), Part):
        continue

    heard.worker.cancel()

    assert heard.all()[-1] == Cancelled()


def test_work_cancelled_before_it_began_never_begins() -> None:
    heard = Heard(toil.deaf)

    heard.worker.cancel()
    heard.start()

    assert heard.all() == [Cancelled()]


@pytest.mark.parametrize(
    ("work", "why", "details"),
    [(toil.broken, "error", "no such thing"), (toil.out_of_memory, "memory", ""), (toil.vanishing, "died", "7")],
)
def test_what_goes_wrong_is_told_as_an_end(work: Any, why: str, details: str) -> None:
    end = Heard(work).start().all()[-1]

    assert isinstance(end, Failed)
    assert end.why == why
    assert details in end.details


@pytest.mark.skipif(sys.platform == "win32", reason="niceness is of Unix")
def test_work_leaves_the_processor_to_others() -> None:
    end = Heard(toil.nice_value).start().all()[-1]

    assert isinstance(end, Done)
    assert end.value > os.nice(0)


def test_no_key_and_no_database_is_in_the_process() -> None:
    end = Heard(toil.modules).start().all()[-1]

    assert isinstance(end, Done)
    assert not {"keyring", "sqlalchemy", "ccxt", "PySide6"}.intersection(name.split(".")[0] for name in end.value)


_PARENT = """
import sys, threading
from desktop_app.research.worker import Started, Worker
from tests.research import toil

def hear(message):
    if isinstance(message, Started):
        print(message.pid, flush=True)

if __name__ == "__main__":
    Worker(toil.deaf, hear=hear).start()
    {ending}
"""


@pytest.mark.parametrize("ending", ["threading.Event().wait()", "sys.stdin.readline()"])
def test_a_worker_ends_with_its_parent(ending: str, tmp_path: Path) -> None:
    """Killed, or gone the usual way: its end is heard by the end of what it writes to."""
    script = tmp_path / "parent.py"
    script.write_text(_PARENT.format(ending=ending), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", "")))}
    parent = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stdin=subprocess.PIPE, env=environment, text=True
    )
    assert parent.stdout is not None
    assert parent.stdin is not None
    assert int(parent.stdout.readline())

    if "stdin" in ending:
        parent.stdin.write("\n")
        parent.stdin.flush()
    else:
        parent.kill()

    assert parent.stdout.read() == ""  # the worker holds the other end of it
    parent.wait(_LONG)
    parent.stdin.close()
    parent.stdout.close()


def test_work_that_is_held_waits_in_its_next_report_until_it_may_go_on() -> None:
    report = Reporter()
    report.hold(True)
    answers: queue.Queue[bool] = queue.Queue()
    threading.Thread(target=lambda: answers.put(report.progress(1, 2)), daemon=True).start()

    with pytest.raises(queue.Empty):
        answers.get(timeout=0.05)
    report.hold(False)

    assert answers.get(timeout=_LONG) is True


def test_who_holds_work_before_it_has_begun_holds_it() -> None:
    heard = Heard(toil.add_up, (1, 2, 3))
    heard.worker.hold(True)
    heard.start()
    assert isinstance(heard.next(), Started)
    assert [heard.next(), heard.next()] == [Part(1), Progressed(1, 3, at=1)]

    with pytest.raises(queue.Empty):
        heard.queue.get(timeout=0.2)
    heard.worker.hold(False)

    assert heard.all()[-1] == Done(6)


@pytest.mark.usefixtures("busy_computer")
def test_held_work_hears_that_it_is_cancelled() -> None:
    heard = Heard(toil.until_told).start()
    while not isinstance(heard.next(), Progressed):
        continue
    heard.worker.hold(True)
    heard.worker.cancel()

    assert heard.all()[-1] == Done("what there is", is_cancelled=True)
