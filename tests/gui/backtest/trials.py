"""Candles that are kept, runs over them, and work that takes until it is cancelled."""

import threading
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from desktop_app.core.columns import Candles
from desktop_app.core.settings import Settings
from desktop_app.core.strategies.signal_settings import SignalSettings
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.past import Source, keep
from desktop_app.research.portfolio import Member
from desktop_app.research.portfolio_run import PairOrder, PortfolioOrder, PortfolioOutcome, run_portfolio_trial
from desktop_app.research.trial_run import Outcome, TrialOrder, run_trial
from desktop_app.research.worker import Reporter
from tests.gui.fake_engine import ACCOUNT, MARKETS, NOW, SETTINGS

D = Decimal
MINUTE = 60_000
COUNT = 6000
END = NOW // MINUTE * MINUTE
START = END - COUNT * MINUTE
SOURCE = Source("sim-1", "BTC/USDT", "1m")
QUICK = SETTINGS.model_copy(
    update={
        "base_order": SETTINGS.base_order.model_copy(update={"type": "market"}),
        "take_profit": SETTINGS.take_profit.model_copy(update={"percent": D("0.6")}),
    }
)


def walk(*left_out: range, seed: int = 3) -> Candles:
    rng = np.random.default_rng(seed)
    closes = np.round(63_000 * np.exp(np.cumsum(rng.standard_normal(COUNT)) * 0.001), 2)
    opens = np.concatenate((closes[:1], closes[:-1]))
    at = START + np.arange(COUNT, dtype=np.int64) * MINUTE
    is_there = np.ones(COUNT, np.bool_)
    for gap in left_out:
        is_there[gap.start : gap.stop] = False
    high, low = np.maximum(opens, closes) + 5, np.minimum(opens, closes) - 5
    columns = (opens, high, low, closes, np.ones(COUNT))
    return Candles(at[is_there], *(column[is_there] for column in columns))


def fill(folder: Path, *left_out: range, source: Source = SOURCE) -> None:
    assert keep(folder / "candles", source, walk(*left_out)) == ""


def order(folder: Path, settings: Settings = QUICK, **rules: Any) -> TrialOrder:
    fill(folder)
    taken = BacktestRules(MINUTE, fee_percent=D("0.1"), slippage_percent=D("0.02"), fill_through=1, balance=D(1000))
    return TrialOrder(
        settings, MARKETS["BTC/USDT"], replace(taken, **rules), folder / "candles", SOURCE, START, END, folder
    )


def outcome(folder: Path, settings: Settings = QUICK, **rules: Any) -> Outcome:
    made = run_trial(Reporter(), order(folder, settings, **rules))
    assert isinstance(made, Outcome)
    return made


@cache
def ready() -> Outcome:
    """An outcome for tests that need no candles; made once."""
    with TemporaryDirectory() as folder:
        return outcome(Path(folder))


def run_until_cancelled(report: Reporter, asked: TrialOrder) -> object:
    """Tells the first tenth, then waits for the cancel, which the run itself then hears."""
    for done in range(10):
        report.progress(done * 60, COUNT, asked.start + done * 60 * MINUTE)
    while not report.is_cancelled:
        threading.Event().wait(0.005)
    return run_trial(report, asked)


# --- several bots

OTHER = QUICK.model_copy(update={"name": "ETH dips", "pairs": ("ETH/USDT",)})
SIGNALS = SignalSettings.model_validate(
    {"name": "Alerts", "account": ACCOUNT, "pairs": ["BTC/USDT"], "entry": {"volume": "20"}}
)
OTHER_SOURCE = Source("sim-1", "ETH/USDT", "1m")


def portfolio_order(folder: Path) -> PortfolioOrder:
    """Two bots, each on a pair of its own, over one balance."""
    for source in (SOURCE, OTHER_SOURCE):
        fill(folder, source=source)
    rules = BacktestRules(MINUTE, fee_percent=D("0.1"), slippage_percent=D("0.02"), fill_through=1, balance=D(1000))
    pairs = tuple(PairOrder(MARKETS[source.symbol], source) for source in (SOURCE, OTHER_SOURCE))
    members = (Member(QUICK, ("BTC/USDT",)), Member(OTHER, ("ETH/USDT",)))
    return PortfolioOrder(members, pairs, rules, folder / "candles", START, END)


@cache
def ready_portfolio() -> PortfolioOutcome:
    """For tests that need no candles; made once."""
    with TemporaryDirectory() as folder:
        made = run_portfolio_trial(Reporter(), portfolio_order(Path(folder)))
    assert isinstance(made, PortfolioOutcome)
    return made
