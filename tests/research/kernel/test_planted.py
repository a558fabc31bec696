"""The faults that planted.py plants still have their places."""

import pytest

from tests.research.kernel.grid_planted import GRID_FAULTS
from tests.research.kernel.planted import FAULTS, KERNEL, Fault


@pytest.mark.parametrize("fault", [*FAULTS, *GRID_FAULTS], ids=lambda fault: fault.name)
def test_the_place_of_a_fault_is_in_the_kernel_once(fault: Fault) -> None:
    assert (KERNEL / fault.file).read_text(encoding="utf-8").count(fault.right) == 1
