"""How a smart trade gets in, checked."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from desktop_app.core.settings import Number, Positive

Deviation = Annotated[Number, Field(gt=0, lt=100)]


class Entry(BaseModel, frozen=True, extra="forbid"):
    """How the trade gets in.

    `price` is the limit of a `limit` entry, the trigger of a `conditional` one (bought at market, or at `limit_price`
    once it is reached), and where a `trailing` one starts to follow the price (without it: at once).
    """

    type: Literal["market", "limit", "conditional", "trailing"] = Field("market", title="Entry")
    price: Positive | None = Field(None, title="Price")
    trigger: Literal["last", "bid", "ask"] = Field("last", title="Watches")
    limit_price: Positive | None = Field(None, title="Then limit at")
    trailing_deviation: Deviation | None = Field(None, title="Follows by")

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.type in ("limit", "conditional") and self.price is None:
            raise ValueError(f"price: a {self.type} entry needs one")
        if self.type == "market" and self.price is not None:
            raise ValueError("price: a market entry takes the price that there is")
        if self.type == "trailing" and self.trailing_deviation is None:
            raise ValueError("trailing_deviation: a trailing entry needs one")
        if self.type != "trailing" and self.trailing_deviation is not None:
            raise ValueError("trailing_deviation: is for a trailing entry")
        if self.type != "conditional" and (self.limit_price is not None or self.trigger != "last"):
            name = "limit_price" if self.limit_price is not None else "trigger"
            raise ValueError(f"{name}: is for a conditional entry")
        return self
