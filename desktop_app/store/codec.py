"""How deals and sentences are written down as text, exactly and readable again."""

import json
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from desktop_app.core.deal import Deal
from desktop_app.core.said import Said, Value

if TYPE_CHECKING:
    from pydantic import TypeAdapter

compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@cache
def _deals() -> "TypeAdapter[Deal]":
    from pydantic import TypeAdapter  # 0.1 s that the first paint does not need

    return TypeAdapter(Deal)


def deal_to_json(deal: Deal) -> str:
    return _deals().dump_json(deal).decode()


def deal_from_json(text: str) -> Deal:
    """Raises ValueError when the text is no deal."""
    return _deals().validate_json(text)


def said_to_json(said: Said) -> str:
    """`[code, {name: value}]`; a decimal is `{"decimal": "1.50"}`, so that it comes back as one."""
    values = {name: {"decimal": str(value)} if isinstance(value, Decimal) else value for name, value in said.values}
    return compact([said.code, values])


def said_from_json(text: str) -> Said:
    code, values = json.loads(text)
    return Said(code, tuple((name, _value(value)) for name, value in values.items()))


def _value(value: object) -> Value:
    if isinstance(value, dict):
        return Decimal(value["decimal"])
    assert isinstance(value, (str, int)), f"{value!r} is no value"
    return value
