"""Writes what happens into a file, one JSON object a line, flushed as it happens."""

import json
import logging
from dataclasses import fields
from pathlib import Path
from typing import IO

from desktop_app.engine.bus import Bus
from desktop_app.engine.news import HappenedNews, News, PanicNews
from desktop_app.engine.problem import problem, worded

_log = logging.getLogger(__name__)
_ALWAYS = ("at", "event")


class EventsFile:
    """Appends to `path` until closed. A full disk stops the file, never a bot."""

    def __init__(self, path: Path, bus: Bus) -> None:
        """Raises Problem: the file cannot be written."""
        try:
            self._file: IO[str] | None = path.open("a", encoding="utf-8")
        except OSError as error:
            raise problem("no_events_file", path=str(path), reason=error.strerror or str(error)) from None
        self._unsubscribe = bus.subscribe(self._on_news)

    def close(self) -> None:
        self._unsubscribe()
        if self._file is not None:
            self._file.close()
            self._file = None

    def _on_news(self, news: News) -> None:
        if isinstance(news, HappenedNews):
            self._write(line_of(news))
        elif isinstance(news, PanicNews):
            step = {"step": news.step, "done": news.done, "total": news.total, "is_done": news.is_done}
            self._write({"at": news.at, "event": "panic", **step, "said": worded(news.said)})

    def _write(self, line: dict[str, object]) -> None:
        if self._file is None:
            return
        try:
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._file.flush()
        except OSError:
            _log.exception("the events file cannot be written any more")
            self._file = None


def line_of(news: HappenedNews) -> dict[str, object]:
    """What applies of the fields; the rest is left out."""
    values: dict[str, object] = {field.name: getattr(news, field.name) for field in fields(news)}
    if news.deal:
        values["deal"] = f"{news.bot_id}-{news.deal}"  # as `deal list` names it
    return {name: value for name, value in values.items() if value or name in _ALWAYS}
