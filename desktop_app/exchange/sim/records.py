"""The lines of a pretended exchange's ledger: everything that ever happened to an account."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from desktop_app.core.market import Balance
from desktop_app.core.matching import MatcherState, Resting
from desktop_app.core.order import Order
from desktop_app.exchange.protocol import TradeReport

VERSION = 1


@dataclass(frozen=True, slots=True)
class Began:
    """The first line: which market this is, when its own time began, and what the account was given."""

    at: int
    market: str
    balance: tuple[Balance, ...]
    version: int = VERSION
    kind: Literal["began"] = "began"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in its file a replay stands: on which leg of which candle's path (-1: the jump to its open, 3: done)."""

    candle: int
    leg: int
    price: Decimal


@dataclass(frozen=True, slots=True)
class Booked:
    """One step of the account, whole or not at all: orders in their new form, trades, and what became of the funds."""

    at: int
    orders: tuple[Order, ...]
    trades: tuple[TradeReport, ...]
    rests: tuple[Resting, ...]  # those of `orders` that rest on
    totals: tuple[Balance, ...]  # without what is locked, of the assets that changed
    next_order: int
    next_trade: int
    place: Place | None = None
    kind: Literal["booked"] = "booked"


@dataclass(frozen=True, slots=True)
class Clock:
    """All of the market up to `at` has been traded through; the clock shows at most `until` before the next line."""

    at: int
    until: int
    place: Place | None = None
    kind: Literal["clock"] = "clock"


@dataclass(frozen=True, slots=True)
class Kept:
    """The sum of all lines before, in their place: a snapshot. The oldest finished orders and trades are left out."""

    began: Began
    clock: Clock
    at: int
    matcher: MatcherState
    finished: tuple[tuple[int, Order], ...]  # with the moment of their last change
    rested: tuple[tuple[int, str], ...]  # that moment for the orders that rest
    trades: tuple[TradeReport, ...]
    place: Place | None = None
    kind: Literal["kept"] = "kept"


Record = Began | Booked | Clock | Kept

_RECORD: TypeAdapter[Record] = TypeAdapter(Annotated[Record, Field(discriminator="kind")])


def write_record(record: Record) -> bytes:
    return _RECORD.dump_json(record)


def read_record(line: bytes) -> Record:
    """The record that a line holds.

    Raises:
        ValueError: it holds none, or one of a newer version.
    """
    record = _RECORD.validate_json(line)
    began = record.began if isinstance(record, Kept) else record
    if isinstance(began, Began) and began.version > VERSION:
        raise ValueError(f"written by a newer version of the program (format {began.version})")
    return record
