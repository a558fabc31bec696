from decimal import Decimal
from typing import Any

import pytest

from desktop_app.core.market import Market
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.gui.ticket.reading import read
from desktop_app.gui.ticket.taking import draft_of

D = Decimal
BTC = Market("BTC/USDT", "BTC", "USDT", D("0.01"), D("0.00001"))
_STEPS = [{"percent": "2", "share": "40"}, {"price": "66000", "share": "60"}]
_ODD: list[dict[str, Any]] = [
    {"trade": "buy", "unit": "quote", "amount": "100"},
    {"trade": "sell", "unit": "percent", "amount": "50", "entry": {"type": "limit", "price": "64000"}},
    {"take_profit": {"steps": _STEPS, "trailing_deviation": "0.7"}, "stop_loss": {"percent": "3", "trailing": True}},
    {"entry": {"type": "trailing", "trailing_deviation": "1.2"}, "stop_loss": {"price": "50000", "native": True}},
    {"entry": {"type": "conditional", "price": "64000", "trigger": "bid", "limit_price": "64100"}},
    {"take_profit": {"steps": _STEPS}, "stop_loss": {"percent": "3", "breakeven_after": 1, "timeout_seconds": 90}},
    {"stop_loss": {"percent": "3", "type": "limit", "limit_percent": "0.4"}},
    {"trade": "hold", "price_paid": "61000", "stop_loss": {"percent": "3"}},
    {"trade": "cover", "take_profit": {"steps": [{"percent": "5", "share": "100"}]}},
]


@pytest.mark.parametrize("given", _ODD)
def test_the_ticket_reads_as_the_trade_that_it_was_made_of(given: dict[str, Any]) -> None:
    trade = SmartTradeSettings.model_validate(
        {"name": "T", "account": "A", "pair": "BTC/USDT", "amount": "0.02"} | given
    )

    made = read(draft_of(trade, 7, "Paper"), BTC, D(63_000))

    assert made.problems == {}
    assert made.settings is not None
    assert made.settings == trade.model_copy(update={"name": made.settings.name, "account": "Paper"})
    assert made.settings.name.endswith("7")


def test_a_usual_ticket_keeps_its_proposals_where_the_trade_says_nothing() -> None:
    trade = SmartTradeSettings.model_validate({"name": "T", "account": "A", "pair": "BTC/USDT", "amount": "1"})
    draft = draft_of(trade, 1, "Paper")

    assert (draft.trail, draft.follow, draft.stop.limit_percent, draft.stop.is_on) == ("0.5", "0.5", "0.5", False)
