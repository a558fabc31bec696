"""Connects an exchange: choose it, hand over a key, read what it may do, finish. Nothing is kept before that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop_app.core.capability import Capability
from desktop_app.core.credentials import Credentials
from desktop_app.core.rights import Rights
from desktop_app.gui import wording
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.connect.choose_page import ChoosePage
from desktop_app.gui.connect.clock import now_ms
from desktop_app.gui.connect.frame import DialogFoot, DialogHead
from desktop_app.gui.connect.key_page import KeyPage
from desktop_app.gui.connect.paper_page import PaperPage
from desktop_app.gui.connect.places import KEYRING_HELP, open_page, place_of
from desktop_app.gui.connect.result_page import ResultPage
from desktop_app.gui.i18n import together, tr
from desktop_app.gui.notices import BadgeKind, Banner

if TYPE_CHECKING:
    from desktop_app.engine.views import AccountCheck, AccountView, KeyringView

CHOOSE, KEY, RESULT, PAPER = range(4)
UNTOLD_RIGHTS = Rights()  # of a key that was not even taken there
_SMALLEST = (560, 380)
_FIRST_SIZE = (700, 660)


class ConnectDialog(QDialog):
    """`replaces`: only the key of this account is asked for, checked and put in place of the old one."""

    connected = Signal(str)  # the account's name

    def __init__(
        self, bridge: Bridge, zone: tzinfo, parent: QWidget | None = None, *, replaces: AccountView | None = None,
        now: Callable[[], int] = now_ms,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setObjectName("dialog.connect")
        self._bridge, self._now, self._replaces = bridge, now, replaces
        self._keyring: KeyringView | None = None
        self._credentials: Credentials | None = None
        self._work: asyncio.Task[Any] | None = None
        self.head = DialogHead()
        self.foot = DialogFoot()
        self.choose, self.key, self.outcome, self.paper = ChoosePage(), KeyPage(), ResultPage(zone), PaperPage()
        self.pages = QStackedWidget()
        self._lay_out()
        self._connect()
        self.setMinimumSize(*_SMALLEST)
        self.resize(*_FIRST_SIZE)
        self._turn_to(CHOOSE)
        self._bridge.spawn(self._load(), tr("reading the list of exchanges"))

    # --- what the engine answers

    async def _load(self) -> None:
        """The exchanges at once; the keyring may have to ask its owner first."""
        exchanges = await self._bridge.ask(self._bridge.wishes.exchanges())
        if not isValid(self):  # closed before the answer came
            return
        self.choose.show_exchanges(exchanges)
        if self._replaces is not None:
            self._ask_for_key(self._known(self._replaces.exchange))
        self._look_for_keyring()

    def _look_for_keyring(self) -> None:
        self._bridge.spawn(self._read_keyring(), tr("reading the keyring"))

    async def _read_keyring(self, *, is_asked: bool = False) -> None:
        wishes = self._bridge.wishes
        self.key.storage.show_keyring(None)
        self._keyring = await self._bridge.ask(wishes.test_keyring() if is_asked else wishes.keyring())
        if isValid(self):
            self.key.storage.show_keyring(self._keyring)

    async def _check(self, exchange: Capability, credentials: Credentials) -> None:
        from desktop_app.engine.problem import Problem

        try:
            check = await self._bridge.ask(self._bridge.wishes.check_key(exchange.id, self._config(), credentials))
        except Problem as problem:
            self._complain(self.key.problem, problem, tr("Nothing was saved."))
            return
        finally:
            self._set_busy("")
        if not check.reachable:
            title = tr("{exchange} did not answer.").format(exchange=exchange.name)
            reasons = " ".join(wording.sentence(said) for said in check.reasons)
            text = tr("The key was not checked and nothing was saved. Try again in a moment.")
            self.key.problem.say("error", title, text, details=reasons)
            return
        if check.verdict == "refused" and check.rights == UNTOLD_RIGHTS:
            reasons = together(*(wording.sentence(said) for said in check.reasons))
            self.key.problem.say("error", reasons or tr("This key cannot be used."), tr("Nothing was saved."))
            return
        self._show_result(exchange, check, credentials)

    def _show_result(self, exchange: Capability, check: AccountCheck, credentials: Credentials) -> None:
        self.outcome.show_check(check, exchange.name, self.key.storage.fact(), self._now())
        is_accepted = self.outcome.is_accepted
        self._credentials = credentials if is_accepted else None
        if not is_accepted:
            self.key.wipe()
        self._turn_to(RESULT)

    async def _finish(self) -> None:
        from desktop_app.engine.problem import Problem

        wishes, exchange, credentials = self._bridge.wishes, self.choose.exchange, self._credentials
        wish: Coroutine[Any, Any, object]
        if self._replaces is not None and credentials is not None:
            name = self._replaces.name
            wish = wishes.replace_key(name, credentials, session_only=self.key.storage.session_only)
        elif exchange is None:
            return
        elif self.choose.is_paper:
            name = self.paper.account
            wish = wishes.add_account(
                name, exchange.id, is_paper=True, config={"balance": list(self.paper.balance), **self._config()}
            )
        else:
            name = self.key.account
            wish = wishes.add_account(
                name, exchange.id, config=self._config(), credentials=credentials,
                session_only=self.key.storage.session_only,
            )  # fmt: skip
        try:
            await self._bridge.ask(wish)
        except Problem as problem:
            self._complain(self._banner_in_view(), problem, "")
            return
        finally:
            self._set_busy("")
        if credentials is not None and self.outcome.wants_reminder:
            self._bridge.spawn(self._bridge.ask(wishes.remind_of_key(name)))
        self._forget()
        self.connected.emit(name)
        self.accept()

    # --- buttons

    def _forward(self) -> None:
        if self._work is not None:
            self._work.cancel()
            return
        match self.pages.currentIndex():
            case 0:
                self._leave_choice()
            case 1:
                self._start_check()
            case _:
                self._set_busy(tr("Setting up the account…"), may_stop=False)
                self._work = self._bridge.spawn(self._finish(), tr("adding the account"))

    def _back(self) -> None:
        page = self.pages.currentIndex()
        self._turn_to(KEY if page == RESULT else CHOOSE)

    def _use_another(self) -> None:
        self._forget()
        self._turn_to(KEY)

    def _leave_choice(self) -> None:
        exchange = self.choose.exchange
        if exchange is None or not self.choose.is_possible:
            return
        if self.choose.is_paper:
            self.paper.show_exchange(
                exchange.name, label=self._free_name(exchange.name, tr("paper")), taken=self._names()
            )
            self._turn_to(PAPER)
        else:
            self._ask_for_key(exchange)

    def _ask_for_key(self, exchange: Capability | None) -> None:
        if exchange is None:
            return
        self.choose.pick(exchange.id)
        label = self._free_name(exchange.name, tr("main"))
        self.key.show_exchange(
            exchange.name, place_of(exchange.id), needs_password=exchange.needs_password, label=label,
            taken=self._names(),
        )  # fmt: skip
        if self._replaces is not None:
            self.key.fix_label(self._replaces.name)
        self._turn_to(KEY)

    def _start_check(self) -> None:
        exchange, credentials = self.choose.exchange, self.key.credentials()
        if exchange is None or credentials is None:
            return
        self.key.problem.hide()
        self._set_busy(tr("Asking {exchange} what this key may do…").format(exchange=exchange.name))
        self._work = self._bridge.spawn(self._check(exchange, credentials), tr("checking the key"))

    def _to_paper(self) -> None:
        self.choose.kind.set_value("paper")
        self._leave_choice()

    # --- looks

    def _turn_to(self, page: int) -> None:
        self.pages.setCurrentIndex(page)
        self._refresh()
        if page == CHOOSE:
            self.choose.search.setFocus()
        elif page == KEY:
            self.key.api_key.line.setFocus()

    def _refresh(self, *_: object) -> None:
        page = self.pages.currentIndex()
        name = self.choose.exchange.name if self.choose.exchange is not None else ""
        title, subtitle = self._words_of(page, name)
        self.setWindowTitle(title)
        area = self.pages.widget(page)
        assert area is not None
        area.setAccessibleName(title)
        count = 2 if page == PAPER or self.choose.is_paper else 3
        self.head.show_words(title, subtitle, f"{2 if page == PAPER else page + 1} / {count}", self._badge())
        self.foot.back.setVisible(page != CHOOSE and not (page == KEY and self._replaces is not None))
        self.foot.other.setVisible(page == RESULT)
        if self._work is None:
            self.foot.show_forward(self._forward_words(page), is_enabled=self._may_go_on(page))

    def _words_of(self, page: int, name: str) -> tuple[str, str]:
        if self._replaces is not None and page == KEY:
            text = tr("The old key stays in use until the new one was checked.")
            return tr("Replace the key of {account}").format(account=self._replaces.name), text
        match page:
            case 0:
                return tr("Connect an exchange"), tr("Your keys stay on this computer. There is no server of ours.")
            case 1:
                return tr("Connect {exchange}").format(exchange=name), tr("Make a key that can trade and nothing else.")
            case 2:
                return tr("What this key may do"), tr("As {exchange} tells it.").format(exchange=name)
        return tr("Paper money on {exchange}").format(exchange=name), tr("No key, no risk: only the prices are real.")

    def _badge(self) -> BadgeKind:
        return "paper" if self.choose.is_paper else "live"

    def _forward_words(self, page: int) -> str:
        if page == RESULT:
            return tr("Replace key") if self._replaces is not None else tr("Finish")
        return (tr("Next"), tr("Check key"), "", tr("Add paper account"))[page]

    def _may_go_on(self, page: int) -> bool:
        match page:
            case 0:
                return self.choose.is_possible
            case 1:
                return self.key.is_ready
            case 2:
                return self.outcome.is_accepted
        return self.paper.is_ready

    def _set_busy(self, words: str, *, may_stop: bool = True) -> None:
        """While something is asked, the button that started it ends it; what writes goes on to its end."""
        self._work = None
        for page in (self.key, self.paper):
            page.set_busy(bool(words))
        self.foot.show_busy(words)
        if words:
            self.foot.show_forward(tr("Stop") if may_stop else self.foot.forward.text(), is_enabled=may_stop)
        else:
            self._refresh()
        for button in (self.foot.back, self.foot.other):
            button.setEnabled(not words)
        self.foot.cancel.setEnabled(may_stop)

    def _complain(self, banner: Banner, problem: Exception, tail: str) -> None:
        banner.say("error", wording.problem_text(problem), tail)

    def _banner_in_view(self) -> Banner:
        banners = {PAPER: self.paper.problem, RESULT: self.outcome.banner}
        return banners.get(self.pages.currentIndex(), self.key.problem)

    # --- small

    def _config(self) -> dict[str, Any]:
        if self._replaces is not None:
            return {"rest_url": self._replaces.address} if self._replaces.address else {}
        return dict(self.paper.address.config if self.choose.is_paper else self.key.address.config)

    def _known(self, exchange: str) -> Capability | None:
        return self.choose.model.row_by_id(exchange)

    def _names(self) -> frozenset[str]:
        return frozenset(self._bridge.known.accounts)

    def _free_name(self, exchange: str, what: str) -> str:
        wish, taken, number = f"{exchange} {what}", self._names(), 2
        while wish in taken:
            wish, number = f"{exchange} {what} {number}", number + 1
        return wish

    def _forget(self) -> None:
        """The key leaves this dialog for good."""
        self._credentials = None
        self.key.wipe()

    def done(self, result: int) -> None:
        """However it ends: what was being asked is given up, the key is forgotten."""
        if self._work is not None:
            self._work.cancel()
        self._forget()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._forget()
        super().closeEvent(event)

    def _lay_out(self) -> None:
        for page in (self.choose, self.key, self.outcome, self.paper):
            self.pages.addWidget(page if page is self.choose else _scrolled(page))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 18)
        column.setSpacing(14)
        column.addWidget(self.head)
        column.addWidget(self.pages, 1)
        column.addWidget(self.foot)

    def _connect(self) -> None:
        self.foot.forward.clicked.connect(self._forward)
        self.foot.back.clicked.connect(self._back)
        self.foot.cancel.clicked.connect(self.reject)
        self.foot.other.clicked.connect(self._use_another)
        self.choose.chosen.connect(self._forward)
        self.choose.chosen_changed.connect(self._refresh)
        self.key.ready_changed.connect(self._refresh)
        self.paper.ready_changed.connect(self._refresh)
        self.key.steps.page_requested.connect(open_page)
        self.outcome.help_requested.connect(self._open_key_page)
        storage = self.key.storage
        storage.unlock_requested.connect(
            lambda: self._bridge.spawn(self._read_keyring(is_asked=True), tr("unlocking the keyring"))
        )
        storage.help_requested.connect(lambda: open_page(KEYRING_HELP))
        storage.paper_requested.connect(self._to_paper)

    def _open_key_page(self) -> None:
        place = place_of(self.choose.exchange.id) if self.choose.exchange is not None else None
        if place is not None:
            open_page(place.key_page)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._refresh()
        super().changeEvent(event)


def _scrolled(page: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidget(page)
    return area
