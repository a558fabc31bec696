"""A small share of the random bots that `side_by_side.py` plays together and along finer candles."""

import pytest

from tests.research.side_by_side import differences, grid_differences


@pytest.mark.parametrize("seed", range(6))
def test_neither_company_nor_finer_candles_along_the_path_change_a_deal(seed: int) -> None:
    bots, wrong = differences(seed)
    grids, also = grid_differences(seed)

    assert bots + grids > 0 and [*wrong, *also] == []
