"""Which pairs a bot trades, as a person chooses them: by hand, all of a currency, or the most traded ones."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

from desktop_app.core.events import PriceTick
from desktop_app.core.market import Market
from desktop_app.core.pair_list import PairList, resolve
from desktop_app.gui.i18n import tr

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
    rest: Mapping[str, object] = field(default_factory=dict)  # what of a rule is not chosen here, and stays

    def now(self, rows: Iterable[PairRow]) -> tuple[str, ...]:
        """The pairs that it comes to at this moment, most traded first where that decides."""
        if self.how == "listed":
            return self.pairs
        known = {row.market.symbol: row for row in rows}
        markets = {symbol: row.market for symbol, row in known.items()}
        volumes = {symbol: row.volume for symbol, row in known.items() if row.volume is not None}
        found = resolve(PairList.model_validate_json(list_text(self)), markets, volumes)
        return tuple(sorted(found, key=lambda symbol: (-volumes.get(symbol, Decimal(0)), symbol)))

    def toggled(self, symbol: str) -> "PairChoice":
        """By hand: in or out of the list. Otherwise: in or out of those that are never traded."""
        if self.how == "listed":
            return replace(self, pairs=_toggled(self.pairs, symbol))
        return replace(self, never=_toggled(self.never, symbol))


def _toggled(symbols: tuple[str, ...], symbol: str) -> tuple[str, ...]:
    return tuple(one for one in symbols if one != symbol) if symbol in symbols else (*symbols, symbol)


def pair_rows(
    markets: Mapping[str, Market], prices: Mapping[str, PriceTick], volumes: Mapping[str, Decimal]
) -> tuple[PairRow, ...]:
    """What the window knows of an account's pairs; `volumes` were asked for and count more than what prices told."""
    rows: list[PairRow] = []
    for symbol, market in markets.items():
        tick = prices.get(symbol)
        rows.append(
            PairRow(market, tick.price if tick else None, volumes.get(symbol, tick.quote_volume_24h if tick else None))
        )
    return tuple(rows)


def list_text(choice: PairChoice) -> str:
    """The rule as the setting `pair_list` says it; empty for a list by hand."""
    if choice.how == "listed":
        return ""
    data: dict[str, object] = {"quote": choice.quote}
    if choice.how == "top":
        data["top"] = choice.count
    if choice.never:
        data["blacklist"] = list(choice.never)
    return canonical(PairList.model_validate({**data, **choice.rest}))


def canonical(rule: PairList) -> str:
    return json.dumps(rule.model_dump(mode="json"), separators=(",", ":"), ensure_ascii=False)


def choice_of(pairs: tuple[str, ...], text: str) -> PairChoice:
    """What the form says, as a choice. Raises ValueError: the text is no rule."""
    if not text:
        return PairChoice("listed", pairs)
    rule = PairList.model_validate_json(text)
    return PairChoice(
        "top" if rule.top is not None else "quote",
        pairs,
        rule.quote,
        rule.top or 10,
        rule.blacklist,
        {
            "refresh_minutes": rule.refresh_minutes,
            "min_quote_volume_24h": rule.min_quote_volume_24h,
        },
    )


def quotes_of(rows: Iterable[PairRow]) -> tuple[str, ...]:
    """The currencies that pairs are quoted in, the one with the most pairs first."""
    count: dict[str, int] = {}
    for row in rows:
        count[row.market.quote] = count.get(row.market.quote, 0) + 1
    return tuple(sorted(count, key=lambda quote: (-count[quote], quote)))


def choice_words(choice: PairChoice) -> str:
    """A rule in few words: `10 most traded USDT pairs`."""
    if choice.how == "listed":
        return ""
    words = tr("{count} most traded {quote} pairs") if choice.how == "top" else tr("All {quote} pairs")
    text = words.format(count=choice.count, quote=choice.quote)
    if not choice.never:
        return text
    return tr("{pairs} without {count}").format(pairs=text, count=len(choice.never))
