"""Ways to begin a bot, whatever its kind: what a card of the gallery shows, and the settings behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from desktop_app.core.market import Market
from desktop_app.core.settings import Settings


@dataclass(frozen=True, slots=True)
class Level:
    """A line of a cartoon; `colour` is the name of one of the theme's."""

    height: float
    colour: str


@dataclass(frozen=True, slots=True)
class Beginning:
    """`title` and `words` are English. `curve` and `levels` are what the card draws.

    `settings` fits it to (account, market, price, names that are taken); `needed` says what such a bot needs at most,
    in quote.
    """

    key: str
    title: str
    words: str
    curve: tuple[int, ...]
    levels: tuple[Level, ...]
    settings: Callable[[str, Market, Decimal, tuple[str, ...]], Settings]
    needed: Callable[[Any, Market, Decimal], Decimal]
