"""The resting orders around the touch of a simulated pair: levels that stay while the price moves over them."""

from decimal import Decimal

import numpy as np

from desktop_app.exchange.protocol import Book
from desktop_app.exchange.synthetic.noise import Floats, Integers, scattered
from desktop_app.exchange.synthetic.pairs import PairCharacter

LEVELS = 20

_REFRESH_MS = 15_000  # how long an amount stays on its level
_GAP_SHARE = 0.4  # of the ordinary spread, between two levels
_DEEPENS = 0.16  # log growth of the amount per level away from the touch
_LUCK = 1.0  # standard deviation of the log amount
_DEPTH_FOLLOWS = -0.8  # power of volatility: books thin out when it rises


def make_book(seed: int, number: int, pair: PairCharacter, bid: int, ask: int, stress: float, at: int) -> Book:
    """The book of pair `number` at a moment; `bid` and `ask` in ticks."""
    bids, asks = (_side(seed, number, pair, touch, stress, at) for touch in (-bid, ask))
    return Book(bids=bids, asks=asks, at=at)


def _side(
    seed: int, number: int, pair: PairCharacter, touch: int, stress: float, at: int
) -> tuple[tuple[Decimal, Decimal], ...]:
    """One side, best first. Bids are counted below zero, so that away from the touch is up on both sides."""
    levels = _level_prices(seed, number, pair, touch)
    levels = levels[(levels > 0) if touch > 0 else (levels < 0)]
    luck = _bell(seed, (at // _REFRESH_MS) * 256 + number, levels)
    money = pair.level_quote * stress**_DEPTH_FOLLOWS * np.exp(_DEEPENS * np.arange(len(levels)) + _LUCK * luck)
    lots = np.maximum(money / (np.abs(levels) * float(pair.tick) * float(pair.lot)), 1).astype(np.int64)
    prices, amounts = pair.price_grid, pair.amount_grid
    return tuple(
        (prices.decimal_of(abs(level)), amounts.decimal_of(lot))
        for level, lot in zip(levels.tolist(), lots.tolist(), strict=True)
    )


def _level_prices(seed: int, number: int, pair: PairCharacter, touch: int) -> Integers:
    """The touch and then one price in every gap beyond it, always the same one."""
    gap = max(1, round(pair.anchor * pair.spread_bps / 1e4 * _GAP_SHARE / float(pair.tick)))
    cells = touch // gap + np.arange(1, LEVELS)
    inside = np.floor(scattered(seed, number, cells) * gap).astype(np.int64)
    return np.concatenate([[touch], cells * gap + inside])


def _bell(seed: int, place: int, keys: Integers) -> Floats:
    """Nearly normal numbers, one for each key."""
    parts = [scattered(seed, place * 4 + part, keys) for part in range(3)]
    return np.asarray((sum(parts) - 1.5) * 2.0)
