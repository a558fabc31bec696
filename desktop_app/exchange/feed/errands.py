"""What a trade gives reason to ask an exchange for: a second opinion on its price, or a candle half heard."""

from collections.abc import Awaitable, Callable, Sequence

from desktop_app.exchange.feed.questions import Questions
from desktop_app.exchange.feed.teller import LiveTeller

DOUBTS_EVERY_MS = 10_000  # of one pair: a mad stream must not make us ask madly


class Errands:
    """Noted at once, run a few times a second, each pair once for however many reasons."""

    def __init__(
        self,
        questions: Questions,
        ask_prices: Callable[[Sequence[str]], Awaitable[None]],
        steady: Callable[[], int],
    ) -> None:
        """`steady`: ms that never go back."""
        self._questions = questions
        self._ask_prices = ask_prices
        self._steady = steady
        self._doubted_at: dict[str, int] = {}
        self._doubts: dict[str, None] = {}
        self._wanted: dict[str, int] = {}  # pair → the first minute from which on its candles are asked for

    def doubt(self, symbol: str) -> None:
        """Its price needs a second source."""
        now = self._steady()
        if now - self._doubted_at.get(symbol, -DOUBTS_EVERY_MS) >= DOUBTS_EVERY_MS:
            self._doubted_at[symbol] = now
            self._doubts[symbol] = None

    def want(self, symbol: str, minute: int) -> None:
        """The candles from that minute on."""
        self._wanted[symbol] = min(minute, self._wanted.get(symbol, minute))

    async def run(self, teller: LiveTeller) -> None:
        """All second opinions, and the candles of one pair. Raises Unreachable, Refused: those are not asked again."""
        doubts, self._doubts = self._doubts, {}
        if doubts:
            await self._ask_prices(tuple(doubts))
        if self._wanted:
            symbol = next(iter(self._wanted))
            since = self._wanted.pop(symbol)
            if symbol in teller.symbols:
                for candle in await self._questions.minutes(symbol, since):
                    teller.row(symbol, candle)
