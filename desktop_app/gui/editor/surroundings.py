"""Keeps an editor's surroundings up to date: balances, pairs and what other bots leave, asked of the engine in time."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal
from shiboken6 import isValid

from desktop_app.core.market import Balance
from desktop_app.engine.problem import Problem
from desktop_app.engine.views import FundsBar
from desktop_app.gui.editor.link import EngineLink
from desktop_app.gui.editor.situation import Situation

FUNDS_MS = 700


@dataclass(frozen=True, slots=True)
class Aim:
    """What an editor is about. `bot_id` 0 is a new bot."""

    account: str = ""
    symbol: str = ""
    is_short: bool = False
    bot_id: int = 0


class Surroundings(QObject):
    """Answers at once from what the window knows; what it does not know is fetched, and told by `changed`."""

    funds_changed = Signal()
    markets_changed = Signal()
    failed = Signal(object)  # Problem

    def __init__(self, link: EngineLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._aim = Aim()
        self.funds: FundsBar | None = None
        self._timer = QTimer(self, singleShot=True, interval=FUNDS_MS)
        self._timer.timeout.connect(lambda: link.spawn(self._fetch_funds(), "reading what is uncommitted"))

    def aim(self, aim: Aim) -> bool:
        """Be about this from now on; whether it differs from before. Money of another place is forgotten."""
        if aim == self._aim:
            return False
        self._aim, self.funds = aim, None
        return True

    def situation(self) -> Situation:
        """What surrounds the bot now."""
        known, aim = self._link.known, self._aim
        market = known.market(aim.account, aim.symbol)
        balances = known.balances.get(aim.account, {})
        quote, base = (market.quote, market.base) if market is not None else ("", "")
        own = known.bots.get(aim.bot_id)
        return Situation(
            account=known.accounts.get(aim.account),
            market=market,
            tick=known.prices.get((aim.account, aim.symbol)),
            free_quote=balances.get(quote, Balance(quote)).free,
            free_base=balances.get(base, Balance(base)).free,
            funds=self.funds,
            bots=tuple(bot for bot in known.bots.values() if bot.bot_id != aim.bot_id),
            deals_open=own.deals_open if own is not None else 0,
        )

    def pairs(self) -> list[str]:
        """What the account trades."""
        return sorted(self._link.known.markets.get(self._aim.account, {}))

    def refresh(self) -> None:
        """Fetch what is missing now and what may have changed soon."""
        if self._aim.account and self._aim.account not in self._link.known.markets:
            self._link.spawn(self._fetch_markets(), "reading pairs for an editor")
        self.fetch_funds_soon()

    def fetch_funds_soon(self) -> None:
        if not self._timer.isActive():
            self._timer.start(FUNDS_MS if self.funds is not None else 0)

    async def _fetch_funds(self) -> None:
        aim = self._aim
        market = self._link.known.market(aim.account, aim.symbol)
        if market is None:
            return
        currency = market.base if aim.is_short else market.quote
        try:
            wish = self._link.wishes.uncommitted(aim.account, currency, aim.bot_id or None)
            funds: FundsBar | None = await self._link.ask(wish)
        except Problem:
            funds = None  # the funds bar says that it waits for the balance
        if isValid(self) and aim == self._aim and funds != self.funds:
            self.funds = funds
            self.funds_changed.emit()

    async def _fetch_markets(self) -> None:
        known, account = self._link.known, self._aim.account
        try:
            known.markets[account] = dict(await self._link.ask(self._link.wishes.markets(account)))
            for symbol, tick in (await self._link.ask(self._link.wishes.prices(account))).items():
                known.prices[account, symbol] = tick
        except Problem as problem:
            if isValid(self):
                self.failed.emit(problem)
            return
        if isValid(self):
            self.markets_changed.emit()
