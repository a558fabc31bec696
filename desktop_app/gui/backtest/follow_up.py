"""What a person does with a result: write it down for others, put it into a bot's form, open it as a new bot."""

from PySide6.QtCore import QObject

from desktop_app.core.settings import Settings
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.engine.views import BotView
from desktop_app.gui.backtest.applying import agreed, choose_bot, field_changes
from desktop_app.gui.backtest.exporting import ask_where, write
from desktop_app.gui.backtest.subject import Subject
from desktop_app.gui.backtest.to_ticket import open_in_ticket
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.conditions.lab import off_loop
from desktop_app.gui.editor.bench import EditorBench
from desktop_app.gui.editor.bot_editor import BotEditor
from desktop_app.gui.editor.draft import Draft
from desktop_app.gui.editor.kinds import draft_from
from desktop_app.gui.editor.opening import settings_of
from desktop_app.gui.i18n import tr
from desktop_app.gui.main_window import MainWindow
from desktop_app.research.results import Kept
from desktop_app.research.trial_run import Outcome


class FollowUp(QObject):
    """Nothing here saves or starts anything: forms are filled, files are written."""

    def __init__(self, window: MainWindow, bridge: Bridge, editors: EditorBench) -> None:
        super().__init__(window)
        self._window, self._bridge, self._editors = window, bridge, editors

    # --- export

    def export(self, outcome: Kept) -> None:
        self._bridge.spawn(self._export(outcome), tr("exporting a result"))

    async def _export(self, outcome: Kept) -> None:
        path = await ask_where(self._window, outcome)
        if path is None:
            return
        try:
            await off_loop(lambda: write(outcome, path))
        except OSError as error:
            words = tr("The file was not written ({reason}). Choose another folder.")
            self._window.toasts.show("error", words.format(reason=error.strerror or str(error)))
            return
        self._window.toasts.show("good", tr("Exported to {file}.").format(file=path.name))

    # --- new bot

    def open_new(self, outcome: Outcome) -> None:
        """A draft with the tested settings; of a smart trade, the ticket."""
        if isinstance(outcome.settings, SmartTradeSettings):
            open_in_ticket(self._window, self._bridge, outcome.settings, outcome.settings.account)
            return
        draft = draft_from(outcome.settings)
        if draft is None:
            self._window.toasts.show("info", tr("This kind has no form here. Export the bot from the list instead."))
            return
        accounts = self._bridge.known.accounts
        if draft.text("account") not in accounts:
            draft = draft.with_text("account", self._window.account)
        self._editors.open_new(draft)
        self._window.toasts.show("good", tr("A draft with the tested settings. It is not saved and not started."))

    # --- apply

    def apply(self, outcome: Outcome, subject: Subject, source: BotEditor | None) -> None:
        self._bridge.spawn(self._apply(outcome, subject, source), tr("opening a bot"))

    async def _apply(self, outcome: Outcome, subject: Subject, source: BotEditor | None) -> None:
        if source is not None:
            await self._put(outcome.settings, source, source.draft.text("name"))
            return
        bots = self._paper_bots(outcome.settings.kind)
        own = [bot for bot in bots if bot.bot_id == subject.bot_id]
        if not bots:
            words = tr("There is no bot of this kind on a paper account. Open the result as a new bot instead.")
            self._window.toasts.show("info", words)
            return
        bot_id = await choose_bot(self._window, own or bots)
        editor = await self._editors.edit(bot_id) if bot_id is not None else None
        if editor is not None:
            await self._put(outcome.settings, editor, editor.draft.text("name"))

    def _paper_bots(self, kind: str) -> list[BotView]:
        return [bot for bot in self._bridge.known.bots.values() if bot.kind == kind and bot.mode != "live"]

    async def _put(self, tested: Settings, editor: BotEditor, name: str) -> None:
        """Into the form, as one step that can be taken back; name and account stay the bot's own."""
        now = editor.picture.settings or (settings_of(editor.bot) if editor.bot is not None else None)
        changes = field_changes(now, tested) if now is not None else ()
        if now is not None and not changes:
            self._window.toasts.show("info", tr("{bot} has these settings already.").format(bot=name))
            return
        if not await agreed(self._window, name, changes):
            return
        draft = draft_from(tested)
        if draft is None:
            return
        self._window.open_document(editor, editor.title())
        editor.set_draft(_as(editor.draft, draft))
        words = tr("The tested settings are in the form. Nothing is saved or started.")
        toast = self._window.toasts.show("good", words, action=tr("Undo"))
        toast.action_requested.connect(editor.undo)


def _as(bot: Draft, tested: Draft) -> Draft:
    """The tested form under the bot's own name and account."""
    for path in ("name", "account"):
        tested = tested.with_text(path, bot.text(path))
    return tested
