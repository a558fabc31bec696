"""Finer candles in a backtest: they decide what came first, and those of another past are refused."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from desktop_app.core.bot_file import read_settings
from desktop_app.core.columns import Candles, exact
from desktop_app.core.gathering import gather, rows
from desktop_app.core.market import Market
from desktop_app.core.walk import path
from desktop_app.research.assumptions import hash_of
from desktop_app.research.backtest import BacktestResult, BacktestRules
from desktop_app.research.detail import DetailRefused, Finer, make_finer
from desktop_app.research.trial import try_settings

D = Decimal
MINUTE, QUARTER = 60_000, 900_000
MARKET = Market("BTC/USDT", "BTC", "USDT")
END = 10**15
START = 1_700_000_100_000 // QUARTER * QUARTER
BOTS: dict[str, dict[str, Any]] = {
    "dca": {
        "base_order": {"volume": "100"},
        "safety_orders": {"volume": "50", "price_deviation": "0.5", "max_count": 4},
        "take_profit": {"percent": "0.8"},
        "stop_loss": {"percent": "3"},
    },
    "trailing": {
        "base_order": {"volume": "100"},
        "take_profit": {"percent": "0.8", "trailing_deviation": "0.2"},
        "stop_loss": {"percent": "1", "timeout_seconds": 1800},
        "direction": "short",
    },
    "grid": {"grid": {"lower": "92", "upper": "104", "lines": 41, "volume_per_line": "50"}},
}


def _fine(count: int, seed: int = 5) -> Candles:
    chance = np.random.default_rng(seed)
    close = np.round(100 + chance.normal(0, 0.15, count).cumsum(), 2)
    opened = np.concatenate(([100.0], close[:-1]))
    opened = np.where(chance.random(count) < 0.1, np.round(opened + chance.normal(0, 0.1, count), 2), opened)
    high = np.round(np.maximum(opened, close) + chance.uniform(0, 0.1, count), 2)
    low = np.round(np.minimum(opened, close) - chance.uniform(0, 0.1, count), 2)
    at = START + np.arange(count, dtype=np.int64) * MINUTE
    return Candles(at, opened, high, low, close, chance.uniform(1, 9, count))


def _played(kind: str, coarse: Candles, every: int, finer: Finer | None = None) -> BacktestResult:
    given = {"name": kind, "account": "demo", "pairs": ["BTC/USDT"]} | BOTS[kind]
    settings = read_settings("grid" if kind == "grid" else "dca", given).settings
    assert settings is not None
    inside = finer.inside if finer is not None else None
    return try_settings(settings, coarse, MARKET, BacktestRules(every), inside=inside)


def _legs_of(coarse: Candles, *, is_short: bool) -> Candles:
    """The very path that would be assumed, as three straight candles for each."""
    made = []
    for i in range(len(coarse)):
        corners = path(coarse.candle(i), is_high_first_on_tie=is_short)
        for nth, (start, stop) in enumerate(pairwise(corners)):
            at = int(coarse.at[i]) + nth * QUARTER // 3
            made.append((at, float(start), float(max(start, stop)), float(min(start, stop)), float(stop), 1.0))
    columns = [np.array(column, np.float64) for column in zip(*made, strict=True)]
    return Candles(columns[0].astype(np.int64), *columns[1:])


@pytest.mark.parametrize("kind", BOTS)
def test_finer_candles_along_the_assumed_path_change_nothing(kind: str) -> None:
    coarse = gather(_fine(1500), QUARTER, END)
    finer = make_finer(coarse, QUARTER, _legs_of(coarse, is_short=kind == "trailing"), QUARTER // 3)

    usual, detailed = _played(kind, coarse, QUARTER), _played(kind, coarse, QUARTER, finer)

    assert len(usual.trades) > 8 and (finer.missing, finer.partial) == (0, 0)
    assert detailed.trades == usual.trades and detailed.deals == usual.deals


def test_a_grid_trades_in_its_finer_candles_as_in_a_run_over_those() -> None:
    fine = _fine(3000)
    coarse = gather(fine, QUARTER, END)

    whole = _played("grid", fine, MINUTE)
    detailed = _played("grid", coarse, QUARTER, make_finer(coarse, QUARTER, fine, MINUTE))

    def bare(result: BacktestResult) -> list[tuple[str, Decimal, Decimal]]:
        return [(trade.client_id, trade.fill.price, trade.fill.amount) for trade in result.trades]

    assert len(whole.trades) > 20 and bare(detailed) == bare(whole)
    assert bare(_played("grid", coarse, QUARTER)) != bare(whole)


def test_candles_without_finer_ones_are_counted() -> None:
    fine = _fine(60)
    coarse = gather(fine, QUARTER, END)
    finer = make_finer(coarse, QUARTER, rows(fine, 15, 45), MINUTE)

    assert (finer.missing, finer.partial) == (2, 0)
    assert [len(finer.inside(i)) for i in range(4)] == [0, 15, 15, 0]
    assert finer.inside(1)[0].open == exact(coarse.open[1])
    said = finer.said("fine.csv")
    assert (said.candles, said.missing, said.timeframe) == (30, 2, "1m")
    assert said.data_hash == hash_of(rows(fine, 15, 45))


def test_a_candle_that_lacks_what_made_its_extremes_is_walked_as_usual_and_counted() -> None:
    fine = _fine(30)
    coarse = gather(fine, QUARTER, END)
    gone = int(fine.high[:15].argmax())
    lacking = Candles(
        *(np.delete(getattr(fine, name), gone) for name in ("at", "open", "high", "low", "close", "volume"))
    )

    finer = make_finer(coarse, QUARTER, lacking, MINUTE)

    assert (finer.missing, finer.partial) == (0, 1)
    assert [len(finer.inside(i)) for i in range(2)] == [0, 15]


def test_a_minute_in_which_nothing_was_traded_may_be_missing() -> None:
    fine = _fine(15)
    coarse = gather(fine, QUARTER, END)
    extremes = {0, 14, int(fine.high.argmax()), int(fine.low.argmin())}
    idle = next(i for i in range(15) if i not in extremes)
    lacking = Candles(
        *(np.delete(getattr(fine, name), idle) for name in ("at", "open", "high", "low", "close", "volume"))
    )

    finer = make_finer(coarse, QUARTER, lacking, MINUTE)

    assert (finer.missing, finer.partial) == (0, 0) and len(finer.inside(0)) == 14


def test_finer_candles_of_a_time_without_a_coarse_one_are_left_aside() -> None:
    fine = _fine(45)
    whole = gather(fine, QUARTER, END)
    coarse = Candles(*(getattr(whole, name)[[0, 2]] for name in ("at", "open", "high", "low", "close", "volume")))

    finer = make_finer(coarse, QUARTER, fine, MINUTE)

    assert (len(finer.candles), finer.missing) == (30, 0)
    assert finer.inside(1)[0].at == START + 2 * QUARTER


@pytest.mark.parametrize("name", ["open", "high", "low", "close"])
def test_another_past_is_refused_with_its_row(name: str) -> None:
    fine = _fine(60)
    coarse = gather(fine, QUARTER, END)
    column = getattr(coarse, name).copy()
    column[2] += {"high": 5.0, "low": -5.0}.get(name, 0.01)

    with pytest.raises(DetailRefused, match=f"the {name} is .* in its 15 finer ones") as refused:
        make_finer(replace(coarse, **{name: column}), QUARTER, fine, MINUTE)

    assert refused.value.row == 30


@pytest.mark.parametrize(
    ("every", "fine_every", "shift", "said"),
    [
        (MINUTE, MINUTE, 0, "do not divide"),
        (100_000, MINUTE, 0, "do not divide"),
        (QUARTER, MINUTE, 10 * 86_400_000, "no finer candle lies within"),
        (QUARTER, MINUTE, 30_000, "does not begin where"),
    ],
)
def test_candles_that_do_not_fit_are_refused(every: int, fine_every: int, shift: int, said: str) -> None:
    fine = _fine(60)
    coarse = gather(fine, QUARTER, END)

    with pytest.raises(DetailRefused, match=said):
        make_finer(coarse, every, replace(fine, at=fine.at + shift), fine_every)
