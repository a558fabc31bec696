"""Loading one exchange of ccxt, and only that one."""

import subprocess
import sys

import pytest

from desktop_app.exchange.gateway.loader import UnknownExchange, load_class

PROBE = """
import sys
from desktop_app.exchange.gateway.loader import load_class
api = load_class("binance")({})
assert api.id == "binance" and api.has["ws"]
print(len([name for name in sys.modules if name.startswith("ccxt")]))
print(load_class("bigone")({}).id, load_class("kucoin")({}).id)
import ccxt
assert issubclass(ccxt.NetworkError, ccxt.BaseError) and ccxt.pro.Exchange is ccxt.async_support.Exchange
import logging
assert not logging.getLogger("ccxt.base.exchange").isEnabledFor(logging.WARNING)
"""


def test_one_exchange_is_loaded_without_the_other_hundred() -> None:
    run = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    modules, others = run.stdout.splitlines()
    assert int(modules) < 40
    assert others == "bigone kucoin"


@pytest.mark.parametrize(
    "name", ["wazirx", "", "binance.binance", "../ccxt", "base", "abstract", "os", "async_support"]
)
def test_what_is_no_exchange_is_unknown(name: str) -> None:
    with pytest.raises(UnknownExchange):
        load_class(name)


def test_importing_the_live_account_does_not_import_the_library() -> None:
    probe = "import sys, desktop_app.exchange.live.exchange; print('ccxt' in sys.modules or 'aiohttp' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=False)
    assert run.stdout.strip() == "False", run.stderr
