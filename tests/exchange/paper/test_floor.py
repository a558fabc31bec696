"""What the trades of a real market do to orders that only exist here."""

from decimal import Decimal

import pytest

from desktop_app.core.events import OrderFilled
from desktop_app.core.market import Balance, Market
from desktop_app.core.matching import Matcher, MatchRules, Point
from desktop_app.core.order import Order, OrderType, Role, Side
from desktop_app.exchange.feed.teller import PublicTrade
from desktop_app.exchange.paper.floor import MOST_WAITING, PaperFloor, arrival, has_stops, may_take, meet
from desktop_app.exchange.protocol import Book

BTC = "BTC/USDT"
MARKET = Market(BTC, "BTC", "USDT")
AT = 1_700_000_000_000


def order(client_id: str, side: Side, price: str, amount: str = "1") -> Order:
    return Order(client_id, BTC, Role.MANUAL, 0, side, OrderType.LIMIT, Decimal(amount), Decimal(price))


def stop(client_id: str, side: Side, trigger: str, amount: str = "1") -> Order:
    return Order(client_id, BTC, Role.MANUAL, 0, side, OrderType.STOP, Decimal(amount), None, Decimal(trigger))


def matcher(*orders: Order, rules: MatchRules | None = None) -> Matcher:
    made = Matcher([MARKET], rules, [Balance("USDT", Decimal(100_000)), Balance("BTC", Decimal(100))])
    for one in orders:
        made.place(one, Point(Decimal(100), AT, bids=((Decimal(1), Decimal(1)),), asks=((Decimal(9_999), Decimal(1)),)))
    return made


def trade(price: str, amount: str = "10", bid: str = "", ask: str = "") -> PublicTrade:
    offers = [Decimal(one) if one else None for one in (bid, ask)]
    return PublicTrade(BTC, Decimal(price), Decimal(amount), AT, *offers)


def filled(made: Matcher, one: PublicTrade, book: Book | None = None) -> list[tuple[str, Decimal, Decimal]]:
    events = meet(made, MARKET, one, AT, book)
    return [(one.client_id, one.fill.price, one.fill.amount) for one in events if isinstance(one, OrderFilled)]


def test_who_trades_below_has_filled_every_buy_above_whatever_the_amount() -> None:
    made = matcher(order("a", Side.BUY, "99"), order("b", Side.BUY, "98"), order("c", Side.BUY, "97"))
    assert filled(made, trade("97.5", "0.00001")) == [("a", Decimal(99), Decimal(1)), ("b", Decimal(98), Decimal(1))]


def test_who_trades_above_has_filled_every_sell_below() -> None:
    made = matcher(order("a", Side.SELL, "101"), order("b", Side.SELL, "103"))
    assert filled(made, trade("102", "0.00001")) == [("a", Decimal(101), Decimal(1))]


def test_at_the_very_price_others_get_their_part() -> None:
    made = matcher(order("a", Side.BUY, "99"))
    assert filled(made, trade("99", "0.5")) == [("a", Decimal(99), Decimal("0.25"))]
    assert filled(made, trade("99", "0.5")) == [("a", Decimal(99), Decimal("0.25"))]


def test_an_offer_at_the_price_is_taken_whole() -> None:
    made = matcher(order("a", Side.BUY, "99"))
    assert filled(made, trade("100", "0", bid="98", ask="99")) == [("a", Decimal(99), Decimal(1))]
    made = matcher(order("a", Side.SELL, "101"))
    assert filled(made, trade("100", "0", bid="101.5", ask="102")) == [("a", Decimal(101), Decimal(1))]


def test_a_price_between_the_orders_does_nothing() -> None:
    made = matcher(order("a", Side.BUY, "99"), order("b", Side.SELL, "101"))
    assert filled(made, trade("100", "1000", bid="99.5", ask="100.5")) == []


def test_fill_through_asks_for_more() -> None:
    made = matcher(order("a", Side.BUY, "99"), rules=MatchRules(fill_through=10))
    assert filled(made, trade("98.95")) == []
    assert filled(made, trade("98.89")) == [("a", Decimal(99), Decimal(1))]


def test_a_stop_sells_into_the_book() -> None:
    made = matcher(stop("s", Side.SELL, "95"))
    assert has_stops(made, BTC)
    book = Book(((Decimal(94), Decimal("0.4")), (Decimal(93), Decimal(5))), (), AT)
    assert filled(made, trade("94.5"), book) == [
        ("s", Decimal(94), Decimal("0.4")),
        ("s", Decimal(93), Decimal("0.6")),
    ]


def test_only_what_reaches_an_order_waits_for_it() -> None:
    made = matcher(order("a", Side.BUY, "99"))
    floor = PaperFloor(lambda: made)
    assert not floor.hear(trade("100"))
    assert floor.hear(trade("99"))
    assert floor.hear(trade("100", "0", bid="98", ask="98.5"))
    assert [one.price for one in floor.take()] == [Decimal(99), Decimal(100)]
    assert not floor.is_waiting


def test_what_waits_has_an_end_and_keeps_its_extremes() -> None:
    made = matcher(order("a", Side.BUY, "99"))
    floor = PaperFloor(lambda: made)
    for i in range(3 * MOST_WAITING):
        floor.hear(trade(str(99 - Decimal(i % 500) / 100)))
    waiting = floor.take()
    assert len(waiting) <= MOST_WAITING
    assert min(one.price for one in waiting) == Decimal("94.01")


def test_what_could_not_be_met_waits_on() -> None:
    made = matcher(order("a", Side.BUY, "99"))
    floor = PaperFloor(lambda: made)
    floor.hear(trade("98"))
    floor.put_back(floor.take())
    assert floor.is_waiting


@pytest.mark.parametrize(
    ("side", "price", "is_possible"),
    [
        (Side.BUY, "100.5", True),
        (Side.BUY, "100", True),
        (Side.BUY, "99.9", False),
        (Side.SELL, "99.5", True),
        (Side.SELL, "100.1", False),
    ],
)
def test_a_limit_short_of_the_market_needs_no_book(side: Side, price: str, is_possible: bool) -> None:
    assert may_take(order("a", side, price), trade("100", bid="99.9", ask="100.2")) is is_possible
    assert may_take(order("a", side, price), None)


def test_without_a_book_nothing_is_taken() -> None:
    for side in Side:
        made = matcher()
        events = made.place(
            order("a", side, "100"), arrival(order("a", side, "100"), Decimal(100), None, AT, Decimal(0))
        )
        assert not [one for one in events if isinstance(one, OrderFilled)]


def test_market_orders_slip_by_what_was_set() -> None:
    book = Book(((Decimal(99), Decimal(5)),), ((Decimal(101), Decimal(5)),), AT)
    buy = Order("a", BTC, Role.MANUAL, 0, Side.BUY, OrderType.MARKET, Decimal(1), None)
    point = arrival(buy, Decimal(100), book, AT, Decimal(1))
    assert point.asks == ((Decimal("102.01"), Decimal(5)),)
    assert arrival(order("b", Side.BUY, "101"), Decimal(100), book, AT, Decimal(1)).asks == book.asks
