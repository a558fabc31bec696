"""A DCA bot that listens to conditions: when deals start and close, and when safety orders are bought."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from desktop_app.core.bot_file import read_bot_file, write_bot_file
from desktop_app.core.condition_groups import Group
from desktop_app.core.deal import DealStatus
from desktop_app.core.events import ConditionsRead, EditDeal, PairsListed, StartDeal
from desktop_app.core.order import OrderType, Role
from desktop_app.core.reading import Outcome, Reading
from desktop_app.core.strategy import ListsPairs, ReadsConditions, conditions_of
from desktop_app.core.words import sentence
from tests.core.dialogue import FREE_OF_FEES, PAIR, Dialogue, placed, settings

D = Decimal
N, Y, NOT = Outcome.NO, Outcome.YES, Outcome.NOT_READY


def rsi(value: int, timeframe: str = "5m") -> dict[str, Any]:
    return {"indicator": "rsi", "timeframe": timeframe, "trigger": "less_than", "value": value}


def key(condition: dict[str, Any]) -> str:
    return Group.model_validate({"all": [condition]}).conditions()[0].key()


def tell(talk: Dialogue, *told: tuple[dict[str, Any], Outcome], pair: str = PAIR) -> None:
    readings = tuple(Reading(key(condition), outcome, D("41.2"), D(30), 20) for condition, outcome in told)
    assert talk.hear(ConditionsRead(pair, readings, talk.at)) == ()


def start(**more: Any) -> dict[str, Any]:
    return {"mode": "conditions", "all": [rsi(30), rsi(40, "1h")], **more}


def why(talk: Dialogue, price: str | None = "100") -> str:
    return sentence(talk.bot.why(talk.state, PAIR, talk.at, D(price) if price is not None else None))


# --- starting


def test_a_deal_starts_at_an_opening_price_while_all_conditions_hold() -> None:
    talk = Dialogue(settings(start=start()))
    assert not placed(talk.tick("100"))
    tell(talk, (rsi(30), Y), (rsi(40, "1h"), N))
    assert not placed(talk.tick("100"))
    tell(talk, (rsi(40, "1h"), Y))
    assert not placed(talk.tick("100", opens=False)) and talk.bot.watch(talk.state, PAIR).wants_open

    assert [order.role for order in placed(talk.tick("100"))] == [Role.BASE]


def test_a_condition_holds_until_its_timeframe_closes_again() -> None:
    talk = Dialogue(settings(start=start(), limits={"max_deals_per_pair": 1}))
    tell(talk, (rsi(30), Y), (rsi(40, "1h"), Y))
    tell(talk, (rsi(30), N))
    assert not placed(talk.tick("100"))
    tell(talk, (rsi(30), Y))  # the hour has not closed: its condition still holds
    assert placed(talk.tick("100"))


def test_D_02_a_condition_that_is_not_met_is_told_with_its_value() -> None:
    talk = Dialogue(settings(start=start()))
    assert why(talk, None) == "Waits for the first price of BTC/USDT."
    assert why(talk) == "RSI 14 on 5m is not ready: 0 of 15 candles."
    tell(talk, (rsi(30), N), (rsi(40, "1h"), Y))
    assert why(talk) == "RSI 14 on 5m is 41.2, waits for below 30."
    tell(talk, (rsi(30), Y))
    assert why(talk) == "Opens a deal at the next price."


def test_a_filter_keeps_deals_from_starting_however_they_are_asked_for() -> None:
    talk = Dialogue(settings(start={"mode": "manual"}, limits={"on_conditions": {"any": [rsi(30), rsi(20)]}}))
    talk.ask(StartDeal(PAIR))
    assert not placed(talk.tick("100"))
    assert why(talk).endswith("0 of 15 candles.")
    tell(talk, (rsi(20), Y), (rsi(30), N))
    assert placed(talk.tick("100"))


def test_a_deal_that_is_asked_for_does_not_wait_for_the_conditions_of_the_start() -> None:
    talk = Dialogue(settings(start=start()))
    talk.ask(StartDeal(PAIR))
    assert placed(talk.tick("100"))


def test_a_bot_names_the_conditions_that_it_wants_to_be_told() -> None:
    talk = Dialogue(settings(start=start(), take_profit={"percent": 2, "on_conditions": {"all": [rsi(70), rsi(30)]}}))

    found = conditions_of(talk.bot, talk.state, PAIR)
    assert [one.key() for one in found] == [key(rsi(30)), key(rsi(40, "1h")), key(rsi(70))]
    assert conditions_of(talk.bot, talk.state, "ETH/USDT") == ()
    assert conditions_of(object(), talk.state, PAIR) == ()
    bot: object = talk.bot
    assert isinstance(bot, ReadsConditions)
    assert isinstance(bot, ListsPairs)
    assert talk.bot.watch(talk.state, PAIR).reads and not Dialogue(settings()).bot.watch(talk.state, PAIR).reads


def test_a_running_deal_keeps_the_conditions_that_it_was_opened_with() -> None:
    talk = Dialogue(settings(take_profit={"percent": 9, "on_conditions": {"all": [rsi(70)]}})).opened()
    talk.bot = Dialogue(settings(start=start())).bot

    assert key(rsi(70)) in [one.key() for one in talk.bot.conditions(talk.state, PAIR)]


# --- closing


def closer(**more: Any) -> Dialogue:
    take_profit = {"percent": "9", "on_conditions": {"all": [rsi(70)]}, **more}
    safety = {"volume": 100, "price_deviation": 10, "max_count": 1}
    return Dialogue(settings(take_profit=take_profit, safety_orders=safety), FREE_OF_FEES).opened()


def test_a_signal_closes_at_market_once_the_profit_is_there() -> None:
    talk = closer(min_profit="1")
    tell(talk, (rsi(70), Y))
    assert why(talk).startswith("Waits for take profit")
    assert not placed(talk.tick("100.99"))
    assert not placed(talk.tick("101", opens=False))
    talk.tick("101")
    talk.cancel()

    order = talk.order(Role.TAKE_PROFIT)
    assert order.type is OrderType.MARKET and "signal_closes" in talk.told
    talk.fill(order, "101")
    assert talk.closed[0].status is DealStatus.COMPLETED


def test_where_the_account_leaves_no_room_a_signal_still_closes_but_neither_buys_nor_begins() -> None:
    talk = closer(min_profit="1")
    tell(talk, (rsi(70), Y))
    talk.tick("101", may_begin=False)
    talk.cancel()
    talk.fill(talk.order(Role.TAKE_PROFIT), "101")
    assert talk.closed[0].status is DealStatus.COMPLETED
    talk.at += 600_000
    assert not placed(talk.tick("101", may_begin=False)) and placed(talk.tick("101"))

    talk = averager()
    tell(talk, (rsi(20), Y))
    assert not placed(talk.tick("97.5", may_begin=False)) and not talk.deal.fired
    assert len(placed(talk.tick("97.5"))) == 2


def test_without_the_signal_nothing_closes() -> None:
    talk = closer(min_profit="1")
    tell(talk, (rsi(70), N))
    talk.tick("105")
    assert talk.deal.ending is None


def test_the_least_profit_is_of_all_that_was_spent_or_of_the_base_order() -> None:
    of_total, of_base = closer(min_profit="1"), closer(min_profit="1", min_profit_basis="base")
    for talk in (of_total, of_base):
        talk.tick("90")
        talk.fill(talk.order(Role.SAFETY), "90")
        talk.cancel()
        talk.accept()
        tell(talk, (rsi(70), Y))
        talk.tick("95.3")  # about 1.2 of 200 spent: 0.6 % of all, 1.2 % of the base order

    assert of_total.deal.ending is None and of_base.deal.ending is DealStatus.COMPLETED


def test_without_another_exit_the_bot_tells_what_its_signal_waits_for() -> None:
    talk = Dialogue(settings(take_profit={"on_conditions": {"all": [rsi(70)]}, "min_profit": 1}), FREE_OF_FEES).opened()
    assert why(talk) == "RSI 14 on 5m is not ready: 0 of 15 candles."
    tell(talk, (rsi(70), N))
    assert why(talk) == "RSI 14 on 5m is 41.2, waits for below 70."
    tell(talk, (rsi(70), Y))
    assert why(talk) == "Its signal to close is on; waits for a profit of 1 %."
    talk.tick("102", opens=False)
    assert why(talk) == "Its signal to close is on: closes at the next price."


def test_a_loss_is_never_taken_by_signal_unless_that_is_allowed() -> None:
    careful, other = closer(), closer(min_profit="-50")
    for talk in (careful, other):
        tell(talk, (rsi(70), Y))
        talk.tick("99")

    assert careful.deal.ending is None and other.deal.ending is DealStatus.COMPLETED


# --- averaging


def averager() -> Dialogue:
    safety = {"volume": 50, "price_deviation": 1, "max_count": 3, "on_conditions": {"all": [rsi(20)]}}
    return Dialogue(settings(safety_orders=safety), FREE_OF_FEES).opened()


def test_a_signal_buys_every_rung_that_is_reached_at_market_at_once() -> None:
    talk = averager()
    assert not talk.deal.live(Role.SAFETY), "nothing is placed beforehand"
    assert not placed(talk.tick("97.5"))
    tell(talk, (rsi(20), Y))
    bought = placed(talk.tick("97.5"))

    assert [(order.index, order.type) for order in bought] == [(1, OrderType.MARKET), (2, OrderType.MARKET)]
    assert "signal_buys" in talk.told
    for order in bought:
        talk.fill(order, "97.5")
    talk.cancel()
    assert [o.role for o in placed(talk.tick("97.4"))] == []
    assert [order.index for order in placed(talk.tick("96.9"))] == [3]
    assert not talk.bot.watch(talk.state, PAIR).wants_open, "no rung is left"


def test_a_rung_whose_price_is_not_reached_waits() -> None:
    talk = averager()
    tell(talk, (rsi(20), Y))
    assert talk.bot.watch(talk.state, PAIR).wants_open
    assert not placed(talk.tick("99.5")) and not talk.deal.fired


def test_nothing_is_bought_for_a_deal_that_ends_or_has_not_begun() -> None:
    safety = {"volume": 50, "price_deviation": 1, "max_count": 3, "on_conditions": {"all": [rsi(20)]}}
    talk = Dialogue(settings(safety_orders=safety, base_order={"volume": 100, "type": "limit"}))
    tell(talk, (rsi(20), Y))
    talk.tick("100")
    assert not [order for order in placed(talk.tick("90", opens=False)) if order.role is Role.SAFETY]


# --- settings


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"start": {"mode": "conditions"}}, "needs at least one condition"),
        ({"start": {"mode": "asap", "all": [rsi(30)]}}, "conditions are for the mode of that name"),
        ({"safety_orders": {"on_conditions": {"all": [rsi(30)]}}}, "needs safety orders that it could buy"),
        (
            {
                "safety_orders": {
                    "volume": 9, "price_deviation": 1, "max_count": 1, "trailing_deviation": 1,
                    "on_conditions": {"all": [rsi(30)]},
                }
            },
            "either trail or are bought by signal",
        ),
        ({"take_profit": {"percent": 2, "min_profit": 1}}, "goes with on_conditions"),
        ({"pairs": []}, "must not be empty"),
        ({"pair_list": {"quote": "BTC"}}, "all pairs of a bot must have the same quote currency"),
    ],
)  # fmt: skip
def test_settings_that_say_nothing_sensible_are_refused(parts: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        settings(**parts)


def test_a_bot_file_with_conditions_is_read_and_written() -> None:
    text = """
kind = "dca"
name = "Signals"
account = "demo"
pair_list = { quote = "USDT", top = 10, blacklist = ["DOGE"] }
base_order = { volume = "100" }
take_profit = { percent = "2.0" }
start = { mode = "conditions", all = [
  { indicator = "rsi", timeframe = "5m", length = 14, trigger = "crosses_below", value = 30 },
  { any = [{ indicator = "macd", timeframe = "1h", trigger = "crosses_above" }] },
] }
"""
    read = read_bot_file(text)
    assert read.problems == () and read.settings is not None
    assert read_bot_file(write_bot_file(read.settings)).settings == read.settings

    wrong = read_bot_file(text.replace('"5m"', '"7m"').replace('trigger = "crosses_above"', 'trigger = "jumps"'))
    assert [problem.place for problem in wrong.problems] == ["start.all[1].timeframe", "start.all[2].any[1].trigger"]
    missing = read_bot_file(text.replace("pair_list", "# "))
    assert [(one.place, one.reason) for one in missing.problems] == [("pairs", "is missing")]


# --- lists of pairs and funds over all deals


def test_a_list_brings_pairs_and_takes_them_and_running_deals_go_on() -> None:
    talk = Dialogue(settings(limits={"max_active_deals": 2, "start_delay_seconds": 10}))
    talk.bot = type(talk.bot)(talk.bot.who, talk.settings, dict.fromkeys((PAIR, "ETH/USDT", "SOL/USDT"), talk.market))
    assert not placed(talk.tick("100", pair="ETH/USDT"))
    talk.hear(PairsListed(("ETH/USDT",), talk.at))
    assert talk.bot.listed(talk.state) == ("ETH/USDT",)
    assert not placed(talk.tick("100", pair="ETH/USDT")), "it waits like a bot that has just begun"
    talk.at += 20_000
    assert placed(talk.tick("100", pair="ETH/USDT"))

    talk.fill(talk.order(Role.BASE), "100")
    talk.hear(PairsListed(("SOL/USDT",), talk.at))
    assert "is not traded" in sentence(talk.bot.why(talk.state, "DOGE/USDT", talk.at, D(1)))
    assert talk.deal.deal.symbol == "ETH/USDT" and talk.bot.watch(talk.state, "ETH/USDT").below is None
    talk.ask(StartDeal("ETH/USDT"))
    assert talk.told[-1] == "pair_not_traded"
    talk.ask(StartDeal("SOL/USDT"))
    assert talk.told[-1] == "deal_asked"
    talk.hear(PairsListed(("ETH/USDT",), talk.at))
    assert len([pair for pair in talk.state.pairs if pair.symbol == "ETH/USDT"]) == 1


def budgeted(most: str) -> Dialogue:
    pairs = [PAIR, "ETH/USDT"]
    safety = {"volume": 50, "price_deviation": 1, "max_count": 2}
    limits = {"max_active_deals": 2, "max_funds": most}
    return Dialogue(settings(pairs=pairs, safety_orders=safety, limits=limits), FREE_OF_FEES)


def test_the_funds_of_all_deals_together_have_a_limit() -> None:
    talk = budgeted("399")
    assert placed(talk.tick("100"))
    assert not placed(talk.tick("100", pair="ETH/USDT")), "the base order on its way counts, and the rungs to come"
    talk.fill(talk.order(Role.BASE), "100")
    assert not placed(talk.tick("100", pair="ETH/USDT"))
    told = sentence(talk.bot.why(talk.state, "ETH/USDT", talk.at, D(100)))
    assert told.startswith("Its deals have or may take ") and told.endswith("over its limit of 399.")

    rich = budgeted("403").opened()
    assert placed(rich.tick("100", pair="ETH/USDT"))


def test_what_a_closing_deal_could_have_bought_is_free_again() -> None:
    talk = budgeted("330").opened()
    talk.tick("101.99")
    talk.tick("102")
    talk.fill(talk.order(Role.TAKE_PROFIT), "102")
    assert talk.deal.ending is not None, "its rungs are being cancelled"
    assert placed(talk.tick("100", pair="ETH/USDT"))


# --- editing


def test_an_edited_deal_waits_for_its_new_conditions() -> None:
    talk = closer()
    edited = settings(take_profit={"percent": "9", "on_conditions": {"all": [rsi(80)]}})
    talk.ask(EditDeal(1, edited.model_dump_json()))
    tell(talk, (rsi(70), Y))
    talk.tick("105")
    assert talk.deal.ending is None
    tell(talk, (rsi(80), Y))
    talk.tick("105")
    assert talk.deal.ending is DealStatus.COMPLETED


def test_funds_are_needed_for_a_deal_whose_conditions_may_come_true() -> None:
    waiting = Dialogue(settings(start=start()), FREE_OF_FEES)
    assert waiting.bot.funds_needed(waiting.state, PAIR, D(100)) == 100

    asked = Dialogue(settings(start={"mode": "manual"}), FREE_OF_FEES)
    assert asked.bot.funds_needed(asked.state, PAIR, D(100)) == 0
