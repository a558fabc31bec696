"""Orders change only in the ways that exchanges can cause."""

from decimal import Decimal

import pytest

from desktop_app.core.order import Fill, IllegalTransition, Order, OrderStatus, OrderType, Role, Side

D = Decimal


def order(status: OrderStatus = OrderStatus.PENDING) -> Order:
    return Order("c1", "BTC/USDT", Role.BASE, 0, Side.BUY, OrderType.LIMIT, D("2"), D("100"), status=status)


def test_a_pending_order_opens_fills_in_part_and_completes() -> None:
    part = order().with_fill(Fill("1", D("100"), D("0.5"), D("0.05"), D("0"), 7))
    assert (part.status, part.remaining, part.average_price) == (OrderStatus.OPEN, D("1.5"), D("100"))
    whole = part.with_fill(Fill("2", D("99"), D("1.5"), D("0.1"), D("0"), 8))
    assert whole.status is OrderStatus.FILLED
    assert (whole.remaining, whole.fee, whole.filled_at) == (D("0"), D("0.15"), 8)
    assert whole.average_price == D("99.25")
    assert not whole.is_live


def test_a_fill_can_overtake_a_cancel_and_disprove_a_refusal() -> None:
    for status in (OrderStatus.CANCELED, OrderStatus.REJECTED, OrderStatus.CANCELING):
        assert order(status).with_fill(Fill("1", D("100"), D("2"))).status is OrderStatus.FILLED


@pytest.mark.parametrize("status", [OrderStatus.OPEN, OrderStatus.PENDING, OrderStatus.CANCELING])
def test_a_filled_order_never_comes_back(status: OrderStatus) -> None:
    with pytest.raises(IllegalTransition):
        order(OrderStatus.FILLED).becomes(status)


def test_a_cancelled_order_never_rests_again() -> None:
    with pytest.raises(IllegalTransition):
        order(OrderStatus.CANCELED).becomes(OrderStatus.OPEN)


def test_nothing_filled_has_no_average_price() -> None:
    assert order().average_price == 0


def test_sides_are_opposite() -> None:
    assert Side.BUY.opposite is Side.SELL
    assert Side.SELL.opposite is Side.BUY
