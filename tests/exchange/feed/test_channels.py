"""Every exchange is heard by the best streams that it has."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from desktop_app.exchange.feed.channels import PAIRS_A_LINE, channels_of


@dataclass
class FakeApi:
    has: dict[str, bool]
    asked: list[tuple[str, Any]] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        async def watch(symbols: Any) -> None:
            self.asked.append((name, symbols))

        return watch


@pytest.mark.parametrize(
    ("has", "method", "asks", "most"),
    [
        (["watchTradesForSymbols", "watchTrades", "watchTicker"], "watch_trades_for_symbols", ["A/B"], PAIRS_A_LINE),
        (["watchTrades", "watchTickers"], "watch_trades", "A/B", 1),
        (["watchTickers", "watchTicker"], "watch_tickers", ["A/B"], PAIRS_A_LINE),
        (["watchTicker"], "watch_ticker", "A/B", 1),
    ],
)
async def test_trades_are_better_than_tickers_and_many_pairs_at_once_better_than_one(
    has: list[str], method: str, asks: object, most: int
) -> None:
    api = FakeApi(dict.fromkeys(has, True))
    (channel,) = channels_of(api, None)
    await channel.ask(("A/B",))
    assert api.asked == [(method, asks)]
    assert channel.most == most


def test_offers_are_heard_where_there_are_some() -> None:
    names = ["watchTrades", "watchBidsAsks"]
    assert [channel.kind for channel in channels_of(FakeApi(dict.fromkeys(names, True)), None)] == ["trades", "offers"]


def test_without_streams_there_is_no_channel() -> None:
    assert channels_of(FakeApi({"watchBidsAsks": True}), None) == []
