"""The desktop's own notifications, for what matters while nobody looks at the window: in words, without amounts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QSystemTrayIcon, QWidget

from desktop_app.gui import wording
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.i18n import tr
from desktop_app.gui.system.tray import Tray

if TYPE_CHECKING:
    from desktop_app.engine.news import AwayNews, ForeignNews, LogNews
    from desktop_app.engine.views import BotView, DealView

_MOST_REMEMBERED = 1_000
_Icon = QSystemTrayIcon.MessageIcon


class SystemNotices(QObject):
    """Paper money stays in the window. Muting never hides an alarm about real money: a lock screen tells no sums."""

    def __init__(self, window: QWidget, bridge: Bridge, tray: Tray) -> None:
        super().__init__(window)
        self._window, self._bridge, self._tray = window, bridge, tray
        self._told: dict[str, None] = {}
        self._held: set[int] = set()
        self.show: Callable[[str, str, _Icon], object] = tray.icon.showMessage
        bridge.deals_changed.connect(self._deals)
        bridge.bots_changed.connect(self._bots)
        bridge.log_added.connect(self._logged)
        bridge.foreign_seen.connect(self._foreign)
        bridge.away_told.connect(self._away)

    def _deals(self, views: Sequence[DealView]) -> None:
        over = [
            view
            for view in views
            if view.mode == "live" and view.deal.status.is_over and view.deal_id not in self._told
            and view.deal_id not in self._bridge.known.handed_over
        ]  # fmt: skip
        self._told.update((view.deal_id, None) for view in over)
        while len(self._told) > _MOST_REMEMBERED:
            del self._told[next(iter(self._told))]
        if len(over) > 1:
            self._say(tr("{count} deals closed.").format(count=len(over)), "", _Icon.Information)
        for view in over if len(over) == 1 else ():
            words = tr("{bot}: deal #{number} closed").format(bot=view.bot_name, number=view.deal.number)
            self._say(words, wording.deal_status(view.deal.status), _Icon.Information)

    def _bots(self, views: Sequence[BotView]) -> None:
        held = [view for view in views if view.status == "held" and view.bot_id not in self._held]
        self._held -= {view.bot_id for view in views if view.status != "held"}
        self._held |= {view.bot_id for view in held}
        for view in held:
            if view.mode == "live":
                words = tr("{bot} needs attention").format(bot=view.name)
                self._say(words, tr("Its orders stay on the exchange."), _Icon.Warning, is_alarm=True)

    def _logged(self, lines: Sequence[LogNews]) -> None:
        bad = [
            line for line in lines if line.level == "error" and self._bridge.known.mode(line.account) == "live"
        ]  # fmt: skip
        if bad:
            words = tr("A problem on {account}").format(account=bad[0].account)
            self._say(words, tr("The window says what happened."), _Icon.Warning, is_alarm=True)

    def _foreign(self, news: Sequence[ForeignNews]) -> None:
        live = [one for one in news if self._bridge.known.mode(one.account) == "live"]
        if live:
            words = tr("Foreign activity on {account}").format(account=live[0].account)
            text = tr("Something happened there that no bot of yours did. Look at it now.")
            self._say(words, text, _Icon.Critical, is_alarm=True)

    def _away(self, news: Sequence[AwayNews]) -> None:
        if any(one.kind == "slept" for one in news):
            self._say(tr("While you were away"), tr("This computer slept. Bots did nothing meanwhile."), _Icon.Warning)

    def _say(self, title: str, text: str, icon: _Icon, *, is_alarm: bool = False) -> None:
        if self._window.isActiveWindow() or not self._tray.is_there:
            return
        if is_alarm or not self._tray.is_muted:
            self.show(title, text, icon)
