"""Opens backtests as documents of the window: of the editor in front, of a bot, of a file, of a kept result."""

import asyncio
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from desktop_app.config import Paths
from desktop_app.core.bot_file import read_bot_file
from desktop_app.core.settings import Settings
from desktop_app.gui.backtest.follow_up import FollowUp
from desktop_app.gui.backtest.kept import KeptResults
from desktop_app.gui.backtest.page import BacktestPage
from desktop_app.gui.backtest.portfolio_desk import PortfolioDesk
from desktop_app.gui.backtest.subject import WITHOUT_PAST, Subject
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.conditions.lab import off_loop
from desktop_app.gui.editor.bench import EditorBench
from desktop_app.gui.editor.bot_editor import BotEditor
from desktop_app.gui.editor.opening import settings_of
from desktop_app.gui.file_box import ask_open, read_bot_text
from desktop_app.gui.i18n import tr
from desktop_app.gui.main_window import MainWindow
from desktop_app.gui.notices import Mood
from desktop_app.research.results import Kept
from desktop_app.research.trial_run import Outcome

_MOST_PROBLEMS = 3


class BacktestDesk(QObject):
    """Makes a page for each subject; the window keeps them as tabs."""

    optimise_requested = Signal(object, object)  # Subject; Asked, or None while the form cannot be read

    def __init__(self, window: MainWindow, bridge: Bridge, paths: Paths, editors: EditorBench) -> None:
        super().__init__(window)
        self._window, self._bridge, self._paths = window, bridge, paths
        self._follow_up = FollowUp(window, bridge, editors)
        self.kept = KeptResults(window, bridge, paths.data_dir / "results", self)
        self.kept.opened.connect(self.open_kept)
        self.portfolios = PortfolioDesk(window, bridge, paths, self._follow_up, self.kept, self)
        self.portfolios.part_opened.connect(self.open_part)
        self.pages: list[BacktestPage] = []
        self._editors: dict[BacktestPage, BotEditor] = {}  # the forms that pages were opened from
        commands = window.commands
        commands.backtest.triggered.connect(lambda _=False: self.open_current())
        commands.backtest_bots.triggered.connect(lambda _=False: self.portfolios.open_bots())
        commands.backtest_file.triggered.connect(lambda _=False: bridge.spawn(self._open_file(), tr("opening a bot")))
        commands.backtest_results.triggered.connect(lambda _=False: self.kept.open_list())
        window.backtest_requested.connect(self.open_bot)
        window.backtest_many_requested.connect(self.portfolios.open_bots)
        window.documents.document_closed.connect(self._closed)

    # --- of what

    def open_current(self) -> None:
        """Of the editor in front, as it is typed; else of the selected bot."""
        document = self._window.documents.currentWidget()
        if isinstance(document, BotEditor):
            self.open_editor(document)
        elif isinstance(document, BacktestPage):
            document.run()
        elif self._window.selection.choice.bot_id:
            self.open_bot(self._window.selection.choice.bot_id)
        else:
            self._say("info", tr("Choose a bot in the list, or open one in the editor; then it can be backtested."))

    def open_editor(self, editor: BotEditor) -> None:
        """The form counts as it is; nothing needs to be saved."""
        editor.settle()
        settings = editor.picture.settings
        if settings is None:
            editor.focus_first_problem()
            self._say("warning", tr("The form has a problem that must be solved before it can be backtested."))
            return
        page = self.open_settings(settings, editor.draft.text("account"), editor.bot_id)
        if page is not None:
            self._editors[page] = editor

    def open_bot(self, bot_id: int) -> None:
        view = self._bridge.known.bots.get(bot_id)
        settings = settings_of(view) if view is not None else None
        if view is not None and settings is not None:
            self.open_settings(settings, view.account, bot_id)

    async def _open_file(self) -> None:
        path = await ask_open(self._window)
        if path is not None:
            await self.open_file(path)

    async def open_file(self, path: Path) -> None:
        """What cannot be read is said."""
        try:
            read = await off_loop(lambda: read_bot_file(read_bot_text(path)))  # the first of its kind takes a moment
        except (OSError, UnicodeDecodeError) as error:
            self._refuse(path, str(error))
            return
        if read.settings is None:
            self._refuse(path, "; ".join(f"{one.place} {one.reason}" for one in read.problems[:_MOST_PROBLEMS]))
            return
        known = self._bridge.known.accounts
        account = read.settings.account if read.settings.account in known else self._window.account
        self.open_settings(read.settings, account)

    def open_settings(self, settings: Settings, account: str, bot_id: int = 0) -> BacktestPage | None:
        """A page for these settings; None where there is no past to play to them."""
        if settings.kind in WITHOUT_PAST:
            self._say("info", tr("A signal bot trades on alerts from outside, and the past has none to play."))
            return None
        page = BacktestPage(self._bridge, self._paths, self._window.zone, Subject(settings, account, bot_id))
        self._take(page)
        self._window.open_document(page, page.title())
        return page

    def open_kept(self, outcome: Kept) -> None:
        if isinstance(outcome, Outcome):
            self.open_outcome(outcome)
        else:
            self.portfolios.open_outcome(outcome)

    def open_part(self, outcome: Outcome, bots: int) -> None:
        """What one of several bots did on one pair."""
        page = self.open_outcome(outcome)
        if page is not None and bots > 1:
            words = tr("As it ran beside other bots, over a balance that {count} bots shared.")
            text = tr("Run again, it is alone with the balance, and may do more.")
            page.banner.say("info", words.format(count=bots), text)

    def open_outcome(self, outcome: Outcome) -> BacktestPage | None:
        """A page that shows a kept result; it can be run again."""
        settings = outcome.settings
        bots = self._bridge.known.bots.values()
        bot = next((bot for bot in bots if (bot.name, bot.kind) == (settings.name, settings.kind)), None)
        account = bot.account if bot is not None else settings.account
        page = self.open_settings(settings, account, bot.bot_id if bot is not None else 0)
        if page is not None:
            self._bridge.spawn(_shown(page, outcome), tr("showing a result"))
        return page

    # --- inside

    def _take(self, page: BacktestPage) -> None:
        self.pages.append(page)
        page.optimise_requested.connect(self.optimise_requested)
        page.others_requested.connect(self.portfolios.open_with)
        page.finished.connect(self.kept.keep)
        page.compare_requested.connect(self.kept.compare_with)
        page.export_requested.connect(self._follow_up.export)
        page.apply_requested.connect(lambda made: self._follow_up.apply(made, page.subject, self._editors.get(page)))
        page.open_requested.connect(self._follow_up.open_new)

    def _closed(self, document: QWidget) -> None:
        self.pages = [page for page in self.pages if page is not document]
        self._editors = {page: editor for page, editor in self._editors.items() if document not in (page, editor)}

    def _refuse(self, path: Path, reason: str) -> None:
        words = tr("{file} cannot be read as a bot file: {reason}. Correct the file, then open it again.")
        self._say("error", words.format(file=path.name, reason=reason[:300]))

    def _say(self, mood: Mood, text: str) -> None:
        self._window.toasts.show(mood, text)


async def _shown(page: BacktestPage, outcome: Outcome) -> None:
    """In a turn of the loop after the one that made the page."""
    await asyncio.sleep(0)
    if isValid(page):
        page.show_kept(outcome)
