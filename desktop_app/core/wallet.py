"""The money of a pretend account: what it holds, and what its resting orders hold back."""

from collections.abc import Iterable
from decimal import Context, Decimal

from desktop_app.core.market import ZERO, Balance

# Sums are exact in 60 digits: what was locked is freed to the last digit, whatever the order of the bookings.
_SUM = Context(prec=60)


class Wallet:
    """Balances of one account; made from None it has funds without end and remembers nothing."""

    def __init__(self, balances: Iterable[Balance] | None) -> None:
        self.is_endless = balances is None
        self._totals = {balance.asset: balance.total for balance in balances or ()}
        self._locked: dict[str, Decimal] = {}

    def totals(self) -> tuple[Balance, ...] | None:
        """What it would be made from again, nothing locked."""
        if self.is_endless:
            return None
        return tuple(Balance(asset, total) for asset, total in sorted(self._totals.items()))

    def balance(self, asset: str) -> Balance:
        locked = self._locked.get(asset, ZERO)
        return Balance(asset, _SUM.subtract(self._totals.get(asset, ZERO), locked), locked)

    def balances(self) -> tuple[Balance, ...]:
        """Every asset by name; empty when funds are without end."""
        return tuple(self.balance(asset) for asset in sorted(self._totals))

    def can_pay(self, asset: str, amount: Decimal) -> bool:
        return self.is_endless or amount <= self.balance(asset).free

    def book(self, asset: str, amount: Decimal) -> None:
        """Money in, or out if negative."""
        if not self.is_endless:
            self._totals[asset] = _SUM.add(self._totals.get(asset, ZERO), amount)

    def lock(self, asset: str, amount: Decimal) -> None:
        """Hold back; free it again if negative. Funds without end have nothing to hold back from."""
        self._locked[asset] = _SUM.add(self._locked.get(asset, ZERO), amount)
