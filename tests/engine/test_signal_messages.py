"""The messages to paste are understood by the bot that they are for."""

import json
from typing import Any

import pytest

from desktop_app.core.settings import Settings
from desktop_app.core.signal_reading import read_body
from desktop_app.core.strategies.signal_settings import SignalSettings
from desktop_app.engine.signal_messages import messages_of
from tests.core.dialogue import settings


def signal_settings(**parts: Any) -> SignalSettings:
    given = {"name": "tv", "account": "demo", "pairs": ["BTC/USDT"], "entry": {"volume": "1"}}
    return SignalSettings.model_validate(given | parts)


@pytest.mark.parametrize(
    ("of", "names"),
    [
        (signal_settings(), ["strategy"]),
        (signal_settings(mode="custom"), ["enter_long", "exit_long"]),
        (signal_settings(mode="custom", direction="both"), ["enter_long", "exit_long", "enter_short", "exit_short"]),
        (signal_settings(mode="custom", direction="short"), ["enter_short", "exit_short"]),
        (settings(), ["start_deal", "close_deal", "close_all", "stop_bot"]),
    ],
)
def test_B_11_each_message_is_json_with_the_secret_and_is_understood_once_filled_in(
    of: Settings, names: list[str]
) -> None:
    messages = messages_of("uuid", "secret", of)
    assert [name for name, _ in messages] == names
    for _, text in messages:
        assert json.loads(text)["secret"] == "secret"
        filled = text.replace("{{timenow}}", "2026-11-26T01:00:00Z").replace("{{strategy.order.action}}", "buy")
        filled = filled.replace("{{strategy.market_position}}", "long").replace(
            "{{strategy.prev_market_position}}", "flat"
        )
        for placeholder in ("market_position_size", "prev_market_position_size", "order.contracts"):
            filled = filled.replace(f"{{{{strategy.{placeholder}}}}}", "1")
        filled = filled.replace("{{exchange}}", "X").replace("{{ticker}}", "BTCUSDT").replace("{{close}}", "1")
        (message,) = read_body(filled.encode())
        assert (message.bot, message.secret.reveal()) == ("uuid", "secret")


def test_the_message_never_lets_signals_be_older_than_the_bot_does() -> None:
    text = dict(messages_of("u", "s", signal_settings(max_lag_seconds=60)))["strategy"]
    assert json.loads(text)["max_lag"] == "60"
