"""A grid's backtest, order for order, against an independent and naive reading of the same rules."""

import os
import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.research.grid_cases import differences, make_grid_case

EXAMPLES = int(os.environ.get("STRONGROOM_ORACLE_EXAMPLES", "40"))


@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_every_order_of_random_grids_over_random_candles_is_the_oracles(seed: int) -> None:
    assert differences(make_grid_case(random.Random(seed), most=25)) == []
