"""The signal bot in conversation: alerts and prices in, orders out."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from desktop_app.core.client_id import BotIdentity
from desktop_app.core.commands import Command, PlaceOrder, Tell
from desktop_app.core.deal import Deal, DealStatus, Direction
from desktop_app.core.events import (
    CloseDeal,
    ConditionsRead,
    EditDeal,
    Event,
    FundsSeen,
    OrderAccepted,
    OrderCanceled,
    OrderFilled,
    PauseBot,
    PriceTick,
    StartDeal,
    TakeSignal,
    UserAsked,
)
from desktop_app.core.market import Market
from desktop_app.core.order import Fill, Order, OrderType, Role, Side
from desktop_app.core.reading import Outcome, Reading
from desktop_app.core.signals import Action, Signal, Size, Standing, signal_key
from desktop_app.core.strategies import KINDS
from desktop_app.core.strategies.signal import SignalBot
from desktop_app.core.strategies.signal_settings import SignalSettings
from desktop_app.core.strategies.signal_state import SignalState
from desktop_app.core.strategy import conditions_of
from tests.core.dialogue import MARKET, PAIR

D = Decimal


def bot_settings(**parts: Any) -> SignalSettings:
    given: dict[str, Any] = {"name": "tv", "account": "demo", "pairs": [PAIR], "entry": {"volume": "100"}}
    return SignalSettings.model_validate(given | parts)


@dataclass
class Alerts:
    """The test's side: sends signals and prices, plays the exchange, keeps what was told."""

    settings: SignalSettings
    market: Market = MARKET
    at: int = 1_000_000
    state: SignalState = field(init=False)
    told: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    closed: list[Deal] = field(default_factory=list)
    trades: int = 0

    def __post_init__(self) -> None:
        markets = {pair: replace(self.market, symbol=pair) for pair in self.settings.pairs}
        self.bot = SignalBot(BotIdentity(7), self.settings, markets)
        self.state = self.bot.first_state(self.at)

    def hear(self, event: Event) -> tuple[Command, ...]:
        step = self.bot.on_event(self.state, event)
        assert step == self.bot.on_event(self.state, event), "the same state and event gave two answers"
        self.state = step.state
        self.closed += step.closed
        for command in step.commands:
            if isinstance(command, Tell):
                (self.problems if command.is_problem else self.told).append(command.said.code)
        return step.commands

    def signal(self, action: str, symbol: str = PAIR, **more: Any) -> tuple[Command, ...]:
        self.at += 1000
        signal = Signal(Action(action), self.at, **more)
        return self.hear(UserAsked(TakeSignal(signal, symbol, signal_key(7, signal)), self.at, "signal"))

    def strategy(self, side: str, now: str, size: str, before: str = "", size_before: str = "") -> None:
        before_size = D(size_before) if size_before else None
        self.signal(side, standing=Standing(now, D(size), before, before_size))

    def tick(self, price: str, symbol: str = PAIR, **more: Any) -> list[Order]:
        self.at += 1000
        commands = self.hear(PriceTick(symbol, D(price), self.at, **more))
        self.price = D(price)
        return [command.order for command in commands if isinstance(command, PlaceOrder)]

    def trade(self, price: str | None = None) -> None:
        """The exchange takes what was ordered: market orders fill, limits rest, cancels are confirmed."""
        for _ in range(20):
            pending = [order for order in self.live if order.status in ("pending", "canceling")]
            if not pending:
                return
            for order in pending:
                if order.status == "canceling":
                    self.hear(OrderCanceled(order.client_id, self.at))
                elif order.type is OrderType.LIMIT:
                    self.hear(OrderAccepted(order.client_id, "x" + order.client_id[-6:], self.at))
                else:
                    at_price = D(price) if price else self.price
                    self.trades += 1
                    fee = at_price * order.remaining * self.market.taker_fee
                    fill = Fill(f"t{self.trades}", at_price, order.remaining, fee, at=self.at)
                    self.hear(OrderFilled(order.client_id, fill, self.at))

    @property
    def live(self) -> tuple[Order, ...]:
        return tuple(order for deal in self.bot.deals(self.state) for order in deal.live_orders)

    @property
    def deal(self) -> Deal:
        (deal,) = self.bot.deals(self.state)
        return deal

    @property
    def held(self) -> Decimal:
        return sum((deal.held for deal in self.bot.deals(self.state)), D(0))

    def entered(self, price: str = "100", action: str = "buy", **more: Any) -> "Alerts":
        self.signal(action, **more)
        self.tick(price)
        self.trade()
        return self


def custom(**parts: Any) -> Alerts:
    return Alerts(bot_settings(mode="custom", **parts))


# --- one position


def test_B_11_a_buy_enters_at_the_next_price_and_a_sell_exits() -> None:
    talk = Alerts(bot_settings())
    talk.signal("buy")
    assert talk.live == ()
    assert str(talk.bot.why(talk.state, PAIR, talk.at, D(100)).code) == "why_signal_waits"
    assert talk.bot.watch(talk.state, PAIR).wants_open
    (order,) = talk.tick("100")
    assert (order.role, order.side, order.type, order.amount) == (Role.BASE, Side.BUY, OrderType.MARKET, D("1"))
    talk.trade()
    assert talk.deal.status is DealStatus.OPEN
    assert talk.bot.why(talk.state, PAIR, talk.at, D(100)).code == "why_waits_exit_signal"
    talk.signal("sell")
    talk.trade("110")
    (done,) = talk.closed
    assert done.status is DealStatus.CLOSED_BY_USER
    assert done.profit > 0
    assert "signal_closed" in talk.told
    assert talk.bot.deals(talk.state) == ()
    assert talk.bot.why(talk.state, PAIR, talk.at, D(100)).code == "why_waits_for_signal"
    assert talk.problems == []


def test_a_strategy_goes_flat_whatever_the_side_of_its_order() -> None:
    talk = Alerts(bot_settings())
    talk.strategy("buy", "long", "1", "flat", "0")
    talk.tick("100")
    talk.trade()
    talk.strategy("sell", "flat", "0", "long", "1")
    talk.trade("101")
    assert len(talk.closed) == 1


def test_a_strategy_that_shrinks_its_position_sells_the_same_part_of_ours() -> None:
    talk = Alerts(bot_settings())
    talk.strategy("buy", "long", "4", "flat", "0")
    talk.tick("100")
    talk.trade()
    talk.strategy("sell", "long", "3", "long", "4")
    talk.trade()
    assert talk.held == D("0.75")
    assert "signal_reduced" in talk.told
    talk.strategy("sell", "long", "1", "long", "3")
    talk.trade()
    assert talk.held == D("0.25")
    talk.strategy("sell", "flat", "0", "long", "1")
    talk.trade()
    assert len(talk.closed) == 1


def test_a_strategy_that_grows_enters_again_as_often_as_it_may() -> None:
    talk = Alerts(bot_settings(entry={"volume": "100", "max_entries": 2, "min_distance_percent": "2"}))
    talk.strategy("buy", "long", "1", "flat", "0")
    talk.tick("100")
    talk.trade()
    talk.strategy("buy", "long", "2", "long", "1")
    assert talk.tick("99") == []
    assert talk.problems == ["signal_too_near"]
    talk.strategy("buy", "long", "2", "long", "1")
    (order,) = talk.tick("98")
    assert (order.role, order.amount) == (Role.MANUAL, D("1.0205"))
    talk.trade()
    assert "signal_added" in talk.told
    talk.strategy("buy", "long", "3", "long", "2")
    assert talk.problems[-1] == "signal_max_entries"
    assert talk.bot.funds_needed(talk.state, PAIR, D(98)) == 0


def test_two_entries_before_a_price_are_one() -> None:
    talk = Alerts(bot_settings())
    talk.signal("buy")
    talk.signal("buy")
    assert len(talk.tick("100")) == 1
    assert len(talk.bot.deals(talk.state)) == 1


def test_a_second_entry_that_waited_may_meet_the_limit_at_the_price() -> None:
    talk = Alerts(bot_settings(entry={"volume": "100", "max_entries": 2})).entered()
    talk.signal("buy")
    talk.tick("101")
    talk.trade()
    state = talk.state
    talk.signal("buy")
    assert talk.problems == ["signal_max_entries"]
    talk.state = state.with_entry(replace(Alerts(bot_settings()).state.entry(PAIR) or _entry(talk)))
    assert talk.tick("102") == []
    assert talk.problems == ["signal_max_entries", "signal_max_entries"]


def _entry(talk: Alerts) -> Any:
    from desktop_app.core.strategies.signal_state import WaitingEntry

    return WaitingEntry(PAIR, Direction.LONG, D(100), "quote", talk.at + 60_000)


def test_exits_in_parts_sell_a_part_each_and_the_last_one_the_rest() -> None:
    talk = custom(exit_parts=3).entered(action="enter_long")
    for left in ("0.6667", "0.3334"):
        talk.signal("exit_long")
        talk.trade()
        assert talk.held == D(left)
    talk.signal("exit_long")
    talk.trade()
    assert len(talk.closed) == 1


def test_two_exits_in_a_row_sell_two_parts() -> None:
    talk = custom(exit_parts=4).entered(action="enter_long")
    talk.signal("exit_long")
    talk.signal("exit_long")
    talk.trade()
    assert talk.held == D("0.5")


def test_a_signal_may_say_which_part_it_exits() -> None:
    talk = custom().entered(action="enter_long")
    talk.signal("exit_long", size=Size(D(25), "position"))
    talk.trade()
    assert talk.held == D("0.75")
    talk.signal("exit_long", size=Size(D(99), "position"))
    talk.trade()
    assert len(talk.closed) == 1, "a rest that nobody would take is sold with it"


def test_an_exit_withdraws_an_entry_that_waits() -> None:
    talk = Alerts(bot_settings())
    talk.signal("buy")
    talk.signal("sell")
    assert talk.told == ["signal_enters", "signal_withdrawn"]
    assert talk.tick("100") == []


def test_an_exit_without_a_position_is_told() -> None:
    talk = Alerts(bot_settings())
    talk.strategy("sell", "flat", "0", "long", "1")
    talk.signal("sell")
    assert talk.problems == ["signal_nothing_to_exit", "signal_other_direction"]
    other = custom()
    other.signal("exit_short")
    assert other.problems == ["signal_nothing_to_exit"]


# --- two directions


def test_an_opposite_entry_only_ends_the_position_unless_reversing() -> None:
    talk = custom(direction="both").entered(action="enter_long")
    talk.signal("enter_short")
    talk.trade()
    talk.tick("100")
    assert len(talk.closed) == 1
    assert talk.bot.deals(talk.state) == ()


def test_a_reversal_waits_until_the_old_position_is_gone() -> None:
    talk = custom(direction="both", reverse=True)
    talk.hear(FundsSeen((("BTC", D(5)), ("USDT", D(1000))), talk.at))
    talk.entered(action="enter_long")
    talk.signal("enter_short")
    assert talk.tick("101") == [], "the long is still being closed"
    talk.trade()
    assert len(talk.closed) == 1
    (order,) = talk.tick("102")
    assert (order.role, order.side) == (Role.BASE, Side.SELL)
    talk.trade()
    assert talk.deal.direction is Direction.SHORT


def test_a_strategy_reverses_by_one_order() -> None:
    talk = Alerts(bot_settings(direction="both", reverse=True))
    talk.strategy("buy", "long", "1", "flat", "0")
    talk.tick("100")
    talk.trade()
    talk.strategy("sell", "short", "1", "long", "1")
    talk.trade()
    talk.tick("99")
    talk.trade()
    assert talk.deal.direction is Direction.SHORT
    talk.signal("buy")
    talk.trade("98")
    talk.tick("98")
    talk.trade()
    assert str(talk.deal.direction) == "long"


def test_a_bot_of_one_direction_ends_its_position_where_a_strategy_turns() -> None:
    talk = Alerts(bot_settings())
    talk.strategy("buy", "long", "1", "flat", "0")
    talk.tick("100")
    talk.trade()
    talk.strategy("sell", "short", "1", "long", "1")
    talk.trade()
    talk.tick("99")
    assert len(talk.closed) == 1
    assert talk.bot.deals(talk.state) == ()


def test_a_short_needs_the_coins_that_it_sells() -> None:
    talk = custom(direction="short")
    talk.hear(FundsSeen((("BTC", D("0.5")),), talk.at))
    talk.signal("enter_short")
    assert talk.tick("100") == []
    assert talk.problems == ["signal_no_coins"]
    talk.hear(FundsSeen((("BTC", D("1")),), talk.at))
    talk.entered(action="enter_short")
    assert talk.deal.direction is Direction.SHORT
    talk.signal("exit_short")
    talk.trade("90")
    assert talk.closed[0].profit > 0


def test_a_person_may_start_a_deal_of_the_bots_direction() -> None:
    talk = custom(direction="short")
    talk.hear(UserAsked(StartDeal(PAIR), talk.at))
    (order,) = talk.tick("100")
    assert order.side is Side.SELL
    talk.hear(UserAsked(StartDeal("ETH/USDT"), talk.at))
    assert talk.problems == ["pair_not_traded"]


# --- sizes and exits that a signal brings


def test_a_size_from_the_signal_counts_only_where_the_bot_takes_it_and_up_to_its_largest() -> None:
    size = Size(D(500), "quote")
    talk = Alerts(bot_settings())
    talk.signal("buy", size=size)
    assert talk.tick("100")[0].amount == D(1)
    entry = {"volume": "100", "size_from_signal": True, "max_volume": "300"}
    for given, amount in (
        (size, "3"),
        (Size(D(200), "quote"), "2"),
        (Size(D("2.5"), "base"), "2.5"),
        (Size(D(50), "percent"), "3"),
        (Size(D(10), "percent"), "1"),
        (Size(D(10), "position"), "1"),
    ):
        other = Alerts(bot_settings(entry=entry))
        other.hear(FundsSeen((("USDT", D(1000)),), other.at))
        other.signal("buy", size=given)
        assert other.tick("100")[0].amount == D(amount), given
    taking = Alerts(bot_settings(entry=entry))
    assert taking.bot.funds_needed(taking.state, PAIR, D(100)) == D("300.3")


def test_a_reversal_orders_what_the_strategy_holds_afterwards() -> None:
    entry = {"volume": "100", "size_from_signal": True, "max_volume": "1000"}
    talk = Alerts(bot_settings(entry=entry, direction="both", reverse=True))
    talk.signal("buy", standing=Standing("long", D(2), "short", D(3)), size=Size(D(5), "base"))
    assert talk.tick("100")[0].amount == D(2)


def test_exits_from_the_signal_replace_the_bots_own() -> None:
    talk = custom(exits_from_signal=True, take_profit={"percent": "5"}, stop_loss={"percent": "5"})
    talk.entered(action="enter_long", take_profit=((D(1), D(50)), (D(2), D(50))), stop_loss=D(3))
    assert len(talk.deal.take_profits) == 2
    assert talk.deal.stop_loss == talk.deal.average * D("0.97")
    ignoring = custom(take_profit={"percent": "5"}).entered(action="enter_long", take_profit=((D(1), D(100)),))
    assert ignoring.deal.take_profits == (D("105.22"),)


def test_shares_that_do_not_add_up_are_refused() -> None:
    talk = custom(exits_from_signal=True)
    talk.signal("enter_long", take_profit=((D(1), D(50)), (D(2), D(20))))
    assert talk.problems == ["signal_bad_steps"]
    assert talk.tick("100") == []


@pytest.mark.parametrize("amount", ["0.001234567890123456", "3.333333333333333333"])
@pytest.mark.parametrize("unit", ["base", "percent"])
def test_a_size_with_many_decimals_is_traded_as_far_as_the_market_counts(amount: str, unit: str) -> None:
    talk = custom(entry={"volume": "50", "size_from_signal": True, "max_volume": "100", "max_entries": 2})
    talk.hear(FundsSeen((("USDT", D("1000.12345678")),), talk.at))
    for price in ("40000.12", "30000.34"):
        talk.entered(price, "enter_long", size=Size(D(amount), unit))
    cost = sum((order.cost for deal in talk.bot.deals(talk.state) for order in deal.orders), D(0))
    assert D(1) < cost <= D(210) or talk.problems


def test_a_size_of_next_to_nothing_adds_nothing() -> None:
    talk = custom(entry={"volume": "50", "size_from_signal": True, "max_volume": "100", "max_entries": 3}).entered(
        action="enter_long"
    )
    before = talk.held
    talk.entered(action="enter_long", size=Size(D("1e-17"), "quote"))
    assert talk.problems and talk.held == before


def test_a_stop_in_percent_from_the_signal_stands_in_for_one_by_price() -> None:
    talk = custom(exits_from_signal=True, stop_loss={"price": "90", "type": "limit", "limit_price": "89"})
    talk.entered(action="enter_long", stop_loss=D(3))
    assert talk.deal.stop_loss == talk.deal.average * D("0.97")


def test_take_profit_stop_loss_and_trailing_are_those_of_a_dca_deal() -> None:
    talk = custom(stop_loss={"percent": "2"}, take_profit={"percent": "3", "trailing_deviation": "1"})
    talk.entered(action="enter_long")
    assert talk.bot.watch(talk.state, PAIR).below == talk.deal.stop_loss
    talk.tick("97")
    talk.trade()
    assert talk.closed[0].status is DealStatus.STOPPED_OUT


# --- when nothing is entered


def test_an_entry_that_finds_no_price_in_time_is_dropped() -> None:
    talk = Alerts(bot_settings(max_lag_seconds=60))
    talk.signal("buy")
    assert talk.tick("100", opens=False) == [], "no new risk just now"
    assert talk.tick("100", may_begin=False) == [], "the account has no room"
    talk.at += 61_000
    assert talk.tick("100") == []
    assert talk.problems == ["signal_ran_out"]
    assert talk.tick("100") == []


def test_reasons_not_to_enter_are_told() -> None:
    talk = Alerts(bot_settings(limits={"max_price": "90"}))
    talk.signal("buy")
    talk.tick("100", quote_volume_24h=D(5))
    small = Alerts(bot_settings(entry={"volume": "1"}))
    small.signal("buy")
    small.tick("100")
    thin = Alerts(bot_settings(limits={"min_quote_volume_24h": "10"}))
    thin.signal("buy")
    thin.tick("100")
    assert (talk.problems, small.problems, thin.problems) == (
        ["signal_filtered"],
        ["signal_too_small"],
        ["signal_filtered"],
    )


def test_a_pause_and_the_most_deals_hold_for_signals_too() -> None:
    two = ["BTC/USDT", "ETH/USDT"]
    talk = Alerts(bot_settings(pairs=two, limits={"cooldown_seconds": 60})).entered()
    talk.signal("buy", "ETH/USDT")
    assert talk.problems == ["signal_no_room"]
    talk.signal("sell")
    talk.trade()
    talk.signal("buy")
    assert talk.problems[-1] == "signal_pause"
    talk.at += 60_000
    talk.signal("buy")
    talk.signal("buy", "ETH/USDT")
    talk.tick("100")
    talk.trade()
    talk.tick("100", "ETH/USDT")
    assert talk.problems[-1] == "signal_no_room"
    talk.hear(UserAsked(PauseBot(), talk.at))
    talk.signal("buy", "ETH/USDT")
    assert talk.problems[-1] == "signal_no_room"


def test_actions_of_the_other_mode_are_refused() -> None:
    talk = Alerts(bot_settings())
    talk.signal("enter_long")
    other = custom()
    other.signal("buy")
    assert talk.problems == other.problems == ["signal_other_mode"]


def test_a_pair_without_a_market_opens_nothing() -> None:
    talk = Alerts(bot_settings())
    talk.bot = SignalBot(BotIdentity(7), talk.settings, {})
    talk.signal("buy")
    assert talk.tick("100") == []
    assert talk.problems == ["why_no_market"]


# --- the actions that every kind with deals has


def test_disable_pauses_and_exits_go_on() -> None:
    talk = custom().entered(action="enter_long")
    talk.signal("disable")
    talk.signal("exit_long")
    talk.trade()
    assert len(talk.closed) == 1
    talk.signal("enter_long")
    assert talk.problems == ["signal_no_room"]


def test_deal_actions_work_on_signal_bots() -> None:
    talk = custom().entered(action="start_deal")
    talk.signal("add_funds", size=Size(D(10), "quote"))
    assert talk.problems == ["signal_not_for_kind"]
    talk.signal("cancel_deal")
    talk.trade()
    assert talk.closed[0].status is DealStatus.CANCELLED
    assert "signal_cancelled" in talk.told
    talk.signal("close_all")
    assert talk.problems[-1] == "signal_without_deal"


def test_a_running_deal_takes_over_new_settings_of_the_bot() -> None:
    talk = custom().entered(action="enter_long")
    changed = bot_settings(mode="custom", stop_loss={"percent": "1"})
    talk.hear(UserAsked(EditDeal(1, changed.model_dump_json()), talk.at))
    assert talk.deal.stop_loss == talk.deal.average * D("0.99")
    deal_settings = talk.bot.deal_settings(talk.state, 1)
    assert deal_settings is not None
    assert talk.bot.deal_settings("no state", 1) is None
    talk.hear(UserAsked(EditDeal(1, deal_settings.model_dump_json()), talk.at))
    talk.hear(UserAsked(EditDeal(9, changed.model_dump_json()), talk.at))
    assert talk.problems == ["no_such_deal"]
    talk.hear(UserAsked(CloseDeal(1), talk.at))
    talk.trade()
    assert talk.told[-2:] != ["signal_closed"], "this was the person"


def test_a_bot_that_had_enough_is_done_only_when_nothing_waits() -> None:
    talk = Alerts(bot_settings(limits={"stop_after_deals": 1}))
    assert not talk.bot.is_done(talk.state)
    talk.entered()
    talk.signal("sell")
    talk.trade()
    assert talk.bot.is_done(talk.state)
    assert talk.bot.funds_needed(talk.state, PAIR, D(100)) == 0


def test_the_state_survives_being_written_down() -> None:
    talk = custom(direction="both", exits_from_signal=True)
    talk.entered(action="enter_long", take_profit=((D(1), D(100)),))
    talk.signal("enter_short", take_profit=((D(1), D(100)),), stop_loss=D(2))
    assert KINDS["signal"].state is SignalState
    reader = TypeAdapter(SignalState)
    assert reader.validate_json(reader.dump_json(talk.state)) == talk.state
    assert talk.bot.wake_at(talk.state) is None
    assert talk.bot.symbols == (PAIR,)
    assert talk.bot.bot_id == 7


@pytest.mark.parametrize(
    ("parts", "place"),
    [
        ({"entry": {"volume": "100", "size_from_signal": True}}, "max_volume"),
        ({"entry": {"volume": "101", "volume_unit": "percent"}}, "volume"),
        ({"reverse": True}, "reverse"),
        ({"limits": {"start_delay_seconds": 5}}, "start_delay_seconds"),
        ({"max_lag_seconds": 0}, "max_lag_seconds"),
        ({"mode": "both"}, "mode"),
    ],
)
def test_settings_that_cannot_be_are_refused(parts: Mapping[str, Any], place: str) -> None:
    with pytest.raises(ValidationError, match=place):
        bot_settings(**parts)


# --- rare turns


def test_what_further_entries_take_is_reserved() -> None:
    talk = Alerts(bot_settings(entry={"volume": "100", "max_entries": 3}))
    assert talk.bot.funds_needed(talk.state, PAIR, D(100)) == D("300.3")
    talk.entered()
    assert talk.bot.funds_needed(talk.state, PAIR, D(100)) == D("200.2")
    short = custom(direction="short")
    assert short.bot.funds_needed(short.state, PAIR, D(100)) == 0


def test_an_entry_waits_until_the_deal_before_is_closed() -> None:
    talk = custom().entered(action="enter_long")
    talk.signal("exit_long")
    talk.state = talk.state.with_entry(_entry(talk))
    assert talk.tick("100") == []
    talk.trade()
    assert [order.role for order in talk.tick("100")] == [Role.BASE]


def test_a_deal_that_ends_at_the_price_of_an_entry_takes_none() -> None:
    talk = custom(stop_loss={"percent": 2}, entry={"volume": "100", "max_entries": 2}).entered(action="enter_long")
    talk.signal("enter_long")
    talk.tick("90")
    assert talk.problems == ["signal_no_room"]
    talk.trade()
    assert talk.closed[0].status is DealStatus.STOPPED_OUT


def test_an_entry_too_small_for_the_exchange_does_not_count() -> None:
    talk = custom(entry={"volume": "50", "volume_unit": "percent", "max_entries": 2})
    talk.hear(FundsSeen((("USDT", D(100)),), talk.at))
    talk.entered(action="enter_long")
    talk.hear(FundsSeen((("USDT", D(2)),), talk.at))
    talk.signal("enter_long")
    talk.tick("100")
    assert talk.problems == ["add_too_small"]
    assert talk.state.mark(1).entries == 1


def test_a_short_grows_by_what_is_free_of_its_coin() -> None:
    talk = custom(direction="short", entry={"volume": "50", "volume_unit": "percent", "max_entries": 2})
    talk.hear(FundsSeen((("BTC", D(4)),), talk.at))
    talk.entered(action="enter_short")
    assert talk.held == D(2)
    talk.hear(FundsSeen((("BTC", D(2)),), talk.at))
    talk.signal("enter_short")
    (order,) = talk.tick("100")
    assert (order.side, order.amount) == (Side.SELL, D(1))


def test_a_deal_that_does_not_open_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    talk = Alerts(bot_settings())
    monkeypatch.setattr("desktop_app.core.strategies.dca_open.opening", lambda *_: None)
    talk.signal("buy")
    assert talk.tick("100") == []
    assert talk.problems == ["signal_no_room"]
    assert talk.bot.deals(talk.state) == ()


def _read(talk: Alerts, outcome: Outcome) -> None:
    (condition,) = conditions_of(talk.bot, talk.state, PAIR)
    reading = Reading(condition.key(), outcome, D(40), D(30), 20)
    talk.hear(ConditionsRead(PAIR, (reading,), talk.at))


def test_conditions_filter_entries_and_may_exit() -> None:
    calm = {"all": [{"indicator": "rsi", "timeframe": "5m", "trigger": "less_than", "value": 30}]}
    talk = Alerts(bot_settings(limits={"on_conditions": calm}))
    talk.signal("buy")
    assert talk.problems == ["signal_no_room"]
    _read(talk, Outcome.YES)
    talk.entered()
    assert talk.deal.status is DealStatus.OPEN
    leaving = Alerts(bot_settings(take_profit={"on_conditions": calm})).entered()
    _read(leaving, Outcome.YES)
    leaving.tick("110")
    leaving.trade()
    assert leaving.closed[0].profit > 0
    assert conditions_of(Alerts(bot_settings()).bot, "no state", PAIR) == ()


def test_further_entries_stay_within_the_funds_of_all_deals() -> None:
    talk = Alerts(bot_settings(entry={"volume": "100", "max_entries": 5}, limits={"max_funds": "250"})).entered()
    for _ in range(2):
        talk.signal("buy")
        talk.tick("100")
        talk.trade()
    assert talk.problems == ["signal_no_room"]
    assert talk.held == D(2)
