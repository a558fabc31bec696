"""How a command is declared: its verbs, its help, and the options that hold everywhere."""

import argparse
from collections.abc import Callable, Sequence
from typing import NoReturn

from desktop_app.cli.output import CallProblem


class Parser(argparse.ArgumentParser):
    """Says what is wrong with a call in one sentence, instead of printing a page."""

    def error(self, message: str) -> NoReturn:
        said = message[:1].upper() + message[1:]
        raise CallProblem(f"{said.rstrip('.')}. Nothing was done. `{self.prog} --help` shows how it is called.")


class Commands:
    """Adds commands that all take the options which hold everywhere."""

    def __init__(
        self, subparsers: "argparse._SubParsersAction[Parser]", parent: Parser, arguments: Sequence[str]
    ) -> None:
        self._subparsers = subparsers
        self._parent = parent
        self._arguments = arguments

    def leaf(self, name: str, help_text: str, examples: str = "") -> Parser:
        return self._subparsers.add_parser(
            name,
            help=help_text,
            description=help_text[:1].upper() + help_text[1:] + ".",
            epilog=f"examples:\n{examples}" if examples else None,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            parents=[self._parent],
            allow_abbrev=False,
        )

    def group(self, name: str, help_text: str, add_verbs: "Callable[[Commands], None]") -> None:
        parser = self.leaf(name, help_text)
        if name in self._arguments:
            verbs = parser.add_subparsers(dest="verb", metavar="VERB", title="verbs", required=True)
            add_verbs(Commands(verbs, self._parent, self._arguments))
