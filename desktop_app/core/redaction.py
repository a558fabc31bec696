"""Takes secrets out of texts that are about to be written down: known ones in every spelling, others by their shape."""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from functools import cache

from desktop_app.core.credentials import Secret

_DOTS = "•••"
_GRAM = 8
_STRIDE = 4
_SURE = _GRAM + _STRIDE - 1  # a piece of this length contains a gram that begins at a multiple of the stride
_SHORTEST = 4  # shorter passphrases guard nothing, and hiding them would blot out half of each line
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")

# X-MBX-APIKEY, OK-ACCESS-SIGN, KC-API-PASSPHRASE, API-Key, AccessKeyId, Gate's bare KEY, signature= … in lower case,
# for looking without regard to case costs four times as much.
_NAMED = (
    r"(?:key(?:id)?|sign(?:ature)?|passphrase|password|secret|token|authorization)\\?[\"']?"
    r"(?:\s*[:=]\s*|(?<=[\"'])\s*,\s*(?=b?\\?[\"']))(?:b?\\?(?P<quote>[\"']))?(?:b(?:earer|asic)\s+)?"
    # The value: in quotes up to the closing one, else up to what ends a word.
    r"(?P<value>(?(quote)[^\"'\\\r\n]+|[^\s\"'&,;}\])\\]+))"
)
_SHAPED = (
    (r"://[^\s/@\"']+@", f"://{_DOTS}@"),
    (r"eyJ(?<![\w-]eyJ)[\w-]{8,}\.[\w-]{8,}\.[\w-]*", _DOTS),
    (r"(?s:-----BEGIN [A-Z ]*KEY-----.*?(?:-----END [A-Z ]*KEY-----|\Z))", _DOTS),
)


class Scrubber:
    """What it is told to know it hides wherever it occurs: whole, in pieces of 11 characters, and in other spellings.

    `add` and `forget` are called from one thread, `scrub` from any.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, ...]] = {}
        self._grams: frozenset[str] = frozenset()
        self._short: tuple[str, ...] = ()

    def add(self, owner: str, secrets: Iterable[Secret]) -> None:
        """Know these as the owner's, in place of those it had."""
        texts = tuple(secret.reveal() for secret in secrets)
        if self._known.get(owner) != texts:
            self._known[owner] = texts
            self._learn()

    def forget(self, owner: str) -> None:
        if self._known.pop(owner, None) is not None:
            self._learn()

    def scrub(self, text: str) -> str:
        text = self.hide_known(text)
        named, shaped = _patterns()
        for shape, instead in shaped:
            text = shape.sub(instead, text)
        values = [found.span("value") for found in named.finditer(_lowered(text))]
        return _dotted(text, values) if values else text

    def _learn(self) -> None:
        spelled = {form for texts in self._known.values() for text in texts for form in _spellings(text)}
        self._short = tuple(sorted((form for form in spelled if len(form) < _SURE), key=len, reverse=True))
        self._grams = frozenset(
            form[at : at + _GRAM] for form in spelled if len(form) >= _SURE for at in range(len(form) - _GRAM + 1)
        )

    def hide_known(self, text: str) -> str:
        """Without what it was told to know; what has only the shape of a secret stays."""
        for form in self._short:
            text = text.replace(form, _DOTS)
        grams = self._grams
        if not grams:
            return text
        pieces, at = list[tuple[int, int]](), 0
        while at <= len(text) - _GRAM:
            if text[at : at + _GRAM] not in grams:
                at += _STRIDE
                continue
            start, end = at, at + _GRAM
            while start and text[start - 1 : start - 1 + _GRAM] in grams:
                start -= 1
            while text[end : end + _GRAM] in grams:
                end += _GRAM
            while text[end - _GRAM + 1 : end + 1] in grams and end < len(text):
                end += 1
            pieces.append((start, end))
            at = end
        return _dotted(text, pieces) if pieces else text


@cache
def _patterns() -> tuple[re.Pattern[str], tuple[tuple[re.Pattern[str], str], ...]]:
    # Compiled when something is first written: that takes longer than a command may take to start.
    return re.compile(_NAMED), tuple((re.compile(shape), instead) for shape, instead in _SHAPED)


def _dotted(text: str, pieces: list[tuple[int, int]]) -> str:
    kept, done = list[str](), 0
    for start, end in pieces:
        kept += (text[done:start], _DOTS)
        done = end
    return "".join((*kept, text[done:]))


def _lowered(text: str) -> str:
    """Each character where it was: a few become two in lower case."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


def _spellings(text: str) -> Iterator[str]:
    """As it may be met on its way through URLs, JSON, headers and dumps; each line of a key file for itself as well."""
    if len(text) < _SHORTEST:
        return
    lines = [line for line in text.splitlines() if len(line) >= _SURE and not line.startswith("-----")]
    for whole in {text, text.strip(), "".join(lines), *lines} - {""}:
        data = whole.encode("utf-8", "surrogatepass")
        yield from (whole, whole[::-1], data.hex(), data.hex().upper())
        escaped = whole.encode("unicode_escape").decode()
        yield from (escaped, escaped.replace("/", "\\/"), escaped.replace('"', '\\"'), escaped.replace("'", "\\'"))
        yield from _percent(data)
        yield from _base64(data)


def _percent(data: bytes) -> Iterator[str]:
    coded = "".join(chr(byte) if chr(byte) in _UNRESERVED else f"%{byte:02X}" for byte in data)
    small = "".join(chr(byte) if chr(byte) in _UNRESERVED else f"%{byte:02x}" for byte in data)
    yield from (coded, small, coded.replace("%20", "+"), coded.replace("%2F", "/"))


def _base64(data: bytes) -> Iterator[str]:
    """At each of the three places where it may begin in a longer text, less the characters it shares with others."""
    for before in range(3):
        coded = b64encode(bytes(before) + data).decode().rstrip("=")
        inner = coded[-(-before * 8 // 6) : len(coded) if (before + len(data)) % 3 == 0 else -1]
        if len(inner) >= _GRAM:
            yield from (inner, inner.replace("+", "-").replace("/", "_"))
    yield b64encode(data).decode()
