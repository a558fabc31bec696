"""What a person can choose about a pretended exchange."""

from decimal import Decimal
from math import inf
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, field_validator, model_validator

from desktop_app.core.market import FeeCurrency
from desktop_app.core.settings import NotNegative, PercentUpTo100

FASTEST = 600
FASTEST_REPLAY = 10_000_000

Asset = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,20}$")]


class SimConfig(BaseModel, frozen=True, extra="forbid"):
    """The settings of a simulated account: a synthetic market, or with `replay` a candle file played again.

    The fields from `fee_percent` on are fill rules of a replay, as a backtest has them.
    """

    seed: int = Field(258, ge=0, lt=2**63, title="Seed", description="The same seed makes the same market.")
    speed: float | Literal["max"] = Field(1, title="Speed", description="How many times faster its clock runs.")
    balance: dict[Asset, NotNegative] = Field(
        default={"USDT": Decimal(10_000)}, min_length=1, max_length=100, title="Balance at the first start"
    )
    replay: str = Field("", max_length=4_096, title="Candle file to play again")
    symbol: str = Field("", max_length=41, title="Pair of the candle file")
    fee_percent: PercentUpTo100 | None = Field(None, title="Fee", description="In percent; empty: the market's own.")
    fee_currency: FeeCurrency = Field(FeeCurrency.QUOTE, title="What the fee is taken in")
    slippage_percent: PercentUpTo100 = Field(Decimal(0), title="Slippage of market orders in percent")
    fill_through: int = Field(0, ge=0, le=10_000, title="Ticks that the price must go beyond a limit to fill it")
    is_high_first_on_tie: bool = Field(
        False, title="High first", description="Where high and low of a candle are equally near to its open."
    )

    @property
    def is_replay(self) -> bool:
        return bool(self.replay)

    @field_validator("balance", mode="before")
    @classmethod
    def _from_words(cls, value: object) -> object:
        return balance_from_words(value)

    @field_validator("speed", mode="before")
    @classmethod
    def _is_number_or_max(cls, value: object) -> object:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return "max" if value == inf else value
        if value == "max":
            return value
        try:
            return float(str(value).removesuffix("x").removesuffix("×"))
        except ValueError:
            raise ValueError(f"is neither a number nor 'max': {str(value)[:40]!r}") from None

    @model_validator(mode="after")
    def _fits_together(self) -> "SimConfig":
        if bool(self.replay) != bool(self.symbol):
            raise ValueError(
                "a candle file to play again (replay) and its pair (symbol) go together: give both or none"
            )
        base, slash, quote = self.symbol.partition("/")
        if self.symbol and not (base and slash and quote):
            raise ValueError(f"symbol: {self.symbol!r} is not a pair like BTC/USDT")
        problem = speed_problem(self.speed, is_replay=self.is_replay)
        if problem:
            raise ValueError(problem)
        return self


def balance_from_words(value: object) -> object:
    """Also `["USDT=10000", "BTC=1"]`, as the command line has it."""
    if not isinstance(value, list | tuple):
        return value
    balance: dict[str, str] = {}
    for word in value:
        asset, equals, amount = str(word).partition("=")
        if not equals:
            raise ValueError(f"{str(word)[:40]!r} is not a balance like USDT=10000")
        if asset in balance:
            raise ValueError(f"{asset} is given twice")
        balance[asset] = amount
    return balance


def speed_problem(speed: Any, *, is_replay: bool) -> str:
    """Why an exchange cannot run at this speed; empty when it can."""
    if speed in ("max", inf):
        return "" if is_replay else "speed: only a replay can run at 'max'; give 1 to 600"
    fastest = FASTEST_REPLAY if is_replay else FASTEST
    if not 1 <= speed <= fastest:  # NaN is not either
        return f"speed: must be 1 to {fastest}" + (", or 'max'" if is_replay else "")
    return ""
