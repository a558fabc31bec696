"""An order meets a wish only as it is wished for, with all that it has yet to trade."""

from dataclasses import replace
from decimal import Decimal

from desktop_app.core.order import Order, OrderType, Role, Side
from desktop_app.core.strategies.wanted import Wanted

WANT = Wanted(Role.SAFETY, 2, Side.BUY, OrderType.LIMIT, Decimal(3), Decimal(90))
ORDER = Order("a", "BTC/USDT", Role.SAFETY, 2, Side.BUY, OrderType.LIMIT, Decimal(3), Decimal(90))


def test_an_order_of_the_same_price_and_amount_meets_the_wish() -> None:
    assert WANT.is_met_by(ORDER)
    assert WANT.is_met_by(replace(ORDER, amount=Decimal("3.00")))


def test_another_price_trigger_or_rest_does_not() -> None:
    assert not WANT.is_met_by(replace(ORDER, price=Decimal("90.01")))
    assert not WANT.is_met_by(replace(ORDER, trigger=Decimal(91)))
    assert not WANT.is_met_by(replace(ORDER, filled=Decimal(1)))
    assert WANT.is_met_by(replace(ORDER, amount=Decimal(4), filled=Decimal(1)))
