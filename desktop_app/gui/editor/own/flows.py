"""What a person does with strategies of their own: copy the example, look and trust, make a bot, change it."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol, cast

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from desktop_app.core.naming import free_name
from desktop_app.core.settings import Settings
from desktop_app.core.strategies.python_settings import PythonSettings
from desktop_app.engine.problem import Problem
from desktop_app.engine.views import BotView, StrategyView
from desktop_app.gui import dialogs, wording
from desktop_app.gui.dialogs import Question, asked
from desktop_app.gui.editor.link import EngineLink
from desktop_app.gui.editor.own.form import OwnForm, begin_with
from desktop_app.gui.i18n import tr
from desktop_app.gui.resources import resource_path
from desktop_app.own.process import Description

_MOST_SHOWN = 500_000

Tell = Callable[[Literal["info", "error"], str], object]


class OwnWishes(Protocol):
    """The part of the supervisor that this uses. Every call may raise Problem."""

    async def strategies(self) -> Sequence[StrategyView]: ...
    async def add_strategy(self, name: str, text: str) -> StrategyView: ...
    async def describe_strategy(self, name: str) -> Description: ...
    async def trust_strategy(self, name: str, digest: str) -> None: ...
    async def add_bot(self, source: str | Settings) -> int: ...
    async def edit_bot(self, bot: int | str, source: str | Settings, apply_to_open: bool = False) -> None: ...


class OwnFlows:
    """`tell` gets what was done, or what went wrong, in a sentence."""

    def __init__(self, parent: QWidget, link: EngineLink, tell: Tell) -> None:
        self._parent, self._link, self._tell = parent, link, tell
        self._wishes = cast(OwnWishes, link.wishes)

    async def views(self) -> Sequence[StrategyView]:
        try:
            return await self._link.ask(self._wishes.strategies())
        except Problem as problem:
            self._say(problem)
            return ()

    async def copy_example(self) -> None:
        """Put the example into the folder under a name that is free."""
        taken = {view.name for view in await self.views()}
        names = ("my_strategy.py", *(f"my_strategy_{number}.py" for number in range(2, len(taken) + 3)))
        name = next(name for name in names if name not in taken)
        text = await asyncio.to_thread(resource_path("strategies/example.py").read_text, encoding="utf-8")
        try:
            view = await self._link.ask(self._wishes.add_strategy(name, text))
            self._tell("info", tr("Copied to {path}. Open it in any editor.").format(path=view.path))
        except Problem as problem:
            self._say(problem)

    async def trust(self, name: str) -> None:
        """Show the file and what running it means; the consent is for what was shown."""
        view = next((view for view in await self.views() if view.name == name), None)
        if view is None:
            return
        try:
            text = await asyncio.to_thread(_text_of, Path(view.path))
        except (OSError, UnicodeDecodeError):
            return
        lines = [
            tr("Strongroom runs it in a process of its own, without your keys, and refuses it network, files and "
               "other programs. That is a fence, no sandbox: a file written with bad intent could still do whatever "
               "a program of yours can."),
            tr("Trust only what you wrote, or have read and understood. When the file changes, you are asked again."),
        ]  # fmt: skip
        title = tr("Run {file} when a bot asks it?").format(file=name)
        yes = tr("Trust this file")
        if not await dialogs.confirmed(self._parent, title, lines, yes=yes, no=tr("Do not run it"), body=_shown(text)):
            return
        try:
            digest = hashlib.sha256(text.encode()).hexdigest()
            await self._link.ask(self._wishes.trust_strategy(name, digest))
            self._tell("info", tr("{file} is trusted as it is now.").format(file=name))
        except Problem as problem:
            self._say(problem)

    async def make_bot(self, name: str, account: str, pair: str) -> None:
        """A new bot that asks the strategy, stopped."""
        stem = name.removesuffix(".py").replace("_", " ").strip().capitalize() or name
        taken = tuple(bot.name for bot in self._link.known.bots.values())
        begin = {"name": free_name(stem, taken), "account": account, "pairs": (pair,) if pair else ()}
        title = tr("A bot that asks {file}").format(file=name)
        settings = await self._filled(name, begin, title, tr("Add bot"))
        if settings is not None:
            await self._try(self._wishes.add_bot(settings), tr("Added {bot}, stopped.").format(bot=settings.name))

    async def take(self, settings: PythonSettings, account: str) -> None:
        """A bot file was opened: the same form, filled in from it."""
        taken = tuple(bot.name for bot in self._link.known.bots.values())
        begin = begin_with(settings) | {"name": free_name(settings.name, taken), "mirror": None}
        if settings.account not in self._link.known.accounts:
            begin["account"] = account
        made = await self._filled(
            settings.file, begin, tr("A bot that asks {file}").format(file=settings.file), tr("Add bot")
        )
        if made is not None:
            await self._try(self._wishes.add_bot(made), tr("Added {bot}, stopped.").format(bot=made.name))

    async def change_bot(self, view: BotView) -> None:
        """The same form for a bot that is there."""
        settings = PythonSettings.model_validate_json(view.settings_json)
        title = tr("Change {bot}").format(bot=view.name)
        changed = await self._filled(settings.file, begin_with(settings), title, tr("Save changes"))
        if changed is not None:
            wish = self._wishes.edit_bot(view.bot_id, changed)
            await self._try(wish, tr("Changed {bot}.").format(bot=changed.name))

    # --- inside

    async def _filled(self, file: str, begin: dict[str, Any], title: str, yes: str) -> Settings | None:
        try:
            described = await self._link.ask(self._wishes.describe_strategy(file))
        except Problem as problem:
            self._say(problem)
            return None
        form = OwnForm(file, described, tuple(self._link.known.accounts.values()), begin)
        dialog = Question(self._parent, title, (), body=form)
        dialog.add_safe(tr("Cancel"))
        button = dialog.add_answer("yes", yes)

        def refresh() -> None:
            read = form.read()
            button.setEnabled(read.settings is not None)
            button.setToolTip("; ".join(f"{one.place}: {one.reason}" for one in read.problems))

        form.changed.connect(refresh)
        refresh()
        return form.read().settings if await asked(dialog) == "yes" else None

    async def _try(self, wish: Any, done: str) -> None:
        try:
            await self._link.ask(wish)
            self._tell("info", done)
        except Problem as problem:
            self._say(problem)

    def _say(self, problem: Problem) -> None:
        self._tell("error", wording.problem_text(problem))


def _text_of(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(_MOST_SHOWN * 4).decode("utf-8-sig")


def _shown(text: str) -> QWidget:
    view = QPlainTextEdit(text)
    view.setReadOnly(True)
    view.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    view.setAccessibleName(tr("The file"))
    view.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    view.setMinimumSize(480, 220)
    return view
