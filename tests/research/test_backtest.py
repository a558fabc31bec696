"""The reference backtest: toy bots and real ones over candles made for the purpose."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from desktop_app.core.columns import Candles
from desktop_app.core.commands import CancelOrder, Command, PlaceOrder, Tell
from desktop_app.core.deal import Deal, DealStatus, Direction
from desktop_app.core.events import Event, FundsSeen, OrderCanceled, OrderFilled, OrderRejected, PriceTick
from desktop_app.core.market import ZERO, FeeCurrency, Market
from desktop_app.core.order import Order, OrderType, Role, Side
from desktop_app.core.said import Said, said
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategy import Step, Watch
from desktop_app.research.backtest import (
    BacktestRefused,
    BacktestResult,
    BacktestRules,
    Trade,
    run_backtest,
)
from desktop_app.research.trial import try_settings

D = Decimal
PAIR = "BTC/USDT"
MARKET = Market(PAIR, "BTC", "USDT", D("0.01"), D("0.0001"))
FREE = replace(MARKET, maker_fee=ZERO, taker_fee=ZERO, amount_step=D("0.00000001"))
MINUTE = 60_000
START = 1_700_000_040_000


def candles(*rows: Sequence[str | float], at: Sequence[int] | None = None) -> Candles:
    """Rows of open, high, low, close; or a single price that does not move."""
    full = [tuple(map(float, row)) if len(row) == 4 else (float(row[0]),) * 4 for row in rows]
    opens, highs, lows, closes = np.array(full).T
    numbers = range(len(rows)) if at is None else at
    times = np.array([START + number * MINUTE for number in numbers], dtype=np.int64)
    return Candles(times, opens, highs, lows, closes, np.ones(len(rows)))


def flat(*prices: str) -> Candles:
    return candles(*([price] for price in prices))


# --- a toy ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Memory:
    deal: Deal | None = None
    heard: tuple[Event, ...] = ()
    next_at: int = 0


@dataclass(frozen=True, slots=True)
class Toy:
    """Buys at the open, sells 1 higher at a limit, and replaces that once by one 2 higher."""

    amount: str = "1"
    order_price: str | None = None
    order_type: OrderType = OrderType.MARKET
    base_role: Role = Role.BASE

    @property
    def bot_id(self) -> int:
        return 1

    @property
    def symbols(self) -> tuple[str, ...]:
        return (PAIR,)

    def first_state(self, at: int) -> Memory:
        return Memory()

    def on_event(self, state: Memory, event: Event) -> Step[Memory]:
        state = replace(state, heard=(*state.heard, event))
        if isinstance(event, PriceTick) and event.opens and state.deal is None and event.at >= state.next_at:
            deal = Deal(len(state.heard), PAIR, Direction.LONG, DealStatus.OPEN, event.at)
            price = D(self.order_price) if self.order_price else None
            base = Order(f"b{deal.number}", PAIR, self.base_role, 0, Side.BUY, self.order_type, D(self.amount), price)
            return self._with(state, replace(deal, orders=(base,)), PlaceOrder(base, deal.number))
        if isinstance(event, OrderFilled) and state.deal is not None:
            return self._filled(state, state.deal, event)
        if isinstance(event, OrderCanceled) and state.deal is not None:
            deal = state.deal
            return self._with(state, deal, Tell(said("moved")), self._sell(deal, "2", 2))
        if isinstance(event, OrderRejected):
            return Step(state, (Tell(said("refused", reason=event.reason), is_problem=True),))
        return Step(state)

    def _filled(self, state: Memory, deal: Deal, event: OrderFilled) -> Step[Memory]:
        order = deal.order(event.client_id)
        assert order is not None
        filled = order.with_fill(event.fill)
        position = deal.position.with_fill(event.fill, is_entry=order.side is Side.BUY)
        orders = tuple(filled if one is order else one for one in deal.orders)
        deal = replace(deal, orders=orders, position=position)
        if order.side is Side.SELL:
            over = replace(deal, status=DealStatus.COMPLETED, closed_at=event.fill.at)
            return Step(replace(state, deal=None, next_at=event.bar_end), closed=(over,))
        first = self._sell(deal, "1", 1)
        return self._with(state, deal, first, CancelOrder(first.order.client_id, PAIR, deal.number))

    def _sell(self, deal: Deal, more: str, index: int) -> PlaceOrder:
        price = deal.position.entry_quote / deal.position.entry_amount + D(more)
        order = Order(
            f"s{deal.number}-{index}", PAIR, Role.TAKE_PROFIT, 1, Side.SELL, OrderType.LIMIT, D(self.amount), price
        )
        return PlaceOrder(order, deal.number)

    def _with(self, state: Memory, deal: Deal, *commands: Command) -> Step[Memory]:
        new = tuple(command.order for command in commands if isinstance(command, PlaceOrder))
        known = tuple(order for order in deal.orders if order not in new)
        return Step(replace(state, deal=replace(deal, orders=(*known, *new))), commands)

    def watch(self, state: Memory, symbol: str) -> Watch:
        return Watch(wants_open=state.deal is None, opens_after=state.next_at)

    def wake_at(self, state: Memory) -> int | None:
        return None

    def deals(self, state: Memory) -> tuple[Deal, ...]:
        return () if state.deal is None else (state.deal,)

    def why(self, state: Memory, symbol: str, at: int, price: Decimal | None) -> Said:
        return said("toy")

    def funds_needed(self, state: Memory, symbol: str, price: Decimal) -> Decimal:
        return price * D(self.amount)

    def is_done(self, state: Memory) -> bool:
        return False


RULES = BacktestRules(MINUTE)


def test_a_toy_bot_trades_and_its_trades_add_up() -> None:
    result = run_backtest(Toy(), candles(["100"], ["100", "100.5", "99", "100"]), FREE, RULES, name="toy")

    (deal,) = result.deals
    assert (deal.status, deal.closed_at) == (DealStatus.OPEN, 0)
    assert [(trade.index, trade.fill.price) for trade in result.trades] == [(0, D(100))]
    assert (result.bot, result.funds, result.most_funds_used, result.is_complete) == ("toy", D(100), D(100), True)


def test_cancels_go_before_places_as_they_do_live() -> None:
    """The toy places and cancels in one answer; live the cancel would be sent first and miss."""
    result = run_backtest(Toy(), flat("100", "101"), FREE, RULES)

    assert [(trade.index, trade.fill.price) for trade in result.trades] == [(0, D(100)), (1, D(101))]
    assert [deal.profit for deal in result.deals] == [D(1)]


def test_a_closed_deal_is_followed_by_the_next_at_the_next_open() -> None:
    result = run_backtest(Toy(), candles(["100"], ["100", "101", "100", "101"], ["105"]), FREE, RULES)

    assert [(deal.opened_at, deal.closed_at) for deal in result.deals] == [
        (START, START + MINUTE),
        (START + 2 * MINUTE, 0),
    ]


def test_money_is_booked_per_trade() -> None:
    market = replace(MARKET, fee_currency=FeeCurrency.RECEIVED)
    result = run_backtest(Toy(), flat("100", "101"), market, RULES)

    bought, sold = result.trades
    assert (bought.quote, bought.base) == (D(-100), D("0.999"))
    assert (sold.quote, sold.base) == (D("100.899"), D(-1))
    paid = Trade(0, 1, "x", Side.BUY, replace(bought.fill, coin_fee=ZERO))
    assert paid.quote == D("-100.1")


def test_what_the_account_cannot_pay_is_refused_and_told() -> None:
    result = run_backtest(Toy(), flat("100", "100"), FREE, replace(RULES, balance=D(99)))

    assert (result.deals, result.trades, result.funds) == ((), (), D(99))
    assert [tell.said["reason"] for tell in result.told_problems] == ["insufficient funds"]


@pytest.mark.parametrize(
    ("toy", "place", "least"),
    [
        (Toy(amount="0.01"), "base_order.volume", D(5)),
        (Toy(amount="0.04", order_type=OrderType.LIMIT, order_price="99"), "base_order.volume", D("5.0094")),
        (Toy(amount="0.01", base_role=Role.SAFETY), "safety_orders[0]", D(5)),
    ],
)
def test_an_order_of_the_ladder_under_the_minimum_refuses_the_backtest(toy: Toy, place: str, least: Decimal) -> None:
    with pytest.raises(BacktestRefused) as refused:
        run_backtest(toy, flat("100"), MARKET, RULES)

    (problem,) = refused.value.problems
    assert (problem.place, problem.reason["least"]) == (place, least)


def test_other_orders_under_the_minimum_are_the_bots_affair() -> None:
    result = run_backtest(Toy(amount="0.01", base_role=Role.CLOSE), flat("100"), MARKET, RULES)

    assert len(result.told_problems) == 1


def test_progress_is_told_and_can_stop_the_run() -> None:
    seen: list[tuple[int, int]] = []

    def go_on(done: int, total: int) -> bool:
        seen.append((done, total))
        return len(seen) < 3

    prices = [str(100 + number) for number in range(600)]
    stopped = run_backtest(Toy(), flat(*prices), FREE, RULES, progress=go_on)

    assert not stopped.is_complete
    assert stopped.candles_done == seen[-1][0] < 600
    seen.clear()
    whole = run_backtest(Toy(), flat(*prices[:2]), FREE, RULES, progress=go_on)
    assert seen[-1] == (2, 2)
    assert whole.is_complete


# --- DCA bots ---------------------------------------------------------------------------------------------------------


def dca(**parts: Any) -> DcaSettings:
    given: dict[str, Any] = {
        "name": "test",
        "account": "demo",
        "pairs": [PAIR],
        "base_order": {"volume": "100"},
        "take_profit": {"percent": "2"},
    }
    return DcaSettings.model_validate(given | parts)


LADDER = {
    "volume": "15",
    "price_deviation": "1",
    "step_scale": "4",
    "volume_scale": "1.7",
    "max_count": 3,
    "max_active": 3,
}


def play(settings: DcaSettings, past: Candles, market: Market = MARKET, rules: BacktestRules = RULES) -> BacktestResult:
    return try_settings(settings, past, market, rules)


def orders(result: BacktestResult, deal: int = 0) -> list[tuple[str, int, Decimal, Decimal]]:
    """(role, index, price, amount) of the fills of a deal."""
    numbered = result.deals[deal].number
    of_deal = [trade for trade in result.trades if trade.deal == numbered]
    by_id = {order.client_id: order for order in result.deals[deal].orders}
    return [
        (by_id[trade.client_id].role.value, by_id[trade.client_id].index, trade.fill.price, trade.fill.amount)
        for trade in of_deal
    ]


SCENARIO_A = dca(
    base_order={"volume": "100", "type": "limit"},
    safety_orders=LADDER,
    take_profit={
        "steps": [
            {"percent": "2", "share": "40"},
            {"percent": "3", "share": "50"},
            {"percent": "4", "share": "10"},
        ]
    },
    stop_loss={"percent": "4"},
)


def test_scenario_a_marks_the_open_deal_to_the_last_close() -> None:
    result = play(SCENARIO_A, candles(["3095.4", "3095.4", "3079.65", "3079.65"]))

    assert orders(result) == [("base", 0, D("3095.4"), D("0.0324"))]
    (deal,) = result.deals
    assert deal.average == D("3098.4954")
    assert deal.position.worth(Direction.LONG, D("3079.65"), MARKET.taker_fee) == D("-0.71037162")


def test_scenario_a_sells_its_three_steps_on_the_way_up() -> None:
    result = play(SCENARIO_A, candles(["3095.4", "3300", "3095.4", "3300"]))

    assert orders(result)[1:] == [
        ("take_profit", 1, D("3163.63"), D("0.0129")),
        ("take_profit", 2, D("3194.65"), D("0.0162")),
        ("take_profit", 3, D("3225.67"), D("0.0033")),
    ]
    assert result.deals[0].status is DealStatus.COMPLETED


def test_scenario_a_buys_its_rung_and_stops_at_the_unrounded_level() -> None:
    result = play(SCENARIO_A, candles(["3095.4", "3095.4", "2900", "2900"]))

    assert orders(result)[1:] == [
        ("safety", 1, D("3067.51"), D("0.0049")),
        ("stop_loss", 0, D("2974.555584"), D("0.0373")),
    ]
    assert result.deals[0].status is DealStatus.STOPPED_OUT


def test_scenario_a_fills_three_rungs_without_a_stop() -> None:
    settings = SCENARIO_A.model_copy(update={"stop_loss": dca().stop_loss})
    result = play(settings, candles(["3095.4", "3095.4", "2400", "2400"]))

    assert orders(result)[1:] == [
        ("safety", 1, D("3067.51"), D("0.0049")),
        ("safety", 2, D("2943.57"), D("0.0087")),
        ("safety", 3, D("2447.81"), D("0.0178")),
    ]


def test_scenario_c_percentages_refer_to_the_funds_needed() -> None:
    ladder = {"volume": "140", "price_deviation": "2", "step_scale": "1.5", "volume_scale": "1.4", "max_count": 4}

    assert play(dca(safety_orders=ladder), flat("100")).funds == D("1094.56")


@pytest.mark.parametrize(
    ("low", "average", "target"),
    [
        ("99", "99.868421", "101.865789"),
        ("95", "98.948107", "100.927070"),
        ("79", "93.387904", "95.255662"),
    ],
)
def test_scenario_d_averages_down_without_fees(low: str, average: str, target: str) -> None:
    result = play(dca(safety_orders=LADDER), candles(["100", "100", low, low]), FREE)

    (deal,) = result.deals
    assert abs(deal.average - D(average)) < D("0.000002")
    assert deal.take_profits == (FREE.price_up(D(target)),)


def test_scenario_e_reinvests_closed_profit() -> None:
    settings = dca(take_profit={"percent": "10"}, stop_loss={"percent": "10"}, reinvest_percent="100")
    result = play(settings, flat("100", "110", "110", "90", "100", "150", "100"), FREE)

    assert [deal.profit for deal in result.deals[:3]] == [D(10), D(-20), D(50)]
    assert [deal.position.entry_quote for deal in result.deals] == [D(100), D(110), D(100), D(140)]


def test_the_next_deal_opens_at_the_next_open_counted_from_the_end_of_the_candle() -> None:
    past = candles(["100"], ["100", "103", "100", "102"], *[["102"]] * 4)

    assert [deal.opened_at for deal in play(dca(), past, FREE).deals] == [START, START + 2 * MINUTE]
    slow = dca(limits={"cooldown_seconds": 90})
    assert [deal.opened_at for deal in play(slow, past, FREE).deals] == [START, START + 4 * MINUTE]


def test_a_deal_that_ends_in_a_jump_is_followed_one_candle_later() -> None:
    result = play(dca(), flat("100", "110", "110"), FREE)

    assert [(deal.opened_at, deal.closed_at) for deal in result.deals] == [
        (START, START + MINUTE),
        (START + 2 * MINUTE, 0),
    ]


def test_a_deal_that_ends_in_a_jump_with_orders_still_resting_is_followed_one_candle_later() -> None:
    settings = dca(safety_orders={"volume": "100", "price_deviation": "2", "max_count": 2})
    result = play(settings, flat("100", "110", "110"), FREE)

    assert [(deal.opened_at, deal.closed_at) for deal in result.deals] == [
        (START, START + MINUTE),
        (START + 2 * MINUTE, 0),
    ]


def test_a_stop_loss_that_waits_acts_at_the_next_open_after_a_gap_if_still_beyond() -> None:
    settings = dca(stop_loss={"percent": "5", "timeout_seconds": 120})
    fell = ["100", "100", "94", "94"]

    still = play(settings, candles(["100"], fell, ["93"], at=[0, 1, 9]), FREE)
    back = play(settings, candles(["100"], fell, ["96"], ["96"], at=[0, 1, 9, 20]), FREE)

    assert orders(still)[1:] == [("stop_loss", 0, D(93), D(1))]
    assert still.deals[0].closed_at == START + 9 * MINUTE
    assert len(orders(back)) == 1


def test_a_limit_base_order_that_did_not_fill_is_priced_anew_at_the_next_open() -> None:
    settings = dca(base_order={"volume": "100", "type": "limit"})
    rules = replace(RULES, fill_through=1)
    result = play(settings, candles(["100"], ["101"], ["101", "101", "100.99", "101"]), FREE, rules)

    assert [(trade.index, trade.fill.price) for trade in result.trades] == [(2, D(101))]


def test_trailing_closes_at_market_below_the_best_price() -> None:
    settings = dca(take_profit={"percent": "2", "trailing_deviation": "1"})
    result = play(settings, candles(["100"], ["100", "110", "100", "108"]), FREE)

    assert orders(result)[1:] == [("take_profit", 1, D("108.9"), D(1))]
    assert result.deals[0].status is DealStatus.COMPLETED


def test_a_timeout_closes_at_the_open_it_is_due_at() -> None:
    result = play(dca(limits={"close_after_seconds": 120}), flat("100", "99", "98", "97"), FREE)

    assert orders(result)[1:] == [("close", 0, D(98), D(1))]
    assert result.deals[0].status is DealStatus.TIMED_OUT


def test_slippage_fees_and_their_currency_come_from_the_rules() -> None:
    rules = replace(RULES, slippage_percent=D(1), fee_percent=D("0.2"), fee_currency=FeeCurrency.RECEIVED)
    result = play(dca(), flat("100"), MARKET, rules)

    (trade,) = result.trades
    assert (trade.fill.price, trade.fill.fee, trade.fill.coin_fee) == (D(101), D("0.202"), D("0.002"))
    assert result.market.maker_fee == D("0.002")


def test_a_short_sells_first_and_takes_the_high_first_on_a_tie() -> None:
    settings = dca(direction="short", safety_orders={"volume": "100", "price_deviation": "2", "max_count": 1})
    result = play(settings, candles(["100", "102", "98", "100"]), FREE, replace(RULES, balance=D(1000)))

    assert [trade.side for trade in result.trades] == [Side.SELL, Side.SELL, Side.BUY]
    assert [order[0] for order in orders(result)] == ["base", "safety", "take_profit"]
    assert result.deals[0].profit > 0


def test_percent_sizes_are_of_the_free_balance_and_need_one() -> None:
    settings = dca(
        base_order={"volume": "10", "volume_unit": "percent"},
        safety_orders={"volume": "10", "volume_unit": "percent", "price_deviation": "1", "max_count": 1},
    )

    result = play(settings, flat("100"), FREE, replace(RULES, balance=D(2000)))
    assert result.trades[0].fill.cost == D(200)
    with pytest.raises(BacktestRefused) as refused:
        play(settings, flat("100"), FREE)
    assert [problem.place for problem in refused.value.problems] == [
        "base_order.volume_unit",
        "safety_orders.volume_unit",
    ]


def test_a_rung_under_the_minimum_cost_is_refused_with_the_number_that_would_do() -> None:
    settings = dca(safety_orders={"volume": "4", "price_deviation": "1", "max_count": 1})

    with pytest.raises(BacktestRefused, match="order_too_small") as refused:
        play(settings, flat("100"))

    (problem,) = refused.value.problems
    assert (problem.place, problem.reason["index"]) == ("safety_orders[1]", 1)
    least = problem.reason["least"]
    assert isinstance(least, Decimal)
    enough = dca(safety_orders={"volume": str(least), "price_deviation": "1", "max_count": 1})
    assert len(play(enough, candles(["100", "100", "98", "98"])).trades) == 2


def test_free_funds_are_seen_before_an_opening_and_only_when_they_changed() -> None:
    seen: list[tuple[str, Decimal]] = []

    class Watching(Toy):
        def on_event(self, state: Memory, event: Event) -> Step[Memory]:
            if isinstance(event, FundsSeen):
                seen.extend(event.free)
            return super().on_event(state, event)

    run_backtest(Watching(), flat("100", "101", "101", "102", "102"), FREE, replace(RULES, balance=D(1000)))

    assert seen == [("USDT", D(1000)), ("BTC", D(0)), ("USDT", D(1001)), ("BTC", D(0)), ("USDT", D(1002))]


def test_the_same_candles_give_the_same_result() -> None:
    generator = np.random.default_rng(3)
    steps = generator.normal(0, 0.4, 3000).round(2)
    closes = (100 + steps.cumsum()).clip(20).round(2)
    opens = np.concatenate([[100.0], closes[:-1]])
    highs = (np.maximum(opens, closes) + generator.uniform(0, 0.5, 3000)).round(2)
    lows = (np.minimum(opens, closes) - generator.uniform(0, 0.5, 3000)).round(2)
    at = START + np.arange(3000, dtype=np.int64) * MINUTE
    past = Candles(at, opens, highs, lows, closes, np.ones(3000))
    settings = dca(
        safety_orders=LADDER | {"max_count": 4},
        take_profit={"percent": "1.5", "trailing_deviation": "0.3"},
        stop_loss={"percent": "6", "timeout_seconds": 300},
    )

    results = [play(settings, past, MARKET, replace(RULES, balance=D(1000))) for _ in range(2)]

    assert results[0].trades == results[1].trades
    assert results[0].deals == results[1].deals
    assert len(results[0].deals) > 3
    quote = sum((trade.quote for trade in results[0].trades), ZERO)
    profits = sum((deal.profit for deal in results[0].deals if deal.status.is_over), ZERO)
    running = [deal for deal in results[0].deals if not deal.status.is_over]
    assert quote == profits + sum((deal.position.cash(Direction.LONG) for deal in running), ZERO)
