"""Conditions over candles of the past: what is known where a candle opens, and nothing of what comes after."""

import random
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from desktop_app.core.columns import Candles
from desktop_app.core.events import ConditionsRead
from desktop_app.core.gathering import gather
from desktop_app.core.indicator_catalogue import condition
from desktop_app.core.market import Market
from desktop_app.core.reading import Outcome
from desktop_app.core.readings import read
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.words import sentence
from desktop_app.research.backtest import BacktestRefused, BacktestResult, BacktestRules
from desktop_app.research.condition_news import make_news, problems_of
from desktop_app.research.trial import try_settings
from tests.core.series import made, part, sample

MINUTE = 60_000
MARKET = Market("BTC/USDT", "BTC", "USDT", price_tick=Decimal("0.01"), amount_step=Decimal("0.00001"))
RULES = BacktestRules(MINUTE)


def without(candles: Candles, *gone: int) -> Candles:
    kept = np.setdiff1d(np.arange(len(candles)), gone)
    columns = (candles.open, candles.high, candles.low, candles.close, candles.volume)
    return Candles(candles.at[kept], *(column[kept] for column in columns))


def settings(**parts: Any) -> DcaSettings:
    rsi = {"indicator": "rsi", "timeframe": "5m", "length": 5, "trigger": "less_than", "value": 40}
    given: dict[str, Any] = {
        "name": "test",
        "account": "demo",
        "pairs": ["BTC/USDT"],
        "base_order": {"volume": "100"},
        "safety_orders": {"volume": 50, "price_deviation": "0.4", "max_count": 4},
        "take_profit": {"percent": "0.5"},
        "start": {"mode": "conditions", "all": [rsi]},
    }
    return DcaSettings.model_validate(given | parts)


def shapes(result: BacktestResult) -> list[object]:
    return [(deal.opened_at, deal.closed_at, deal.status, deal.profit, deal.average) for deal in result.deals]


def test_what_is_told_where_a_candle_opens_is_what_the_closed_ones_say() -> None:
    """Candle by candle against the slow way: cut off the future, gather, read."""
    chance = random.Random(3)
    whole = made(900, every="1m", seed=2)
    candles = without(whole, *chance.sample(range(50, 900), 60), *range(400, 425))
    chosen = [*sample("1m")[:4], *sample("5m")[10:16], *sample("15m")[5:7], condition(
        "heikin_ashi", timeframe="3m", trigger="greater_than", value=1
    )]  # fmt: skip
    news = make_news(tuple(chosen), "BTC/USDT", candles, MINUTE)

    known: dict[str, Outcome] = {}
    for i in range(len(candles)):
        for event in news.events(i):
            assert isinstance(event, ConditionsRead) and event.at == candles.at[i]
            known |= {reading.key: reading.outcome for reading in event.readings}
        if i % 13:
            continue
        past = part(candles, 0, i)
        for one in chosen:
            closed = past if one.every_ms == MINUTE else gather(past, one.every_ms, 10**15)
            done = part(closed, 0, int(np.searchsorted(closed.at + one.every_ms, candles.at[i], side="right")))
            assert known[one.key()] is read(one, done).outcome, (i, one.key())


def test_news_come_only_where_something_changes() -> None:
    news = make_news(sample("5m")[:3], "BTC/USDT", made(400, every="1m"), MINUTE)

    assert news.next(0) == 0 and news.events(0)
    place = news.next(1)
    assert 1 < place < 400 and not news.events(place - 1) and news.events(place)
    assert news.next(400) == 400


def test_candles_before_the_first_make_indicators_ready_and_trade_nothing() -> None:
    whole = made(1_500, every="1m", seed=4)
    cold = try_settings(settings(), part(whole, 200, 1_500), MARKET, RULES)
    warm = try_settings(settings(), part(whole, 200, 1_500), MARKET, RULES, before=part(whole, 0, 200))
    full = try_settings(settings(), whole, MARKET, RULES)

    first = int(whole.at[200])
    assert warm.deals and all(deal.opened_at >= first for deal in warm.deals)
    assert warm.deals[0].opened_at < cold.deals[0].opened_at or shapes(warm) == shapes(cold)
    assert {deal.opened_at for deal in full.deals if deal.opened_at >= first} & {deal.opened_at for deal in warm.deals}


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"safety_orders": {"volume": 50, "price_deviation": "0.3", "max_count": 4, "trailing_deviation": "0.2"}},
        {
            "safety_orders": {
                "volume": 50, "price_deviation": "0.3", "max_count": 4,
                "on_conditions": {"all": [{
                    "indicator": "stochastic", "timeframe": "3m", "trigger": "crosses_above", "value": "d",
                }]},
            },
            "take_profit": {"on_conditions": {"any": [{
                "indicator": "macd", "timeframe": "1m", "trigger": "crosses_below", "fast": 5, "slow": 9, "signal": 4,
            }]}, "min_profit": "0.1"},
        },
    ],
)  # fmt: skip
def test_no_deal_of_the_past_changes_when_the_future_does(parts: dict[str, Any]) -> None:
    whole, other = made(2_000, every="1m", seed=6), made(2_000, every="1m", seed=8)
    before = try_settings(settings(**parts), whole, MARKET, RULES)
    assert len(before.deals) > 3
    for cut in (503, 1_117):
        at = int(whole.at[cut])
        scale = float(whole.close[cut - 1]) / float(other.open[cut])
        mixed = Candles(
            whole.at,
            *(
                np.concatenate((ours[:cut], theirs[cut:] * factor))
                for ours, theirs, factor in (
                    (whole.open, other.open, scale * 1.2),
                    (whole.high, other.high, scale * 1.2),
                    (whole.low, other.low, scale * 1.2),
                    (whole.close, other.close, scale * 1.2),
                    (whole.volume, other.volume, 5.0),
                )
            ),
        )
        after = try_settings(settings(**parts), mixed, MARKET, RULES)
        past = [trade for trade in before.trades if whole.at[trade.index] < at]
        assert past == [trade for trade in after.trades if whole.at[trade.index] < at]
        assert past or cut < 600


def test_leaping_over_candles_changes_nothing() -> None:
    """A bot that must be asked at every candle, because another condition changes all the time, does the same."""
    candles = made(2_000, every="1m", seed=9)
    noisy = {"indicator": "price_change", "timeframe": "1m", "length": 1, "trigger": "greater_than", "value": 0}
    calm = settings()
    always = {"any": [noisy, noisy | {"trigger": "less_than", "value": 1000}]}
    restless = settings(limits={"on_conditions": always})

    ours, theirs = (try_settings(one, candles, MARKET, RULES) for one in (calm, restless))
    assert len(ours.deals) > 3 and shapes(ours) == shapes(theirs)


def test_a_timeframe_that_the_candles_cannot_answer_is_refused_with_a_sentence() -> None:
    with pytest.raises(BacktestRefused) as refused:
        try_settings(settings(), made(100, every="15m"), MARKET, BacktestRules(15 * MINUTE))

    assert [sentence(problem.reason) for problem in refused.value.problems] == [
        "A condition on 5m cannot be tested on candles of 15m. Use finer candles that divide it, or another timeframe."
    ]
    assert problems_of(sample("15m"), 10 * MINUTE) and not problems_of(sample("15m"), 5 * MINUTE)
