"""How KuCoin writes markets, orders, fills and balances down; from its documents and what its API is seen to answer."""

from decimal import Decimal
from typing import Any

from tests.loopback.floor import ZERO, Account, Order, Pair, Status, Trade

Json = dict[str, Any]

_ORDER_PREFIX = "6744f1d2"  # ids are 24 hexadecimal characters
_TRADE_BASE = 11_067_996_711_960_576  # an integer beyond what a float can hold, as in the real lists of trades
_LIST_BASE = 19_814_995_255_304
_CLASSIC_TRADE_PREFIX = "6744f1d3"


def text(number: Decimal) -> str:
    """As KuCoin writes numbers: plain, without zeros at the end."""
    plain = f"{number:f}"
    return (plain.rstrip("0").rstrip(".") or "0") if "." in plain else plain


def symbol_of(pair: Pair) -> str:
    return f"{pair.base}-{pair.quote}"


def floor_symbol(symbol: str) -> str:
    return symbol.replace("-", "", 1)


def order_id(order: Order | int) -> str:
    number = order if isinstance(order, int) else order.id
    return f"{_ORDER_PREFIX}{number:016x}"


def floor_order_id(order_id: str) -> int:
    """The floor's number, or -1 for what is none of ours."""
    if len(order_id) != 24 or not order_id.startswith(_ORDER_PREFIX):
        return -1
    try:
        return int(order_id.removeprefix(_ORDER_PREFIX), 16)
    except ValueError:
        return -1


def trade_id(trade: Trade) -> int:
    return _TRADE_BASE + trade.id


def classic_trade_id(trade: Trade) -> str:
    return f"{_CLASSIC_TRADE_PREFIX}{trade.id:016x}"


def list_id(number: int) -> int:
    """What the newer lists are paged by (`lastId`)."""
    return _LIST_BASE + number


def number_of_list_id(identity: int) -> int:
    return identity - _LIST_BASE


# --- markets ----------------------------------------------------------------------------------------------------------


def market(pair: Pair) -> Json:
    symbol = symbol_of(pair)
    return {
        "symbol": symbol,
        "name": symbol,
        "baseCurrency": pair.base,
        "quoteCurrency": pair.quote,
        "feeCurrency": pair.quote,
        "market": "USDS" if pair.quote == "USDT" else pair.quote,
        "baseMinSize": text(pair.min_amount),
        "quoteMinSize": text(pair.min_cost),
        "baseMaxSize": text(pair.max_amount),
        "quoteMaxSize": text(pair.max_cost),
        "baseIncrement": text(pair.amount_step),
        "quoteIncrement": text(pair.price_tick * pair.amount_step),
        "priceIncrement": text(pair.price_tick),
        "priceLimitRate": "0.1",
        "minFunds": text(pair.min_cost),
        "isMarginEnabled": False,
        "enableTrading": pair.status == "trading",
        "feeCategory": 1,
        "makerFeeCoefficient": "1.00",
        "takerFeeCoefficient": "1.00",
        "st": False,
        "callauctionIsEnabled": False,
        "callauctionPriceFloor": None,
        "callauctionPriceCeiling": None,
        "callauctionFirstStageStartTime": None,
        "callauctionSecondStageStartTime": None,
        "callauctionThirdStageStartTime": None,
        "tradingStartTime": None,
    }


def currency(name: str) -> Json:
    return {
        "currency": name,
        "name": name,
        "fullName": name,
        "precision": 8,
        "confirms": None,
        "contractAddress": None,
        "isMarginEnabled": False,
        "isDebitEnabled": False,
        "chains": [
            {
                "chainName": name,
                "chainId": name.lower(),
                "withdrawalMinSize": "1",
                "depositMinSize": None,
                "withdrawFeeRate": "0",
                "withdrawalMinFee": "1",
                "isWithdrawEnabled": True,
                "isDepositEnabled": True,
                "confirms": 12,
                "preConfirms": 12,
                "contractAddress": "",
                "withdrawPrecision": 8,
                "maxWithdraw": None,
                "maxDeposit": None,
                "needTag": False,
            }
        ],
    }


def day(pair: Pair, now: int) -> tuple[Decimal, Decimal, Decimal, Decimal, Decimal]:
    """Open, high, low, volume and turnover of the last 24 hours."""
    minutes = [candle for at, candle in sorted(pair.candles.items()) if at > now - 86_400_000]
    first, high, low = minutes[0][0], max(one[1] for one in minutes), min(one[2] for one in minutes)
    return first, high, low, sum((one[4] for one in minutes), ZERO), sum((one[4] * one[3] for one in minutes), ZERO)


def ticker(pair: Pair, now: int) -> Json:
    first, high, low, volume, turnover = day(pair, now)
    return {
        "symbol": symbol_of(pair),
        "symbolName": symbol_of(pair),
        "buy": text(pair.bid),
        "bestBidSize": "10",
        "sell": text(pair.ask),
        "bestAskSize": "10",
        "changeRate": text(((pair.price - first) / first).quantize(Decimal("0.0001"))),
        "changePrice": text(pair.price - first),
        "high": text(high),
        "low": text(low),
        "vol": text(volume),
        "volValue": text(turnover),
        "last": text(pair.price),
        "averagePrice": text(pair.price),
        "takerFeeRate": text(pair.taker_fee),
        "makerFeeRate": text(pair.maker_fee),
        "takerCoefficient": "1",
        "makerCoefficient": "1",
    }


def book(pair: Pair, depth: int) -> Json:
    size = "10" if pair.liquidity is None else text(pair.liquidity)
    bids = [
        [text(pair.bid - step * pair.price_tick), size] for step in range(depth) if pair.bid > pair.price_tick * step
    ]
    return {"bids": bids, "asks": [[text(pair.ask + step * pair.price_tick), size] for step in range(depth)]}


def candle(at: int, row: list[Decimal]) -> list[str]:
    """Start in seconds, then open, close, high, low, volume, turnover: in this order."""
    first, high, low, close, volume = row
    return [str(at // 1000), *(text(one) for one in (first, close, high, low, volume, volume * close))]


# --- orders and fills -------------------------------------------------------------------------------------------------


def fee_of(order: Order) -> Decimal:
    return sum((trade.fee for trade in order.trades), ZERO)


def _order(order: Order) -> Json:
    return {
        "id": order_id(order),
        "symbol": symbol_of(order.pair),
        "opType": "DEAL",
        "type": "market" if order.kind == "market" else "limit",
        "side": order.side,
        "price": text(order.price),
        "size": text(ZERO if order.cost else order.amount),
        "funds": text(order.cost),
        "dealFunds": text(order.paid),
        "dealSize": text(order.filled),
        "fee": text(fee_of(order)),
        "feeCurrency": order.pair.quote,
        "timeInForce": order.time_in_force,
        "postOnly": order.kind == "limit_maker",
        "hidden": False,
        "iceberg": False,
        "visibleSize": "0",
        "cancelAfter": 0,
        "channel": "API",
        "clientOid": order.client_id,
        "remark": order.extra.get("remark"),
        "tags": order.extra.get("tags"),
        "cancelExist": order.status not in (Status.OPEN, Status.FILLED),
        "createdAt": order.created_at,
        "tradeType": "TRADE",
    }


def classic_order(order: Order) -> Json:
    return _order(order) | {
        "stp": "",
        "stop": "",
        "stopTriggered": False,
        "stopPrice": "0",
        "isActive": order.is_open,
        "tax": None,
    }


def order(order: Order) -> Json:
    """An order of an account that trades on the newer (`hf`) endpoints."""
    rest = order.rest if order.is_open else ZERO
    left = order.amount - order.filled - rest
    return _order(order) | {
        "stp": None,
        "funds": text(order.cost or order.price * order.amount),
        "remainSize": text(rest),
        "remainFunds": text(rest * order.price),
        "cancelledSize": text(left),
        "cancelledFunds": text(left * order.price),
        "inOrderBook": order.is_open,
        "active": order.is_open,
        "tax": "0",
        "lastUpdatedAt": order.updated_at,
    }


def fill(order: Order, trade: Trade, *, is_classic: bool) -> Json:
    rate = trade.fee / (trade.price * trade.amount)
    words: Json = {
        "symbol": symbol_of(order.pair),
        "tradeId": classic_trade_id(trade) if is_classic else trade_id(trade),
        "orderId": order_id(order),
        "counterOrderId": order_id(0xFFFF),
        "side": trade.side,
        "liquidity": "maker" if trade.is_maker else "taker",
        "forceTaker": False,
        "price": text(trade.price),
        "size": text(trade.amount),
        "funds": text(trade.price * trade.amount),
        "fee": text(trade.fee),
        "feeRate": text(rate.quantize(Decimal("0.00001"))),
        "feeCurrency": trade.fee_asset,
        "stop": "",
        "type": "market" if order.kind == "market" else "limit",
        "createdAt": trade.at,
        "tradeType": "TRADE",
    }
    return words if is_classic else words | {"id": list_id(trade.id), "taxRate": "0", "tax": "0"}


# --- the account ------------------------------------------------------------------------------------------------------


def account_id(account: Account, asset: str) -> str:
    return f"{account.uid:012x}{sum(asset.encode()):012x}"


def balance(account: Account, asset: str, kind: str) -> Json:
    one = account.of(asset)
    return {
        "id": account_id(account, asset),
        "currency": asset,
        "type": kind,
        "balance": text(one.total),
        "available": text(one.free),
        "holds": text(one.locked),
    }


def key(account: Account, created_at: int) -> Json:
    rights = ["General", *["Spot"][: account.may_trade]]
    rights += [*["InnerTransfer"][: account.may_transfer], *["Transfer"][: account.may_withdraw]]
    words: Json = {
        "remark": "strongroom",
        "apiKey": account.key,
        "apiVersion": 3,
        "permission": ",".join(rights),
        "createdAt": created_at,
        "uid": account.uid,
        "isMaster": True,
    }
    return words | {"ipWhitelist": "127.**.1"} if account.is_ip_bound else words


# --- news -------------------------------------------------------------------------------------------------------------


def order_news(order: Order, kind: str, status: str, now: int, trade: Trade | None, *, is_classic: bool) -> Json:
    words: Json = {
        "symbol": symbol_of(order.pair),
        "orderType": "market" if order.kind == "market" else "limit",
        "side": order.side,
        "orderId": order_id(order),
        "type": kind,
        "orderTime": order.created_at,
        "size": text(order.amount),
        "filledSize": text(order.filled),
        "price": text(order.price),
        "clientOid": order.client_id,
        "remainSize": text(order.rest if order.is_open else ZERO),
        "status": status,
        "ts": now * 1_000_000,
    }
    if kind == "canceled":
        words["canceledSize"] = text(order.rest)
    if trade is not None:
        words |= {
            "liquidity": "maker" if trade.is_maker else "taker",
            "feeType": "makerFee" if trade.is_maker else "takerFee",
            "matchPrice": text(trade.price),
            "matchSize": text(trade.amount),
            "tradeId": classic_trade_id(trade) if is_classic else str(trade_id(trade)),
        }
    return words


def balance_news(account: Account, asset: str, change: Decimal, event: str, order: Order | None, now: int) -> Json:
    one = account.of(asset)
    context = {} if order is None else {"symbol": symbol_of(order.pair), "orderId": order_id(order)}
    return {
        "accountId": account_id(account, asset),
        "currency": asset,
        "total": text(one.total),
        "available": text(one.free),
        "availableChange": text(change),
        "hold": text(one.locked),
        "holdChange": "0",
        "relationContext": context,
        "relationEvent": event,
        "relationEventId": f"{now:024x}",
        "time": str(now),
    }
