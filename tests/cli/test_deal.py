"""`deal`: what bots did, in numbers that add up, and what a person does about it while nothing else runs."""

from dataclasses import replace
from decimal import Decimal

import pytest

from desktop_app.cli.deal import purpose
from desktop_app.core.order import Order, OrderType, Role, Side
from tests.cli.calling import Call, WriteBot


@pytest.fixture
def with_deal(demo: Call, bot_file: WriteBot) -> Call:
    """A data folder in which a bot has opened a deal and the program was then closed."""
    demo("bot", "add", bot_file(('percent = "2.0"', 'percent = "90"')))
    demo("bot", "start", 1)
    for _ in range(30):
        assert demo("run", "--for", 1).status == 0
        if demo("deal", "list", "--json").document:
            return demo
    raise AssertionError("the bot opened nothing")


def test_a_deal_is_listed_shown_added_to_and_closed(with_deal: Call) -> None:
    (deal,) = with_deal("deal", "list", "--json").document
    assert (deal["id"], deal["bot"], deal["account"], deal["pair"]) == ("1-1", "BTC starter", "demo", "BTC/USDT")
    assert deal["status"] == "open" and deal["closed_at"] is None and len(deal["take_profit_prices"]) == 1
    assert sum(deal["safety_orders"].values()) == 3
    base = deal["orders"][0]
    assert base["role"] == "base" and base["filled"] == base["amount"] == deal["position_amount"]

    added = with_deal("deal", "add-funds", "1-1", "50", "--json")
    assert added.status == 0
    assert Decimal(added.document["position_amount"]) > Decimal(deal["position_amount"])
    assert [order["status"] for order in added.document["orders"] if order["role"] == "manual"] == ["filled"]

    limit = with_deal("deal", "add-funds", "1-1", "20", "--price", "1000")
    assert limit.status == 0 and "A limit order rests" in limit.out

    closed = with_deal("deal", "close", "#1-1", "--json")
    assert closed.status == 0 and closed.document["status"] == "closed_by_user"
    shown = with_deal("deal", "show", "1-1", "--json").document
    sides = {order["client_id"]: order["side"] for order in shown["orders"]}
    profit = Decimal(0)
    for fill in shown["fills"]:
        cost = Decimal(fill["price"]) * Decimal(fill["amount"])
        profit += (cost if sides[fill["client_id"]] == "sell" else -cost) - Decimal(fill["fee_quote"])
    assert Decimal(shown["profit_quote"]) == profit
    assert shown["position_amount"] == "0" and shown["unrealised_quote"] is None
    assert shown["timeline"][0]["said"].startswith("Deal started on BTC/USDT")

    assert with_deal("deal", "list", "--json").document == []
    assert with_deal("deal", "list", "--all", "--bot", "BTC starter", "--json").document[0]["id"] == "1-1"
    assert "closed_by_user" in with_deal("deal", "list", "--all").out
    assert "You closed the deal at market." in with_deal("deal", "show", "1-1").out
    again = with_deal("deal", "close", "1-1")
    assert (again.status != 0 and "is over" in again.err) or "not running" in again.err
    assert with_deal("audit", "verify").status == 0


def test_a_cancelled_deal_keeps_its_coins(with_deal: Call) -> None:
    done = with_deal("deal", "cancel", "1-1")

    assert done.status == 0
    assert "is cancelled" in done.out and "BTC stay in your account" in done.out


def test_stopping_a_bot_can_close_its_deal(with_deal: Call) -> None:
    assert "1 open deal" in with_deal("bot", "stop", 1).out
    assert with_deal("bot", "remove", 1).status == 2

    done = with_deal("bot", "stop", 1, "--then", "close")

    assert done.status == 0 and "It has no open deal." in done.out
    assert with_deal("deal", "list", "--all", "--json").document[0]["status"] == "closed_by_user"


def test_panic_cancels_and_only_sells_when_asked(with_deal: Call) -> None:
    first = with_deal("panic", "--json")

    assert first.status == 0
    found = first.document
    assert found["done"] and found["orders_cancelled"] == found["orders"] >= 3
    assert found["deals_sold"] == 0 and any("BTC" in left for left in found["left"])
    assert with_deal("bot", "list", "--json").document[0]["status"] == "stopped"


def test_panic_sells_what_the_bots_hold(with_deal: Call) -> None:
    done = with_deal("panic", "--sell")

    assert done.status == 0 and "Sold what the bots held in 1 of 1 deal." in done.out
    assert with_deal("deal", "list", "--json").document == []


@pytest.mark.parametrize("name", ["1", "x-1", "1-", "-1-2", "1-2-3", "١-١", "1-1" * 30])
def test_a_deal_is_named_by_bot_and_number(call: Call, name: str) -> None:
    done = call("deal", "show", "--", name)

    assert done.status == 2 and "is no deal" in done.err


@pytest.mark.parametrize("volume", ["nan", "0", "-5", "1e400", "ten"])
def test_funds_are_a_positive_number(call: Call, volume: str) -> None:
    done = call("deal", "add-funds", "1-1", volume)

    assert done.status == 2 and "VOLUME" in done.err


def test_an_unknown_deal_is_named(demo: Call, bot_file: WriteBot) -> None:
    demo("bot", "add", bot_file())

    assert demo("deal", "show", "1-9").status == 2
    assert demo("deal", "close", "9-1").status == 2
    assert demo("deal", "list", "--bot", "none").status == 2
    assert "No open deals." in demo("deal", "list").out


def test_an_order_of_a_grid_is_listed_by_the_name_of_its_line() -> None:
    buy = Order("c1", "BTC/USDT", Role.GRID, 16, Side.BUY, OrderType.LIMIT, Decimal(1), Decimal(9))
    assert purpose(buy) == "grid B17"
    assert purpose(replace(buy, side=Side.SELL)) == "grid S16"
    assert purpose(replace(buy, role=Role.SAFETY, index=2)) == "safety 2"
