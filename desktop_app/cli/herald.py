"""Prints what bots do while they run, on a thread of its own: a terminal that stands still must not stop a bot."""

import queue
import threading
from typing import TYPE_CHECKING

from desktop_app.cli.output import moment, visible, wording

if TYPE_CHECKING:
    from desktop_app.engine.news import News

_MOST_WAITING = 1_000
_LAST_WORDS_SECONDS = 1.0


class Herald:
    """Lines that cannot be printed in time are left out; the journal and the events file have everything."""

    def __init__(self) -> None:
        self._lines: queue.Queue[str | None] = queue.Queue(_MOST_WAITING)
        self._thread = threading.Thread(target=self._print, name="herald", daemon=True)
        self._thread.start()

    def say(self, line: str) -> None:
        self._put(line)

    def on_news(self, news: "News") -> None:
        from desktop_app.engine.news import LogNews

        if isinstance(news, LogNews) and (news.deal or news.level != "info" or news.bot):
            about = f" #{news.deal}" if news.deal else ""
            who = f"{visible(news.bot)}{about}: " if news.bot else ""
            mark = "" if news.level == "info" else "! "
            self._put(f"{moment(news.at)}  {mark}{who}{visible(wording(news.said))}")

    def close(self) -> None:
        """Print what waits, unless nobody reads it."""
        self._put(None)
        self._thread.join(_LAST_WORDS_SECONDS)

    def _put(self, line: str | None) -> None:
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            return  # left out

    def _print(self) -> None:
        is_heard = True
        while (line := self._lines.get()) is not None:
            if not is_heard:
                continue
            try:
                print(line, flush=True)
            except (OSError, ValueError):
                is_heard = False  # whoever read this has gone; the bots go on
