"""Everything that a backtest took for granted, so that a result is never shown, kept or compared without it."""

import hashlib
import json
from dataclasses import dataclass, fields
from decimal import Decimal

import numpy as np

from desktop_app import __version__
from desktop_app.core.columns import Candles
from desktop_app.core.market import FeeCurrency, Market
from desktop_app.core.settings import Settings
from desktop_app.core.words import plain
from desktop_app.research.backtest import BacktestResult, BacktestRules
from desktop_app.store.candle_rules import timeframe_name

PATH = "open, nearer extreme, farther extreme, close"  # bots.md 5; what a candle is walked along without finer data
_OF_THE_BOT = ("settings_hash",)  # what differs between two bots that are compared on purpose
_UNSAID = ("name", "account")  # settings that change no decision


@dataclass(frozen=True, slots=True)
class Detail:
    """Finer candles that took the place of the path; `missing` candles had none and were walked as usual."""

    data_hash: str
    source: str
    timeframe: str
    candles: int
    missing: int


@dataclass(frozen=True, slots=True)
class Assumptions:
    """`data_hash` is the sha256 of the candles' columns, `settings_hash` of the bot's settings (and of its program).

    `source` is where the candles came from, in words. `balance` None: funds without end. `volume_share_percent`: how
    much of a candle's volume one limit order may fill; None: all that it wants. Fees are fractions, as in a market.
    `bots` is how many traded over the one balance.
    """

    data_hash: str
    source: str
    pair: str
    timeframe: str
    start: int
    end: int
    candles: int
    gaps: int
    warm_up_candles: int
    path: str
    fill_through: int
    maker_fee: Decimal
    taker_fee: Decimal
    fee_currency: FeeCurrency
    slippage_percent: Decimal
    volume_share_percent: Decimal | None
    balance: Decimal | None
    detail: Detail | None
    price_tick: Decimal
    amount_step: Decimal
    min_amount: Decimal
    min_cost: Decimal
    version: str
    settings_hash: str
    bots: int = 1


@dataclass(frozen=True, slots=True)
class Difference:
    """One assumption in which two results differ; values in words, — for none."""

    name: str
    first: str
    second: str


def make_assumptions(
    result: BacktestResult,
    settings: Settings,
    *,
    source: str = "",
    warm_up: Candles | None = None,
    detail: Detail | None = None,
    program: str = "",
) -> Assumptions:
    """`program`: the text of a strategy of the user's own. `warm_up`: what indicators saw before the first candle."""
    given = (result.candles, result.market, result.rules)
    return assumed(settings, *given, source=source, warm_up=warm_up, detail=detail, program=program)


def assumed(
    settings: Settings,
    candles: Candles,
    market: Market,
    rules: BacktestRules,
    *,
    source: str = "",
    warm_up: Candles | None = None,
    detail: Detail | None = None,
    program: str = "",
) -> Assumptions:
    """What a run takes for granted, known beforehand. `market` has the fees of the run (BacktestRules.applied_to)."""
    return Assumptions(
        data_hash=hash_of(candles),
        source=printable(source),
        pair=market.symbol,
        timeframe=timeframe_name(rules.timeframe_ms),
        start=int(candles.at[0]),
        end=int(candles.at[-1]),
        candles=len(candles),
        gaps=int((np.diff(candles.at) > rules.timeframe_ms).sum()),
        warm_up_candles=0 if warm_up is None else len(warm_up),
        path=PATH,
        fill_through=rules.fill_through,
        maker_fee=market.maker_fee,
        taker_fee=market.taker_fee,
        fee_currency=market.fee_currency,
        slippage_percent=rules.slippage_percent,
        volume_share_percent=rules.volume_share_percent,
        balance=rules.balance,
        detail=detail,
        price_tick=market.price_tick,
        amount_step=market.amount_step,
        min_amount=market.min_amount,
        min_cost=market.min_cost,
        version=__version__,
        settings_hash=settings_hash(settings, program),
    )


def printable(name: str) -> str:
    """Of where candles came from, such as a file's name: it goes on to pages, tables and terminals."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in name)


def hash_of(candles: Candles) -> str:
    """The sha256 of the columns as little-endian numbers, one column after the other."""
    found = hashlib.sha256()
    columns = (candles.at, candles.open, candles.high, candles.low, candles.close, candles.volume)
    for kind, column in zip(("<i8", *("<f8",) * 5), columns, strict=True):
        found.update(np.ascontiguousarray(column, kind).data)
    return found.hexdigest()


def settings_hash(settings: Settings, program: str = "") -> str:
    """The same for the same decisions: neither the bot's name nor its account counts."""
    said = settings.model_dump(mode="json", exclude=set(_UNSAID))
    return hashlib.sha256((json.dumps(said, sort_keys=True) + program).encode()).hexdigest()


def differences(first: Assumptions, second: Assumptions) -> tuple[Difference, ...]:
    """What makes two results unequal tests, whatever bots they are of; empty when they may be compared."""
    return tuple(
        Difference(one.name, worded(getattr(first, one.name)), worded(getattr(second, one.name)))
        for one in fields(Assumptions)
        if one.name not in _OF_THE_BOT and getattr(first, one.name) != getattr(second, one.name)
    )


def worded(value: object) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, Detail):
        return f"{value.timeframe} {value.source} {value.data_hash[:12]}"
    return str(value)
