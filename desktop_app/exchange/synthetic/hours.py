"""The slow half of the synthetic market: levels, volatility, phases and jumps at every full hour.

Nothing here is a running state. Each hour is a fading sum over the noise of the hours before it, and hours are
made in chapters of 32 days, so that year ten costs as much as day one and no order of questions changes an answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from desktop_app.exchange.synthetic.noise import Floats, Integers, Stream, autoregressive, generator
from desktop_app.exchange.synthetic.pairs import PairCharacter

HOUR_MS = 3_600_000
MINUTES = 60
CHAPTER_HOURS = 768
MINUTES_A_YEAR = 525_600.0

_REMEMBERED_CHAPTERS = 14  # of the level's past; with a half-life of 45 days the rest weighs 1e-3
_FARTHEST = 3.0  # a last limit to the log distance from the anchor, some five standard deviations out
_MOST_PHASES = 256  # in a chapter


@dataclass(frozen=True, slots=True)
class Phase:
    """One temper of the market that lasts hours to days. Push is in hourly standard deviations."""

    name: str
    odds: float
    push: float
    volatility: float
    swing: float  # share of the variance that soon comes back instead of staying
    mean_hours: float


PHASES = (
    Phase("range", 0.28, 0.0, 0.90, 0.80, 20.0),
    Phase("bull", 0.24, 0.15, 0.95, 0.55, 26.0),
    Phase("bear", 0.23, -0.20, 1.10, 0.55, 18.0),
    Phase("surge", 0.07, 0.42, 1.45, 0.30, 5.0),
    Phase("slump", 0.06, -0.48, 1.70, 0.30, 4.5),
    Phase("quiet", 0.12, 0.0, 0.65, 0.75, 10.0),
)
_ODDS = np.cumsum([phase.odds for phase in PHASES])
_PUSH = np.array([phase.push for phase in PHASES])
_LOG_VOLATILITY = np.log([phase.volatility for phase in PHASES])
_SWING = np.array([phase.swing for phase in PHASES])
_MEAN_HOURS = np.array([phase.mean_hours for phase in PHASES])

_VOLATILITY_PARTS = ((90.0, 0.30), (9.0, 0.26))  # (half-life in hours, standard deviation of log volatility)
_VOLATILITY_SHARED = 0.7  # correlation of a coin's log volatility with the market's
_SWING_HALF_LIFE = 1.6  # hours
_JUMP_LEAST, _JUMP_MEAN_EXCESS = 3.5, 2.5  # in standard deviations of a minute
_MARKET_JUMPS_PER_DAY = 0.9


@dataclass(frozen=True, slots=True)
class Hour:
    """Everything the minutes of one hour hang on. Row 0 of the `(1 + coins)` arrays is the market factor."""

    open_level: Floats  # (coins,) log price at the start of the hour
    close_level: Floats
    open_volatility: Floats  # (1 + coins,) log of volatility over the ordinary one
    close_volatility: Floats
    open_side: Integers  # (coins,) which side the trade at the full hour took
    close_side: Integers
    jump: Floats  # (1 + coins,) in minute standard deviations, 0 for none
    jump_minute: Integers
    earlier_jump: Floats  # of the hour before, whose aftershock reaches into this one
    earlier_jump_minute: Integers


@dataclass(frozen=True, slots=True)
class _Noise:
    level: Floats  # all (1 + coins, CHAPTER_HOURS)
    swing: Floats
    volatility: tuple[Floats, ...]
    phase: Integers
    jump: Floats
    jump_minute: Integers
    side: Integers


@dataclass(frozen=True, slots=True)
class _Moves:
    """What one chapter adds to the level, before the way back to the anchor is known."""

    level: Floats  # (coins, CHAPTER_HOURS) decayed sum of the moves up to and including each hour
    swing: Floats  # (coins, CHAPTER_HOURS) the part that soon comes back, at the start of each hour


def weekly_rhythm() -> Floats:
    """Log volatility for each minute of the week (UTC, from Monday): busy US afternoons, quiet weekends."""
    hour = np.arange(7 * 24 * MINUTES) / MINUTES
    day = 2 * np.pi * hour / 24
    rhythm = 0.20 * np.cos(day - 2 * np.pi * 15 / 24) + 0.09 * np.cos(2 * (day - 2 * np.pi * 2 / 24))
    weekend = 0.5 * (np.tanh(hour - 120) - np.tanh(hour - 166))
    return np.asarray(rhythm - 0.22 * weekend - 0.02)


class Hours:
    """The hourly skeleton of every coin, for any hour since (and before) the market began."""

    def __init__(self, seed: int, coins: Sequence[PairCharacter], hour_of_week: int) -> None:
        self._seed = seed
        self._coins = len(coins)
        self._rhythm = weekly_rhythm().reshape(7 * 24, MINUTES).mean(axis=1)
        self._hour_of_week = hour_of_week
        self._anchor = np.log([coin.anchor for coin in coins])
        self.minute_sigma = np.array([coin.annual_vol for coin in coins]) / np.sqrt(MINUTES_A_YEAR)
        self.shared = np.array([coin.market_share for coin in coins])
        self.own = np.sqrt(1 - self.shared**2)
        self._trend = np.array([[1.0]] + [[coin.trend] for coin in coins])
        self._back = np.array([[coin.reversion_hours] for coin in coins])
        self._jump_odds = np.array([[_MARKET_JUMPS_PER_DAY]] + [[coin.jumps_per_day] for coin in coins]) / 24
        self._noise = lru_cache(maxsize=4)(self._make_noise)
        self._volatility = lru_cache(maxsize=3)(self._make_volatility)
        self._steps = lru_cache(maxsize=3)(self._make_steps)
        self._moves = lru_cache(maxsize=3)(self._make_moves)
        self._left_over = lru_cache(maxsize=2 * _REMEMBERED_CHAPTERS)(self._make_left_over)
        self._levels = lru_cache(maxsize=3)(self._make_levels)

    def hour(self, index: int) -> Hour:
        """The skeleton of hour `index` since the market began."""
        (chapter, at), (later, later_at) = divmod(index, CHAPTER_HOURS), divmod(index + 1, CHAPTER_HOURS)
        before, before_at = divmod(index - 1, CHAPTER_HOURS)
        noise, earlier = self._noise(chapter), self._noise(before)
        return Hour(
            open_level=self._levels(chapter)[:, at],
            close_level=self._levels(later)[:, later_at],
            open_volatility=self._volatility(chapter)[:, at],
            close_volatility=self._volatility(later)[:, later_at],
            open_side=noise.side[1:, at],
            close_side=self._noise(later).side[1:, later_at],
            jump=noise.jump[:, at],
            jump_minute=noise.jump_minute[:, at],
            earlier_jump=earlier.jump[:, before_at],
            earlier_jump_minute=earlier.jump_minute[:, before_at],
        )

    def levels(self, first: int, last: int) -> Floats:
        """Log price of every coin at the start of each hour in [first, last)."""
        chapters = range(first // CHAPTER_HOURS, (last - 1) // CHAPTER_HOURS + 1)
        joined = np.concatenate([self._levels(chapter) for chapter in chapters], axis=1)
        offset = chapters[0] * CHAPTER_HOURS
        return np.asarray(joined[:, first - offset : last - offset])

    def phase(self, index: int) -> Phase:
        """The market factor's phase in an hour."""
        chapter, at = divmod(index, CHAPTER_HOURS)
        return PHASES[int(self._noise(chapter).phase[0, at])]

    def _make_noise(self, chapter: int) -> _Noise:
        draw = generator(self._seed, Stream.HOURS, chapter)
        shape = (1 + self._coins, CHAPTER_HOURS)
        level, swing = draw.standard_normal(shape), draw.standard_normal(shape)
        volatility = tuple(draw.standard_normal(shape) for _ in _VOLATILITY_PARTS)
        size = (_JUMP_LEAST + draw.exponential(_JUMP_MEAN_EXCESS, shape)) * np.where(draw.random(shape) < 0.5, -1, 1)
        return _Noise(
            level=level,
            swing=swing,
            volatility=volatility,
            jump=np.where(draw.random(shape) < self._jump_odds, size, 0.0),
            jump_minute=draw.integers(0, MINUTES, shape),
            side=np.where(draw.random(shape) < 0.5, -1, 1),
            phase=self._make_phases(draw),
        )

    def _make_phases(self, draw: np.random.Generator) -> Integers:
        rows, steps = 1 + self._coins, _MOST_PHASES
        choice = np.searchsorted(_ODDS, draw.random((rows, steps)) * _ODDS[-1], side="right")
        hours = np.ceil(_MEAN_HOURS[choice] * (0.4 + draw.exponential(0.6, (rows, steps)))).astype(np.int64)
        return np.stack([np.repeat(choice[row], hours[row])[:CHAPTER_HOURS] for row in range(rows)])

    def _make_volatility(self, chapter: int) -> Floats:
        now, before = self._noise(chapter), self._noise(chapter - 1)
        total = np.zeros((1 + self._coins, CHAPTER_HOURS))
        for part, (half_life, deviation) in enumerate(_VOLATILITY_PARTS):
            noise = np.concatenate([before.volatility[part], now.volatility[part]], axis=1)
            scale = deviation * np.sqrt(1 - 0.25 ** (1 / half_life))
            total += autoregressive(noise, half_life)[:, CHAPTER_HOURS:] * scale
        total[1:] = _VOLATILITY_SHARED * total[0] + np.sqrt(1 - _VOLATILITY_SHARED**2) * total[1:]
        variance = sum(deviation**2 for _, deviation in _VOLATILITY_PARTS)
        return np.asarray(total - variance + _LOG_VOLATILITY[now.phase])

    def _make_moves(self, chapter: int) -> _Moves:
        before, (level, swing) = self._steps(chapter - 1)[1], self._steps(chapter)
        swings = autoregressive(np.concatenate([before, swing], axis=1), _SWING_HALF_LIFE)
        return _Moves(level=autoregressive(level, self._back), swing=swings[:, CHAPTER_HOURS - 1 : -1])

    def _make_steps(self, chapter: int) -> tuple[Floats, Floats]:
        """Moves of every coin in each hour: those that stay, and those that soon come back."""
        noise = self._noise(chapter)
        hours = chapter * CHAPTER_HOURS + np.arange(CHAPTER_HOURS) + self._hour_of_week
        strength = np.exp(self._volatility(chapter) + self._rhythm[hours % len(self._rhythm)])
        swing = _SWING[noise.phase]
        # A trend in a calm market is slow; with a fixed push it would be a straight line.
        push = self._trend * _PUSH[noise.phase] * np.sqrt(strength)
        staying = strength * np.sqrt(1 - swing) * noise.level + push
        staying += noise.jump / np.sqrt(MINUTES)
        return self._mixed(staying), self._mixed(strength * np.sqrt(swing) * noise.swing)

    def _mixed(self, rows: Floats) -> Floats:
        """From the market factor and each coin's own part to log price moves."""
        mixed = self.shared[:, None] * rows[0] + self.own[:, None] * rows[1:]
        return np.asarray(mixed * (self.minute_sigma * np.sqrt(MINUTES))[:, None])

    def _make_left_over(self, chapter: int) -> Floats:
        return self._moves(chapter).level[:, -1].copy()

    def _make_levels(self, chapter: int) -> Floats:
        fade = np.exp2(-CHAPTER_HOURS / self._back[:, 0])
        start = np.zeros(self._coins)
        for age in range(_REMEMBERED_CHAPTERS, 0, -1):
            start = start * fade + self._left_over(chapter - age)
        since = np.exp2(-np.arange(CHAPTER_HOURS) / self._back)
        moves = self._moves(chapter)
        slow = start[:, None] * since
        slow[:, 1:] += moves.level[:, :-1]
        return np.asarray(self._anchor[:, None] + np.clip(slow + moves.swing, -_FARTHEST, _FARTHEST))
