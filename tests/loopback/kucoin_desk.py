"""What the KuCoin stand does for the holder of a key: balances, orders, lists, fills.

Both sets of endpoints are here: the newer ones (`/hf/`, what `hf/accounts/opened` says yes to) and the classic ones.
They differ where it hurts: whether a client id finds an order that is done, how lists are paged, what an id looks like.
"""

import json
import re
from collections.abc import Awaitable, Callable, Iterable
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from aiohttp import web

from tests.loopback import kucoin_words as words
from tests.loopback.floor import ZERO, Account, Floor, Kind, No, Order, Side, Trade
from tests.loopback.kucoin_keys import Refusal
from tests.loopback.kucoin_market import pair_of
from tests.loopback.kucoin_words import Json

Answer = Callable[[web.Request, Account], Awaitable[object]]
Item = TypeVar("Item")

DAY_MS = 86_400_000
_WINDOW_MS = 7 * DAY_MS
_DONE_IS_FOUND_MS = 3 * DAY_MS
_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_KEY_CREATED_AT = 1_728_443_843_000
_NO_ORDER = Refusal("400100", "order not exist.")
_NO_ORDER_HF = Refusal("400100", "The order does not exist.")
_NO_CANCEL = Refusal("400100", "order_not_exist_or_not_allow_to_cancel")
_NO_CANCEL_HF = Refusal("400100", "Order not exist or not allow to be cancelled")


def _refusal(no: No, order: Order, *, is_classic: bool) -> Refusal:
    pair = order.pair
    if no.kind == "lot_size" and pair.min_amount <= order.amount <= pair.max_amount:
        return Refusal("400100", "Order size increment invalid.")
    if no.kind == "notional":
        code = "400760" if is_classic else "600101"
        return Refusal(code, f"The order funds should more then {words.text(pair.min_cost)} {pair.quote}.")
    if no.kind == "percent_price":
        return Refusal("400370", f"Max. price: {words.text(pair.price * pair.price_band)}")
    known = {
        "halted": ("200001", "Order creation for this pair suspended"),
        "cancel_only": ("200001", "Order creation for this pair suspended"),
        "no_permission": ("400007", "Access denied, require more permission"),
        "price_filter": ("400100", "Price increment invalid."),
        "market_lot_size": ("300000", "Order size invalid."),
        "duplicate": ("400100", "validation.createOrder.clientOidDuplicated"),
        "too_many": ("200003", "Number of orders breached the limit"),
        "insufficient": ("200004", "Balance insufficient!"),
        "would_match": ("300000", "The post only order would be matched"),
        "lot_size": ("400100", "Order size below the minimum requirement."),
    }
    return Refusal(*known[no.kind])


class Desk:
    """The private half. `is_hf`: the account trades on the newer endpoints, as accounts do since 2024.

    `finds_done`: whether the newer look-up by client id finds orders that are done (the documents say: for three
    days); the classic one never does.
    """

    def __init__(self, floor: Floor, *, is_hf: bool, finds_done: bool) -> None:
        self.floor = floor
        self.is_hf = is_hf
        self.finds_done = finds_done
        self.is_unified = False

    def routes(self) -> dict[str, Answer]:
        return {
            "GET /api/ua/v1/account/mode": self.mode,
            "GET /api/v1/hf/accounts/opened": self.is_opened,
            "GET /api/v3/margin/symbols": self.no_margin,
            "GET /api/v1/isolated/symbols": self.nothing,
            "GET /api/v1/accounts": self.accounts,
            "GET /api/v1/user/api-key": self.key,
            "GET /api/v1/trade-fees": self.fees,
            "GET /api/v1/base-fee": self.base_fee,
            "GET /api/v3/market/orderbook/level2": self.full_book,
            "POST /api/v1/orders": self.place_classic,
            "GET /api/v1/orders": self.orders_classic,
            "GET /api/v1/limit/orders": self.recent_orders,
            "GET /api/v1/fills": self.fills_classic,
            "GET /api/v1/limit/fills": self.recent_fills,
            "GET /api/v1/orders/{order_id}": self.order_classic,
            "GET /api/v1/order/client-order/{client_id}": self.by_client_id_classic,
            "DELETE /api/v1/orders": self.cancel_all_classic,
            "DELETE /api/v1/orders/{order_id}": self.cancel_classic,
            "DELETE /api/v1/order/client-order/{client_id}": self.cancel_by_client_id_classic,
            "POST /api/v1/hf/orders": self.place,
            "POST /api/v1/hf/orders/sync": self.place_sync,
            "POST /api/v1/hf/orders/test": self.test,
            "GET /api/v1/hf/orders/active": self.active,
            "GET /api/v1/hf/orders/active/symbols": self.active_symbols,
            "GET /api/v1/hf/orders/done": self.done,
            "GET /api/v1/hf/fills": self.fills,
            "GET /api/v1/hf/orders/{order_id}": self.order,
            "GET /api/v1/hf/orders/client-order/{client_id}": self.by_client_id,
            "DELETE /api/v1/hf/orders": self.cancel_all,
            "DELETE /api/v1/hf/orders/cancelAll": self.cancel_everywhere,
            "DELETE /api/v1/hf/orders/{order_id}": self.cancel,
            "DELETE /api/v1/hf/orders/sync/{order_id}": self.cancel,
            "DELETE /api/v1/hf/orders/client-order/{client_id}": self.cancel_by_client_id,
            "DELETE /api/v1/hf/orders/sync/client-order/{client_id}": self.cancel_by_client_id,
            "POST /api/v1/stop-order": self.no_stops,
            "GET /api/v1/stop-order": self.no_stop_orders,
        }

    # --- the account --------------------------------------------------------------------------------------------------

    async def mode(self, request: web.Request, account: Account) -> object:
        return {"selfAccountMode": "UNIFIED" if self.is_unified else "CLASSIC"}

    async def is_opened(self, request: web.Request, account: Account) -> object:
        return self.is_hf

    async def no_margin(self, request: web.Request, account: Account) -> object:
        return {"timestamp": self.floor.now(), "items": []}

    async def nothing(self, request: web.Request, account: Account) -> object:
        return []

    async def accounts(self, request: web.Request, account: Account) -> object:
        kind = "trade_hf" if self.is_hf else "trade"
        wanted = request.query.get("type", kind)
        coin = request.query.get("currency")
        main = [{"id": words.account_id(account, "main"), "currency": "USDT", "type": "main"}]
        nothing = {"balance": "0", "available": "0", "holds": "0"}
        if wanted == "main":
            return [one | nothing for one in main]
        if wanted != kind:
            return []
        return [words.balance(account, asset, kind) for asset in account.balances if coin in (None, asset)]

    async def key(self, request: web.Request, account: Account) -> object:
        return words.key(account, _KEY_CREATED_AT)

    async def fees(self, request: web.Request, account: Account) -> object:
        symbols = request.query.get("symbols", "").split(",")
        if len(symbols) > 10:
            raise Refusal("400100", "symbols size invalid.")
        pairs = [pair_of(self.floor, symbol) for symbol in symbols]
        return [
            {
                "symbol": words.symbol_of(pair),
                "takerFeeRate": words.text(pair.taker_fee),
                "makerFeeRate": words.text(pair.maker_fee),
            }
            for pair in pairs
        ]

    async def base_fee(self, request: web.Request, account: Account) -> object:
        return {"takerFeeRate": "0.001", "makerFeeRate": "0.001"}

    async def full_book(self, request: web.Request, account: Account) -> object:
        pair = pair_of(self.floor, request.query.get("symbol", ""))
        head: Json = {"time": self.floor.now(), "sequence": str(pair.book_version)}
        return head | words.book(pair, 200)

    # --- orders in ----------------------------------------------------------------------------------------------------

    async def place_classic(self, request: web.Request, account: Account) -> object:
        order = await self._place(request, account, is_classic=True)
        return {"orderId": words.order_id(order)}

    async def place(self, request: web.Request, account: Account) -> object:
        order = await self._place(request, account, is_classic=False)
        return {"orderId": words.order_id(order), "clientOid": order.client_id}

    async def place_sync(self, request: web.Request, account: Account) -> object:
        order = await self._place(request, account, is_classic=False)
        rest = order.rest if order.is_open else ZERO
        return {
            "orderId": words.order_id(order),
            "clientOid": order.client_id,
            "orderTime": order.created_at,
            "originSize": words.text(order.amount),
            "dealSize": words.text(order.filled),
            "remainSize": words.text(rest),
            "canceledSize": words.text(order.rest - rest),
            "status": "open" if order.is_open else "done",
            "matchTime": order.updated_at,
        }

    async def test(self, request: web.Request, account: Account) -> object:
        order = await self._read(request, account)
        try:
            self.floor.check(order)
        except No as no:
            raise _refusal(no, order, is_classic=False) from None
        return {"orderId": words.order_id(0xEEEE), "clientOid": order.client_id}

    async def _place(self, request: web.Request, account: Account, *, is_classic: bool) -> Order:
        order = await self._read(request, account)
        try:
            return self.floor.place(order)
        except No as no:
            raise _refusal(no, order, is_classic=is_classic) from None

    async def _read(self, request: web.Request, account: Account) -> Order:
        try:
            body = json.loads(await request.text())
        except ValueError:
            raise Refusal("400100", "Parameter Error", 400) from None
        client_id = str(body.get("clientOid") or "")
        if not client_id:
            raise Refusal("400100", "validation.createOrder.clientOidIsRequired")
        if _CLIENT_ID.fullmatch(client_id) is None:
            raise Refusal("400100", "validation.createOrder.clientOidIllegal")
        pair = pair_of(self.floor, str(body.get("symbol")))
        side: Side = "buy" if body.get("side") == "buy" else "sell"
        if body.get("side") not in ("buy", "sell"):
            raise Refusal("400100", "validation.createOrder.sideIsRequired")
        is_market = body.get("type") == "market"
        size, funds = _number(body, "size"), _number(body, "funds")
        price = ZERO if is_market else _number(body, "price")
        if is_market and bool(size) == bool(funds):
            raise Refusal("400100", "validation.createOrder.sizeOrFundsIsRequired")
        kind = Kind.MARKET if is_market else Kind.MAKER if body.get("postOnly") else Kind.LIMIT
        order = Order(account, pair, client_id, side, kind, size, price, cost=funds)
        order.time_in_force = str(body.get("timeInForce") or "GTC")
        order.extra = {name: str(body[name]) for name in ("remark", "tags") if body.get(name)}
        return order

    async def no_stops(self, request: web.Request, account: Account) -> object:
        raise Refusal("400200", "Forbidden to place an order")

    async def no_stop_orders(self, request: web.Request, account: Account) -> object:
        return {"currentPage": 1, "pageSize": 50, "totalNum": 0, "totalPage": 0, "items": []}

    # --- cancels ------------------------------------------------------------------------------------------------------

    async def cancel_classic(self, request: web.Request, account: Account) -> object:
        order = self._cancel(account, self._by_id(request, account), _NO_CANCEL)
        return {"cancelledOrderIds": [words.order_id(order)]}

    async def cancel_by_client_id_classic(self, request: web.Request, account: Account) -> object:
        order = self._cancel(account, self._by_client_id(request, account), _NO_CANCEL)
        return {"cancelledOrderId": words.order_id(order), "clientOid": order.client_id, "cancelledOcoOrderIds": None}

    async def cancel_all_classic(self, request: web.Request, account: Account) -> object:
        symbol = words.floor_symbol(request.query.get("symbol", ""))
        orders = [order for order in self.floor.seen_orders(account, symbol) if order.is_open]
        return {"cancelledOrderIds": [words.order_id(self._cancel(account, order, _NO_CANCEL)) for order in orders]}

    async def cancel(self, request: web.Request, account: Account) -> object:
        self._symbol(request)
        return {"orderId": words.order_id(self._cancel(account, self._by_id(request, account), _NO_CANCEL_HF))}

    async def cancel_by_client_id(self, request: web.Request, account: Account) -> object:
        self._symbol(request)
        return {"clientOid": self._cancel(account, self._by_client_id(request, account), _NO_CANCEL_HF).client_id}

    async def cancel_all(self, request: web.Request, account: Account) -> object:
        for order in self.floor.seen_orders(account, self._symbol(request)):
            if order.is_open:
                self._cancel(account, order, _NO_CANCEL_HF)
        return "success"

    async def cancel_everywhere(self, request: web.Request, account: Account) -> object:
        open_orders = [order for order in self.floor.seen_orders(account) if order.is_open]
        symbols = {words.symbol_of(self._cancel(account, order, _NO_CANCEL_HF).pair) for order in open_orders}
        return {"succeedSymbols": sorted(symbols), "failedSymbols": []}

    def _cancel(self, account: Account, order: Order | None, refusal: Refusal) -> Order:
        if order is None:
            raise refusal
        try:
            return self.floor.cancel(account, order)
        except No:
            raise refusal from None

    # --- orders out ---------------------------------------------------------------------------------------------------

    async def order_classic(self, request: web.Request, account: Account) -> object:
        return words.classic_order(self._seen(self._by_id(request, account), _NO_ORDER))

    async def by_client_id_classic(self, request: web.Request, account: Account) -> object:
        order = self._seen(self._by_client_id(request, account), _NO_ORDER)
        if not order.is_open:
            raise _NO_ORDER
        return words.classic_order(order)

    async def order(self, request: web.Request, account: Account) -> object:
        self._symbol(request)
        return words.order(self._recent(self._seen(self._by_id(request, account), _NO_ORDER_HF)))

    async def by_client_id(self, request: web.Request, account: Account) -> object:
        self._symbol(request)
        order = self._recent(self._seen(self._by_client_id(request, account), _NO_ORDER_HF))
        if not order.is_open and not self.finds_done:
            raise _NO_ORDER_HF
        return words.order(order)

    async def active(self, request: web.Request, account: Account) -> object:
        orders = self.floor.seen_orders(account, self._symbol(request))
        return [words.order(order) for order in reversed(orders) if order.is_open]

    async def active_symbols(self, request: web.Request, account: Account) -> object:
        orders = self.floor.seen_orders(account)
        return {"symbols": sorted({words.symbol_of(order.pair) for order in orders if order.is_open})}

    async def done(self, request: web.Request, account: Account) -> object:
        start, end = self._window(request)
        orders = [
            order
            for order in self.floor.seen_orders(account, self._symbol(request))
            if not order.is_open and start <= order.created_at <= end
            and request.query.get("side") in (None, order.side)
        ]  # fmt: skip
        page = self._page(request, ((order.id, order) for order in orders))
        items = [words.order(order) for _, order in page]
        return {"lastId": words.list_id(page[-1][0]) if page else 0, "items": items}

    async def fills(self, request: web.Request, account: Account) -> object:
        symbol = self._symbol(request)
        start, end = self._window(request)
        trades = self._trades(request, account, symbol, start, end)
        page = self._page(request, ((trade.id, trade) for trade in trades))
        items = [words.fill(self.floor.orders[trade.order_id], trade, is_classic=False) for _, trade in page]
        return {"items": items, "lastId": words.list_id(page[-1][0]) if page else 0}

    async def orders_classic(self, request: web.Request, account: Account) -> object:
        wants_open = request.query.get("status", "done") == "active"
        start, end = (0, self.floor.now()) if wants_open else self._window(request)
        symbol = words.floor_symbol(request.query.get("symbol", ""))
        orders = [
            words.classic_order(order)
            for order in reversed(self.floor.seen_orders(account, symbol))
            if order.is_open is wants_open and start <= order.created_at <= end
        ]
        return self._numbered_page(request, orders)

    async def recent_orders(self, request: web.Request, account: Account) -> object:
        since = self.floor.now() - DAY_MS
        orders = [order for order in self.floor.seen_orders(account) if order.created_at >= since]
        return [words.classic_order(order) for order in reversed(orders[-1000:])]

    async def fills_classic(self, request: web.Request, account: Account) -> object:
        start, end = self._window(request)
        symbol = words.floor_symbol(request.query.get("symbol", ""))
        trades = self._trades(request, account, symbol, start, end)
        orders = self.floor.orders
        lines = [words.fill(orders[trade.order_id], trade, is_classic=True) for trade in reversed(trades)]
        return self._numbered_page(request, lines)

    async def recent_fills(self, request: web.Request, account: Account) -> object:
        since = self.floor.now() - DAY_MS
        trades = sorted(
            (trade for trade in self.floor.seen_trades(account) if trade.at >= since), key=lambda one: (one.at, one.id)
        )
        orders = self.floor.orders
        return [words.fill(orders[trade.order_id], trade, is_classic=True) for trade in reversed(trades[-1000:])]

    # --- reading requests ---------------------------------------------------------------------------------------------

    def _trades(self, request: web.Request, account: Account, symbol: str, start: int, end: int) -> list[Trade]:
        """Oldest first."""
        order_id = request.query.get("orderId")
        trades = [
            trade
            for trade in self.floor.seen_trades(account, symbol)
            if (words.order_id(trade.order_id) == order_id if order_id else start <= trade.at <= end)
        ]
        return sorted(trades, key=lambda trade: (trade.at, trade.id))

    def _symbol(self, request: web.Request) -> str:
        return pair_of(self.floor, request.query.get("symbol", "")).symbol

    def _by_id(self, request: web.Request, account: Account) -> Order | None:
        number = words.floor_order_id(request.match_info["order_id"])
        return None if number < 0 else self.floor.find(account, order_id=number)

    def _by_client_id(self, request: web.Request, account: Account) -> Order | None:
        return self.floor.find(account, client_id=request.match_info["client_id"])

    def _seen(self, order: Order | None, refusal: Refusal) -> Order:
        if order is None or not self.floor.is_seen(order):
            raise refusal
        return order

    def _recent(self, order: Order) -> Order:
        if not order.is_open and order.updated_at < self.floor.now() - _DONE_IS_FOUND_MS:
            raise _NO_ORDER_HF
        return order

    def _window(self, request: web.Request) -> tuple[int, int]:
        """Seven days at most: back from the end, or on from the start; a longer wish is refused."""
        start, end = (int(request.query.get(name) or 0) for name in ("startAt", "endAt"))
        if start and end and end - start > _WINDOW_MS:
            raise Refusal("400100", "The query time range cannot exceed 7 days")
        if start:
            return start, end or start + _WINDOW_MS
        end = end or self.floor.now()
        return end - _WINDOW_MS, end

    def _page(self, request: web.Request, items: Iterable[tuple[int, Item]]) -> list[tuple[int, Item]]:
        """The newest first, `lastId` and everything newer left out; at most 100."""
        most = min(int(request.query.get("limit") or 20), 100)
        last = int(request.query.get("lastId") or 0)
        before = words.number_of_list_id(last) if last else None
        return [one for one in sorted(items, key=lambda one: -one[0]) if before is None or one[0] < before][:most]

    def _numbered_page(self, request: web.Request, items: list[Json]) -> Json:
        size, page = int(request.query.get("pageSize") or 50), int(request.query.get("currentPage") or 1)
        if size > 500:
            raise Refusal("400100", "pageSize should not greater than 500")
        if size < 10:
            raise Refusal("400100", "pageSize should not less than 10")
        return {
            "currentPage": page,
            "pageSize": size,
            "totalNum": len(items),
            "totalPage": -(-len(items) // size),
            "items": items[(page - 1) * size : page * size],
        }


def _number(body: Json, name: str) -> Decimal:
    value = body.get(name)
    if value in (None, ""):
        return ZERO
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise Refusal("400100", f"validation.createOrder.{name}IsIllegal") from None
    if not number.is_finite() or number <= 0:
        raise Refusal("400100", f"validation.createOrder.{name}IsIllegal")
    return number
