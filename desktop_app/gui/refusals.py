"""Why a value cannot be taken, in the words of forms: what was typed, and what settings refuse."""

from decimal import Decimal
from typing import Any

from desktop_app.gui import fmt
from desktop_app.gui.i18n import tr, tr_later

_BOUNDS = {
    "greater_than": ("gt", tr_later("Must be more than {limit}.")),
    "greater_than_equal": ("ge", tr_later("Must be at least {limit}.")),
    "less_than": ("lt", tr_later("Must be less than {limit}.")),
    "less_than_equal": ("le", tr_later("Must be at most {limit}.")),
}
_TYPES = {
    "int_from_float": tr_later("Must be a whole number."),
    "int_parsing": tr_later("Must be a whole number."),
    "int_type": tr_later("Must be a whole number."),
    "string_too_short": tr_later("This is needed."),
    "string_too_long": tr_later("This is too long."),
    "too_short": tr_later("This is needed."),
    "too_long": tr_later("These are too many."),
}


def unread_words(problem: fmt.Problem, text: str) -> str:
    """About a text that is no number."""
    match problem:
        case fmt.Problem.EMPTY:
            return tr("This is needed.")
        case fmt.Problem.UNCLEAR_COMMA:
            return tr('"{text}" could mean {first} or {second}. Use a point for decimals.').format(
                text=text, first=text.replace(",", "."), second=text.replace(",", "")
            )
        case _:
            words = tr('"{text}" is not a number. Use figures only, for example 1234.5')
            return words.format(text=text[:40])


def refused_words(error: dict[str, Any]) -> str | None:
    """About a value that pydantic refuses; None where it has a sentence of the core's."""
    kind, context = str(error["type"]), error.get("ctx") or {}
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        return tr(words).format(limit=_bound(context[name]))
    return tr(_TYPES[kind]) if kind in _TYPES else None


def message_of(error: dict[str, Any]) -> str:
    """The core's own sentence."""
    return str(error["msg"]).removeprefix("Value error, ")


def _bound(value: object) -> str:
    """A bound as pydantic names it: a number, or the text of a Decimal's repr."""
    return fmt.plain(Decimal(str(value).removeprefix("Decimal('").removesuffix("')")))
