"""What trades give reason to ask for is asked once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from desktop_app.core.market import Candle
from desktop_app.exchange.feed.errands import DOUBTS_EVERY_MS, Errands
from desktop_app.exchange.feed.questions import Questions
from desktop_app.exchange.feed.teller import LiveTeller
from tests.exchange.behaviour import FakeSink

BTC, ETH = "BTC/USDT", "ETH/USDT"
MINUTE = 60_000


class FakeQuestions(Questions):
    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    async def minutes(self, symbol: str, since: int) -> list[Candle]:
        self.asked.append((symbol, since))
        one = Decimal(1)
        return [Candle(since, one, one, one, one, one)]


@dataclass
class Running:
    at: int = 0
    prices: list[Sequence[str]] = field(default_factory=list)
    questions: FakeQuestions = field(default_factory=FakeQuestions)
    sink: FakeSink = field(default_factory=FakeSink)

    def __post_init__(self) -> None:
        self.errands = Errands(self.questions, self.ask, lambda: self.at)
        self.teller = LiveTeller(self.sink, lambda: 10 * MINUTE, doubt=self.errands.doubt, want=self.errands.want)
        self.teller.subscribe([BTC, ETH], 0)

    async def ask(self, symbols: Sequence[str]) -> None:
        self.prices.append(symbols)

    async def run(self) -> None:
        await self.errands.run(self.teller)


async def test_many_doubts_are_one_question_and_the_next_comes_later() -> None:
    at = Running()
    for symbol in (BTC, ETH, BTC):
        at.errands.doubt(symbol)
    await at.run()
    at.errands.doubt(BTC)
    await at.run()
    assert at.prices == [(BTC, ETH)]
    at.at += DOUBTS_EVERY_MS
    at.errands.doubt(BTC)
    await at.run()
    assert at.prices == [(BTC, ETH), (BTC,)]


async def test_candles_are_asked_for_from_the_earliest_minute_on_and_told() -> None:
    at = Running()
    for minute in (3, 2, 5):
        at.errands.want(BTC, minute * MINUTE)
    at.errands.want(ETH, MINUTE)
    await at.run()
    await at.run()
    await at.run()
    assert at.questions.asked == [(BTC, 2 * MINUTE), (ETH, MINUTE)]
    assert [(symbol, candle.at) for symbol, candle, is_closed in at.sink.candles if is_closed] == [
        (BTC, 2 * MINUTE),
        (ETH, MINUTE),
    ]


async def test_nobody_asks_for_a_pair_that_is_no_longer_wanted() -> None:
    at = Running()
    at.errands.want(BTC, MINUTE)
    at.teller.subscribe([ETH], 0)
    await at.run()
    assert at.questions.asked == []
