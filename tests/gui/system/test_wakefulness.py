import os
import sys
from pathlib import Path

import pytest

from desktop_app.gui.system.unable import Unable
from desktop_app.gui.system.wakefulness import Caffeinate, ExecutionState, wakefulness


class Kernel:
    def __init__(self, answer: int = 1) -> None:
        self.states: list[int] = []
        self._answer = answer

    def SetThreadExecutionState(self, state: int) -> int:
        self.states.append(state)
        return self._answer


def test_windows_is_asked_for_the_system_and_not_for_the_screen() -> None:
    kernel = Kernel()
    way = ExecutionState(kernel)
    way.hold()
    way.let_go()
    assert kernel.states == [0x8000_0001, 0x8000_0000]


def test_windows_that_says_no_is_a_sentence() -> None:
    with pytest.raises(Unable, match="did not agree"):
        ExecutionState(Kernel(answer=0)).hold()


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Writes down how it was called and goes on until it is ended, as caffeinate does."""
    path = tmp_path / "caffeinate"
    path.write_text(f'#!/bin/sh\necho "$@" > "{tmp_path}/called"\nexec sleep 60\n')
    path.chmod(0o755)
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="no such scripts there")
def test_the_macs_program_ends_with_ours_and_when_told_to(program: Path) -> None:
    way = Caffeinate(str(program))
    way.hold()
    first = way._child
    way.hold()
    assert way._child is first and first is not None, "held twice, started once"
    assert first.args == (str(program), "-i", "-w", str(os.getpid()))
    way.let_go()
    way.let_go()
    assert first.poll() is not None


@pytest.mark.skipif(sys.platform == "win32", reason="no such scripts there")
def test_a_program_that_ended_by_itself_is_started_again(program: Path) -> None:
    way = Caffeinate(str(program))
    way.hold()
    first = way._child
    assert first is not None
    first.kill()
    first.wait()
    way.hold()
    assert way._child is not first
    way.let_go()


def test_a_program_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Unable, match="could not be started"):
        Caffeinate(str(tmp_path / "gone")).hold()


def test_every_system_has_its_way() -> None:
    names = {"win32": "ExecutionState", "darwin": "Caffeinate"}
    assert type(wakefulness()).__name__ == names.get(sys.platform, "Inhibitors")
