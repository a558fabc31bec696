"""A real process, killed without warning while signals come: each acts once."""

import sys
from pathlib import Path

import pytest

from tests.faults.kill9_signals import torture


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the same code; processes start too slowly there")
def test_no_signal_is_lost_or_acted_on_twice_when_the_process_is_killed(tmp_path: Path) -> None:
    sender, wrong = torture(tmp_path, kills=3, seed=20261126)

    assert wrong == []
    assert sender.answers[200] > 0
