"""The pretend exchange: what fills, at which price, for which fee, and what it does to the account."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.core import matching
from desktop_app.core.events import Event, OrderAccepted, OrderCanceled, OrderFilled, OrderRejected
from desktop_app.core.market import ZERO, Balance, FeeCurrency, Market
from desktop_app.core.matching import Matcher, MatchRules, Point
from desktop_app.core.order import Fill, Order, OrderStatus, OrderType, Role, Side
from desktop_app.core.wallet import Wallet

D = Decimal
PAIR = "BTC/USDT"
MARKET = Market(PAIR, "BTC", "USDT", maker_fee=D("0.001"), taker_fee=D("0.002"))


def limit(client_id: str, side: Side, price: str, amount: str = "1", index: int = 0) -> Order:
    return Order(client_id, PAIR, Role.SAFETY, index, side, OrderType.LIMIT, D(amount), price=D(price))


def buy(client_id: str, price: str, amount: str = "1", index: int = 0) -> Order:
    return limit(client_id, Side.BUY, price, amount, index)


def sell(client_id: str, price: str, amount: str = "1", index: int = 0) -> Order:
    return limit(client_id, Side.SELL, price, amount, index)


def at_market(client_id: str, side: Side, amount: str = "1") -> Order:
    return Order(client_id, PAIR, Role.BASE, 0, side, OrderType.MARKET, D(amount))


def stop(client_id: str, side: Side, trigger: str, amount: str = "1") -> Order:
    return Order(client_id, PAIR, Role.STOP_LOSS, 0, side, OrderType.STOP, D(amount), trigger=D(trigger))


def at(price: str, at: int = 1) -> Point:
    return Point(D(price), at)


def funded(quote: str = "1000", base: str = "0", market: Market = MARKET, rules: MatchRules | None = None) -> Matcher:
    return Matcher([market], rules, [Balance("USDT", D(quote)), Balance("BTC", D(base))])


def fills(events: tuple[Event, ...]) -> list[Fill]:
    return [event.fill for event in events if isinstance(event, OrderFilled)]


def refusal(events: tuple[Event, ...]) -> str:
    (event,) = events
    assert isinstance(event, OrderRejected)
    return event.reason


# --- limits -----------------------------------------------------------------------------------------------------------


def test_a_resting_limit_fills_in_full_at_its_price_for_the_maker_fee() -> None:
    matcher = Matcher([MARKET])

    assert matcher.place(buy("a", "99"), at("100")) == (OrderAccepted("a", "o1", 1),)
    assert matcher.reach(PAIR, at("99.01", 2)) == ()
    assert matcher.reach(PAIR, at("98", 3)) == (OrderFilled("a", Fill("t1", D(99), D(1), fee=D("0.099"), at=3), at=3),)
    assert matcher.orders() == ()


def test_a_limit_at_exactly_the_price_reached_fills() -> None:
    matcher = Matcher([MARKET])
    matcher.place(sell("a", "101"), at("100"))

    assert [fill.price for fill in fills(matcher.reach(PAIR, at("101")))] == [D(101)]


@pytest.mark.parametrize(("side", "price"), [(Side.BUY, "101"), (Side.SELL, "99"), (Side.BUY, "100")])
def test_a_limit_beyond_the_price_when_placed_fills_at_once_at_that_price_for_the_taker_fee(
    side: Side, price: str
) -> None:
    accepted, filled = Matcher([MARKET]).place(limit("a", side, price), at("100"))

    assert accepted == OrderAccepted("a", "o1", 1)
    assert filled == OrderFilled("a", Fill("t1", D(100), D(1), fee=D("0.2"), at=1), at=1)


def test_fill_through_wants_the_price_ticks_beyond_a_resting_limit() -> None:
    matcher = Matcher([MARKET], MatchRules(fill_through=2))
    matcher.place(buy("a", "99"), at("100"))
    matcher.place(sell("b", "101"), at("100"))

    assert matcher.levels(PAIR) == (D("98.98"), D("101.02"))
    assert matcher.reach(PAIR, at("98.99")) == ()
    assert [fill.price for fill in fills(matcher.reach(PAIR, at("98.98")))] == [D(99)]
    assert matcher.reach(PAIR, at("101.01")) == ()
    assert [fill.price for fill in fills(matcher.reach(PAIR, at("101.02")))] == [D(101)]


def test_fill_through_lets_a_limit_at_the_very_price_rest_but_not_one_beyond_it() -> None:
    matcher = Matcher([MARKET], MatchRules(fill_through=1))

    assert fills(matcher.place(buy("a", "100"), at("100"))) == []
    assert [fill.price for fill in fills(matcher.place(buy("b", "100.01"), at("100")))] == [D(100)]
    assert [fill.price for fill in fills(matcher.place(sell("c", "99.99"), at("100")))] == [D(100)]


def test_several_limits_fill_in_the_order_in_which_the_price_meets_them() -> None:
    matcher = Matcher([MARKET])
    for order in (buy("far", "97"), buy("near", "99"), buy("middle", "98")):
        matcher.place(order, at("100"))

    events = matcher.reach(PAIR, at("97"))

    assert [event.client_id for event in events if isinstance(event, OrderFilled)] == ["near", "middle", "far"]
    assert [fill.price for fill in fills(events)] == [D(99), D(98), D(97)]


def test_limits_of_one_price_fill_in_the_order_of_the_ladder_then_of_their_arrival() -> None:
    matcher = Matcher([MARKET])
    for order in (buy("third", "99", index=2), buy("first", "99", index=1), buy("second", "99", index=1)):
        matcher.place(order, at("100"))

    events = matcher.reach(PAIR, at("99"))

    assert [event.client_id for event in events if isinstance(event, OrderFilled)] == ["first", "second", "third"]


def test_filling_one_by_one_gives_the_same_fills() -> None:
    one, all_at_once = Matcher([MARKET]), Matcher([MARKET])
    for matcher in (one, all_at_once):
        for order in (buy("a", "97"), sell("b", "105"), buy("c", "99"), stop("d", Side.SELL, "99")):
            matcher.place(order, at("100"))
    point = at("96")
    singly = [event for _ in range(4) for event in one.fill_next(PAIR, point)]

    assert tuple(singly) == all_at_once.reach(PAIR, point)
    assert [event.client_id for event in singly if isinstance(event, OrderFilled)] == ["c", "a", "d"]


# --- volume -----------------------------------------------------------------------------------------------------------


def test_volume_is_shared_in_order_and_the_last_limit_fills_in_part() -> None:
    matcher = Matcher([MARKET])
    matcher.place(buy("a", "99"), at("100"))
    matcher.place(buy("b", "98"), at("100"))
    matcher.place(buy("c", "97"), at("100"))

    events = matcher.reach(PAIR, at("97"), volume=D("1.500004"))

    assert [(fill.price, fill.amount) for fill in fills(events)] == [(D(99), D(1)), (D(98), D("0.5"))]
    rest = matcher.order("b")
    assert rest is not None
    assert (rest.filled, rest.remaining, rest.status) == (D("0.5"), D("0.5"), OrderStatus.OPEN)
    assert [order.client_id for order in matcher.orders(PAIR)] == ["b", "c"]


def test_a_stop_takes_all_it_wants_whatever_the_volume() -> None:
    matcher = Matcher([MARKET])
    matcher.place(stop("a", Side.SELL, "99"), at("100"))

    assert [fill.amount for fill in fills(matcher.reach(PAIR, at("98"), volume=D(0)))] == [D(1)]


# --- market orders and stops ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("side", "price"), [(Side.BUY, "100.05"), (Side.SELL, "99.95")])
def test_a_market_order_pays_slippage_unrounded_and_the_taker_fee(side: Side, price: str) -> None:
    matcher = Matcher([MARKET], MatchRules(slippage_percent=D("0.05")))

    (fill,) = fills(matcher.place(at_market("a", side), at("100")))

    assert (fill.price, fill.amount, fill.fee) == (D(price), D(1), D(price) * D("0.002"))


def test_a_market_order_walks_the_book_and_what_the_book_lacks_is_cancelled() -> None:
    matcher = Matcher([MARKET], MatchRules(slippage_percent=D(1)))
    point = Point(D(100), 1, bids=((D(99), D(1)), (D(98), D(1))), asks=((D(101), D(1)), (D(102), D(2))))

    bought = matcher.place(at_market("a", Side.BUY, "2.5"), point)
    sold = matcher.place(at_market("b", Side.SELL, "2.5"), point)

    assert [(fill.price, fill.amount) for fill in fills(bought)] == [(D(101), D(1)), (D(102), D("1.5"))]
    assert [(fill.price, fill.amount) for fill in fills(sold)] == [(D(99), D(1)), (D(98), D(1))]
    assert sold[-1] == OrderCanceled("b", 1, matching.THIN_BOOK)
    assert [fill.trade_id for fill in fills(bought + sold)] == ["t1", "t2", "t3", "t4"]
    assert matcher.orders() == ()


def test_a_limit_takes_from_the_book_what_is_good_enough_and_rests_with_the_other() -> None:
    matcher = funded("1000", "10")
    point = Point(D(100), 1, bids=((D(99), D(1)), (D(98), D(1))), asks=((D(101), D(1)), (D(102), D(2))))

    bought = matcher.place(buy("a", "101", "3"), point)
    sold = matcher.place(sell("b", "98", "3"), point)

    assert [(fill.price, fill.amount) for fill in fills(bought)] == [(D(101), D(1))]
    assert [(fill.price, fill.amount) for fill in fills(sold)] == [(D(99), D(1)), (D(98), D(1))]
    assert [order.remaining for order in matcher.orders()] == [D(2), D(1)]
    assert matcher.balance("USDT").locked == D("202.202")
    assert matcher.balance("BTC").locked == D(1)


def test_a_limit_inside_the_spread_rests_though_the_last_price_is_beyond() -> None:
    point = Point(D(100), 1, bids=((D(99), D(1)),), asks=((D(101), D(1)),))

    assert fills(Matcher([MARKET]).place(buy("a", "100.5"), point)) == []


@pytest.mark.parametrize(("side", "near", "far"), [(Side.SELL, "99.01", "98.5"), (Side.BUY, "100.99", "101.5")])
def test_a_stop_sleeps_until_its_trigger_and_then_trades_at_market(side: Side, near: str, far: str) -> None:
    matcher = Matcher([MARKET], MatchRules(slippage_percent=D(1)))
    trigger = "99" if side is Side.SELL else "101"
    matcher.place(stop("a", side, trigger), at("100"))

    assert matcher.levels(PAIR) == ((D(99), None) if side is Side.SELL else (None, D(101)))
    assert matcher.reach(PAIR, at(near)) == ()
    (fill,) = fills(matcher.reach(PAIR, at(far)))
    assert fill.price == D(far) * (D("0.99") if side is Side.SELL else D("1.01"))
    assert fill.fee == fill.cost * D("0.002")


@pytest.mark.parametrize("side", [Side.SELL, Side.BUY])
def test_a_stop_already_reached_trades_at_once(side: Side) -> None:
    assert [fill.price for fill in fills(Matcher([MARKET]).place(stop("a", side, "100"), at("100")))] == [D(100)]


def test_at_one_point_limits_fill_before_stops() -> None:
    matcher = Matcher([MARKET])
    matcher.place(stop("stop", Side.SELL, "99"), at("100"))
    matcher.place(buy("limit", "99"), at("100"))

    events = matcher.reach(PAIR, at("99"))

    assert [event.client_id for event in events if isinstance(event, OrderFilled)] == ["limit", "stop"]


def test_a_stop_that_the_book_cannot_serve_is_cancelled_with_its_rest() -> None:
    matcher = Matcher([MARKET])
    matcher.place(stop("a", Side.SELL, "99"), at("100"))

    events = matcher.reach(PAIR, Point(D(99), 2, bids=((D(99), D("0.25")),)))

    assert [fill.amount for fill in fills(events)] == [D("0.25")]
    assert events[-1] == OrderCanceled("a", 2, matching.THIN_BOOK)
    assert matcher.orders() == ()


def test_a_buy_stop_that_has_become_too_dear_is_cancelled() -> None:
    matcher = funded("102")
    matcher.place(stop("a", Side.BUY, "101"), at("100"))

    assert matcher.balance("USDT").locked == D("101.202")
    assert matcher.reach(PAIR, at("110", 2)) == (OrderCanceled("a", 2, matching.NO_FUNDS),)
    assert matcher.balance("USDT") == Balance("USDT", D(102), D(0))


# --- jumps ------------------------------------------------------------------------------------------------------------


def jump(path: str, lands: str) -> Point:
    return Point(D(lands), 60, path=D(path), fill_at=60, bar_end=120)


def test_in_a_jump_a_limit_fills_where_the_jump_lands() -> None:
    matcher = Matcher([MARKET])
    matcher.place(buy("a", "99"), at("100"))

    assert matcher.reach(PAIR, jump("99.5", "90")) == ()
    (event,) = matcher.reach(PAIR, jump("99", "90"))
    assert event == OrderFilled("a", Fill("t1", D(90), D(1), fee=D("0.09"), at=60), at=60, bar_end=120)


def test_in_a_jump_a_new_limit_waits_until_the_path_meets_it() -> None:
    matcher = Matcher([MARKET])

    assert fills(matcher.place(buy("a", "93"), jump("95", "90"))) == []
    assert [fill.price for fill in fills(matcher.reach(PAIR, jump("93", "90")))] == [D(90)]


def test_in_a_jump_no_limit_trades_worse_than_its_price() -> None:
    matcher = Matcher([MARKET])

    assert fills(matcher.place(sell("take profit", "94"), jump("95", "90"))) == []
    assert matcher.reach(PAIR, jump("95", "90")) == ()
    assert fills(matcher.place(buy("other side", "97"), jump("95", "100"))) == []
    assert [fill.price for fill in fills(matcher.reach(PAIR, jump("100", "100")))] == [D(100)]
    assert [order.client_id for order in matcher.orders()] == ["other side"]


def test_in_a_jump_a_limit_behind_the_path_fills_at_once_where_the_jump_lands() -> None:
    matcher = Matcher([MARKET])

    assert [fill.price for fill in fills(matcher.place(buy("a", "96"), jump("95", "90")))] == [D(90)]
    assert [fill.price for fill in fills(matcher.place(sell("b", "89"), jump("95", "90")))] == [D(90)]


def test_with_fill_through_a_jump_has_to_land_beyond() -> None:
    matcher = Matcher([MARKET], MatchRules(fill_through=1))
    matcher.place(buy("a", "99"), at("100"))

    assert matcher.reach(PAIR, jump("99", "99")) == ()
    assert [fill.price for fill in fills(matcher.reach(PAIR, jump("98.99", "98.99")))] == [D("98.99")]


def test_matchers_of_one_account_spend_the_same_money() -> None:
    wallet = Wallet([Balance("USDT", D(150))])
    one, other = (Matcher([MARKET], wallet=wallet) for _ in range(2))

    one.place(buy("a", "99"), at("100"))
    assert refusal(other.place(buy("b", "99"), at("100"))) == matching.NO_FUNDS
    one.cancel("a", 2)
    assert isinstance(other.place(buy("b", "99"), at("100"))[0], OrderAccepted)
    assert one.balance("USDT") == other.balance("USDT") and one.orders() == ()


# --- no more than was traded ------------------------------------------------------------------------------------------


def shared(percent: str, volume: str) -> Matcher:
    matcher = Matcher([MARKET], MatchRules(volume_share_percent=D(percent)))
    matcher.offer(PAIR, D(volume))
    return matcher


def taken(matcher: Matcher, point: Point) -> list[tuple[str, Decimal, Decimal]]:
    """What fills, one order after the other, until nothing more does."""
    found = []
    while events := matcher.fill_next(PAIR, point):
        found += [(one.client_id, one.fill.price, one.fill.amount) for one in events if isinstance(one, OrderFilled)]
    return found


def test_limits_share_a_part_of_what_a_candle_traded_in_their_order() -> None:
    matcher = shared("10", "15.00005")
    for order in (buy("a", "99"), buy("b", "98"), buy("c", "97")):
        matcher.place(order, at("100"))

    assert taken(matcher, at("90")) == [("a", D(99), D(1)), ("b", D(98), D("0.50000"))]
    assert matcher.levels(PAIR) == (None, None), "for this candle nothing is left to wait for"
    matcher.offer(PAIR, None)
    assert matcher.levels(PAIR) == (D(98), None)
    matcher.offer(PAIR, D(100))
    assert taken(matcher, at("90")) == [("b", D(98), D("0.50000")), ("c", D(97), D(1))]


def test_what_lacked_volume_gains_nothing_from_a_later_jump() -> None:
    matcher = shared("100", "1")
    for order in (buy("a", "99"), buy("b", "98"), buy("c", "92")):
        matcher.place(order, at("100"))
    assert taken(matcher, at("95")) == [("a", D(99), D(1))]

    matcher.offer(PAIR, D(5))
    landing = Point(D(90), 60, path=D(90), fill_at=60, bar_end=120, jumped_from=D(95))
    assert taken(matcher, landing) == [("b", D(98), D(1)), ("c", D(90), D(1))]


def test_a_sell_that_lacked_volume_gains_nothing_from_a_later_jump_either() -> None:
    matcher = shared("100", "1")
    for order in (sell("a", "101"), sell("b", "102"), sell("c", "108")):
        matcher.place(order, at("100"))
    assert taken(matcher, at("105")) == [("a", D(101), D(1))]

    matcher.offer(PAIR, D(5))
    landing = Point(D(110), 60, path=D(110), fill_at=60, bar_end=120, jumped_from=D(105))
    assert taken(matcher, landing) == [("b", D(102), D(1)), ("c", D(110), D(1))]


def test_a_limit_behind_the_price_takes_no_more_than_is_offered_and_rests_with_the_rest() -> None:
    matcher = shared("50", "0.5")

    assert [fill.amount for fill in fills(matcher.place(buy("a", "101"), at("100")))] == [D("0.25")]
    assert [order.remaining for order in matcher.orders()] == [D("0.75")]
    assert fills(matcher.place(buy("b", "101"), at("100"))) == [] and len(matcher.orders()) == 2


def test_market_orders_and_stops_take_all_that_they_want() -> None:
    matcher = shared("10", "0")
    matcher.place(stop("s", Side.SELL, "99"), at("100"))
    matcher.place(buy("b", "99"), at("100"))

    assert [fill.amount for fill in fills(matcher.place(at_market("m", Side.BUY), at("100")))] == [D(1)]
    assert matcher.levels(PAIR) == (D(99), None)
    assert taken(matcher, at("98")) == [("s", D(98), D(1))]


def test_without_a_share_volume_does_not_matter() -> None:
    matcher = Matcher([MARKET])
    matcher.place(buy("a", "99"), at("100"))
    matcher.offer(PAIR, ZERO)

    assert taken(matcher, at("98")) == [("a", D(99), D(1))]


# --- refusals ---------------------------------------------------------------------------------------------------------


def test_an_unknown_pair_is_refused() -> None:
    assert refusal(Matcher([MARKET]).place(replace(buy("a", "99"), symbol="X/Y"), at("100"))) == matching.UNKNOWN_PAIR


def test_a_live_client_id_is_refused_and_a_finished_one_is_free_again() -> None:
    matcher = Matcher([MARKET])
    matcher.place(buy("a", "99"), at("100"))

    assert refusal(matcher.place(buy("a", "98"), at("100"))) == matching.DUPLICATE_ID
    matcher.reach(PAIR, at("99"))
    assert isinstance(matcher.place(buy("a", "98"), at("100"))[0], OrderAccepted)


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        (buy("a", "99.001"), matching.OFF_TICK),
        (stop("a", Side.SELL, "99.001"), matching.OFF_TICK),
        (buy("a", "99", "1.000001"), matching.OFF_LOT),
        (at_market("a", Side.BUY, "1.000001"), matching.OFF_LOT),
        (buy("a", "99", "0.01"), matching.TOO_SMALL),
        (buy("a", "4.99"), matching.TOO_SMALL),
        (at_market("a", Side.SELL, "0.04"), matching.TOO_SMALL),
        (buy("a", "99", "0"), matching.TOO_SMALL),
        (replace(buy("a", "99"), price=None), matching.NO_PRICE),
        (buy("a", "0"), matching.NO_PRICE),
        (buy("a", "-1"), matching.NO_PRICE),
        (replace(stop("a", Side.SELL, "99"), trigger=None), matching.NO_PRICE),
    ],
)
def test_an_order_against_the_rules_of_the_market_is_refused_and_locks_nothing(order: Order, reason: str) -> None:
    matcher = funded("1000", "10", replace(MARKET, min_amount=D("0.02")))

    assert refusal(matcher.place(order, at("100", 7))) == reason
    assert matcher.balances() == (Balance("BTC", D(10)), Balance("USDT", D(1000)))


@pytest.mark.parametrize(
    "order",
    [buy("a", "99", "10.2"), sell("a", "101", "1.1"), at_market("a", Side.BUY, "9.99"), buy("a", "101", "9.99")],
)
def test_an_order_that_the_account_cannot_pay_is_refused(order: Order) -> None:
    assert refusal(funded("1000", "1").place(order, at("100"))) == matching.NO_FUNDS


def test_what_rests_cannot_be_spent_twice() -> None:
    matcher = funded("200")
    matcher.place(buy("a", "99"), at("100"))

    assert refusal(matcher.place(buy("b", "105", "1.01"), at("100"))) == matching.NO_FUNDS
    assert isinstance(matcher.place(buy("b", "100.5"), at("100"))[0], OrderAccepted)


# --- money ------------------------------------------------------------------------------------------------------------


def test_a_resting_buy_locks_its_cost_and_fee_and_frees_them_when_cancelled() -> None:
    matcher = funded()
    matcher.place(buy("a", "99"), at("100"))

    assert matcher.balance("USDT") == Balance("USDT", D("900.901"), D("99.099"))
    assert matcher.cancel("a", 5) == (OrderCanceled("a", 5),)
    assert matcher.balance("USDT") == Balance("USDT", D(1000), D(0))
    assert matcher.cancel("a", 6) == ()
    assert matcher.order("a") is None


def test_a_resting_sell_locks_its_coins() -> None:
    matcher = funded(base="2")
    matcher.place(sell("a", "101"), at("100"))

    assert matcher.balance("BTC") == Balance("BTC", D(1), D(1))


def test_a_partial_fill_frees_its_part_of_the_lock() -> None:
    matcher = funded()
    matcher.place(buy("a", "99"), at("100"))
    matcher.reach(PAIR, at("99"), volume=D("0.4"))

    assert matcher.balance("USDT") == Balance("USDT", D("900.901"), D("59.4594"))
    assert matcher.balance("BTC") == Balance("BTC", D("0.4"), D(0))


def test_a_fill_better_than_its_limit_gives_the_difference_back() -> None:
    matcher = funded()
    matcher.place(buy("a", "99"), at("100"))
    matcher.reach(PAIR, jump("99", "90"))

    assert matcher.balance("USDT") == Balance("USDT", D("909.91"), D(0))


def test_a_fee_in_the_received_coin_is_kept_back_from_what_is_bought() -> None:
    matcher = funded(market=replace(MARKET, fee_currency=FeeCurrency.RECEIVED))
    matcher.place(buy("a", "99"), at("100"))

    assert matcher.balance("USDT").locked == D(99)
    (fill,) = fills(matcher.reach(PAIR, at("99")))
    assert (fill.fee, fill.coin_fee) == (D("0.099"), D("0.001"))
    assert matcher.balance("BTC").free == D("0.999")
    assert matcher.balance("USDT").free == D(901)
    (fill,) = fills(matcher.place(at_market("b", Side.SELL, "0.5"), at("100")))
    assert (fill.fee, fill.coin_fee) == (D("0.1"), D(0))
    assert matcher.balance("USDT").free == D("950.9")


def test_money_can_be_brought_in_and_taken_out() -> None:
    matcher = funded("0")
    matcher.deposit("USDT", D(10))
    matcher.deposit("EUR", D(5))
    matcher.deposit("EUR", D(-2))

    assert matcher.balances() == (Balance("BTC"), Balance("EUR", D(3)), Balance("USDT", D(10)))


def test_endless_funds_have_no_balances() -> None:
    matcher = Matcher([MARKET])
    matcher.deposit("USDT", D(10))
    matcher.place(buy("a", "99", "1000000"), at("100"))

    assert matcher.balances() == ()
    assert matcher.balance("USDT") == Balance("USDT")


# --- memory -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_funded", [True, False])
def test_a_matcher_made_from_a_state_goes_on_where_the_other_stopped(is_funded: bool) -> None:
    matcher = funded(base="5") if is_funded else Matcher([MARKET])
    for order in (buy("b", "99", index=2), buy("a", "99", index=1), sell("c", "101"), stop("d", Side.SELL, "95")):
        matcher.place(order, at("100"))
    matcher.reach(PAIR, at("99"), volume=D("0.5"))
    twin = Matcher.from_state(matcher.state(), [MARKET])

    assert twin.state() == matcher.state()
    assert twin.balances() == matcher.balances()
    assert twin.reach(PAIR, at("90")) == matcher.reach(PAIR, at("90"))
    assert twin.place(buy("e", "80"), at("90")) == matcher.place(buy("e", "80"), at("90"))
    assert twin.state() == matcher.state()


def test_a_stop_with_a_limit_that_takes_a_part_at_once_must_be_able_to_pay_for_the_rest() -> None:
    matcher = funded("90", "0", MARKET)
    order = Order("a", PAIR, Role.BASE, 0, Side.BUY, OrderType.STOP, D(1), price=D(90), trigger=D(90))

    assert refusal(matcher.place(order, Point(D(90), 1, asks=((D(90), D("0.5")),))))
    assert Balance("USDT", D(90)) in matcher.balances()


# --- for any story ----------------------------------------------------------------------------------------------------

prices = st.integers(9_000, 11_000).map(lambda cents: D(cents) / 100)
amounts = st.integers(1, 500_000).map(lambda steps: D(steps) * D("0.00001"))
kinds = st.sampled_from(list(OrderType))
books = st.lists(st.tuples(prices, amounts), min_size=0, max_size=3)
moves = st.lists(
    st.tuples(st.sampled_from(list(Side)), kinds, prices, amounts, prices, st.none() | amounts, st.booleans(), books),
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(
    moves,
    st.sampled_from(list(FeeCurrency)),
    st.integers(0, 3),
    st.sampled_from([D(0), D("0.05"), D("0.333")]),
    st.sampled_from([D("0.001"), D(0), D("0.00075"), D("0.0033333")]),
)
def test_no_money_appears_or_vanishes(
    moves: list[tuple[Side, OrderType, Decimal, Decimal, Decimal, Decimal | None, bool, list[tuple[Decimal, Decimal]]]],
    fee_currency: FeeCurrency,
    fill_through: int,
    slippage: Decimal,
    fee: Decimal,
) -> None:
    market = replace(MARKET, fee_currency=fee_currency, maker_fee=fee)
    matcher = funded("500", "5", market, MatchRules(slippage, fill_through))
    quote, base = D(500), D(5)
    sides: dict[str, Side] = {}
    trades: set[str] = set()
    for number, (side, kind, price, amount, moved, volume, cancels, levels) in enumerate(moves):
        client_id = f"c{number}"
        sides[client_id] = side
        book = tuple(sorted(levels, reverse=side is Side.SELL))
        point = Point(moved, number, bids=book, asks=book)
        order = Order(client_id, PAIR, Role.BASE, 0, side, kind, amount, price=price, trigger=price)
        events = matcher.place(order, point)
        if cancels:
            events += matcher.cancel(client_id, number)
        events += matcher.reach(PAIR, Point(moved, number), volume)
        for event in events:
            if isinstance(event, OrderFilled):
                fill = event.fill
                assert fill.trade_id not in trades
                trades.add(fill.trade_id)
                paid = fill.fee if not fill.coin_fee else ZERO
                is_buy = sides[event.client_id] is Side.BUY
                quote += (-fill.cost if is_buy else fill.cost) - paid
                base += (fill.amount if is_buy else -fill.amount) - fill.coin_fee
        assert min(balance.free for balance in matcher.balances()) >= 0
        assert min(balance.locked for balance in matcher.balances()) >= 0
        assert (matcher.balance("USDT").total, matcher.balance("BTC").total) == (quote, base)
    for order in matcher.orders():
        matcher.cancel(order.client_id, 99)
    assert [balance.locked for balance in matcher.balances()] == [D(0), D(0)]


# --- stops with a limit -----------------------------------------------------------------------------------------------


def stop_limit(client_id: str, side: Side, trigger: str, price: str, amount: str = "1") -> Order:
    return replace(stop(client_id, side, trigger, amount), price=D(price))


def test_a_stop_with_a_limit_trades_at_its_trigger_where_the_limit_allows() -> None:
    matcher = funded(quote="0", base="1")
    matcher.place(stop_limit("a", Side.SELL, "99", "98.5"), at("100"))

    assert fills(matcher.reach(PAIR, at("99.5"))) == []
    assert [fill.price for fill in fills(matcher.reach(PAIR, at("99")))] == [D(99)]


def test_a_stop_beyond_its_limit_in_a_jump_rests_as_a_limit() -> None:
    matcher = funded(quote="0", base="1")
    matcher.place(stop_limit("a", Side.SELL, "99", "98.5"), at("100"))
    jump = Point(D(97), 1, D(99))

    assert matcher.reach(PAIR, jump) == ()
    resting = matcher.order("a")
    assert resting is not None and resting.type is OrderType.LIMIT and resting.price == D("98.5")
    assert matcher.balance("BTC").free == 0, "its coins stay locked"
    assert [fill.price for fill in fills(matcher.reach(PAIR, at("98.5")))] == [D("98.5")]


def test_a_stop_with_a_limit_that_was_reached_before_it_came_waits_at_its_limit() -> None:
    matcher = funded(quote="0", base="1")
    events = matcher.place(stop_limit("a", Side.SELL, "99", "98.5"), at("97"))

    assert fills(events) == []
    assert matcher.levels(PAIR) == (None, D("98.5"))


def test_a_bought_stop_with_a_limit_locks_its_limit_and_takes_the_book_as_far_as_that() -> None:
    matcher = funded(quote="1000")
    matcher.place(stop_limit("a", Side.BUY, "101", "102"), at("100"))
    assert matcher.balance("USDT").locked == D(102) * D("1.002")

    book = ((D(101), D("0.4")), (D(102), D("0.1")), (D(103), D(9)))
    events = matcher.reach(PAIR, Point(D(101), 1, asks=book))

    assert [(fill.price, fill.amount) for fill in fills(events)] == [(D(101), D("0.4")), (D(102), D("0.1"))]
    assert matcher.orders()[0].remaining == D("0.5")


def test_a_limit_of_a_stop_must_be_on_the_tick() -> None:
    assert refusal(funded().place(stop_limit("a", Side.SELL, "99", "98.501"), at("100"))) == matching.OFF_TICK
