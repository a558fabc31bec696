"""The DCA bot in conversation: what it wants done after each thing that happens."""

from dataclasses import replace
from decimal import Decimal

import pytest

from desktop_app.core.client_id import BotIdentity
from desktop_app.core.deal import DealStatus
from desktop_app.core.events import (
    AddFunds,
    CancelDeal,
    CancelRefused,
    CloseDeal,
    EditDeal,
    FundsSeen,
    NoteDeal,
    OrderCanceled,
    OrderFilled,
    PauseBot,
    PriceTick,
    ReduceFunds,
    ResumeBot,
    StartDeal,
    StartTrailing,
    StrategyAnswered,
    StrategyFailed,
    TakeBack,
)
from desktop_app.core.order import Fill, OrderStatus, OrderType, Role, Side
from desktop_app.core.strategies.dca import DcaBot
from desktop_app.core.strategies.dca_triggers import out_of_profit_level
from desktop_app.core.strategies.dca_watch import merged
from desktop_app.core.strategy import Watch
from tests.core.dialogue import FREE_OF_FEES, MARKET, PAIR, Dialogue, canceled, placed, settings, shape

D = Decimal
LADDER = {"volume": "15", "price_deviation": "1", "step_scale": "4", "volume_scale": "1.7", "max_count": 3}


def golden(**parts: object) -> Dialogue:
    return Dialogue(
        settings(
            base_order={"volume": "100", "type": "limit"},
            safety_orders=LADDER | {"max_active": 3, "max_count": 6},
            take_profit={
                "steps": [{"percent": 2, "share": 40}, {"percent": 3, "share": 50}, {"percent": 4, "share": 10}]
            },
            stop_loss={"percent": 4},
            **parts,
        )
    )


def test_a_deal_opens_with_the_orders_of_the_reference_log_a() -> None:
    talk = golden()

    assert shape(placed(talk.tick("3095.40"))) == [("base", 0, D("3095.40"), D("0.0324"))]
    assert shape(placed(talk.fill(talk.order(Role.BASE)))) == [
        ("safety", 1, D("3067.51"), D("0.0049")),
        ("safety", 2, D("2943.57"), D("0.0087")),
        ("safety", 3, D("2447.81"), D("0.0178")),
        ("take_profit", 1, D("3163.63"), D("0.0129")),
        ("take_profit", 2, D("3194.65"), D("0.0162")),
        ("take_profit", 3, D("3225.67"), D("0.0033")),
    ]
    assert talk.deal.p0 == D("3098.4954")
    assert talk.deal.deal.stop_loss == D("2974.555584")
    assert round(talk.deal.deal.unrealised(D("3079.65"), D("0.001")), 8) == D("-0.71037162")


def test_a_deal_opens_with_the_orders_of_the_reference_log_b() -> None:
    talk = Dialogue(
        settings(
            base_order={"volume": "30", "type": "limit"},
            safety_orders=LADDER,
            take_profit={"percent": 1},
            reinvest_percent=100,
            reinvest_mode="equal",
        )
    )
    pair = replace(talk.state.pairs[0], profit=D("3.080799") * 4)
    talk.state = talk.state.with_pair(pair)
    talk.tick("3423.12")

    assert shape([talk.order(Role.BASE)]) == [("base", 0, D("3423.12"), D("0.0097"))]
    talk.fill(talk.order(Role.BASE))
    talk.accept()
    assert talk.deal.p0 == D("3426.54312")
    assert shape(talk.live) == [
        ("safety", 1, D("3392.27"), D("0.0054")),
        ("safety", 2, D("3255.21"), D("0.0088")),
        ("safety", 3, D("2706.96"), D("0.0172")),
        ("take_profit", 1, D("3464.28"), D("0.0097")),
    ]
    talk.fill(talk.order(Role.SAFETY, 1))
    talk.cancel()
    assert shape([talk.order(Role.TAKE_PROFIT)]) == [("take_profit", 1, D("3453.11"), D("0.0151"))]
    talk.accept()
    talk.fill(talk.order(Role.SAFETY, 2))
    talk.cancel()
    assert round(talk.deal.deal.average, 8) == D("3357.67942971")
    assert shape([talk.order(Role.TAKE_PROFIT)]) == [("take_profit", 1, D("3394.66"), D("0.0239"))]


def test_take_profit_closes_the_deal_and_clears_the_ladder() -> None:
    talk = Dialogue(settings(safety_orders=LADDER)).opened()
    rungs = [order.client_id for order in talk.live if order.role is Role.SAFETY]

    assert canceled(talk.fill(talk.order(Role.TAKE_PROFIT))) == rungs
    assert talk.deal.deal.status is DealStatus.CLOSING
    talk.cancel()
    (deal,) = talk.closed
    assert deal.status is DealStatus.COMPLETED
    assert deal.profit == deal.position.exit_quote - deal.position.entry_quote - deal.position.fees
    assert not talk.state.deals


def test_a_safety_fill_waits_for_the_old_take_profit_to_be_gone() -> None:
    talk = Dialogue(settings(safety_orders=LADDER)).opened()
    old = talk.order(Role.TAKE_PROFIT)

    said = talk.fill(talk.order(Role.SAFETY, 1))

    assert canceled(said) == [old.client_id]
    assert not placed(said)
    talk.cancel()
    new = talk.order(Role.TAKE_PROFIT)
    assert new.client_id != old.client_id
    assert new.amount == talk.deal.deal.held


def test_a_take_profit_that_fills_while_being_cancelled_is_accounted_for() -> None:
    talk = Dialogue(settings(safety_orders=LADDER)).opened()
    old = talk.order(Role.TAKE_PROFIT)
    talk.fill(talk.order(Role.SAFETY, 1))

    talk.fill(old)
    rest = talk.order(Role.TAKE_PROFIT)

    assert rest.amount == talk.deal.deal.held == D("0.1514")
    assert talk.deal.deal.status is DealStatus.OPEN


def test_part_of_a_take_profit_filled_before_its_cancel_stays_sold() -> None:
    talk = Dialogue(settings(safety_orders=LADDER)).opened()
    old = talk.order(Role.TAKE_PROFIT)
    talk.fill(old, amount="0.4")
    talk.fill(talk.order(Role.SAFETY, 1))
    talk.cancel()

    assert talk.order(Role.TAKE_PROFIT).amount == D("1") - D("0.4") + D("0.1514")


def test_only_max_active_rungs_rest_and_the_next_follows_a_fill() -> None:
    talk = Dialogue(settings(safety_orders=LADDER | {"max_active": 1})).opened()
    assert [order.index for order in talk.live if order.role is Role.SAFETY] == [1]

    assert [(o.role, o.index) for o in placed(talk.fill(talk.order(Role.SAFETY, 1)))] == [(Role.SAFETY, 2)]


def test_a_stop_loss_cancels_everything_and_sells_at_market() -> None:
    talk = Dialogue(settings(safety_orders=LADDER, stop_loss={"percent": 3, "then": "stop_bot"})).opened()

    said = talk.tick("96.9")

    assert len(canceled(said)) == 4
    assert not placed(said)
    talk.cancel()
    sale = talk.order(Role.STOP_LOSS)
    assert (sale.type, sale.side, sale.amount) == (OrderType.MARKET, Side.SELL, D("1"))
    talk.fill(sale, "96.9")
    assert talk.closed[0].status is DealStatus.STOPPED_OUT
    assert talk.bot.is_done(talk.state)
    assert talk.bot.why(talk.state, PAIR, talk.at, D(97)).code == "why_stopped_out"
    assert not placed(talk.tick("100"))
    talk.ask(ResumeBot())
    assert placed(talk.tick("100"))


def test_a_safety_order_that_fills_during_the_exit_is_sold_too() -> None:
    talk = Dialogue(settings(safety_orders=LADDER | {"max_active": 1}, stop_loss={"percent": 3})).opened()
    talk.tick("96.9")
    rung = talk.order(Role.SAFETY, 1)
    talk.cancel(talk.order(Role.TAKE_PROFIT))
    talk.fill(rung)
    talk.fill(talk.order(Role.STOP_LOSS), "96.8")

    rest = talk.order(Role.STOP_LOSS)
    assert rest.amount == rung.amount
    talk.fill(rest, "96.8")
    assert not talk.state.deals


def test_a_stop_loss_with_a_timeout_waits_and_a_recovery_resets_it() -> None:
    talk = Dialogue(settings(stop_loss={"percent": 3, "timeout_seconds": 60})).opened()
    talk.tick("96")
    assert talk.bot.wake_at(talk.state) == talk.at + 60_000
    assert talk.bot.watch(talk.state, PAIR).follows
    talk.tick("98")
    assert talk.bot.wake_at(talk.state) is None
    talk.tick("96")
    endings = []
    for seconds in (59, 1):
        talk.wait(seconds)
        endings.append(talk.deal.ending)
    assert endings == [None, DealStatus.STOPPED_OUT]
    assert talk.told.count("stop_loss_waits") == 2


def test_a_stop_loss_that_waits_is_reset_when_a_safety_fill_moves_its_level_past_the_price() -> None:
    stop = {"percent": 2, "timeout_seconds": 60, "basis": "average"}
    rungs = {"custom": [{"deviation": -2.5, "volume": 1000}, {"deviation": -20, "volume": 10}]}
    talk = Dialogue(settings(stop_loss=stop, safety_orders=rungs)).opened()
    talk.tick("98")
    assert talk.bot.wake_at(talk.state) is not None
    talk.fill(talk.order(Role.SAFETY, 1))
    assert talk.bot.wake_at(talk.state) is None
    assert "stop_loss_reset" in talk.told


def test_a_trailing_stop_loss_follows_the_best_price_and_never_moves_back() -> None:
    talk = Dialogue(settings(stop_loss={"percent": 3, "trailing": True}, take_profit={"percent": 50})).opened()
    talk.tick("110")
    assert talk.deal.deal.stop_loss == D("106.7")
    talk.tick("108")
    assert talk.deal.deal.stop_loss == D("106.7")
    talk.tick("106.7")
    assert talk.deal.ending is DealStatus.STOPPED_OUT


def test_between_its_level_and_the_best_price_a_trailing_stop_loss_needs_no_price() -> None:
    trailing = settings(stop_loss={"percent": 3, "trailing": True}, take_profit={"percent": 50})
    talk = Dialogue(trailing).opened()
    talk.tick("110")
    watch = talk.bot.watch(talk.state, PAIR)
    assert (watch.below, watch.above, watch.follows) == (D("106.7"), D("110"), False)
    talk.tick("111")
    assert talk.bot.watch(talk.state, PAIR).above == D("111")


def test_the_best_price_hides_no_level_behind_it_from_the_watch() -> None:
    both = settings(stop_loss={"percent": 3, "trailing": True}, take_profit={"percent": 50, "trailing_deviation": 1})
    talk = Dialogue(both).opened()
    watch = talk.bot.watch(talk.state, PAIR)
    assert (watch.above, watch.follows) == (talk.deal.arm_price, True)


def test_the_stop_moves_to_break_even_after_the_first_step_and_to_a_step_after_the_next() -> None:
    steps = [{"percent": 2, "share": 40}, {"percent": 3, "share": 30}, {"percent": 4, "share": 30}]
    talk = Dialogue(settings(take_profit={"steps": steps}, stop_loss={"breakeven_after": 2})).opened()
    assert talk.deal.deal.stop_loss is None
    first = talk.order(Role.TAKE_PROFIT, 1)
    talk.fill(first, "105")
    assert talk.deal.deal.stop_loss == talk.deal.deal.average
    talk.fill(talk.order(Role.TAKE_PROFIT, 2))
    assert talk.deal.deal.stop_loss == first.price
    talk.tick(str(first.price))
    assert talk.deal.ending is DealStatus.STOPPED_OUT


def test_steps_keep_their_amounts_when_another_sells_and_share_what_is_left_after_a_safety_fill() -> None:
    steps = [{"percent": 2, "share": 10}, {"percent": 3, "share": 10}, {"percent": 4, "share": 80}]
    coarse = replace(MARKET, amount_step=D("0.01"), min_cost=D(0))
    talk = Dialogue(settings(take_profit={"steps": steps}, base_order={"volume": 119}, safety_orders=LADDER), coarse)
    talk.opened()
    assert [o.amount for o in talk.live if o.role is Role.TAKE_PROFIT] == [D("0.11"), D("0.11"), D("0.97")]
    talk.fill(talk.order(Role.TAKE_PROFIT, 1))
    # What is left would now give step 2 a ninth of 1.08, which is 0.12.
    assert [o.amount for o in talk.live if o.role is Role.TAKE_PROFIT] == [D("0.11"), D("0.97")]
    rung = talk.order(Role.SAFETY, 1)
    talk.fill(rung)
    talk.cancel()
    left = D("1.08") + rung.amount
    second = coarse.amount_down(left / 9)
    assert [o.amount for o in talk.live if o.role is Role.TAKE_PROFIT] == [second, left - second]


def test_of_a_stop_loss_and_a_closing_level_at_one_price_the_stop_loss_acts() -> None:
    given = settings(take_profit={"percent": 1, "trailing_deviation": 2}, stop_loss={"percent": 2, "trailing": True})
    talk = Dialogue(given).opened()
    talk.tick("110")
    talk.tick("107.8")
    assert talk.deal.ending is DealStatus.STOPPED_OUT


def test_of_a_stop_loss_and_a_closing_level_the_one_met_first_acts() -> None:
    steps = [{"percent": p, "share": s} for p, s in ((2, 40), (5, 40), (9, 20))]
    stop, wide = {"breakeven_after": 2}, {"steps": steps, "trailing_deviation": 8}
    talk = Dialogue(settings(take_profit=wide, stop_loss=stop)).opened()
    for index in (1, 2):
        talk.fill(talk.order(Role.TAKE_PROFIT, index))
    talk.tick("110")
    assert talk.deal.deal.status is DealStatus.TRAILING
    talk.tick("101")  # past the stop at 102.21 and the closing level at 101.2, still in profit
    assert talk.deal.ending is DealStatus.STOPPED_OUT

    talk = Dialogue(settings(take_profit=wide | {"trailing_deviation": 1}, stop_loss=stop)).opened()
    for index in (1, 2):
        talk.fill(talk.order(Role.TAKE_PROFIT, index))
    talk.tick("110")
    talk.tick("101")
    assert talk.deal.ending is DealStatus.COMPLETED


def test_in_a_jump_triggers_act_in_the_order_in_which_the_path_meets_their_levels() -> None:
    ladder = {"custom": [{"deviation": 1, "volume": 20}, {"deviation": 3, "volume": 20}]}
    talk = Dialogue(settings(safety_orders=ladder, take_profit={"percent": 9, "trailing_deviation": 1})).opened()
    assert [o.index for o in placed(talk.tick("120", path=D("101.10")))] == [1]
    assert [o.index for o in placed(talk.tick("120", path=D("103.10")))] == [2]
    assert talk.deal.deal.status is DealStatus.OPEN
    talk.tick("120", path=D(120))
    assert talk.deal.trail_best == D(120)


def test_a_stop_loss_waits_until_a_jump_has_come_to_its_level() -> None:
    talk = Dialogue(settings(stop_loss={"percent": 3})).opened()
    talk.tick("90", path=D(99))
    assert talk.deal.ending is None
    talk.tick("90", path=D(97))
    assert talk.deal.ending is DealStatus.STOPPED_OUT


def test_trailing_is_not_armed_when_everything_together_is_under_the_minimum() -> None:
    coarse = replace(MARKET, amount_step=D(1), min_cost=D(0))
    talk = Dialogue(settings(take_profit={"percent": 1, "trailing_deviation": 1}), coarse)
    talk.tick("100")
    talk.fill(talk.order(Role.BASE), "100", in_coins=True)
    talk.tick("105")
    assert talk.deal.deal.status is DealStatus.OPEN


def test_of_a_timeout_and_a_stop_loss_that_waited_the_one_due_first_acts() -> None:
    def after(close_after_seconds: int) -> DealStatus | None:
        stop, limits = {"percent": 3, "timeout_seconds": 60}, {"close_after_seconds": close_after_seconds}
        talk = Dialogue(settings(stop_loss=stop, limits=limits)).opened()
        talk.tick("96")
        talk.at = talk.deal.deal.opened_at
        talk.wait(1000)
        return talk.deal.ending

    assert after(60) is DealStatus.TIMED_OUT
    assert after(90) is DealStatus.STOPPED_OUT


def test_trailing_arms_at_the_take_profit_and_closes_on_the_retrace() -> None:
    talk = Dialogue(settings(take_profit={"percent": 2, "trailing_deviation": 1}, safety_orders=LADDER)).opened()
    assert not [order for order in talk.live if order.role is Role.TAKE_PROFIT]
    arm = talk.bot.watch(talk.state, PAIR).above
    assert arm == D("102.21")
    talk.tick("102.21")
    assert talk.deal.deal.status is DealStatus.TRAILING
    talk.tick("105")
    assert talk.bot.watch(talk.state, PAIR).below == D("103.95")
    assert len([order for order in talk.live if order.role is Role.SAFETY]) == 3
    talk.tick("103.95")
    sale = talk.order(Role.TAKE_PROFIT)
    assert sale.type is OrderType.MARKET
    talk.cancel()
    talk.fill(sale, "103.95")
    assert talk.closed[0].status is DealStatus.COMPLETED


def test_trailing_is_undone_when_the_price_falls_out_of_profit_even_past_the_closing_level() -> None:
    talk = Dialogue(settings(take_profit={"percent": 2, "trailing_deviation": 1})).opened()
    talk.tick("103")
    talk.tick("99")
    undone = talk.deal.deal.status
    assert talk.told[-1] == "trailing_undone"
    talk.tick("103")
    assert (undone, talk.deal.deal.status) == (DealStatus.OPEN, DealStatus.TRAILING)


def test_with_steps_only_the_last_one_trails() -> None:
    steps = [{"percent": 2, "share": 50}, {"percent": 4, "share": 50}]
    talk = Dialogue(settings(take_profit={"steps": steps, "trailing_deviation": 1})).opened()
    assert [order.index for order in talk.live] == [1]
    talk.fill(talk.order(Role.TAKE_PROFIT, 1))
    talk.tick("105")
    assert talk.deal.deal.status is DealStatus.TRAILING
    talk.tick("103.9")
    assert talk.order(Role.TAKE_PROFIT, 2).amount == D("0.5")


def test_a_profit_side_rung_of_a_free_ladder_is_bought_at_market_when_reached() -> None:
    ladder = {"custom": [{"deviation": 1, "volume": 20}, {"deviation": -2, "volume": 30}]}
    talk = Dialogue(settings(safety_orders=ladder, take_profit={"percent": 9})).opened()
    assert [(o.index, o.price) for o in talk.live if o.role is Role.SAFETY] == [(2, D("98.09"))]
    level = talk.bot.watch(talk.state, PAIR).above
    assert level == D("101.10")

    (order,) = placed(talk.tick("101.10"))

    assert (order.role, order.index, order.type, order.amount) == (Role.SAFETY, 1, OrderType.MARKET, D("0.1979"))
    assert talk.bot.watch(talk.state, PAIR).above is None


def test_a_short_sells_first_and_buys_back_lower() -> None:
    talk = Dialogue(settings(direction="short", safety_orders=LADDER, stop_loss={"percent": 30}))
    assert placed(talk.tick("100"))[0].side is Side.SELL
    talk.fill(talk.order(Role.BASE), "100")
    talk.accept()
    assert talk.deal.p0 == D("99.9")
    rungs = [order for order in talk.live if order.role is Role.SAFETY]
    assert [(o.side, o.price) for o in rungs] == [
        (Side.SELL, D("100.90")),
        (Side.SELL, D("104.90")),
        (Side.SELL, D("120.88")),
    ]
    profit = talk.order(Role.TAKE_PROFIT)
    assert (profit.side, profit.price, profit.amount) == (Side.BUY, D("97.80"), D("1"))
    assert talk.deal.deal.stop_loss == D("129.87")
    talk.fill(profit)
    talk.cancel()
    assert talk.closed[0].profit == D("99.9") - D("97.8") * D("1.001")


def test_a_short_with_profit_in_coins_spends_all_its_proceeds() -> None:
    talk = Dialogue(settings(direction="short", profit_currency="base")).opened()
    profit = talk.order(Role.TAKE_PROFIT)
    assert profit.amount == D("1.0204")
    talk.fill(profit)
    assert talk.closed[0].status is DealStatus.COMPLETED


def test_a_fee_kept_in_coins_lowers_what_is_sold_and_the_dust_goes_into_the_next_deal() -> None:
    talk = Dialogue(settings(base_order={"volume": "99.95"}))
    talk.tick("100")
    talk.fill(talk.order(Role.BASE), "100", in_coins=True)
    profit = talk.order(Role.TAKE_PROFIT)
    assert profit.price is not None and talk.deal.deal.held == D("0.9995") * D("0.999")
    assert profit.amount == D("0.9985")
    talk.fill(profit)
    dust = D("0.9995") * D("0.999") - D("0.9985")
    assert talk.state.pairs[0].dust == dust
    assert talk.closed[0].profit == profit.price * profit.amount * D("0.999") - D("99.95")
    talk.tick("100")
    assert talk.deal.deal.position.carried == dust


def test_a_base_order_of_type_limit_follows_the_bid() -> None:
    talk = Dialogue(settings(base_order={"volume": "100", "type": "limit"}))
    talk.tick("100.5", bid=D("100.4"))
    talk.accept()
    first = talk.order(Role.BASE)
    assert first.price == D("100.4")
    assert not canceled(talk.tick("101", bid=D("100.9")))
    talk.at += 60_000
    assert canceled(talk.tick("101", bid=D("100.9"))) == [first.client_id]
    talk.cancel()
    second = talk.order(Role.BASE)
    assert (second.price, second.amount) == (D("100.90"), D("0.9911"))


def test_a_moving_base_order_that_lacks_next_to_nothing_counts_as_complete() -> None:
    talk = Dialogue(settings(base_order={"volume": "100", "type": "limit"}))
    talk.tick("100")
    talk.accept()
    talk.fill(talk.order(Role.BASE), amount="0.97")
    talk.at += 60_000
    talk.tick("101")
    talk.cancel()
    assert talk.deal.deal.status is DealStatus.OPEN
    assert talk.deal.base_amount == D("0.97")


def test_a_refused_base_order_fails_the_deal_and_the_bot_pauses_a_minute() -> None:
    talk = Dialogue(settings())
    talk.tick("100")
    talk.reject(talk.order(Role.BASE))
    assert talk.closed[0].status is DealStatus.FAILED
    assert talk.state.deals_closed == 0
    assert not placed(talk.tick("100"))
    assert talk.bot.why(talk.state, PAIR, talk.at, D(100)).code == "why_cooldown"
    talk.at += 60_000
    assert placed(talk.tick("100"))


def test_a_base_order_refused_after_a_part_fill_leaves_a_smaller_deal() -> None:
    talk = Dialogue(settings())
    talk.tick("100")
    base = talk.order(Role.BASE)
    talk.fill(base, "100", "0.5")
    talk.cancel(base, reason="expired")
    assert talk.deal.deal.status is DealStatus.OPEN
    assert talk.order(Role.TAKE_PROFIT).amount == D("0.5")


def test_a_refused_safety_order_leaves_the_deal_its_take_profit_and_is_tried_again_later() -> None:
    talk = Dialogue(settings(safety_orders=LADDER), at=0).opened(accept=False)
    talk.reject(talk.order(Role.SAFETY, 1))
    assert talk.order(Role.TAKE_PROFIT).is_live
    assert not [order for order in talk.live if order.index == 1 and order.role is Role.SAFETY]
    assert talk.bot.wake_at(talk.state) == talk.at + 300_000
    assert [(o.role, o.index) for o in placed(talk.wait(300))] == [(Role.SAFETY, 1)]


def test_a_refused_close_is_never_success_and_is_tried_again() -> None:
    talk = Dialogue(settings()).opened()
    talk.ask(CloseDeal(1))
    talk.cancel()
    talk.reject(talk.order(Role.CLOSE), "overloaded")
    assert talk.deal.deal.status is DealStatus.CLOSING
    assert talk.bot.why(talk.state, PAIR, talk.at, D(100)).code == "why_close_retried"
    talk.wait(1)
    sale = talk.order(Role.CLOSE)
    talk.reject(sale)
    talk.wait(1)
    assert not talk.live
    talk.wait(1)
    talk.fill(talk.order(Role.CLOSE), "100")
    assert talk.closed[0].status is DealStatus.CLOSED_BY_USER


def test_stop_managing_cancels_the_orders_and_keeps_the_coins() -> None:
    talk = Dialogue(settings(safety_orders=LADDER)).opened()
    assert len(canceled(talk.ask(CancelDeal(1)))) == 4
    talk.cancel()
    (deal,) = talk.closed
    assert (deal.status, deal.held, deal.profit) == (DealStatus.CANCELLED, D("1"), D(0))
    assert talk.state.pairs[0].dust == 0


def test_a_deal_that_is_closing_can_still_be_let_go() -> None:
    talk = Dialogue(settings()).opened()
    talk.ask(CloseDeal(1))
    assert "deal_is_closing" not in talk.told
    talk.ask(CloseDeal(1))
    assert talk.told[-1] == "deal_is_closing"
    talk.ask(CancelDeal(1))
    talk.cancel()
    assert talk.closed[0].status is DealStatus.CANCELLED


def test_added_funds_use_up_no_safety_order_and_move_the_take_profit() -> None:
    talk = Dialogue(settings(safety_orders=LADDER)).opened()
    (order,) = placed(talk.ask(AddFunds(1, D("50"))))
    assert (order.role, order.type, order.amount) == (Role.MANUAL, OrderType.MARKET, D("0.5"))
    talk.fill(order, "100")
    talk.cancel()
    assert talk.order(Role.TAKE_PROFIT).amount == D("1.5")
    assert len([order for order in talk.live if order.role is Role.SAFETY]) == 3
    (resting,) = placed(talk.ask(AddFunds(1, D("50"), OrderType.LIMIT, D("90.005"))))
    assert (resting.type, resting.price) == (OrderType.LIMIT, D("90.00"))


def test_an_order_that_was_added_by_hand_can_be_taken_back_and_no_other_one() -> None:
    talk = Dialogue(settings(safety_orders=LADDER)).opened()
    (resting,) = placed(talk.ask(AddFunds(1, D("50"), OrderType.LIMIT, D("90"))))
    talk.ask(TakeBack(1, resting.client_id))
    assert talk.told[-1] == "order_not_by_hand", "nobody knows yet whether it rests"
    talk.accept()
    told = talk.ask(TakeBack(1, resting.client_id))
    assert canceled(told) == [resting.client_id]
    assert talk.told[-1] == "order_taken_back"
    talk.cancel()
    assert all(order.role is not Role.MANUAL for order in talk.live)
    for other in (talk.order(Role.TAKE_PROFIT), talk.order(Role.SAFETY, 1)):
        assert not canceled(talk.ask(TakeBack(1, other.client_id)))
        assert talk.told[-1] == "order_not_by_hand"
    talk.ask(TakeBack(1, "nobody's"))
    assert talk.told[-1] == "order_not_by_hand"


def test_funds_too_small_to_add_or_to_take_out_are_refused_with_a_reason() -> None:
    talk = Dialogue(settings())
    talk.tick("100")
    talk.ask(AddFunds(1, D("50")))
    assert talk.told[-1] == "deal_not_open_yet"
    talk.fill(talk.order(Role.BASE), "100")
    talk.ask(AddFunds(1, D("1")))
    assert talk.told[-1] == "add_too_small"
    talk.ask(ReduceFunds(1, D("0.01")))
    assert talk.told[-1] == "reduce_too_small"


def test_reduced_funds_are_sold_once_the_take_profit_has_let_go_of_them() -> None:
    talk = Dialogue(settings()).opened()
    assert canceled(talk.ask(ReduceFunds(1, D("0.4"))))
    talk.cancel()
    sale = talk.order(Role.MANUAL)
    assert (sale.side, sale.amount) == (Side.SELL, D("0.4"))
    talk.fill(sale, "101")
    assert talk.order(Role.TAKE_PROFIT).amount == D("0.6")


def test_a_reduction_that_is_refused_brings_the_take_profit_back() -> None:
    talk = Dialogue(settings()).opened()
    talk.ask(ReduceFunds(1, D("0.4")))
    talk.cancel()
    talk.reject(talk.order(Role.MANUAL))
    assert talk.order(Role.TAKE_PROFIT).amount == D("1")


def test_reducing_everything_closes_the_deal() -> None:
    talk = Dialogue(settings()).opened()
    talk.ask(ReduceFunds(1, D("5")))
    talk.cancel()
    talk.fill(talk.order(Role.MANUAL), "101")
    assert talk.closed[0].status is DealStatus.CLOSED_BY_USER


def test_an_edited_deal_moves_its_take_profit_and_its_ladder() -> None:
    talk = Dialogue(settings(safety_orders=LADDER)).opened()
    changed = settings(take_profit={"percent": 5}, safety_orders=LADDER | {"price_deviation": "2"})
    said = talk.ask(EditDeal(1, changed.model_dump_json()))
    assert len(canceled(said)) == 4
    talk.cancel()
    assert talk.order(Role.TAKE_PROFIT).price == D("105.22")
    assert talk.order(Role.SAFETY, 1).price == D("98.09")


@pytest.mark.parametrize("text", ["{}", "not json", settings(direction="short").model_dump_json()])
def test_an_edit_that_makes_no_sense_changes_nothing(text: str) -> None:
    talk = Dialogue(settings()).opened()
    before = talk.deal
    talk.ask(EditDeal(1, text))
    assert talk.told[-1] == "edit_refused"
    assert talk.deal == before


def test_trailing_can_be_started_by_hand_only_where_a_deviation_is_set() -> None:
    talk = Dialogue(settings()).opened()
    talk.ask(StartTrailing(1))
    assert talk.told[-1] == "trailing_is_off"
    talk = Dialogue(settings(take_profit={"percent": 5, "trailing_deviation": 1})).opened()
    talk.tick("101")
    talk.ask(StartTrailing(1))
    assert talk.deal.deal.status is DealStatus.TRAILING


def test_a_note_stays_with_the_deal() -> None:
    talk = Dialogue(settings()).opened()
    talk.ask(NoteDeal(1, "before the news"))
    assert talk.deal.deal.note == "before the news"


def test_wishes_about_deals_that_are_not_there_are_answered() -> None:
    talk = Dialogue(settings())
    talk.ask(CloseDeal(9))
    assert talk.told == ["no_such_deal"]


def test_a_paused_bot_opens_nothing_and_goes_on_when_resumed() -> None:
    talk = Dialogue(settings())
    talk.ask(ResumeBot())
    assert talk.told == [], "it begins"
    talk.ask(PauseBot())
    assert not talk.tick("100")
    assert talk.bot.why(talk.state, PAIR, talk.at, D(100)).code == "why_paused"
    talk.ask(ResumeBot())
    assert talk.told == ["bot_paused", "bot_resumed"]
    assert placed(talk.tick("100"))


def test_a_pair_that_an_edit_added_is_traded_and_one_that_it_took_away_is_not() -> None:
    talk = Dialogue(settings(pairs=[PAIR, "SOL/USDT"]))
    talk.bot = replace(talk.bot, settings=settings(pairs=["ETH/USDT"]), markets={"ETH/USDT": MARKET, PAIR: MARKET})
    assert talk.bot.watch(talk.state, "ETH/USDT").wants_open
    assert not talk.tick("100")
    assert talk.bot.why(talk.state, PAIR, talk.at, D(100)).code == "why_no_market"
    assert placed(talk.tick("100", pair="ETH/USDT"))


def test_a_manual_bot_waits_to_be_asked() -> None:
    talk = Dialogue(settings(start={"mode": "manual"}))
    assert not placed(talk.tick("100"))
    assert talk.bot.why(talk.state, PAIR, talk.at, D(100)).code == "why_waits_for_you"
    talk.ask(StartDeal("ETH/USDT"))
    assert talk.told[-1] == "pair_not_traded"
    talk.ask(StartDeal(PAIR))
    assert talk.bot.watch(talk.state, PAIR).wants_open
    assert placed(talk.tick("100"))
    assert not talk.state.pairs[0].is_asked


def test_a_signal_bot_says_that_it_waits_for_a_signal() -> None:
    talk = Dialogue(settings(start={"mode": "signal"}))
    assert talk.bot.why(talk.state, PAIR, talk.at, D(100)).code == "why_waits_for_signal"


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"min_price": 200}, "why_price_below"),
        ({"max_price": 50}, "why_price_above"),
        ({"min_quote_volume_24h": 1000}, "why_volume"),
        ({"start_delay_seconds": 60}, "why_cooldown"),
    ],
)
def test_a_filter_keeps_a_deal_from_opening_and_says_so(limits: dict[str, int], code: str) -> None:
    talk = Dialogue(settings(limits=limits))
    assert not placed(talk.tick("100"))
    assert talk.bot.why(talk.state, PAIR, talk.at, D(100)).code == code


def test_the_volume_filter_lets_a_busy_pair_through() -> None:
    talk = Dialogue(settings(limits={"min_quote_volume_24h": 1000}))
    assert placed(talk.tick("100", quote_volume_24h=D("5000")))


def test_a_bot_stops_after_its_number_of_deals() -> None:
    talk = Dialogue(settings(limits={"stop_after_deals": 1})).opened()
    talk.fill(talk.order(Role.TAKE_PROFIT))
    assert not placed(talk.tick("100"))
    assert talk.bot.is_done(talk.state)
    assert talk.bot.why(talk.state, PAIR, talk.at, D(100)).code == "why_had_enough"


def test_the_cooldown_counts_from_the_end_of_the_candle_in_which_a_market_order_traded() -> None:
    talk = Dialogue(settings(limits={"cooldown_seconds": 60}))
    talk.tick("100")
    order = talk.order(Role.BASE)
    fill = Fill("t1", D(100), order.amount, D(0), D(0), talk.at)
    end = talk.at + 300_000
    talk.hear(OrderFilled(order.client_id, fill, talk.at, bar_end=end))
    talk.accept()
    talk.ask(CancelDeal(1))
    talk.cancel()
    assert talk.state.deals == ()

    talk.at = end + 50_000
    assert placed(talk.tick("100")) == []
    talk.at = end + 60_000
    assert [one.role for one in placed(talk.tick("100"))] == [Role.BASE]


def test_the_cooldown_counts_from_the_close() -> None:
    talk = Dialogue(settings(limits={"cooldown_seconds": 30})).opened()
    talk.fill(talk.order(Role.TAKE_PROFIT))
    assert talk.bot.watch(talk.state, PAIR).opens_after == talk.at + 30_000
    assert not placed(talk.tick("100"))
    talk.at += 30_000
    assert placed(talk.tick("100"))


def test_a_deal_that_is_open_for_too_long_is_closed_at_market() -> None:
    talk = Dialogue(settings(limits={"close_after_seconds": 60})).opened()
    assert talk.bot.wake_at(talk.state) == talk.deal.deal.opened_at + 60_000
    talk.wait(60)
    talk.cancel()
    talk.fill(talk.order(Role.CLOSE), "99")
    assert talk.closed[0].status is DealStatus.TIMED_OUT


def test_one_bot_trades_many_pairs_up_to_its_number_of_deals() -> None:
    talk = Dialogue(settings(pairs=[PAIR, "ETH/USDT", "SOL/USDT"], limits={"max_active_deals": 2}))
    talk.tick("100")
    talk.tick("50", pair="ETH/USDT")
    assert not placed(talk.tick("20", pair="SOL/USDT"))
    assert talk.bot.why(talk.state, "SOL/USDT", talk.at, D(20)).code == "why_max_deals"
    assert [deal.symbol for deal in talk.bot.deals(talk.state)] == [PAIR, "ETH/USDT"]
    assert not talk.tick("1", pair="XRP/USDT")


@pytest.mark.parametrize(
    ("profits", "volumes"), [((), [D(100)]), ((10, -20, 50), [D(110), D(100), D(140)])], ids=["none", "reference E"]
)
def test_closed_profit_is_reinvested_in_the_next_deals(profits: tuple[int, ...], volumes: list[Decimal]) -> None:
    talk = Dialogue(settings(reinvest_percent=100), market=FREE_OF_FEES)
    seen = [] if profits else [D(100)]
    for profit in profits:
        pair = talk.state.pairs[0]
        talk.state = talk.state.with_pair(replace(pair, profit=pair.profit + profit))
        talk.tick("100")
        seen.append(talk.order(Role.BASE).amount * 100)
        talk.reject(talk.order(Role.BASE))
        talk.at += 60_000
    assert seen == volumes


@pytest.mark.parametrize(("mode", "amount"), [("scale", "0.8"), ("equal", "0.8")])
def test_risk_reduction_makes_the_next_deal_smaller_but_never_too_small(mode: str, amount: str) -> None:
    talk = Dialogue(settings(risk_reduction_percent=50, reinvest_mode=mode), market=FREE_OF_FEES)
    talk.state = talk.state.with_pair(replace(talk.state.pairs[0], profit=D(-40)))
    talk.tick("100")
    assert talk.order(Role.BASE).amount == D(amount)
    talk.reject(talk.order(Role.BASE))
    talk.state = talk.state.with_pair(replace(talk.state.pairs[0], profit=D(-4000)))
    talk.at += 60_000
    talk.tick("100")
    assert talk.order(Role.BASE).amount == D("0.05")


@pytest.mark.parametrize(("direction", "asset"), [("long", "USDT"), ("short", "BTC")])
def test_a_percent_volume_is_of_the_free_balance(direction: str, asset: str) -> None:
    base = {"volume": "10", "volume_unit": "percent"}
    talk = Dialogue(settings(direction=direction, base_order=base))
    free = D(1000) if asset == "USDT" else D(10)
    step = talk.hear(FundsSeen(((asset, free),), talk.at))
    assert not step
    talk.tick("100")
    assert talk.order(Role.BASE).amount == D("1")


def test_a_base_volume_is_in_coins() -> None:
    talk = Dialogue(settings(base_order={"volume": "0.5", "volume_unit": "base"}))
    talk.tick("100")
    assert talk.order(Role.BASE).amount == D("0.5")


def test_a_base_order_below_the_minimum_is_not_sent_and_the_bot_says_why() -> None:
    talk = Dialogue(settings(base_order={"volume": "2"}))
    assert not placed(talk.tick("100"))
    assert talk.bot.why(talk.state, PAIR, talk.at, D(100)).code == "why_base_too_small"


def test_an_order_cancelled_outside_is_respected_for_safety_orders_and_told() -> None:
    talk = Dialogue(settings(safety_orders=LADDER)).opened()
    talk.cancel(talk.order(Role.SAFETY, 1), reason="cancelled outside")
    assert "order_canceled_outside" in talk.told
    assert not [order for order in talk.live if order.role is Role.SAFETY and order.index == 1]
    talk.cancel(talk.order(Role.TAKE_PROFIT), reason="cancelled outside")
    assert not [order for order in talk.live if order.role is Role.TAKE_PROFIT]
    assert [o.role for o in placed(talk.wait(60))] == [Role.TAKE_PROFIT]


def test_an_opening_order_cancelled_outside_ends_the_deal() -> None:
    talk = Dialogue(settings(base_order={"volume": "100", "type": "limit"}))
    talk.tick("100")
    talk.cancel(talk.order(Role.BASE), reason="by hand")
    assert talk.closed[0].status is DealStatus.FAILED


def test_a_cancel_that_the_exchange_refuses_leaves_the_order_open() -> None:
    talk = Dialogue(settings(safety_orders=LADDER)).opened()
    profit = talk.order(Role.TAKE_PROFIT)
    talk.fill(talk.order(Role.SAFETY, 1))
    talk.hear(CancelRefused(profit.client_id, "busy", talk.at))
    assert talk.order(Role.TAKE_PROFIT).status is OrderStatus.CANCELING, "still in the way, so cancelled again"
    talk.hear(CancelRefused(talk.order(Role.SAFETY, 2).client_id, "busy", talk.at))
    assert talk.order(Role.SAFETY, 2).status is OrderStatus.OPEN


def test_news_of_unknown_or_ended_orders_changes_no_money() -> None:
    talk = Dialogue(settings()).opened()
    talk.hear(OrderCanceled("0" * 28, talk.at))
    assert talk.told[-1] == "unknown_order"
    base = talk.deal.deal.orders[0]
    before = talk.deal
    talk.cancel(base)
    talk.reject(base)
    assert talk.deal == before


@pytest.mark.parametrize("ending", ["cancelled by hand", "believed never to have arrived"])
def test_a_fill_of_an_order_that_the_deal_has_forgotten_is_taken_in_and_sold(ending: str) -> None:
    talk = Dialogue(settings(safety_orders=LADDER | {"max_active": 1}), FREE_OF_FEES).opened("100", accept=False)
    safety = talk.order(Role.SAFETY)
    talk.accept(talk.order(Role.TAKE_PROFIT))
    if ending == "cancelled by hand":
        talk.cancel(safety, reason="canceled outside")
        over = safety.becomes(OrderStatus.CANCELED)
    else:
        talk.reject(safety, "never arrived")
        over = safety.becomes(OrderStatus.REJECTED)
    forgotten = tuple(order for order in talk.deal.deal.orders if order.client_id != safety.client_id)
    talk.state = replace(talk.state, deals=(talk.deal.with_deal(orders=forgotten),))
    assert safety.price is not None
    fill = Fill("late", safety.price, safety.amount, at=talk.at)
    talk.hear(OrderFilled(safety.client_id, fill, talk.at, returned=(talk.deal.deal.number, over)))
    talk.cancel()

    assert talk.deal.deal.held == D(1) + safety.amount
    assert talk.order(Role.TAKE_PROFIT).amount == talk.deal.deal.held
    assert "unknown_order" not in talk.told


def test_a_fill_of_an_order_of_another_deal_is_no_fill_of_this_one() -> None:
    talk = Dialogue(settings(), FREE_OF_FEES).opened("100")
    stray = talk.order(Role.TAKE_PROFIT).becomes(OrderStatus.CANCELED)
    stray = replace(stray, client_id="f" * 28)
    talk.hear(OrderFilled(stray.client_id, Fill("x", D(100), D(1), at=talk.at), talk.at, returned=(99, stray)))

    assert talk.deal.deal.held == D(1)
    assert "unknown_order" in talk.told


def test_a_late_fill_of_a_cancelled_order_still_counts() -> None:
    talk = Dialogue(settings(safety_orders=LADDER)).opened()
    rung = talk.order(Role.SAFETY, 3)
    talk.cancel(rung, reason="by hand")
    talk.hear(OrderFilled(rung.client_id, Fill("late", D("79"), rung.amount, D("0.1"), D(0), talk.at), talk.at))
    assert talk.deal.deal.position.entry_amount == D(1) + rung.amount


def test_a_take_profit_too_small_to_rest_is_said_and_the_deal_goes_on() -> None:
    market = replace(MARKET, min_cost=D(95))
    talk = Dialogue(settings(), market=market)
    talk.tick("100")
    talk.fill(talk.order(Role.BASE), "100", "0.5")
    talk.cancel(talk.order(Role.BASE), reason="expired")
    assert not talk.live
    assert talk.bot.why(talk.state, PAIR, talk.at, D(100)).code == "why_tp_too_small"


def test_what_is_left_too_small_after_selling_completes_the_deal_with_dust() -> None:
    talk = Dialogue(settings()).opened()
    profit = talk.order(Role.TAKE_PROFIT)
    talk.fill(profit, amount="0.98")
    talk.ask(CloseDeal(1))
    talk.cancel()
    assert talk.closed[0].status is DealStatus.CLOSED_BY_USER
    assert talk.state.pairs[0].dust == D("0.02")


def test_a_safety_order_that_fills_during_the_last_step_is_sold_by_that_step() -> None:
    talk = Dialogue(settings(safety_orders=LADDER)).opened()
    old = talk.order(Role.TAKE_PROFIT)
    rung = talk.order(Role.SAFETY, 1)
    talk.fill(rung, amount="0.1")
    talk.fill(old)
    assert talk.deal.deal.held == D("0.1")
    assert talk.order(Role.TAKE_PROFIT).amount == D("0.1")


@pytest.mark.parametrize(
    ("start", "code"),
    [
        ({}, "why_waits_tp_or_so"),
        ({"safety_orders": {}}, "why_waits_tp"),
        ({"take_profit": {}}, "why_waits_so"),
        ({"take_profit": {}, "safety_orders": {}}, "why_waits_for_close"),
    ],
)
def test_the_why_line_names_what_an_open_deal_waits_for(start: dict[str, object], code: str) -> None:
    talk = Dialogue(settings(**({"safety_orders": LADDER} | start)))
    assert talk.bot.why(talk.state, PAIR, talk.at, None).code == "why_no_price"
    assert talk.bot.why(talk.state, PAIR, talk.at, D(100)).code == "why_opens_next"
    assert talk.bot.why(talk.state, "XRP/USDT", talk.at, D(100)).code == "why_no_market"
    talk.tick("100")
    assert talk.bot.why(talk.state, PAIR, talk.at, D(100)).code == "why_opening"
    talk.fill(talk.order(Role.BASE), "100")
    talk.accept()
    assert talk.bot.why(talk.state, PAIR, talk.at, D(100)).code == code


def test_the_why_line_of_a_closing_and_of_a_trailing_deal() -> None:
    talk = Dialogue(settings(take_profit={"percent": 2, "trailing_deviation": 1})).opened()
    talk.tick("103")
    assert talk.bot.why(talk.state, PAIR, talk.at, D(103)).code == "why_trailing"
    talk.ask(CloseDeal(1))
    assert talk.bot.why(talk.state, PAIR, talk.at, D(103)).code == "why_closing"


def test_the_funds_a_bot_may_still_need_are_what_does_not_rest_yet() -> None:
    bot = settings(safety_orders=LADDER | {"max_active": 1})
    talk = Dialogue(bot)
    whole = talk.bot.funds_needed(talk.state, PAIR, D(100))
    assert D(183) < whole < D(186)
    talk.opened()
    assert D(68) < talk.bot.funds_needed(talk.state, PAIR, D(100)) < D(70)
    talk.ask(CloseDeal(1))
    assert talk.bot.funds_needed(talk.state, PAIR, D(100)) == 0


def test_a_deal_keeps_no_endless_list_of_orders_that_never_traded() -> None:
    talk = Dialogue(settings(base_order={"volume": "100", "type": "limit"}))
    for i in range(60):
        talk.at += 60_000
        talk.tick(str(100 + i))
        talk.accept()
        talk.cancel()
    assert len(talk.deal.deal.orders) < 30
    assert len({order.client_id for order in talk.deal.deal.orders}) == len(talk.deal.deal.orders)


def test_a_watched_limit_base_order_wants_the_opening_ticks() -> None:
    talk = Dialogue(settings(base_order={"volume": "100", "type": "limit"}))
    talk.tick("100")
    assert talk.bot.watch(talk.state, PAIR).wants_open
    talk.accept()
    talk.hear(PriceTick(PAIR, D(101), talk.at + 90_000, opens=False))
    talk.hear(PriceTick(PAIR, D(101), talk.at + 90_000, may_begin=False))
    assert talk.deal.base_price == talk.order(Role.BASE).price == D("100")
    talk.hear(PriceTick(PAIR, D(101), talk.at + 90_000))
    assert talk.deal.base_price == D("101"), "it follows the price"


def test_a_reduction_is_sold_once_however_often_the_exchange_speaks_of_it() -> None:
    talk = Dialogue(settings()).opened()
    talk.ask(ReduceFunds(1, D("0.4")))
    talk.cancel()
    sale = talk.order(Role.MANUAL)
    talk.accept(sale)
    talk.fill(sale, "101", "0.1")
    assert talk.live == (talk.order(Role.MANUAL),)
    talk.fill(talk.order(Role.MANUAL), "101")
    assert talk.deal.reduce == 0
    assert talk.order(Role.TAKE_PROFIT).amount == D("0.6")


def test_new_targets_wait_until_the_old_one_has_let_go_of_the_coins() -> None:
    talk = Dialogue(settings()).opened()
    changed = settings(take_profit={"steps": [{"percent": 2, "share": 40}, {"percent": 5, "share": 60}]})
    assert not placed(talk.ask(EditDeal(1, changed.model_dump_json())))
    talk.cancel()
    assert shape(talk.live) == [
        ("take_profit", 1, D("102.21"), D("0.4")),
        ("take_profit", 2, D("105.22"), D("0.6")),
    ]


@pytest.mark.parametrize(("sold", "rest"), [("0.38", [(2, "0.62")]), ("0.1", [(1, "0.3"), (2, "0.6")])])
def test_the_rest_of_a_half_sold_target_joins_the_next_when_it_is_too_small(
    sold: str, rest: list[tuple[int, str]]
) -> None:
    targets = [{"percent": 2, "share": 40}, {"percent": 5, "share": 60}]
    talk = Dialogue(settings(take_profit={"steps": targets})).opened()
    talk.fill(talk.order(Role.TAKE_PROFIT, 1), amount=sold)
    assert not [order for order in talk.live if order.status is OrderStatus.CANCELING]
    changed = settings(take_profit={"steps": [targets[0] | {"percent": 3}, targets[1] | {"percent": 6}]})
    talk.ask(EditDeal(1, changed.model_dump_json()))
    talk.cancel()
    assert [(order.index, order.amount) for order in talk.live] == [(index, D(amount)) for index, amount in rest]


def test_the_rest_of_the_last_target_joins_the_one_before_when_it_is_too_small() -> None:
    targets = [{"percent": 2, "share": 40}, {"percent": 5, "share": 60}]
    talk = Dialogue(settings(take_profit={"steps": targets})).opened()
    talk.fill(talk.order(Role.TAKE_PROFIT, 2), amount="0.58")
    changed = settings(take_profit={"steps": [targets[0] | {"percent": 3}, targets[1] | {"percent": 6}]})
    talk.ask(EditDeal(1, changed.model_dump_json()))
    talk.cancel()
    assert [(order.index, order.amount) for order in talk.live] == [(1, D("0.42"))]


def test_the_stop_never_moves_back_when_a_later_step_would_put_it_lower() -> None:
    steps = [{"percent": p, "share": s} for p, s in ((2, 40), (3, 30), (4, 30))]
    talk = Dialogue(
        settings(
            take_profit={"steps": steps}, stop_loss={"breakeven_after": 2}, safety_orders=LADDER | {"max_count": 1}
        )
    ).opened()
    talk.fill(talk.order(Role.TAKE_PROFIT, 2))
    high = talk.deal.breakeven
    assert high == talk.order(Role.TAKE_PROFIT, 1).price
    talk.fill(talk.order(Role.TAKE_PROFIT, 1))
    assert talk.deal.breakeven == high


def test_the_stop_moves_to_the_target_of_a_step_that_gave_its_share_away() -> None:
    steps = [{"percent": p, "share": s} for p, s in ((2, 1), (3, 59), (4, 40))]
    talk = Dialogue(settings(take_profit={"steps": steps}, stop_loss={"breakeven_after": 2})).opened()
    assert [order.index for order in talk.live] == [2, 3]
    talk.fill(talk.order(Role.TAKE_PROFIT, 2))
    assert talk.deal.breakeven == D("102.21")


def test_left_overs_complete_the_deal_when_no_target_rests_any_more() -> None:
    talk = Dialogue(settings(safety_orders=LADDER)).opened()
    rung = talk.order(Role.SAFETY, 1)
    talk.fill(rung, amount="0.01")
    talk.cancel(talk.order(Role.TAKE_PROFIT))
    profit = talk.order(Role.TAKE_PROFIT)
    talk.fill(rung, amount="0.01")
    talk.fill(profit)
    assert talk.deal.ending is DealStatus.COMPLETED
    talk.cancel()
    assert talk.state.pairs[0].dust == D("0.01")


def test_the_percent_can_be_of_the_base_order_alone() -> None:
    talk = Dialogue(settings(safety_orders=LADDER, take_profit={"basis": "base", "percent": 2})).opened()
    talk.fill(talk.order(Role.SAFETY, 1))
    talk.cancel()
    profit = talk.order(Role.TAKE_PROFIT)
    assert profit.price is not None
    earned = profit.price * profit.amount * D("0.999") - talk.deal.deal.position.spent(talk.deal.direction)
    assert D("2.0") < earned < D("2.02")


def test_nothing_more_is_decided_about_a_deal_that_is_on_its_way_out() -> None:
    talk = Dialogue(settings(stop_loss={"percent": 3})).opened()
    talk.tick("90")
    watch = talk.bot.watch(talk.state, PAIR)
    assert (watch.below, watch.above, watch.follows) == (None, None, False)
    talk.tick("80")
    assert talk.told.count("stop_loss_reached") == 1
    talk.wait(10)
    late = talk.order(Role.TAKE_PROFIT)
    talk.fill(late)
    assert talk.closed[0].status is DealStatus.STOPPED_OUT


def test_a_market_order_that_is_opening_needs_no_ticks_and_a_short_opens_at_the_ask() -> None:
    talk = Dialogue(settings())
    talk.tick("100")
    assert talk.bot.watch(talk.state, PAIR) == talk.bot.watch(talk.state, "XRP/USDT")
    short = Dialogue(settings(direction="short", base_order={"volume": 100, "type": "limit"}))
    short.tick("100", ask=D("100.015"))
    assert short.order(Role.BASE).price == D("100.02")


def test_the_watch_of_a_short_mirrors_that_of_a_long() -> None:
    ladder = {"custom": [{"deviation": -2, "volume": 20}]}
    talk = Dialogue(settings(direction="short", safety_orders=ladder, stop_loss={"percent": 5})).opened()
    watch = talk.bot.watch(talk.state, PAIR)
    assert (watch.below, watch.above) == (D("97.91"), D("104.895"))


def test_a_bot_knows_its_pairs_and_its_number() -> None:
    talk = Dialogue(settings())
    assert (talk.bot.bot_id, talk.bot.symbols) == (7, (PAIR,))


def test_an_edit_before_the_base_order_has_filled_shapes_the_ladder_that_follows() -> None:
    talk = Dialogue(settings())
    talk.tick("100")
    talk.ask(EditDeal(1, settings(safety_orders=LADDER).model_dump_json()))
    talk.fill(talk.order(Role.BASE), "100")
    assert len([order for order in talk.live if order.role is Role.SAFETY]) == 3


def test_a_trailing_price_between_best_and_closing_level_changes_nothing() -> None:
    talk = Dialogue(settings(take_profit={"percent": 2, "trailing_deviation": 1})).opened()
    talk.tick("104")
    before = talk.deal.trail_best
    assert not talk.tick("103.5")
    assert talk.deal.trail_best == before


def test_a_second_tick_beyond_a_waiting_stop_does_not_start_the_wait_again() -> None:
    talk = Dialogue(settings(stop_loss={"percent": 3, "timeout_seconds": 60})).opened()
    talk.tick("96")
    since = talk.deal.beyond_stop_since
    talk.tick("95")
    assert talk.deal.beyond_stop_since == since


def test_an_order_that_fills_after_the_deal_was_told_to_end_does_not_change_why_it_ends() -> None:
    talk = Dialogue(settings(limits={"close_after_seconds": 60}, take_profit={"percent": 2})).opened()
    talk.wait(60)
    assert talk.deal.ending is DealStatus.TIMED_OUT
    assert talk.deal.ends(DealStatus.COMPLETED).ending is DealStatus.TIMED_OUT
    talk.wait(10)
    assert talk.bot.wake_at(talk.state) is None


def test_a_deal_on_a_pair_that_the_bot_no_longer_trades_still_closes() -> None:
    talk = Dialogue(settings()).opened()
    talk.state = replace(talk.state, pairs=())
    talk.fill(talk.order(Role.TAKE_PROFIT))
    assert talk.closed[0].status is DealStatus.COMPLETED


def test_without_a_limit_in_time_a_refused_order_alone_sets_the_clock() -> None:
    talk = Dialogue(settings(stop_loss={"percent": 3}), at=0).opened(accept=False)
    talk.reject(talk.order(Role.TAKE_PROFIT))
    talk.tick("90")
    assert talk.bot.wake_at(talk.state) == talk.deal.blocked[0].until


def test_a_rest_that_was_left_under_finer_steps_is_sold_under_the_coarser_ones_of_today() -> None:
    ladder = {"volume": "50", "price_deviation": "1", "max_count": 1}
    market = replace(FREE_OF_FEES, amount_step=D("0.00001"), min_cost=D("0.5"))
    talk = Dialogue(settings(safety_orders=ladder), market=market).opened("99.7")
    talk.fill(talk.order(Role.TAKE_PROFIT), amount="0.33333")
    talk.bot = DcaBot(BotIdentity(7), talk.settings, {PAIR: replace(market, amount_step=D("0.01"))})
    talk.fill(talk.order(Role.SAFETY))
    talk.cancel()

    rest = talk.order(Role.TAKE_PROFIT)
    assert rest.amount == D("1.17")  # of 1.17625
    talk.accept()
    talk.fill(rest)
    assert [deal.status for deal in talk.closed] == [DealStatus.COMPLETED]


def test_a_running_deal_tells_what_it_runs_on() -> None:
    given = settings()
    talk = Dialogue(given).opened()
    assert talk.bot.deal_settings(talk.state, 1) == given
    own = settings(take_profit={"percent": "3"})
    talk.ask(EditDeal(1, own.model_dump_json()))
    assert talk.bot.deal_settings(talk.state, 1) == own
    assert talk.bot.settings == given
    assert talk.bot.deal_settings(talk.state, 2) is None


def test_a_dca_bot_has_no_strategy_to_hear_from() -> None:
    chat = Dialogue(settings())
    before = chat.state
    for event in (
        StrategyAnswered(PAIR, 1, "{}", Decimal(1), chat.at),
        StrategyFailed(PAIR, 1, "raised", "", "", chat.at),
    ):
        step = chat.bot.on_event(before, event)
        assert (step.state, step.commands) == (before, ())


def test_several_watches_are_calm_where_all_that_follow_are() -> None:
    narrow, wide = Watch(follows=True, calm=(D(99), D(105))), Watch(follows=True, calm=(None, D(110)))
    assert merged([narrow, Watch(below=D(90)), wide]) == Watch(below=D(90), follows=True, calm=(D(99), D(105)))
    assert merged([narrow, Watch(follows=True)]).calm is None
    assert merged([Watch(), Watch()]).calm is None


def test_an_armed_deal_is_calm_between_the_best_price_and_where_it_is_out_of_profit() -> None:
    talk = Dialogue(settings(take_profit={"percent": "2", "trailing_deviation": "1"})).opened()
    assert talk.bot.watch(talk.state, PAIR).calm is None
    talk.tick("103")
    watch = talk.bot.watch(talk.state, PAIR)
    assert watch.follows and watch.calm is not None
    assert watch.calm[0] == out_of_profit_level(talk.deal, MARKET) and watch.calm[1] == D(103)
