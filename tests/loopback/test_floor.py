"""The floor keeps exact books and moves only when it is moved."""

from decimal import Decimal

import pytest

from tests.loopback.floor import Account, Balance, Floor, Kind, News, No, Order, OrderNews, Pair, Status

D = Decimal


@pytest.fixture
def floor() -> Floor:
    clock = iter(range(1_000_000, 9_000_000))
    floor = Floor(lambda: next(clock))
    floor.list_pair(Pair("BTC", "USDT"), "100")
    floor.open_account("key", "secret", USDT="1000", BTC="2")
    return floor


@pytest.fixture
def me(floor: Floor) -> Account:
    return floor.accounts["key"]


def an_order(floor: Floor, client_id: str, side: str, amount: str, price: str = "0", **details: object) -> Order:
    kind = Kind.LIMIT if price != "0" else Kind.MARKET
    order = Order(floor.accounts["key"], floor.pair("BTCUSDT"), client_id, "buy", kind, D(amount), D(price))
    order.side = "buy" if side == "buy" else "sell"
    for name, value in details.items():
        setattr(order, name, value)
    return order


def worth(account: Account, floor: Floor) -> Decimal:
    return account.of("USDT").total + account.of("BTC").total * floor.pair("BTCUSDT").price


def test_a_limit_locks_its_money_and_gives_it_back(floor: Floor, me: Account) -> None:
    order = floor.place(an_order(floor, "a", "buy", "2", "90"))
    assert me.of("USDT") == Balance(D(820), D(180))
    floor.cancel(me, order)
    assert me.of("USDT") == Balance(D(1000), D(0))
    with pytest.raises(No, match="unknown_order"):
        floor.cancel(me, order)


def test_a_price_that_reaches_a_limit_fills_it_at_its_own_price(floor: Floor, me: Account) -> None:
    order = floor.place(an_order(floor, "a", "buy", "2", "90"))
    floor.move("BTCUSDT", "90.01")
    assert order.is_open
    floor.move("BTCUSDT", "85")
    assert (order.status, order.paid) == (Status.FILLED, D(180))
    assert me.of("BTC").free == 4 - D("0.002")
    assert me.of("USDT") == Balance(D(820), D(0))


def test_a_market_order_takes_the_other_side_and_no_more_than_there_is(floor: Floor, me: Account) -> None:
    floor.pair("BTCUSDT").liquidity = D("0.5")
    order = floor.place(an_order(floor, "a", "buy", "2"))
    assert (order.status, order.filled) == (Status.EXPIRED, D("0.5"))
    assert order.trades[0].price == D("100.01")
    assert me.of("USDT") == Balance(1000 - D("50.005"), D(0))


def test_parts_filled_by_hand_unlock_their_share(floor: Floor, me: Account) -> None:
    order = floor.place(an_order(floor, "a", "sell", "2", "110", holds=True))
    floor.move("BTCUSDT", "120")
    assert order.is_open, "it is a test's to fill"
    floor.fill(order, "0.5")
    assert (me.of("BTC").locked, me.of("USDT").free) == (D("1.5"), D("1054.945"))
    floor.expire(order)
    assert me.of("BTC") == Balance(D("1.5"), D(0))
    assert order.status is Status.EXPIRED


def test_nothing_is_made_or_lost_but_fees(floor: Floor, me: Account) -> None:
    before = worth(me, floor)
    floor.place(an_order(floor, "a", "buy", "1", "100.01"))
    floor.place(an_order(floor, "b", "sell", "1"))
    fees = sum(one.fee * (one.price if one.fee_asset == "BTC" else 1) for one in floor.books(me).trades)
    assert before - worth(me, floor) == pytest.approx(fees + D("0.01"), abs=D("0.0001"))


@pytest.mark.parametrize(("rule", "is_taken"), [("open", True), ("ever", False), ("never", True)])
def test_client_ids_are_as_unique_as_the_venue_wants(floor: Floor, rule: str, is_taken: bool) -> None:
    floor.ids_unique = rule
    floor.place(an_order(floor, "a", "buy", "1"))
    if is_taken:
        floor.place(an_order(floor, "a", "buy", "1"))
    else:
        with pytest.raises(No, match="duplicate"):
            floor.place(an_order(floor, "a", "buy", "1"))
    assert len(floor.orders) == 1 + is_taken


def test_what_has_just_happened_may_not_be_shown_yet(floor: Floor, me: Account) -> None:
    floor.order_lag_ms = floor.trade_lag_ms = 50
    order = floor.place(an_order(floor, "a", "buy", "1"))
    assert not floor.is_seen(order)
    assert floor.seen_trades(me) == []
    floor.skew_ms += 50
    assert floor.seen_orders(me) == [order]
    assert floor.seen_trades(me) == order.trades


def test_everything_is_told_in_its_order(floor: Floor, me: Account) -> None:
    heard: list[News] = []
    floor.listeners.append(heard.append)
    floor.place(an_order(floor, "a", "buy", "1"))
    assert [news.what for news in heard if isinstance(news, OrderNews)] == ["new", "trade"]


def test_candles_follow_the_price_and_gaps_are_flat() -> None:
    at = [120_000]
    floor = Floor(lambda: at[0])
    floor.list_pair(Pair("BTC", "USDT"), "100")
    floor.move("BTCUSDT", "110")
    floor.move("BTCUSDT", "90")
    at[0] = 270_000
    floor.move("BTCUSDT", "95")
    rows = [(start, *one[:4]) for start, one in floor.candles("BTCUSDT", 0, 400_000)]
    assert rows == [(120_000, 100, 110, 90, 90), (180_000, 90, 90, 90, 90), (240_000, 95, 95, 95, 95)]
    assert [one[:4] for _, one in floor.candles("BTCUSDT", 0, 400_000, 5)] == [[100, 110, 90, 95]]


def test_what_is_still_on_its_way_arrives_with_the_clock(floor: Floor) -> None:
    seen: list[str] = []
    floor.later(floor.now() + 1000, lambda: seen.append("late"))
    floor.arrive()
    assert seen == []
    floor.skew_ms += 1000
    floor.arrive()
    floor.arrive()
    assert seen == ["late"]
