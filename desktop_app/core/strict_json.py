"""JSON from strangers: bounded in depth, numbers as decimals, and nothing that two readers could take differently."""

import json
from collections.abc import Iterable
from decimal import Decimal

_LONGEST_NUMBER = 60


class TooDeep(ValueError):
    """Brackets nest deeper than anybody needs."""


def read_json(text: str, deepest: int) -> object:
    """Numbers are Decimals; NaN and Infinity, which are no JSON but are met, are None. Raises ValueError."""
    _check_depth(text, deepest)
    try:
        return json.loads(
            text, parse_int=_number, parse_float=_number, parse_constant=_NOTHING.get, object_pairs_hook=_object
        )
    except RecursionError:
        raise TooDeep from None


def _check_depth(text: str, deepest: int) -> None:
    """Before the parser sees it; brackets in texts do not count."""
    depth, is_text, is_escaped = 0, False, False
    for char in text:
        if is_text:
            if is_escaped:
                is_escaped = False
            elif char == "\\":
                is_escaped = True
            elif char == '"':
                is_text = False
        elif char == '"':
            is_text = True
        elif char in "[{":
            depth += 1
            if depth > deepest:
                raise TooDeep
        elif char in "]}":
            depth -= 1


_NOTHING: dict[str, None] = {}


def _number(text: str) -> Decimal:
    if len(text) > _LONGEST_NUMBER:
        raise ValueError("a number of absurd length")
    return Decimal(text)


def _object(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError("a name twice")  # which of the two counts would be anybody's guess
        found[name] = value
    return found
