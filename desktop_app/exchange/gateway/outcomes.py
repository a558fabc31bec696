"""What an answer means: a definitive no only where the table of exchanges says so, everything else is unknown."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from desktop_app.exchange.protocol import Refused, Unreachable
from desktop_app.exchange.venues.quirks import Quirks, Refusal

_LONGEST_MESSAGE = 200
_SILENCE = frozenset({418, 429})
_SERVER_ERROR = 500

# What ccxt makes of an answer where our table knows no better. Good enough to read by, never to give up an order by.
_READ_KINDS = {
    "AuthenticationError": "key_refused",
    "PermissionDenied": "key_refused",
    "AccountSuspended": "key_refused",
    "AccountNotEnabled": "key_refused",
    "InvalidNonce": "clock",
    "BadSymbol": "unknown_symbol",
    "NotSupported": "not_allowed",
}


class Doing(StrEnum):
    """What a request is for: only what changes nothing may be read generously."""

    READ = "read"
    ORDER = "order"
    CANCEL = "cancel"


class Answered(Exception):
    """The exchange has answered with an error. `kind` is ccxt's opinion, which decides nothing about orders."""

    def __init__(self, code: str, http: int, message: str, kind: str = "") -> None:
        super().__init__(code, http)
        self.code = code
        self.http = http
        self.message = message
        self.kind = kind


class Malformed(Exception):
    """An answer that the exchange cannot have meant."""


def read_problem(quirks: Quirks, answer: Any) -> tuple[str, str]:
    """The raw code and message in an answer; empty where there is none."""
    if quirks.read_code is not None:
        return quirks.read_code(answer)
    if isinstance(answer, list) and len(answer) == 1:
        answer = answer[0]
    if not isinstance(answer, Mapping):
        return "", ""
    code = _first(answer, quirks.code_fields)
    return ("" if code in quirks.success_codes else code), plain(_first(answer, quirks.message_fields))


def judge(quirks: Quirks, answered: Answered, doing: Doing) -> Refused | Unreachable:
    """What to tell whoever asked. An order is refused only by a code on the list of its exchange."""
    name = quirks.name or quirks.id
    code, message = answered.code, answered.message
    if answered.http in _SILENCE or code in quirks.rate_codes:
        return Unreachable(f"{name} wants fewer requests. Strongroom waits.")
    if answered.http >= _SERVER_ERROR:
        return Unreachable(f"{name} has answered with an error of its own ({answered.http}).")
    if matching(quirks.duplicates, code, message):
        return Unreachable(f"{name} says that it has this order already.")
    if refusal := matching(quirks.refusals, code, message):
        return Refused(message or code, refusal.meaning)
    if doing is Doing.READ or (doing is Doing.CANCEL and answered.kind == "OrderNotFound"):
        return _judge_reading(quirks, answered)
    return Unreachable(f"{name} has answered with something that Strongroom does not know ({code or answered.http}).")


def is_not_found(quirks: Quirks, answered: Answered) -> bool:
    """Whether the answer to a look for one order is that there is none."""
    if answered.http >= _SERVER_ERROR or answered.http in _SILENCE:
        return False
    text = answered.message.lower()
    return answered.code in quirks.not_found or any(one.lower() in text for one in quirks.not_found_texts)


def matching(rows: Iterable[Refusal], code: str, message: str) -> Refusal | None:
    for row in rows:
        if row.code == code and row.text.lower() in message.lower():
            return row
    return None


def plain(text: str) -> str:
    """What an exchange says, as one short line that a terminal and a label can show."""
    kept = "".join(one if one.isprintable() else " " for one in text[: 4 * _LONGEST_MESSAGE])
    return " ".join(kept.split())[:_LONGEST_MESSAGE]


def _judge_reading(quirks: Quirks, answered: Answered) -> Refused | Unreachable:
    message = answered.message or answered.code
    if is_not_found(quirks, answered) or answered.kind in ("OrderNotFound", "OrderNotCached"):
        return Refused(message or "no such order", "unknown_order")
    if meaning := _READ_KINDS.get(answered.kind):
        return Refused(message or meaning, meaning)
    name = quirks.name or quirks.id
    return Unreachable(
        f"{name} has answered with an error ({answered.code or answered.http}): {message or 'no words'}."
    )


def _first(answer: Mapping[Any, Any], names: Iterable[str]) -> str:
    for name in names:
        value = answer.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value):
            return str(value)
    return ""
