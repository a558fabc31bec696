"""Lists of pairs that make themselves: all pairs of a quote currency, or those with the largest volume."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, Field, field_validator

from desktop_app.core.market import Market
from desktop_app.core.settings import Positive, Settings

MOST_PAIRS = 500
_MARGIN = 5  # a pair stays until this many better ones are before it for every 20 of the list, at least one
_MARGIN_OF = 20


class PairList(BaseModel, frozen=True, extra="forbid"):
    """Which pairs of the account a bot trades, besides those that it names."""

    quote: Annotated[str, Field(min_length=1, max_length=40, title="Quote currency")]
    top: int | None = Field(None, ge=1, le=MOST_PAIRS, title="Largest by volume")
    min_quote_volume_24h: Positive | None = Field(None, title="Only with a volume of")
    blacklist: tuple[str, ...] = Field((), max_length=MOST_PAIRS, title="Never")
    refresh_minutes: int = Field(60, ge=5, le=10_080, title="Look again every")

    @field_validator("quote")
    @classmethod
    def _is_a_currency(cls, quote: str) -> str:
        if "/" in quote or not quote.isprintable() or not quote.strip():
            raise ValueError("must be a currency like USDT")
        return quote

    @field_validator("blacklist")
    @classmethod
    def _names_pairs_or_coins(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if not name or not name.isprintable() or len(name) > 40 or name.count("/") > 1:
                raise ValueError(f"{name[:40]!r} is neither a coin like DOGE nor a pair like DOGE/USDT")
        return names

    @property
    def needs_volumes(self) -> bool:
        return self.top is not None or self.min_quote_volume_24h is not None

    def forbids(self, symbol: str) -> bool:
        return symbol in self.blacklist or symbol.partition("/")[0] in self.blacklist


def resolve(
    wanted: PairList,
    markets: Mapping[str, Market],
    volumes: Mapping[str, Decimal],
    before: Sequence[str] = (),
) -> tuple[str, ...]:
    """The pairs of the list now, by name. `before`: those of the last time, which stay while they nearly belong to it.

    Where volumes are needed and none is known of a pair, it is not taken in, and not put out either.
    """
    candidates = [
        symbol
        for symbol, market in markets.items()
        if market.quote == wanted.quote and market.base != market.quote and market.is_active
    ]
    candidates = [symbol for symbol in candidates if not wanted.forbids(symbol)]
    stays = set(before)
    if wanted.needs_volumes:
        candidates = [symbol for symbol in candidates if symbol in volumes or symbol in stays]
    if (least := wanted.min_quote_volume_24h) is not None:
        # Who is in stays down to nine tenths of the limit, so that a volume around it does not flicker.
        candidates = [
            symbol
            for symbol in candidates
            if symbol not in volumes or volumes[symbol] >= (least * Decimal("0.9") if symbol in stays else least)
        ]
    if wanted.top is not None:
        candidates = _largest(candidates, volumes, stays, wanted.top)
    return tuple(sorted(candidates)[:MOST_PAIRS])


def _largest(candidates: list[str], volumes: Mapping[str, Decimal], stays: set[str], top: int) -> list[str]:
    """The first `top`; who was among them leaves only when it has fallen clearly behind."""
    ranked = sorted(candidates, key=lambda symbol: (-volumes.get(symbol, Decimal(0)), symbol))
    margin = max(1, top * _MARGIN // _MARGIN_OF)
    kept = [symbol for symbol in ranked[: top + margin] if symbol in stays]
    unknown = [symbol for symbol in candidates if symbol in stays and symbol not in volumes]
    kept = list(dict.fromkeys([*kept, *unknown]))[:top]
    new = [symbol for symbol in ranked if symbol not in stays and symbol in volumes]
    return kept + new[: top - len(kept)]


def list_of(settings: Settings) -> PairList | None:
    """The list of pairs that a bot trades by, of whatever kind it is."""
    wanted = getattr(settings, "pair_list", None)
    return wanted if isinstance(wanted, PairList) else None


def example_pair(settings: Settings) -> str:
    """A pair of the bot where one is needed to show something; of a list, one that could be on it."""
    if settings.pairs:
        return settings.pairs[0]
    wanted = list_of(settings)
    assert wanted is not None, "a bot has pairs or a list"
    return f"{'BTC' if wanted.quote != 'BTC' else 'ETH'}/{wanted.quote}"


def may_trade(settings: Settings, symbol: str) -> bool:
    """Whether the bot names this pair, or its list could hold it."""
    wanted = list_of(settings)
    on_list = wanted is not None and symbol.partition("/")[2] == wanted.quote and not wanted.forbids(symbol)
    return symbol in settings.pairs or on_list
