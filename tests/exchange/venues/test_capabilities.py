"""The table of exchanges: what it says is what the pinned ccxt says."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from desktop_app.core.capability import Level
from desktop_app.exchange.venues.capabilities import capability, known_exchanges, nearest

ROOT = Path(__file__).resolve().parents[3]
# In a process of its own: all of ccxt is too much for the one that runs the tests.
ASK = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("exchanges", sys.argv[1])
script = importlib.util.module_from_spec(spec)
spec.loader.exec_module(script)
print(script.document())
"""


@pytest.fixture(scope="module")
def live() -> dict[str, dict[str, object]]:
    script = ROOT / "packaging" / "exchanges.py"
    done = subprocess.run([sys.executable, "-c", ASK, script], capture_output=True, text=True, check=True, cwd=ROOT)
    return {row["id"]: row for row in json.loads(done.stdout)["exchanges"]}


def test_the_file_is_what_the_pinned_library_says(live: dict[str, dict[str, object]]) -> None:
    written = json.loads((ROOT / "resources" / "exchanges.json").read_text(encoding="utf-8"))

    assert {row["id"]: row for row in written["exchanges"]} == live, "run packaging/exchanges.py"


@pytest.mark.parametrize(
    ("exchange_id", "streams", "candles", "cancel_all", "password"),
    [
        ("binance", True, True, True, False),
        ("kucoin", True, True, True, True),
        ("okx", True, True, False, True),
        ("bigone", False, True, True, False),
        ("bitbns", False, False, False, False),
    ],
)
def test_what_is_known_of_some(
    exchange_id: str, streams: bool, candles: bool, cancel_all: bool, password: bool
) -> None:
    one = capability(exchange_id)

    assert one is not None
    assert (one.websockets, one.candles, one.cancel_all, one.needs_password) == (streams, candles, cancel_all, password)


def test_the_exchanges_that_were_worked_through_come_first() -> None:
    ids = [one.id for one in known_exchanges()]

    assert ids[:8] == ["binance", "kucoin", "okx", "bybit", "kraken", "coinbase", "gate", "bitget"]
    assert len(ids) == len(set(ids)) > 80
    assert [one.level for one in known_exchanges()[:3]] == [Level.FULL, Level.FULL, Level.CHECKED]


def test_exchanges_that_the_library_does_not_have_are_not_there() -> None:
    assert [capability(one) for one in ("wazirx", "coindcx", "bityard", "swapzone")] == [None] * 4


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("binanse", "binance"), ("BINANCE", "binance"), (" kraken ", "kraken"), ("gateio", "gate"), ("huobi", "htx"),
        ("crypto.com", "cryptocom"), ("simm", "sim"), ("zzzzzz", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_misspelled_name_is_understood_when_it_is_close(typed: str, meant: str) -> None:
    assert nearest(typed) == meant


def test_looking_at_the_table_does_not_load_the_library() -> None:
    code = (
        "import sys; from desktop_app.exchange.venues.capabilities import known_exchanges; known_exchanges(); "
        "sys.exit(any(name.partition('.')[0] == 'ccxt' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_the_readme_promises_what_the_table_says() -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    section = page.partition("## Exchanges")[2].partition("\n## ")[0]
    rows = {line.split("|")[1].strip(): line.split("|")[2].strip() for line in section.splitlines() if line[:1] == "|"}
    tried = {Level.FULL: "everything", Level.CHECKED: "orders"}

    assert f"knows {len(known_exchanges())} with spot markets" in section
    assert {one.name: tried[one.level] for one in known_exchanges() if one.level is not Level.CONNECTABLE} == {
        name: how for name, how in rows.items() if how in tried.values()
    }
