"""Opens galleries and editors as documents of the window, and brings back what was not saved before a crash."""

import json
import secrets
from pathlib import Path

from PySide6.QtCore import QObject

from desktop_app.engine.views import BotView
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.editor.bot_editor import BotEditor
from desktop_app.gui.editor.draft import Draft
from desktop_app.gui.editor.drafts import DraftBox, DraftKeeper, KeptDraft
from desktop_app.gui.editor.gallery import NewBotGallery
from desktop_app.gui.editor.kinds import make_editor
from desktop_app.gui.editor.link import link_of
from desktop_app.gui.editor.opening import edit_bot
from desktop_app.gui.i18n import tr
from desktop_app.gui.main_window import MainWindow

MOST_OPEN = 20  # editors, before somebody else's drafts are turned away


class EditorBench(QObject):
    """One gallery at a time, one editor a bot."""

    def __init__(self, window: MainWindow, bridge: Bridge, drafts: Path) -> None:
        super().__init__(window)
        self._window, self._bridge = window, bridge
        self._box = DraftBox(drafts)
        self._gallery: NewBotGallery | None = None
        self._editors: list[BotEditor] = []
        window.new_bot_requested.connect(self.open_gallery)
        window.import_bot_requested.connect(self._import)
        window.edit_bot_requested.connect(self._edit)
        window.commands.signal_ways.triggered.connect(self._choose_ways)
        window.documents.document_closed.connect(self._closed)
        window.selection.changed.connect(self._selected)

    def open_gallery(self, kind: str = "") -> NewBotGallery:
        """The cards to begin from, on the account and pair that are selected; those of `kind` if it is named."""
        choice = self._window.selection.choice
        if self._gallery is None:
            self._gallery = NewBotGallery(
                link_of(self._bridge), choice.account, choice.symbol, zone=self._window.zone, bridge=self._bridge
            )
            self._gallery.editor_made.connect(self._made)
            self._gallery.market_wanted.connect(self._watch)
        self._gallery.show_kind(kind)
        self._window.open_document(self._gallery, tr("New bot"))
        return self._gallery

    def _import(self) -> None:
        self._bridge.spawn(self.open_gallery().import_file(), tr("importing a bot"))

    def open_text(self, name: str, text: str) -> BotEditor | None:
        """A bot file's text as a draft; what is wrong with it is listed on the cards, all of it. Nothing starts."""
        if len(self._editors) >= MOST_OPEN:  # a page may call a link again and again
            words = tr("{count} editors are open. {file} was not opened. Close some first.")
            self._window.toasts.show("warning", words.format(count=len(self._editors), file=name))
            return None
        editor = self.open_gallery().open_text(name, text)
        if editor is not None:
            words = tr("{file} is open as a draft. Nothing was started.")
            self._window.toasts.show("info", words.format(file=name))
        return editor

    def _choose_ways(self) -> None:
        if self._bridge.is_attached:
            self._bridge.spawn(self._ask_for_ways(), tr("choosing ways for signals"))

    async def _ask_for_ways(self) -> None:
        from desktop_app.gui.editor.signal.ways_sheet import choose_ways

        await choose_ways(link_of(self._bridge), self._window)

    def bring_back(self) -> None:
        """Open what was typed and not saved when the application ended last."""
        for kept in self._box.kept():
            self._bridge.spawn(self._bring_back(kept), tr("opening an unsaved bot"))

    async def _bring_back(self, kept: KeptDraft) -> None:
        self._box.drop(kept.key)
        link, zone = link_of(self._bridge), self._window.zone
        editor: BotEditor | None
        if kept.bot_id in self._bridge.known.bots:
            editor = await edit_bot(link, kept.bot_id, zone=zone, bridge=self._bridge)
            if editor is not None:
                editor.set_draft(kept.draft)
        else:
            editor = make_editor(link, kept.draft, is_unsaved=True, zone=zone, bridge=self._bridge)
        if editor is None:
            return
        self._open(editor)
        self._window.toasts.show("info", tr("Opened again what was not saved: {bot}.").format(bot=editor.title()))

    async def edit(self, bot_id: int) -> BotEditor | None:
        """The editor of a bot, brought to the front; None of a kind that has none. Raises Problem."""
        if not any(editor.bot_id == bot_id for editor in self._editors):
            await self._open_bot(bot_id)
        editor = next((editor for editor in self._editors if editor.bot_id == bot_id), None)
        if editor is not None:
            self._window.open_document(editor, editor.title())
        return editor

    def open_new(self, draft: Draft) -> BotEditor | None:
        """A new bot with this form, unsaved; None of a kind that has no editor."""
        link, zone = link_of(self._bridge), self._window.zone
        editor = make_editor(link, draft, is_unsaved=True, zone=zone, bridge=self._bridge)
        if editor is not None:
            self._open(editor)
        return editor

    def _made(self, editor: BotEditor) -> None:
        gallery, self._gallery = self._gallery, None
        self._open(editor)
        if gallery is not None:
            self._window.close_document(gallery)

    def _edit(self, bot_id: int) -> None:
        for editor in self._editors:
            if editor.bot_id == bot_id:
                self._window.open_document(editor, editor.title())
                return
        self._bridge.spawn(self._open_bot(bot_id), tr("opening a bot"))

    async def _open_bot(self, bot_id: int) -> None:
        view = self._bridge.known.bots.get(bot_id)
        source = mirrored_by(view) if view is not None else ""
        if view is not None and source:
            words = tr("{bot} mirrors {source}: it changes when {source} is changed.")
            self._window.toasts.show("info", words.format(bot=view.name, source=source))
            return
        if view is not None and view.kind == "python":
            await self._change_own(view)
            return
        editor = await edit_bot(link_of(self._bridge), bot_id, zone=self._window.zone, bridge=self._bridge)
        if editor is not None:
            self._open(editor)
            return
        view = self._bridge.known.bots.get(bot_id)
        words = tr("{bot} is of a kind that cannot be changed here. It can be changed as a file: strongroom bot edit.")
        self._window.toasts.show("warning", words.format(bot=view.name if view is not None else bot_id))

    async def _change_own(self, view: BotView) -> None:
        """A bot with a strategy of the user's own has a form that the strategy makes."""
        from desktop_app.gui.editor.own.flows import OwnFlows

        toasts = self._window.toasts
        flows = OwnFlows(self._window, link_of(self._bridge), toasts.show)
        await flows.change_bot(view)

    def _open(self, editor: BotEditor) -> None:
        window = self._window
        self._editors.append(editor)
        DraftKeeper(editor, self._box, secrets.token_hex(8))
        editor.title_changed.connect(lambda title: window.documents.rename(editor, title))
        editor.market_wanted.connect(self._watch)
        editor.started.connect(lambda bot_id: self._started(editor, bot_id))
        editor.close_requested.connect(lambda: window.close_document(editor))
        editor.backtest_requested.connect(window.commands.backtest.trigger)
        editor.optimise_requested.connect(window.commands.optimise.trigger)
        window.open_document(editor, editor.title())

    def _started(self, editor: BotEditor, bot_id: int) -> None:
        """The bot is at work: show it, on the chart it trades."""
        draft = editor.draft
        self._window.close_document(editor)
        self._window.selection.pick_bot(bot_id, draft.text("account"), editor.symbol)

    def _watch(self, account: str, symbol: str) -> None:
        if account and symbol:
            wish = self._bridge.wishes.watch(account, (symbol,), "editor")
            self._bridge.spawn(self._bridge.ask(wish), tr("reading prices"))

    def _closed(self, document: QObject) -> None:
        if document is self._gallery:
            self._gallery = None
        self._editors = [editor for editor in self._editors if editor is not document]

    def _selected(self) -> None:
        if self._gallery is not None:
            choice = self._window.selection.choice
            self._gallery.set_place(choice.account, choice.symbol)


def mirrored_by(view: BotView) -> str:
    """The bot that this one mirrors; empty if it mirrors none."""
    mirror = json.loads(view.settings_json).get("mirror")
    return str(mirror.get("of", "")) if isinstance(mirror, dict) else ""
