"""The program with everything turned up that could make it talk, run as `python tests/faults/loud.py WORDS...`.

Every logger is at DEBUG, ccxt's own too, which writes whole requests; every file that is opened for writing is listed
in the file that LOUD_FILES names; LOUD_FAULT breaks something while keys are at hand.
"""

import logging
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def main() -> int:
    list_files(os.environ["LOUD_FILES"])
    logging.getLogger().setLevel(logging.DEBUG)
    logging.Logger.setLevel = lambda self, level: None  # type: ignore[method-assign]
    break_something(os.environ.get("LOUD_FAULT", ""))
    from desktop_app.__main__ import main as run

    return run()


def list_files(path: str) -> None:
    listing = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        name: object = None
        if (event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING) or event in (
            "sqlite3.connect",
            "os.rename",
        ):
            name = arguments[0]
        if isinstance(name, str | bytes | os.PathLike):
            os.write(listing, os.fsencode(Path(os.fsdecode(name)).absolute()) + b"\n")

    sys.addaudithook(note)


def break_something(fault: str) -> None:
    """An exception whose text holds the whole key, as a careless library would raise it."""
    if fault == "fetch":
        from desktop_app.vault import Vault

        whole = Vault.fetch

        async def fetch(self: Vault, name: str) -> NoReturn:
            credentials = await whole(self, name)
            raise RuntimeError(" ".join(secret.reveal() for _, secret in credentials.parts()))

        Vault.fetch = fetch  # type: ignore[method-assign]
    elif fault == "call":
        from desktop_app.cli.session import LocalSession

        def call(self: LocalSession, name: str, /, **arguments: Any) -> NoReturn:
            raise RuntimeError({name: secret.reveal() for name, secret in arguments["credentials"].parts()})

        LocalSession.call = call  # type: ignore[method-assign]


if __name__ == "__main__":
    sys.exit(main())
