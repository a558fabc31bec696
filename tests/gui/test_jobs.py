from types import SimpleNamespace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.gui.jobs import Job, left_ms
from tests.research import toil

_LONG = 60_000


def test_a_job_tells_on_the_windows_thread(qtbot: QtBot) -> None:
    job = Job(toil.add_up, (1, 2, 3))
    parts: list[Any] = []
    told: list[tuple[int, int]] = []
    job.came.connect(parts.append)
    job.progressed.connect(lambda done, total, _at: told.append((done, total)))

    with qtbot.waitSignal(job.finished, timeout=_LONG) as ended:
        job.start()

    assert ended.args == [6, False]
    assert parts == [1, 3, 6]
    assert told[-1] == (3, 3)
    assert job.is_over


def test_a_cancelled_job_without_anything_to_show_fails_without_a_word(qtbot: QtBot) -> None:
    job = Job(toil.deaf)
    with qtbot.waitSignal(job.came, timeout=_LONG):
        job.start()

    with qtbot.waitSignal(job.failed, timeout=_LONG) as ended:
        job.cancel()

    assert ended.args == [""]


def test_the_time_that_a_job_is_held_does_not_count(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("desktop_app.gui.jobs.time", SimpleNamespace(monotonic=lambda: clock[0]))
    job = Job(toil.deaf)
    job.start()
    clock[0] = 104.0
    job.hold(True)
    clock[0] = 1000.0
    job.hold(False)

    assert job.left_ms(50, 100) == 4000
    job.kill()


def test_a_job_that_goes_wrong_says_so_in_a_sentence(qtbot: QtBot) -> None:
    job = Job(toil.vanishing)

    with qtbot.waitSignal(job.failed, timeout=_LONG) as ended:
        job.start()

    assert ended.args is not None
    assert "went away" in ended.args[0]


@pytest.mark.parametrize(
    ("took", "done", "total", "left"),
    [(1.9, 50, 100, None), (2.0, 50, 100, 2000), (4.0, 0, 100, None), (3.0, 100, 100, 0), (10.0, 75, 100, 3333)],
)
def test_x_02_how_long_it_takes_is_told_after_two_seconds(took: float, done: int, total: int, left: int | None) -> None:
    assert left_ms(took, done, total) == left
