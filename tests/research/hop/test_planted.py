"""The faults that planted.py and grid_planted.py plant still have their places."""

import pytest

from tests.research.hop.grid_planted import GRID_FAULTS
from tests.research.hop.planted import FAULTS
from tests.research.kernel.planted import KERNEL, Fault


@pytest.mark.parametrize("fault", FAULTS + GRID_FAULTS, ids=lambda fault: fault.name)
def test_the_place_of_a_fault_is_in_the_hop_once(fault: Fault) -> None:
    assert (KERNEL / fault.file).read_text(encoding="utf-8").count(fault.right) == 1
