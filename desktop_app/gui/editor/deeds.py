"""What an editor does when asked: save, start, export, and leave without losing anything."""

from pathlib import Path
from typing import Protocol

from PySide6.QtWidgets import QWidget

from desktop_app.config import write_atomically
from desktop_app.core.bot_file import write_bot_file
from desktop_app.engine.problem import Problem
from desktop_app.engine.views import BotView
from desktop_app.gui.dialogs import Choice, Question, ask_action, asked
from desktop_app.gui.editor.draft import Draft
from desktop_app.gui.editor.keeping import save
from desktop_app.gui.editor.link import EngineLink
from desktop_app.gui.editor.pictured import Pictured
from desktop_app.gui.editor.situation import Situation
from desktop_app.gui.file_box import ask_save
from desktop_app.gui.i18n import tr


class Editing(Protocol):
    """What deeds need of an editor."""

    link: EngineLink
    bot: BotView | None
    picture: Pictured

    @property
    def draft(self) -> Draft: ...
    @property
    def bot_id(self) -> int: ...
    @property
    def is_dirty(self) -> bool: ...
    def situation(self) -> Situation: ...
    def settle(self) -> None: ...
    def recompute(self, *, is_typed: bool) -> None: ...
    def focus_first_problem(self) -> bool: ...
    def became(self, bot: BotView) -> None: ...
    def show_problem(self, problem: Problem | None, text: str = "") -> None: ...
    def show_done(self, text: str) -> None: ...
    def show_busy(self, is_busy: bool) -> None: ...
    def start_sheet(self) -> Question: ...
    async def ask_reach(self) -> bool | None: ...
    def tell_saved(self) -> None: ...
    def tell_started(self) -> None: ...


class Deeds:
    """One at a time: while the engine is asked, further wishes are dropped. Questions open over `window`."""

    def __init__(self, editor: Editing, window: QWidget) -> None:
        self._editor, self._window = editor, window
        self._is_busy = False

    async def save(self) -> bool:
        """Keep what the form says without starting anything; False when it was not kept."""
        if self._is_busy:
            return False
        self._is_busy = True
        self._editor.show_busy(True)
        try:
            return await self._save()
        finally:
            self._end()

    async def start(self) -> bool:
        """Ask, save and start; False when the bot was not started."""
        if self._is_busy:
            return False
        self._is_busy = True
        try:
            return await self._start()
        finally:
            self._end()

    async def export(self) -> bool:
        """Write the form as a bot file."""
        editor = self._editor
        editor.settle()
        settings = editor.picture.settings
        if settings is None:
            editor.focus_first_problem()
            return False
        path = await ask_save(self._window, settings.name)
        return path is not None and self.write(path)

    def write(self, path: Path) -> bool:
        """Write the bot file; what goes wrong is said inline."""
        settings = self._editor.picture.settings
        assert settings is not None
        try:
            write_atomically(path, write_bot_file(settings).encode())
        except OSError as error:
            words = tr("The file was not written ({reason}). Choose another folder.")
            self._editor.show_problem(None, words.format(reason=error.strerror or str(error)))
            return False
        self._editor.show_done(tr("Exported to {file}.").format(file=path.name))
        return True

    async def may_close(self) -> bool:
        """What becomes of unsaved changes: kept, thrown away, or the editor stays."""
        editor = self._editor
        editor.settle()
        if not editor.is_dirty:
            return True
        choices = (
            Choice("discard", tr("Discard changes"), is_danger=True),
            Choice("save", tr("Save bot") if editor.bot is None else tr("Save changes")),
        )
        lines = (tr("The bot is not started or stopped by this."),)
        title = tr("Keep the changes to {bot}?").format(bot=editor.draft.text("name") or tr("the new bot"))
        answer = await ask_action(self._window, title, lines, choices, no=tr("Keep editing"))
        if answer == "save":
            return await self.save()
        return answer == "discard"

    # --- inside

    async def _save(self) -> bool:
        editor = self._editor
        editor.settle()
        editor.show_problem(None)
        settings = editor.picture.settings
        if settings is None:
            editor.focus_first_problem()
            return False
        try:
            reach: bool | None = False
            if editor.bot is not None:
                reach = await editor.ask_reach()
            if reach is None:
                return False
            bot_id = await save(editor.link, settings, editor.bot_id, apply_to_open=reach)
            editor.became(await editor.link.ask(editor.link.wishes.bot(bot_id)))
        except Problem as problem:
            editor.show_problem(problem)
            return False
        editor.tell_saved()
        return True

    async def _start(self) -> bool:
        editor = self._editor
        editor.settle()
        editor.show_problem(None)
        if editor.focus_first_problem():
            return False
        picture = editor.picture
        if not picture.is_worked_out or not editor.situation().is_fresh:
            return False
        if await asked(editor.start_sheet()) != "start":
            return False
        if editor.picture.settings != picture.settings:
            editor.show_problem(None, tr("The form changed while you decided. Look at it once more, then start."))
            return False
        editor.show_busy(True)
        if (editor.bot is None or editor.is_dirty) and not await self._save():
            return False
        try:
            wish = editor.link.wishes.start_bot(editor.bot_id, picture.is_short_of_money)
            await editor.link.ask(wish)
            editor.became(await editor.link.ask(editor.link.wishes.bot(editor.bot_id)))
        except Problem as problem:
            editor.show_problem(problem)
            return False
        editor.tell_started()
        return True

    def _end(self) -> None:
        self._is_busy = False
        self._editor.show_busy(False)
        self._editor.recompute(is_typed=False)
