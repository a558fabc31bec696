"""Reads a bot file, and tells every problem in it at once."""

import json
import tomllib
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from desktop_app.core.settings import Settings
from desktop_app.core.strategies import Kind
from desktop_app.engine.problem import BAD_INPUT, Problem, problem

MOST_CHARACTERS = 1_000_000


class BadBotFile(Problem):
    """`problems` are (place in the file, reason)."""

    def __init__(self, problems: tuple[tuple[str, str], ...]) -> None:
        lines = "; ".join(f"{place}: {reason}" if place else reason for place, reason in problems)
        made = problem("bad_bot_file", BAD_INPUT, count=len(problems), problems=lines)
        super().__init__(made.said, BAD_INPUT)
        self.problems = problems


def read_bot_file(text: str, kinds: Mapping[str, Kind]) -> Settings:
    """The settings in a TOML text, or in the JSON that `settings_json` holds.

    Raises:
        BadBotFile: with everything that is wrong.
    """
    if len(text) > MOST_CHARACTERS:
        raise BadBotFile((("", "the file is larger than 1 MB"),))
    return settings_of(_parse(text), kinds)


def settings_of(fields: Mapping[str, Any], kinds: Mapping[str, Kind]) -> Settings:
    kind = fields.get("kind")
    if not isinstance(kind, str) or kind not in kinds:
        shown = repr(kind)[:40] if kind is not None else "missing"
        raise BadBotFile((("kind", f"is {shown}; known kinds are {', '.join(sorted(kinds))}"),))
    try:
        return kinds[kind].settings.model_validate(fields)
    except ValidationError as error:
        raise BadBotFile(_problems(error)) from None
    except RecursionError:
        raise BadBotFile((("", "is nested too deeply"),)) from None


def _parse(text: str) -> dict[str, Any]:
    try:
        if text.lstrip().startswith("{"):
            fields = json.loads(text, parse_float=str)
        else:
            fields = tomllib.loads(text, parse_float=str)
    except (tomllib.TOMLDecodeError, json.JSONDecodeError) as error:
        raise BadBotFile((("", f"cannot be read: {error}"),)) from None
    except (ValueError, RecursionError) as error:
        raise BadBotFile((("", f"cannot be read: {type(error).__name__}"),)) from None
    if not isinstance(fields, dict):
        raise BadBotFile((("", "is not a table of settings"),))
    return fields


def _problems(error: ValidationError) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for one in error.errors(include_url=False, include_context=False, include_input=False):
        reason = one["msg"].removeprefix("Value error, ")
        if one["type"] == "extra_forbidden":
            reason = "is not a setting of this kind of bot"
        elif one["type"] == "missing":
            reason = "is missing"
        found.append((_place(one["loc"]), reason))
    return tuple(found)


def _place(loc: tuple[int | str, ...]) -> str:
    place = ""
    for part in loc:
        place += f"[{part}]" if isinstance(part, int) else f".{part}" if place else part
    return place
