"""A strategy's process without the process: for tests of what goes on around it."""

import json
from typing import Any, Self

from desktop_app.own.folder import StrategyFile
from desktop_app.own.process import Description, StrategyTrouble
from desktop_app.own.session import Session


class PlayedProcess:
    """A strategy's process without the process."""

    def __init__(self, file: StrategyFile, *, answer_seconds: float = 0) -> None:
        self.file, self.session = file, Session()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def start(self) -> Description:
        self.session.answer({"do": "load", "name": self.file.name, "text": self.file.text})
        return Description("", "", ())

    def check(self, options: dict[str, Any]) -> tuple[tuple[str, str], ...]:
        problems = self.session.answer({"do": "options", "options": options}).get("problems", ())
        return tuple((f"options.{place}", reason) for place, reason in problems)

    def ask(self, request: dict[str, Any]) -> str:
        if "FOR EVER" in self.file.text:
            raise StrategyTrouble("slow", "5 s")
        try:
            return json.dumps(self.session.answer({"do": "ask", **request})["ok"])
        except Exception as error:  # noqa: BLE001 - as the real process does
            raise StrategyTrouble("raised", f"{type(error).__name__}: {error}", 7) from None

    def close(self) -> None: ...
