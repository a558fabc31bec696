"""`trade`: placed at once or not at all, listed, checked and backtested."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.calling import Call, WriteBot

TRADE = """\
kind = "smart_trade"
name = "Swing"
account = "demo"
pair = "BTC/USDT"
amount = "100"
unit = "quote"
entry = { type = "market" }
take_profit = { steps = [{ percent = "2", share = "50" }, { percent = "6", share = "50" }], trailing_deviation = "1" }
stop_loss = { percent = "2.5", breakeven_after = 1 }
"""
SMART_REF = TRADE.replace('amount = "100"\nunit = "quote"', 'amount = "0.00150"').replace(
    'entry = { type = "market" }', 'entry = { type = "limit", price = "63800" }'
)


@pytest.fixture
def trade_file(tmp_path: Path) -> Any:
    def write(text: str = TRADE) -> Path:
        path = tmp_path / "trade.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_trade_is_placed_and_listed(demo: Call, trade_file: Any) -> None:
    assert demo("trade", "add", trade_file(), "--json").document == {"id": 1}

    (listed,) = demo("trade", "list", "--json").document
    assert (listed["id"], listed["name"], listed["pair"], listed["trade"]) == (1, "Swing", "BTC/USDT", "trade")
    assert listed["status"] == "running"
    assert demo("bot", "list", "--json").document[0]["kind"] == "smart_trade"
    assert "Swing" in demo("trade", "list").out


def test_the_same_trade_twice_is_placed_once(demo: Call, trade_file: Any) -> None:
    demo("trade", "add", trade_file())

    done = demo("trade", "add", trade_file())

    assert done.status == 2 and "already taken" in done.err
    assert len(demo("trade", "list", "--json").document) == 1


def test_what_cannot_be_is_not_placed(demo: Call, trade_file: Any) -> None:
    small = demo("trade", "add", trade_file(TRADE.replace('"100"', '"1"')))
    dear = demo("trade", "add", trade_file(TRADE.replace('"100"', '"999999999"')))
    held = TRADE.replace('unit = "quote"\nentry = { type = "market" }', 'trade = "hold"\nprice_paid = "60000"')
    coins = demo("trade", "add", trade_file(held))
    bot = demo("trade", "add", trade_file('kind = "dca"\nname = "x"\n'))

    assert small.status == 2 and "takes no order below" in small.err
    assert dear.status == 1 and "not started" in dear.err
    assert coins.status == 1 and "are free on demo" in coins.err
    assert bot.status == 2
    assert demo("trade", "list", "--all", "--json").document == []


def test_d_13_check_shows_the_reference_ticket(demo: Call, trade_file: Any) -> None:
    path = trade_file(SMART_REF)
    shown = demo("bot", "check", path, "--json").document
    said = demo("bot", "check", path).out

    assert shown["ok"] and shown["funds"] == "95.7" and shown["amount"] == "0.0015"
    assert [target["price"] for target in shown["targets"]] == ["65076", "67628"]
    assert shown["stop"]["price"] == "62205"
    assert "Risk 2.58, reward 3.63, 1 : 1.41, after fees." in said


def test_check_without_a_price_says_what_it_needs(demo: Call, trade_file: Any) -> None:
    path = trade_file()
    assert "--price" in demo("bot", "check", path).out
    assert demo("bot", "check", path, "--json").document["risk_quote"] is None
    small = demo("bot", "check", trade_file(TRADE.replace('"100"', '"1"')), "--price", "60000")
    assert small.status == 2 and "needs at least" in small.out


def test_a_trade_is_backtested(demo: Call, trade_file: Any, tmp_path: Path) -> None:
    candles = tmp_path / "btc.csv"
    rows = ["timestamp,open,high,low,close,volume"]
    prices = ((64210, 64300, 63700, 63900), (63900, 68000, 63900, 67900), (67900, 67900, 66000, 66000))
    rows += [f"{1_700_000_040_000 + k * 60_000},{','.join(map(str, row))},1" for k, row in enumerate(prices)]
    candles.write_text("\n".join(rows) + "\n", encoding="utf-8")

    tested = demo("backtest", trade_file(SMART_REF), "--candles", candles, "--json").document

    (deal,) = tested["deals"]
    assert deal["status"] == "completed"
    assert [(order["role"], order["price"]) for order in deal["orders"]] == [
        ("base", "63800"),
        ("take_profit", "65076"),
        ("take_profit", "67320"),
    ]


def test_a_waiting_trade_is_forced_edited_and_cancelled(demo: Call, trade_file: Any) -> None:
    waiting = TRADE.replace('type = "market"', 'type = "limit", price = "1"').replace(
        'percent = "2.5", breakeven_after = 1', 'percent = "2.5"'
    )
    demo("trade", "add", trade_file(waiting))
    demo("run", "--for", 1)
    (deal,) = demo("deal", "list", "--json").document
    assert deal["status"] == "opening"

    moved = demo("deal", "edit", deal["id"], trade_file(waiting.replace('"1"', '"2"')))
    assert moved.status == 0 and "goes on under the settings" in moved.out
    demo("run", "--for", 1)
    (waits,) = demo("deal", "list", "--json").document
    assert [order["price"] for order in waits["orders"] if order["status"] == "open"] == ["2"]
    assert demo("deal", "force-start", deal["id"], "--json").document["asked"] == "force-start"
    demo("run", "--for", 1)
    (running,) = demo("deal", "list", "--json").document
    assert running["status"] == "open"
    again = demo("deal", "force-start", deal["id"])
    assert again.status == 1 and "does not wait" in again.err
    assert demo("deal", "cancel", deal["id"]).status == 0
    assert demo("trade", "list").out.startswith("No smart trades.")
    assert demo("trade", "list", "--all", "--json").document[0]["deal_status"] == "cancelled"


def test_a_deal_is_converted_into_the_trade_of_a_file(demo: Call, trade_file: Any, bot_file: WriteBot) -> None:
    demo("bot", "add", bot_file())
    demo("bot", "start", 1)
    demo("run", "--for", 1)
    demo("bot", "stop", 1)
    (deal,) = demo("deal", "list", "--json").document

    refused = demo("deal", "convert", deal["id"], bot_file())
    done = demo("deal", "convert", deal["id"], trade_file())

    assert refused.status == 2 and "no smart trade" in refused.err
    assert done.status == 0 and "becomes a smart trade" in done.out
    demo("run", "--for", 2)
    by_name = {bot["name"]: bot for bot in demo("bot", "list", "--json").document}
    assert by_name["Swing"]["kind"] == "smart_trade"
    (heir,) = demo("deal", "list", "--json").document
    assert (heir["bot"], heir["position_amount"]) == ("Swing", deal["position_amount"])
