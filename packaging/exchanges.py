"""Writes resources/exchanges.json, the table of exchanges, from what the pinned ccxt says about itself.

`.venv/bin/python packaging/exchanges.py` writes it: do so whenever the pin of ccxt moves. With `--check` it only says
whether the file is up to date.
"""

import inspect
import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from desktop_app.core.capability import Level  # noqa: E402
from desktop_app.exchange.venues.permissions import KEY_CHECKED  # noqa: E402
from desktop_app.exchange.venues.table import quirks_of  # noqa: E402

FILE = ROOT / "resources" / "exchanges.json"
_FULL = ("binance", "kucoin")
_CHECKED = ("okx", "bybit", "kraken", "coinbase", "gate", "bitget")
# What the program asks a person for; a private key and the address of its wallet take the same two fields.
_FITTING = ({"apiKey", "secret"}, {"apiKey", "secret", "password"}, {"walletAddress", "privateKey"})
# Without these a bot could not be sure of its orders after a crash.
_NEEDED = ("createOrder", "cancelOrder", "fetchOrder", "fetchOpenOrders", "fetchMyTrades", "fetchBalance")
_NOT_TRADED = ("bitfinex", "cex")
_NO_IDS = "Prices and paper trading only: orders cannot carry ids of ours here, or not be looked up again."
_SENT_ID = re.compile(
    r"[cC]lientOrderI[dD]|client_o(?:rder_)?id|clOrdI[dD]|clientOid|client-order-id|cl_ord_id|orderLinkId"
)
_NOTES = {
    "binanceus": "A separate company with its own accounts; only Binance itself was worked through.",
    "bitbns": "Prices and paper trading only: orders cannot carry ids of ours here. It has no candles either.",
    "bitfinex": "Prices and paper trading only: it takes short numbers as order ids, and ours do not fit.",
    "cex": "Prices and paper trading only: each order wants the name of a sub-account, which cannot be given yet.",
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
    orders = all(has.get(name) for name in _NEEDED) and (has.get("fetchClosedOrders") or has.get("fetchOrders"))
    orders = bool(orders) and _tells_orders_apart(exchange)
    note = _NOTES.get(exchange.id, "")
    return {
        "id": exchange.id,
        "name": exchange.name,
        "level": _level(exchange.id).value,
        "can_trade": orders and set(credentials) in _FITTING and exchange.id not in _NOT_TRADED,
        "credentials": credentials,
        "key_check": exchange.id in KEY_CHECKED,
        "websockets": bool(streams),
        "private_stream": bool(streams.get("watchOrders")),
        "candles": bool(has.get("fetchOHLCV")),
        "stop_orders": quirks_of(exchange.id).takes_stops,
        "cancel_all": bool(has.get("cancelAllOrders")),
        "sandbox": bool(has.get("sandbox") or exchange.urls.get("test")),
        "note": note or ("" if orders else _NO_IDS),
    }


def _tells_orders_apart(exchange: Any) -> bool:
    """Whether ccxt's code for this exchange sends a client id with an order, and reads it in one."""
    sends = reads = False
    for klass in type(exchange).__mro__:
        if klass.__name__ == "Exchange":
            break
        for name, function in vars(klass).items():
            if inspect.isfunction(function) and "order" in name:
                code = _code_of(function)
                sends = sends or (name.startswith(("create", "order_request")) and bool(_SENT_ID.search(code)))
                read = re.search(r"'clientOrderId': (\S+)", code) if name.startswith("parse") else None
                reads = reads or (read is not None and read[1] != "None,")
    return sends and reads


def _code_of(function: Any) -> str:
    """Without what it says about itself."""
    return re.sub(r'""".*?"""|(?m:^\s*#[^\n]*$)', "", inspect.getsource(function), flags=re.DOTALL)


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
