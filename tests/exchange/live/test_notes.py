"""News is told once, whatever repeats it in whatever order."""

from dataclasses import replace
from decimal import Decimal
from itertools import permutations

from desktop_app.core.order import Fill, OrderStatus, OrderType, Side
from desktop_app.exchange.live.notes import Bounded, Notes
from desktop_app.exchange.protocol import OrderReport, TradeReport

OPEN = OrderReport("a", "1", "BTC/USDT", Side.BUY, OrderType.LIMIT, Decimal(3), Decimal(0), OrderStatus.OPEN, 5)
STEPS = (
    OPEN,
    replace(OPEN, filled=Decimal(1)),
    replace(OPEN, filled=Decimal(2)),
    replace(OPEN, filled=Decimal(3), status=OrderStatus.FILLED),
)
TRADE = TradeReport("a", "1", "BTC/USDT", Fill("7", Decimal(1), Decimal(1)), 5)


def test_an_order_only_ever_moves_on_in_whatever_order_it_is_heard() -> None:
    for heard in permutations((*STEPS, STEPS[1])):
        notes, told = Notes(), list[OrderReport]()
        notes.tell_order = told.append
        for report in heard:
            notes.hear_order(report)
        assert told == sorted(told, key=lambda one: (one.status.is_final, one.filled))
        assert len(told) == len({(one.status, one.filled) for one in told})
        assert told[-1] == STEPS[3]
        assert notes.open_symbols == {}


def test_a_trade_happens_once_in_each_pair() -> None:
    notes, told = Notes(), list[TradeReport]()
    notes.tell_trade = told.append
    assert notes.hear_trade(TRADE)
    assert not notes.hear_trade(TRADE)
    assert notes.hear_trade(replace(TRADE, symbol="ETH/USDT"))
    assert len(told) == 2


def test_ids_are_known_both_ways_and_open_orders_by_their_pair() -> None:
    notes = Notes()
    notes.hear_order(OPEN)
    notes.note("", "2")
    assert notes.client_id("1") == "a"
    assert notes.client_id("2") is None
    assert notes.exchange_id("a") == "1"
    assert notes.exchange_id("nobody") == ""
    assert notes.open_symbols == {"1": "BTC/USDT"}


def test_the_oldest_is_forgotten() -> None:
    kept: Bounded[int, int] = Bounded(2)
    for number in range(3):
        kept.put(number, number)
    assert [kept.get(number) for number in range(3)] == [None, 1, 2]
