"""Writes resources/exchanges.json, the table of exchanges, from what the pinned ccxt says about itself.

    .venv/bin/python packaging/exchanges.py           write it; do so whenever the pin of ccxt moves
    .venv/bin/python packaging/exchanges.py --check   only say whether it is up to date
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from desktop_app.core.capability import Level  # noqa: E402
from desktop_app.exchange.permissions import KEY_CHECKED  # noqa: E402

FILE = ROOT / "resources" / "exchanges.json"
_FULL = ("binance", "kucoin")
_CHECKED = ("okx", "bybit", "kraken", "coinbase", "gate", "bitget")
# What the program asks a person for; a private key and the address of its wallet take the same two fields.
_FITTING = ({"apiKey", "secret"}, {"apiKey", "secret", "password"}, {"walletAddress", "privateKey"})
_NOTES = {
    "binanceus": "A separate company with its own accounts; only Binance itself was worked through.",
    "bitbns": "No candles: charts and indicators have no history here.",
    "bitfinex": "Takes only numbers as order ids: orders are told apart less well after a crash.",
    "cex": "Trades from a sub-account that you make on its website.",
    "coinbase": "Coinbase Advanced; an older account needs a new key there.",
    "htx": "Forgets the ids of finished orders after two hours.",
    "hyperliquid": "Use an API wallet, which cannot withdraw, never the key of your main wallet.",
    "kucoin": "Needs the passphrase that was chosen when the key was made.",
    "mexc": "Does not tell what a key may do: look at its website that withdrawals are off.",
    "okx": "Needs the passphrase that was chosen when the key was made.",
}


def rows() -> list[dict[str, Any]]:
    import ccxt
    import ccxt.pro

    found = []
    for exchange_id in ccxt.exchanges:
        exchange = getattr(ccxt, exchange_id)()
        if exchange.has["spot"] is not True:
            continue
        streams = getattr(ccxt.pro, exchange_id)().has if exchange_id in ccxt.pro.exchanges else {}
        found.append(row_of(exchange, streams))
    order = (*_FULL, *_CHECKED)
    return sorted(found, key=lambda row: (_place(row["id"], order), row["name"].lower(), row["id"]))


def row_of(exchange: Any, streams: Mapping[str, Any]) -> dict[str, Any]:
    """One line of the table; `streams` is what the websocket half has."""
    has = exchange.has
    credentials = [name for name, is_needed in exchange.requiredCredentials.items() if is_needed]
    orders = all(has.get(name) for name in ("createOrder", "cancelOrder", "fetchOpenOrders", "fetchBalance"))
    return {
        "id": exchange.id,
        "name": exchange.name,
        "level": _level(exchange.id).value,
        "can_trade": orders and set(credentials) in _FITTING,
        "credentials": credentials,
        "key_check": exchange.id in KEY_CHECKED,
        "websockets": bool(streams),
        "private_stream": bool(streams.get("watchOrders")),
        "candles": bool(has.get("fetchOHLCV")),
        "stop_orders": _has_stop_orders(exchange),
        "cancel_all": bool(has.get("cancelAllOrders")),
        "sandbox": bool(has.get("sandbox") or exchange.urls.get("test")),
        "note": _NOTES.get(exchange.id, ""),
    }


def _has_stop_orders(exchange: Any) -> bool:
    spot = (exchange.features or {}).get("spot") or {}
    orders = spot.get("createOrder")
    if orders:
        return bool(orders.get("triggerPrice") or orders.get("stopLossPrice"))
    return bool(exchange.has.get("createStopOrder") or exchange.has.get("createTriggerOrder"))


def _level(exchange_id: str) -> Level:
    if exchange_id in _FULL:
        return Level.FULL
    return Level.CHECKED if exchange_id in _CHECKED else Level.CONNECTABLE


def _place(exchange_id: str, order: tuple[str, ...]) -> int:
    return order.index(exchange_id) if exchange_id in order else len(order)


def document() -> str:
    import ccxt

    lines = ",\n".join("  " + json.dumps(row, ensure_ascii=False) for row in rows())
    return f'{{"ccxt": "{ccxt.__version__}", "exchanges": [\n{lines}\n]}}\n'


def main(arguments: list[str]) -> int:
    text = document()
    if arguments == ["--check"]:
        is_current = FILE.is_file() and FILE.read_text(encoding="utf-8") == text
        print("up to date" if is_current else f"{FILE.name} is out of date: run packaging/exchanges.py")
        return 0 if is_current else 1
    FILE.write_text(text, encoding="utf-8")
    print(f"{FILE.name}: {text.count(chr(10)) - 2} exchanges")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
