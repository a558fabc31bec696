"""How the command speaks: documents and tables on stdout, one plain sentence of a problem on stderr."""

import json
import os
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from io import TextIOWrapper
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from desktop_app.core.said import Said

DONE, FAILED, BAD_INPUT, REFUSED_FOR_SAFETY = 0, 1, 2, 3

Json: TypeAlias = "str | int | float | bool | Sequence[Json] | dict[str, Json] | None"

UNKNOWN = "—"
_MINUS = "−"
_DECIMALS = 8
_NEGATIVE = re.compile(r"(?<![\w.-])-(?=\d)")
# What a terminal would act upon instead of showing it, and what would turn the reading direction.
_UNSEEN = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))}
_UNSEEN |= {code: f"\\u{code:04x}" for code in (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))}
_UNSEEN_IN_LINES = {code: shown for code, shown in _UNSEEN.items() if chr(code) not in "\t\n"}
_ESCAPED = {code: f"\\u{code:04x}" for code in _UNSEEN if code >= 127}  # JSON itself writes out the first 32


class CallProblem(Exception):
    """The call or its input was wrong, or what was asked for could not be done: a sentence for the person."""

    def __init__(self, sentence: str, exit_status: int = BAD_INPUT) -> None:
        super().__init__(sentence)
        self.exit_status = exit_status


def speak_utf8() -> None:
    """Windows gives a program that writes into a file or a pipe an old code page."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def show(text: str) -> None:
    """Lines for people. Whatever they are made of - a file's name, what a strategy says of itself - is only text."""
    print(text.translate(_UNSEEN_IN_LINES))


def show_document(document: Json) -> None:
    """One JSON document, numbers of money as strings."""
    show_json(json.dumps(document, ensure_ascii=False, allow_nan=False))


def show_json(text: str) -> None:
    """A document that is written already; a terminal acts on nothing in it, and programs read the same as before."""
    print(text.translate(_ESCAPED))


def show_table(head: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] = ()) -> None:
    """Columns wide enough for what is in them; those in `numbers` are set to the right."""
    lines = [tuple(head), *(tuple(visible(cell) for cell in row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        cells = (
            cell.rjust(width) if column in numbers else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        print("  ".join(cells).rstrip())


def complain(sentence: str) -> None:
    """One line on stderr, whatever the sentence was made of."""
    line = visible(" ".join(sentence.split()))
    if sys.stderr is not None:
        print(line, file=sys.stderr)


def stop_speaking() -> None:
    """Whoever read our output has gone: nothing more is written, and the end of the program does not try to."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            os.dup2(devnull, stream.fileno())
        except (OSError, ValueError, AttributeError):
            continue  # not a file: nothing to leave behind


# --- words and numbers


def visible(text: str) -> str:
    """Text from outside as it is, with signs that would act on a terminal written out."""
    return text.translate(_UNSEEN)


def exact(value: Decimal) -> str:
    """For programs: all digits, no exponent, no idle zeros, no minus zero."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def number(value: Decimal | None) -> str:
    """For people: at most eight decimals, a real minus sign, a dash for what is not known."""
    if value is None:
        return UNKNOWN
    text = exact(round(value, _DECIMALS)) if _is_long(value) else exact(value)
    return text.replace("-", _MINUS)


def fixed(value: Decimal | None, step: Decimal) -> str:
    """For people: always as many decimals as `step` has (a market's tick, a cent), thousands apart."""
    if value is None:
        return UNKNOWN
    exponent = step.normalize().as_tuple().exponent
    decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    return f"{value:,.{decimals}f}".replace("-", _MINUS)


def _is_long(value: Decimal) -> bool:
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent < -_DECIMALS


def signed(value: Decimal | None) -> str:
    """An amount of profit: the plus is said."""
    text = number(value)
    return f"+{text}" if value is not None and value > 0 else text


def moment(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S") if at else UNKNOWN


def count(amount: int, thing: str) -> str:
    """`1 bot`, `2 bots`."""
    return f"{amount} {thing}" if amount == 1 else f"{amount} {thing}s"


def wording(said: "Said") -> str:
    """What the core or the engine has to say, in English."""
    from desktop_app.core.words import WORDS, sentence
    from desktop_app.engine.words_engine import WORDS as ENGINE_WORDS

    return _NEGATIVE.sub(_MINUS, sentence(said, {**WORDS, **ENGINE_WORDS}))
