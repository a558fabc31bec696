"""A bot that asks a strategy of the user's own: what it asks, and how it carries out what it is answered."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from desktop_app.core.client_id import BotIdentity
from desktop_app.core.commands import CancelOrder
from desktop_app.core.deal import DealStatus
from desktop_app.core.events import (
    AddFunds,
    CancelDeal,
    CancelRefused,
    CloseDeal,
    EditDeal,
    FundsSeen,
    NoteDeal,
    OrderFilled,
    PauseBot,
    ReduceFunds,
    ResumeBot,
    StartDeal,
    StrategyAnswered,
    StrategyFailed,
)
from desktop_app.core.order import Fill, OrderStatus, OrderType, Role, Side
from desktop_app.core.strategies import own
from desktop_app.core.strategies.own import Answer, buy, cancel, say, sell, stop, targets
from desktop_app.core.strategies.python import PythonBot
from desktop_app.core.strategies.python_settings import PythonSettings
from desktop_app.core.strategies.python_state import MOST_WAITING
from desktop_app.core.strategies.python_wants import MOST_MEMORY, answer_json, read_answer
from desktop_app.core.strategy import Question
from tests.core.dialogue import MARKET, PAIR, Dialogue

D = Decimal
MINUTE = 60_000
START = 1_000_020_000


def own_settings(**more: Any) -> PythonSettings:
    given: dict[str, Any] = {
        "name": "own",
        "account": "demo",
        "pairs": [PAIR],
        "file": "dip.py",
        "max_funds": "1000",
        "timeframe": "1m",
    }
    return PythonSettings.model_validate(given | more)


@dataclass
class OwnDialogue(Dialogue):
    """The test answers for the strategy."""

    settings: Any
    state: Any = field(init=False)
    bot: Any = field(init=False)

    def __post_init__(self) -> None:
        self.at = START
        self.bot = PythonBot(BotIdentity(7), self.settings, dict.fromkeys(self.settings.pairs, self.market))
        self.state = self.bot.first_state(self.at)

    def wait(self, seconds: int) -> Any:
        """Time passes, and a price comes if one is waited for."""
        said = super().wait(seconds)
        if self.state.pair(PAIR).due:
            self.at -= 1000
            self.tick("100")
        return said

    @property
    def deal(self) -> Any:
        (deal,) = self.state.deals
        return deal

    @property
    def asks(self) -> bool:
        return self.question is not None

    @property
    def question(self) -> Question | None:
        found: Question | None = self.bot.question(self.state)
        return found

    def answer(self, *actions: Any, price: str = "100", state: str = "null") -> None:
        """Let the candle close if nothing is asked, and answer."""
        if self.question is None:
            self.wait(60)
        question = self.question
        assert question is not None
        text = answer_json(Answer(state, actions))
        self.hear(StrategyAnswered(question.symbol, question.number, text, D(price), self.at))

    def heard(self) -> list[Any]:
        """Answer everything that is asked with nothing; what the strategy was told."""
        told = []
        while (question := self.question) is not None:
            told.append(question.told)
            self.answer()
        return told

    def bought(self, *actions: Any, quote: int = 500, price: str = "100") -> "OwnDialogue":
        self.answer(buy(quote=quote), price=price)
        self.accept()
        self.fill(self.order(Role.BASE), price)
        self.heard()
        if actions:
            self.answer(*actions, price=price)
            self.accept()
        return self


def talk(**more: Any) -> OwnDialogue:
    return OwnDialogue(own_settings(**more))


def test_it_asks_when_a_candle_has_closed_and_shows_nothing_later() -> None:
    bot = talk(timeframe="5m")
    assert not bot.asks
    due = bot.bot.wake_at(bot.state)
    assert due is not None and due % (5 * MINUTE) == 0 and due >= START

    bot.wait((due - START) // 1000 + 7)

    question = bot.question
    assert question is not None
    assert (question.told.at, question.until, question.memory) == (due, due, "null")
    assert bot.bot.wake_at(bot.state) == due + 5 * MINUTE


def test_of_what_trades_inside_a_candle_of_the_past_it_hears_before_that_candle_is_known() -> None:
    bot = talk()
    bot.answer(buy(quote=500))
    bot.accept()
    opened = bot.at // MINUTE * MINUTE
    order = bot.order(Role.BASE)
    fill = Fill("t1", D(100), order.amount, D("0.5"), at=opened)

    bot.hear(OrderFilled(order.client_id, fill, opened, bar_end=opened + MINUTE))

    question = bot.question
    assert question is not None and question.told.at == opened + MINUTE
    assert question.until == opened, "it closes a minute later"


def test_of_several_candles_that_closed_unasked_only_the_newest_is_told() -> None:
    bot = talk()
    bot.wait(60)
    bot.wait(600)

    (told,) = bot.heard()

    assert told.at == bot.at // MINUTE * MINUTE


def test_its_state_comes_back_with_the_next_question() -> None:
    bot = talk()
    bot.answer(state='{"seen": 1}')
    bot.wait(60)

    assert bot.question is not None and (bot.question.memory, bot.question.number) == ('{"seen": 1}', 1)


def test_an_answer_to_another_question_changes_nothing() -> None:
    bot = talk()
    bot.wait(60)
    before = bot.state

    bot.hear(StrategyAnswered(PAIR, 5, answer_json(Answer("null", (buy(quote=50),))), D(100), bot.at))

    assert bot.state == before and not bot.said


def test_a_market_buy_stays_within_the_budget_fee_included() -> None:
    bot = talk(max_funds="100")
    bot.answer(buy(quote=500, name="in"), price="99.7")

    (order,) = bot.live
    assert (order.role, order.side, order.type) == (Role.BASE, Side.BUY, OrderType.MARKET)
    assert order.amount * D("99.7") * D("1.001") <= 100
    assert bot.deal.deal.status is DealStatus.OPENING


def test_sizes_are_scaled_by_the_bots_own_percent() -> None:
    bot = talk(scale_percent="50")
    bot.answer(buy(coins=2))

    assert bot.live[0].amount == 1


def test_further_buys_are_limit_orders_by_name_and_can_be_cancelled() -> None:
    bot = talk().bought()
    bot.answer(buy(quote=100, price="95.005", name="dip"))
    bot.accept()
    order = bot.order(Role.SAFETY)
    assert (order.price, order.index) == (D("95.00"), 1)
    bot.wait(60)
    assert bot.question is not None and bot.question.facts.orders[0].name == "dip"

    bot.answer(cancel("dip"))
    assert [type(command) for command in bot.said] == [CancelOrder]
    bot.cancel()
    assert not bot.live


def test_an_order_that_may_not_rest_yet_is_cancelled_as_soon_as_it_does() -> None:
    bot = talk().bought()
    bot.answer(buy(quote=100, price="95", name="dip"))
    bot.answer(cancel("dip"))
    assert not any(isinstance(command, CancelOrder) for command in bot.said)

    bot.accept()

    assert any(isinstance(command, CancelOrder) for command in bot.said)


def test_targets_rest_and_the_last_takes_the_remainder() -> None:
    bot = talk().bought(targets(("110", 30), ("120", 70)), quote=503)
    first, second = sorted((order for order in bot.live), key=lambda order: order.price or D(0))

    assert first.role is Role.TAKE_PROFIT and first.amount == D("1.509")
    assert first.amount + second.amount == bot.deal.deal.held
    assert bot.deal.deal.take_profits == (D(110), D(120))


def test_new_targets_wait_until_the_old_ones_are_gone() -> None:
    bot = talk().bought(targets(("110", 100)))
    bot.answer(targets(("120", 100)))
    assert [type(command) for command in bot.said] == [CancelOrder]

    bot.cancel()

    assert bot.order(Role.TAKE_PROFIT).price == 120


def test_all_targets_filled_end_the_deal_with_its_profit() -> None:
    bot = talk().bought(targets(("110", 100)))
    bot.fill(bot.order(Role.TAKE_PROFIT))

    (deal,) = bot.closed
    assert deal.status is DealStatus.COMPLETED and deal.profit > 48
    told = bot.heard()
    assert [one.kind for one in told] == ["filled"] and told[0].side == "sell" and not told[0].left


def test_the_stop_is_watched_at_every_price_and_sells_everything() -> None:
    bot = talk().bought(targets(("110", 100)), stop("95"))
    assert bot.bot.watch(bot.state, PAIR).below == 95
    bot.tick("96")
    assert not bot.said

    bot.tick("94.9")
    assert "stop_loss_reached" in bot.told
    bot.cancel()
    order = bot.order(Role.STOP_LOSS)
    bot.accept()
    bot.tick("94")
    bot.fill(order, "94.9")

    assert bot.closed[0].status is DealStatus.STOPPED_OUT


def test_a_jump_below_the_stop_sells_too_and_one_from_above_does_not_look_below_itself() -> None:
    bot = talk().bought(stop("95"))
    bot.tick("90", path=D("97"))
    assert not bot.live
    bot.tick("90", path=D("95"))

    assert bot.order(Role.STOP_LOSS).type is OrderType.MARKET


def test_a_stop_above_the_price_sells_at_once_and_one_can_be_taken_away() -> None:
    bot = talk().bought(stop("90"))
    bot.answer(stop(None))
    assert bot.deal.deal.stop_loss is None

    bot.answer(stop("101"))

    assert bot.deal.ending is DealStatus.STOPPED_OUT


def test_selling_a_part_and_the_rest_at_market() -> None:
    bot = talk().bought(targets(("110", 100)))
    bot.answer(sell(percent=40))
    bot.cancel()
    part = bot.order(Role.CLOSE)
    assert part.amount == 2
    bot.fill(part, "101")
    assert bot.deal.deal.status is DealStatus.OPEN
    bot.heard()

    bot.answer(sell(), price="102")
    bot.fill(bot.order(Role.CLOSE), "102")

    assert bot.closed[0].status is DealStatus.COMPLETED


def test_a_limit_sell_by_coins_rests_beside_others_and_never_more_than_is_free() -> None:
    bot = talk().bought(sell(coins=3, price="110", name="a"))
    bot.answer(sell(coins=4, price="112.001", name="b"))

    amounts = sorted((order.price, order.amount) for order in bot.live if order.price is not None)
    assert amounts == [(D("110"), D(3)), (D("112.01"), D(2))]


def test_selling_without_coins_takes_back_the_buys() -> None:
    bot = talk()
    bot.answer(buy(quote=100, price="90"))
    bot.accept()
    bot.answer(sell(percent=10))
    assert not bot.said

    bot.answer(sell())
    bot.cancel()

    assert bot.closed[0].status is DealStatus.CANCELLED and bot.state.deals_closed == 0


def test_too_small_a_target_is_told_and_does_not_rest() -> None:
    bot = talk().bought(targets(("110", "0.1")))

    assert "own_target_too_small" in bot.told and not bot.live


def test_without_a_deal_there_is_nothing_to_sell_protect_or_cancel() -> None:
    bot = talk()
    bot.answer(sell(), targets(("110", 100)), stop("90"), cancel("x"), say(" hello  there "))

    assert not bot.said and not bot.state.deals
    assert bot.bot.why(bot.state, PAIR, bot.at, None)["text"] == "hello there"


@pytest.mark.parametrize("spend", ["4", "0.001"])
def test_a_buy_below_the_minimum_is_not_made_and_told_once(spend: str) -> None:
    bot = talk()
    bot.answer(buy(quote=spend))
    bot.answer(buy(quote=spend))

    assert bot.told.count("own_not_bought_too_small") == 1 and not bot.live
    bot.answer(buy(quote=50))
    assert bot.live


def test_a_limit_that_rounds_to_nothing_buys_nothing() -> None:
    bot = talk()
    bot.answer(buy(quote=100, price="0.001"))

    assert "own_not_bought_too_small" in bot.told and not bot.live


def test_a_stop_whose_sale_is_refused_is_not_over() -> None:
    bot = talk().bought(stop("95"))
    bot.tick("94")
    bot.reject(bot.order(Role.STOP_LOSS))
    assert not bot.closed and not bot.live
    bot.wait(1)
    bot.fill(bot.order(Role.STOP_LOSS), "93")

    assert bot.closed[0].status is DealStatus.STOPPED_OUT


def test_a_paused_bot_sells_but_does_not_buy() -> None:
    bot = talk().bought()
    bot.ask(PauseBot())
    assert bot.bot.funds_needed(bot.state, PAIR, D(100)) == 0
    bot.answer(buy(quote=50))
    assert "own_not_bought_paused" in bot.told
    bot.answer(sell())
    bot.fill(bot.order(Role.CLOSE), "100")
    assert bot.bot.why(bot.state, PAIR, bot.at, None).code == "why_paused"

    bot.ask(ResumeBot())
    bot.ask(ResumeBot())
    assert bot.told.count("bot_resumed") == 1, "what does not wait does not go on"
    bot.heard()
    bot.answer(buy(quote=50))
    assert bot.live


def test_a_refused_buy_is_told_to_the_strategy_and_its_deal_is_over() -> None:
    bot = talk()
    bot.answer(buy(quote=50, name="in"))
    bot.reject(bot.live[0])

    assert bot.closed[0].status is DealStatus.CANCELLED
    (told,) = bot.heard()
    assert (told.kind, told.name, told.reason) == ("refused", "in", "insufficient funds")
    assert bot.reject(bot.closed[0].orders[0]), "an order that no deal knows is a problem"


def test_an_exit_that_is_refused_is_tried_again_ever_more_patiently() -> None:
    bot = talk().bought()
    bot.answer(sell())
    for pause in (1, 2, 5):
        bot.reject(bot.order(Role.CLOSE))
        assert not bot.live
        assert bot.bot.wake_at(bot.state) <= bot.at + pause * 1000
        bot.wait(pause)
        assert bot.order(Role.CLOSE).is_live
    bot.fill(bot.order(Role.CLOSE), "100")
    assert bot.closed


def test_a_cancel_from_outside_is_told_and_respected() -> None:
    bot = talk().bought(targets(("110", 100)))
    bot.cancel(bot.order(Role.TAKE_PROFIT), reason="by hand")

    assert "order_canceled_outside" in bot.told and not bot.live
    assert [one.kind for one in bot.heard()] == ["refused"]


def test_a_cancel_that_is_refused_leaves_the_order_and_asks_again() -> None:
    bot = talk().bought(targets(("110", 100)))
    bot.answer(targets())
    order = bot.live[0]
    bot.hear(CancelRefused(order.client_id, "busy", bot.at))
    assert bot.live[0].status is OrderStatus.CANCELING
    bot.cancel()
    assert not bot.live


def test_cancel_refused_of_an_order_that_rests_changes_nothing() -> None:
    bot = talk().bought(targets(("110", 100)))
    before = bot.state
    bot.hear(CancelRefused(bot.live[0].client_id, "busy", bot.at))
    assert bot.state == before


def test_final_news_twice_change_nothing() -> None:
    bot = talk().bought()
    bot.answer(buy(quote=100, price="95", name="dip"))
    bot.accept()
    order = bot.order(Role.SAFETY)
    bot.cancel(order, reason="x")
    before = bot.state
    bot.cancel(order, reason="x")
    bot.reject(order)
    assert bot.state == before


def test_a_fill_that_overtook_its_cancel_comes_back_into_the_deal() -> None:
    bot = talk().bought()
    bot.answer(buy(quote=100, price="95", name="dip"))
    bot.accept()
    order = bot.order(Role.SAFETY)
    bot.cancel(order, reason="x")
    gone = bot.deal.with_deal(orders=tuple(o for o in bot.deal.deal.orders if o.client_id != order.client_id))
    bot.state = bot.state.with_deal(gone)

    late = order.becomes(OrderStatus.CANCELED)
    fill = Fill("t99", D(95), order.amount, at=bot.at)
    bot.hear(OrderFilled(order.client_id, fill, bot.at, 0, (bot.deal.number, late)))

    assert bot.deal.deal.safety_filled == 1
    bot.hear(OrderFilled("nobody", fill, bot.at, 0, (77, late)))
    assert bot.told[-1] == "unknown_order"


def test_a_failure_takes_back_buys_keeps_exits_and_stops_asking() -> None:
    bot = talk().bought(targets(("110", 100)), stop("90"))
    bot.answer(buy(quote=100, price="95"))
    bot.accept()
    bot.wait(60)
    question = bot.question
    assert question is not None

    bot.hear(StrategyFailed(PAIR, question.number, "raised", "line 3", "ZeroDivisionError", bot.at))

    assert bot.told[-1] == "own_raised"
    assert not bot.asks
    assert [command.client_id for command in bot.said if isinstance(command, CancelOrder)]
    bot.cancel()
    assert bot.order(Role.TAKE_PROFIT).is_live
    assert bot.deal.deal.stop_loss == 90
    bot.wait(60)
    assert not bot.asks
    assert bot.bot.wake_at(bot.state) is None
    why = bot.bot.why(bot.state, PAIR, bot.at, None)
    assert (why.code, why["place"]) == ("own_raised", "line 3")
    assert not bot.bot.is_done(bot.state)
    bot.hear(StrategyFailed(PAIR, question.number, "slow", "", "", bot.at))
    assert not bot.said, "it failed already"

    bot.fill(bot.order(Role.TAKE_PROFIT))
    assert bot.bot.is_done(bot.state)
    end = bot.bot.end(bot.state)
    assert end is not None and end.code == "own_raised"
    bot.ask(ResumeBot())
    bot.wait(60)
    assert bot.question is not None
    assert bot.bot.end(bot.state) is None


@pytest.mark.parametrize(
    "text",
    [
        "{",
        '{"state": "null", "actions": [{"do": "rob"}]}',
        answer_json(Answer("null", tuple(say("x") for _ in range(51)))),
        answer_json(Answer(f'"{"x" * MOST_MEMORY}"')),
    ],
)
def test_an_answer_that_cannot_be_carried_out_is_a_failure(text: str) -> None:
    bot = talk()
    bot.wait(60)
    bot.hear(StrategyAnswered(PAIR, 0, text, D(100), bot.at))

    assert bot.told == ["own_answer"]
    with pytest.raises(ValueError, match=r"."):
        read_answer(text)


def test_a_person_can_close_cancel_add_reduce_and_note() -> None:
    bot = talk().bought(targets(("110", 100)))
    number = bot.deal.number
    bot.ask(NoteDeal(number, "mine"))
    assert bot.deal.deal.note == "mine"
    bot.ask(AddFunds(number, D(50)))
    bot.fill(bot.order(Role.MANUAL), "100")
    bot.ask(AddFunds(number, D(50), OrderType.LIMIT, D("90.001")))
    bot.accept()
    assert bot.order(Role.MANUAL).price == D("90.00")
    bot.ask(AddFunds(number, D(1)))
    assert bot.told[-1] == "add_too_small"
    bot.ask(ReduceFunds(number, D("0.001")))
    assert bot.told[-1] == "reduce_too_small"
    bot.ask(ReduceFunds(number, D(1)))
    bot.cancel()
    bot.fill(bot.order(Role.CLOSE), "100")
    bot.ask(EditDeal(number, "{}"))
    assert bot.told[-1] == "own_decides_itself"

    bot.ask(CloseDeal(number))
    bot.cancel()
    assert bot.bot.why(bot.state, PAIR, bot.at, None).code == "why_closing"
    bot.answer(buy(quote=50))
    assert "own_not_bought_closing" in bot.told
    bot.ask(CloseDeal(number))
    assert bot.told[-1] == "deal_is_closing"
    bot.fill(bot.order(Role.CLOSE), "100")
    assert bot.closed[0].status is DealStatus.CLOSED_BY_USER
    bot.ask(CloseDeal(number))
    assert bot.told[-1] == "no_such_deal"


def test_managing_can_be_stopped_and_the_coins_stay() -> None:
    bot = talk().bought(targets(("110", 100)))
    bot.ask(CancelDeal(bot.deal.number))
    bot.cancel()

    assert bot.closed[0].status is DealStatus.CANCELLED and bot.closed[0].held == 5
    assert bot.state.pair(PAIR).dust == 0


def test_nobody_can_start_a_deal_for_it() -> None:
    bot = talk()
    bot.ask(StartDeal(PAIR))
    assert bot.told == ["own_decides_itself"]


def test_dust_is_carried_into_the_next_deal_and_back_if_that_never_began() -> None:
    bot = talk()
    bot.answer(buy(quote=500))
    bot.fill(bot.live[0], "100", in_coins=True)
    bot.heard()
    bot.answer(sell())
    bot.fill(bot.order(Role.CLOSE), "100")
    dust = bot.closed[0].held
    assert 0 < dust < D("0.001") or dust == 0
    bot.heard()

    bot.answer(buy(quote=50))
    assert bot.deal.deal.position.carried == dust
    bot.reject(bot.live[0])
    assert bot.state.pair(PAIR).dust == dust


def test_what_waits_for_the_strategy_is_bounded() -> None:
    bot = talk()
    state = bot.state
    for at in range(MOST_WAITING + 50):
        state = state.telling(PAIR, own.Refused("", "buy", "x", at))

    assert len(state.pair(PAIR).waiting) == MOST_WAITING


def test_orders_without_a_trade_do_not_pile_up() -> None:
    bot = talk().bought()
    for _ in range(60):
        bot.answer(buy(quote=100, price="95", name="dip"))
        bot.accept()
        bot.answer(cancel("dip"))
        bot.cancel()

    assert len(bot.deal.deal.orders) < 25 and len(bot.deal.names) < 25


def test_a_pair_that_an_edit_added_is_asked_about_too() -> None:
    bot = talk()
    edited = own_settings(pairs=[PAIR, "ETH/USDT"])
    other = PythonBot(BotIdentity(7), edited, {PAIR: MARKET, "ETH/USDT": MARKET})
    assert other.wake_at(bot.state) == 0
    assert other.symbols == (PAIR, "ETH/USDT") and other.bot_id == 7 and other.deals(bot.state) == ()


def test_other_events_and_unknown_markets_are_left_alone() -> None:
    bot = talk()
    before = bot.state
    bot.hear(FundsSeen((), bot.at))
    bot.tick("100")
    assert bot.state == before
    lonely = PythonBot(BotIdentity(7), own_settings(), {})
    assert lonely.why(before, PAIR, 0, None).code == "why_no_market"
    assert bot.bot.why(before, PAIR, 0, None).code == "own_waits"
    assert bot.bot.funds_needed(before, PAIR, D(100)) == 1000
    assert bot.bot.watch(before, PAIR) == bot.bot.watch(before, PAIR)


def test_settings_are_checked() -> None:
    for bad in (
        {"file": "../x.py"}, {"file": "x.txt"}, {"file": ".py"}, {"options": {"a b": 1}}, {"options": {"a": [1]}},
        {"timeframe": "7m"}, {"history": 1},
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"."):
            own_settings(**bad)
    kept = own_settings(options={"a": 1.5, "b": True, "c": 3, "d": "x", "e": D("0.10")}).options
    assert kept == {"a": "1.5", "b": True, "c": 3, "d": "x", "e": "0.10"}
