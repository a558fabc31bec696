"""What the exchange said about the key, right by right, and whether the account can be set up with it."""

from __future__ import annotations

from datetime import tzinfo
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QVBoxLayout, QWidget

from desktop_app.gui import wording
from desktop_app.gui.connect.fact_list import FactList
from desktop_app.gui.connect.marks import Fact, clock_fact, facts_of, key_line
from desktop_app.gui.i18n import together, tr
from desktop_app.gui.notices import Banner, plain_label

if TYPE_CHECKING:
    from desktop_app.engine.views import AccountCheck


class ResultPage(QWidget):
    """Shows one check; a refused key leaves nothing behind, and says so."""

    help_requested = Signal(str)  # the key of a fact

    def __init__(self, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._shown: tuple[AccountCheck, str, Fact, int] | None = None
        self.banner = Banner()
        self.head = plain_label()
        self.head.setProperty("role", "title")
        self.facts = FactList()
        self.facts.action_requested.connect(self.help_requested)
        self.remind = QCheckBox()
        self.foot = plain_label()
        self.foot.setProperty("role", "muted")
        self._lay_out()

    @property
    def is_accepted(self) -> bool:
        return self._shown is not None and self._shown[0].verdict != "refused" and self._shown[0].reachable

    def show_check(self, check: AccountCheck, exchange: str, storage: Fact, now: int) -> None:
        """`exchange`: its name; `storage`: where the key will be kept."""
        self._shown = (check, exchange, storage, now)
        self._show()

    @property
    def wants_reminder(self) -> bool:
        return self.is_accepted and not self.remind.isHidden() and self.remind.isChecked()

    def forget(self) -> None:
        self._shown = None

    def _show(self) -> None:
        if self._shown is None:
            return
        check, exchange, storage, now = self._shown
        self.head.setText(key_line(exchange, check.tail, check.rights, now, self._zone))
        facts = [*facts_of(check.rights, now, self._zone), clock_fact(check.clock_offset_ms)]
        if check.verdict == "refused":
            self._say_refused(check)
            self.foot.setText("")
        else:
            facts.append(storage)
            self._say_warnings(check)
            self.foot.setText(tr("The account starts as Watch only. Trading is allowed later, as a step of its own."))
        is_loose = check.rights.ip_restricted is False
        self.facts.show_facts(facts, {"bound": tr("How to fix")} if is_loose else {})
        self.remind.setText(tr("Remind me in 7 days to bind the key to my address"))
        self.remind.setVisible(is_loose and self.is_accepted)

    def _say_refused(self, check: AccountCheck) -> None:
        if check.rights.withdraw:
            title = tr("This key can withdraw your coins.")
            text = tr("Create one without withdrawals and try again. Nothing was saved.")
        else:
            title = tr("This key cannot be used.")
            text = together(*(wording.sentence(said) for said in check.reasons), tr("Nothing was saved."))
        self.banner.say("error", title, text, is_closable=False)

    def _say_warnings(self, check: AccountCheck) -> None:
        if check.verdict == "ok":
            self.banner.say("good", tr("This key can read and trade, and nothing else."), is_closable=False)
            return
        text = together(*(wording.sentence(said) for said in check.reasons))
        self.banner.say("warning", tr("The key works. Look at these points."), text, is_closable=False)

    def _lay_out(self) -> None:
        card = QFrame()
        card.setProperty("card", True)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(14, 12, 14, 12)
        inside.setSpacing(10)
        inside.addWidget(self.head)
        inside.addWidget(self.facts)
        inside.addWidget(self.remind)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(10)
        column.addWidget(self.banner)
        column.addWidget(card)
        column.addWidget(self.foot)
        column.addStretch()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._show()
        super().changeEvent(event)
