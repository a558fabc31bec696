"""The only addresses that this program ever opens, written down by hand: where each exchange keeps its API keys."""

from dataclasses import dataclass

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from desktop_app.engine.updates import PAGE
from desktop_app.gui.i18n import tr_later

KEYRING_HELP = "https://github.com/jaraco/keyring#readme"


@dataclass(frozen=True, slots=True)
class Place:
    """`path`: the way through the exchange's own menus, in its words. `reading` and `trading`: its names of rights."""

    name: str
    key_page: str
    path: str
    reading: str = tr_later("Reading")
    trading: str = tr_later("Spot trading")


_PLACES: dict[str, Place] = {
    "binance": Place(
        "Binance", "https://www.binance.com/en/my/settings/api-management", "Account ▸ API Management ▸ Create API",
        "Enable Reading", "Enable Spot & Margin Trading",
    ),
    "kucoin": Place("KuCoin", "https://www.kucoin.com/account/api", "API Management ▸ Create API", "General", "Spot"),
    "okx": Place("OKX", "https://www.okx.com/account/my-api", "API ▸ Create API key", "Read", "Trade"),
    "bybit": Place(
        "Bybit", "https://www.bybit.com/app/user/api-management", "API ▸ Create New Key", "Read", "SPOT – Trade"
    ),
    "kraken": Place(
        "Kraken", "https://pro.kraken.com/app/settings/api", "Settings ▸ API ▸ Create API key",
        "Query (funds, orders & trades)", "Create & modify orders, Cancel orders",
    ),
    "coinbase": Place(
        "Coinbase", "https://www.coinbase.com/settings/api", "API keys ▸ Create API key", "View", "Trade"
    ),
    "gate": Place(
        "Gate", "https://www.gate.com/myaccount/api_key_manage", "API Management ▸ Create API Key", "Read Only",
        "Spot Trade",
    ),
    "bitget": Place(
        "Bitget", "https://www.bitget.com/account/newapi", "API keys ▸ Create API key", "Read-only", "Spot"
    ),
}  # fmt: skip
_PLACES["gateio"] = _PLACES["gate"]


def place_of(exchange: str) -> Place | None:
    """None: no page of this exchange is known here, so none is offered."""
    return _PLACES.get(exchange)


def open_page(address: str) -> bool:
    """Open one of the addresses above in the browser; anything else is refused."""
    if address not in (KEYRING_HELP, PAGE) and address not in {place.key_page for place in _PLACES.values()}:
        return False
    return QDesktopServices.openUrl(QUrl(address))
