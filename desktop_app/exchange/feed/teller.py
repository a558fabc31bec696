"""What the streams say about each pair, made into prices and candles that can be believed, once each."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from desktop_app.core.events import PriceTick
from desktop_app.core.market import ZERO, Candle
from desktop_app.exchange.feed.tick_guard import Verdict, judge_price
from desktop_app.exchange.protocol import Sink
from desktop_app.exchange.sim.sieve import PriceSieve

MINUTE_MS = 60_000
FORMING_EVERY_MS = 250
SETTLING_MS = 2_000  # a trade of the old minute may still come this long after it
KEPT_IDS = 512  # trades that may come a second time
FROM_THE_FUTURE_MS = 60_000
LONG_AGO_MS = 5 * MINUTE_MS  # some exchanges begin a stream with the trades of the last hours


@dataclass(frozen=True, slots=True)
class PublicTrade:
    """Somebody traded. With amount 0 only the best offers have moved."""

    symbol: str
    price: Decimal
    amount: Decimal
    at: int
    bid: Decimal | None = None
    ask: Decimal | None = None


@dataclass(slots=True)
class _Minute:
    """The candle under way."""

    at: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal

    def candle(self) -> Candle:
        return Candle(self.at, self.open, self.high, self.low, self.close, self.volume)


@dataclass(slots=True)
class _Pair:
    """What is known of one pair."""

    price: Decimal | None = None
    at: int = 0
    bid: Decimal | None = None
    ask: Decimal | None = None
    volume_24h: Decimal | None = None
    sieve: PriceSieve = field(default_factory=PriceSieve)
    is_told: bool = True
    seen: dict[str | int, None] = field(default_factory=dict)
    forming: _Minute | None = None
    newest: int = 0  # the highest number of a trade, where trades are numbered one by one
    whole_from: int = 0  # the first minute of which every trade was heard
    forming_told_at: int = 0
    is_forming_told: bool = True


class LiveTeller:
    """Every price that somebody waits for goes out as it is heard, of the others the latest at the next `flush`.

    `ear` hears every trade and offer that is believed; `doubt` hears of prices that need a second source, `want` of
    minutes whose candle must be asked for because something of it was not heard.
    """

    def __init__(
        self,
        sink: Sink,
        now: Callable[[], int],
        *,
        ear: Callable[[PublicTrade], None] | None = None,
        doubt: Callable[[str], None],
        want: Callable[[str, int], None],
    ) -> None:
        self.sink = sink
        self.told = 0  # prices
        self.dropped = 0  # absurd or doubtful prices, and trades that came twice
        self.gaps = 0  # places at which the exchange's numbers of trades say that some were missed
        self._now = now
        self._ear = ear
        self._doubt = doubt
        self._want = want
        self._pairs: dict[str, _Pair] = {}
        self._untold: dict[str, _Pair] = {}

    @property
    def symbols(self) -> Sequence[str]:
        return tuple(self._pairs)

    def latest(self, symbol: str) -> PublicTrade | None:
        pair = self._pairs.get(symbol)
        if pair is None or pair.price is None:
            return None
        return PublicTrade(symbol, pair.price, ZERO, pair.at, pair.bid, pair.ask)

    def subscribe(self, symbols: Iterable[str], at: int) -> None:
        next_minute = at - at % MINUTE_MS + MINUTE_MS
        self._pairs = {symbol: self._pairs.get(symbol) or _Pair(whole_from=next_minute) for symbol in symbols}
        self._untold = {symbol: pair for symbol, pair in self._untold.items() if symbol in self._pairs}

    # What is heard

    def trade(self, symbol: str, price: Decimal, amount: Decimal, at: int, trade_id: str | int) -> None:
        """A trade of a stream, in whatever order and how often it comes.

        `trade_id` is a number where an exchange counts the trades of a pair without leaving one out.
        """
        pair = self._pairs.get(symbol)
        if pair is None:
            return
        if trade_id in pair.seen:
            self.dropped += 1
            return
        if isinstance(trade_id, int):
            self._count(pair, trade_id, at)
        verdict = judge_price(price, pair.price)
        if verdict is not Verdict.GOOD or not amount.is_finite() or amount < 0:
            self.dropped += 1
            if verdict is Verdict.DOUBTFUL:
                self._doubt(symbol)
            return
        pair.seen[trade_id] = None
        if len(pair.seen) > KEPT_IDS:
            del pair.seen[next(iter(pair.seen))]
        if at > (now := self._now()) + FROM_THE_FUTURE_MS:
            at = now
        if at > now - LONG_AGO_MS:
            self._form(symbol, pair, price, amount, at)
        if self._ear is not None:
            self._ear(PublicTrade(symbol, price, amount, at, pair.bid, pair.ask))
        if at >= pair.at:  # an older one that was overtaken changes no price
            self._move(symbol, pair, price, at)

    def quote(self, symbol: str, bid: Decimal, ask: Decimal) -> None:
        """The best offers of a stream."""
        pair = self._pairs.get(symbol)
        if pair is None or (bid == pair.bid and ask == pair.ask):
            return
        if not bid.is_finite() or not ask.is_finite() or bid <= 0 or ask < bid:
            self.dropped += 1  # a crossed book is a mistake or a moment in between; never acted on
            return
        if pair.price is None:
            return
        if Verdict.GOOD is not judge_price(bid, pair.price) or Verdict.GOOD is not judge_price(ask, pair.price):
            self.dropped += 1
            return
        pair.bid, pair.ask = bid, ask
        if self._ear is not None:
            self._ear(PublicTrade(symbol, pair.price, ZERO, max(pair.at, self._now()), bid, ask))
        if pair.is_told:
            pair.is_told = False
            self._untold[symbol] = pair

    def polled(self, symbol: str, price: Decimal, bid: Decimal | None, ask: Decimal | None, at: int) -> bool:
        """A price that was asked for: it needs no second source. True when it differs from what the streams say."""
        pair = self._pairs.get(symbol)
        if pair is None:
            return False
        is_new = pair.price != price
        if bid is not None and ask is not None and ask >= bid:
            pair.bid, pair.ask = bid, ask
        if self._ear is not None:
            self._ear(PublicTrade(symbol, price, ZERO, at, pair.bid, pair.ask))
        self._move(symbol, pair, price, max(at, pair.at))
        return is_new

    def volume(self, symbol: str, quote_volume: Decimal) -> None:
        """What was traded in 24 hours, in quote."""
        pair = self._pairs.get(symbol)
        if pair is not None:
            pair.volume_24h = quote_volume

    def interrupted(self, symbols: Iterable[str], at: int) -> None:
        """Trades of these pairs may have been missed: their candles up to this minute are asked for."""
        for symbol in symbols:
            pair = self._pairs.get(symbol)
            if pair is not None:
                pair.whole_from = at - at % MINUTE_MS + MINUTE_MS

    def row(self, symbol: str, candle: Candle) -> None:
        """The candle of a minute as the exchange has it."""
        pair = self._pairs.get(symbol)
        if pair is None:
            return
        now = self._now()
        if candle.at + MINUTE_MS <= now:
            self.sink.on_candle(symbol, candle, is_closed=True)
            return
        ours = pair.forming
        if ours is None:
            pair.forming = _Minute(candle.at, candle.open, candle.high, candle.low, candle.close, candle.volume)
        elif ours.at == candle.at:
            ours.open = candle.open
            ours.high, ours.low = max(candle.high, ours.high), min(candle.low, ours.low)
            ours.volume = max(candle.volume, ours.volume)
        pair.is_forming_told = False

    # What is told

    def flush(self) -> None:
        """Tell the latest prices that were held back, now and then the candles under way, and those that are over."""
        untold, self._untold = self._untold, {}
        for symbol, pair in untold.items():
            if not pair.is_told:
                self._tell(symbol, pair)
        now = self._now()
        for symbol, pair in self._pairs.items():
            forming = pair.forming
            if forming is None:
                continue
            if now >= forming.at + MINUTE_MS + SETTLING_MS:
                self._close(symbol, pair)
            elif not pair.is_forming_told and now - pair.forming_told_at >= FORMING_EVERY_MS:
                pair.forming_told_at, pair.is_forming_told = now, True
                self.sink.on_candle(symbol, forming.candle(), is_closed=False)

    def _move(self, symbol: str, pair: _Pair, price: Decimal, at: int) -> None:
        pair.price, pair.at = price, at
        if pair.sieve.must_tell(price, at, self.sink.watch(symbol)):
            self._tell(symbol, pair)
        elif pair.is_told:
            pair.is_told = False
            self._untold[symbol] = pair

    def _tell(self, symbol: str, pair: _Pair) -> None:
        pair.is_told = True
        self.told += 1
        if pair.price is not None:
            self.sink.on_price(
                PriceTick(symbol, pair.price, pair.at, pair.bid, pair.ask, quote_volume_24h=pair.volume_24h)
            )

    def _count(self, pair: _Pair, number: int, at: int) -> None:
        if pair.newest and number > pair.newest + 1:
            self.gaps += 1
            pair.whole_from = max(pair.whole_from, at - at % MINUTE_MS + MINUTE_MS)
        pair.newest = max(pair.newest, number)

    def _form(self, symbol: str, pair: _Pair, price: Decimal, amount: Decimal, at: int) -> None:
        minute = at - at % MINUTE_MS
        forming = pair.forming
        if forming is not None and minute > forming.at:
            self._close(symbol, pair)
            forming = None
        if forming is None:
            pair.forming = _Minute(minute, price, price, price, price, amount)
            if minute < pair.whole_from:
                self._want(symbol, minute)
        elif minute == forming.at:
            if price > forming.high:
                forming.high = price
            elif price < forming.low:
                forming.low = price
            forming.volume += amount
            if at >= pair.at:
                forming.close = price
        else:
            # It belongs to a minute that is over and told: the exchange knows that one better than we do.
            self._want(symbol, minute)
            return
        pair.is_forming_told = False

    def _close(self, symbol: str, pair: _Pair) -> None:
        forming, pair.forming = pair.forming, None
        if forming is None:
            return
        if forming.at >= pair.whole_from:
            self.sink.on_candle(symbol, forming.candle(), is_closed=True)
        else:
            self._want(symbol, forming.at)
