from dataclasses import replace
from decimal import Decimal

from desktop_app.core.deal import DealStatus, Direction, Position
from desktop_app.core.order import Fill, OrderType
from desktop_app.gui import fmt, outlook
from tests.gui.fake_engine import MARKETS, SETTINGS, deal_128

D = Decimal
BTC = MARKETS["BTC/USDT"]
LAST = D("63120.00")


def test_d_04_closing_128_brings_44_14_and_loses_0_51() -> None:
    out = outlook.closing(deal_128(), LAST, BTC)

    assert fmt.amount(out.amount, BTC.amount_step) == "0.00070"
    assert fmt.money(out.proceeds, "USDT") == "44.14 USDT"
    assert fmt.pnl(out.result, "USDT") == "−0.51 USDT"
    assert fmt.percent(out.percent) == "−1.14 %"
    assert out.orders == 3


def test_d_05_adding_30_moves_average_and_take_profit_of_128() -> None:
    out = outlook.adding(deal_128(), SETTINGS, BTC, D(30), LAST, OrderType.MARKET)

    assert out.amount == D("0.00048")
    assert fmt.price(out.average_before, BTC.price_tick) == "63,785.69"
    assert fmt.price(out.average, BTC.price_tick) == "63,540.58"
    assert out.take_profit_before == D("64807.29")
    assert out.take_profit == D("64558.25")
    assert fmt.quote(out.invested_before, "USDT") == "44.65"
    assert fmt.quote(out.invested, "USDT") == "74.98"
    assert fmt.quote(out.cost, "USDT") == "30.33"


def test_what_is_too_small_says_so() -> None:
    assert outlook.adding(deal_128(), SETTINGS, BTC, D(1), LAST, OrderType.MARKET).is_too_small


def test_the_break_even_of_128_is_63849_54() -> None:
    assert fmt.price(outlook.break_even(deal_128(), BTC), BTC.price_tick) == "63,849.54"


def test_d_03_only_safety_order_4_of_128_is_kept_by_the_app() -> None:
    kept = outlook.held_back(deal_128(), SETTINGS, BTC)

    assert [(rung.index, rung.price, rung.amount) for rung in kept] == [(4, D("57425.59"), D("0.00142"))]


def test_nothing_is_kept_for_a_deal_that_closes() -> None:
    assert outlook.held_back(deal_128(status=DealStatus.CLOSING), SETTINGS, BTC) == ()
    assert outlook.held_back(deal_128(status=DealStatus.COMPLETED), SETTINGS, BTC) == ()


def test_a_deal_without_a_fill_is_worth_nothing_that_is_known() -> None:
    opening = deal_128(position=Position(), orders=(), status=DealStatus.OPENING)

    assert outlook.worth_now(opening, LAST, BTC) is None
    assert outlook.percent_of(opening, None) is None
    assert outlook.break_even(opening, BTC) is None


def test_a_short_pays_the_fee_on_top_when_it_buys_back() -> None:
    position = Position().with_fill(Fill("t", D(100), D(1), D("0.1")), is_entry=True)
    short = replace(deal_128(), direction=Direction.SHORT, position=position, orders=())

    out = outlook.closing(short, D(90), BTC)

    assert out.proceeds == D("90.090")
    assert out.result == D("9.810")
