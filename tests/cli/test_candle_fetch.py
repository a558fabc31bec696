"""`candles fetch` through the real client, from a stand-in of Binance on this machine."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.calling import Call

ROOT = Path(__file__).parents[2]


@pytest.fixture
def rest_url() -> Iterator[str]:
    """Binance as a process of its own, with 300 minutes of history."""
    command = [sys.executable, "-m", "tests.loopback.binance", "--weightless"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as stand:
        assert stand.stdout is not None and stand.stdin is not None
        yield json.loads(stand.stdout.readline())["rest_url"]
        stand.stdin.close()


def test_candles_are_fetched_listed_gone_on_with_and_made_coarser(call: Call, rest_url: str) -> None:
    words = ("candles", "fetch", "--exchange", "binance", "--symbol", "BTC/USDT", "--rest-url", rest_url, "--json")
    first = call(*words, "--from", "2025-01-01")
    assert first.status == 0, first.err
    again = call(*words).document

    assert 290 <= first.document["added"] <= 300 and first.document["gaps"] == 0
    assert again["skipped"] == first.document["added"] and again["added"] <= 2
    (kept,) = call("candles", "list", "--json").document
    assert (kept["symbol"], kept["timeframe"]) == ("BTC/USDT", "1m")

    made = call("candles", "resample", "--symbol", "BTC/USDT", "--timeframe", "1h", "--json")
    assert made.status == 0 and 3 <= made.document["added"] <= 5
    odd = call("candles", "resample", "--symbol", "BTC/USDT", "--timeframe", "90s")
    assert odd.status == 2 and "without a rest" in odd.err


def test_a_pair_or_timeframe_that_the_exchange_does_not_have_is_said(call: Call, rest_url: str) -> None:
    words = ("candles", "fetch", "--exchange", "binance", "--rest-url", rest_url, "--from", "2025-01-01")
    pair = call(*words, "--symbol", "NIX/USDT")
    frame = call(*words, "--symbol", "BTC/USDT", "--timeframe", "7m")

    assert pair.status == 1 and "NIX/USDT" in pair.err
    assert frame.status == 1 and "7m" in frame.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--exchange", "binanse"), "Did you mean binance?"),
        (("--exchange", "sim"), "no exchange sim"),
        (("--exchange", "binance"), "--from 2025-01-01"),
        (("--exchange", "binance", "--from", "2026-01-02", "--to", "2026-01-01"), "--to is not after --from"),
        (("--exchange", "binance", "--from", "2026-01-02", "--timeframe", "x"), "is not one like 1m"),
        (("--exchange", "binance", "--from", "2026-01-02", "--rest-url", "http://example.com"), "--rest-url"),
    ],
)
def test_bad_calls_fetch_nothing_and_say_what_to_do(call: Call, words: tuple[str, ...], said: str) -> None:
    done = call("candles", "fetch", "--symbol", "BTC/USDT", *words)

    assert done.status == 2 and said in done.err and "Nothing was fetched." in done.err


def test_nothing_answers(call: Call) -> None:
    done = call(
        "candles", "fetch", "--symbol", "BTC/USDT", "--exchange", "binance", "--from", "2026-01-02",
        "--rest-url", "http://127.0.0.1:9",
    )  # fmt: skip

    assert done.status == 1 and "goes on from there" in done.err
