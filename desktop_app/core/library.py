"""The ready-made strategies that come with the program: what they are, what the past made of them, and how they fit."""

import json
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from desktop_app.core.bot_file import read_settings
from desktop_app.core.market import HUNDRED, Market
from desktop_app.core.settings import Settings

Risk = Literal["low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class Showing:
    """One backtest: which past, and what came of it. Percentages are of `funds`; `equity` are percents of it, too."""

    market: str
    mood: str  # rising, falling, sideways
    start: int
    end: int
    timeframe: str
    funds: Decimal
    profit_percent: Decimal  # closed and open deals together
    hold_percent: Decimal
    drawdown_percent: Decimal
    deals: int
    won_percent: Decimal | None
    equity: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """A strategy of the library. `below`/`above`: where a grid's range lies around the price, in percent."""

    key: str
    title: str
    words: str
    risk: Risk
    danger: str
    suits: str
    below: Decimal | None = None
    above: Decimal | None = None
    showings: tuple[Showing, ...] = ()

    @property
    def file(self) -> str:
        return f"{self.key}.toml"


@dataclass(frozen=True, slots=True)
class Library:
    """`assumptions`: how the showings were played, by name."""

    strategies: tuple[Ready, ...]
    assumptions: tuple[tuple[str, str], ...] = ()


def read_library(words: str, figures: str = "") -> Library:
    """From library.toml and, where there is one, figures.json."""
    known: dict[str, Any] = json.loads(figures) if figures else {}
    shown = known.get("strategies", {})
    strategies = tuple(
        Ready(
            key=one["key"],
            title=one["title"],
            words=one["words"],
            risk=one["risk"],
            danger=one["danger"],
            suits=one["suits"],
            below=Decimal(one["below"]) if "below" in one else None,
            above=Decimal(one["above"]) if "above" in one else None,
            showings=tuple(_showing(raw) for raw in shown.get(one["key"], ())),
        )
        for one in tomllib.loads(words)["strategy"]
    )
    return Library(strategies, tuple((name, str(value)) for name, value in known.get("assumptions", {}).items()))


def fitted(ready: Ready, settings: Settings, market: Market, price: Decimal, changes: dict[str, str]) -> Settings:
    """The strategy on this pair at this price: its range around the price, each order large enough for the exchange.

    `changes` are other words: name, account. A dollar stands for as much of another quote currency as it does there.
    """
    data = settings.model_dump(mode="json") | changes | {"pairs": [market.symbol]}
    if settings.kind == "grid":
        _move_grid(data["grid"], ready, market, price)
    found = read_settings(settings.kind, data)
    assert found.settings is not None, (ready.key, found.problems)
    return found.settings


def _move_grid(grid: dict[str, Any], ready: Ready, market: Market, price: Decimal) -> None:
    """The range of the file, moved to where the price is now; a stop keeps its distance to the lowest line."""
    lower = Decimal(grid["lower"])
    assert ready.below is not None, f"library.toml must say how far below the price {ready.key} reaches"
    moved = market.price_down(price * (1 - ready.below / HUNDRED))
    stop = grid.get("stop_below")
    if stop is not None:
        stop["price"] = str(market.price_down(Decimal(stop["price"]) * moved / lower))
    grid["lower"] = str(moved)
    if ready.above is not None:
        grid["upper"] = str(market.price_up(price * (1 + ready.above / HUNDRED)))


def _showing(raw: dict[str, Any]) -> Showing:
    return Showing(
        market=raw["market"],
        mood=raw["mood"],
        start=raw["from"],
        end=raw["to"],
        timeframe=raw["timeframe"],
        funds=Decimal(raw["funds"]),
        profit_percent=Decimal(raw["profit_percent"]),
        hold_percent=Decimal(raw["hold_percent"]),
        drawdown_percent=Decimal(raw["drawdown_percent"]),
        deals=raw["deals"],
        won_percent=Decimal(raw["won_percent"]) if raw["won_percent"] is not None else None,
        equity=tuple(raw["equity"]),
    )
