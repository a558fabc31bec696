"""Own trades of a real exchange: all of them, page by page, each with its order and what its fee was worth."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from desktop_app.core.change import replace
from desktop_app.core.market import Market
from desktop_app.exchange.gateway.client import Client
from desktop_app.exchange.gateway.outcomes import Malformed
from desktop_app.exchange.live.notes import Notes
from desktop_app.exchange.live.reading import read_client_id, read_fees, read_trade
from desktop_app.exchange.numbers import read_positive
from desktop_app.exchange.protocol import Refused, TradeReport, Unreachable
from desktop_app.exchange.venues.quirks import Paging

log = logging.getLogger(__name__)

Read = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]
OVERLAP_MS = 5_000
_MOST_PAGES = 400
_MANY_WINDOWS = 30
_LONGEST_MS = 730 * 86_400_000
_MOST_LOOKS = 30  # at orders whose client id is not known, in one go
_PRICE_KEPT_MS = 60_000
_BRIDGES = ("USDT", "USD", "BTC")


class TradeHistory:
    """`price_of`: the latest known price of a pair, where somebody has heard one."""

    overlap_ms = OVERLAP_MS

    def __init__(
        self,
        client: Client,
        notes: Notes,
        markets: Callable[[], Mapping[str, Market]],
        now: Callable[[], int],
        price_of: Callable[[str], Decimal | None],
    ) -> None:
        self._client = client
        self._quirks = client.quirks
        self._notes = notes
        self._markets = markets
        self._now = now
        self._price_of = price_of
        self._prices: dict[str, tuple[int, Decimal | None]] = {}

    async def since(self, symbol: str, at: int) -> tuple[TradeReport, ...]:
        """All trades of the pair from that moment on, oldest first, complete or not at all."""
        market = self._markets().get(symbol)
        if market is None:
            raise Unreachable(f"{symbol} is not traded any more: the exchange cannot be asked about it.")
        told: dict[str, Any] = {}
        window = self._quirks.trades_window_ms
        end = self._now() + OVERLAP_MS
        start, pages = max(at, end - _LONGEST_MS), _MOST_PAGES
        if self._quirks.paging is Paging.UP and end - start > _MANY_WINDOWS * window:
            await self._upwards(symbol, told, pages)
            start = end
        while start < end:
            until = min(start + window, end) if window else end
            pages = await self._window(symbol, start, until, told, pages)
            start = until
            if told and self._quirks.paging is Paging.UP:
                await self._upwards(symbol, told, pages)
                break
        trades = [trade for trade in await self.read_all(list(told.values()), market, {}) if trade.at >= at]
        return tuple(sorted(trades, key=lambda trade: (trade.at, _number(trade.fill.trade_id))))

    async def read_all(self, told: Sequence[Any], market: Market, owners: Mapping[str, str]) -> tuple[TradeReport, ...]:
        """Raises Unreachable when one of them is no trade."""
        try:
            values = await self._fee_values(told, market)
            trades = [read_trade(one, market, values, owners.get(str(one.get("order")), "")) for one in told]
        except Malformed:
            raise self._client.unusable() from None
        await self._find_owners(market.symbol, [one for one in trades if not one.client_id])
        return tuple(
            replace(one, client_id=one.client_id or self._notes.client_id(one.exchange_id) or "") for one in trades
        )

    async def _window(self, symbol: str, since: int, until: int, told: dict[str, Any], pages: int) -> int:
        """Everything of one span of time, into `told`; the answer is how many pages may still be asked for."""
        if (whole := self._quirks.list_trades) is not None:
            for one in await self._client.call(lambda: whole(self._client.api, symbol, since, until)):
                told[str(one.get("id"))] = one
            return pages
        params: dict[str, Any] = (
            {"until": until} if self._quirks.trades_window_ms or self._quirks.paging is not (Paging.UP) else {}
        )
        while True:
            pages -= 1
            if pages < 0:
                raise Unreachable("There are too many trades to read.")
            page = await self._page(symbol, since, params)
            new = [one for one in page if str(one.get("id")) not in told]
            told.update((str(one.get("id")), one) for one in page)
            if len(page) < self._quirks.trades_page or not new or self._quirks.paging is Paging.UP:
                return pages
            if self._quirks.paging is Paging.DOWN:
                oldest = min(page, key=lambda one: _number(str(one.get("id"))))
                params = {**params, "lastId": str(oldest.get("id"))}
            else:
                params = {**params, "until": min(int(one.get("timestamp") or until) for one in page)}

    async def _upwards(self, symbol: str, told: dict[str, Any], pages: int) -> None:
        """From the first that was found on by number: no window, no gap."""
        while True:
            pages -= 1
            if pages < 0:
                raise Unreachable("There are too many trades to read.")
            last = max((_number(name)[0] for name in told), default=-1)
            page = await self._page(symbol, None, {"fromId": last + 1})
            told.update((str(one.get("id")), one) for one in page)
            if len(page) < self._quirks.trades_page:
                return

    async def _page(self, symbol: str, since: int | None, params: Mapping[str, Any]) -> list[Any]:
        api, limit = self._client.api, self._quirks.trades_page
        page = await self._client.call(lambda: api.fetch_my_trades(symbol, since, limit, dict(params)))
        if not isinstance(page, list):
            raise self._client.unusable()
        return page

    # --- whose trades they are

    async def _find_owners(self, symbol: str, trades: Sequence[TradeReport]) -> None:
        """Have the notes know the client ids of these trades' orders, or that they have none."""
        unknown = dict.fromkeys(one.exchange_id for one in trades if self._notes.client_id(one.exchange_id) is None)
        for exchange_id in list(unknown)[:_MOST_LOOKS]:
            await self._find_owner(symbol, exchange_id)
        for trade in trades:
            if self._quirks.list_orders is not None and self._notes.client_id(trade.exchange_id) is None:
                await self._read_old_orders(symbol, trade.at)
        for trade in trades:
            if self._notes.client_id(trade.exchange_id) is None and trade.exchange_id in list(unknown)[:_MOST_LOOKS]:
                self._notes.note_nobodys(trade.exchange_id)

    async def _find_owner(self, symbol: str, exchange_id: str) -> None:
        api = self._client.api
        try:
            answer = await self._client.call(lambda: api.fetch_order(exchange_id, symbol))
        except Refused as refused:
            if refused.code != "unknown_order":
                raise
            return  # it is too old to be looked up by itself
        if isinstance(answer, Mapping):
            self._note(answer)

    async def _read_old_orders(self, symbol: str, at: int) -> None:
        """Orders that have traded at some moment were made before it, most of them not long before."""
        whole, api = self._quirks.list_orders, self._client.api
        assert whole is not None
        since = at - (self._quirks.orders_window_ms or OVERLAP_MS) + 2 * OVERLAP_MS
        for answer in await self._client.call(lambda: whole(api, symbol, since, at + OVERLAP_MS)):
            self._note(answer)

    def _note(self, answer: Mapping[str, Any]) -> None:
        self._notes.note(read_client_id(answer, self._quirks), str(answer.get("id") or ""))

    # --- fees in coins that are neither side of the pair

    async def _fee_values(self, told: Sequence[Any], market: Market) -> dict[str, Decimal]:
        if not all(isinstance(one, Mapping) for one in told):
            raise Malformed
        assets = {fee.asset for one in told for fee in read_fees(one)} - {market.base, market.quote}
        values = {}
        for asset in assets:
            value = await self._value(asset, market.quote)
            if value is not None:
                values[asset] = value
        return values

    async def _value(self, asset: str, quote: str) -> Decimal | None:
        """What one of an asset is worth, directly or through another; None where nobody knows."""
        direct = await self._either_way(asset, quote)
        if direct is not None:
            return direct
        for bridge in _BRIDGES:
            if bridge not in (asset, quote):
                first = await self._either_way(asset, bridge)
                second = await self._either_way(bridge, quote) if first is not None else None
                if first is not None and second is not None:
                    return first * second
        return None

    async def _either_way(self, asset: str, quote: str) -> Decimal | None:
        price = await self._price(f"{asset}/{quote}")
        if price is not None:
            return price
        price = await self._price(f"{quote}/{asset}")
        return 1 / price if price is not None else None

    async def _price(self, symbol: str) -> Decimal | None:
        if symbol not in self._markets():
            return None
        if (heard := self._price_of(symbol)) is not None:
            return heard
        now = self._now()
        kept = self._prices.get(symbol)
        if kept is not None and now - kept[0] < _PRICE_KEPT_MS:
            return kept[1]
        api = self._client.api
        try:
            ticker = await self._client.call(lambda: api.fetch_ticker(symbol))
            price = read_positive(ticker.get("last"))
        except (Unreachable, Refused) as error:
            log.info("%s: no price of %s for a fee: %s", self._client.id, symbol, error)
            price = None
        self._prices[symbol] = (now, price)
        return price


def _number(trade_id: str) -> tuple[int, str]:
    """Trade ids are numbers nearly everywhere: in their order, not in that of their digits."""
    return (int(trade_id), "") if trade_id.isascii() and trade_id.isdigit() else (0, trade_id)
