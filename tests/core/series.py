"""Candles for tests of indicators: a seeded market with trends, calm and spikes, and real ones where they lie about."""

import gzip
import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from desktop_app.core.columns import TIMEFRAMES, Candles
from desktop_app.core.conditions import Condition
from desktop_app.core.indicator_catalogue import condition

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "BTC_USDT-5m.json.gz"


def made(count: int, *, seed: int = 1, every: str = "5m", scale: float = 100.0) -> Candles:
    chance = np.random.default_rng(seed)
    trend = np.repeat(chance.normal(0, 0.0015, count // 40 + 1), 40)[:count]
    close = scale * np.exp(np.cumsum(trend + chance.normal(0, 0.003, count)))
    opened = np.concatenate(([scale], close[:-1]))
    high = np.maximum(opened, close) * (1 + np.abs(chance.normal(0, 0.001, count)))
    low = np.minimum(opened, close) * (1 - np.abs(chance.normal(0, 0.001, count)))
    volume = np.abs(chance.normal(50, 40, count)) * np.where(chance.random(count) < 0.03, 8, 1)
    at = np.arange(count, dtype=np.int64) * TIMEFRAMES[every] + 1_700_000_400_000
    return Candles(at, opened, high, low, close, volume)


def flat(count: int, price: float = 65_000.01) -> Candles:
    """A price that stands still: where rounding would decide if it could."""
    column = np.full(count, price)
    at = np.arange(count, dtype=np.int64) * 300_000
    return Candles(at, column, column.copy(), column.copy(), column.copy(), np.zeros(count))


def part(candles: Candles, start: int, stop: int) -> Candles:
    return Candles(*(getattr(candles, field.name)[start:stop] for field in fields(candles)))


def real(count: int = 6_000) -> Candles:
    """Real candles of five minutes if they are there, else made ones."""
    if not REAL.exists():
        return made(count, seed=7)
    rows = np.array(json.loads(gzip.decompress(REAL.read_bytes()))[:count], np.float64)
    return Candles(rows[:, 0].astype(np.int64), *(rows[:, i].copy() for i in range(1, 6)))


def sample(timeframe: str = "5m") -> tuple[Condition, ...]:
    """Conditions on every indicator and every line, with every trigger, that come true now and then."""
    given: list[tuple[str, dict[str, Any]]] = [
        ("rsi", {"trigger": "crosses_below", "value": 35}),
        ("rsi", {"trigger": "greater_than", "value": 60, "length": 7}),
        ("ultimate_oscillator", {"trigger": "less_than", "value": 40}),
        ("bollinger", {"trigger": "crosses_below", "value": 0}),
        ("bollinger", {"trigger": "greater_than", "value": "0.9", "deviations": "1.5"}),
        ("sma_cross", {"trigger": "crosses_above", "fast": 5, "slow": 13}),
        ("ema_cross", {"trigger": "less_than", "fast": 1, "slow": 21}),
        ("wma_cross", {"trigger": "crosses_below"}),
        ("adx", {"trigger": "greater_than", "value": 30}),
        ("adx", {"trigger": "crosses_above", "line": "plus_di", "value": "minus_di"}),
        ("adx", {"trigger": "less_than", "line": "minus_di", "value": 15}),
        ("stochastic", {"trigger": "crosses_above", "value": "d"}),
        ("stochastic", {"trigger": "less_than", "line": "d", "value": 20, "length": 9}),
        ("macd", {"trigger": "crosses_above"}),
        ("macd", {"trigger": "greater_than", "value": 0}),
        ("macd", {"trigger": "crosses_below", "line": "histogram", "value": 0}),
        ("parabolic_sar", {"trigger": "crosses_above"}),
        ("parabolic_sar", {"trigger": "less_than"}),
        ("mfi", {"trigger": "less_than", "value": 35}),
        ("cci", {"trigger": "crosses_above", "value": -100}),
        ("heikin_ashi", {"trigger": "crosses_above", "value": 2}),
        ("heikin_ashi", {"trigger": "less_than", "value": -3}),
        ("price_change", {"trigger": "less_than", "value": -1, "length": 6}),
        ("volume_spike", {"trigger": "greater_than", "value": 2}),
        ("atr_percent", {"trigger": "less_than", "value": "0.5"}),
    ]
    return tuple(condition(name, timeframe=timeframe, **parts) for name, parts in given)
