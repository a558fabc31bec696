"""KuCoin's lists are read to their end, on its newer and its classic accounts."""

from typing import Any

import pytest

from desktop_app.exchange.protocol import Unreachable
from desktop_app.exchange.venues.kucoin_lists import list_orders, list_trades


class Pages:
    """What ccxt's object is to the lists: `count` things, newest first, in pages of whatever size is asked for."""

    def __init__(self, count: int, *, is_newer: bool, is_endless: bool = False) -> None:
        self.options = {"hf": is_newer}
        self.asked: list[dict[str, Any]] = []
        self._left = list(range(count, 0, -1))
        self._is_endless = is_endless
        self.privateGetHfFills = self.privateGetFills = self._page
        self.privateGetHfOrdersDone = self.privateGetOrders = self._page

    async def _page(self, asked: dict[str, Any]) -> Any:
        self.asked.append(dict(asked))
        size = asked.get("limit") or asked["pageSize"]
        page = self._left[:size] if self._is_endless else [self._left.pop(0) for _ in self._left[:size]]
        last = page[-1] if page else None
        return {"data": {"items": page, "lastId": last, "currentPage": asked.get("currentPage")}}

    def market(self, symbol: str) -> str:
        return symbol

    market_id = market

    def parse_trades(self, items: list[int], _: str) -> list[int]:
        return items

    parse_orders = parse_trades


@pytest.mark.parametrize("is_newer", [True, False])
@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 499, 500, 1_234])
async def test_every_page_is_asked_for_once(count: int, is_newer: bool) -> None:
    for whole in (list_trades, list_orders):
        pages = Pages(count, is_newer=is_newer)
        assert await whole(pages, "BTC-USDT", 1, 2) == list(range(count, 0, -1))
        size = 100 if is_newer else 500
        assert len(pages.asked) == count // size + 1
        assert all((one["startAt"], one["endAt"]) == (1, 2) for one in pages.asked)


async def test_a_list_without_end_is_no_list() -> None:
    with pytest.raises(Unreachable):
        await list_trades(Pages(1_000, is_newer=True, is_endless=True), "BTC-USDT", 1, 2)
