"""JSON from strangers: bounded in every way, with decimals, and nothing that two readers could take differently."""

import json
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

_LONGEST_NUMBER = 60
_LARGEST_EXPONENT = 100  # of ten: whoever writes such a number out without it needs that many characters
_MOST_PARTS = 2_000  # commas and brackets: a reader must not take longer over it than a bot may wait
# Possessive, and always ends somewhere: nothing makes it go back, so it takes time in proportion to the text.
_TEXTS = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_BRACKETS = re.compile(r"[\[\]{}]")
_NOTHING: dict[str, None] = {}


class TooDeep(ValueError):
    """Brackets nest deeper, or parts are more, than anybody needs."""


def read_json(text: str, deepest: int) -> object:
    """Numbers are Decimals; NaN and Infinity, which are no JSON but are met, are None. Raises ValueError."""
    _check_shape(text, deepest)
    return json.loads(
        text, parse_int=_number, parse_float=_number, parse_constant=_NOTHING.get, object_pairs_hook=_object
    )


def _check_shape(text: str, deepest: int) -> None:
    """Before the parser sees it; what stands in texts does not count."""
    bare = _TEXTS.sub("", text)
    if sum(bare.count(sign) for sign in ",[]{}") > _MOST_PARTS:
        raise TooDeep
    depth = 0
    for found in _BRACKETS.finditer(bare):
        if found[0] in "[{":
            depth += 1
            if depth > deepest:
                raise TooDeep
        else:
            depth -= 1


def _number(text: str) -> Decimal:
    if len(text) > _LONGEST_NUMBER:
        raise ValueError("a number of absurd length")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError("a number of absurd size") from None
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or abs(exponent) > _LARGEST_EXPONENT:
        raise ValueError("a number of absurd size")
    return number


def _object(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError("a name twice")  # which of the two counts would be anybody's guess
        found[name] = value
    return found
