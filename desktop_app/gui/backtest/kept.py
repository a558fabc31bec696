"""The results that are kept, in the window: each finished run is written down, any can be opened, two compared."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from desktop_app.gui import fmt
from desktop_app.gui.backtest.choices import moment_words
from desktop_app.gui.backtest.compare_page import ComparePage
from desktop_app.gui.backtest.results_page import ResultsPage
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.conditions.lab import off_loop
from desktop_app.gui.connect.clock import now_ms
from desktop_app.gui.dialogs import Choice, ask_choice, confirmed
from desktop_app.gui.i18n import tr
from desktop_app.gui.main_window import MainWindow
from desktop_app.research.result_text import BadResult
from desktop_app.research.results import Kept, ResultHead, ResultStore, head_of

_MOST_OFFERED = 10


class KeptResults(QObject):
    """One list at a time. Files are read and written off the loop."""

    opened = Signal(object)  # Kept

    def __init__(self, window: MainWindow, bridge: Bridge, folder: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._window, self._bridge = window, bridge
        self._store = ResultStore(folder)
        self.list: ResultsPage | None = None
        window.documents.document_closed.connect(self._closed)

    def keep(self, outcome: Kept) -> None:
        self._bridge.spawn(self._keep(outcome), tr("keeping a result"))

    async def _keep(self, outcome: Kept) -> None:
        try:
            await off_loop(lambda: self._store.keep(outcome, now_ms()))
        except OSError as error:
            words = tr("The result is shown but could not be kept ({reason}). Export it if you need it later.")
            self._window.toasts.show("warning", words.format(reason=error.strerror or str(error)))
            return
        await self._show()

    # --- the list

    def open_list(self) -> None:
        if self.list is None:
            page = self.list = ResultsPage(self._window.zone)
            page.open_requested.connect(lambda key: self._bridge.spawn(self._open(key), tr("reading a result")))
            page.compare_requested.connect(
                lambda first, second: self._bridge.spawn(self._compare(first, second), tr("reading a result"))
            )
            page.remove_requested.connect(lambda keys: self._bridge.spawn(self._remove(keys), tr("removing results")))
        self._window.open_document(self.list, tr("Backtest results"))
        self._bridge.spawn(self._show(), tr("reading results"))

    async def _show(self) -> None:
        page = self.list
        if page is None:
            return
        heads = await off_loop(self._store.heads)
        if isValid(page):
            page.show_heads(heads)

    async def _open(self, key: str) -> None:
        outcome = await self._read(key)
        if outcome is not None:
            self.opened.emit(outcome)

    async def _remove(self, keys: list[str]) -> None:
        count = len(keys)
        title = tr("Remove 1 result?") if count == 1 else tr("Remove {count} results?").format(count=count)
        lines = (tr("Bots, candles and exported files are not touched."),)
        yes = tr("Remove result") if count == 1 else tr("Remove results")
        if not await confirmed(self._window, title, lines, yes=yes, no=tr("Keep them"), is_danger=True):
            return
        for key in keys:
            await off_loop(lambda key=key: self._store.remove(key))  # type: ignore[misc]
        await self._show()

    # --- comparing

    def compare_with(self, outcome: Kept) -> None:
        """Ask for the other one, and show both."""
        self._bridge.spawn(self._compare_with(outcome), tr("reading a result"))

    async def _compare_with(self, outcome: Kept) -> None:
        heads = [head for head in await off_loop(self._store.heads) if not _is_of(head, outcome)][:_MOST_OFFERED]
        if not heads:
            words = tr("There is no other result yet. Run a second backtest, with other settings or on other candles.")
            self._window.toasts.show("info", words)
            return
        choices = [Choice(head.key, self._words(head), self._note(head)) for head in heads]
        key = await ask_choice(
            self._window, tr("Compare with which result?"), (), choices, yes=tr("Compare"), no=tr("Not now")
        )  # fmt: skip
        other = await self._read(key) if key is not None else None
        if other is not None:
            self._show_both(outcome, other)

    async def _compare(self, first: str, second: str) -> None:
        one, other = await self._read(first), await self._read(second)
        if one is not None and other is not None:
            self._show_both(one, other)

    def _show_both(self, first: Kept, second: Kept) -> None:
        page = ComparePage(first, second, self._window.zone)
        self._window.open_document(page, page.title())

    def _words(self, head: ResultHead) -> str:
        return f"{head.name} · {head.pair} {head.timeframe} · {fmt.percent(head.total_percent)}"

    def _note(self, head: ResultHead) -> str:
        made = tr("computed {at}").format(at=moment_words(head.made_at, self._window.zone))
        return f"{made} · {moment_words(head.start, self._window.zone)} – {moment_words(head.end, self._window.zone)}"

    # --- inside

    async def _read(self, key: str) -> Kept | None:
        try:
            return await off_loop(lambda: self._store.read(key))
        except (OSError, BadResult) as error:
            words = tr("This result cannot be read ({reason}). Run the backtest again.")
            self._window.toasts.show("warning", words.format(reason=str(error)[:200]))
            return None

    def _closed(self, document: QWidget) -> None:
        if document is self.list:
            self.list = None


def _is_of(head: ResultHead, outcome: Kept) -> bool:
    """The same bots on the same candles with the same result: most likely the very one."""
    own = head_of(outcome, head.key, head.made_at)
    return (head.data_hash, head.settings_hash, head.total_quote, head.end) == (
        own.data_hash,
        own.settings_hash,
        own.total_quote,
        own.end,
    )
