"""Tells the engine which pairs the window looks at, so that a real exchange sends prices of those and no others."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QTimer

from desktop_app.gui.bridge import Bridge
from desktop_app.gui.i18n import tr

_REST_MS = 400  # somebody who scrolls is not followed row by row
_MOST_PAIRS = 40

Looks = Callable[[], Iterable[tuple[str, str]]]  # (account, pair), the most wanted first


class PriceWatch(QObject):
    """A simulated market sends everything anyhow; exchanges are asked only for what is in sight."""

    def __init__(self, bridge: Bridge, looks: Looks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._looks = bridge, looks
        self._asked: dict[str, tuple[str, ...]] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST_MS)
        self._timer.timeout.connect(self.look)
        bridge.reloaded.connect(self.look_soon)

    def rest_ms(self, ms: int) -> None:
        """How long a look waits for the next one."""
        self._timer.setInterval(ms)

    def look_soon(self, *_: object) -> None:
        self._timer.start()

    def look(self) -> None:
        """Ask for what is looked at now, where it is not what was asked for last."""
        if not self._bridge.is_listening:
            return
        wanted: dict[str, list[str]] = {account: [] for account in self._asked}
        known = self._bridge.known
        for account, symbol in self._looks():
            view = known.accounts.get(account)
            if view is None or view.mode == "sim" or symbol not in known.markets.get(account, {}):
                continue
            pairs = wanted.setdefault(account, [])
            if symbol not in pairs and len(pairs) < _MOST_PAIRS:
                pairs.append(symbol)
        for account, pairs in wanted.items():
            chosen = tuple(sorted(pairs))
            if chosen != self._asked.get(account, ()) and account in known.accounts:
                self._asked[account] = chosen
                self._bridge.spawn(self._ask(account, chosen), tr("reading prices"))

    async def _ask(self, account: str, pairs: tuple[str, ...]) -> None:
        from desktop_app.engine.problem import Problem

        try:
            await self._bridge.ask(self._bridge.wishes.watch(account, pairs))
        except Problem:
            # Its panels say already that the account cannot be reached; asked again when it is read anew.
            self._asked.pop(account, None)
