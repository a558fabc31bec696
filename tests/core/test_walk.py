"""How a candle is walked: every sentence of the fill rules, with toy bots that answer by a script."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.core.columns import Candles, exact
from desktop_app.core.events import ClockStruck, ConditionsRead, Event, OrderFilled, PriceTick
from desktop_app.core.market import ZERO, Candle, Market
from desktop_app.core.matching import Matcher, MatchRules, Point
from desktop_app.core.order import Fill, Order, OrderType, Role, Side
from desktop_app.core.strategy import Watch
from desktop_app.core.walk import Moment, Walk, path

D = Decimal
PAIR = "BTC/USDT"
MARKET = Market(PAIR, "BTC", "USDT", min_cost=ZERO, maker_fee=ZERO, taker_fee=ZERO)
MINUTE = 60_000
START = 1_700_000_040_000


def candle(number: int, *prices: str) -> Candle:
    return Candle(START + number * MINUTE, *(D(price) for price in prices))


def limit(client_id: str, side: Side, price: str, index: int = 0) -> Order:
    return Order(client_id, PAIR, Role.SAFETY, index, side, OrderType.LIMIT, D(1), price=D(price))


def buy(client_id: str, price: str, index: int = 0) -> Order:
    return limit(client_id, Side.BUY, price, index)


def sell(client_id: str, price: str, index: int = 0) -> Order:
    return limit(client_id, Side.SELL, price, index)


def at_market(client_id: str, side: Side) -> Order:
    return Order(client_id, PAIR, Role.STOP_LOSS, 0, side, OrderType.MARKET, D(1))


def stop(client_id: str, trigger: str) -> Order:
    return Order(client_id, PAIR, Role.STOP_LOSS, 0, Side.SELL, OrderType.STOP, D(1), trigger=D(trigger))


Answer = Callable[["Stage", Event], None]


@dataclass
class Stage:
    """A walk with a bot that answers each event by `answer`; `log` is all that it was told."""

    rules: MatchRules = field(default_factory=MatchRules)
    watched: Watch = field(default_factory=Watch)
    wakes: int | None = None
    answer: Answer = lambda _, __: None
    previous: Candle | None = None
    is_high_first_on_tie: bool = False
    inside: dict[int, tuple[Candle, ...]] | None = None

    def __post_init__(self) -> None:
        self.log: list[Event] = []
        self.asked = 0
        self.matcher = Matcher([MARKET], self.rules)
        self.walk = Walk(
            self.matcher,
            PAIR,
            MINUTE,
            self._watch,
            lambda: self.wakes,
            is_high_first_on_tie=self.is_high_first_on_tie,
            previous=self.previous,
            inside=None if self.inside is None else lambda number: (self.inside or {}).get(number, ()),
        )

    def _watch(self) -> Watch:
        self.asked += 1
        return self.watched

    def resting(self, *orders: Order, price: str = "100") -> "Stage":
        for order in orders:
            self.matcher.place(order, Point(D(price), 0))
        return self

    def place(self, order: Order) -> None:
        assert self.walk.point is not None
        self.hear(*self.matcher.place(order, self.walk.point))

    def hear(self, *events: Event) -> None:
        for event in events:
            self.log.append(event)
            self.answer(self, event)

    def see(self, *candles: Candle) -> "Stage":
        for one in candles:
            for moment in self.walk.candle(one):
                self.hear(*moment.events)
        return self

    def see_columns(self, candles: Candles) -> "Stage":
        for moment in self.walk.columns(candles):
            self.hear(*moment.events)
        return self

    @property
    def fills(self) -> list[tuple[str, Decimal]]:
        return [(event.client_id, event.fill.price) for event in self.log if isinstance(event, OrderFilled)]

    @property
    def ticks(self) -> list[Decimal]:
        return [event.price for event in self.log if isinstance(event, PriceTick)]


def columns(*candles: Candle) -> Candles:
    rows = [(c.open, c.high, c.low, c.close, c.volume) for c in candles]
    values = np.array([[float(value) for value in row] for row in rows]).T
    return Candles(np.array([c.at for c in candles], dtype=np.int64), *values)


# --- the path ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prices", "corners"),
    [
        (("100", "101", "98", "99"), ("100", "101", "98", "99")),
        (("100", "103", "98", "99"), ("100", "98", "103", "99")),
        (("100", "100", "98", "99"), ("100", "100", "98", "99")),
        (("100", "103", "100", "101"), ("100", "100", "103", "101")),
    ],
)
def test_the_path_goes_to_the_nearer_extreme_first(prices: tuple[str, ...], corners: tuple[str, ...]) -> None:
    assert path(candle(0, *prices), is_high_first_on_tie=False) == tuple(D(price) for price in corners)


def test_a_tie_takes_the_low_first_or_for_a_short_the_high() -> None:
    tie = candle(0, "100", "102", "98", "101")

    assert path(tie, is_high_first_on_tie=False)[1:3] == (D(98), D(102))
    assert path(tie, is_high_first_on_tie=True)[1:3] == (D(102), D(98))
    stage = Stage(is_high_first_on_tie=True).resting(buy("b", "99"), sell("s", "101"))
    assert stage.see(tie).fills == [("s", D(101)), ("b", D(99))]


def test_orders_act_in_the_order_in_which_the_path_meets_them() -> None:
    stage = Stage().resting(buy("b2", "98"), buy("b1", "99"), sell("s1", "101"), sell("s2", "102"))

    stage.see(candle(0, "100", "102", "98.5", "98"))

    assert stage.fills == [("b1", D(99)), ("s1", D(101)), ("s2", D(102)), ("b2", D(98))]


def test_the_same_price_range_the_other_way_round() -> None:
    stage = Stage().resting(buy("b1", "99"), sell("s1", "101"))

    assert stage.see(candle(0, "100", "101", "98", "98")).fills == [("s1", D(101)), ("b1", D(99))]


# --- finer candles in the path's place --------------------------------------------------------------------------------


def second(number: int, *prices: str, volume: str = "0") -> Candle:
    opened, high, low, close = map(D, prices)
    return Candle(START + number * 1000, opened, high, low, close, D(volume))


UP_THEN_DOWN = (second(0, "100", "103", "100", "102"), second(1, "102", "102", "98", "99"))


def test_finer_candles_are_walked_in_the_place_of_the_path() -> None:
    coarse = columns(candle(0, "100", "103", "98", "99"))
    both = (buy("b", "98.5"), sell("s", "102.5"))

    assert [name for name, _ in Stage().resting(*both).see_columns(coarse).fills] == ["b", "s"]
    finer = Stage(inside={0: UP_THEN_DOWN}).resting(*both).see_columns(coarse)
    assert [name for name, _ in finer.fills] == ["s", "b"]
    assert {(one.at, one.fill.at, one.bar_end) for one in finer.log if isinstance(one, OrderFilled)} == {
        (START + MINUTE, START, START + MINUTE)
    }, "times stay those of the coarse candle"


def test_candles_without_finer_ones_are_walked_as_usual() -> None:
    coarse = columns(candle(0, "100", "103", "98", "99"), candle(1, "99", "103", "98", "99"))
    stage = Stage(inside={1: UP_THEN_DOWN}).resting(buy("b", "98.5"), sell("s", "102.5"))

    assert [name for name, _ in stage.see_columns(coarse).fills] == ["b", "s"]


def test_between_two_finer_candles_the_price_jumps() -> None:
    pieces = (second(0, "100", "100", "99", "99"), second(1, "96", "97", "95", "97"))
    stage = Stage(inside={0: pieces}).resting(buy("b1", "98"), buy("b2", "95.5"))

    stage.see_columns(columns(candle(0, "100", "100", "95", "97")))

    assert stage.fills == [("b1", D(96)), ("b2", D("95.5"))]
    assert {one.at for one in stage.log if isinstance(one, OrderFilled)} == {START + MINUTE}


def test_deals_open_at_the_open_of_the_coarse_candle_only() -> None:
    stage = Stage(watched=Watch(wants_open=True), inside={0: UP_THEN_DOWN})

    stage.see_columns(columns(candle(0, "100", "103", "98", "99")))

    assert stage.ticks == [D(100)]


def test_a_turning_point_of_a_finer_candle_is_told_to_who_follows() -> None:
    stage = Stage(watched=Watch(follows=True), inside={0: UP_THEN_DOWN})

    stage.see_columns(columns(candle(0, "100", "103", "98", "99")))

    assert stage.ticks == [D(price) for price in (100, 103, 102, 98, 99)]


def test_each_finer_candle_has_its_own_volume_to_offer() -> None:
    pieces = (second(0, "100", "100", "99", "99", volume="0.25"), second(1, "99", "99", "98", "99", volume="0.5"))
    rules = MatchRules(volume_share_percent=D(100))
    stage = Stage(rules=rules, inside={0: pieces}).resting(buy("b", "99"))

    stage.see_columns(columns(candle(0, "100", "100", "98", "99")))

    amounts = [event.fill.amount for event in stage.log if isinstance(event, OrderFilled)]
    assert amounts == [D("0.25"), D("0.5")]
    assert [order.remaining for order in stage.matcher.orders()] == [D("0.25")]


def test_what_a_candle_could_not_fill_waits_for_the_next_that_comes_there() -> None:
    rows = [replace(candle(i, "100", "100", low, "100"), volume=D("0.4")) for i, low in enumerate(("98", "99", "98"))]
    stage = Stage(rules=MatchRules(volume_share_percent=D(100))).resting(buy("b", "98.5"))

    stage.see_columns(columns(*rows))

    fills = [(event.fill.at - START, event.fill.amount) for event in stage.log if isinstance(event, OrderFilled)]
    assert fills == [(0, D("0.4")), (2 * MINUTE, D("0.4"))]


# --- resting limits ---------------------------------------------------------------------------------------------------


def test_touching_its_price_exactly_fills_a_limit_in_full_at_its_price() -> None:
    stage = Stage().resting(buy("b", "98"), sell("s", "103"))

    stage.see(candle(0, "100", "103", "98", "100"))

    assert stage.log == [
        OrderFilled("b", Fill("t1", D(98), D(1), at=START), START + MINUTE, START + MINUTE),
        OrderFilled("s", Fill("t2", D(103), D(1), at=START), START + MINUTE, START + MINUTE),
    ]


def test_a_price_one_tick_short_fills_nothing() -> None:
    assert Stage().resting(buy("b", "97.99"), sell("s", "103.01")).see(candle(0, "100", "103", "98", "100")).fills == []


def test_a_limit_reached_in_a_jump_fills_at_the_open_with_the_clock_of_the_open() -> None:
    stage = Stage(previous=candle(-1, "100", "100", "100", "100")).resting(buy("b", "99"))

    stage.see(candle(0, "95", "96", "94", "95"))

    assert stage.log == [OrderFilled("b", Fill("t1", D(95), D(1), at=START), START, START + MINUTE)]


def test_a_jump_over_several_levels_fills_them_in_the_order_of_the_path() -> None:
    stage = Stage(previous=candle(-1, "100", "100", "100", "100")).resting(
        buy("b3", "96"), buy("b1", "98"), buy("b2", "97"), sell("s", "94")
    )
    stage.resting(sell("s", "110"))

    assert stage.see(candle(0, "95", "95", "95", "95")).fills == [("b1", D(95)), ("b2", D(95)), ("b3", D(95))]


def test_a_jump_that_lands_exactly_on_a_level_fills_it() -> None:
    stage = Stage(previous=candle(-1, "100", "100", "100", "100")).resting(sell("s", "105"))

    assert stage.see(candle(0, "105", "106", "104", "105")).fills == [("s", D(105))]


def test_without_a_jump_the_open_is_where_the_close_was() -> None:
    stage = Stage(previous=candle(-1, "100", "100", "99", "99")).resting(buy("b", "99"), price="99.5")

    assert stage.see(candle(0, "99", "100", "99", "100")).fills == [("b", D(99))]


def test_the_first_candle_has_no_jump() -> None:
    assert Stage().resting(buy("b", "99")).see(candle(0, "98", "98", "98", "98")).fills == [("b", D(99))]


@pytest.mark.parametrize(("low", "filled"), [("98.99", []), ("98.98", [("b", D(99))])])
def test_fill_through_fills_at_the_limit_once_the_path_is_ticks_beyond(
    low: str, filled: list[tuple[str, Decimal]]
) -> None:
    assert (
        Stage(MatchRules(fill_through=2)).resting(buy("b", "99")).see(candle(0, "100", "100", low, low)).fills == filled
    )


def test_fill_through_with_an_open_between_price_and_level_fills_later_at_the_limit() -> None:
    stage = Stage(MatchRules(fill_through=2), previous=candle(-1, "100", "100", "100", "100")).resting(buy("b", "99"))

    assert stage.see(candle(0, "98.99", "99", "98.99", "99")).fills == []
    assert stage.see(candle(1, "99", "99", "98", "99")).fills == [("b", D(99))]


@pytest.mark.parametrize("opening", ["98.98", "97"])
def test_fill_through_with_an_open_at_or_beyond_the_level_fills_at_the_open(opening: str) -> None:
    stage = Stage(MatchRules(fill_through=2), previous=candle(-1, "100", "100", "100", "100")).resting(buy("b", "99"))

    assert stage.see(candle(0, opening, "99", opening, "99")).fills == [("b", D(opening))]


def test_fill_through_does_not_affect_triggers() -> None:
    stage = Stage(MatchRules(fill_through=2), Watch(below=D(99))).resting(stop("s", "99"))

    stage.see(candle(0, "100", "100", "99", "99"))

    assert stage.fills == [("s", D(99))]
    assert stage.ticks == [D(99)]


# --- what a fill causes -----------------------------------------------------------------------------------------------


def after(client_id: str, *orders: Order) -> Answer:
    def answer(stage: Stage, event: Event) -> None:
        if isinstance(event, OrderFilled) and event.client_id == client_id:
            for order in orders:
                stage.place(order)

    return answer


def test_what_a_fill_causes_rests_at_the_same_point_and_can_fill_further_along_the_same_leg() -> None:
    stage = Stage(answer=after("b1", buy("b2", "98"), buy("b3", "90"))).resting(buy("b1", "99"))

    stage.see(candle(0, "100", "100", "97", "97"))

    assert stage.fills == [("b1", D(99)), ("b2", D(98))]
    assert [order.client_id for order in stage.matcher.orders()] == ["b3"]


def test_a_limit_beyond_the_price_when_placed_fills_at_once_at_that_points_price() -> None:
    stage = Stage(answer=after("b1", buy("b2", "99.5"))).resting(buy("b1", "99"))

    assert stage.see(candle(0, "100", "100", "97", "97")).fills == [("b1", D(99)), ("b2", D(99))]


def test_a_new_take_profit_is_met_on_a_later_leg() -> None:
    stage = Stage(answer=after("b1", sell("tp", "99.5"))).resting(buy("b1", "99"))

    assert stage.see(candle(0, "100", "102", "99", "100")).fills == [("b1", D(99)), ("tp", D("99.5"))]


def test_what_a_fill_in_a_jump_causes_fills_at_the_open_when_the_jump_goes_on_over_it() -> None:
    stage = Stage(
        previous=candle(-1, "100", "100", "100", "100"), answer=after("b1", buy("b2", "97"), sell("tp", "98.5"))
    ).resting(buy("b1", "99"))

    stage.see(candle(0, "95", "95", "95", "95"))

    assert stage.fills == [("b1", D(95)), ("b2", D(95))]
    assert [order.client_id for order in stage.matcher.orders()] == ["tp"]


def test_in_a_jump_a_trigger_between_two_limits_acts_between_them() -> None:
    def answer(stage: Stage, event: Event) -> None:
        if isinstance(event, PriceTick):
            stage.watched = Watch()
            stage.matcher.cancel("b2", event.at)
            stage.place(at_market("sl", Side.SELL))

    stage = Stage(
        MatchRules(D(1)), Watch(below=D(98)), answer=answer, previous=candle(-1, "100", "100", "100", "100")
    ).resting(buy("b1", "99"), buy("b2", "97"))

    assert stage.see(candle(0, "95", "95", "95", "95")).fills == [("b1", D(95)), ("sl", D("94.05"))]
    assert stage.ticks == [D(95)]


def test_orders_that_answer_each_other_without_end_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop_app.core.walk._MOST_MOMENTS", 300)

    def answer(stage: Stage, event: Event) -> None:
        number = len(stage.log)
        stage.watched = Watch(below=D(200 + number))

    with pytest.raises(AssertionError, match="no end of events"):
        Stage(watched=Watch(below=D(100)), answer=answer).see(candle(0, "100", "100", "99", "99"))


# --- triggers ---------------------------------------------------------------------------------------------------------


def test_at_one_point_resting_limits_act_before_triggers_and_in_ladder_order() -> None:
    stage = Stage(watched=Watch(below=D(99))).resting(buy("b2", "99", 2), stop("stop", "99"), buy("b1", "99", 1))

    stage.see(candle(0, "100", "100", "99", "99"))

    assert stage.fills == [("b1", D(99)), ("b2", D(99)), ("stop", D(99))]
    assert isinstance(stage.log[-1], PriceTick)


@pytest.mark.parametrize(("watch", "level"), [(Watch(below=D("98.333")), "98.333"), (Watch(above=D("101.7")), "101.7")])
def test_a_level_is_told_at_its_very_price_unrounded(watch: Watch, level: str) -> None:
    stage = Stage(watched=watch)

    stage.see(candle(0, "100", "102", "98", "100"))

    assert stage.log[0] == PriceTick(PAIR, D(level), START + MINUTE, opens=False)


def test_levels_are_inclusive_at_extremes_and_one_tick_short_is_silence() -> None:
    assert Stage(watched=Watch(below=D(98), above=D(103))).see(candle(0, "100", "103", "98", "100")).ticks == [98, 103]
    assert Stage(watched=Watch(below=D("97.99"), above=D("103.01"))).see(candle(0, "100", "103", "98", "100")).log == []


def test_a_stop_loss_at_market_fills_at_its_level_less_slippage() -> None:
    def answer(stage: Stage, event: Event) -> None:
        if isinstance(event, PriceTick):
            stage.watched = Watch()
            stage.place(at_market("sl", Side.SELL))

    stage = Stage(MatchRules(D(1)), Watch(below=D("98.5")), answer=answer)

    assert stage.see(candle(0, "100", "100", "98", "98")).fills == [("sl", D("97.515"))]


def test_a_level_passed_in_a_jump_ticks_with_the_open() -> None:
    stage = Stage(watched=Watch(below=D(98)), previous=candle(-1, "100", "100", "100", "100"))

    stage.see(candle(0, "95", "95", "95", "95"))

    assert stage.log[0] == PriceTick(PAIR, D(95), START, opens=False, path=D(98))


def test_a_level_moved_beyond_the_price_by_a_fill_is_told_at_that_point() -> None:
    def answer(stage: Stage, event: Event) -> None:
        if isinstance(event, OrderFilled):
            stage.watched = Watch(above=D(98))

    stage = Stage(answer=answer).resting(buy("b", "99"))

    stage.see(candle(0, "100", "100", "99", "99"))

    assert stage.ticks == [D(99)]


def test_a_level_told_at_a_price_that_changed_nothing_is_not_told_again_there() -> None:
    stage = Stage(watched=Watch(below=D(99)))

    stage.see(candle(0, "100", "100", "99", "99"), candle(1, "99", "99", "99", "99"))

    assert stage.ticks == [D(99)]


def test_a_level_still_beyond_is_told_where_the_leg_ends_and_after_each_move() -> None:
    stage = Stage(watched=Watch(below=D(99)))

    stage.see(candle(0, "100", "100", "97", "98"), candle(1, "98.5", "98.5", "98.5", "98.5"))

    assert stage.ticks == [D(99), D(97), D(98), D("98.5")]


def test_in_a_jump_a_level_that_the_open_has_not_come_to_is_not_told() -> None:
    def answer(stage: Stage, event: Event) -> None:
        if isinstance(event, OrderFilled):
            stage.watched = Watch(above=D(93))

    stage = Stage(answer=answer, previous=candle(-1, "100", "100", "100", "100")).resting(buy("b", "95"))

    assert stage.see(candle(0, "90", "90", "90", "90")).ticks == []


def test_following_ticks_at_every_corner_once() -> None:
    stage = Stage(watched=Watch(follows=True), previous=candle(-1, "99", "99", "99", "99"))

    stage.see(candle(0, "100", "103", "98", "101"))

    assert [(event.price, event.at, event.opens) for event in stage.log if isinstance(event, PriceTick)] == [
        (D(100), START, False),
        (D(98), START + MINUTE, False),
        (D(103), START + MINUTE, False),
        (D(101), START + MINUTE, False),
    ]


def test_following_without_a_jump_gets_the_open_too() -> None:
    stage = Stage(watched=Watch(follows=True))

    assert stage.see(candle(0, "100", "103", "100", "103")).ticks == [D(100), D(103)]


# --- the clock and the open -------------------------------------------------------------------------------------------


def test_the_opening_tick_comes_once_at_the_open_with_the_candles_time() -> None:
    stage = Stage(watched=Watch(wants_open=True))

    stage.see(candle(0, "100", "103", "98", "101"), candle(1, "101", "101", "101", "101"))

    assert stage.log == [PriceTick(PAIR, D(100), START), PriceTick(PAIR, D(101), START + MINUTE)]


def test_no_opening_tick_before_opens_after() -> None:
    stage = Stage(watched=Watch(wants_open=True, opens_after=START + MINUTE))

    stage.see(candle(0, "100", "103", "98", "101"), candle(1, "101", "101", "101", "101"))

    assert stage.log == [PriceTick(PAIR, D(101), START + MINUTE)]


def test_an_order_placed_at_the_open_has_the_candles_time_and_its_end() -> None:
    def answer(stage: Stage, event: Event) -> None:
        if isinstance(event, PriceTick):
            stage.watched = Watch()
            stage.place(at_market("base", Side.BUY))

    stage = Stage(watched=Watch(wants_open=True), answer=answer)

    stage.see(candle(0, "100", "103", "98", "101"))

    assert stage.log[-1] == OrderFilled("base", Fill("t1", D(100), D(1), at=START), START, START + MINUTE)


def test_a_level_beyond_the_open_that_the_opening_tick_causes_is_told_at_the_open() -> None:
    def answer(stage: Stage, event: Event) -> None:
        if isinstance(event, PriceTick):
            stage.watched = Watch(below=D(100)) if event.opens else Watch()

    stage = Stage(watched=Watch(wants_open=True), answer=answer)

    stage.see(candle(0, "100", "103", "98", "101"))

    assert stage.log == [PriceTick(PAIR, D(100), START), PriceTick(PAIR, D(100), START, opens=False)]


@pytest.mark.parametrize(("due", "struck"), [(START, 1), (START - 1, 1), (START + 1, 0)])
def test_what_is_due_at_or_before_a_candles_time_strikes_at_its_open(due: int, struck: int) -> None:
    stage = Stage(wakes=due)

    stage.see(candle(0, "100", "103", "98", "101"))

    assert stage.log == [ClockStruck(START)] * struck


def test_the_jump_comes_before_the_clock_and_the_clock_before_the_opening_tick() -> None:
    def answer(stage: Stage, event: Event) -> None:
        if isinstance(event, ClockStruck):
            stage.wakes = None

    stage = Stage(
        watched=Watch(below=D(98), wants_open=True),
        wakes=START - 5,
        answer=answer,
        previous=candle(-1, "100", "100", "100", "100"),
    ).resting(buy("b", "99"))

    stage.see(candle(0, "95", "95", "95", "95"))

    kinds = [(type(event), getattr(event, "opens", None)) for event in stage.log]
    assert kinds == [
        (OrderFilled, None),
        (PriceTick, False),  # passing 98
        (PriceTick, False),  # landing
        (ClockStruck, None),
        (PriceTick, False),  # still beyond after the clock
        (PriceTick, True),
    ]


def test_what_the_clock_causes_trades_at_the_open() -> None:
    def answer(stage: Stage, event: Event) -> None:
        if isinstance(event, ClockStruck):
            stage.wakes = None
            stage.place(at_market("timeout", Side.SELL))

    stage = Stage(wakes=START, answer=answer, previous=candle(-1, "100", "100", "100", "100"))

    assert stage.see(candle(0, "95", "99", "94", "99")).fills == [("timeout", D(95))]


def test_several_alarms_strike_one_after_the_other() -> None:
    def answer(stage: Stage, event: Event) -> None:
        if isinstance(event, ClockStruck):
            stage.wakes = START - 1 if stage.wakes == START - 2 else START + MINUTE

    stage = Stage(wakes=START - 2, answer=answer)

    stage.see(candle(0, "100", "100", "100", "100"), candle(1, "100", "100", "100", "100"))

    assert stage.log == [ClockStruck(START), ClockStruck(START), ClockStruck(START + MINUTE)]


def test_in_a_gap_no_price_moves_and_the_clock_runs_on() -> None:
    stage = Stage(wakes=START + 3 * MINUTE, watched=Watch(below=D(99))).resting(buy("b", "99"))

    stage.see(candle(0, "100", "100", "100", "100"), candle(9, "98", "98", "98", "98"))

    assert stage.log == [
        OrderFilled("b", Fill("t1", D(98), D(1), at=START + 9 * MINUTE), START + 9 * MINUTE, START + 10 * MINUTE),
        PriceTick(PAIR, D(98), START + 9 * MINUTE, opens=False, path=D(99)),  # where the jump meets 99
        PriceTick(PAIR, D(98), START + 9 * MINUTE, opens=False, path=D(98)),  # where it lands
        ClockStruck(START + 9 * MINUTE),
        PriceTick(PAIR, D(98), START + 9 * MINUTE, opens=False),
    ]


def test_the_walk_stands_at_the_close_between_two_candles() -> None:
    stage = Stage(previous=candle(-1, "100", "100", "100", "101"))
    assert stage.walk.point == Point(D(101), START, None, START - MINUTE, START)

    stage.see(candle(0, "101", "102", "99", "100.5"))

    assert stage.walk.point == Point(D("100.5"), START + MINUTE, None, START, START + MINUTE)


# --- many candles -----------------------------------------------------------------------------------------------------


def test_candles_in_which_nothing_can_happen_are_leapt_over() -> None:
    quiet = [candle(number, "100", "100.5", "99.5", "100") for number in range(9_000)]
    stage = Stage(watched=Watch(above=D(150))).resting(buy("b", "95"))

    stage.see_columns(columns(*quiet, candle(9_000, "100", "100", "94", "94"), candle(9_001, "94", "94", "94", "94")))

    assert stage.fills == [("b", D(95))]
    assert stage.asked < 40


def test_leaping_stops_where_the_clock_or_an_opening_is_due() -> None:
    def answer(stage: Stage, event: Event) -> None:
        stage.wakes = None
        if isinstance(event, PriceTick):
            stage.watched = Watch()

    stage = Stage(
        watched=Watch(wants_open=True, opens_after=START + 7 * MINUTE), wakes=START + 5 * MINUTE - 1, answer=answer
    )

    stage.see_columns(columns(*(candle(number, "100", "100.5", "99.5", "100") for number in range(10))))

    assert stage.log == [ClockStruck(START + 5 * MINUTE), PriceTick(PAIR, D(100), START + 7 * MINUTE)]


def test_after_a_leap_the_jump_starts_from_the_last_close() -> None:
    stage = Stage().resting(buy("b", "95"))

    stage.see_columns(
        columns(
            candle(0, "100", "100", "100", "100"),
            candle(1, "100", "100", "96", "96"),
            candle(2, "95", "95", "95", "95"),
        )
    )

    assert stage.log == [
        OrderFilled("b", Fill("t1", D(95), D(1), at=START + 2 * MINUTE), START + 2 * MINUTE, START + 3 * MINUTE)
    ]


def test_following_leaps_over_nothing() -> None:
    stage = Stage(watched=Watch(follows=True))

    stage.see_columns(columns(*(candle(number, "100", "100", "100", "100") for number in range(3))))

    assert stage.ticks == [D(100)]
    assert stage.walk.index == 3


def test_no_candles_are_no_walk() -> None:
    assert Stage().see_columns(columns(candle(0, "1", "1", "1", "1"))).log == []


# --- for any candles --------------------------------------------------------------------------------------------------

cents = st.integers(9_500, 10_500)


@st.composite
def series(draw: st.DrawFn) -> list[Candle]:
    """Candles with and without jumps and gaps."""
    made: list[Candle] = []
    number = 0
    close = 10_000
    for _ in range(draw(st.integers(1, 15))):
        number += draw(st.sampled_from([1, 1, 1, 4]))
        opening = close if draw(st.booleans()) else draw(cents)
        close = draw(cents)
        high = max(opening, close) + draw(st.integers(0, 150))
        low = min(opening, close) - draw(st.integers(0, 150))
        made.append(Candle(START + number * MINUTE, *(D(value) / 100 for value in (opening, high, low, close))))
    return made


def toy(stage: Stage, event: Event) -> None:
    """Buys at the open, averages down twice, sells higher, stops out: a bot small enough to be obviously right."""
    number = stage.log.index(event)
    if isinstance(event, PriceTick) and event.opens and stage.watched.wants_open:
        stage.watched = Watch()
        stage.place(at_market(f"base{number}", Side.BUY))
    elif isinstance(event, PriceTick) and stage.watched.below is not None and event.price <= stage.watched.below:
        stage.watched = Watch(wants_open=True)
        for order in stage.matcher.orders():
            stage.matcher.cancel(order.client_id, event.at)
        stage.place(at_market(f"stop{number}", Side.SELL))
    elif isinstance(event, OrderFilled) and event.client_id.startswith("base"):
        price = event.fill.price
        stage.watched = Watch(below=price - D("3.3333"))
        stage.place(buy(f"rung{number}", str(MARKET.price_down(price - 1))))
        stage.place(sell(f"profit{number}", str(MARKET.price_up(price + 2))))
    elif isinstance(event, OrderFilled) and event.client_id.startswith("rung") and number % 3:
        stage.place(buy(f"rung{number}", str(MARKET.price_down(event.fill.price - 1))))
    elif isinstance(event, OrderFilled) and event.client_id.startswith("profit"):
        stage.watched = Watch(wants_open=True, opens_after=event.bar_end)
        for order in stage.matcher.orders():
            stage.matcher.cancel(order.client_id, event.at)


@settings(max_examples=60, deadline=None)
@given(series(), st.integers(0, 2), st.booleans())
def test_leaping_changes_nothing_and_every_fill_lies_on_its_candle(
    candles: list[Candle], fill_through: int, is_high_first: bool
) -> None:
    rules = MatchRules(fill_through=fill_through)
    stages = [Stage(rules, Watch(wants_open=True), answer=toy, is_high_first_on_tie=is_high_first) for _ in range(2)]

    walked = stages[0].see(*candles)
    leapt = stages[1].see_columns(columns(*candles))

    assert leapt.log == walked.log
    by_time = {one.at: one for one in candles}
    told = [event for event in walked.log if isinstance(event, OrderFilled)]
    for event in told:
        one = by_time[event.fill.at]
        assert one.low <= event.fill.price <= one.high
        assert event.bar_end == one.at + MINUTE
        assert event.at in (one.at, event.bar_end)
    assert all(earlier.at <= later.at for earlier, later in pairwise(told))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(cents, cents), min_size=1, max_size=300), cents | st.none(), cents | st.none(), st.data())
def test_the_search_for_the_next_touching_candle_agrees_with_looking_at_each(
    ranges: list[tuple[int, int]], below: int | None, above: int | None, data: st.DataObject
) -> None:
    made = [
        Candle(START + i * MINUTE, D(max(r)) / 100, D(max(r)) / 100, D(min(r)) / 100, D(min(r)) / 100)
        for i, r in enumerate(ranges)
    ]
    start = data.draw(st.integers(0, len(made)))
    floor = None if below is None else D(below) / 100
    ceiling = None if above is None else D(above) / 100
    expected = next(
        (
            i
            for i in range(start, len(made))
            if (floor is not None and made[i].low <= floor) or (ceiling is not None and made[i].high >= ceiling)
        ),
        len(made),
    )

    assert columns(*made).touching(start, len(made), floor, ceiling) == expected
    assert columns(*made).candle(0) == made[0]
    assert exact(made[0].open) == made[0].open


def test_a_walk_that_was_interrupted_anywhere_goes_on_with_the_same_fills() -> None:
    candles = [candle(0, "100", "100", "100", "100"), candle(1, "98", "103", "94", "101")]
    orders = [buy("jump", "99"), buy("b1", "97", 1), buy("b2", "95", 2), sell("s1", "101", 1), sell("s2", "102", 2)]

    def fills(cut: int | None) -> list[tuple[str, Decimal]]:
        matcher = Matcher([MARKET])
        walk = Walk(matcher, PAIR, MINUTE, Watch, lambda: None)
        assert list(walk.candle(candles[0])) == []
        assert walk.point is not None
        for order in orders:
            matcher.place(order, walk.point)
        moments: list[Moment] = []
        for moment in walk.candle(candles[1]):
            moments.append(moment)
            if len(moments) == cut:
                point, leg = moment.point, walk.leg
                walk = Walk(Matcher.from_state(matcher.state(), [MARKET]), PAIR, MINUTE, Watch, lambda: None)
                moments += walk.resume(candles[1], leg, point.price if point.path is None else point.path)
                break
        events = [event for moment in moments for event in moment.events]
        return [(event.client_id, event.fill.price) for event in events if isinstance(event, OrderFilled)]

    whole = fills(None)
    assert [name for name, _ in whole] == ["jump", "b1", "b2", "s1", "s2"]
    assert [fills(cut) for cut in range(1, len(whole) + 1)] == [whole] * len(whole)


def test_news_of_a_candle_come_after_its_opening_fills_and_before_its_tick() -> None:
    class Readings:
        def next(self, index: int) -> int:
            return 2 if index <= 2 else 4

        def events(self, index: int) -> tuple[Event, ...]:
            return (ConditionsRead(PAIR, (), START + 2 * MINUTE),) if index == 2 else ()

    stage = Stage()
    stage.walk = Walk(stage.matcher, PAIR, MINUTE, stage._watch, lambda: None, news=Readings())
    stage.resting(buy("b", "99"))
    quiet = ("100", "101", "99.5", "100")

    stage.see_columns(columns(candle(0, *quiet), candle(1, *quiet), candle(2, "99", "101", "99", "100")))

    assert [type(event) for event in stage.log] == [OrderFilled, ConditionsRead]


def test_walks_side_by_side_see_what_was_changed_between_the_parts_of_a_candle() -> None:
    stage = Stage(previous=candle(0, "100", "100", "100", "100")).resting(buy("jump", "99"))
    one = candle(1, "98", "103", "94", "101")
    parts = (stage.walk.arrive, stage.walk.open, stage.walk.finish)
    between = (Watch(wants_open=True), Watch(above=D(102)), Watch())
    for part, watched in zip(parts, between, strict=True):
        for moment in part(one):
            stage.hear(*moment.events)
        stage.watched = watched
    assert stage.fills == [("jump", D(98))]
    assert stage.ticks == [D(98), D(102), D(103)]
    past = columns(one, candle(2, "100", "101", "99", "100"), candle(3, "97", "98", "96", "97"))
    assert stage.walk.next_visit(past, 1) == 3
    stage.watched = Watch(below=D("96.5"))
    assert stage.walk.next_visit(past, 1) == 2


def test_a_candle_fills_no_more_than_its_share_and_the_next_one_the_rest() -> None:
    stage = Stage(MatchRules(volume_share_percent=D(50))).resting(buy("b", "99"))
    falling = [replace(candle(number, "100", "100", "98", "100"), volume=D("1.2")) for number in range(3)]
    stage.see_columns(columns(*falling))
    assert [event.fill.amount for event in stage.log if isinstance(event, OrderFilled)] == [D("0.6"), D("0.4")]


@pytest.mark.parametrize(
    ("calm", "ticks"),
    [
        (None, ["100", "97", "103", "101", "102", "99", "100", "99", "106", "100"]),
        ((D(97), D(103)), ["100", "100", "106"]),
        ((None, D(102)), ["100", "103", "101", "100", "106"]),
        ((D(98), None), ["100", "97"]),
    ],
)
def test_turning_points_that_change_nothing_are_left_out(
    calm: tuple[Decimal | None, Decimal | None] | None, ticks: list[str]
) -> None:
    stage = Stage(watched=Watch(follows=True, calm=calm))
    swings = [("100", "103", "97", "101"), ("101", "102", "99", "100"), ("100", "106", "99", "100")]
    stage.see_columns(columns(*(candle(number, *prices) for number, prices in enumerate(swings))))
    assert stage.ticks == [D(price) for price in ticks]
