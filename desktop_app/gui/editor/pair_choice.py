"""Which pairs a bot trades, as a person chooses them: by hand, all of a currency, or the most traded ones."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from desktop_app.core.events import PriceTick
from desktop_app.core.market import Market

How = Literal["listed", "quote", "top"]
MOST_TOP = 100


@dataclass(frozen=True, slots=True)
class PairRow:
    """A pair with what traders look at first. `volume` is the turnover of 24 hours in quote, None while unknown."""

    market: Market
    price: Decimal | None = None
    volume: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PairChoice:
    """`pairs` counts for a list by hand, `quote` and `count` for the others; `never` are left out of those."""

    how: How = "listed"
    pairs: tuple[str, ...] = ()
    quote: str = ""
    count: int = 10
    never: tuple[str, ...] = ()

    def now(self, rows: Iterable[PairRow]) -> tuple[str, ...]:
        """The pairs that it comes to at this moment, most traded first where that decides."""
        if self.how == "listed":
            return self.pairs
        mine = [row for row in rows if row.market.quote == self.quote and row.market.symbol not in self.never]
        if self.how == "top":
            mine = [row for row in mine if row.volume is not None]
        mine.sort(key=lambda row: (-(row.volume or Decimal(0)), row.market.symbol))
        return tuple(row.market.symbol for row in (mine[: self.count] if self.how == "top" else mine))

    def toggled(self, symbol: str) -> "PairChoice":
        """By hand: in or out of the list. Otherwise: in or out of those that are never traded."""
        if self.how == "listed":
            return replace(self, pairs=_toggled(self.pairs, symbol))
        return replace(self, never=_toggled(self.never, symbol))


def _toggled(symbols: tuple[str, ...], symbol: str) -> tuple[str, ...]:
    return tuple(one for one in symbols if one != symbol) if symbol in symbols else (*symbols, symbol)


def rows_of(markets: Mapping[str, Market], prices: Mapping[str, PriceTick]) -> tuple[PairRow, ...]:
    """What the window knows of an account's pairs."""
    rows: list[PairRow] = []
    for symbol, market in markets.items():
        tick = prices.get(symbol)
        rows.append(PairRow(market, tick.price if tick else None, tick.quote_volume_24h if tick else None))
    return tuple(rows)


def quotes_of(rows: Iterable[PairRow]) -> tuple[str, ...]:
    """The currencies that pairs are quoted in, the one with the most pairs first."""
    count: dict[str, int] = {}
    for row in rows:
        count[row.market.quote] = count.get(row.market.quote, 0) + 1
    return tuple(sorted(count, key=lambda quote: (-count[quote], quote)))
