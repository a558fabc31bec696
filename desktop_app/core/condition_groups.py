"""Groups of conditions: all of these, any of those, and groups within them."""

from collections.abc import Iterator
from typing import Annotated, Any, Self

from pydantic import BaseModel, Discriminator, Field, Tag, model_validator

from desktop_app.core.conditions import (
    MODELS,
    Adx,
    AtrPercent,
    BollingerPercentB,
    Cci,
    Condition,
    HeikinAshi,
    Macd,
    Mfi,
    MovingAverages,
    ParabolicSar,
    PriceChange,
    Rsi,
    Stochastic,
    UltimateOscillator,
    VolumeSpike,
)

MOST_CONDITIONS = 50  # of one group with all that is in it
DEEPEST = 4  # groups within groups


def _tag(value: Any) -> str | None:
    """Which model reads an entry of a group; None: there is no such indicator."""
    if isinstance(value, Group):
        return "group"
    if isinstance(value, BaseModel):
        return type(value).__name__
    if not isinstance(value, dict):
        return None
    if "indicator" not in value:
        return "group"
    model = MODELS.get(str(value["indicator"]))
    return model.__name__ if model is not None else None


Entry = Annotated[
    Annotated[Rsi, Tag("Rsi")]
    | Annotated[UltimateOscillator, Tag("UltimateOscillator")]
    | Annotated[BollingerPercentB, Tag("BollingerPercentB")]
    | Annotated[MovingAverages, Tag("MovingAverages")]
    | Annotated[Adx, Tag("Adx")]
    | Annotated[Stochastic, Tag("Stochastic")]
    | Annotated[Macd, Tag("Macd")]
    | Annotated[ParabolicSar, Tag("ParabolicSar")]
    | Annotated[Mfi, Tag("Mfi")]
    | Annotated[Cci, Tag("Cci")]
    | Annotated[HeikinAshi, Tag("HeikinAshi")]
    | Annotated[PriceChange, Tag("PriceChange")]
    | Annotated[VolumeSpike, Tag("VolumeSpike")]
    | Annotated[AtrPercent, Tag("AtrPercent")]
    | Annotated["Group", Tag("group")],
    Discriminator(
        _tag,
        custom_error_type="unknown_indicator",
        custom_error_message=f"is not a condition; its indicator must be one of: {', '.join(MODELS)}",
    ),
]
TAGS = frozenset({"group", *(model.__name__ for model in MODELS.values())})


class Group(BaseModel, frozen=True, extra="forbid"):
    """All of these conditions, and at least one of those; entries may be groups themselves."""

    all: tuple[Entry, ...] = Field((), max_length=MOST_CONDITIONS, title="All of")
    any: tuple[Entry, ...] = Field((), max_length=MOST_CONDITIONS, title="Any of")

    @model_validator(mode="after")
    def _is_within_reason(self) -> Self:
        if not self.all and not self.any:
            raise ValueError("all: needs at least one condition")
        if len(self.conditions()) > MOST_CONDITIONS:
            raise ValueError(f"all: more than {MOST_CONDITIONS} conditions")
        if self.depth() > DEEPEST:
            raise ValueError(f"all: groups within groups, more than {DEEPEST} deep")
        return self

    def conditions(self) -> tuple[Condition, ...]:
        """Every condition in it, each once."""
        return tuple({condition.key(): condition for condition in self._leaves()}.values())

    def depth(self) -> int:
        return 1 + max((part.depth() for part in (*self.all, *self.any) if isinstance(part, Group)), default=0)

    def _leaves(self) -> Iterator[Condition]:
        for part in (*self.all, *self.any):
            if isinstance(part, Group):
                yield from part._leaves()  # noqa: SLF001 - its own kind
            else:
                yield part


Group.model_rebuild()
