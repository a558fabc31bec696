"""The smart trade, order for order, against an independent and naive reading of the same rules."""

import os
import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.research.smart_agreement import differences
from tests.research.smart_cases import make_case

EXAMPLES = int(os.environ.get("STRONGROOM_ORACLE_EXAMPLES", "200"))


@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_every_order_of_random_trades_over_random_candles_is_the_oracles(seed: int) -> None:
    assert differences(make_case(random.Random(seed), most=25)) == []
