"""Opens searches as documents of the window: of an editor, a bot, a backtest; and brings what they find into forms."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from desktop_app.config import Paths
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.gui.backtest.desk import BacktestDesk
from desktop_app.gui.backtest.setup import Asked
from desktop_app.gui.backtest.subject import Subject
from desktop_app.gui.backtest.to_ticket import open_in_ticket
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.conditions.lab import off_loop
from desktop_app.gui.editor.bench import EditorBench
from desktop_app.gui.editor.bot_editor import BotEditor
from desktop_app.gui.editor.kinds import draft_from
from desktop_app.gui.editor.opening import settings_of
from desktop_app.gui.i18n import tr
from desktop_app.gui.main_window import MainWindow
from desktop_app.gui.notices import Mood

if TYPE_CHECKING:
    from desktop_app.gui.optimiser.page import OptimiserPage
    from desktop_app.gui.optimiser.results import ResultRow
    from desktop_app.gui.optimiser.search_hand import SearchHand

_PAGE = "desktop_app.gui.optimiser.page"


class OptimiserDesk(QObject):
    """One page for each bot; the window keeps them as tabs. What a search needs is imported with the first one."""

    def __init__(
        self,
        window: MainWindow,
        bridge: Bridge,
        paths: Paths,
        editors: EditorBench,
        backtests: BacktestDesk,
        make_hand: Callable[[], SearchHand] | None = None,
    ) -> None:
        super().__init__(window)
        self._make_hand = make_hand
        self._window, self._bridge, self._paths = window, bridge, paths
        self._editors, self._backtests = editors, backtests
        self.pages: list[OptimiserPage] = []
        self._sources: dict[OptimiserPage, BotEditor] = {}
        window.commands.optimise.triggered.connect(lambda _=False: self._once_loaded(self.open_current))
        window.optimise_requested.connect(lambda bot_id: self._once_loaded(lambda: self.open_bot(bot_id)))
        window.documents.document_closed.connect(self._closed)
        backtests.optimise_requested.connect(
            lambda subject, asked: self._once_loaded(lambda: self.open_subject(subject, asked))
        )

    def _once_loaded(self, act: Callable[[], object]) -> None:
        """What a search needs takes a fifth of a second to import: not on the window's loop."""
        if _PAGE in sys.modules:
            act()
        else:
            self._bridge.spawn(self._load_and(act), tr("opening a bot"))

    async def _load_and(self, act: Callable[[], object]) -> None:
        await off_loop(lambda: import_module(_PAGE))
        act()

    # --- of what

    def open_current(self) -> None:
        """Of the editor in front, as it is typed; else of the selected bot."""
        document = self._window.documents.currentWidget()
        if isinstance(document, BotEditor):
            self.open_editor(document)
        elif self._window.selection.choice.bot_id:
            self.open_bot(self._window.selection.choice.bot_id)
        else:
            self._say("info", tr("Choose a bot in the list, or open one in the editor; then it can be optimised."))

    def open_editor(self, editor: BotEditor) -> None:
        """The form counts as it is; nothing needs to be saved."""
        editor.settle()
        settings = editor.picture.settings
        if settings is None:
            editor.focus_first_problem()
            self._say("warning", tr("The form has a problem that must be solved before it can be optimised."))
            return
        page = self.open_subject(Subject(settings, editor.draft.text("account"), editor.bot_id))
        if page is not None:
            self._sources[page] = editor

    def open_bot(self, bot_id: int) -> None:
        view = self._bridge.known.bots.get(bot_id)
        settings = settings_of(view) if view is not None else None
        if view is not None and settings is not None:
            self.open_subject(Subject(settings, view.account, bot_id))

    def open_subject(self, subject: Subject, asked: Asked | None = None) -> OptimiserPage | None:
        """A page for these settings, on the candles of a backtest if there is one; None where nothing can vary."""
        from desktop_app.gui.optimiser.page import OptimiserPage
        from desktop_app.gui.optimiser.variables import variables_of

        if not variables_of(subject.settings):
            self._say(
                "info", tr("What this bot does comes from outside, or is over once it is in: nothing to optimise.")
            )
            return None
        page = next((one for one in self.pages if subject.bot_id and one.subject.bot_id == subject.bot_id), None)
        if page is None:
            hand = self._make_hand() if self._make_hand is not None else None
            page = OptimiserPage(self._bridge, self._paths, self._window.zone, subject, hand)
            self._take(page)
        else:
            page.show_subject(subject)
        if asked is not None:
            page.take_past(asked)
        self._window.open_document(page, page.title())
        return page

    # --- what is done with a run

    def _backtest(self, page: OptimiserPage, settings: object) -> None:
        """Of a row, on the same candles."""
        shown = self._backtests.open_settings(settings, page.subject.account)  # type: ignore[arg-type]
        asked = page.past.form.asked()
        if shown is not None and asked is not None:
            shown.past.take(asked)

    def _apply(self, page: OptimiserPage, row: ResultRow) -> None:
        self._bridge.spawn(self._ask_and_apply(page, row), tr("opening a bot"))

    async def _ask_and_apply(self, page: OptimiserPage, row: ResultRow) -> None:
        from desktop_app.gui.optimiser.applying import ask_where

        subject, source = page.subject, self._sources.get(page)
        if isinstance(subject.settings, SmartTradeSettings):
            await self._ask_for_ticket(page, row)
            return
        has_bot = source is not None or subject.bot_id in self._bridge.known.bots
        way = await ask_where(self._window, subject.name, row.number, page.changes(row), has_bot=has_bot)
        if way == "new":
            self._open_new(page, row)
        elif way == "edit":
            editor = source if source is not None else await self._editors.edit(subject.bot_id)
            if editor is not None:
                self._put(editor, row, subject)

    async def _ask_for_ticket(self, page: OptimiserPage, row: ResultRow) -> None:
        """A smart trade has no form: it goes on in the ticket."""
        from desktop_app.gui.optimiser.against import applied
        from desktop_app.gui.optimiser.applying import agreed_on_ticket

        subject = page.subject
        made = applied(subject.settings, row.trial.point)
        if not isinstance(made, SmartTradeSettings):
            return
        if await agreed_on_ticket(self._window, subject.name, row.number, page.changes(row)):
            open_in_ticket(self._window, self._bridge, made, subject.account)

    def _open_new(self, page: OptimiserPage, row: ResultRow) -> None:
        from desktop_app.gui.optimiser.against import applied

        settings = applied(page.subject.settings, row.trial.point)
        draft = draft_from(settings) if settings is not None else None
        if draft is None:
            return
        name = tr("{bot}, row {number}").format(bot=page.subject.name, number=row.number)
        self._editors.open_new(draft.with_text("name", name))
        self._say("good", tr("A draft with the settings of row {number}. It is not started.").format(number=row.number))

    def _put(self, editor: BotEditor, row: ResultRow, subject: Subject) -> None:
        """Into the form, as one step back from what is there."""
        from desktop_app.gui.optimiser.applying import with_point

        self._window.open_document(editor, editor.title())
        editor.set_draft(with_point(editor.draft, row.trial.point, subject.settings))
        words = tr("The settings of row {number} are in the form. Nothing is saved or started.")
        toast = self._window.toasts.show("good", words.format(number=row.number), action=tr("Undo"))
        toast.action_requested.connect(editor.undo)

    # --- inside

    def _take(self, page: OptimiserPage) -> None:
        self.pages.append(page)
        page.backtest_requested.connect(lambda settings: self._backtest(page, settings))
        page.apply_requested.connect(lambda row: self._apply(page, row))

    def _closed(self, document: QWidget) -> None:
        self.pages = [page for page in self.pages if page is not document]
        self._sources = {
            page: editor for page, editor in self._sources.items() if document not in (page, editor)
        }  # fmt: skip

    def _say(self, mood: Mood, text: str) -> None:
        self._window.toasts.show(mood, text)
