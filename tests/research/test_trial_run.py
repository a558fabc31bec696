from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desktop_app.core.columns import Candles
from desktop_app.core.market import Market
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.past import Source, keep
from desktop_app.research.trial_run import NotTested, Outcome, TrialOrder, run_trial
from desktop_app.research.worker import Done, Progressed, Reporter, Worker

D = Decimal
MINUTE = 60_000
START = 1_700_000_040_000
SOURCE = Source("binance", "BTC/USDT", "1m")
COUNT = 4000
SETTINGS = DcaSettings.model_validate(
    {
        "name": "BTC starter",
        "account": "Paper wallet",
        "pairs": ["BTC/USDT", "ETH/USDT"],
        "base_order": {"volume": "20"},
        "safety_orders": {"volume": "20", "price_deviation": "1", "max_count": 3},
        "take_profit": {"percent": "1"},
    }
)


def walk(count: int = COUNT) -> Candles:
    rng = np.random.default_rng(11)
    closes = np.round(60_000 * np.exp(np.cumsum(rng.standard_normal(count)) * 0.002), 2)
    opens = np.concatenate((closes[:1], closes[:-1]))
    at = START + np.arange(count, dtype=np.int64) * MINUTE
    return Candles(at, opens, np.maximum(opens, closes) + 5, np.minimum(opens, closes) - 5, closes, np.ones(count))


@pytest.fixture
def order(tmp_path: Path) -> TrialOrder:
    keep(tmp_path, SOURCE, walk())
    market = Market("BTC/USDT", "BTC", "USDT", D("0.01"), D("0.00001"))
    rules = BacktestRules(MINUTE, fee_percent=D("0.1"), fill_through=1, balance=D(1000))
    end = START + COUNT * MINUTE
    return TrialOrder(SETTINGS, market, rules, tmp_path, SOURCE, START + 100 * MINUTE, end, tmp_path)


def test_a_run_says_everything_that_it_took_for_granted(order: TrialOrder) -> None:
    made = run_trial(Reporter(), order)

    assert isinstance(made, Outcome)
    assert made.report.summary.deals_closed > 5
    assert (made.assumptions.candles, made.assumptions.warm_up_candles) == (COUNT - 100, 100)
    assert (made.assumptions.source, made.assumptions.fill_through) == ("binance", 1)
    assert made.assumptions.taker_fee == D("0.001")
    assert not made.is_partial
    assert made.total_quote == pytest.approx(D(str(made.insight.course.equity[-1])) - 1000, abs=D("0.0001"))


def test_x_02_a_run_that_is_stopped_is_a_whole_result_of_less_and_marked(order: TrialOrder) -> None:
    sent: list[Any] = []

    def send(message: Any) -> None:
        sent.append(message)
        if isinstance(message, Progressed):
            report.cancel()

    report = Reporter(send)
    made = run_trial(report, order)

    assert isinstance(made, Outcome)
    assert made.is_partial
    assert made.wanted == order.end
    assert 0 < made.report.candles < COUNT - 100
    shorter = run_trial(Reporter(), replace(order, end=made.report.end + MINUTE))
    assert isinstance(shorter, Outcome)
    assert shorter.report.summary == made.report.summary
    assert shorter.insight == made.insight
    assert sent[0].at >= order.start


def test_what_cannot_be_tested_says_why(order: TrialOrder) -> None:
    settings = SETTINGS.model_copy(update={"base_order": SETTINGS.base_order.model_copy(update={"volume": D("0.01")})})
    market = replace(order.market, min_cost=D(5))

    made = run_trial(Reporter(), replace(order, settings=settings, market=market))

    assert isinstance(made, NotTested)
    assert made.problems


def test_a_period_without_candles_is_not_tested(order: TrialOrder) -> None:
    assert run_trial(Reporter(), replace(order, end=order.start)) == NotTested()


def test_a_process_of_its_own_gives_the_same_answer(order: TrialOrder) -> None:
    import queue

    heard: queue.Queue[Any] = queue.Queue()
    Worker(run_trial, order, hear=heard.put).start()
    message = heard.get(timeout=60)
    while not isinstance(message, Done):
        message = heard.get(timeout=60)

    here = run_trial(Reporter(), order)
    assert isinstance(here, Outcome)
    assert isinstance(message.value, Outcome)
    assert replace(message.value.report, engine_seconds=0.0) == replace(here.report, engine_seconds=0.0)
    assert message.value.insight == here.insight
    assert message.value.assumptions == here.assumptions
