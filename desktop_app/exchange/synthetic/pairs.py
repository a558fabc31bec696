"""The pairs of the synthetic market: what each one trades like, and the grids its prices and amounts lie on."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.market import Market

ALWAYS = 4.0


@dataclass(frozen=True, slots=True)
class Grid:
    """All multiples of one decimal step; floats leave it as the nearest double of the exact decimal."""

    step: Decimal
    _multiple: int
    _digits: int

    @classmethod
    def of(cls, step: Decimal) -> "Grid":
        _, digits, exponent = step.normalize().as_tuple()
        assert isinstance(exponent, int) and step > 0
        multiple = int("".join(map(str, digits)))
        return cls(step, multiple * 10 ** max(exponent, 0), max(-exponent, 0))

    def floats(self, steps: NDArray[np.signedinteger]) -> NDArray[np.float64]:
        # Dividing by a power of ten rounds once; multiplying by 0.01 would round twice and leave the grid.
        return np.asarray(steps.astype(np.float64) * self._multiple / 10.0**self._digits)

    def decimal_of(self, steps: int) -> Decimal:
        return Decimal(steps * self._multiple).scaleb(-self._digits)

    def decimal(self, value: float) -> Decimal:
        """The exact grid value nearest to a float that came from this grid."""
        return self.decimal_of(round(value * 10.0**self._digits / self._multiple))


@dataclass(frozen=True, slots=True)
class PairCharacter:
    """Rules and temper of one simulated pair. A pair with `ratio_of` is the quotient of two others."""

    symbol: str
    tick: Decimal
    lot: Decimal
    anchor: float  # price to which the level returns over months
    annual_vol: float
    market_share: float  # correlation with the market factor
    spread_bps: float  # at ordinary volatility
    daily_quote_volume: float
    level_quote: float  # money resting on one book level near the touch, at ordinary volatility
    trend: float = 1.0  # how strongly bull and bear phases push
    reversion_hours: float = 1080.0  # half-life of the way back to the anchor
    jumps_per_day: float = 0.7
    trades: float = ALWAYS  # chance of a trade per tick at ordinary volatility
    min_cost: Decimal = Decimal(5)
    maker_fee: Decimal = Decimal("0.001")
    taker_fee: Decimal = Decimal("0.001")
    ratio_of: tuple[str, str] | None = None

    @property
    def market(self) -> Market:
        """The pair's rules as the rest of the program knows them."""
        base, quote = self.symbol.split("/")
        return Market(
            symbol=self.symbol,
            base=base,
            quote=quote,
            price_tick=self.tick,
            amount_step=self.lot,
            min_amount=self.lot,
            min_cost=self.min_cost,
            maker_fee=self.maker_fee,
            taker_fee=self.taker_fee,
        )

    @property
    def price_grid(self) -> Grid:
        return Grid.of(self.tick)

    @property
    def amount_grid(self) -> Grid:
        return Grid.of(self.lot)


_D = Decimal

# Order and length are part of the random layout: any change here needs a new MODEL_VERSION in synthetic.py.
PAIRS: tuple[PairCharacter, ...] = (
    PairCharacter("BTC/USDT", _D("0.01"), _D("0.00001"), 63_000, 0.90, 0.95, 0.12, 1.6e9, 60_000),
    PairCharacter("ETH/USDT", _D("0.01"), _D("0.0001"), 3_400, 1.00, 0.86, 0.3, 8.5e8, 35_000),
    PairCharacter("SOL/USDT", _D("0.01"), _D("0.001"), 148, 1.25, 0.76, 1.0, 3.2e8, 18_000, jumps_per_day=1.0),
    # Calm money-like pair that swings around one level: what grids like.
    PairCharacter(
        "EUR/USDT", _D("0.0001"), _D("0.1"), 1.09, 0.075, 0.15, 0.9, 2.4e7, 9_000,
        trend=0.0, reversion_hours=14.0, jumps_per_day=0.2, trades=0.7,
    ),
    # News-driven: quiet, then a jump.
    PairCharacter("XRP/USDT", _D("0.0001"), _D("0.1"), 0.6180, 0.90, 0.62, 1.8, 2.1e8, 9_000, jumps_per_day=7.0),
    PairCharacter("DOGE/USDT", _D("0.00001"), _D("1"), 0.138, 1.25, 0.70, 1.2, 1.7e8, 8_000, jumps_per_day=1.5),
    PairCharacter("SHIB/USDT", _D("0.00000001"), _D("1"), 2.36e-5, 1.25, 0.68, 3.0, 6.5e7, 6_000, jumps_per_day=2.0),
    # Frenzied: the highest volatility, coarse ticks.
    PairCharacter(
        "PEPE/USDT", _D("0.00000001"), _D("1"), 1.42e-5, 1.65, 0.60, 4.0, 9.0e7, 5_000, trend=1.3, jumps_per_day=3.0,
    ),
    # Trends for days and looks back little.
    PairCharacter(
        "LINK/USDT", _D("0.001"), _D("0.01"), 14.6, 1.00, 0.55, 1.5, 7.0e7, 7_000, trend=2.0, reversion_hours=720.0,
    ),
    PairCharacter("LTC/USDT", _D("0.01"), _D("0.001"), 84.0, 0.90, 0.74, 1.6, 6.0e7, 6_500, trend=0.7),
    # Thin: wide spread, minutes without a trade, a book that a few hundred dollars walk through.
    PairCharacter(
        "MOSS/USDT", _D("0.0001"), _D("1"), 0.8300, 1.35, 0.35, 38.0, 3.5e5, 260,
        reversion_hours=480.0, jumps_per_day=2.5, trades=0.08,
    ),
    PairCharacter(
        "ETH/BTC", _D("0.00001"), _D("0.0001"), 0.054, 0.5, 0.0, 1.0, 700.0, 0.6,
        min_cost=_D("0.0001"), trades=0.9, ratio_of=("ETH/USDT", "BTC/USDT"),
    ),
    PairCharacter(
        "SOL/BTC", _D("0.0000001"), _D("0.001"), 0.00235, 0.8, 0.0, 2.5, 160.0, 0.15,
        min_cost=_D("0.0001"), trades=0.5, ratio_of=("SOL/USDT", "BTC/USDT"),
    ),
)  # fmt: skip
