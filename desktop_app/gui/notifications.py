"""Which news are worth a toast, and how many of one kind become one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop_app.gui import fmt, wording
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.i18n import tr
from desktop_app.gui.notices import Toasts

if TYPE_CHECKING:
    from desktop_app.core.said import Said
    from desktop_app.engine.news import ForeignNews, LogNews, ReconciledNews
    from desktop_app.engine.views import AccountView, DealView

_MOST_OF_A_KIND = 3  # in one batch
_REMIND_DAYS = (1, 3, 7)
_ASKED_FOR = 0  # in place of days
_MOST_REMEMBERED = 1_000


class Notifications(QObject):
    def __init__(self, bridge: Bridge, toasts: Toasts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._toasts = bridge, toasts
        self._closed: dict[str, None] = {}
        self._reminded: set[tuple[str, int]] = set()  # account, days
        bridge.deals_changed.connect(self._deals_changed)
        bridge.log_added.connect(self._logged)
        bridge.foreign_seen.connect(self._foreign)
        bridge.reconciled.connect(self._reconciled)
        bridge.failed.connect(self._failed)
        bridge.accounts_changed.connect(self._keys_checked)
        bridge.reloaded.connect(lambda: self._keys_checked(list(bridge.known.accounts.values())))

    def _deals_changed(self, views: Sequence[DealView]) -> None:
        over = [view for view in views if view.deal.status.is_over and view.deal_id not in self._closed]
        self._closed.update((view.deal_id, None) for view in over)
        while len(self._closed) > _MOST_REMEMBERED:
            del self._closed[next(iter(self._closed))]
        if len(over) > _MOST_OF_A_KIND:
            self._toasts.show("info", tr("{count} deals closed.").format(count=len(over)))
            return
        for view in over:
            if view.deal_id in self._bridge.known.handed_over:
                continue  # a smart trade goes on with it, and that has been told
            self._toasts.show("info" if view.deal.profit < 0 else "good", closed_sentence(view))

    def _logged(self, lines: Sequence[LogNews]) -> None:
        bad = [line for line in lines if line.level == "error"]
        for line in bad[:_MOST_OF_A_KIND]:
            self._toasts.show("error", f"{line.bot} {wording.sentence(line.said)}".strip(), is_sticky=True)
        if len(bad) > _MOST_OF_A_KIND:
            text = tr("{count} more problems. The log has them all.").format(count=len(bad) - _MOST_OF_A_KIND)
            self._toasts.show("error", text)

    def _keys_checked(self, views: Sequence[AccountView]) -> None:
        """A key that ends soon is told of a week, three days and a day before, once in a run each."""
        for view in views:
            for said in view.reasons:
                if said.code == "key_reminder":
                    self._remind(view, said)
                if said.code != "key_expires_soon":
                    continue
                days = int(said["days"])
                mark = (view.name, next(limit for limit in _REMIND_DAYS if days <= limit) if days <= 7 else days)
                if mark not in self._reminded:
                    self._reminded.add(mark)
                    text = tr("{account}: {problem}").format(account=view.name, problem=wording.sentence(said))
                    self._toasts.show("warning", text, is_sticky=True)

    def _remind(self, view: AccountView, said: Said) -> None:
        """Once in a run of a key that a person wanted to be reminded of, until it is bound or put off again."""
        if (view.name, _ASKED_FOR) in self._reminded:
            return
        self._reminded.add((view.name, _ASKED_FOR))
        text = tr("{account}: {problem}").format(account=view.name, problem=wording.sentence(said))
        toast = self._toasts.show("warning", text, action=tr("Remind me in 7 days"), is_sticky=True)
        toast.action_requested.connect(lambda: self._put_off(view.name))

    def _put_off(self, account: str) -> None:
        self._reminded.discard((account, _ASKED_FOR))
        self._bridge.spawn(self._bridge.ask(self._bridge.wishes.remind_of_key(account)))

    def _foreign(self, news: Sequence[ForeignNews]) -> None:
        """A live account has a banner for it that stays."""
        quiet = [one for one in news if self._bridge.known.mode(one.account) != "live"]
        for one in quiet[:_MOST_OF_A_KIND]:
            self._toasts.show("error", wording.sentence(one.said), is_sticky=True)

    def _reconciled(self, news: Sequence[ReconciledNews]) -> None:
        for one in news:
            # After a long absence (`since` tells since when) a card lists every change.
            is_on_the_card = one.cause in ("start", "wake") and one.since > 0 and bool(one.changes)
            if (one.differences or one.fills) and not is_on_the_card:
                text = tr("Compared with {account}: {differences} orders had changed, {fills} new fills.")
                self._toasts.show(
                    "info", text.format(account=one.account, differences=one.differences, fills=one.fills)
                )  # fmt: skip

    def _failed(self, error: BaseException, doing: str) -> None:
        text = wording.problem_text(error)
        if doing:
            text = tr("{doing}: {problem}").format(doing=doing, problem=text)
        self._toasts.show("error", text, is_sticky=True)


def closed_sentence(view: DealView) -> str:
    """ "BTC starter: deal #12 closed (take profit reached), +0.67 USDT after fees (paper)." """
    deal = view.deal
    quote = deal.symbol.partition("/")[2]
    values = {
        "bot": view.bot_name,
        "number": deal.number,
        "how": wording.deal_status(deal.status),
        "result": fmt.pnl(deal.profit, quote),
    }
    if deal.status == "cancelled" and not deal.position.entry_amount:
        return tr("{bot}: deal #{number} was cancelled. Nothing had been traded.").format(**values)
    if deal.status == "cancelled":
        return tr("{bot}: deal #{number} is no longer managed. The coins stay in your account.").format(**values)
    if view.mode == "live":
        return tr("{bot}: deal #{number} closed · {how} · {result} after fees, real money").format(**values)
    return tr("{bot}: deal #{number} closed · {how} · {result} after fees (paper)").format(**values)
