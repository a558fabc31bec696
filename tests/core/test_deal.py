"""A deal is what its fills add up to."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.deal import Deal, DealStatus, Direction, Position
from desktop_app.core.market import Balance
from desktop_app.core.order import Fill

D = Decimal
LONG, SHORT = Direction.LONG, Direction.SHORT


def position(*fills: tuple[str, str, bool]) -> Position:
    made = Position()
    for price, amount, is_entry in fills:
        cost = D(price) * D(amount)
        made = made.with_fill(Fill("t", D(price), D(amount), cost * D("0.001")), is_entry=is_entry)
    return made


def test_an_empty_position_is_worth_nothing() -> None:
    empty = Position()
    assert empty.average(LONG) == empty.held(LONG) == empty.realised(LONG) == empty.spent(SHORT) == 0


def test_a_long_that_sold_in_parts_earns_what_its_fills_say() -> None:
    held = position(("100", "1", True), ("90", "1", True), ("110", "1", False))
    assert held.average(LONG) == D("95.095")
    assert held.realised(LONG) == D("110") * D("0.999") - D("95.095")
    assert held.worth(LONG, D("100"), D("0.001")) == held.cash(LONG) + D("99.9")


def test_a_short_mirrors_a_long() -> None:
    held = position(("100", "1", True), ("90", "1", False))
    assert held.average(SHORT) == D("99.9")
    assert held.realised(SHORT) == held.cash(SHORT) == D("99.9") - D("90.09")
    open_short = position(("100", "1", True))
    assert open_short.worth(SHORT, D("90"), D("0.001")) == D("99.9") - D("90.09")


def test_a_fee_kept_in_coins_is_paid_once() -> None:
    bought = Position().with_fill(Fill("t", D("100"), D("1"), D("0.1"), D("0.001")), is_entry=True)
    assert bought.held(LONG) == D("0.999")
    assert bought.cash(LONG) == D("-100")
    assert bought.average(LONG) == D("100.1")


def test_the_profit_of_a_deal_is_what_its_fills_add_up_to_once_it_is_over() -> None:
    fills = position(("100", "1", True), ("110", "0.4", False))
    deal = Deal(1, "BTC/USDT", LONG, DealStatus.OPEN, 0, position=fills)
    assert deal.profit == fills.realised(LONG)
    assert deal.profit + deal.unrealised(D("110"), D("0.001")) == fills.worth(LONG, D("110"), D("0.001"))
    over = Deal(1, "BTC/USDT", LONG, DealStatus.COMPLETED, 0, position=fills)
    assert over.profit == fills.cash(LONG)
    assert over.profit_percent() == over.profit / D("100.1") * 100
    assert Deal(1, "BTC/USDT", LONG, DealStatus.FAILED, 0).profit_percent() == 0
    assert deal.order("nobody") is None


@given(st.lists(st.tuples(st.decimals("1", "1000", places=2), st.decimals("0.1", "9", places=3)), min_size=1))
def test_the_average_lies_between_the_prices_paid_but_for_the_fee(fills: list[tuple[Decimal, Decimal]]) -> None:
    made = position(*((str(price), str(amount), True) for price, amount in fills))
    prices = [price for price, _ in fills]
    assert min(prices) <= made.average(SHORT) / D("0.999") + D("1e-20")
    assert made.average(LONG) / D("1.001") <= max(prices) + D("1e-20")


def test_a_balance_adds_up() -> None:
    assert Balance("BTC", D("1"), D("2")).total == 3


def test_parts_of_a_deal_at_one_price_earn_what_the_whole_does() -> None:
    fills = position(("100", "1", True), ("110", "0.4", False))
    deal = Deal(1, "BTC/USDT", LONG, DealStatus.OPEN, 0, position=fills)
    parts = sum(deal.part_result(D("0.3"), D("120"), D("0.001")) for _ in range(2))
    assert parts == deal.unrealised(D("120"), D("0.001"))
    assert Deal(1, "BTC/USDT", LONG, DealStatus.OPENING, 0).part_result(D(1), D(1), D(0)) == 0
