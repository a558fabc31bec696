"""A ticket weighed: the numbers of the specification's smart trade, and what speaks against a ticket."""

from dataclasses import replace
from decimal import Decimal

import pytest

from desktop_app.core.events import PriceTick
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.gui import fmt
from desktop_app.gui.ticket.draft import StopDraft, TargetDraft, TicketDraft
from desktop_app.gui.ticket.picture import Around, picture_of
from tests.gui.fake_engine import ACCOUNT, MARKETS, NOW, account_view, live_view

D = Decimal
BTC = MARKETS["BTC/USDT"]
LAST = D("64210.50")
AROUND = Around(account_view(), BTC, PriceTick("BTC/USDT", LAST, NOW), D(10_000), D("0.5"))
SMART_REF = TicketDraft(
    7,
    ACCOUNT,
    "BTC/USDT",
    price="63800",
    amount="0.0015",
    targets=(TargetDraft(percent="2", share="50"), TargetDraft(price="67628", lead="price", share="50")),
    trails=True,
    trail="0.5",
    stop=StopDraft(True, percent="2.5", has_break_even=True),
)


def test_d_13_the_reference_trade_costs_risks_and_wins_what_is_specified() -> None:
    picture = picture_of(SMART_REF, AROUND)

    assert picture.problems == ()
    outcome = picture.outcome
    assert outcome is not None
    assert fmt.quote(outcome.cost, "USDT") == "95.70"
    assert fmt.quote(outcome.risk, "USDT") == "2.58"
    assert fmt.quote(outcome.reward, "USDT") == "3.63"
    assert outcome.ratio is not None
    assert round(outcome.ratio, 2) == D("1.41")


def test_d_13_risk_sets_the_amount() -> None:
    picture = picture_of(replace(SMART_REF, amount="", risk="2.58", is_sized_by_risk=True), AROUND)

    assert picture.levels.amount == D("0.00150")
    assert picture.settings is not None
    assert (picture.settings.amount, picture.settings.unit) == (D("0.00150"), "base")


def test_prices_and_percents_follow_each_other() -> None:
    levels = picture_of(SMART_REF, AROUND).levels

    assert levels.targets == ((D("65076.00"), D(2)), (D(67628), D(6)))
    assert levels.stop == (D("62205.00"), D("2.5"))
    moved = picture_of(replace(SMART_REF, price="60000"), AROUND).levels
    assert moved.targets == ((D("61200.00"), D(2)), (D(67628), D("12.71")))


def test_d_14_the_button_says_verb_amount_and_mode() -> None:
    assert picture_of(SMART_REF, AROUND).verb == "Place (paper): buy 95.70 USDT"
    live = replace(AROUND, account=live_view())
    assert picture_of(replace(SMART_REF, verb="sell"), live).verb == "Place with real money: sell 95.70 USDT"
    held = replace(SMART_REF, verb="hold", price_paid="60000")
    assert picture_of(held, AROUND).verb == "Place (paper): look after 0.00150 BTC"
    assert picture_of(replace(SMART_REF, amount=""), AROUND).verb == "Place (paper): buy —"


def test_d_15_a_price_far_through_the_market_is_doubted_by_name() -> None:
    doubts = picture_of(replace(SMART_REF, price="68000", targets=(), stop=StopDraft()), AROUND).doubts
    assert doubts == ("68,000.00 is 5.90 % above the market (64,210.50).",)
    sale = replace(SMART_REF, verb="sell", price="60000")
    assert picture_of(sale, AROUND).doubts == ("60,000.00 is 6.56 % below the market (64,210.50).",)
    assert picture_of(replace(SMART_REF, price="67000", targets=(), stop=StopDraft()), AROUND).doubts == ()


def test_d_15_an_amount_over_the_guard_is_doubted() -> None:
    doubts = picture_of(replace(SMART_REF, amount="0.1"), AROUND).doubts
    assert doubts == ("6,380.00 USDT is 64 % of your free USDT; the size guard stands at 50 %.",)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"amount": "1,5"}, "amount", "A comma can mean two things here. Write decimals with a point: 1.5"),
        ({"amount": "0"}, "amount", "Must be more than 0."),
        ({"amount": "0.00001"}, "amount", "The exchange takes no order below 5.00 USDT."),
        ({"amount": "1"}, "amount", "Needs 63,863.80 USDT; 10,000.00 is free."),
        ({"verb": "sell", "amount": "1"}, "amount", "Needs 1.00000 BTC; 0.50000 is free."),
        ({"price": ""}, "price", "Enter a number."),
        ({"price": "nonsense"}, "price", "Use figures only, for example 1234.5"),
        ({"stop": StopDraft(True, price="64000", lead="price")}, "stop",
         "The stop loss is on the wrong side of the entry price."),
        ({"targets": (TargetDraft(price="63000", lead="price", share="100"),)}, "targets.0",
         "A target is on the wrong side of the entry price."),
        ({"targets": (TargetDraft(percent="2", share="60"), TargetDraft(percent="3", share="60"))}, "targets.1.share",
         "The shares add up to 120 %, not to 100 %."),
        ({"targets": (TargetDraft(percent="3", share="50"), TargetDraft(percent="2", share="50"))}, "targets.0",
         "Each target must lie beyond the one before."),
        ({"is_sized_by_risk": True, "risk": "5", "stop": StopDraft()}, "risk", "A size from risk needs a stop loss."),
        ({"stop": StopDraft(True, percent="2.5", has_break_even=True, break_even_after="5")}, "stop.after",
         "There are fewer targets than that."),
        ({"stop": StopDraft(True, percent="2.5", waits=True, is_native=True)}, "stop.wait",
         "An order that rests on the exchange cannot wait."),
        ({"unit": "percent", "amount": "101"}, "amount", "More than 100 % of what is free."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_beside_its_field(changes: dict[str, object], field: str, words: str) -> None:
    picture = picture_of(replace(SMART_REF, **changes), AROUND)  # type: ignore[arg-type]

    assert dict(picture.problems).get(field) == words
    assert not picture.may_place


def test_d_14_an_account_that_may_not_trade_says_so() -> None:
    watched = replace(AROUND, account=live_view(may_trade=False))
    picture = picture_of(SMART_REF, watched)

    assert picture.why_not == "This account can be watched but not traded."
    assert not picture.may_place


def test_old_prices_place_nothing() -> None:
    stale = replace(AROUND, account=account_view(is_live_feed=False))
    assert picture_of(SMART_REF, stale).why_not == "Prices are old. This needs a fresh one."


def test_every_verb_makes_its_own_trade() -> None:
    def made(**changes: object) -> SmartTradeSettings:
        settings = picture_of(replace(SMART_REF, **changes), AROUND).settings  # type: ignore[arg-type]
        assert settings is not None
        return settings

    assert (made(verb="buy").take_profit.steps, made(verb="buy").has_stop) == ((), False)
    assert made(verb="trade").take_profit.trailing_deviation == D("0.5")
    cover = made(verb="cover", targets=(TargetDraft(percent="2", share="100"),))
    assert (cover.direction.value, cover.take_profit.steps[0].percent) == ("short", D(2))
    hold = made(verb="hold", price_paid="60000")
    assert (hold.price_paid, hold.unit) == (D(60000), "base")
    waiting = made(entry="conditional", price="66000", then_limit=True, limit_price="65900", trigger="ask")
    assert (waiting.entry.trigger, waiting.entry.limit_price) == ("ask", D(65900))
    following = made(entry="trailing", price="", follow="1", stop=StopDraft(True, percent="2"), targets=())
    assert (following.entry.price, following.entry.trailing_deviation) == (None, D(1))
