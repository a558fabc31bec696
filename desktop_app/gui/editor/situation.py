"""What surrounds a bot that is being edited: its account, the market, the price, and what others need of the money."""

from dataclasses import dataclass
from decimal import Decimal

from desktop_app.core.deal import Direction
from desktop_app.core.events import PriceTick
from desktop_app.core.ladder import Sizing
from desktop_app.core.market import ZERO, Market
from desktop_app.core.strategies import dca_open
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.engine.views import AccountView, BotView, FundsBar
from desktop_app.gui.i18n import tr

# How exchanges write themselves; one that is missing is shown by its identifier.
_NAMES = {
    "binance": "Binance", "okx": "OKX", "bybit": "Bybit", "kraken": "Kraken", "gate": "Gate", "gateio": "Gate",
    "kucoin": "KuCoin", "coinbase": "Coinbase", "bitget": "Bitget", "mexc": "MEXC", "htx": "HTX",
    "bitfinex": "Bitfinex",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Situation:
    """None and empty where nothing is known yet. `bots` are the others on the account."""

    account: AccountView | None = None
    market: Market | None = None
    tick: PriceTick | None = None
    free_quote: Decimal = ZERO
    free_base: Decimal = ZERO
    funds: FundsBar | None = None
    bots: tuple[BotView, ...] = ()
    deals_open: int = 0

    @property
    def is_live(self) -> bool:
        """An account nobody knows counts as live, the careful answer."""
        return self.account is None or self.account.mode == "live"

    @property
    def is_fresh(self) -> bool:
        return self.account is not None and self.account.is_live_feed and self.tick is not None

    def base_price(self, settings: DcaSettings) -> Decimal | None:
        """Where the base order would be: a limit at the best bid (a short: ask), a market order at the last price."""
        if self.tick is None or self.market is None or self.tick.price <= 0:
            return None
        if settings.base_order.type == "limit":
            return dca_open.limit_price(settings.direction, self.market, self.tick)
        return self.tick.price

    def sizing(self, settings: DcaSettings, price: Decimal) -> Sizing:
        is_long = settings.direction is Direction.LONG
        return Sizing(free=self.free_quote if is_long else self.free_base * price)


def exchange_name(account: AccountView | None) -> str:
    """The exchange as people call it: for the sentence `Binance needs at least 5.00`."""
    if account is None:
        return tr("The exchange")
    if account.mode == "sim":
        return tr("The simulated exchange")
    return _NAMES.get(account.exchange, account.exchange)
