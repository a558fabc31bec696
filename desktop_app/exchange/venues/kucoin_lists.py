"""KuCoin's lists of own orders and trades, whole.

The accounts of today list them by `lastId`, a hundred at a time, the classic ones by page; ccxt asks for neither, and
without it the first 20 or 50 look like all there are.
"""

from typing import Any

from desktop_app.exchange.protocol import Unreachable

_PAGE = 100
_CLASSIC_PAGE = 500
_MOST_PAGES = 200


async def list_trades(api: Any, symbol: str, since: int, until: int) -> list[Any]:
    """All trades of the pair in a span of seven days at most, as ccxt writes them."""
    ask = api.privateGetHfFills if api.options.get("hf") else api.privateGetFills
    return list(api.parse_trades(await _items(api, ask, symbol, since, until), api.market(symbol)))


async def list_orders(api: Any, symbol: str, since: int, until: int) -> list[Any]:
    """All orders of the pair that are over and were made in a span of seven days at most."""
    ask = api.privateGetHfOrdersDone if api.options.get("hf") else api.privateGetOrders
    return list(api.parse_orders(await _items(api, ask, symbol, since, until), api.market(symbol)))


async def _items(api: Any, ask: Any, symbol: str, since: int, until: int) -> list[Any]:
    asked = {"symbol": api.market_id(symbol), "tradeType": "TRADE", "startAt": since, "endAt": until}
    is_newer = bool(api.options.get("hf"))
    asked |= {"limit": _PAGE} if is_newer else {"status": "done", "pageSize": _CLASSIC_PAGE, "currentPage": 1}
    found: list[Any] = []
    for _ in range(_MOST_PAGES):
        told = (await ask(asked))["data"]
        items = told["items"] or []
        found += items
        if len(items) < (_PAGE if is_newer else _CLASSIC_PAGE):
            return found
        if is_newer:
            asked |= {"lastId": told["lastId"]}
        else:
            asked |= {"currentPage": int(told["currentPage"]) + 1}
    raise Unreachable("KuCoin lists more orders and trades than can be read.")
