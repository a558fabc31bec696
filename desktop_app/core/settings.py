"""Numbers as people and files write them, and the shape that the settings of every kind of bot share."""

from decimal import Decimal, InvalidOperation
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, field_validator

from desktop_app.core.market import HUNDRED

LARGEST = Decimal(10) ** 15
_FINEST = -18


def read_number(value: object) -> Decimal:
    """A finite decimal from a string, an integer or a float (read as its shortest decimal).

    Raises:
        ValueError: not a number, not finite, or absurdly large or fine.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValueError("must be a number")
    try:
        number = Decimal(repr(value) if isinstance(value, float) else str(value).strip())
    except InvalidOperation:
        raise ValueError(f"is not a number: {str(value)[:40]!r}") from None
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int):
        raise ValueError("must be a finite number")
    if number and (abs(number.adjusted()) > 18 or exponent < _FINEST):
        raise ValueError("is absurdly large or has more than 18 decimals")
    if abs(number) > LARGEST:
        raise ValueError("is absurdly large")
    if isinstance(value, str) and not set(value.strip()) <= set("0123456789.+-eE"):
        raise ValueError(f"is not a number: {value[:40]!r}")
    return number


Number = Annotated[Decimal, BeforeValidator(read_number)]
Positive = Annotated[Number, Field(gt=0)]
NotNegative = Annotated[Number, Field(ge=0)]
Percent = Annotated[Number, Field(gt=0, le=100_000)]
Share = Annotated[Number, Field(gt=0, le=HUNDRED)]
PercentUpTo100 = Annotated[Number, Field(ge=0, le=HUNDRED)]


class Mirror(BaseModel, frozen=True, extra="forbid"):
    """Which bot this one mirrors; its sizes in percent of that one's, or else as the balances are to each other."""

    of: str = Field(min_length=1, max_length=80)
    percent: Annotated[Number, Field(gt=0, le=100_000)] | None = None


class Settings(BaseModel, frozen=True, extra="forbid"):
    """What every bot has: a name, an account, pairs of one quote currency."""

    kind: str
    name: str = Field(min_length=1, max_length=80, title="Name")
    account: str = Field(min_length=1, max_length=80, title="Account")
    pairs: tuple[str, ...] = Field(min_length=1, max_length=500, title="Pairs")
    mirror: Mirror | None = Field(None, title="Mirrors")

    @field_validator("name", "account")
    @classmethod
    def _is_printable(cls, value: str) -> str:
        if not value.strip() or not value.isprintable():
            raise ValueError("must have visible characters and no control characters")
        return value

    @field_validator("pairs")
    @classmethod
    def _has_one_quote(cls, pairs: tuple[str, ...]) -> tuple[str, ...]:
        for pair in pairs:
            base, slash, quote = pair.partition("/")
            if not (base and slash and quote) or base == quote or not pair.isprintable() or "/" in quote:
                raise ValueError(f"{pair[:40]!r} is not a pair like BTC/USDT")
        if len({pair.partition("/")[2] for pair in pairs}) > 1:
            raise ValueError("all pairs of a bot must have the same quote currency")
        if len(set(pairs)) < len(pairs):
            raise ValueError("a pair is named twice")
        return pairs
