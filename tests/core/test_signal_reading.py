"""TradingView's alerts in the shape of 3Commas are understood, and everything else is refused with its reason."""

import json
from decimal import Decimal
from typing import Any

import pytest

from desktop_app.core.signal_reading import LARGEST_BODY, read_body
from desktop_app.core.signal_reading import pair_of as find_pair
from desktop_app.core.signals import Action, Signal, SignalRefused, Size, Standing

D = Decimal
AT = 1_795_654_800_000


def message(**parts: Any) -> dict[str, Any]:
    return {"secret": "s3cret", "bot_uuid": "b", "timestamp": "2026-11-26T01:00:00Z", "action": "buy"} | parts


def read(**parts: Any) -> Signal:
    (found,) = read_body(json.dumps(message(**parts)).encode())
    return found.signal


def refusal(body: bytes | dict[str, Any]) -> tuple[int, str]:
    with pytest.raises(SignalRefused) as refused:
        read_body(body if isinstance(body, bytes) else json.dumps(body).encode())
    return refused.value.status, refused.value.said.code


STRATEGY = b"""{
  "secret": "s3cret", "max_lag": "300", "timestamp": "2026-11-26T01:00:00Z", "trigger_price": "97123.5",
  "tv_exchange": "BINANCE", "tv_instrument": "BTCUSDT", "action": "sell", "bot_uuid": "0f3c",
  "strategy_info": { "market_position": "flat", "market_position_size": "0",
                     "prev_market_position": "long", "prev_market_position_size": "0.0105" },
  "order": { "amount": "0.0105", "currency_type": "base" }
}"""


def test_an_alert_of_a_strategy() -> None:
    (found,) = read_body(STRATEGY)
    assert (found.bot, found.secret.reveal()) == ("0f3c", "s3cret")
    assert found.signal == Signal(
        Action.SELL,
        AT,
        "BTCUSDT",
        D("97123.5"),
        Standing("flat", D(0), "long", D("0.0105")),
        Size(D("0.0105"), "base"),
        max_lag_seconds=300,
    )


def test_an_alert_of_an_indicator_with_exits_of_its_own() -> None:
    signal = read(
        action="enter_long",
        order={"amount": 50, "currency_type": "quote"},
        take_profit={"enabled": True, "steps": [{"price_percent": "1", "volume_percent": "40"}, {"percent": 2}]},
        stop_loss={"price_percent": 3},
    )
    assert signal.size == Size(D(50), "quote")
    assert signal.take_profit == ((D(1), D(40)), (D(2), D(50)))
    assert signal.stop_loss == D(3)
    off = read(take_profit={"enabled": "false", "steps": [{"percent": 1}]}, stop_loss={"enabled": False, "percent": 1})
    assert (off.take_profit, off.stop_loss) == ((), None)


@pytest.mark.parametrize(
    ("given", "action"),
    [
        ({}, Action.START_DEAL),
        ({"action": "close_at_market_price"}, Action.CLOSE_DEAL),
        ({"action": "close_at_market_price_all"}, Action.CLOSE_ALL),
        ({"action": "cancel"}, Action.CANCEL_DEAL),
        ({"action": "start_bot"}, Action.START_BOT),
        ({"action": "STOP_BOT"}, Action.STOP_BOT),
        ({"action": "start_trailing"}, Action.START_TRAILING),
    ],
)
def test_messages_for_dca_bots(given: dict[str, Any], action: Action) -> None:
    given = {"message_type": "bot", "bot_id": 17, "email_token": "tok", "delay_seconds": 0, "pair": "USDT_BTC"} | given
    (found,) = read_body(json.dumps(given | {"timestamp": AT}).encode())
    assert (found.bot, found.secret.reveal(), found.signal.instrument) == ("17", "tok", "USDT_BTC")
    assert found.signal.action is action


def test_funds_are_added_by_volume() -> None:
    assert read(action="add_funds_in_quote", volume="25").size == Size(D(25), "quote")
    assert refusal(message(action="add_funds")) == (422, "signal_field_missing")


def test_lists_are_several_messages() -> None:
    body = json.dumps([message(), message(action="sell")]).encode()
    assert [found.signal.action for found in read_body(body)] == [Action.BUY, Action.SELL]
    assert read_body(b"\xef\xbb\xbf" + body), "a mark at the beginning of a text is no message"


def test_what_has_no_value_is_left_out() -> None:
    body = json.dumps(message()).encode().replace(b'"buy"', b'"buy", "trigger_price": NaN, "max_lag": null')
    (found,) = read_body(body)
    assert (found.signal.price, found.signal.max_lag_seconds) == (None, None)
    assert read(trigger_price="NaN", order={"amount": "", "currency_type": ""}, strategy_info={}).standing is None
    assert read(max_lag="99999999999999").max_lag_seconds == 1_000_000_000


def test_a_position_without_size_has_one() -> None:
    assert read(strategy_info={"market_position": "long"}).standing == Standing("long", D(1))
    assert read(strategy_info={"market_position": "flat"}).standing == Standing("flat", D(0))
    short = {"market_position": "short", "market_position_size": "-2", "prev_market_position_size": "-1"}
    assert read(strategy_info=short).standing == Standing("short", D(2), "", D(1))


@pytest.mark.parametrize(
    ("parts", "status", "code"),
    [
        ({"action": "fly"}, 422, "signal_unknown_action"),
        ({"action": None}, 400, "signal_field_missing"),
        ({"action": "{{strategy.order.action}}"}, 422, "signal_placeholder"),
        ({"action": ["buy"]}, 422, "signal_field_kind"),
        ({"timestamp": None}, 400, "signal_without_time"),
        ({"timestamp": "yesterday"}, 400, "signal_bad_time"),
        ({"trigger_price": "-1"}, 422, "signal_field_positive"),
        ({"trigger_price": "1e99"}, 422, "signal_field_number"),
        ({"trigger_price": True}, 422, "signal_field_kind"),
        ({"max_lag": "-1"}, 422, "signal_field_number"),
        ({"max_lag": "1.5"}, 422, "signal_field_number"),
        ({"tv_instrument": "x" * 201}, 422, "signal_field_text"),
        ({"tv_instrument": "BTC\u0000"}, 422, "signal_field_text"),
        ({"order": "much"}, 422, "signal_field_kind"),
        ({"order": {"amount": 1, "currency_type": "apples"}}, 422, "signal_bad_unit"),
        ({"take_profit": {"steps": [1]}}, 422, "signal_bad_targets"),
        ({"take_profit": {"steps": [{}] * 21}}, 422, "signal_bad_targets"),
        ({"take_profit": {"steps": [{"share": 1}]}}, 422, "signal_bad_targets"),
        ({"stop_loss": {"percent": 100}}, 422, "signal_field_number"),
        ({"strategy_info": {"market_position": "up"}}, 422, "signal_bad_position"),
        ({"strategy_info": {"market_position": "long", "prev_market_position": "up"}}, 422, "signal_bad_position"),
        ({"strategy_info": {"market_position": "flat", "market_position_size": 1}}, 422, "signal_bad_position_size"),
        ({"delay_seconds": 5}, 422, "signal_delay"),
        ({f"x{n}": 1 for n in range(40)}, 400, "signal_many_fields"),
    ],
)
def test_bad_fields_are_refused(parts: dict[str, Any], status: int, code: str) -> None:
    assert refusal(message(**parts)) == (status, code)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b" " * (LARGEST_BODY + 1), 413, "signal_too_large"),
        (b"\xff\xfe", 400, "signal_not_text"),
        (b"buy now!", 400, "signal_not_json"),
        (b"[]", 400, "signal_not_json"),
        (b"[1]", 400, "signal_not_json"),
        (b'"text"', 400, "signal_not_json"),
        (b'{"secret": "a", "secret": "b"}', 400, "signal_not_json"),
        (b"[" * 30_000, 400, "signal_too_deep"),
        (b"[" + b",".join([b"{}"] * 11) + b"]", 400, "signal_too_many"),
    ],
)
def test_bad_bodies_are_refused(body: bytes, status: int, code: str) -> None:
    assert refusal(body) == (status, code)


def test_a_moment_stands_in_only_where_the_way_has_one() -> None:
    (found,) = read_body(json.dumps(message(timestamp=None)).encode(), AT)
    assert found.signal.made_at == AT


@pytest.mark.parametrize(
    "name", ["BTCUSDT", "BINANCE:BTCUSDT", "btc/usdt", "BTC-USDT", "BTC_USDT", "USDT_BTC", "COINBASE:BTC-USDT"]
)
def test_pairs_have_many_names(name: str) -> None:
    assert find_pair(name, ("ETH/USDT", "BTC/USDT")) == "BTC/USDT"


def test_a_pair_that_is_not_the_bots_is_refused() -> None:
    assert find_pair("", ("BTC/USDT",)) == "BTC/USDT"
    for name, pairs, code in (
        ("", ("BTC/USDT", "ETH/USDT"), "signal_without_pair"),
        ("BTCUSDT.P", ("BTC/USDT",), "signal_other_pair"),
        ("BTCUSD", ("BTC/USDT",), "signal_other_pair"),
    ):
        with pytest.raises(SignalRefused) as refused:
            find_pair(name, pairs)
        assert refused.value.said.code == code
