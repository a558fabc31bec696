"""The settings of a bot that asks a strategy of the user's own: which file, how much money, and the file's settings."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator

from desktop_app.core.columns import TIMEFRAMES
from desktop_app.core.settings import Positive, Settings

Timeframe = Literal["1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w"]
MOST_OPTIONS = 100
_LONGEST = 200


def _plain(value: object) -> object:
    """Floats and decimals as texts, so that a file reads back as exactly what it said."""
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}"
    if isinstance(value, Decimal):
        return f"{value:f}"
    raise ValueError("must be a number, a text, true or false")


Option = Annotated[bool | int | Annotated[str, Field(max_length=_LONGEST)], BeforeValidator(_plain)]


class PythonSettings(Settings, frozen=True, extra="forbid"):
    kind: Literal["python"] = "python"
    file: str = Field(min_length=4, max_length=80, title="Strategy file")
    max_funds: Positive = Field(title="Spends at most", description="In quote, on each pair.")
    scale_percent: Positive = Field(Decimal(100), title="Size", description="Percent of what the strategy buys.")
    timeframe: Timeframe = Field("5m", title="Asked every")
    history: int = Field(200, ge=2, le=2000, title="Candles it sees")
    options: dict[str, Option] = Field({}, title="Its own settings", max_length=MOST_OPTIONS)

    @field_validator("file")
    @classmethod
    def _is_a_file_of_the_folder(cls, value: str) -> str:
        stem = value.removesuffix(".py")
        if stem == value or not stem or not all(sign.isalnum() or sign in "-_ " for sign in stem):
            raise ValueError("must be the name of a .py file in the strategies folder, without a path")
        return value

    @field_validator("options")
    @classmethod
    def _has_names(cls, options: dict[str, Option]) -> dict[str, Option]:
        for name in options:
            if not name.isidentifier():
                raise ValueError(f"{name[:40]!r} is not the name of a setting")
        return options

    @property
    def every_ms(self) -> int:
        return TIMEFRAMES[self.timeframe]
