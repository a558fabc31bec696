"""Calls stand in line on a thread that nobody has to wait for."""

import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import pytest

from desktop_app.vault.line import Line

ROOT = Path(__file__).resolve().parents[2]


def test_calls_are_made_one_after_another_and_answered() -> None:
    line, made = Line(), list[int]()

    def make(number: int) -> int:
        made.append(number)
        return number

    futures = [line.add(partial(make, number)) for number in range(50)]

    assert [future.result(20) for future in futures] == list(range(50)) == made


def test_what_a_call_raises_is_raised_where_it_was_made() -> None:
    line = Line()

    with pytest.raises(ZeroDivisionError):
        line.add(lambda: 1 / 0).result(20)
    with pytest.raises(SystemExit):
        line.add(sys.exit).result(20)
    assert line.add(lambda: "goes on").result(20) == "goes on"


def test_a_call_that_nobody_waits_for_any_more_is_not_made() -> None:
    line, gate, made = Line(), threading.Event(), list[str]()
    first = line.add(lambda: gate.wait(20))
    second = line.add(lambda: made.append("second"))

    second.cancel()
    gate.set()

    assert first.result(20)
    line.add(lambda: None).result(20)
    assert made == []


def test_a_call_that_hangs_does_not_keep_the_program_from_ending() -> None:
    program = "import threading; from desktop_app.vault.line import Line; Line().add(threading.Event().wait)"

    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False, timeout=60).returncode == 0
