"""What is overridden in the library, for exchanges of several kinds."""

from decimal import Decimal
from typing import Any

import pytest

from desktop_app.exchange.gateway.loader import load_class
from desktop_app.exchange.gateway.taming import tamed
from desktop_app.exchange.protocol import Refused

EXCHANGES = ["binance", "kucoin", "okx", "bybit", "kraken", "coinbase", "gate", "bitget", "bigone"]
COIN_MOVERS = ("withdraw", "transfer")


@pytest.fixture(params=EXCHANGES)
def api(request: pytest.FixtureRequest) -> Any:
    return tamed(load_class(request.param), str)({})


def test_no_method_moves_coins(api: Any) -> None:
    for name in COIN_MOVERS:
        with pytest.raises(Refused):
            getattr(api, name)("BTC", 1, "there")


def test_no_request_moves_coins_by_whatever_name_it_is_called(api: Any) -> None:
    paths = [
        (api_name, path)
        for api_name, verbs in _endpoints(api.api)
        for path in verbs
        if any(word in path.lower() for word in COIN_MOVERS)
    ]
    for api_name, path in paths:
        with pytest.raises(Refused):
            api.sign(path, api_name, "POST")


def _endpoints(tree: Any, name: str = "") -> list[tuple[str, list[str]]]:
    """Everything that is posted, by ccxt's own description of the exchange."""
    found = []
    for key, below in tree.items():
        if key in ("post", "put", "delete"):
            found.append((name, list(below)))
        elif isinstance(below, dict):
            found += _endpoints(below, name or key)
    return found


def test_time_is_that_of_the_owner_and_numbers_are_never_floats() -> None:
    api = tamed(load_class("binance"), Decimal)({})
    assert type(api.parse_number("0.1")) is Decimal
    assert api.on_json_response('{"a": 0.1234567890123456789, "b": 1e-8}') == {
        "a": "0.1234567890123456789",
        "b": "1e-8",
    }
    with pytest.raises(ValueError, match="NaN"):
        api.on_json_response('{"a": NaN}')
    assert api.seconds() == pytest.approx(api.milliseconds() / 1000, abs=2)


def test_no_request_is_ever_repeated_by_the_library(api: Any) -> None:
    for option in ("maxRetriesOnFailure", "maxRetriesOnFailureDelay"):
        assert api.options.get(option) in (None, 0)
    assert api.enableRateLimit in (True, False)
    assert not api.verbose
