"""Assumptions: the same test has the same ones, another test tells in what it differs, and they survive being kept."""

import json
from collections.abc import Sequence
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from desktop_app.core.columns import Candles
from desktop_app.core.market import FeeCurrency, Market
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.research.assumptions import (
    Assumptions,
    Detail,
    differences,
    hash_of,
    make_assumptions,
)
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.document import to_json
from desktop_app.research.report import make_report
from desktop_app.research.trial import try_settings

D = Decimal
MARKET = Market("BTC/USDT", "BTC", "USDT")
RULES = BacktestRules(60_000)
CLOSES = (100, 101, 99, 103, 102)


def candles_of(closes: Sequence[int]) -> Candles:
    close = np.array(closes, np.float64)
    opened = np.append(close[:1], close[:-1])
    at = 1_700_000_040_000 + np.arange(len(close), dtype=np.int64) * 60_000
    return Candles(at, opened, np.maximum(opened, close), np.minimum(opened, close), close, np.ones(len(close)))


def _settings(**more: Any) -> DcaSettings:
    given = {"name": "a", "account": "demo", "pairs": ["BTC/USDT"], "base_order": {"volume": "100"}}
    return DcaSettings.model_validate(given | {"take_profit": {"percent": "2"}} | more)


def _made(candles: Candles | None = None, rules: BacktestRules = RULES, **settings: Any) -> Assumptions:
    candles = candles_of(CLOSES) if candles is None else candles
    return make_assumptions(
        try_settings(_settings(**settings), candles, MARKET, rules), _settings(**settings), source="a.csv"
    )


def test_the_hash_is_of_every_column_and_of_nothing_else() -> None:
    candles = candles_of(CLOSES)
    hashes = {hash_of(candles), hash_of(candles_of(CLOSES))}
    assert len(hashes) == 1
    for name in ("at", "open", "high", "low", "close", "volume"):
        column = getattr(candles, name).copy()
        column[2] += 1
        hashes.add(hash_of(replace(candles, **{name: column})))
    assert len(hashes) == 7


@pytest.mark.parametrize(
    ("rules", "named"),
    [
        (replace(RULES, fee_percent=D("0.2")), {"maker_fee", "taker_fee"}),
        (replace(RULES, fill_through=1), {"fill_through"}),
        (replace(RULES, slippage_percent=D("0.1")), {"slippage_percent"}),
        (replace(RULES, balance=D(500)), {"balance"}),
        (replace(RULES, fee_currency=FeeCurrency.RECEIVED), {"fee_currency"}),
        (replace(RULES, volume_share_percent=D(10)), {"volume_share_percent"}),
        (RULES, set()),
    ],
)
def test_another_rule_is_named(rules: BacktestRules, named: set[str]) -> None:
    assert {one.name for one in differences(_made(), _made(rules=rules))} == named


def test_other_candles_are_named_with_both_values() -> None:
    found = {one.name: (one.first, one.second) for one in differences(_made(), _made(candles_of((*CLOSES, 104))))}

    assert set(found) == {"data_hash", "end", "candles"} and found["candles"] == ("5", "6")


def test_other_bots_are_compared_on_purpose() -> None:
    first, second = _made(), _made(take_profit={"percent": "3"})

    assert first.settings_hash != second.settings_hash and differences(first, second) == ()
    assert _made(name="b").settings_hash == first.settings_hash, "a name decides nothing"


def test_a_program_of_ones_own_belongs_to_the_settings() -> None:
    result = try_settings(_settings(), candles_of(CLOSES), MARKET, RULES)
    hashes = {make_assumptions(result, _settings(), program=text).settings_hash for text in ("", "a", "b")}

    assert len(hashes) == 3


@pytest.mark.parametrize("detail", [None, Detail("abc", "fine.csv", "1m", 60, 2)])
def test_the_document_has_them_all(detail: Detail | None) -> None:
    result = try_settings(_settings(), candles_of(CLOSES), MARKET, replace(RULES, balance=D("1000.50")))
    taken = make_assumptions(result, _settings(), source="a.csv", warm_up=candles_of((1, 2)), detail=detail)
    document = json.loads(to_json(make_report(result), taken))

    assert document["assumptions"]["from"] == taken.start and taken.warm_up_candles == 2
    assert len(document["assumptions"]) == len(fields(taken))
    assert (document["assumptions"]["detail"] is None) == (detail is None)
    assert document["assumptions"]["balance"] == "1000.5"


def test_a_name_that_a_terminal_or_a_page_would_act_upon_is_only_a_name() -> None:
    result = try_settings(_settings(), candles_of(CLOSES), MARKET, RULES)
    taken = make_assumptions(result, _settings(), source="a\x1b[31m\u202eb\ud800 中.csv")

    assert taken.source == "a\ufffd[31m\ufffdb\ufffd 中.csv"
