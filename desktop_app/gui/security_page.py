"""The security centre: where keys are kept, what each may do, what happened without us, and what was checked."""

from __future__ import annotations

import os
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop_app.gui import account_words, fmt, wording
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.connect.clock import now_ms
from desktop_app.gui.connect.fact_list import FactList
from desktop_app.gui.connect.marks import Fact, Mark, clock_fact
from desktop_app.gui.connect.storage_box import keyring_fact
from desktop_app.gui.foreign_watch import ForeignLine, ForeignWatch
from desktop_app.gui.i18n import together, tr, tr_later
from desktop_app.gui.icons import icon
from desktop_app.gui.models import Column, RowsModel
from desktop_app.gui.notices import plain_label
from desktop_app.gui.panels.accounts_box import AccountsBox
from desktop_app.gui.status_bar import SECURITY
from desktop_app.gui.tables import DataTable

if TYPE_CHECKING:
    from desktop_app.engine.views import KeyringView

_OTHERS = 0o077
_ACCOUNT_ROWS, _FOREIGN_ROWS = 6, 5
_ROOM_FOR_BUTTONS = 1_000


def foreign_columns(zone: tzinfo) -> tuple[Column[ForeignLine], ...]:
    def mark(line: ForeignLine) -> str | None:
        return "error" if line.is_open else "muted"

    return (
        Column("time", tr_later("Time"), lambda line: fmt.moment(line.at or None, zone), sort=lambda line: line.at,
               width=19, colour=mark,
               icon=lambda line: icon("warning", "error") if line.is_open else icon("check", "muted")),
        Column("account", tr_later("Account"), lambda line: line.account, width=16, colour=mark),
        Column("what", tr_later("What happened"), lambda line: wording.sentence(line.said), width=70,
               tooltip=lambda line: wording.sentence(line.said)),
        Column("pair", tr_later("Pair"), lambda line: line.evidence.symbol if line.evidence is not None else "",
               width=12),
        Column("order", tr_later("Order at the exchange"),
               lambda line: line.evidence.exchange_id if line.evidence is not None else "", width=18),
        Column("said", tr_later("You said"), lambda line: "" if line.is_open else tr("It was me"), width=10),
    )  # fmt: skip


class SecurityPage(QWidget):
    """A document. It reads the keyring when it is opened and when it is told to test it."""

    panic_requested = Signal()
    acknowledge_requested = Signal(str)

    def __init__(
        self, bridge: Bridge, foreign: ForeignWatch, zone: tzinfo, folder: Path, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(SECURITY)
        self._bridge, self._foreign, self._zone, self._folder = bridge, foreign, zone, folder
        self.keyring: KeyringView | None = None
        self._tested_at = 0
        self.keyring_line = FactList()
        self.test, self.panic = QPushButton(), QPushButton()
        self.box = AccountsBox(bridge, zone, self)
        self.model: RowsModel[ForeignLine] = RowsModel(lambda line: str(line.number), foreign_columns(zone), self)
        self.table = DataTable(self.model, tr_later("Foreign activity"), self)
        self.table.setSelectionMode(DataTable.SelectionMode.SingleSelection)
        self.mine, self.page = QPushButton(), QPushButton()
        self._advice = plain_label()
        self.checks = FactList()
        self._titles = tuple(QLabel() for _ in range(3))
        self._lay_out()
        self._connect()
        self.retranslate()
        bridge.spawn(self._read_keyring(), tr("reading the keyring"))

    def retranslate(self) -> None:
        words = (
            tr("Accounts and their keys"), tr("Foreign activity: what happened on your accounts without this app"),
            tr("Checks"),
        )  # fmt: skip
        for label, text in zip(self._titles, words, strict=True):
            label.setText(text)
        self.test.setText(tr("Test now"))
        self.test.setToolTip(tr("Writes, reads and deletes something of no value in the keyring"))
        self.panic.setText(tr("PANIC…"))
        self.mine.setText(tr("It was me"))
        self.page.setText(tr("Open the exchange's API page"))
        self.table.set_empty(tr("Nothing happened on your live accounts that this app did not do."))
        self.refresh()

    def refresh(self, *_: object) -> None:
        fact = keyring_fact(self.keyring)
        if self._tested_at:
            note = tr("{note} Last test {clock}.").format(note=fact.note, clock=fmt.clock(self._tested_at, self._zone))
            fact = Fact(fact.key, fact.mark, fact.text, note)
        self.keyring_line.show_facts([fact])
        self.model.replace(self._foreign.lines)
        self.checks.show_facts(self._checks())
        self._show_possible()

    # --- inside

    async def _read_keyring(self, *, is_test: bool = False) -> None:
        wishes = self._bridge.wishes
        self.test.setEnabled(False)
        try:
            self.keyring = await self._bridge.ask(wishes.test_keyring() if is_test else wishes.keyring())
        finally:
            if isValid(self):
                self.test.setEnabled(True)
        if not isValid(self):  # closed before the answer came
            return
        if is_test:
            self._tested_at = now_ms()
        self.refresh()

    def _test(self) -> None:
        self._bridge.spawn(self._read_keyring(is_test=True), tr("testing the keyring"))

    def _checks(self) -> list[Fact]:
        facts = [_folder_fact(self._folder)]
        for view in self._bridge.known.accounts.values():
            if not account_words.has_key(view):
                continue
            clock = clock_fact(view.clock_offset_ms)
            facts.append(Fact(clock.key, clock.mark, f"{view.name} · {clock.text}", clock.note))
            if view.reasons:
                mark: Mark = "no" if view.verdict == "refused" else "warning"
                words = together(*(wording.sentence(said) for said in view.reasons))
                facts.append(Fact("rights", mark, f"{view.name} · " + tr("rights of the key"), words))
        return facts

    @property
    def _line(self) -> ForeignLine | None:
        chosen = self.model.row_by_id(self.table.current_id()) if self.table.current_id() else None
        return chosen or next(iter(self._foreign.open_lines()), None)

    def _show_possible(self, *_: object) -> None:
        line = self._line
        self.mine.setEnabled(line is not None and line.is_open)
        self.page.setEnabled(line is not None)
        exchange = ""
        if line is not None and line.account in self._bridge.known.accounts:
            exchange = account_words.exchange_name(self._bridge.known.accounts[line.account].exchange)
        is_open = line is not None and line.is_open
        self._advice.setVisible(is_open)
        words = tr("If it was not you: delete the key at {exchange} now. This app cannot do that for you.")
        self._advice.setText(words.format(exchange=exchange))

    def _say_mine(self) -> None:
        if self._line is not None:
            self.acknowledge_requested.emit(self._line.account)

    def _open_page(self) -> None:
        if self._line is not None:
            self.box.page_requested.emit(self._line.account)

    def _connect(self) -> None:
        self.test.clicked.connect(self._test)
        self.panic.clicked.connect(self.panic_requested)
        self.mine.clicked.connect(self._say_mine)
        self.page.clicked.connect(self._open_page)
        self.table.row_selected.connect(self._show_possible)
        self._foreign.changed.connect(self.refresh)
        self._bridge.accounts_changed.connect(self.refresh)
        self._bridge.reloaded.connect(self.refresh)

    def _lay_out(self) -> None:
        self.panic.setProperty("danger", True)
        self._advice.setProperty("role", "problem")
        line = self.fontMetrics().height() + 6
        self.box.setMinimumHeight(line * _ACCOUNT_ROWS + 60)
        self.table.setMinimumHeight(line * _FOREIGN_ROWS)
        for label in self._titles:
            label.setProperty("role", "title")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.keyring_line, 1)
        head.addWidget(self.test, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.panic, 0, Qt.AlignmentFlag.AlignTop)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._advice, 1)
        foot.addStretch()
        foot.addWidget(self.page)
        foot.addWidget(self.mine)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(8)
        column.addLayout(head)
        parts: tuple[tuple[QLabel, QWidget], ...] = tuple(
            zip(self._titles, (self.box, self.table, self.checks), strict=True)
        )
        for at, (title, part) in enumerate(parts):
            column.addSpacing(8)
            column.addWidget(title)
            column.addWidget(part, 2 - at if at < 2 else 0)
            if part is self.table:
                column.addLayout(foot)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.box.set_narrow(event.size().width() < _ROOM_FOR_BUTTONS)
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def _folder_fact(folder: Path) -> Fact:
    """Whether others on this computer can look into the data folder, where the system can tell."""
    text = tr("Data folder readable only by you")
    try:
        mode = folder.stat().st_mode
    except OSError:
        return Fact("folder", "unknown", text, tr("The folder cannot be looked at."))
    if os.name != "posix":
        return Fact("folder", "unknown", text, tr("This system keeps it in your own profile."))
    if mode & _OTHERS:
        return Fact("folder", "warning", tr("Others on this computer can read the data folder"), str(folder))
    return Fact("folder", "yes", text, tr("It holds no key in any case."))
