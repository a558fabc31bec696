"""One running application per data folder."""

import subprocess
import sys
from pathlib import Path

import pytest

from desktop_app.engine.lock import InstanceLock
from desktop_app.engine.problem import Problem

HOLD = """
import sys, time
from pathlib import Path
from desktop_app.engine.lock import InstanceLock
lock = InstanceLock(Path(sys.argv[1]))
lock.acquire()
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_instance_is_refused_and_a_killed_one_frees_the_folder_at_once(tmp_path: Path) -> None:
    path = tmp_path / "data" / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline().strip() == b"held"
        with pytest.raises(Problem) as refused:
            InstanceLock(path).acquire()
        assert refused.value.said.code == "second_instance"
        first.kill()
        first.wait()
    second = InstanceLock(path)
    second.acquire()
    assert second.is_held
    second.release()


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Problem) as refused:
        InstanceLock(tmp_path / "file" / "lock").acquire()

    assert refused.value.said.code == "no_lock"
