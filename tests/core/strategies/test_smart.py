"""The smart trade: every kind of entry, exit and wish, in conversation."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from desktop_app.core.commands import CancelOrder, OpenTrade
from desktop_app.core.deal import DealStatus
from desktop_app.core.events import (
    AddFunds,
    CancelDeal,
    CloseDeal,
    EditDeal,
    ForceStart,
    FundsSeen,
    NoteDeal,
    PauseBot,
    ReduceFunds,
    ResumeBot,
    StartDeal,
    StartTrailing,
)
from desktop_app.core.order import OrderStatus, OrderType, Role
from desktop_app.core.strategies.dca_settings import StopRules, TakeProfitStep
from desktop_app.core.strategies.entry import Entry
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.core.strategies.smart_state import SmartState
from desktop_app.core.strategy import Watch
from tests.core.dialogue import MARKET, PAIR, placed, shape
from tests.core.smart_dialogue import SmartDialogue, trade

D = Decimal
TWO = {"steps": [{"price": "102", "share": "50"}, {"price": "106", "share": "50"}]}
STOP = {"price": "97"}


def talk(**parts: Any) -> SmartDialogue:
    return SmartDialogue(trade(**parts))


# --- settings


@pytest.mark.parametrize(
    ("parts", "place"),
    [
        ({"pairs": ["BTC/USDT", "ETH/USDT"], "pair": None}, "pair"),
        ({"trade": "hold"}, "price_paid"),
        ({"trade": "trade", "price_paid": "1"}, "price_paid"),
        ({"trade": "hold", "price_paid": "1", "unit": "quote"}, "unit"),
        ({"trade": "hold", "price_paid": "1", "entry": {"type": "limit", "price": "1"}}, "entry"),
        ({"unit": "percent", "amount": "101"}, "amount"),
        ({"trade": "buy", "stop_loss": STOP}, "trade"),
        ({"take_profit": {"steps": [{"price": "3", "share": 50}, {"price": "2", "share": 50}]}}, "take_profit.steps"),
        ({"trade": "cover", "take_profit": TWO}, "take_profit.steps"),
        ({"entry": {"type": "limit", "price": "103"}, "take_profit": TWO}, "take_profit.steps"),
        ({"take_profit": TWO, "stop_loss": {"price": "103"}}, "stop_loss.price"),
        ({"entry": {"type": "limit", "price": "96"}, "stop_loss": STOP}, "stop_loss.price"),
        ({"take_profit": TWO, "stop_loss": {"price": "97", "breakeven_after": 3}}, "stop_loss.breakeven_after"),
        ({"take_profit": {"trailing_deviation": 1}}, "trailing_deviation"),
    ],
)
def test_what_does_not_fit_together_is_refused_with_its_place(parts: dict[str, Any], place: str) -> None:
    with pytest.raises(ValidationError, match=place.replace(".", r"\.")):
        trade(**{name: part for name, part in parts.items() if part is not None})


@pytest.mark.parametrize(
    "entry",
    [
        {"type": "limit"},
        {"type": "conditional"},
        {"type": "market", "price": "1"},
        {"type": "trailing"},
        {"type": "limit", "price": "1", "trailing_deviation": "1"},
        {"type": "limit", "price": "1", "limit_price": "1"},
        {"type": "limit", "price": "1", "trigger": "bid"},
    ],
)
def test_an_entry_says_what_it_needs_and_nothing_else(entry: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Entry.model_validate(entry)


@pytest.mark.parametrize(
    "stop",
    [
        {"percent": "1", "price": "1"},
        {"percent": "1", "limit_percent": "1"},
        {"price": "1", "limit_price": "1"},
        {"percent": "1", "type": "limit", "limit_price": "1"},
        {"native": True},
        {"percent": "1", "native": True, "timeout_seconds": 5},
        {"percent": "1", "native": True, "trailing": True},
    ],
)
def test_a_stop_loss_says_what_it_needs_and_nothing_else(stop: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        StopRules.model_validate(stop)


@pytest.mark.parametrize("step", [{"share": 1}, {"share": 1, "percent": 0}, {"share": 1, "percent": 1, "price": 1}])
def test_a_target_is_a_percent_or_a_price(step: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        TakeProfitStep.model_validate(step)


def test_a_pair_must_be_named_in_a_table() -> None:
    with pytest.raises(ValidationError):
        SmartTradeSettings.model_validate("not a table")


def test_its_state_survives_the_disk() -> None:
    chat = talk(take_profit=TWO, stop_loss=STOP).entered()
    kept = TypeAdapter(SmartState)

    assert kept.validate_json(kept.dump_json(chat.state)) == chat.state


# --- getting in


def test_a_market_entry_is_ordered_with_the_first_price() -> None:
    chat = talk(note="a swing")
    assert chat.bot.watch(chat.state, PAIR) == Watch(wants_open=True)
    chat.tick("100", opens=False)
    chat.tick("100", may_begin=False)
    assert not chat.live
    chat.tick("100")

    assert shape(chat.live) == [("base", 0, None, D(1))]
    assert chat.live[0].type is OrderType.MARKET
    assert chat.deal.deal.note == "a swing"
    assert chat.told[0] == "trade_started"


def test_a_limit_entry_rests_where_it_was_put_and_does_not_follow_the_price() -> None:
    chat = talk(entry={"type": "limit", "price": "99.005"})
    chat.tick("100")
    chat.accept()
    chat.at += 120_000
    chat.tick("103")

    assert shape(chat.live) == [("base", 0, D("99.00"), D(1))]
    assert chat.why().code == "why_waits_limit"
    assert chat.bot.watch(chat.state, PAIR) == Watch()
    assert chat.bot.funds_needed(chat.state, PAIR, D(100)) == 0, "it rests"


def test_a_limit_entry_filled_in_parts_keeps_its_order() -> None:
    chat = talk(entry={"type": "limit", "price": "99"})
    chat.tick("100")
    chat.accept()
    chat.fill(chat.order(Role.BASE), amount="0.4")
    assert not any(isinstance(command, CancelOrder) for command in chat.said)
    chat.fill(chat.order(Role.BASE))

    assert chat.deal.deal.status is DealStatus.OPEN


@pytest.mark.parametrize(("start", "before", "reached"), [("100", "98.01", "98"), ("96", "97.99", "98")])
def test_a_conditional_entry_waits_for_the_price_from_either_side(start: str, before: str, reached: str) -> None:
    chat = talk(entry={"type": "conditional", "price": "98"})
    chat.tick(start)
    assert not chat.live
    assert chat.why().code == "why_waits_trigger"
    watch = chat.bot.watch(chat.state, PAIR)
    assert (watch.below, watch.above) == ((D(98), None) if start == "100" else (None, D(98)))
    chat.tick(before)
    assert not chat.live
    chat.tick(reached)

    assert shape(chat.live) == [("base", 0, None, D(1))]
    assert chat.bot.watch(chat.state, PAIR) == Watch()


def test_a_conditional_entry_can_watch_the_bid_and_then_rest_at_a_limit() -> None:
    chat = talk(entry={"type": "conditional", "price": "98", "trigger": "bid", "limit_price": "97.5"})
    chat.tick("100", bid=D("99.9"), ask=D("100.1"))
    assert chat.bot.watch(chat.state, PAIR).follows, "the last price does not tell of the bid"
    chat.tick("98.1", bid=D("98.05"))
    assert not chat.live
    chat.tick("98.1", bid=D("98"))

    assert shape(chat.live) == [("base", 0, D("97.5"), D(1))]


def test_a_conditional_entry_whose_price_is_there_gets_in_at_once() -> None:
    chat = talk(entry={"type": "conditional", "price": "98"})
    chat.tick("98")

    assert shape(chat.live) == [("base", 0, None, D(1))]


def test_a_jump_over_the_trigger_gets_in_where_it_lands() -> None:
    chat = talk(entry={"type": "conditional", "price": "98"}, unit="quote", amount="960")
    chat.tick("100")
    chat.tick("96", path=D("98.5"))
    assert not chat.live, "the path has not come there"
    chat.tick("96", path=D("98"))

    assert shape(chat.live) == [("base", 0, None, D(10))]


def test_a_trailing_entry_follows_the_price_down_and_buys_when_it_has_turned() -> None:
    chat = talk(entry={"type": "trailing", "trailing_deviation": "1"})
    chat.tick("100")
    assert chat.why().code == "why_waits_turn"
    chat.tick("95")
    chat.tick("95.9")
    watch = chat.bot.watch(chat.state, PAIR)
    assert watch == Watch(above=D("95.95"), follows=True)
    assert not chat.live
    chat.tick("95.95")

    assert shape(chat.live) == [("base", 0, None, D(1))]


def test_a_trailing_entry_of_a_sale_follows_the_price_up_from_its_price() -> None:
    chat = talk(trade="cover", entry={"type": "trailing", "price": "105", "trailing_deviation": "1"})
    chat.tick("100")
    assert chat.bot.watch(chat.state, PAIR) == Watch(above=D(105))
    chat.tick("106")
    assert chat.told[-1] == "entry_follows"
    chat.tick("110")
    assert chat.bot.watch(chat.state, PAIR) == Watch(below=D("108.9"), follows=True)
    chat.tick("108.9")

    assert [order.side for order in chat.live] == ["sell"]


def test_coins_that_are_held_are_taken_over_without_an_order() -> None:
    chat = talk(trade="hold", amount="0.50005", price_paid="90", take_profit=TWO, stop_loss={"price": "85"})
    assert chat.bot.funds_needed(chat.state, PAIR, D(100)) == 0
    chat.tick("100")

    assert shape(chat.live) == [("take_profit", 1, D(102), D("0.25")), ("take_profit", 2, D(106), D("0.25"))]
    assert (chat.deal.deal.average, chat.deal.deal.stop_loss) == (D(90), D(85))


def test_coins_that_are_not_there_are_waited_for() -> None:
    chat = talk(trade="hold", price_paid="90", take_profit=TWO)
    chat.hear(FundsSeen((("BTC", D("0.5")),), chat.at))
    chat.tick("100")
    assert not chat.live and chat.why().code == "why_coins_missing"
    chat.hear(FundsSeen((("BTC", D(1)),), chat.at))
    assert chat.why().code == "why_opens_next"
    chat.tick("100")

    assert len(chat.live) == 2


def test_too_little_is_not_ordered() -> None:
    chat = talk(amount="0.01")
    chat.tick("100")

    assert not chat.live and chat.why().code == "why_base_too_small"


def test_a_percent_is_of_what_is_free() -> None:
    bought, sold = talk(amount="50", unit="percent"), talk(trade="sell", amount="50", unit="percent")
    for chat in (bought, sold):
        chat.hear(FundsSeen((("BTC", D(4)), ("USDT", D(1000))), chat.at))
        chat.tick("100")

    assert [bought.live[0].amount, sold.live[0].amount] == [D(5), D(2)]


def test_a_percent_of_coins_is_the_same_share_wherever_they_are_sold() -> None:
    chat = talk(trade="sell", amount="50", unit="percent", entry={"type": "limit", "price": "125"})
    chat.hear(FundsSeen((("BTC", D(4)),), chat.at))
    chat.tick("100")

    assert chat.live[0].amount == D(2)


def test_a_paused_trade_does_not_begin() -> None:
    chat = talk()
    chat.ask(PauseBot())
    chat.tick("100")
    assert not chat.live and chat.why().code == "why_paused"
    assert chat.bot.watch(chat.state, PAIR) == Watch()
    chat.ask(ResumeBot())
    chat.tick("100")

    assert chat.live


# --- getting out


def test_the_targets_rest_at_their_prices_and_the_trade_ends_with_the_last() -> None:
    chat = talk(take_profit=TWO).entered()
    assert shape(chat.live) == [("take_profit", 1, D(102), D("0.5")), ("take_profit", 2, D(106), D("0.5"))]
    chat.fill(chat.order(Role.TAKE_PROFIT, 1))
    chat.fill(chat.order(Role.TAKE_PROFIT, 2))

    (closed,) = chat.closed
    assert (closed.status, closed.profit) == (DealStatus.COMPLETED, D(4))
    assert chat.bot.is_done(chat.state)
    assert chat.why().code == "why_trade_over"


def test_a_running_trade_says_what_it_waits_for() -> None:
    assert talk(take_profit=TWO).entered().why().code == "why_waits_tp"


def test_percents_are_of_the_entry_price_before_fees() -> None:
    steps = [{"percent": "2", "share": "100"}]
    chat = talk(take_profit={"steps": steps}, stop_loss={"percent": "2.5"})
    chat.market = chat.bot.markets[PAIR]
    chat.entered("100")

    assert [order.price for order in chat.live] == [D(102)]
    assert chat.deal.deal.stop_loss == D("97.5")


def test_a_target_at_market_is_sold_when_the_price_is_there() -> None:
    steps = [{"price": "102", "share": "50", "type": "market"}, {"price": "106", "share": "50"}]
    chat = talk(take_profit={"steps": steps}).entered()
    assert shape(chat.live) == [("take_profit", 2, D(106), D("0.5"))]
    assert chat.bot.watch(chat.state, PAIR).above == D(102)
    chat.tick("102")

    assert shape(placed(chat.said)) == [("take_profit", 1, None, D("0.5"))]
    chat.fill(chat.order(Role.TAKE_PROFIT, 1), "102")
    assert chat.bot.watch(chat.state, PAIR).above is None


def test_the_last_target_may_trail() -> None:
    chat = talk(take_profit=TWO | {"trailing_deviation": "1"}).entered()
    assert shape(chat.live) == [("take_profit", 1, D(102), D("0.5"))]
    chat.tick("106")
    assert chat.deal.deal.status is DealStatus.TRAILING
    chat.tick("110")
    chat.fill(chat.order(Role.TAKE_PROFIT, 1))
    chat.tick("108.9")

    assert shape(placed(chat.said)) == [("take_profit", 2, None, D("0.5"))]


def test_a_target_that_does_not_earn_its_fees_trails_down_to_itself() -> None:
    steps = [{"price": "101", "share": "100"}]
    chat = SmartDialogue(trade(take_profit={"steps": steps, "trailing_deviation": "5"}), market=MARKET).entered()
    assert chat.deal.deal.average > D(100)
    dear = replace(MARKET, maker_fee=D("0.01"), taker_fee=D("0.01"))
    chat = SmartDialogue(trade(take_profit={"steps": steps, "trailing_deviation": "5"}), market=dear).entered()
    chat.tick("101")
    assert chat.deal.deal.status is DealStatus.TRAILING, "armed, although 102 would earn the fees"
    chat.tick("100.99")
    assert chat.told[-1] == "trailing_undone"


def test_a_stop_at_a_price_sells_everything_at_market() -> None:
    chat = talk(take_profit=TWO, stop_loss=STOP).entered()
    chat.tick("97")
    chat.cancel()

    assert shape(chat.live) == [("stop_loss", 0, None, D(1))]
    chat.fill(chat.order(Role.STOP_LOSS), "97")
    assert chat.closed[0].status is DealStatus.STOPPED_OUT


def test_a_stop_at_a_price_trails_in_proportion() -> None:
    chat = talk(stop_loss=STOP | {"trailing": True}).entered()
    chat.tick("110")

    assert chat.deal.deal.stop_loss == D("106.7")
    chat.tick("108")
    assert chat.deal.deal.stop_loss == D("106.7")


def test_a_stop_over_what_was_paid_trails_from_where_the_price_was() -> None:
    chat = talk(trade="hold", price_paid="90", stop_loss={"price": "95", "trailing": True})
    chat.tick("100")
    assert chat.deal.deal.stop_loss == D(95)
    chat.tick("110")

    assert chat.deal.deal.stop_loss == D("104.5")


@pytest.mark.parametrize(
    ("stop", "limit"),
    [
        ({"price": "97", "type": "limit", "limit_price": "96.03"}, "96.03"),
        ({"price": "97", "type": "limit", "limit_percent": "1"}, "96.03"),
        ({"percent": "3", "type": "limit"}, "97"),
    ],
)
def test_a_limit_stop_waits_at_its_limit_and_can_be_closed_at_market(stop: dict[str, str], limit: str) -> None:
    chat = talk(stop_loss=stop).entered()
    chat.tick("97")
    assert shape(chat.live) == [("stop_loss", 0, D(limit), D(1))]
    chat.accept()
    chat.fill(chat.order(Role.STOP_LOSS), amount="0.25")
    chat.tick("90")
    assert [(order.price, order.remaining) for order in chat.live] == [(D(limit), D("0.75"))], "it stays"

    chat.ask(CloseDeal(1))
    chat.cancel()
    assert shape(chat.live) == [("close", 0, None, D("0.75"))]
    chat.fill(chat.order(Role.CLOSE), "90")
    assert chat.closed[0].status is DealStatus.CLOSED_BY_USER


def test_a_stop_waits_as_long_as_it_was_told() -> None:
    chat = talk(stop_loss=STOP | {"timeout_seconds": 30}).entered()
    chat.tick("96")
    chat.wait(29)
    assert not chat.live
    chat.wait(1)

    assert shape(chat.live) == [("stop_loss", 0, None, D(1))]


def test_the_stop_moves_to_break_even_and_a_new_stop_counts_instead() -> None:
    chat = talk(take_profit=TWO, stop_loss=STOP | {"breakeven_after": 1}).entered()
    chat.fill(chat.order(Role.TAKE_PROFIT, 1))
    assert chat.deal.deal.stop_loss == D(100)

    lower = trade(take_profit=TWO, stop_loss={"price": "98", "breakeven_after": 1})
    chat.ask(EditDeal(1, lower.model_dump_json()))
    assert chat.deal.deal.stop_loss == D(98)


@pytest.mark.parametrize(("kind", "side"), [("buy", "buy"), ("sell", "sell")])
def test_buy_and_sell_end_with_their_entry(kind: str, side: str) -> None:
    chat = talk(trade=kind).entered()

    (closed,) = chat.closed
    assert (closed.status, closed.profit, closed.orders[0].side) == (DealStatus.COMPLETED, D(0), side)
    assert chat.state.trade.pair(PAIR).dust == 0, "what was bought is the user's"


def test_a_cover_sells_and_buys_back_lower() -> None:
    steps = [{"price": "98", "share": "100"}]
    chat = talk(trade="cover", take_profit={"steps": steps}, stop_loss={"price": "103"}).entered()
    assert [(order.side, order.price) for order in chat.live] == [("buy", D(98))]
    assert chat.bot.watch(chat.state, PAIR).above == D(103)
    chat.fill(chat.order(Role.TAKE_PROFIT, 1))

    assert chat.closed[0].profit == D(2)


def test_a_cover_can_take_over_what_was_sold() -> None:
    chat = talk(trade="cover", price_paid="110", take_profit={"steps": [{"price": "98", "share": "100"}]})
    chat.hear(FundsSeen((("BTC", D(0)),), chat.at))
    chat.tick("100")

    assert [(order.side, order.price) for order in chat.live] == [("buy", D(98))]


# --- a stop that rests on the exchange


NATIVE = {"price": "97", "native": True}


def test_a_native_stop_rests_for_all_coins_and_targets_wait_here() -> None:
    chat = talk(take_profit=TWO, stop_loss=NATIVE).entered()

    assert [(order.type, order.trigger, order.price, order.amount) for order in chat.live] == [
        (OrderType.STOP, D(97), None, D(1))
    ]
    assert "native_instead_of_targets" in chat.told
    assert chat.deal.deal.take_profits == (D(102), D(106))
    assert chat.bot.watch(chat.state, PAIR).above == D(102)


def test_a_target_takes_its_coins_out_of_the_native_stop() -> None:
    chat = talk(take_profit=TWO, stop_loss=NATIVE).entered()
    chat.tick("102")
    assert [order.status for order in chat.live] == [OrderStatus.CANCELING], "first the stop must let go"
    chat.cancel()
    assert [(order.role, order.type, order.amount) for order in chat.live] == [
        (Role.TAKE_PROFIT, OrderType.MARKET, D("0.5")),
        (Role.STOP_LOSS, OrderType.STOP, D("0.5")),
    ]
    chat.accept()
    chat.fill(chat.order(Role.TAKE_PROFIT, 1), "102")
    assert [(order.role, order.status) for order in chat.live] == [(Role.STOP_LOSS, OrderStatus.OPEN)]


def test_a_native_stop_of_which_nothing_is_known_yet_is_waited_for() -> None:
    chat = talk(take_profit=TWO, stop_loss=NATIVE)
    chat.tick("100")
    chat.accept()
    chat.fill(chat.order(Role.BASE), "100")
    chat.tick("102")
    assert [order.role for order in chat.live] == [Role.STOP_LOSS], "it may hold the coins"
    chat.accept()

    assert [order.status for order in chat.live] == [OrderStatus.CANCELING]


def test_a_native_stop_that_fills_ends_the_trade() -> None:
    chat = talk(take_profit=TWO, stop_loss=NATIVE).entered()
    chat.fill(chat.order(Role.STOP_LOSS), "96.9", "0.3")
    assert [order.status for order in chat.live] == [OrderStatus.OPEN], "it goes on selling"
    chat.fill(chat.order(Role.STOP_LOSS), "96.8")

    (closed,) = chat.closed
    assert closed.status is DealStatus.STOPPED_OUT
    assert "stop_loss_reached" in chat.told


def test_a_native_stop_that_does_not_act_is_not_waited_for_for_ever() -> None:
    chat = talk(stop_loss=NATIVE).entered()
    chat.tick("96.5")
    assert "native_stop_reached" in chat.told
    assert chat.bot.wake_at(chat.state) == chat.at + 10_000
    chat.tick("97.01")
    assert chat.bot.wake_at(chat.state) is None
    chat.tick("96.5")
    chat.wait(10)
    chat.cancel()

    assert shape(chat.live) == [("stop_loss", 0, None, D(1))]


def test_a_native_limit_stop_that_was_triggered_keeps_waiting_at_its_limit() -> None:
    chat = talk(stop_loss=NATIVE | {"type": "limit", "limit_price": "96"}).entered()
    (order,) = chat.live
    assert (order.type, order.trigger, order.price) == (OrderType.STOP, D(97), D(96))
    chat.tick("95")
    chat.wait(10)

    assert chat.live == (chat.deal.deal.order(order.client_id),)
    assert chat.live[0].status is OrderStatus.OPEN


def test_where_the_exchange_takes_no_stops_the_program_keeps_it_and_says_so() -> None:
    chat = SmartDialogue(trade(take_profit=TWO, stop_loss=NATIVE))
    chat.market = replace(chat.market, takes_stops=False)
    chat.__post_init__()
    chat.entered()

    assert "native_not_offered" in chat.told
    assert [order.role for order in chat.live] == [Role.TAKE_PROFIT, Role.TAKE_PROFIT]
    assert chat.bot.watch(chat.state, PAIR).below == D(97)


def test_a_native_stop_follows_to_the_break_even() -> None:
    chat = talk(take_profit=TWO, stop_loss=NATIVE | {"breakeven_after": 1}).entered()
    chat.tick("102")
    chat.cancel()
    chat.accept()
    chat.fill(chat.order(Role.TAKE_PROFIT, 1), "102")
    chat.cancel()

    assert [(order.trigger, order.amount) for order in chat.live] == [(D(100), D("0.5"))]


def test_a_part_is_taken_out_past_a_native_stop() -> None:
    chat = talk(stop_loss=NATIVE).entered()
    chat.ask(ReduceFunds(1, D("0.4")))
    chat.cancel()
    assert shape(chat.live) == [("manual", 1, None, D("0.4"))]
    chat.fill(chat.order(Role.MANUAL), "100")

    assert [(order.trigger, order.amount) for order in chat.live] == [(D(97), D("0.6"))]


def test_dust_beside_a_stop_does_not_rest() -> None:
    steps = [{"price": "102", "share": "99", "type": "market"}, {"price": "106", "share": "1"}]
    chat = talk(amount="0.06", take_profit={"steps": steps}, stop_loss=NATIVE).entered()
    chat.tick("102")
    chat.cancel()

    assert [order.role for order in chat.live] == [Role.TAKE_PROFIT]


# --- wishes


def test_a_waiting_entry_can_be_forced() -> None:
    chat = talk(entry={"type": "limit", "price": "95"})
    chat.tick("100")
    chat.accept()
    chat.fill(chat.order(Role.BASE), amount="0.25")
    chat.ask(ForceStart(1))
    assert [order.status for order in chat.live] == [OrderStatus.CANCELING]
    chat.cancel()
    assert shape(chat.live) == [("base", 0, None, D("0.75"))]
    chat.ask(ForceStart(1))
    assert chat.told[-1] == "entry_waits_for_nothing"
    chat.fill(chat.order(Role.BASE), "100")

    assert chat.deal.deal.status is DealStatus.OPEN


def test_a_forced_entry_that_is_sized_in_quote_buys_what_it_does_now() -> None:
    chat = talk(entry={"type": "limit", "price": "50"}, unit="quote", amount="100")
    chat.tick("100")
    chat.accept()
    assert shape(chat.live) == [("base", 0, D(50), D(2))]
    chat.fill(chat.order(Role.BASE), amount="0.5")
    chat.ask(ForceStart(1))
    chat.cancel()

    assert shape(chat.live) == [("base", 0, None, D("1.5"))], "25 of 100 are spent; at 50, where it last traded"
    held = talk(entry={"type": "limit", "price": "50"}, unit="quote", amount="100")
    held.tick("100")
    held.accept()
    held.ask(ForceStart(1))
    held.cancel()
    assert shape(held.live) == [("base", 0, None, D(1))]


def test_a_forced_entry_that_lacks_only_dust_is_complete() -> None:
    chat = talk(entry={"type": "limit", "price": "95"})
    chat.tick("100")
    chat.accept()
    chat.fill(chat.order(Role.BASE), amount="0.99")
    chat.ask(ForceStart(1))
    chat.cancel()

    assert chat.deal.deal.status is DealStatus.OPEN


def test_a_waiting_trigger_can_be_forced_and_a_running_deal_cannot() -> None:
    chat = talk(entry={"type": "conditional", "price": "90"}, unit="quote", amount="50")
    chat.tick("100")
    chat.ask(ForceStart(1))
    assert shape(chat.live) == [("base", 0, None, D("0.5"))]
    chat.fill(chat.order(Role.BASE), "100")
    chat.ask(ForceStart(1))

    assert chat.told[-1] == "entry_waits_for_nothing"


def test_a_waiting_trade_can_be_cancelled_and_closed() -> None:
    for wish, status in ((CancelDeal(1), DealStatus.CANCELLED), (CloseDeal(1), DealStatus.CLOSED_BY_USER)):
        chat = talk(entry={"type": "conditional", "price": "90"})
        chat.tick("100")
        chat.ask(wish)
        assert [deal.status for deal in chat.closed] == [status]
        assert chat.bot.is_done(chat.state)
        chat.tick("90")
        assert not chat.live


def test_funds_are_added_and_targets_grow_with_them() -> None:
    chat = talk(take_profit=TWO).entered()
    chat.ask(AddFunds(1, D(100)))
    chat.fill(chat.order(Role.MANUAL), "100")
    chat.cancel()

    assert shape(chat.live) == [("take_profit", 1, D(102), D(1)), ("take_profit", 2, D(106), D(1))]


def test_a_running_trade_is_edited_and_tells_what_it_runs_on() -> None:
    chat = talk(take_profit=TWO, stop_loss=STOP).entered()
    assert chat.bot.deal_settings(chat.state, 1) == chat.settings
    moved = trade(take_profit={"steps": [{"price": "104", "share": "100"}]}, stop_loss={"price": "99"})
    chat.ask(EditDeal(1, moved.model_dump_json()))
    chat.cancel()

    assert shape(chat.live) == [("take_profit", 1, D(104), D(1))]
    assert chat.deal.deal.stop_loss == D(99)
    assert chat.bot.deal_settings(chat.state, 1) == moved
    assert chat.bot.deal_settings(chat.state, 2) is None


def test_a_trailing_stop_that_is_moved_trails_from_there() -> None:
    chat = talk(stop_loss=STOP | {"trailing": True}).entered()
    chat.tick("110")
    chat.ask(EditDeal(1, trade(stop_loss={"price": "108", "trailing": True}).model_dump_json()))
    assert chat.deal.deal.stop_loss == D(108)
    chat.tick("121")

    assert chat.deal.deal.stop_loss == D("118.8")


def test_a_waiting_entry_is_moved() -> None:
    chat = talk(entry={"type": "limit", "price": "95"})
    chat.tick("100")
    chat.accept()
    chat.ask(EditDeal(1, trade(entry={"type": "limit", "price": "96"}, amount="2").model_dump_json()))
    chat.cancel()
    assert shape(chat.live) == [("base", 0, D(96), D(2))]
    chat.accept()
    chat.ask(EditDeal(1, trade(entry={"type": "limit", "price": "96"}, amount="2", note="x").model_dump_json()))

    assert [order.status for order in chat.live] == [OrderStatus.OPEN], "what did not change stays"


def test_an_edit_cannot_make_another_trade_of_it() -> None:
    chat = talk(take_profit=TWO).entered()
    for settings in (trade(trade="cover"), trade(pair="ETH/USDT")):
        chat.ask(EditDeal(1, settings.model_dump_json()))
        assert chat.told[-1] == "edit_refused"
    chat.ask(EditDeal(1, "{}"))
    assert chat.told[-1] == "edit_refused"
    assert chat.bot.deal_settings(chat.state, 1) == chat.settings


def test_other_wishes_are_those_of_every_deal() -> None:
    chat = talk(take_profit=TWO | {"trailing_deviation": "1"}).entered()
    chat.ask(NoteDeal(1, "watch the news"))
    chat.ask(StartTrailing(1))
    chat.ask(StartDeal(PAIR))

    assert chat.deal.deal.note == "watch the news"
    assert chat.deal.deal.status is DealStatus.TRAILING
    assert chat.told[-1] == "trade_begins_itself"
    assert chat.bot.deals(chat.state) == (chat.deal.deal,)
    assert chat.bot.bot_id == 7 and chat.bot.symbols == (PAIR,)


# --- what may go wrong


def test_a_refused_entry_ends_the_trade() -> None:
    chat = talk()
    chat.tick("100")
    chat.reject(chat.order(Role.BASE))

    assert [deal.status for deal in chat.closed] == [DealStatus.FAILED]
    assert chat.bot.is_done(chat.state)


def test_an_entry_cancelled_outside_goes_on_with_what_there_is() -> None:
    chat = talk(entry={"type": "limit", "price": "95"}, take_profit=TWO)
    chat.tick("100")
    chat.accept()
    chat.fill(chat.order(Role.BASE), amount="0.5")
    chat.cancel(chat.order(Role.BASE), reason="by hand")

    assert [order.amount for order in chat.live] == [D("0.25"), D("0.25")]


def test_funds_are_needed_until_the_entry_rests() -> None:
    chat = talk(entry={"type": "conditional", "price": "90"})
    assert chat.bot.funds_needed(chat.state, PAIR, D(100)) == D(90)
    chat.tick("100")
    assert chat.bot.funds_needed(chat.state, PAIR, D(100)) == D(90)
    chat.tick("90")
    assert chat.bot.funds_needed(chat.state, PAIR, D(100)) == 0
    resting = talk(entry={"type": "conditional", "price": "90", "limit_price": "89"})
    resting.tick("100")
    resting.tick("90")
    resting.reject(resting.order(Role.BASE))
    assert resting.bot.is_done(resting.state)
    sold = talk(trade="sell")
    assert sold.bot.funds_needed(sold.state, PAIR, D(100)) == 0


def test_a_dca_deal_becomes_a_smart_trade() -> None:
    from desktop_app.core.events import ConvertDeal
    from tests.core.dialogue import Dialogue, settings

    chat = Dialogue(settings(safety_orders={"volume": "50", "price_deviation": "1", "max_count": 2})).opened()
    wish = trade(take_profit=TWO, stop_loss=STOP).model_dump_json()
    chat.ask(ConvertDeal(1, wish))
    assert not any(isinstance(command, OpenTrade) for command in chat.said), "its orders may still fill"
    rung = chat.order(Role.SAFETY, 1)
    chat.fill(rung, amount="0.2")
    chat.cancel()

    opened = [command for command in chat.said if isinstance(command, OpenTrade)]
    (closed,) = chat.closed
    heir = SmartTradeSettings.model_validate_json(opened[0].settings)
    assert closed.status is DealStatus.CANCELLED
    assert (heir.trade, heir.amount, heir.price_paid) == ("hold", closed.held, round(closed.average, 16))
    assert heir.take_profit == trade(take_profit=TWO).take_profit


def test_a_deal_is_not_converted_into_nonsense() -> None:
    from desktop_app.core.events import ConvertDeal
    from tests.core.dialogue import Dialogue, settings

    chat = Dialogue(settings())
    chat.tick("100")
    chat.ask(ConvertDeal(1, trade().model_dump_json()))
    assert chat.told[-1] == "convert_too_small"
    chat.fill(chat.order(Role.BASE), "100")
    chat.ask(ConvertDeal(1, "{}"))

    assert chat.told[-1] == "convert_refused"


def test_a_short_deal_becomes_a_cover() -> None:
    from desktop_app.core.events import ConvertDeal
    from tests.core.dialogue import Dialogue, settings

    chat = Dialogue(settings(direction="short")).opened()
    chat.ask(ConvertDeal(1, trade(take_profit={"steps": [{"price": "90", "share": 100}]}).model_dump_json()))
    chat.cancel()

    (opened,) = [command for command in chat.said if isinstance(command, OpenTrade)]
    assert SmartTradeSettings.model_validate_json(opened.settings).trade == "cover"
