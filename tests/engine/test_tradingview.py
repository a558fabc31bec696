"""Alerts as TradingView sends them, by curl: every kind of body, both content types, its placeholders filled in."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from desktop_app.core.deal import Direction
from tests.engine.signal_lab import BOT, SignalLab

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")

BOTH = BOT.replace('direction = "long"', 'direction = "both"\nreverse = true')
FILLED = {
    "{{exchange}}": "BINANCE",
    "{{ticker}}": "BTCUSDT",
    "{{close}}": "50000.12",
}


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[SignalLab]:
    lab = SignalLab(tmp_path)
    lab.venue.balances["BTC"] += 1  # to sell short
    await lab.ready(BOTH)
    yield lab
    await lab.stop()


def filled(lab: SignalLab, name: str, **strategy: str) -> str:
    """The message that the bot gave out, as TradingView fills it in."""
    lab.clock.at += 1_000
    text = lab.messages[name].replace("{{timenow}}", lab.stamp()[:19] + "Z")
    for placeholder, value in (FILLED | {f"{{{{strategy.{key}}}}}": value for key, value in strategy.items()}).items():
        text = text.replace(placeholder, value)
    assert "{{" not in text
    return text


def position(lab: SignalLab, action: str, contracts: str, now: str, size: str, before: str, size_before: str) -> str:
    return filled(
        lab,
        "strategy",
        **{
            "order.action": action,
            "order.contracts": contracts,
            "market_position": now,
            "market_position_size": size,
            "prev_market_position": before,
            "prev_market_position_size": size_before,
        },
    )


async def curl(lab: SignalLab, body: str, kind: str = "application/json; charset=utf-8") -> tuple[int, Any]:
    headers = (f"Content-Type: {kind}", "User-Agent: Go-http-client/1.1", "Accept-Encoding: gzip")
    options = [part for header in headers for part in ("-H", header)]
    asked = await asyncio.create_subprocess_exec(
        "curl", "-sS", "--max-time", "3", "-w", "\n%{http_code}", "--data-binary", "@-", *options,
        f"http://127.0.0.1:{lab.port}/{lab.path}",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    told, _ = await asked.communicate(body.encode())
    text, _, status = told.decode().rpartition("\n")
    return int(status), json.loads(text)


async def traded(lab: SignalLab) -> list[tuple[Direction, bool]]:
    """(direction, whether it is over) of every deal, once all that was asked for is done."""
    await lab.filled()
    await lab.price("50000")
    await lab.filled()
    return [(deal.direction, deal.status.is_over) for deal in await lab.deals()]


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "text/plain; charset=utf-8"])
async def test_buy_flat_reverse_and_sell(lab: SignalLab, kind: str) -> None:
    taken = (200, {"status": 200, "reason": "Taken."})
    assert await curl(lab, position(lab, "buy", "0.01", "long", "0.01", "flat", "0"), kind) == taken
    assert await traded(lab) == [(Direction.LONG, False)]
    assert await curl(lab, position(lab, "sell", "0.01", "flat", "0", "long", "0.01"), kind) == taken
    assert await traded(lab) == [(Direction.LONG, True)]
    assert await curl(lab, position(lab, "sell", "0.01", "short", "0.01", "flat", "0"), kind) == taken
    assert await traded(lab) == [(Direction.LONG, True), (Direction.SHORT, False)]
    assert await curl(lab, position(lab, "buy", "0.02", "long", "0.01", "short", "0.01"), kind) == taken
    assert await traded(lab) == [(Direction.LONG, True), (Direction.SHORT, True), (Direction.LONG, False)]
    assert await curl(lab, position(lab, "sell", "0.005", "long", "0.005", "long", "0.01"), kind) == taken
    await traded(lab)
    assert (await lab.deals())[-1].held * 2 == (await lab.deals())[-1].position.entry_amount


async def test_an_alert_that_is_no_strategys_says_what_it_lacks(lab: SignalLab) -> None:
    """TradingView leaves placeholders of strategies as they are in alerts of indicators."""
    status, document = await curl(lab, lab.messages["strategy"].replace("{{timenow}}", lab.stamp()))
    assert status == 422
    assert "{{" in document["reason"]


async def test_text_around_the_message_is_no_message(lab: SignalLab) -> None:
    assert (await curl(lab, "BTCUSDT crossed 50000", "text/plain; charset=utf-8"))[0] == 400


async def test_two_alerts_of_one_second_are_two_if_they_differ(lab: SignalLab) -> None:
    first = position(lab, "buy", "0.01", "long", "0.01", "flat", "0")
    second = first.replace('"market_position_size": "0.01"', '"market_position_size": "0.02"')
    assert (await curl(lab, f"[{first}, {second}, {first}]"))[0] == 409
    rows = await lab.running.supervisor.signals()
    assert sorted(row.status for row in rows) == [200, 200, 409]
