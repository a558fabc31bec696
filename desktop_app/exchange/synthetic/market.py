"""A seeded, made-up crypto market: prices, candles, trades and books for the embedded exchange.

Every answer is a function of (seed, start, moment) alone, so the same minute is the same whoever asks, in what order
and after how many restarts. Caveat: `exp`, `log` and `pow` may differ in the last bit between processors and numpy
builds. On one machine all prices repeat exactly; on another a price may, rarely, land one tick away, and never drifts,
because nothing is carried from minute to minute. `agrees_with` tells whether that happened.

The market has no clock: whoever asks decides how far time has come.
"""

import json
from dataclasses import asdict, dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.columns import Candles
from desktop_app.exchange.protocol import Book
from desktop_app.exchange.synthetic.book import make_book
from desktop_app.exchange.synthetic.hours import HOUR_MS, MINUTES, Hours, Phase
from desktop_app.exchange.synthetic.minutes import MINUTE_MS, HourDetail, MinuteCandles, Minutes
from desktop_app.exchange.synthetic.noise import Floats, Integers
from desktop_app.exchange.synthetic.pairs import PAIRS, PairCharacter

__all__ = [
    "DEMO_SEED",
    "MODEL_VERSION",
    "PAIRS",
    "Checkpoint",
    "DayStats",
    "PairCharacter",
    "SyntheticMarket",
    "TickColumns",
]

MODEL_VERSION = 2  # another number is another market: history made by one does not continue in the other

# A market in which, 30 days after its start, a DCA bot on BTC/USDT has something to do within the first hours.
DEMO_SEED = 258

_DAY_MS = 24 * HOUR_MS
_KEPT_PATHS = 4  # hours, about 0.4 MB each
_KEPT_CANDLES = 768  # hours, about 20 kB each: a month and a day for all pairs


@dataclass(frozen=True, slots=True)
class TickColumns:
    """The trades and quotes of one pair in one minute, oldest first. `volume` is 0 where only the quote moved."""

    symbol: str
    at: Integers  # ms UTC
    price: Floats  # of the latest trade
    bid: Floats
    ask: Floats
    volume: Floats  # in coins
    side: NDArray[np.int8]  # of the taker: 1 bought, -1 sold, 0 no trade


@dataclass(frozen=True, slots=True)
class DayStats:
    """The last 24 hours of a pair, up to the end of the latest full minute."""

    open: float
    high: float
    low: float
    last: float
    volume: float
    quote_volume: float


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What identifies a market and where it stood. Prices are last trades in ticks, in the order of `pairs`."""

    version: int
    seed: int
    start_ms: int
    at_ms: int
    prices: tuple[int, ...]

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Checkpoint":
        """Read what `to_json` wrote; ValueError if it is anything else."""
        try:
            found = json.loads(text)
            version, seed, start_ms, at_ms = (int(found[name]) for name in ("version", "seed", "start_ms", "at_ms"))
            return cls(version, seed, start_ms, at_ms, tuple(int(price) for price in found["prices"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError("This is not a checkpoint of the simulated market.") from error


class SyntheticMarket:
    """All pairs of the made-up market from `start_ms` on."""

    def __init__(self, seed: int, start_ms: int, checkpoint: Checkpoint | None = None) -> None:
        self.seed = seed
        self.start_ms = start_ms - start_ms % MINUTE_MS
        self.pairs: tuple[PairCharacter, ...] = PAIRS
        # Hours and the week's rhythm are counted from the start, so that a seed is one market whenever it begins.
        self._origin = self.start_ms
        self._latest_ms = self.start_ms
        self._number = {pair.symbol: number for number, pair in enumerate(self.pairs)}
        self._price_grids = [pair.price_grid for pair in self.pairs]
        self._amount_grids = [pair.amount_grid for pair in self.pairs]
        coins = [pair for pair in self.pairs if pair.ratio_of is None]
        self._hours = Hours(seed, coins, 0)
        self._minutes = Minutes(seed, self.pairs, self._hours, 0)
        self._path = lru_cache(maxsize=_KEPT_PATHS)(self._minutes.path)
        self._detail = lru_cache(maxsize=_KEPT_PATHS)(self._make_detail)
        self._candles = lru_cache(maxsize=_KEPT_CANDLES)(self._make_candles)
        if checkpoint is not None:
            self._resume(checkpoint)

    def history(self, symbol: str, start_ms: int, end_ms: int) -> Candles:
        """1-minute candles with start <= at < end, none before the market began."""
        number = self._number[symbol]
        first, last = self._minute_range(start_ms, end_ms)
        hours = range(first // MINUTES, -(-last // MINUTES))
        if not hours:
            nothing = np.zeros(0)
            return Candles(np.zeros(0, dtype=np.int64), nothing, nothing, nothing, nothing, nothing)
        blocks = [self._candles(hour) for hour in hours]
        inside = slice(first - hours[0] * MINUTES, last - hours[0] * MINUTES)
        prices = np.concatenate([block.prices[:, number] for block in blocks], axis=1)[:, inside]
        lots = np.concatenate([block.lots[number] for block in blocks])[inside]
        at = self._origin + np.arange(first, last, dtype=np.int64) * MINUTE_MS
        opens, highs, lows, closes = self._price_grids[number].floats(prices)
        return Candles(at, opens, highs, lows, closes, self._amount_grids[number].floats(lots))

    def ticks(self, symbol: str, minute_start_ms: int) -> TickColumns:
        """One minute of one pair, trade by trade: first is open, last is close, volumes add up to the candle's."""
        number = self._number[symbol]
        hour, minute = self._place(minute_start_ms)
        path, detail = self._path(hour), self._detail(hour)
        prices = self._price_grids[number]
        return TickColumns(
            symbol=symbol,
            at=minute_start_ms - minute_start_ms % MINUTE_MS + detail.offset[number, minute],
            price=prices.floats(path.last[number, minute]),
            bid=prices.floats(path.bid[number, minute]),
            ask=prices.floats(path.ask[number, minute]),
            volume=self._amount_grids[number].floats(detail.lots[number, minute]),
            side=path.side[number, minute],
        )

    def minute(self, minute_start_ms: int) -> tuple[TickColumns, ...]:
        """One minute of all pairs, in the order of `pairs`."""
        self._latest_ms = max(self._latest_ms, minute_start_ms - minute_start_ms % MINUTE_MS + MINUTE_MS)
        return tuple(self.ticks(pair.symbol, minute_start_ms) for pair in self.pairs)

    def book(self, symbol: str, at_ms: int) -> Book:
        """The book around the quote of that moment."""
        number = self._number[symbol]
        hour, minute = self._place(at_ms)
        path, tick = self._path(hour), self._tick_at(number, at_ms)
        bid, ask = int(path.bid[number, minute, tick]), int(path.ask[number, minute, tick])
        stress = float(path.stress[number, minute])
        return make_book(self.seed, number, self.pairs[number], bid, ask, stress, at_ms)

    def day_stats(self, symbol: str, at_ms: int) -> DayStats:
        """Open, high, low, last and volumes of the 24 hours up to `at_ms`, or of as many as there are."""
        candles = self.history(symbol, at_ms - at_ms % MINUTE_MS - _DAY_MS, at_ms - at_ms % MINUTE_MS)
        if not len(candles):
            price = float(self.ticks(symbol, self.start_ms).price[0])
            return DayStats(price, price, price, price, 0.0, 0.0)
        return DayStats(
            open=float(candles.open[0]),
            high=float(candles.high.max()),
            low=float(candles.low.min()),
            last=float(candles.close[-1]),
            volume=float(candles.volume.sum()),
            quote_volume=float(((candles.open + candles.close) / 2 * candles.volume).sum()),
        )

    def quote_volume_24h(self, symbol: str, at_ms: int) -> float:
        """Money traded in the 24 hours up to `at_ms`."""
        return self.day_stats(symbol, at_ms).quote_volume

    def phase(self, at_ms: int) -> Phase:
        """The phase the market as a whole is in; for tests and demonstrations, a bot must not see it."""
        return self._hours.phase((at_ms - self._origin) // HOUR_MS)

    def checkpoint(self) -> Checkpoint:
        """Where the market stands: the end of the latest minute that was asked for as a whole."""
        return Checkpoint(MODEL_VERSION, self.seed, self.start_ms, self._latest_ms, self._prices_at(self._latest_ms))

    def agrees_with(self, checkpoint: Checkpoint) -> bool:
        """Whether this machine makes the same prices as the one that wrote the checkpoint."""
        return checkpoint.prices == self._prices_at(checkpoint.at_ms)

    def _resume(self, checkpoint: Checkpoint) -> None:
        if checkpoint.version != MODEL_VERSION:
            raise ValueError(
                f"The simulated market was made by another version of its model "
                f"({checkpoint.version}, this is {MODEL_VERSION}); it cannot be continued, only started again."
            )
        if (checkpoint.seed, checkpoint.start_ms) != (self.seed, self.start_ms):
            raise ValueError("The checkpoint belongs to another simulated market: its seed or its start differ.")
        self._latest_ms = max(checkpoint.at_ms, self.start_ms)

    def _prices_at(self, at_ms: int) -> tuple[int, ...]:
        hour, minute = self._place(at_ms)
        prices: list[int] = self._path(hour).last[:, minute, 0].tolist()
        return tuple(prices)

    def _make_detail(self, hour: int) -> HourDetail:
        return self._minutes.detail(hour, self._path(hour))

    def _make_candles(self, hour: int) -> MinuteCandles:
        return self._path(hour).candles

    def _place(self, at_ms: int) -> tuple[int, int]:
        assert at_ms >= self.start_ms, "the market had not begun"
        return divmod((at_ms - self._origin) // MINUTE_MS, MINUTES)

    def _minute_range(self, start_ms: int, end_ms: int) -> tuple[int, int]:
        first, last = (-((self._origin - at) // MINUTE_MS) for at in (max(start_ms, self.start_ms), end_ms))
        return first, max(first, last)

    def _tick_at(self, number: int, at_ms: int) -> int:
        hour, minute = self._place(at_ms)
        offsets = self._detail(hour).offset[number, minute]
        return int(np.searchsorted(offsets, at_ms % MINUTE_MS, side="right")) - 1
