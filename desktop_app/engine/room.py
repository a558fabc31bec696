"""What the limits of an account leave room for: which deals may begin, and which orders may be written down."""

from desktop_app.core import risk
from desktop_app.core.commands import Command, PlaceOrder
from desktop_app.core.said import Said, said
from desktop_app.engine.problem import worded
from desktop_app.engine.shapes import Desk, Runner

_NO_LIMITS = risk.Limits()


class Room:
    """Bots are kept from beginning what would be refused; `vet` stays the last word."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def is_shut(self, runner: Runner, symbol: str) -> bool:
        """Whether the bot may begin no deal on the pair. Where it has one it hears all, for its exits' sake."""
        limits = self._desk.limits
        if not limits.pairs and limits.max_open_deals is None:
            return False
        if any(deal.symbol == symbol for deal in runner.ledger.deals.values()):
            return False
        most = limits.max_open_deals
        return self._is_barred(symbol) or (most is not None and self._is_full(most))

    def why(self, runner: Runner) -> Said | None:
        """What a bot without deals waits for."""
        if runner.ledger.deals:
            return None
        limits, symbols = self._desk.limits, runner.symbols
        if symbols and all(self._is_barred(symbol) for symbol in symbols):
            return said("why_pairs_barred", pair=", ".join(symbols), account=self._desk.row.name)
        most = limits.max_open_deals
        return said("why_account_full", deals=most) if most is not None and self._is_full(most) else None

    def vet(
        self, runner: Runner, commands: tuple[Command, ...]
    ) -> tuple[tuple[Command, ...], tuple[tuple[PlaceOrder, str], ...]]:
        """What may be sent, and the orders that a limit forbids with the reason."""
        desk = self._desk
        if desk.limits == _NO_LIMITS:
            return commands, ()
        placed = desk.courier.orders_last_minute(desk.exchange.now())
        exposure = risk.Exposure(self._open_deals(), placed, runner.ledger.begun)
        prices = {symbol: desk.last[symbol].price for symbol in runner.symbols if symbol in desk.last}
        approved, refused = risk.vet(commands, desk.limits, exposure, prices)
        return approved, tuple((refusal.command, worded(refusal.reason)) for refusal in refused)

    def _is_barred(self, symbol: str) -> bool:
        pairs = self._desk.limits.pairs
        return bool(pairs) and symbol not in pairs

    def _is_full(self, most: int) -> bool:
        return self._open_deals() >= most

    def _open_deals(self) -> int:
        return sum(len(other.ledger.begun) for other in self._desk.runners.values())
