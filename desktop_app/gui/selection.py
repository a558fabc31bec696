"""What is selected: one choice that chart, orders, inspector and log follow."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal


@dataclass(frozen=True, slots=True)
class Choice:
    """An account and a pair, and the bot, deal or order that was pointed at; empty and 0 mean none."""

    account: str = ""
    symbol: str = ""
    bot_id: int = 0
    deal_id: str = ""
    order_id: str = ""


class Selection(QObject):
    """Announces only real changes, so that panels can answer by selecting without going round in circles."""

    changed = Signal(Choice)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.choice = Choice()

    def pick_account(self, account: str) -> None:
        if account != self.choice.account:
            self._go(Choice(account=account))

    def pick_pair(self, account: str, symbol: str) -> None:
        if (account, symbol) != (self.choice.account, self.choice.symbol):
            self._go(Choice(account, symbol))

    def pick_bot(self, bot_id: int, account: str, symbol: str) -> None:
        self._go(Choice(account, symbol, bot_id))

    def pick_deal(self, deal_id: str, bot_id: int, account: str, symbol: str) -> None:
        self._go(Choice(account, symbol, bot_id, deal_id))

    def pick_order(self, order_id: str, deal_id: str, bot_id: int, account: str, symbol: str) -> None:
        self._go(Choice(account, symbol, bot_id, deal_id, order_id))

    def forget_bot(self, bot_id: int) -> None:
        if bot_id and self.choice.bot_id == bot_id:
            self._go(replace(self.choice, bot_id=0, deal_id="", order_id=""))

    def _go(self, choice: Choice) -> None:
        if choice != self.choice:
            self.choice = choice
            self.changed.emit(choice)
