"""Bots out of the window as files, and bots made from bots: duplicated, or mirrored onto a further account."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop_app.config import write_atomically
from desktop_app.core.bot_file import read_settings, write_bot_file
from desktop_app.core.mirror import MIRRORED
from desktop_app.core.naming import free_name
from desktop_app.core.settings import Settings
from desktop_app.core.strategies import KINDS
from desktop_app.engine.documents import link_of
from desktop_app.engine.problem import Problem
from desktop_app.engine.views import AccountView, BotView
from desktop_app.gui import wording
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.dialogs import Question, asked
from desktop_app.gui.fields import DecimalEdit, LabeledField, Segmented
from desktop_app.gui.file_box import ask_save
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.notices import Toasts

AskSave = Callable[[QWidget, str], Coroutine[Any, Any, Path | None]]


class CopyFlows:
    """`ask_save` asks where a file is to be written; tests answer for the person."""

    def __init__(self, window: QWidget, bridge: Bridge, toasts: Toasts) -> None:
        self._window, self._bridge, self._toasts = window, bridge, toasts
        self.ask_save: AskSave = ask_save

    async def export(self, bot_ids: Sequence[int]) -> None:
        """Write each bot as a file; it holds settings only, never a key or a secret."""
        for bot_id in bot_ids:
            view = self._bridge.known.bots.get(bot_id)
            settings = settings_of(view) if view is not None else None
            if view is None or settings is None:
                continue
            path = await self.ask_save(self._window, view.name)
            if path is None:
                return
            try:
                await asyncio.to_thread(write_atomically, path, write_bot_file(settings).encode())
            except OSError as error:
                words = tr("The file was not written ({reason}). Choose another folder.")
                self._toasts.show("error", words.format(reason=error.strerror or str(error)), is_sticky=True)
                return
            self._toasts.show("info", tr("Exported to {file}.").format(file=path.name))

    def copy_link(self, bot_id: int) -> None:
        """A link that carries the bot's settings; whoever opens it gets a draft, and nothing starts there."""
        view = self._bridge.known.bots.get(bot_id)
        settings = settings_of(view) if view is not None else None
        if settings is None:
            return
        link = link_of(write_bot_file(settings))
        if link is None:
            self._toasts.show(
                "warning", tr("{bot} is too long for a link. Export it as a file.").format(bot=settings.name)
            )
            return
        QGuiApplication.clipboard().setText(link)
        words = tr("The link to {bot} is on the clipboard. It holds settings, no key; it opens as a draft.")
        self._toasts.show("good", words.format(bot=settings.name))

    async def duplicate(self, bot_id: int) -> None:
        """Add the same bot once more, stopped, perhaps on another account."""
        view = self._bridge.known.bots.get(bot_id)
        settings = settings_of(view) if view is not None else None
        if view is None or settings is None:
            return
        form = CopyForm(free_name(view.name, self._names()), tuple(self._bridge.known.accounts.values()), view.account)
        title = tr("Duplicate {bot}?").format(bot=view.name)
        lines = [tr("The copy has the same settings and is stopped until you start it. No deal is copied.")]
        answer = await self._asked(form, title, lines, tr("Duplicate bot"))
        if answer is None:
            return
        data = settings.model_dump(mode="json") | {"name": answer.name, "account": answer.account, "mirror": None}
        copy = read_settings(settings.kind, data)
        if copy.settings is None:
            reasons = "; ".join(f"{one.place} {one.reason}" for one in copy.problems)
            self._toasts.show("error", tr("{bot}: {problem}").format(bot=view.name, problem=reasons), is_sticky=True)
            return
        done = tr("Added {bot} on {account}, stopped.").format(bot=answer.name, account=answer.account)
        await self._try(view, self._bridge.wishes.add_bot(copy.settings), done)

    async def mirror(self, bot_id: int) -> None:
        """Add a bot on a further account that keeps step with this one."""
        view = self._bridge.known.bots.get(bot_id)
        if view is None:
            return
        others = tuple(one for one in self._bridge.known.accounts.values() if one.name != view.account)
        if view.kind not in MIRRORED or not others:
            words = tr("Mirroring needs another account. Connect one first.")
            if others:
                words = tr("A bot of this kind cannot be mirrored. Duplicate it onto the other account instead.")
            self._toasts.show("warning", words)
            return
        form = CopyForm(free_name(view.name, self._names()), others, others[0].name, has_size=True)
        lines = [
            tr("The mirror starts, stops and changes together with {bot}.").format(bot=view.name),
            tr("A deal begins when one of {bot} begins; it ends by its own orders, at its own prices.").format(
                bot=view.name
            ),
        ]
        title = tr("Mirror {bot} onto another account?").format(bot=view.name)
        answer = await self._asked(form, title, lines, tr("Add mirror"))
        if answer is not None:
            wish = self._bridge.wishes.mirror_bot(view.bot_id, answer.account, answer.name, answer.percent)
            done = tr("Added {bot} on {account}, stopped. It starts when {source} is started.")
            values = {"bot": answer.name, "account": answer.account, "source": view.name}
            await self._try(view, wish, done.format(**values))

    # --- inside

    def _names(self) -> tuple[str, ...]:
        return tuple(view.name for view in self._bridge.known.bots.values())

    async def _asked(self, form: "CopyForm", title: str, lines: Sequence[str], yes: str) -> "Copy | None":
        dialog = Question(self._window, title, lines, body=form)
        dialog.add_safe(tr("Cancel"))
        button: QPushButton = dialog.add_answer("yes", yes, is_default=True)

        def refresh() -> None:
            button.setEnabled(form.is_possible(self._names()))

        form.changed.connect(refresh)
        refresh()
        return form.copy() if await asked(dialog) == "yes" else None

    async def _try(self, view: BotView, wish: Coroutine[Any, Any, int], done: str) -> None:
        try:
            await self._bridge.ask(wish)
        except Problem as problem:
            text = tr("{bot}: {problem}").format(bot=view.name, problem=wording.problem_text(problem))
            self._toasts.show("error", text, is_sticky=True)
        else:
            self._toasts.show("info", done)


@dataclass(frozen=True, slots=True)
class Copy:
    """What the form says. `percent`: of the source's sizes; None is by the balances."""

    name: str
    account: str
    percent: Decimal | None = None


class CopyForm(QWidget):
    """The name and the account of a copy; of a mirror also its size."""

    changed = Signal()

    def __init__(self, name: str, accounts: Sequence[AccountView], account: str, *, has_size: bool = False) -> None:
        super().__init__()
        self.name = QLineEdit(name)
        self.account = QComboBox()
        for view in accounts:
            self.account.addItem(f"{view.name} · {wording.mode_word(view.mode)}", view.name)
        self.account.setCurrentIndex(max(0, self.account.findData(account)))
        self.scale = Segmented([("balance", tr_later("By the balances")), ("percent", tr_later("In percent"))])
        self.percent = DecimalEdit("%", step=Decimal(5))
        self.percent.set_value(Decimal(100))
        self._size = LabeledField(tr_later("Its orders beside the source's"), self.scale)
        self._percent = LabeledField(tr_later("Percent of the source's orders"), self.percent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(LabeledField(tr_later("Name"), self.name))
        column.addWidget(LabeledField(tr_later("Account"), self.account))
        column.addWidget(self._size)
        column.addWidget(self._percent)
        self._size.setVisible(has_size)
        self._show_size()
        self.name.textChanged.connect(self.changed)
        self.account.currentIndexChanged.connect(self.changed)
        self.percent.textChanged.connect(self.changed)
        self.scale.changed.connect(self._show_size)

    def is_possible(self, taken: Sequence[str]) -> bool:
        has_percent = self.scale.value != "percent" or (self.percent.value is not None and self.percent.value > 0)
        return bool(self.name.text().strip()) and self.name.text().strip() not in taken and has_percent

    def copy(self) -> Copy:
        percent = self.percent.value if self.scale.value == "percent" else None
        return Copy(self.name.text().strip(), str(self.account.currentData()), percent)

    def _show_size(self, *_: object) -> None:
        self._percent.setVisible(not self._size.isHidden() and self.scale.value == "percent")
        self.changed.emit()


def settings_of(view: BotView) -> Settings | None:
    """The bot's settings as its kind reads them; None for a kind that this version does not know."""
    kind = KINDS.get(view.kind)
    return kind.settings.model_validate_json(view.settings_json) if kind is not None else None
