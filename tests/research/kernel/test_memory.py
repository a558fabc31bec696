"""Memory that one run leaves to the next."""

from typing import NamedTuple

import numpy as np

from desktop_app.research.kernel.formulas import Real
from desktop_app.research.kernel.memory import Memory


class Both(NamedTuple):
    read: Real
    written: Real


def test_memory_comes_back_and_only_what_is_read_first_is_cleared() -> None:
    memory = Memory({"read": (np.float64, (3,)), "written": (np.float64, (2,))}, Both, cleared=("read",))
    first, other = memory.take(), memory.take()
    assert first is not other
    first.run.read[:] = first.run.written[:] = 7.0
    memory.give_back(first)
    again = memory.take()
    assert again is first
    assert again.run.read.tolist() == [0.0, 0.0, 0.0]
    assert other.run.written.tolist() == [0.0, 0.0]
