"""A grid's settings in whole numbers: fees in quote and in coins, levels, and what is left to the core."""

from dataclasses import replace
from decimal import Decimal
from math import inf
from typing import Any

import pytest

from desktop_app.core.market import Market
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.grid_table import Frame, make_table
from desktop_app.research.hop.grid_plan import GridPlan, make_grid_plan
from desktop_app.research.hop.plan import BeyondHop
from tests.research.hop.beside import MINUTE
from tests.research.hop.grid_beside import market_of, settings_of

D = Decimal


def plan_of(market: Market, **changes: Any) -> GridPlan:
    grid, frame = settings_of(**changes).grid, Frame(market, 2, 9000.0, 11000.0)
    return make_grid_plan(grid, frame, make_table(grid, frame, 10000), BacktestRules(MINUTE, fill_through=2))


def test_fees_are_whole_parts_of_money_or_of_coins() -> None:
    in_quote, in_coins = plan_of(market_of(fee="0.001")), plan_of(market_of(fee="0.001", in_coins=True))
    assert (in_quote.fee_parts, in_quote.buying, in_quote.selling, in_quote.rest) == (1000, 1001, 999, 1)
    assert (in_coins.buying, in_coins.selling, in_coins.rest, in_coins.kept) == (1000, 999, 1000, 999)
    assert in_quote.money == D("0.01") * D("0.001") / 1000
    assert in_coins.coins(999) == D("0.000999")


def test_levels_are_in_units_and_those_that_are_not_there_beyond_all_prices() -> None:
    plan = plan_of(market_of(), stop_below={"price": "97.5"}, expand_up_to="104", take_profit_percent="10")
    assert (plan.stop_below, plan.stop_above, plan.expand_up, plan.expand_down) == (9750, inf, 10400, inf)
    assert (plan.through, plan.does_move) == (2, True)
    assert plan.wanted == D(plan.table.funds) * D("0.00001") / 10


def test_fees_that_leave_nothing_are_for_the_core() -> None:
    with pytest.raises(BeyondHop):
        plan_of(replace(market_of(), taker_fee=D(1)))
