"""KuCoin's own habits of the trading floor: fees in quote, held back together with what a buy costs."""

from collections.abc import Callable
from decimal import Decimal

from tests.loopback.floor import ZERO, Account, Floor, Order, wall_clock


class KucoinFloor(Floor):
    """Ids need to differ among open orders only, which is what users found (kucoin-api-docs, issue 468)."""

    def __init__(self, now: Callable[[], int] = wall_clock, *, ids_unique: str = "open") -> None:
        super().__init__(now, ids_unique=ids_unique)

    def open_account(self, key: str, secret: str, password: str = "", **balances: str) -> Account:
        account = super().open_account(key, secret, password, **balances)
        account.fee_in = "quote"
        return account

    def _need(self, order: Order) -> tuple[str, Decimal]:
        asset, need = super()._need(order)
        return asset, need * (1 + order.pair.taker_fee) if order.side == "buy" else need

    def _fee(self, order: Order, in_quote: Decimal, in_received: Decimal) -> tuple[str, Decimal]:
        asset, fee = super()._fee(order, in_quote, in_received)
        if asset == order.pair.quote:
            fee = in_quote  # its fees have as many places as the cost has
        if order.side == "buy" and asset == order.pair.quote:
            held = max(ZERO, min(fee, order.lock))
            balance = order.account.of(asset)
            order.lock -= held
            balance.locked -= held
            balance.free += held  # the floor takes the fee from there
        return asset, fee
