"""A fill that only turns a cell is answered at once, and the answer is the whole plan's."""

import random
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from desktop_app.core.commands import Command
from desktop_app.core.market import FeeCurrency, Market
from desktop_app.core.order import Order, OrderStatus, Side
from desktop_app.core.strategies import grid
from desktop_app.core.strategies.grid_flip import flipped
from tests.core.dialogue import PAIR, placed
from tests.core.grid_dialogue import FEELESS, GridDialogue, GridWorld, grid_settings

D = Decimal
IN_COINS = replace(FEELESS, fee_currency=FeeCurrency.RECEIVED, maker_fee=D("0.001"), taker_fee=D("0.002"))
GRIDS: list[dict[str, Any]] = [
    {},
    {"lines": 9, "spacing": "geometric", "profit_currency": "base"},
    {"lines": 9, "volume_unit": "base", "volume_per_line": 2, "take_profit_percent": 3},
    {"lines": 7, "trailing_up": True, "trailing_down": True},
    {"lines": 7, "trailing_up": True, "trailing_down": True, "pump_protection_percent": 2},
    {"lines": 7, "expand_up_to": 120, "expand_down_to": 80},
    {"lines": 7, "stop_below": {"price": 85, "then": "stop_and_sell"}, "max_active_sell_lines": 2},
    {"lines": 21, "max_active_buy_lines": 3, "max_active_sell_lines": 4},
    {"lines": 21, "max_active_buy_lines": 2, "profit_currency": "base", "take_profit_percent": 20},
    {"lines": 9, "trailing_up": True, "trailing_down": True, "max_active_buy_lines": 2, "max_active_sell_lines": 2},
    {"upper": None, "lines": None, "step_percent": 2},
    {"upper": None, "lines": None, "step_percent": 1, "max_active_buy_lines": 4, "max_active_sell_lines": 3},
]


@pytest.fixture
def flips(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each fill was answered at once; bots of settings named "slow" never do."""
    seen: list[bool] = []

    def watched(*of: Any) -> Any:
        deal = of[0]
        answer = None if deal.settings.name == "slow" else flipped(*of)
        if deal.settings.name != "slow":
            seen.append(answer is not None)
        return answer

    monkeypatch.setattr(grid, "flipped", watched)
    return seen


def talk(settings: Any, market: Market) -> GridDialogue:
    return GridDialogue(settings, market).started()


def as_if_fast(thing: Any) -> str:
    return repr(thing).replace("'slow'", "'test'")


@pytest.mark.parametrize("options", GRIDS)
@pytest.mark.parametrize("market", [FEELESS, IN_COINS])
def test_step_by_step_it_decides_what_a_whole_plan_decides(
    options: dict[str, Any], market: Market, flips: list[bool]
) -> None:
    settings = grid_settings(**options)
    fast, slow = GridWorld(settings, market), GridWorld(settings.model_copy(update={"name": "slow"}), market)
    rng, price = random.Random(5), D(100)
    for _ in range(150):
        step = rng.choice([D("0.3"), D(1), D(2), D(3), D(7)])
        price += step if price < 87 or (price < 113 and rng.random() < 0.5) else -step
        for world in (fast, slow):
            world.go(str(price))
        assert as_if_fast(fast.state) == as_if_fast(slow.state)
        assert fast.fills == slow.fills and fast.orders == slow.orders
    assert len(fast.fills) > 15
    assert flips.count(True) > 5


@pytest.mark.parametrize("market", [FEELESS, IN_COINS])
def test_fills_in_parts_and_in_any_order_come_to_the_same(market: Market, flips: list[bool]) -> None:
    settings = grid_settings(lines=9)
    talks = [talk(one, market) for one in (settings, settings.model_copy(update={"name": "slow"}))]
    rng = random.Random(3)
    for _ in range(120):
        chosen = rng.choice(talks[0].live).client_id
        share, is_heard = rng.choice([None, None, "0.5", "0.01"]), rng.random() < 0.5
        commands: list[tuple[Command, ...]] = []
        for one in talks:
            (order,) = [order for order in one.live if order.client_id == chosen]
            amount = None if share is None else str(max(D("0.001"), market.amount_down(order.remaining * D(share))))
            commands.append(one.fill(order, str(order.price), amount=amount, in_coins=market is IN_COINS))
            if is_heard:
                one.accept()
        assert commands[0] == commands[1]
        assert as_if_fast(talks[0].state) == as_if_fast(talks[1].state)
    assert flips.count(True) > 20
    assert flips.count(False) > 20


@pytest.mark.parametrize("seed", range(6))
def test_where_few_lines_rest_news_in_any_order_comes_to_the_same(seed: int, flips: list[bool]) -> None:
    settings = grid_settings(lines=13, max_active_buy_lines=3, max_active_sell_lines=4)
    fast, slow = (talk(one, FEELESS) for one in (settings, settings.model_copy(update={"name": "slow"})))
    rng = random.Random(seed)
    for _ in range(60):
        sells = [order for order in fast.live if order.side is Side.SELL]
        side = sells if sells and rng.random() < 0.5 else [order for order in fast.live if order not in sells]
        nearest = max(side or sells, key=_nearness)
        chosen = rng.choice(fast.live) if rng.random() < 0.02 else nearest
        amount = None if rng.random() < 0.95 else str(FEELESS.amount_down(chosen.remaining / 2))
        is_heard, is_gone = rng.random() < 0.9, rng.random() < 0.9
        for one in (fast, slow):
            (order,) = [order for order in one.live if order.client_id == chosen.client_id]
            one.fill(order, str(order.price if order.price is not None else one.deal.last), amount=amount)
            if is_heard:
                one.accept()
            if is_gone:
                one.cancel()
        assert fast.said == slow.said
        assert as_if_fast(fast.state) == as_if_fast(slow.state)
    assert any(flips)


def test_a_line_that_fills_while_it_leaves_is_left_to_the_whole_plan(flips: list[bool]) -> None:
    settings = grid_settings(lines=13, max_active_sell_lines=4)
    fast, slow = (talk(one, FEELESS) for one in (settings, settings.model_copy(update={"name": "slow"})))
    for one in (fast, slow):
        highest = max((order for order in one.live if order.side is Side.BUY), key=_nearness)
        one.fill(highest)
        (leaving,) = [order for order in one.live if order.status is OrderStatus.CANCELING]
        one.fill(leaving)
    assert flips[-4:] == [True, True, False, False]  # a dialogue tells each event twice
    assert fast.said == slow.said and as_if_fast(fast.state) == as_if_fast(slow.state)


def _nearness(order: Order) -> tuple[bool, Decimal]:
    """Orders at market before others, and those that the price meets first before what lies behind them."""
    price = order.price if order.price is not None else D(0)
    return order.price is None, price if order.side is Side.BUY else -price


def test_what_the_market_would_no_longer_take_is_left_to_the_whole_plan(flips: list[bool]) -> None:
    it = talk(grid_settings(), FEELESS)
    it.bot = replace(it.bot, markets={PAIR: replace(FEELESS, min_cost=D(500))})
    assert not placed(it.fill(it.line(1, Side.BUY)))
    assert not any(flips)


def test_the_line_that_waits_follows_fills_in_any_order(flips: list[bool]) -> None:
    it = talk(grid_settings(), FEELESS)
    waiting = [it.deal.tally.waiting]
    flips.clear()
    for index, side in ((0, Side.BUY), (1, Side.SELL), (4, Side.SELL), (3, Side.SELL), (1, Side.BUY), (1, Side.BUY)):
        if (index, side) != (1, Side.BUY) or len(waiting) == 5:
            it.fill(it.line(index, side))
            waiting.append(it.deal.tally.waiting)
    assert waiting == [100, 90, 100, 100, 110, 95]
    assert all(flips)
