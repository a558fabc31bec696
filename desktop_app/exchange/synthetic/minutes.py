"""The fast half of the synthetic market: every quote and trade inside one hour, from which its candles follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from desktop_app.exchange.synthetic.hours import MINUTES, Hour, Hours, weekly_rhythm
from desktop_app.exchange.synthetic.noise import Floats, Integers, Stream, autoregressive, generator
from desktop_app.exchange.synthetic.pairs import ALWAYS, PairCharacter

Ticks = NDArray[np.int32]  # prices counted in ticks

TICKS = 14  # a minute; the first repeats the last of the minute before, so that open is close
MINUTE_MS = 60_000
_STEPS = TICKS - 1

_BURST_HALF_LIFE, _BURST = 14.0, 0.34  # minutes; standard deviation of log volatility
_FLICKER = 0.22  # of single minutes
_AFTERSHOCK_HALF_LIFE, _AFTERSHOCK = 18.0, 0.9
_SPREAD_FOLLOWS, _SPREAD_NOISE = 0.7, 0.25  # power of volatility; log noise of single minutes
_VOLUME_FOLLOWS, _VOLUME_NOISE = 1.25, 0.42
_SIDE_FOLLOWS = 77.0  # of 128: how surely a buyer is behind a rise


@dataclass(frozen=True, slots=True)
class MinuteCandles:
    """All pairs over one hour, in ticks and lots: a fifth of what the path takes, so that days can be kept."""

    prices: Ticks  # (open high low close, pairs, MINUTES)
    lots: Integers  # (pairs, MINUTES)


@dataclass(frozen=True, slots=True)
class HourPath:
    """All pairs over one hour, trade by trade."""

    bid: Ticks  # in ticks, (pairs, MINUTES, TICKS) like the four below
    ask: Ticks
    last: Ticks
    side: NDArray[np.int8]  # of the taker: 1 buys, -1 sells, 0 when nothing was traded
    stress: Floats  # (pairs, MINUTES) volatility over the ordinary one
    candles: MinuteCandles


@dataclass(frozen=True, slots=True)
class HourDetail:
    """When each trade of an hour happened and how large it was; only those who follow live prices need it."""

    offset: Integers  # ms from the start of the minute, (pairs, MINUTES, TICKS)
    lots: Integers


class Minutes:
    """Makes any hour of the market from its skeleton."""

    def __init__(self, seed: int, pairs: Sequence[PairCharacter], hours: Hours, minute_of_week: int) -> None:
        self._seed, self._hours, self._minute_of_week = seed, hours, minute_of_week
        coins = [pair for pair in pairs if pair.ratio_of is None]
        symbols = [coin.symbol for coin in coins]
        assert list(pairs[: len(coins)]) == coins, "ratio pairs come last"
        self._coins = len(coins)
        ratios = [pair.ratio_of for pair in pairs if pair.ratio_of is not None]
        self._above = [symbols.index(above) for above, _ in ratios]
        self._below = [symbols.index(below) for _, below in ratios]
        self._temper = [*range(len(coins)), *self._above]  # whose volatility each pair follows
        self._rhythm = weekly_rhythm()
        self._tick = np.array([float(pair.tick) for pair in pairs])
        self._lot = np.array([float(pair.lot) for pair in pairs])
        self._half_spread = np.array([pair.spread_bps for pair in pairs]) / 2e4
        self._flow = np.array([pair.daily_quote_volume for pair in pairs]) / (24 * MINUTES)
        self._trades = np.array([pair.trades for pair in pairs], dtype=np.float32)
        self._sparse = np.flatnonzero(self._trades < ALWAYS)
        self._minute_noise = lru_cache(maxsize=4)(self._make_minute_noise)

    def path(self, hour: int) -> HourPath:
        """Quotes and trades of hour `hour` since the market began."""
        frame = self._hours.hour(hour)
        draw = generator(self._seed, Stream.PATH, hour)
        levels, stress, lean = self._levels(frame, self._volatility(hour, frame), draw)
        stress, lean = stress[self._temper], lean[self._temper]
        noise = draw.standard_normal((2, *stress.shape))
        half = self._half_spread[:, None] * stress**_SPREAD_FOLLOWS * np.exp(_SPREAD_NOISE * noise[0])
        bid, ask = self._quotes(levels, half, self._stress_at_bounds(frame))
        coin_flips = draw.integers(-128, 128, lean.shape, dtype=np.int8)
        side = np.where(coin_flips < lean, np.int8(1), np.int8(-1))
        side[:, 0, 0] = frame.open_side[self._temper]
        side[:, -1, -1] = frame.close_side[self._temper]
        last = np.where(side > 0, ask, bid)
        rows = self._sparse
        traded = self._traded(stress[rows], draw)
        last[rows] = _last_trades(last[rows], traded)
        side[rows] *= traded
        for columns in (bid, ask, last, side):
            columns[:, 1:, 0] = columns[:, :-1, -1]
        return HourPath(bid, ask, last, side, stress, self._candles(last, side, stress, noise[1]))

    def detail(self, hour: int, path: HourPath) -> HourDetail:
        """Times and sizes of the trades in `path`; the sizes of a minute add up to its candle's volume."""
        draw = generator(self._seed, Stream.TICK_DETAIL, hour)
        shape = path.side.shape
        every = MINUTE_MS // TICKS
        offset = np.arange(TICKS) * every + draw.integers(0, every - 250, shape)
        offset[:, :, 0] = 0
        traded = path.side != 0
        weight = np.where(traded, draw.exponential(1.0, shape) ** 1.5, 0.0)
        spare = path.candles.lots - traded.sum(axis=-1)
        share = np.cumsum(weight, axis=-1)
        share /= np.maximum(share[:, :, -1:], 1e-300)
        passed = np.floor(share * spare[:, :, None]).astype(np.int64)
        passed[:, :, -1] = spare
        lots = np.diff(passed, axis=-1, prepend=0)
        # The last tick may be no trade: what rounding left goes to the largest trade instead.
        rest = np.where(traded[:, :, -1], 0, lots[:, :, -1])
        lots[:, :, -1] -= rest
        largest = np.argmax(weight, axis=-1)[:, :, None]
        np.put_along_axis(lots, largest, np.take_along_axis(lots, largest, -1) + rest[:, :, None], -1)
        return HourDetail(offset, lots + traded)

    def _make_minute_noise(self, hour: int) -> Floats:
        shape = (2, 1 + self._coins, MINUTES)
        return generator(self._seed, Stream.MINUTE_VOLATILITY, hour).standard_normal(shape)

    def _volatility(self, hour: int, frame: Hour) -> Floats:
        """Volatility of the market factor and of each coin's own part, minute by minute, over the ordinary one."""
        now, before = self._minute_noise(hour), self._minute_noise(hour - 1)[0]
        burst = autoregressive(np.concatenate([before, now[0]], axis=1), _BURST_HALF_LIFE)[:, MINUTES:]
        burst *= _BURST * np.sqrt(1 - 0.25 ** (1 / _BURST_HALF_LIFE))
        burst[1:] = 0.6 * burst[0] + 0.8 * burst[1:]
        part = (np.arange(MINUTES) + 0.5) / MINUTES
        slow = frame.open_volatility[:, None] * (1 - part) + frame.close_volatility[:, None] * part
        first = (self._minute_of_week + hour * MINUTES) % len(self._rhythm)
        total = slow + self._rhythm[first : first + MINUTES] + burst - _BURST**2 + _FLICKER * now[1] - _FLICKER**2
        for jump, minute, shift in (
            (frame.jump, frame.jump_minute, 0),
            (frame.earlier_jump, frame.earlier_jump_minute, MINUTES),
        ):
            rows = np.flatnonzero(jump)
            since = np.arange(MINUTES) + shift - minute[rows, None]
            total[rows] += np.where(since < 0, 0.0, _AFTERSHOCK * np.exp2(-since / _AFTERSHOCK_HALF_LIFE))
        return np.asarray(np.exp(total))

    def _stress_at_bounds(self, frame: Hour) -> Floats:
        """(pairs, 2) volatility at both ends of the hour, known to the neighbouring hours as well."""
        rows = np.exp(np.stack([frame.open_volatility, frame.close_volatility], axis=1))
        stress = np.hypot(self._hours.shared[:, None] * rows[0], self._hours.own[:, None] * rows[1:])
        return np.asarray(stress[self._temper])

    def _levels(
        self, frame: Hour, volatility: Floats, draw: np.random.Generator
    ) -> tuple[Floats, Floats, NDArray[np.float32]]:
        """Log prices of the coins tick by tick, their stress, and how far each tick leans to buyers."""
        common = self._hours.shared[:, None] * volatility[0]
        own = self._hours.own[:, None] * volatility[1:]
        stress = np.hypot(common, own)
        noise = draw.standard_normal((1 + self._coins, MINUTES, _STEPS))
        moves = (common / stress)[:, :, None] * noise[0]
        moves += (own / stress)[:, :, None] * noise[1:]
        lean = np.zeros((self._coins, MINUTES, TICKS), dtype=np.float32)
        lean[:, :, 1:] = _SIDE_FOLLOWS * moves
        moves *= (stress * (self._hours.minute_sigma / np.sqrt(_STEPS))[:, None])[:, :, None]
        # Pin the random path to the next level: spread what is missing by variance. This is a Brownian bridge.
        jumps = self._jumps(frame)
        missing = frame.close_level - frame.open_level - moves.sum(axis=(1, 2)) - sum(size for _, size in jumps)
        weight = stress**2
        weight *= missing[:, None] / (weight.sum(axis=1, keepdims=True) * _STEPS)
        moves += weight[:, :, None]
        each = np.arange(self._coins)
        for minute, size in jumps:
            moves[each, minute, (minute * 7) % _STEPS] += size
        levels = np.zeros((self._coins, MINUTES, TICKS))
        levels[:, :, 1:] = moves
        levels[:, 0, 0] = frame.open_level
        levels = np.cumsum(levels.reshape(self._coins, -1), axis=1).reshape(levels.shape)
        levels[:, -1, -1] = frame.close_level  # to the last bit: the next hour starts there
        return levels, stress, lean

    def _jumps(self, frame: Hour) -> tuple[tuple[Integers, Floats], tuple[Integers, Floats]]:
        """(minute, log size) per coin of the market's jump and of its own."""
        sigma = self._hours.minute_sigma
        return (
            (np.full(self._coins, frame.jump_minute[0]), sigma * self._hours.shared * frame.jump[0]),
            (frame.jump_minute[1:], sigma * self._hours.own * frame.jump[1:]),
        )

    def _quotes(self, level: Floats, half: Floats, at_bounds: Floats) -> tuple[Ticks, Ticks]:
        price = np.exp(level)
        if self._above:
            price = np.concatenate([price, price[self._above] / price[self._below]])
        price /= self._tick[:, None, None]
        away = price * half[:, :, None]
        # Both ends of the hour must come out the same from either side, so no noise there.
        bounds = self._half_spread[:, None] * at_bounds**_SPREAD_FOLLOWS
        away[:, 0, 0] = price[:, 0, 0] * bounds[:, 0]
        away[:, -1, -1] = price[:, -1, -1] * bounds[:, 1]
        bid = (price - away).astype(np.int32)
        return bid, (price + away).astype(np.int32) + 1

    def _traded(self, stress: Floats, draw: np.random.Generator) -> NDArray[np.bool_]:
        """Whether something was traded at each tick of the pairs that do not always trade."""
        chance = draw.random((*stress.shape, TICKS), dtype=np.float32)
        traded = chance < (self._trades[self._sparse, None] * stress)[:, :, None]
        traded[:, :, 0] = False
        traded[:, 0, 0] = traded[:, -1, -1] = True
        return traded

    def _candles(self, last: Ticks, side: NDArray[np.int8], stress: Floats, noise: Floats) -> MinuteCandles:
        high, low = last.max(axis=-1), last.min(axis=-1)
        width = (high - low) / last[:, :, 0]
        sigma = self._hours.minute_sigma[self._temper][:, None]
        seen = 0.6 + 0.25 * np.minimum(width / (sigma * stress), 6.0)
        money = self._flow[:, None] * stress**_VOLUME_FOLLOWS * seen * np.exp(_VOLUME_NOISE * noise)
        trades = np.count_nonzero(side, axis=-1)
        lots = np.maximum((money / (last[:, :, -1] * (self._tick * self._lot)[:, None])).astype(np.int64), trades)
        return MinuteCandles(np.stack([last[:, :, 0], high, low, last[:, :, -1]]), np.where(trades > 0, lots, 0))


def _last_trades(price: Ticks, traded: NDArray[np.bool_]) -> Ticks:
    """The price of the latest trade up to each tick."""
    flat = traded.reshape(len(traded), -1)
    latest = np.maximum.accumulate(np.where(flat, np.arange(flat.shape[1]), 0), axis=1)
    return np.asarray(np.take_along_axis(price.reshape(flat.shape), latest, axis=1).reshape(price.shape))
