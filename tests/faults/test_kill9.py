"""A real process, killed without warning: nothing is lost, nothing is doubled."""

import sys
from pathlib import Path

import pytest

from tests.faults.kill9 import torture


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the same code; processes start too slowly there")
def test_nothing_is_lost_or_doubled_when_the_process_is_killed(tmp_path: Path) -> None:
    found = torture(tmp_path, kills=4, seed=20261125)

    assert found.wrong == []
    assert found.fills > 0


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the same code; processes start too slowly there")
def test_nothing_of_smart_trades_is_lost_or_doubled_when_the_process_is_killed(tmp_path: Path) -> None:
    found = torture(tmp_path, kills=4, seed=20261126, kind="trade")

    assert found.wrong == []
    assert found.fills > 0


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the same code; processes start too slowly there")
def test_nothing_of_grids_is_lost_or_doubled_when_the_process_is_killed(tmp_path: Path) -> None:
    found = torture(tmp_path, kills=4, seed=20261127, kind="grid")

    assert found.wrong == []
    assert found.fills > 0


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the same code; processes start too slowly there")
def test_nothing_of_ones_own_strategies_is_lost_or_doubled_when_the_process_is_killed(tmp_path: Path) -> None:
    found = torture(tmp_path, kills=4, seed=20261128, kind="own")

    assert found.wrong == []
    assert found.fills > 0
