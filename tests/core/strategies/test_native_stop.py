"""The stop loss of a DCA deal on the exchange itself: for all its coins, and what that leaves for the targets."""

from decimal import Decimal
from typing import Any

import pytest

from desktop_app.core.deal import DealStatus
from desktop_app.core.events import AddFunds, CloseDeal, EditDeal
from desktop_app.core.order import Order, OrderStatus, OrderType, Role
from tests.core.dialogue import FREE_OF_FEES, PAIR, Dialogue, placed, settings

D = Decimal
LADDER = {"volume": "100", "price_deviation": "2", "max_count": 2}


def talk(**parts: Any) -> Dialogue:
    given: dict[str, Any] = {"safety_orders": LADDER, "stop_loss": {"percent": "10", "native": True}}
    return Dialogue(settings(**given | parts), FREE_OF_FEES).opened()


def stop_of(chat: Dialogue) -> Order:
    (order,) = [order for order in chat.live if order.type is OrderType.STOP]
    return order


def test_the_stop_rests_and_the_take_profit_is_watched() -> None:
    chat = talk()

    assert (stop_of(chat).trigger, stop_of(chat).amount) == (D(90), D(1))
    assert [order.role for order in chat.live if order.side == "sell"] == [Role.STOP_LOSS]
    assert chat.deal.deal.take_profits == (D(102),)
    assert chat.bot.watch(chat.state, PAIR).above == D(102)
    assert "native_instead_of_targets" in chat.told


def test_the_target_is_sold_at_market_once_the_stop_has_let_go() -> None:
    chat = talk()
    chat.tick("102")
    assert stop_of(chat).status is OrderStatus.CANCELING
    assert not any(order.role is Role.TAKE_PROFIT for order in chat.live)
    chat.cancel(stop_of(chat))

    (sold,) = [order for order in placed(chat.said) if order.role is Role.TAKE_PROFIT]
    assert (sold.type, sold.amount) == (OrderType.MARKET, D(1))
    chat.fill(sold, "102")
    chat.cancel()
    assert chat.closed[0].status is DealStatus.COMPLETED


def test_a_stop_that_fills_while_it_is_taken_down_ends_the_deal() -> None:
    chat = talk()
    chat.tick("102")
    chat.fill(stop_of(chat), "102")
    chat.cancel()

    assert chat.closed[0].status is DealStatus.STOPPED_OUT
    assert not chat.live


def test_a_safety_order_makes_it_larger() -> None:
    chat = talk(stop_loss={"percent": "10", "native": True, "basis": "average"})
    chat.fill(chat.order(Role.SAFETY, 1))
    assert stop_of(chat).status is OrderStatus.CANCELING
    chat.cancel(stop_of(chat))

    rung = chat.deal.deal.orders[1]
    stop = stop_of(chat)
    assert stop.amount == D(1) + rung.amount
    assert stop.trigger == FREE_OF_FEES.price_down(chat.deal.deal.average * D("0.9"))


def test_added_funds_make_it_larger() -> None:
    chat = talk()
    chat.ask(AddFunds(1, D(50)))
    chat.fill(chat.order(Role.MANUAL), "100")
    chat.cancel(stop_of(chat))

    assert stop_of(chat).amount == D("1.5")


def test_its_fill_ends_the_deal_and_takes_the_ladder_down() -> None:
    chat = talk()
    chat.fill(stop_of(chat), "90")

    assert chat.deal.deal.status is DealStatus.CLOSING
    assert {order.role for order in chat.live} == {Role.SAFETY}
    chat.cancel()
    assert chat.closed[0].status is DealStatus.STOPPED_OUT


def test_a_refused_stop_is_kept_by_the_program_until_it_is_tried_again() -> None:
    chat = Dialogue(settings(stop_loss={"percent": "10", "native": True}), FREE_OF_FEES).opened(accept=False)
    chat.reject(stop_of(chat), "too many stop orders")
    assert not any(order.type is OrderType.STOP for order in chat.live)
    assert chat.bot.watch(chat.state, PAIR).below == D(90)
    chat.wait(1)
    assert stop_of(chat).trigger == D(90), "tried again"
    chat.reject(stop_of(chat), "too many stop orders")
    chat.tick("90")

    assert [(order.role, order.type) for order in chat.live] == [(Role.STOP_LOSS, OrderType.MARKET)]


def test_closing_by_hand_takes_the_stop_down_first() -> None:
    chat = talk(safety_orders={})
    chat.ask(CloseDeal(1))
    assert [order.status for order in chat.live] == [OrderStatus.CANCELING]
    chat.cancel()

    assert [(order.role, order.type, order.amount) for order in chat.live] == [(Role.CLOSE, OrderType.MARKET, D(1))]


@pytest.mark.parametrize("wanted", [True, False], ids=["onto the exchange", "back into the program"])
def test_a_running_deal_can_be_moved(wanted: bool) -> None:
    chat = talk(safety_orders={}, stop_loss={"percent": "10", "native": not wanted})
    edited = settings(stop_loss={"percent": "10", "native": wanted})
    chat.ask(EditDeal(1, edited.model_dump_json()))
    chat.cancel()

    (order,) = chat.live
    assert order.type is (OrderType.STOP if wanted else OrderType.LIMIT)


def test_trailing_closes_past_it() -> None:
    chat = talk(safety_orders={}, take_profit={"percent": "2", "trailing_deviation": "1"})
    chat.tick("105")
    assert chat.deal.deal.status is DealStatus.TRAILING
    assert stop_of(chat).status is OrderStatus.OPEN, "it protects meanwhile"
    chat.tick("103.9")
    chat.cancel()

    assert [(order.role, order.type) for order in chat.live] == [(Role.TAKE_PROFIT, OrderType.MARKET)]


def test_a_short_buys_back_over_its_price() -> None:
    chat = talk(direction="short", safety_orders={})

    assert (stop_of(chat).side, stop_of(chat).trigger) == ("buy", D(110))
