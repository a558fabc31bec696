"""What is told of what the streams say: each price once, none that cannot be true, and whole candles."""

import random
from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from desktop_app.core.market import Candle
from desktop_app.core.strategy import Watch
from desktop_app.exchange.feed.teller import KEPT_IDS, MINUTE_MS, SETTLING_MS, LiveTeller, PublicTrade
from tests.exchange.behaviour import FakeSink

BTC = "BTC/USDT"
START = 1_700_000_000_000 // MINUTE_MS * MINUTE_MS


@dataclass
class Ears:
    """A teller with everything around it."""

    now: int = START + MINUTE_MS
    sink: FakeSink = field(default_factory=FakeSink)
    heard: list[PublicTrade] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    wanted: list[int] = field(default_factory=list)
    ids: int = 0

    def __post_init__(self) -> None:
        self.teller = LiveTeller(
            self.sink,
            lambda: self.now,
            ear=self.heard.append,
            doubt=self.doubts.append,
            want=lambda symbol, minute: self.wanted.append(minute),
        )
        self.teller.subscribe([BTC], START)

    def trade(self, price: str, *, amount: str = "1", at: int | None = None, trade_id: str | int | None = None) -> None:
        self.ids += 1
        number = self.ids if trade_id is None else trade_id
        self.teller.trade(BTC, Decimal(price), Decimal(amount), self.now if at is None else at, number)

    @property
    def told(self) -> list[str]:
        return [str(tick.price) for tick in self.sink.prices]

    @property
    def closed(self) -> list[Candle]:
        return [candle for _, candle, is_closed in self.sink.candles if is_closed]


@pytest.fixture
def ears() -> Ears:
    return Ears()


def test_of_many_prices_that_nobody_waits_for_the_latest_is_told(ears: Ears) -> None:
    for price in ("100", "101", "102"):
        ears.trade(price)
    assert ears.told == []
    ears.teller.flush()
    ears.teller.flush()
    assert ears.told == ["102"]


def test_a_price_that_somebody_waits_for_is_told_when_it_is_heard(ears: Ears) -> None:
    ears.sink.watches[BTC] = Watch(below=Decimal(99))
    for price in ("100", "98.5", "100"):
        ears.trade(price)
    assert ears.told == ["98.5"]


def test_a_flood_leaves_nothing_behind(ears: Ears) -> None:
    for i in range(10_000):
        ears.trade(f"{100 + i % 7}")
    ears.teller.flush()
    assert len(ears.told) == 1
    pair = ears.teller._pairs[BTC]
    assert len(pair.seen) == KEPT_IDS
    assert len(ears.teller._untold) == 0


@pytest.mark.parametrize("price", ["0", "-1", "NaN", "Infinity", "sNaN"])
def test_absurd_prices_are_dropped(ears: Ears, price: str) -> None:
    ears.trade("100")
    ears.trade(price)
    ears.teller.flush()
    assert ears.told == ["100"]
    assert (ears.teller.dropped, ears.doubts) == (1, [])


@pytest.mark.parametrize("price", ["1E+12", "131", "69"])
def test_a_jump_needs_a_second_source(ears: Ears, price: str) -> None:
    ears.trade("100")
    ears.trade(price)
    ears.teller.flush()
    assert (ears.told, ears.doubts) == (["100"], [BTC])

    ears.teller.polled(BTC, Decimal(price), None, None, ears.now)
    ears.trade(price)
    ears.teller.flush()
    assert Decimal(ears.told[-1]) == Decimal(price)


@pytest.mark.parametrize("amount", ["-1", "NaN", "Infinity"])
def test_a_trade_of_no_true_amount_is_dropped(ears: Ears, amount: str) -> None:
    ears.trade("100", amount=amount)
    assert ears.heard == []


def test_a_trade_that_comes_twice_counts_once(ears: Ears) -> None:
    ears.trade("100", amount="2", trade_id=7)
    ears.trade("100", amount="2", trade_id=7)
    ears.now += MINUTE_MS + SETTLING_MS
    ears.teller.flush()
    assert [candle.volume for candle in ears.closed] == [2]
    assert len(ears.heard) == 1


def test_trades_in_any_order_end_at_the_same_price_and_candle() -> None:
    trades = [(f"{100 + i % 5}", START + MINUTE_MS + i * 100, i) for i in range(30)]
    results = set()
    for seed in range(5):
        ears = Ears(now=START + MINUTE_MS + 5_000)
        shuffled = trades[:]
        random.Random(seed).shuffle(shuffled)
        # Only neighbours of a moment overtake each other; the first one opens the candle.
        for price, at, number in [trades[0], *shuffled]:
            ears.trade(price, at=at, trade_id=f"t{number}")
        ears.now += MINUTE_MS
        ears.teller.flush()
        results.add((ears.told[-1], ears.closed[0]))
    assert len(results) == 1


def test_an_older_price_does_not_come_after_a_newer_one(ears: Ears) -> None:
    ears.sink.watches[BTC] = Watch(follows=True)
    ears.trade("100", at=ears.now)
    ears.trade("101", at=ears.now - 500)
    ears.teller.flush()
    assert ears.told == ["100"]


def test_offers_are_told_with_the_price(ears: Ears) -> None:
    ears.trade("100")
    ears.teller.quote(BTC, Decimal("99.9"), Decimal("100.1"))
    ears.teller.flush()
    tick = ears.sink.prices[-1]
    assert (tick.bid, tick.ask) == (Decimal("99.9"), Decimal("100.1"))


@pytest.mark.parametrize(("bid", "ask"), [("101", "100"), ("0", "1"), ("NaN", "100"), ("99", "200"), ("1", "100")])
def test_a_crossed_or_absurd_offer_is_dropped(ears: Ears, bid: str, ask: str) -> None:
    ears.trade("100")
    ears.teller.quote(BTC, Decimal(bid), Decimal(ask))
    ears.teller.flush()
    assert ears.sink.prices[-1].bid is None


def test_a_whole_minute_is_told_when_the_next_begins(ears: Ears) -> None:
    for price in ("100", "103", "98", "101"):
        ears.trade(price)
    ears.trade("102", at=ears.now + MINUTE_MS)
    expected = Candle(ears.now, Decimal(100), Decimal(103), Decimal(98), Decimal(101), Decimal(4))
    assert ears.closed == [expected]
    assert ears.wanted == []


def test_a_minute_of_which_a_part_was_not_heard_is_asked_for(ears: Ears) -> None:
    ears.trade("100")
    ears.teller.interrupted([BTC], ears.now)
    ears.now += MINUTE_MS + SETTLING_MS
    ears.teller.flush()
    assert ears.closed == []
    assert ears.wanted == [START + MINUTE_MS]

    row = Candle(START + MINUTE_MS, Decimal(100), Decimal(110), Decimal(90), Decimal(105), Decimal(9))
    ears.teller.row(BTC, row)
    assert ears.closed == [row]


def test_the_minute_in_which_a_pair_is_subscribed_is_asked_for() -> None:
    ears = Ears(now=START + 30_000)
    ears.trade("100")
    assert ears.wanted == [START]
    ears.teller.row(BTC, Candle(START, Decimal(95), Decimal(104), Decimal(94), Decimal(100), Decimal(50)))
    ears.trade("101")
    ears.teller.flush()
    candle, is_closed = ears.sink.candles[-1][1:]
    assert not is_closed
    assert [candle.open, candle.high, candle.low, candle.close] == [95, 104, 94, 101]
    assert candle.volume == 51


def test_a_trade_of_a_minute_that_is_over_has_that_minute_asked_for(ears: Ears) -> None:
    ears.trade("100")
    ears.trade("101", at=ears.now + MINUTE_MS)
    ears.trade("99", at=ears.now + 500)
    assert ears.wanted == [ears.now]


def test_a_pair_that_is_no_longer_wanted_is_not_told(ears: Ears) -> None:
    ears.trade("100")
    ears.teller.subscribe([], ears.now)
    ears.trade("101")
    ears.teller.flush()
    assert ears.told == []


def test_a_gap_in_the_numbers_of_trades_has_the_minute_asked_for(ears: Ears) -> None:
    for number in (7, 8, 11):
        ears.trade("100", trade_id=number)
    assert ears.teller.gaps == 1
    ears.now += MINUTE_MS + SETTLING_MS
    ears.teller.flush()
    assert ears.closed == []
    assert ears.wanted == [START + MINUTE_MS]


def test_the_minute_after_a_gap_is_whole_again(ears: Ears) -> None:
    ears.trade("100", trade_id=7)
    ears.trade("100", trade_id=9)
    ears.now += MINUTE_MS
    ears.trade("101", trade_id=10)
    ears.now += MINUTE_MS
    ears.trade("102", trade_id=11)
    assert [candle.close for candle in ears.closed] == [101]
