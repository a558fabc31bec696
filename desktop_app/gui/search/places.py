"""What can be searched in the window: everything that the engine has told, the menus' commands, the settings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from desktop_app.gui import wording
from desktop_app.gui.i18n import tr
from desktop_app.gui.known import Known
from desktop_app.gui.search.finder import Entry, Kind

if TYPE_CHECKING:
    from desktop_app.engine.views import BotView, DealView

_MNEMONIC = re.compile(r"\(&\w\)|&")


def deals(known: Known, act: Callable[[DealView], object]) -> Iterator[Entry]:
    """Open ones first, the newest at the top."""
    views = sorted(known.deals.values(), key=lambda view: (view.deal.status.is_over, -view.deal.opened_at))
    for view in views:
        title = f"#{view.deal.number} {view.deal.symbol}"
        detail = f"{view.bot_name} · {_on(known, view.account)} · {wording.status_of(view.deal)}"
        yield Entry(Kind.DEAL, title, detail, partial(act, view))


def bots(known: Known, act: Callable[[BotView], object]) -> Iterator[Entry]:
    """The bots of the list; a smart trade is found by its deal."""
    for view in known.bots.values():
        if view.kind != "smart_trade":
            words = (wording.bot_kind(view.kind), _on(known, view.account), wording.bot_status(view.status))
            yield Entry(Kind.BOT, view.name, " · ".join(words), partial(act, view))


def pairs(known: Known, account: str, act: Callable[[str, str], object]) -> Iterator[Entry]:
    """Those of the account in view first, and of each account those in its usual currency."""
    for name in sorted(known.markets, key=lambda name: name != account):
        detail, usual = _on(known, name), known.quote(name)
        markets = known.markets[name].values()
        for market in sorted(markets, key=lambda market: market.quote != usual):
            yield Entry(Kind.PAIR, market.symbol, detail, partial(act, name, market.symbol))


def commands(bar: QMenuBar, panels: Mapping[QAction, Callable[[], object]], without: QAction) -> list[Entry]:
    """What the menus offer now. A panel is shown, never hidden: `panels` has what does so for its switch."""
    found = [
        (action, path) for action, path in _actions(bar.actions(), ()) if action.isEnabled() and action is not without
    ]
    own = {_bare(action.text()) for action, _ in found if action not in panels}
    return [
        Entry(
            Kind.COMMAND, _bare(action.text()), " › ".join(path), panels.get(action, action.trigger),
            keys=action.shortcut().toString(QKeySequence.SequenceFormat.NativeText),
        )
        for action, path in found
        if action not in panels or _bare(action.text()) not in own
    ]  # fmt: skip


def settings(names: Mapping[str, str], act: Callable[[str], object]) -> list[Entry]:
    return [Entry(Kind.SETTING, tr(words), tr("Settings"), partial(act, name)) for name, words in names.items()]


def _actions(actions: list[QAction], path: tuple[str, ...]) -> Iterator[tuple[QAction, tuple[str, ...]]]:
    for action in actions:
        menu = action.menu()
        if isinstance(menu, QMenu):
            yield from _actions(menu.actions(), (*path, _bare(action.text())))
        elif not action.isSeparator():
            yield action, path


def _bare(text: str) -> str:
    return _MNEMONIC.sub("", text)


def _on(known: Known, account: str) -> str:
    return f"{account} · {wording.mode_word(known.mode(account))}"
