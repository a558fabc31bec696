"""The grid bot: lines around the price, neighbours of filled lines, ends that follow, stops, edits."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter

from desktop_app.core.client_id import BotIdentity
from desktop_app.core.commands import PlaceOrder
from desktop_app.core.deal import DealStatus
from desktop_app.core.events import (
    AddFunds,
    Ask,
    CancelDeal,
    CancelRefused,
    CloseDeal,
    EditDeal,
    FundsSeen,
    NoteDeal,
    OrderCanceled,
    OrderFilled,
    OrderRejected,
    PauseBot,
    PriceTick,
    ReduceFunds,
    ResumeBot,
    StartDeal,
    UserAsked,
)
from desktop_app.core.market import FeeCurrency, Market
from desktop_app.core.order import Fill, OrderStatus, OrderType, Role, Side
from desktop_app.core.said import Said
from desktop_app.core.strategies import grid_open, grid_orders, grid_plan
from desktop_app.core.strategies.grid import GridBot
from desktop_app.core.strategies.grid_state import GridState
from desktop_app.core.strategy import KeepsDealSettings, Watch
from desktop_app.core.words import sentence
from tests.core.dialogue import MARKET, PAIR, canceled, placed, shape
from tests.core.grid_dialogue import FEELESS, GridDialogue, GridWorld, grid_settings

D = Decimal
IN_COINS = replace(FEELESS, fee_currency=FeeCurrency.RECEIVED, maker_fee=D("0.001"), taker_fee=D("0.002"))


def talk(market: Market = FEELESS, **grid: Any) -> GridDialogue:
    return a_talk(grid_settings(**grid), market)


def a_talk(settings: Any, market: Market) -> GridDialogue:
    return GridDialogue(settings, market)


def ask(world: GridWorld, wish: Ask) -> None:
    world.hear(UserAsked(wish, world.at))


def edited(**grid: Any) -> EditDeal:
    return EditDeal(1, grid_settings(**grid).model_dump_json())


# --- beginning


def test_it_buys_the_coins_of_its_sell_lines_and_then_rests_a_line_on_each_price_but_one() -> None:
    it = talk()
    assert shape(placed(it.tick("100"))) == [("balancing", 0, None, D("1.861"))]
    assert str(it.deal.deal.status) == "opening"
    assert shape(placed(it.fill(it.order(Role.BALANCING), "100"))) == [
        ("grid", 1, D("95.00"), D("1.052")),
        ("grid", 0, D("90.00"), D("1.111")),
        ("grid", 3, D("105.00"), D("0.952")),
        ("grid", 4, D("110.00"), D("0.909")),
    ]
    assert it.deal.deal.status is DealStatus.OPEN
    assert it.deal.tally.waiting == 100


def test_numbers_of_the_reference_begin_with_five_sell_lines() -> None:
    market = replace(FEELESS, price_tick=D("0.000001"), amount_step=D(1))
    grid = {"lower": "0.016352", "upper": "0.022503", "lines": 81, "spacing": "geometric", "volume_per_line": 20}
    it = talk(market, **grid, max_active_sell_lines=5)
    assert shape(placed(it.tick("0.02197"))) == [("balancing", 0, None, D(4495))]
    sells = [order for order in placed(it.fill(it.order(Role.BALANCING), "0.02197")) if order.side is Side.SELL]
    assert [(order.price, order.amount) for order in sells] == [
        (D("0.022058"), D(906)),
        (D("0.022147"), D(903)),
        (D("0.022235"), D(899)),
        (D("0.022324"), D(895)),
        (D("0.022413"), D(892)),
    ]


def test_without_a_sell_line_nothing_is_bought_at_market() -> None:
    world = GridWorld(grid_settings()).go("111")
    assert world.fills == [] and world.sides() == "90b 95b 100b 105b"
    assert world.deal.tally.waiting == 110


def test_below_the_range_all_coins_are_bought_and_the_lowest_line_waits() -> None:
    world = GridWorld(grid_settings()).go("80")
    assert world.sides() == "95s 100s 105s 110s" and world.deal.tally.waiting == 90


def test_it_waits_for_its_start_price_from_whichever_side() -> None:
    for first, passed in (("100", "97"), ("80", "84"), ("85", "85")):
        world = GridWorld(grid_settings(start_price=85)).go(first)
        assert (world.state.deal is None) is (first != "85")
        if first != "85":
            world.go(passed)
            assert world.state.deal is None
            assert world.bot.watch(world.state, PAIR) == (Watch(below=D(85)) if first == "100" else Watch(above=D(85)))
            assert said(world).code == "why_grid_start_price"
        world.go("85")
        assert world.state.deal is not None


@pytest.mark.parametrize("settings", [grid_settings(), grid_settings(start_price=85)])
def test_where_the_account_leaves_no_room_no_grid_starts_asked_for_or_not(settings: Any) -> None:
    talk = a_talk(settings, FEELESS)
    if settings.grid.start_price is not None:
        talk.hear(PriceTick(PAIR, D(100), talk.at))
        talk.ask(StartDeal(PAIR))
    talk.hear(PriceTick(PAIR, D(100), talk.at, may_begin=False))
    assert talk.state.deal is None
    talk.hear(PriceTick(PAIR, D(100), talk.at))
    assert talk.state.deal is not None


def test_an_asked_for_start_does_not_wait_for_the_start_price() -> None:
    world = GridWorld(grid_settings(start_price=85)).go("100")
    ask(world, StartDeal(PAIR))
    assert world.bot.watch(world.state, PAIR) == Watch(wants_open=True)
    world.go("100")
    assert world.state.deal is not None
    ask(world, StartDeal(PAIR))
    ask(world, StartDeal("ETH/USDT"))


def test_beyond_a_stop_it_does_not_start_and_says_so() -> None:
    world = GridWorld(grid_settings(stop_below={"price": 85})).go("84")
    assert world.state.deal is None and said(world).code == "why_grid_beyond_stop"
    assert world.go("86").state.deal is not None


def test_a_grid_that_would_lose_does_not_start_and_says_why() -> None:
    world = GridWorld(grid_settings(lines=200), MARKET).go("100")
    assert world.state.deal is None and said(world).code == "grid_cells_lose"
    assert world.bot.funds_needed(world.state, PAIR, D(100)) > 0
    infinite = GridWorld(grid_settings(lower="0.0001", upper=None, lines=None, step_percent="0.5"), MARKET).go("100")
    assert said(infinite).code == "grid_too_many_lines"
    assert infinite.bot.funds_needed(infinite.state, PAIR, D(100)) == 0


def test_a_balancing_order_that_is_refused_is_no_grid_and_is_tried_again() -> None:
    it = talk()
    it.tick("100")
    it.reject(it.order(Role.BALANCING))
    (deal,) = it.closed
    assert deal.status is DealStatus.FAILED and deal.profit == 0
    assert not it.bot.is_done(it.state) and it.state.deal is None
    it.tick("100")
    assert it.bot.why(it.state, PAIR, it.at, D(100)).code == "why_cooldown"
    it.at += 61_000
    it.tick("100")
    assert it.deal.deal.number == 2


def test_balancing_in_parts_goes_on_until_nothing_is_missing() -> None:
    it = talk()
    it.tick("100")
    it.accept()
    order = it.order(Role.BALANCING)
    assert not placed(it.fill(order, "100", "0.861"))
    assert it.bot.why(it.state, PAIR, it.at, D(100)).code == "why_grid_balances"
    it.cancel(it.order(Role.BALANCING), reason="the order book ran out")
    assert it.live == ()
    assert shape(placed(it.wait(1))) == [("balancing", 0, None, D("1.000"))]
    it.reject(it.order(Role.BALANCING))
    it.wait(301)
    assert len(placed(it.fill(it.order(Role.BALANCING), "100"))) == 4


# --- fills


def test_a_filled_line_makes_the_line_one_step_on_the_other_side_live() -> None:
    world = GridWorld(grid_settings()).go("100", "95")
    assert world.sides() == "90b 100s 105s 110s" and world.deal.tally.waiting == 95
    assert world.lines()[1] == ("sell", D("100.00"), D("1.052"))
    world.go("100", "105")
    assert world.sides() == "90b 95b 100b 110s" and world.deal.tally.waiting == 105
    assert world.lines()[2] == ("buy", D("100.00"), D("1.000"))


def test_only_a_sell_of_coins_bought_one_line_below_is_a_round_trip() -> None:
    world = GridWorld(grid_settings(), MARKET).go("100", "105")
    assert world.deal.tally.round_trips == 0 and world.deal.tally.profit == 0
    world.go("100", "105")
    fee = D("0.001")
    assert world.deal.tally.round_trips == 1
    assert world.deal.tally.profit == D("1.0000") * (105 * (1 - fee) - 100 * (1 + fee))
    total = world.deal.deal.worth(D(105), MARKET.taker_fee)
    assert world.deal.deal.profit == world.deal.tally.profit
    assert total == world.deal.deal.position.cash(world.deal.deal.direction) + world.deal.deal.held * 105 * (1 - fee)


def test_profit_in_coins_sells_less_and_keeps_the_rest() -> None:
    world = GridWorld(grid_settings(profit_currency="base")).go("100", "95")
    assert world.lines()[1] == ("sell", D("100.00"), D("1.000"))
    world.go("100")
    assert world.deal.kept == D("0.052")
    assert world.deal.tally.profit == D("1.000") * 100 - D("1.052") * 95 + D("0.052") * 100


def test_fees_in_coins_are_bought_first_and_never_sold() -> None:
    world = GridWorld(grid_settings(), IN_COINS).go("100")
    assert world.fills[0][4] == D("1.865")  # 1.861 / (1 − 0.002), rounded up
    world.go("95")
    assert world.lines()[1] == ("sell", D("100.00"), D("1.050"))
    held = world.deal.deal.held
    assert sum(amount for side, _, amount in world.lines() if side == "sell") <= held


def test_a_line_that_fills_in_parts_turns_only_when_it_is_full() -> None:
    it = talk().started()
    order = it.line(1, Side.BUY)
    assert placed(it.fill(order, amount="0.5")) == []
    assert shape(placed(it.fill(it.line(1, Side.BUY)))) == [("grid", 2, D("100.00"), D("1.052"))]
    sell = it.line(2, Side.SELL)
    it.accept()
    it.fill(sell, amount="0.5")
    it.fill(it.line(2, Side.SELL))
    assert it.deal.tally.round_trips == 1 and it.told[-1] == "grid_round_trip"


def test_a_rest_that_nobody_would_take_counts_as_bought() -> None:
    it = talk().started()
    order = it.line(1, Side.BUY)
    it.fill(order, amount="1.032")
    it.cancel(it.line(1, Side.BUY), reason="canceled outside")
    assert it.line(2, Side.SELL).amount == D("1.032")


def test_an_order_cancelled_outside_is_not_placed_again() -> None:
    it = talk().started()
    it.cancel(it.line(1, Side.BUY), reason="canceled outside")
    assert it.told[-1] == "order_canceled_outside"
    it.wait(3600)
    assert [order.index for order in it.live if order.side is Side.BUY] == [0]
    it.ask(edited(stop_below={"price": 80}))
    assert [order.index for order in it.live if order.side is Side.BUY] == [0, 1]
    assert it.deal.deal.stop_loss == 80


def test_starting_the_bot_again_places_what_was_cancelled_outside() -> None:
    it = talk().started()
    it.cancel(it.line(1, Side.BUY), reason="canceled outside")
    it.ask(ResumeBot())
    assert it.line(1, Side.BUY).price == 95


def test_only_a_bot_that_was_paused_or_stopped_says_that_it_goes_on() -> None:
    it = talk()
    it.ask(ResumeBot())
    assert it.told == []
    it.ask(PauseBot())
    it.ask(ResumeBot())
    assert it.told == ["bot_paused", "bot_resumed"]


def test_a_line_makes_do_with_a_little_less_than_it_wanted() -> None:
    it = talk(replace(FEELESS, min_cost=D(10)))
    it.tick("100")
    order = it.order(Role.BALANCING)
    fill = Fill("t", D(100), order.amount, D(0), D("0.002"), it.at)
    it.hear(OrderFilled(order.client_id, fill, it.at))
    assert it.line(3, Side.SELL).amount == D("0.952") and it.line(4, Side.SELL).amount == D("0.907")


def test_a_refused_line_is_tried_again_later() -> None:
    it = talk().started()
    it.fill(it.line(1, Side.BUY))
    it.reject(it.line(2, Side.SELL))
    assert it.bot.wake_at(it.state) == it.at + 1000
    assert shape(placed(it.wait(1))) == [("grid", 2, D("100.00"), D("1.052"))]
    it.reject(it.line(2, Side.SELL))
    assert it.bot.wake_at(it.state) == it.at + 2000
    it.wait(2)
    it.fill(it.line(2, Side.SELL))
    it.reject(it.line(1, Side.BUY))
    assert it.bot.wake_at(it.state) == it.at + 300_000
    assert placed(it.wait(299)) == [] and len(placed(it.wait(1))) == 1


def test_fills_may_be_told_in_any_order() -> None:
    it = talk().started()
    nearer, farther = it.line(1, Side.BUY), it.line(0, Side.BUY)
    assert shape(placed(it.fill(farther))) == [("grid", 1, D("95.00"), D("1.111"))]
    assert shape(placed(it.fill(nearer))) == [("grid", 2, D("100.00"), D("1.052"))]
    assert it.deal.tally.waiting == 90


def test_a_fill_that_overtook_a_cancel_is_taken_in() -> None:
    it = talk(max_active_buy_lines=1).started()
    gone = it.line(1, Side.BUY)
    it.fill(it.line(3, Side.SELL))
    it.cancel()
    assert [order.index for order in it.live if order.side is Side.BUY] == [2]
    order = gone.becomes(OrderStatus.CANCELED)
    fill = Fill("late", D(95), order.amount, D(0), D(0), it.at)
    it.hear(OrderFilled(order.client_id, fill, it.at, returned=(1, order)))
    assert it.deal.cell(1) is not None and it.deal.cell(1).is_holding  # type: ignore[union-attr]
    it.hear(OrderFilled("nobody", fill, it.at, returned=(9, order)))
    assert it.told[-1] == "unknown_order"


def test_a_late_fill_of_lines_that_are_no_more_only_adds_coins() -> None:
    it = talk().started()
    gone = it.line(1, Side.BUY)
    it.ask(edited(lower=80))
    it.cancel()
    it.tick("100")
    held = it.deal.deal.held
    order = replace(gone, status=OrderStatus.CANCELED, price=D("94.44"))
    it.hear(OrderFilled(order.client_id, Fill("late", D(94), D("0.5"), at=it.at), it.at, returned=(1, order)))
    assert it.deal.deal.held == held + D("0.5")


def test_news_that_change_nothing_place_nothing() -> None:
    it = talk()
    it.tick("100")
    it.fill(it.order(Role.BALANCING), "100")
    order = it.line(1, Side.BUY)
    it.accept(order)
    assert it.said == () and it.line(1, Side.BUY).exchange_id
    it.hear(CancelRefused(order.client_id, "no", it.at))
    assert it.line(1, Side.BUY).status is OrderStatus.OPEN
    assert it.tick("101") == ()
    step = it.bot.on_event(it.state, PriceTick(PAIR, D(102), it.at))
    assert step.is_minor


# --- lines at once


def test_only_the_nearest_lines_rest_and_coins_are_bought_for_these_alone() -> None:
    world = GridWorld(grid_settings(max_active_buy_lines=1, max_active_sell_lines=1)).go("100")
    assert world.sides() == "95b 105s"
    assert world.fills == [("balancing", 0, "buy", D(100), D("0.952"))]
    world.go("105")
    assert world.sides() == "100b 110s"
    assert world.fills[-1] == ("balancing", 0, "buy", D(105), D("0.909"))
    world.go("100")
    assert world.sides() == "95b 105s"
    assert world.deal.deal.held == D("1.909")


def test_coins_that_cannot_be_bought_are_tried_again_and_the_rest_goes_on() -> None:
    it = talk(max_active_sell_lines=1).started()
    it.fill(it.line(3, Side.SELL), "105")
    it.reject(it.order(Role.BALANCING))
    assert [order.index for order in it.live if order.side is Side.SELL] == []
    it.wait(301)
    assert shape([it.order(Role.BALANCING)]) == [("balancing", 0, None, D("0.909"))]


# --- beyond the ends


def test_trailing_up_gives_up_the_lowest_line_for_one_on_top() -> None:
    world = GridWorld(grid_settings(trailing_up=True)).go("100", "105", "110")
    assert world.sides() == "90b 95b 100b 105b"
    assert world.bot.watch(world.state, PAIR).above == 115
    world.go("115")
    assert world.sides() == "95b 100b 105b 110b"
    world.go("126")
    assert world.sides() == "105b 110b 115b 120b" and world.deal.tally.upper == 125
    assert [cell.index for cell in world.deal.cells] == [3, 4, 5, 6]
    world.go("120")
    assert world.fills[-1] == ("grid", 6, "buy", D("120.00"), D("0.833"))


def test_a_grid_of_two_lines_follows_too() -> None:
    world = GridWorld(grid_settings(lines=2, trailing_up=True, trailing_down=True)).go("110", "130", "150")
    assert world.sides() == "130b"
    world.go("130", "110", "90")
    assert world.sides() == "110s"


def test_trailing_down_sells_the_coins_of_the_highest_line_below() -> None:
    world = GridWorld(grid_settings(trailing_down=True)).go("100", "95", "90")
    assert world.sides() == "95s 100s 105s 110s"
    held = world.deal.deal.held
    world.go("85")
    assert world.sides() == "90s 95s 100s 105s"
    assert world.lines()[0] == ("sell", D("90.00"), D("0.909"))
    assert world.deal.deal.held == held
    world.go("90")
    assert world.deal.tally.round_trips == 0
    assert world.sides() == "85b 95s 100s 105s"


def test_what_leaves_an_end_is_off_the_exchange_before_the_grid_moves() -> None:
    it = talk(trailing_up=True).started("111")
    lowest = it.line(0, Side.BUY)
    assert canceled(it.tick("115")) == [lowest.client_id]
    assert not placed(it.said) and it.deal.retired == 0
    assert it.bot.watch(it.state, PAIR) == Watch()
    it.cancel()
    assert it.line(4, Side.BUY).price == 110 and it.deal.retired is None


def test_a_line_that_fills_while_it_leaves_keeps_the_grid_where_it_is() -> None:
    it = talk(trailing_up=True).started("111")
    it.tick("115")
    it.fill(it.line(0, Side.BUY))
    assert it.deal.retired is None and it.line(1, Side.SELL).price == 95


def test_a_grid_with_a_line_that_hangs_behind_does_not_move() -> None:
    up = talk(trailing_up=True).started()
    up.fill(up.line(0, Side.BUY))
    up.reject(up.line(1, Side.SELL))
    for index in (3, 4):
        up.fill(up.line(index, Side.SELL))
    up.accept()
    up.tick("130")
    assert up.deal.retired is None and up.told.count("grid_moved") == 0
    down = talk(trailing_down=True).started()
    for index in (1, 0):
        down.fill(down.line(index, Side.BUY))
    down.fill(down.line(4, Side.SELL))
    down.tick("70")
    assert down.deal.retired is None and down.told.count("grid_moved") == 0


def test_coins_follow_down_from_the_highest_line_that_has_some() -> None:
    world = GridWorld(grid_settings(trailing_down=True, max_active_sell_lines=1)).go("100", "95", "90", "85")
    assert world.sides() == "90s"
    assert [(cell.low, cell.coins) for cell in world.deal.cells] == [
        (D(85), D("0.952")), (D(90), D("1.111")), (D(95), D("1.052")), (D(100), D(0)),
    ]  # fmt: skip


def test_pump_protection_stops_following_a_jump_for_an_hour() -> None:
    world = GridWorld(grid_settings(trailing_up=True, pump_protection_percent=6)).go("100", "105", "110", "115")
    assert world.deal.tally.upper == 115
    world.go("120")
    assert world.deal.tally.upper == 115 and said(world).code == "why_grid_pump"
    assert world.bot.watch(world.state, PAIR).above is None
    world.go("121", seconds=1800)
    ask(world, NoteDeal(1, "planned anew in the pause"))
    assert world.deal.tally.upper == 115
    world.go("121", seconds=1900)
    assert world.deal.tally.upper == 120
    world.go("125", seconds=7200)
    assert world.deal.tally.upper == 125


def test_expanding_up_adds_a_line_and_keeps_the_others() -> None:
    world = GridWorld(grid_settings(expand_up_to=116)).go("100", "105", "110", "115")
    assert world.sides() == "90b 95b 100b 105b 110b" and world.deal.tally.lines == 6
    world.go("120", "130")
    assert world.deal.tally.lines == 6 and world.bot.watch(world.state, PAIR) == Watch()


def test_expanding_down_adds_a_line_once_all_have_bought() -> None:
    world = GridWorld(grid_settings(expand_down_to=84)).go("100", "95", "90")
    assert world.sides() == "85b 95s 100s 105s 110s"
    world.go("85", "80")
    assert world.sides() == "90s 95s 100s 105s 110s" and world.deal.tally.lines == 6


@pytest.mark.parametrize(
    ("grid", "way", "lines"),
    [
        ({"trailing_up": True}, ("101", "102", "103", "104", "105", "106", "107", "120"), "103b 104b"),
        ({"expand_up_to": 110}, ("101", "103", "105", "106", "107", "120"), "100b 101b 102b 103b 104b"),
        ({"trailing_down": True}, ("101", "99", "98", "97", "96", "95", "94", "80"), "97s 98s"),
        ({"expand_down_to": 90}, ("101", "99", "97", "96", "95", "80"), "97s 98s 99s 100s 101s 102s"),
    ],
)
def test_a_grid_ends_before_a_line_that_the_tick_would_put_onto_its_neighbour(
    grid: dict[str, Any], way: tuple[str, ...], lines: str
) -> None:
    market = replace(FEELESS, price_tick=D(1))
    world = GridWorld(grid_settings(lower=100, upper="101.8", lines=3, **grid), market).go(*way)
    assert world.sides() == lines


def test_a_grid_without_an_end_above_ends_before_such_a_line_too() -> None:
    settings = grid_settings(lower=100, upper=None, lines=None, step_percent="0.9", max_active_sell_lines=2)
    world = GridWorld(settings, replace(FEELESS, price_tick=D(1))).go("100", "101", "102", "103", "104", "105", "106")
    assert [line[1] for line in world.lines()][-2:] == [D(104), D(105)] and world.deal.tally.upper == 106


def test_a_grid_without_an_end_above_always_has_sell_lines() -> None:
    settings = grid_settings(step_percent="10", max_active_sell_lines=2)
    world = GridWorld(settings).go("100")
    assert world.sides() == "90b 108.9s 119.79s"
    coins = world.deal.deal.held
    assert coins == D("10.102")  # 100 / (99 · 0.1), rounded up: worth ten lines, wherever the price is
    world.go("109", "120", "132")
    assert world.sides() == "90b 99b 108.9b 119.79b 144.95s 159.44s"
    assert abs(world.deal.deal.held * D("131.77") - coins * 99) < 3
    world.go("120", "90")
    assert world.sides() == "99s 108.9s"
    assert world.deal.tally.waiting == 90


# --- ends


@pytest.mark.parametrize("then", ["stop", "stop_and_sell", "stop_and_buy"])
def test_a_lower_stop_cancels_the_lines_and_does_what_it_is_told(then: str) -> None:
    world = GridWorld(grid_settings(stop_below={"price": 85, "then": then}), MARKET).go("100", "95", "84")
    (deal,) = world.closed
    assert deal.status is DealStatus.STOPPED_OUT and world.lines() == [] and world.bot.is_done(world.state)
    assert world.state.deal is None and deal.grid is not None
    if then == "stop_and_sell":
        assert deal.held == 0 and world.fills[-1][:3] == ("stop_loss", 0, "sell")
        assert deal.profit == deal.position.cash(deal.direction)
    else:
        worth = deal.held * 84 * (1 - MARKET.taker_fee)
        assert deal.held > 0 and deal.profit == deal.position.cash(deal.direction) + worth
    assert said(world).code == "why_grid_over"
    world.go("100")
    assert world.state.deal is None


def test_stop_and_buy_spends_what_the_buy_lines_had() -> None:
    stop = {"price": 115, "then": "stop_and_buy"}
    world = GridWorld(grid_settings(stop_above=stop)).go("100", "116")
    (deal,) = world.closed
    had = (("1.111", 90), ("1.052", 95), ("1", 100), ("0.952", 105))
    spent = sum((D(amount) * price for amount, price in had), D(0))
    assert world.fills[-1] == ("balancing", 1, "buy", D(116), FEELESS.amount_down(spent / 116))
    assert deal.status is DealStatus.STOPPED_OUT and deal.held == world.fills[-1][4]


def test_stop_and_buy_that_is_refused_or_cut_short_ends_all_the_same() -> None:
    stop = {"price": 115, "then": "stop_and_buy"}
    for news in ("reject", "cancel"):
        it = talk(stop_above=stop).started("111")
        it.tick("116")
        it.cancel()
        if news == "reject":
            it.reject(it.order(Role.BALANCING))
        else:
            it.cancel(it.order(Role.BALANCING), reason="the order book ran out")
        assert it.closed[0].status is DealStatus.STOPPED_OUT


def test_take_profit_is_of_the_total_and_sells_everything() -> None:
    world = GridWorld(grid_settings(take_profit_percent=2), MARKET).go("100")
    level = world.bot.watch(world.state, PAIR).above
    assert level is not None and level == world.deal.deal.take_profits[0]
    total = world.deal.deal.worth(level, MARKET.taker_fee)
    assert round(total, 12) == round(world.deal.tally.funds * D("0.02"), 12)
    world.go("104", str(round(level, 2) + 1))
    (deal,) = world.closed
    assert deal.status is DealStatus.COMPLETED and deal.held == 0
    assert deal.profit > deal.grid.funds * D("0.02")  # type: ignore[union-attr]


def test_a_profit_that_is_already_there_is_taken_whatever_the_price() -> None:
    world = GridWorld(grid_settings(take_profit_percent="0.5")).go("100", "105", "110")
    assert world.closed[0].status is DealStatus.COMPLETED


def test_take_profit_without_coins_waits_for_coins() -> None:
    world = GridWorld(grid_settings(take_profit_percent=50)).go("111")
    assert world.bot.watch(world.state, PAIR) == Watch()


def test_the_nearer_of_an_upper_stop_and_the_take_profit_acts() -> None:
    world = GridWorld(grid_settings(take_profit_percent=90, stop_above={"price": 115})).go("100", "116")
    assert world.closed[0].status is DealStatus.STOPPED_OUT
    world = GridWorld(grid_settings(take_profit_percent="0.1", stop_above={"price": 115})).go("100", "116")
    assert world.closed[0].status is DealStatus.COMPLETED


def test_closing_waits_for_the_lines_to_be_gone_and_is_tried_again_when_refused() -> None:
    it = talk(stop_below={"price": 85}).started()
    it.ask(CloseDeal(1))
    assert len(canceled(it.said)) == 4 and not placed(it.said)
    assert it.bot.why(it.state, PAIR, it.at, D(100)).code == "why_closing"
    it.ask(CloseDeal(1))
    assert it.told[-1] == "deal_is_closing"
    it.tick("80")
    it.fill(it.line(0, Side.BUY))
    it.cancel()
    exit_order = it.order(Role.CLOSE)
    assert exit_order.amount == D("2.972")
    it.reject(exit_order)
    assert it.live == () and it.bot.funds_needed(it.state, PAIR, D(100)) == 0
    it.wait(1)
    it.cancel(it.order(Role.CLOSE), reason="thin")
    it.wait(2)
    it.fill(it.order(Role.CLOSE), "100", "1")
    it.fill(it.order(Role.CLOSE), "100")
    assert it.closed[0].status is DealStatus.CLOSED_BY_USER and it.closed[0].held == 0


def test_cancelling_keeps_the_coins() -> None:
    it = talk().started()
    it.ask(NoteDeal(1, "mine"))
    it.ask(CancelDeal(1))
    it.cancel()
    (deal,) = it.closed
    assert deal.status is DealStatus.CANCELLED and deal.held == D("1.861") and deal.note == "mine"
    assert it.live == () and it.bot.is_done(it.state)


def test_dust_goes_into_the_next_grid() -> None:
    market = replace(IN_COINS, min_cost=D(5))
    world = GridWorld(grid_settings(), market).go("100", "95")
    ask(world, CloseDeal(1))
    (deal,) = world.closed
    assert 0 < deal.held < D("0.001") and world.state.dust == deal.held
    world.go("95")
    assert world.state.deal is None
    ask(world, ResumeBot())
    world.go("95", "95")
    assert world.deal.deal.position.carried == deal.held
    assert world.deal.tally.own_cost == deal.held * 95 * (1 - market.taker_fee)


def test_paused_it_does_not_start_and_a_running_grid_goes_on() -> None:
    world = GridWorld(grid_settings())
    ask(world, PauseBot())
    assert world.go("100").state.deal is None and said(world).code == "why_paused"
    assert world.bot.watch(world.state, PAIR) == Watch()
    assert world.bot.funds_needed(world.state, PAIR, D(100)) == 0
    ask(world, ResumeBot())
    world.go("100")
    ask(world, PauseBot())
    assert world.go("95").fills[-1][0] == "grid"


# --- changes


def test_added_funds_enlarge_every_line_without_a_restart() -> None:
    world = GridWorld(grid_settings()).go("100", "95", "100")
    tally = world.deal.tally
    ask(world, AddFunds(1, D(400)))
    assert world.fills[-1][:3] == ("balancing", 0, "buy")
    assert world.sides() == "90b 95b 105s 110s"
    each = world.deal.added_volume
    assert abs(each - 100) < 5
    assert world.lines()[0][2] == FEELESS.amount_down((100 + each) / 90)
    assert world.lines()[3][2] == FEELESS.amount_down((100 + each) / 110)
    now = world.deal.tally
    assert (now.profit, now.round_trips) == (tally.profit, tally.round_trips) and now.funds == tally.funds + 400
    sold = [fill for fill in world.go("105").fills if fill[2] == "sell"][-1]
    assert sold[4] == FEELESS.amount_down((100 + each) / 105)


def test_a_round_trip_of_enlarged_coins_counts_what_its_own_line_bought() -> None:
    world = GridWorld(grid_settings()).go("100", "95")
    ask(world, AddFunds(1, D(400)))
    world.go("100")
    assert world.deal.tally.round_trips == 1
    assert round(world.deal.tally.profit, 6) == round(D("1.052") * 5, 6)


def test_funds_that_cannot_be_added_are_refused_with_a_reason() -> None:
    it = talk()
    it.tick("100")
    for wish, code in (
        (AddFunds(1, D(100)), "deal_not_open_yet"),
        (AddFunds(1, D(100), OrderType.LIMIT, D(90)), "grid_adds_at_market"),
        (AddFunds(1, D("0.001")), "add_too_small"),
        (ReduceFunds(1, D(1)), "grid_cannot"),
        (ReduceFunds(3, D(1)), "no_such_deal"),
    ):
        it.ask(wish)
        assert it.told[-1] == code
        if code == "deal_not_open_yet":
            it.fill(it.order(Role.BALANCING), "100")


def test_a_partly_bought_line_grows_from_its_next_turn_on() -> None:
    it = talk().started()
    it.fill(it.line(1, Side.BUY), amount="0.5")
    it.ask(AddFunds(1, D(400)))
    assert it.line(1, Side.BUY).amount == D("1.052")


def test_other_lines_are_laid_once_the_old_ones_are_gone_and_statistics_stay() -> None:
    world = GridWorld(grid_settings()).go("100", "95", "100")
    before = world.deal.tally
    ask(world, edited(lower=80, lines=7))
    assert world.lines() == [] and said(world).code == "why_grid_rebuilds"
    assert world.bot.watch(world.state, PAIR) == Watch(follows=True)
    world.go("100")
    assert world.sides() == "80b 85b 90b 95b 105s 110s"
    now = world.deal.tally
    assert (now.profit, now.round_trips, now.lines) == (before.profit, before.round_trips, 7)
    assert now.funds > before.funds


def test_an_edit_while_orders_are_on_their_way_waits_for_them() -> None:
    it = talk()
    it.tick("100")
    it.fill(it.order(Role.BALANCING), "100")
    it.ask(edited(lower=80))
    assert canceled(it.said) == []  # not accepted yet
    it.accept()
    assert sum(order.status is OrderStatus.CANCELING for order in it.live) == 4
    it.tick("100")
    assert it.deal.is_rebuilding and it.bot.watch(it.state, PAIR) == Watch()
    it.cancel()
    it.tick("100")
    assert not it.deal.is_rebuilding


def test_money_that_was_added_stays_when_only_the_range_changes() -> None:
    world = GridWorld(grid_settings(investment=1000)).go("100")
    ask(world, AddFunds(1, D(500)))
    ask(world, edited(investment=1000, lower=80))
    world.go("100")
    assert 1400 < world.deal.volume * 4 < 1600
    ask(world, edited(investment=2000, lower=80))
    world.go("100")
    assert world.deal.added == 0 and world.deal.volume * 4 > 1900


def test_an_edit_that_could_not_run_is_refused() -> None:
    it = a_talk(grid_settings(), MARKET).started()
    other = grid_settings().model_copy(update={"pairs": ("ETH/USDT",)})
    for text in ("{}", other.model_dump_json(), grid_settings(lines=200).model_dump_json()):
        it.ask(EditDeal(1, text))
        assert it.told[-1] == "edit_refused"
    assert len(it.live) == 4


def test_lines_that_no_longer_fit_when_they_are_laid_are_tried_again() -> None:
    it = a_talk(grid_settings(lower=50, upper=150, lines=3, volume_per_line=10), MARKET).started()
    it.ask(edited(lower=50, upper=150, lines=4, volume_per_line=10))
    it.cancel()
    bot, state = it.bot, it.state
    small = replace(MARKET, min_cost=D(500))
    it.bot = GridBot(BotIdentity(7), it.settings, {PAIR: small})
    it.tick("100")
    assert it.deal.is_rebuilding
    it.bot, it.state = bot, state
    it.tick("100")
    assert not it.deal.is_rebuilding


# --- the rest


def test_coins_of_the_account_are_used_if_it_may() -> None:
    world = GridWorld(grid_settings(use_held_coins=True))
    assert world.go("100").state.deal is None and said(world).code == "why_grid_balances_unknown"
    world.hear(FundsSeen((("BTC", D("1.5")), ("USDT", D(1000))), 1))
    world.go("100")
    assert world.fills[0][4] == D("0.361")
    assert world.deal.deal.position.carried == D("1.5")
    assert world.deal.tally.own_cost == 150
    assert world.deal.deal.worth(D(100), D(0)) == 0


def test_what_it_may_still_need_is_what_does_not_rest() -> None:
    it = talk(MARKET, max_active_buy_lines=1)
    assert it.bot.funds_needed(it.state, PAIR, D(100)) == D("386.512126")
    it.tick("100")
    assert it.bot.funds_needed(it.state, PAIR, D(100)) > 199
    it.fill(it.order(Role.BALANCING), "100")
    assert it.bot.funds_needed(it.state, PAIR, D(100)) == D("1.1111") * 90 * D("1.001")


def test_why_names_the_two_nearest_lines() -> None:
    world = GridWorld(grid_settings())
    assert world.bot.why(world.state, PAIR, 0, None).code == "why_no_price"
    assert world.bot.why(world.state, "ETH/USDT", 0, None).code == "why_no_market"
    assert world.bot.why(world.state, PAIR, 0, D(100)).code == "why_grid_starts"
    assert said(world.go("100")).values == (("buy", D(95)), ("sell", D(105)))
    assert said(world.go("110")).code == "why_grid_above"
    assert said(world.go("90")).code == "why_grid_below"


def test_a_bot_without_its_market_does_nothing() -> None:
    bot = GridBot(BotIdentity(7), grid_settings(), {})
    state = bot.first_state(0)
    assert bot.on_event(state, PriceTick(PAIR, D(100), 1)).state is state
    assert bot.deals(state) == () and bot.wake_at(state) is None
    assert bot.watch(state, "ETH/USDT") == Watch()
    assert bot.on_event(state, object()).state is state  # type: ignore[arg-type]


def test_alarms_and_refused_cancels_without_need_change_nothing() -> None:
    it = talk()
    assert it.wait(1) == () and it.bot.bot_id == 7 and it.bot.symbols == (PAIR,)
    it.started()
    it.ask(CloseDeal(1))
    assert it.bot.watch(it.state, PAIR) == Watch() and it.bot.wake_at(it.state) is None
    order = it.line(0, Side.BUY)
    assert canceled(it.hear(CancelRefused(order.client_id, "no", it.at))) == [order.client_id]


def test_funds_added_to_a_grid_without_an_end_above_buy_coins_for_all_its_lines() -> None:
    world = GridWorld(grid_settings(step_percent="10", max_active_sell_lines=2)).go("100")
    before = world.deal.deal.held
    ask(world, AddFunds(1, D(550)))
    added = world.deal.added_volume
    assert abs(world.deal.deal.held - before - added / (99 * D("0.1"))) < D("0.01")
    assert world.deal.missing == 0
    spent = (world.deal.deal.held - before) * 100 + added
    assert abs(spent - 550) < 1
    world.go("109", "120", "132", "145", "160")
    assert [side for side, _, _ in world.lines()].count("sell") == 2


def test_a_coarser_lot_is_respected_from_then_on() -> None:
    it = talk().started()
    it.fill(it.line(1, Side.BUY))
    it.bot = GridBot(BotIdentity(7), it.settings, {PAIR: replace(FEELESS, amount_step=D("0.1"))})
    it.cancel(it.line(2, Side.SELL), reason="delisted step")
    it.ask(ResumeBot())
    assert it.line(2, Side.SELL).amount == D("1.0")
    it.fill(it.line(2, Side.SELL))
    assert it.deal.tally.round_trips == 1


def test_a_grid_without_an_end_above_goes_as_far_as_its_coins() -> None:
    coarse = replace(FEELESS, amount_step=D("0.5"))
    world = GridWorld(grid_settings(step_percent="10", max_active_sell_lines=2), coarse).go("100")
    for price in range(100, 2000, 20):
        world.go(str(price))
    assert world.deal.deal.held >= 0 and [side for side, _, _ in world.lines()].count("sell") == 0


def test_without_coins_a_grid_does_not_follow_down() -> None:
    it = talk(trailing_down=True, max_active_sell_lines=1)
    it.tick("80")
    it.fill(it.order(Role.BALANCING), "80")
    it.accept()
    assert it.deal.level_down is None or it.deal.deal.held > 0


def test_a_running_grid_tells_its_settings() -> None:
    world = GridWorld(grid_settings()).go("100")
    assert isinstance(world.bot, KeepsDealSettings)
    assert world.bot.deal_settings(world.state, 1) == world.bot.settings
    assert world.bot.deal_settings(world.state, 2) is None


def test_its_state_stays_small_and_reads_back_the_same_after_many_fills() -> None:
    world = GridWorld(grid_settings(), MARKET).go("100")
    adapter = TypeAdapter(GridState)
    size = len(adapter.dump_json(world.state))
    for _ in range(250):
        world.go("95", "90", "95", "100", "105", "100")
    text = adapter.dump_json(world.state)
    assert len(world.fills) > 1000 and len(text) < size * 1.2
    assert adapter.validate_json(text) == world.state
    ids = list(world.orders)
    assert len(ids) == len(set(ids))


def test_client_ids_stay_apart_when_a_grid_has_made_a_million_orders() -> None:
    world = GridWorld(grid_settings())
    world.go("100")
    world.state = replace(world.state, deal=replace(world.deal, serial=(1 << 20) - 1))
    world.go("95", "90", "95", "100")
    assert len(world.orders) == len({order.client_id for order in world.orders.values()}) == 9


def said(world: GridWorld) -> Said:
    return world.bot.why(world.state, PAIR, world.at, world.price)


# --- what hardly ever happens


def test_news_of_an_order_whose_line_is_gone_are_only_told() -> None:
    it = talk().started()
    order = it.line(1, Side.BUY)
    cell = it.deal.cell_of(order)
    deal = replace(it.deal, cells=tuple(other for other in it.deal.cells if other is not cell))
    before = deal.cells

    after, told = grid_orders.canceled(deal, order, OrderCanceled(order.client_id, it.at, "outside"))
    assert after.cells == before and told[0].said.code == "order_canceled_outside"
    pending = replace(order, status=OrderStatus.PENDING)
    deal = deal.with_deal(orders=tuple(pending if other is order else other for other in deal.deal.orders))
    after, told = grid_orders.rejected(deal, pending, OrderRejected(order.client_id, "no", it.at))
    assert after.cells == before and told[0].said.code == "order_refused"
    assert "(grid B02)" in sentence(told[0].said)


def test_lines_that_need_less_than_was_given_take_nothing_more() -> None:
    it = talk().started()
    rich = it.deal.with_tally(replace(it.deal.tally, funds=D(1_000_000)))

    made = grid_open.laid_anew(rich, it.market)

    assert made is not None and made.tally.funds == D(1_000_000)


def test_a_price_that_jumps_too_far_is_followed_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grid_plan, "_MOST_MOVES", 1)
    world = GridWorld(grid_settings(trailing_up=True)).go("100")
    assert world.deal.tally.upper == D(110)

    world.go("140")

    assert world.deal.tally.upper == D(140)


def test_an_order_that_is_over_takes_no_place() -> None:
    it = talk().started()
    order = it.line(1, Side.BUY)
    over = replace(order, status=OrderStatus.CANCELED)
    deal = it.deal.with_deal(orders=tuple(over if other is order else other for other in it.deal.deal.orders))

    _, commands = grid_plan.next_orders(deal, it.market, BotIdentity(7), it.at)

    assert [command.order.index for command in commands if isinstance(command, PlaceOrder)] == [1]


def test_it_watches_the_nearest_of_its_stops_and_levels() -> None:
    stops = {"stop_below": {"price": 80}, "stop_above": {"price": 130}}
    world = GridWorld(grid_settings(**stops)).go("100")
    assert world.bot.watch(world.state, PAIR) == Watch(below=D(80), above=D(130))
    world = GridWorld(grid_settings(trailing_up=True, trailing_down=True, **stops)).go("100", "111")
    assert world.bot.watch(world.state, PAIR) == Watch(below=D(80), above=D(115))
    assert world.go("100", "88").bot.watch(world.state, PAIR) == Watch(below=D(85), above=D(130))
    world = GridWorld(grid_settings(take_profit_percent=1, **stops)).go("100", "101")
    level = world.deal.level_profit
    assert level is not None
    assert 100 < level < 130
    assert world.bot.watch(world.state, PAIR) == Watch(below=D(80), above=level)
