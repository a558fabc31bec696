"""Looks up what the last 24 hours of each pair were, now and then, for the list of markets."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer

from desktop_app.gui.bridge import Bridge
from desktop_app.gui.known import Day

_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS
_STALE_MS = 600_000  # of the exchange's clock
_LOOK_MS = 5_000
_AT_ONCE = 40  # pairs looked up in one go; more follow the next time
_AT_ONCE_FROM_AFAR = 4  # each costs a call of the exchange, and orders need those too


class DayWatch(QObject):
    """Asks for the account in view only; a simulated market that runs fast is asked more often."""

    def __init__(
        self, bridge: Bridge, parent: QObject | None = None, *, in_sight: Callable[[], Sequence[str]] = tuple
    ) -> None:
        """`in_sight`: the pairs that somebody sees; of an exchange that exists only those are looked up."""
        super().__init__(parent)
        self._bridge, self._in_sight = bridge, in_sight
        self._account = ""
        self._looked_at: dict[tuple[str, str], int] = {}
        self._is_looking = False
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)
        bridge.reloaded.connect(self.look)

    def show_account(self, account: str) -> None:
        self._account = account
        self._timer.start()
        self.look()

    def look(self) -> None:
        """Look up what is old."""
        if self._is_looking or not self._account or not self._bridge.is_listening:
            return
        now = self._bridge.known.now(self._account)
        keys = [(self._account, symbol) for symbol in self._symbols()]
        most = _AT_ONCE if self._is_made_up else _AT_ONCE_FROM_AFAR
        old = [key for key in keys if now - self._looked_at.get(key, -_DAY_MS) > _STALE_MS][:most]
        if old:
            self._is_looking = True
            self._bridge.spawn(self._look_up(old, now), "reading the last day")

    @property
    def _is_made_up(self) -> bool:
        return self._bridge.known.mode(self._account) == "sim"

    def _symbols(self) -> Sequence[str]:
        if self._is_made_up:
            return tuple(self._bridge.known.markets.get(self._account, {}))
        return self._in_sight() if self._bridge.known.is_fresh(self._account) else ()

    async def _look_up(self, keys: list[tuple[str, str]], now: int) -> None:
        try:
            for account, symbol in keys:
                self._looked_at[account, symbol] = now
                await self._look_at(account, symbol, now)
        finally:
            self._is_looking = False
        self._bridge.days_changed.emit(keys)

    async def _look_at(self, account: str, symbol: str, now: int) -> None:
        from desktop_app.engine.problem import Problem

        bridge = self._bridge
        try:
            wish = bridge.wishes.candles(account, symbol, "1h", now - _DAY_MS - _HOUR_MS, now)
            hours = await bridge.ask(wish)
        except Problem:
            return  # the account's own state says that it cannot be reached; the column shows that it is unknown
        if len(hours):
            first = hours.candle(0)
            last = [hours.candle(at) for at in range(max(0, len(hours) - 24), len(hours))]
            high, low = max(hour.high for hour in last), min(hour.low for hour in last)
            bridge.known.days[account, symbol] = Day(last[0].open if len(last) == 24 else first.open, high, low)
