"""Keeps what happened on accounts without this program until a person has said what it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop_app.core.said import Said
from desktop_app.gui.bridge import Bridge

if TYPE_CHECKING:
    from desktop_app.engine.news import ForeignNews
    from desktop_app.engine.views import AccountView, Evidence

_MOST_LINES = 500


@dataclass(frozen=True, slots=True)
class ForeignLine:
    """One thing that was seen; `evidence` where the engine could name it. `is_open`: nobody has explained it yet."""

    number: int
    account: str
    at: int
    said: Said
    evidence: Evidence | None = None
    is_open: bool = True


class ForeignWatch(QObject):
    changed = Signal()

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._count = 0
        self._frozen: frozenset[str] = frozenset()
        self.lines: list[ForeignLine] = []
        bridge.foreign_seen.connect(self._seen)
        bridge.reloaded.connect(self._reloaded)
        bridge.accounts_changed.connect(self._accounts_changed)

    def open_lines(self, account: str = "") -> list[ForeignLine]:
        """What still waits for a word, the newest first."""
        return [line for line in self.lines if line.is_open and account in ("", line.account)]

    def alarmed(self) -> list[str]:
        """Live accounts with something unexplained, the newest first; pretend money alarms nobody."""
        known = self._bridge.known
        names = dict.fromkeys(line.account for line in self.open_lines())
        return [name for name in names if known.mode(name) == "live"]

    # --- inside

    def _seen(self, news: Sequence[ForeignNews]) -> None:
        for one in news:
            if one.evidence:
                for evidence in one.evidence:
                    self._add(one.account, evidence.at or one.at, evidence.said, evidence)
            else:
                self._add(one.account, one.at, one.said, None)
        self.changed.emit()

    def _add(self, account: str, at: int, said: Said, evidence: Evidence | None) -> None:
        for line in self.lines:
            if line.is_open and (line.account, line.at, line.said) == (account, at, said):
                return
        self._count += 1
        self.lines.insert(0, ForeignLine(self._count, account, at, said, evidence))
        del self.lines[_MOST_LINES:]

    def _reloaded(self) -> None:
        """What was unexplained before this window was there is unexplained still."""
        accounts = list(self._bridge.known.accounts.values())
        self._note_frozen(accounts)
        for view in accounts:
            if view.mode == "live":
                self._bridge.spawn(self._read(view.name), "reading foreign activity")

    async def _read(self, account: str) -> None:
        evidence = await self._bridge.ask(self._bridge.wishes.foreign(account))
        for one in reversed(evidence):
            self._add(account, one.at, one.said, one)
        if evidence:
            self.changed.emit()

    def _accounts_changed(self, _views: object) -> None:
        """An account that was stopped and goes on was explained; one that is gone alarms nobody."""
        known = self._bridge.known.accounts
        before = self._frozen
        self._note_frozen(list(known.values()))
        over = {name for name in before if name not in self._frozen}
        over |= {line.account for line in self.lines if line.account not in known}
        if any(line.is_open and line.account in over for line in self.lines):
            self.lines = [replace(line, is_open=False) if line.account in over else line for line in self.lines]
            self.changed.emit()

    def _note_frozen(self, views: list[AccountView]) -> None:
        self._frozen = frozenset(view.name for view in views if view.frozen is not None)
