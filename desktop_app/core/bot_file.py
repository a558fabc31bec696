"""Bot files: TOML in, settings or every problem at once out; and back again."""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from desktop_app.core.condition_groups import TAGS
from desktop_app.core.settings import Settings
from desktop_app.core.strategies import KINDS, Kind

LARGEST_FILE = 1_000_000  # characters
_DEEPEST_NAME = 50  # parts: the reader takes minutes over a.a.a.…

_REASONS = {
    "missing": "is missing",
    "extra_forbidden": "is not a known name",
    "model_type": "must be a table",
    "tuple_type": "must be a list",
    "string_type": "must be a text",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "string_too_short": "must not be empty",
    "string_too_long": "is too long",
    "too_short": "must not be empty",
    "too_long": "has too many entries",
}


@dataclass(frozen=True, slots=True)
class FileProblem:
    """What is wrong, and where: the dotted name in the file, or `line N` where it cannot be read at all."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class BotFile:
    """What a bot file says: settings, or the problems that keep it from saying anything."""

    settings: Settings | None
    problems: tuple[FileProblem, ...] = ()


def read_bot_file(text: str, kinds: Mapping[str, Kind] = KINDS) -> BotFile:
    """Read a bot file. Nothing is guessed: an unknown name is a problem, not a default."""
    if len(text) > LARGEST_FILE:
        return _bad("file", f"is longer than {LARGEST_FILE:,} characters")
    if any(sum(map(bool, name.split("."))) > _DEEPEST_NAME for name in re.split(r"[=,{\[\n]", text) if "." in name):
        return _bad("file", "is not TOML: nested too deeply")
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        return _bad("file", f"is not TOML: {str(error) or 'nested too deeply'}")
    kind = data.get("kind")
    if kind is None:
        return _bad("kind", f"is missing; it is one of: {', '.join(kinds)}")
    if not isinstance(kind, str) or kind not in kinds:
        return _bad("kind", f"{str(kind)[:40]!r} is not one of: {', '.join(kinds)}")
    return read_settings(kind, data, kinds)


def read_settings(kind: str, data: dict[str, Any], kinds: Mapping[str, Kind] = KINDS) -> BotFile:
    """Settings of this kind from plain values."""
    try:
        return BotFile(kinds[kind].settings.model_validate(data))
    except ValidationError as error:
        return BotFile(None, tuple(_problem(dict(one)) for one in error.errors()))


def write_bot_file(settings: Settings) -> str:
    """The TOML that reads back as exactly these settings; what is at its default is left out."""
    data = settings.model_dump(mode="json", exclude_defaults=True) | {"kind": settings.kind}
    lines = [f"kind = {_value(data.pop('kind'))}"]
    lines += [f"{name} = {_value(value)}" for name, value in data.items()]
    return "\n".join(lines) + "\n"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_value(part)}" for name, part in value.items() if part is not None) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(part) for part in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _problem(error: dict[str, Any]) -> FileProblem:
    place = ""
    for part in error["loc"]:
        if part in TAGS:
            continue  # which kind of condition it was taken for says its indicator
        place += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if place else str(part)
    kind, message, context = error["type"], str(error["msg"]), error.get("ctx") or {}
    if kind in _REASONS:
        return FileProblem(place, _REASONS[kind])
    if kind == "value_error":
        message = str(context["error"])
        head, colon, rest = message.partition(": ")
        if colon and head.replace("_", "").replace(".", "").isalpha() and " " not in head:
            return FileProblem(f"{place}.{head}" if place else head, rest)
        return FileProblem(place, message)
    bounds = {"greater_than": "gt", "greater_than_equal": "ge", "less_than": "lt", "less_than_equal": "le"}
    if kind in bounds:
        words = {"gt": "more than", "ge": "at least", "lt": "less than", "le": "at most"}[bounds[kind]]
        return FileProblem(place, f"must be {words} {_plain(context[bounds[kind]])}")
    if kind in ("literal_error", "enum"):
        return FileProblem(place, f"must be one of: {context['expected']}")
    return FileProblem(place, message)


def _plain(value: object) -> str:
    """A bound as pydantic names it: a number, or the text of a Decimal's repr."""
    number = Decimal(str(value).removeprefix("Decimal('").removesuffix("')"))
    return f"{number:f}"


def _bad(place: str, reason: str) -> BotFile:
    return BotFile(None, (FileProblem(place, reason),))
