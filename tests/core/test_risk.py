"""The account's limits hold for every bot, and never hold anybody in a deal."""

from decimal import Decimal

import pytest

from desktop_app.core.commands import CancelOrder, PlaceOrder
from desktop_app.core.order import Order, OrderType, Role, Side
from desktop_app.core.risk import Exposure, Limits, vet

D = Decimal
PRICES = {"BTC/USDT": D(100)}


def place(
    role: Role = Role.BASE, amount: str = "1", price: str | None = None, side: Side = Side.BUY, deal: int = 1
) -> PlaceOrder:
    kind = OrderType.LIMIT if price else OrderType.MARKET
    limit = D(price) if price else None
    return PlaceOrder(Order(f"{role}{amount}", "BTC/USDT", role, 0, side, kind, D(amount), limit), deal)


def refused(limits: Limits, *commands: PlaceOrder, exposure: Exposure = Exposure()) -> list[str]:  # noqa: B008
    return [refusal.reason.code for refusal in vet(commands, limits, exposure, PRICES)[1]]


def test_without_limits_everything_passes_in_order() -> None:
    commands = (CancelOrder("x", "BTC/USDT", 1), place(), place(Role.SAFETY))
    assert vet(commands, Limits(), Exposure(), {}) == (commands, ())


@pytest.mark.parametrize(
    ("limits", "command", "code"),
    [
        (Limits(max_order_value=D(99)), place(), "risk_order_value"),
        (Limits(max_order_value=D(99)), place(price="101"), "risk_order_value"),
        (Limits(pairs=frozenset({"ETH/USDT"})), place(), "risk_pair"),
        (Limits(max_orders_a_minute=2), place(), "risk_orders_a_minute"),
        (Limits(max_open_deals=1), place(), "risk_open_deals"),
    ],
)
def test_an_order_beyond_a_limit_is_refused(limits: Limits, command: PlaceOrder, code: str) -> None:
    assert refused(limits, command, exposure=Exposure(open_deals=1, orders_last_minute=2)) == [code]


def test_orders_of_one_step_count_against_each_other() -> None:
    limits = Limits(max_orders_a_minute=2)
    assert refused(limits, place(), place(Role.SAFETY), place(Role.SAFETY, "2")) == ["risk_orders_a_minute"]
    assert refused(Limits(max_open_deals=1), place(), place(deal=2)) == ["risk_open_deals"]


def test_a_market_order_without_a_known_price_is_not_let_through_blindly() -> None:
    _, refusals = vet((place(),), Limits(max_order_value=D(1)), Exposure(), {})
    assert refusals[0].reason.code == "risk_no_price"


@pytest.mark.parametrize("role", [Role.TAKE_PROFIT, Role.STOP_LOSS, Role.CLOSE, Role.MANUAL])
def test_exits_always_pass(role: Role) -> None:
    limits = Limits(max_order_value=D(1), max_orders_a_minute=1, pairs=frozenset({"ETH/USDT"}))
    assert refused(limits, place(role, side=Side.SELL), exposure=Exposure(9, 9)) == []


def test_a_safety_order_does_not_count_as_a_new_deal() -> None:
    assert refused(Limits(max_open_deals=1), place(Role.SAFETY), exposure=Exposure(open_deals=1)) == []


def test_an_order_within_the_value_limit_passes() -> None:
    assert refused(Limits(max_order_value=D(100)), place()) == []


def test_a_grid_counts_as_a_deal_once() -> None:
    limits = Limits(max_open_deals=1)
    lines = (place(Role.BALANCING), place(Role.GRID, price="99"), place(Role.GRID, price="98"))
    assert refused(limits, *lines) == []
    assert refused(limits, lines[0], exposure=Exposure(open_deals=1)) == ["risk_open_deals"]
    assert refused(limits, *lines, exposure=Exposure(open_deals=1, begun=frozenset({1}))) == []


def test_a_grid_that_may_not_begin_does_not_begin_with_lines_that_sell_either() -> None:
    lines = (place(Role.GRID, price="101", side=Side.SELL), place(Role.GRID, price="99"))
    exposure = Exposure(open_deals=1)
    assert refused(Limits(max_open_deals=1), *lines, exposure=exposure) == ["risk_open_deals", "risk_open_deals"]
    assert refused(Limits(max_open_deals=2), *lines, exposure=exposure) == []


def test_a_base_order_that_is_placed_anew_is_no_further_deal() -> None:
    exposure = Exposure(open_deals=1, begun=frozenset({1}))
    assert refused(Limits(max_open_deals=1), place(), exposure=exposure) == []


def test_a_sell_line_of_a_grid_is_an_exit_and_a_buy_line_is_not() -> None:
    limits = Limits(max_order_value=D(1))
    assert refused(limits, place(Role.GRID, price="99", side=Side.SELL)) == []
    assert refused(limits, place(Role.GRID, price="99")) == ["risk_order_value"]
