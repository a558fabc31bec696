"""Opens backtests of several bots as documents of the window; what they need is imported with the first one."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from desktop_app.config import Paths
from desktop_app.gui import fmt
from desktop_app.gui.backtest.follow_up import FollowUp
from desktop_app.gui.backtest.kept import KeptResults
from desktop_app.gui.backtest.setup import Asked
from desktop_app.gui.backtest.subject import Subject
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.conditions.lab import off_loop
from desktop_app.gui.dialogs import Choice, ask_choice
from desktop_app.gui.editor.opening import settings_of
from desktop_app.gui.i18n import tr
from desktop_app.gui.main_window import MainWindow

if TYPE_CHECKING:
    from desktop_app.gui.backtest.portfolio_page import PortfolioPage
    from desktop_app.research.portfolio_run import PortfolioOutcome

Fill = Callable[["PortfolioPage"], object]
_PAGE = "desktop_app.gui.backtest.portfolio_page"


class PortfolioDesk(QObject):
    """Makes a page for each wish; the window keeps them as tabs."""

    part_opened = Signal(object, int)  # Outcome of one bot on one pair, how many bots shared the balance

    def __init__(
        self, window: MainWindow, bridge: Bridge, paths: Paths, follow_up: FollowUp, kept: KeptResults, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._window, self._bridge, self._paths = window, bridge, paths
        self._follow_up, self._kept = follow_up, kept
        self.pages: list[PortfolioPage] = []
        window.documents.document_closed.connect(self._closed)

    def open_bots(self, bot_ids: Sequence[int] = ()) -> None:
        """These ticked; without any, the user ticks them."""
        known = self._known()
        self._spawn(known, [one for one in known if one.bot_id in bot_ids])

    def open_with(self, subject: Subject, asked: Asked | None) -> None:
        """A bot that was tested alone, on the same candles; others are ticked beside it."""
        others = [one for one in self._known() if not _is_same(one, subject)]
        self._spawn([subject, *others], [subject], lambda page: page.take_past(asked) if asked is not None else None)

    def open_outcome(self, outcome: PortfolioOutcome) -> None:
        """A page that shows a kept result; it can be run again, with the settings that were tested."""
        known = self._known()
        tested = [self._tested(bot.settings, known) for bot in outcome.bots]
        others = [one for one in known if not any(_is_same(one, mine) for mine in tested)]
        self._spawn([*tested, *others], tested, lambda page: page.show_kept(outcome))

    # --- inside

    def _known(self) -> list[Subject]:
        """The bots that there are."""
        found = []
        for view in self._bridge.known.bots.values():
            settings = settings_of(view)
            if settings is not None:
                found.append(Subject(settings, view.account, view.bot_id))
        return found

    @staticmethod
    def _tested(settings: object, known: Sequence[Subject]) -> Subject:
        tested = Subject(settings, settings.account)  # type: ignore[arg-type, attr-defined]
        bot = next((one for one in known if _is_same(one, tested)), None)
        return Subject(tested.settings, bot.account, bot.bot_id) if bot is not None else tested

    def _spawn(self, subjects: Sequence[Subject], ticked: Sequence[Subject], fill: Fill = lambda _page: None) -> None:
        self._bridge.spawn(self._open(subjects, ticked, fill), tr("opening a bot"))

    async def _open(self, subjects: Sequence[Subject], ticked: Sequence[Subject], fill: Fill) -> None:
        """Made, shown and filled in turns of the loop of their own."""
        if _PAGE not in sys.modules:
            await off_loop(lambda: import_module(_PAGE))
        from desktop_app.gui.backtest.portfolio_page import PortfolioPage

        page = PortfolioPage(self._bridge, self._paths, self._window.zone)
        self.pages.append(page)
        page.finished.connect(self._kept.keep)
        page.compare_requested.connect(self._kept.compare_with)
        page.export_requested.connect(self._follow_up.export)
        page.part_requested.connect(
            lambda outcome, at: self._bridge.spawn(self._open_part(outcome, at), tr("showing a result"))
        )
        await asyncio.sleep(0)
        self._window.open_document(page, page.title())
        await asyncio.sleep(0)
        if isValid(page):
            page.show_subjects(subjects, ticked)
            fill(page)
            page.box.bots.setFocus()

    async def _open_part(self, outcome: PortfolioOutcome, at: int) -> None:
        parts = outcome.bots[at].parts
        if len(parts) > 1:
            choices = [
                Choice(part.report.pair, part.report.pair, fmt.pnl(part.total_quote, outcome.quote)) for part in parts
            ]
            title = tr("Which pair of {bot}?").format(bot=outcome.bots[at].settings.name)
            chosen = await ask_choice(self._window, title, (), choices, yes=tr("Open result"), no=tr("Not now"))
            parts = tuple(part for part in parts if part.report.pair == chosen)
        if parts:
            self.part_opened.emit(parts[0], len(outcome.bots))

    def _closed(self, document: QWidget) -> None:
        self.pages = [page for page in self.pages if page is not document]


def _is_same(one: Subject, other: Subject) -> bool:
    return (one.name, one.settings.kind) == (other.name, other.settings.kind)
