"""Takes an API key from the terminal or from stdin: never from arguments, the environment or a file."""

import json
import sys

from desktop_app.cli.output import BAD_INPUT, CallProblem
from desktop_app.core.credentials import Credentials, Secret

_MOST_BYTES = 64_000
_MOST_SIGNS = 10_000  # an RSA key of 4096 bits has some 3300
_NAMES = {"apiKey": "API key", "secret": "API secret", "password": "passphrase"}
_SHAPE = '{"apiKey": "…", "secret": "…"} with "password" where the exchange gives a passphrase'
_NOTHING = "Nothing was kept."


def take_credentials(*, from_stdin: bool, needs_password: bool) -> Credentials:
    """Raises CallProblem; what was typed is never repeated."""
    texts = _from_stdin() if from_stdin else _from_terminal(needs_password=needs_password)
    parts = {name: _checked(what, texts.get(name, "")) for name, what in _NAMES.items()}
    for name in ("apiKey", "secret", *(("password",) if needs_password else ())):
        if not parts[name]:
            raise CallProblem(f"The {_NAMES[name]} is empty. {_NOTHING} Copy it from the exchange.", BAD_INPUT)
    return Credentials(*(Secret(parts[name]) for name in _NAMES))


def _from_stdin() -> dict[str, str]:
    stream = getattr(sys.stdin, "buffer", None)
    given = stream.read(_MOST_BYTES + 1) if stream is not None else b""
    if len(given) > _MOST_BYTES:
        raise CallProblem(f"What came on stdin is too long for a key. {_NOTHING} Give {_SHAPE}.", BAD_INPUT)
    try:
        document = json.loads(given.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise CallProblem(f"What came on stdin is no JSON object. {_NOTHING} Give {_SHAPE}.", BAD_INPUT)
    if not set(document) <= set(_NAMES) or not {"apiKey", "secret"} <= set(document):
        raise CallProblem(f"The object on stdin has other names than a key has. {_NOTHING} Give {_SHAPE}.", BAD_INPUT)
    if not all(isinstance(text, str) for text in document.values()):
        raise CallProblem(f"The parts of a key are texts in quotes. {_NOTHING} Give {_SHAPE}.", BAD_INPUT)
    return document


def _from_terminal(*, needs_password: bool) -> dict[str, str]:
    if sys.stdin is None or not sys.stdin.isatty():
        raise CallProblem(
            f"There is no terminal to ask for the key on. {_NOTHING} Add --credentials-stdin and give {_SHAPE}.",
            BAD_INPUT,
        )
    from getpass import getpass

    names = [name for name in _NAMES if needs_password or name != "password"]
    try:
        return {name: getpass(f"{_NAMES[name][:1].upper()}{_NAMES[name][1:]} (not shown): ") for name in names}
    except EOFError:
        raise CallProblem(f"No key was given. {_NOTHING}", BAD_INPUT) from None


def _checked(what: str, text: str) -> str:
    """Without the blanks around it that copying adds; blanks inside mean that it was not copied right."""
    text = text.strip()
    if len(text) > _MOST_SIGNS:
        raise CallProblem(f"The {what} is too long for one. {_NOTHING} Copy it again from the exchange.", BAD_INPUT)
    is_block = text.startswith("-----BEGIN ")  # of keys that are pairs, several lines belong together
    if not is_block and what != _NAMES["password"] and any(sign.isspace() for sign in text):
        raise CallProblem(
            f"The {what} has a space or a line break in it. {_NOTHING} Copy it again, in one piece.", BAD_INPUT
        )
    if not is_block and not text.isprintable():
        raise CallProblem(f"The {what} has signs in it that no key has. {_NOTHING} Copy it again.", BAD_INPUT)
    return text
