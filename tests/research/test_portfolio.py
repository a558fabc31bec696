"""Portfolios: bots whose funds never bind do what they do alone; where funds bind nothing is spent twice."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from desktop_app.core.bot_file import read_settings
from desktop_app.core.columns import Candles, exact
from desktop_app.core.market import Market
from desktop_app.core.settings import Settings
from desktop_app.research.backtest import BacktestRefused, BacktestResult, BacktestRules
from desktop_app.research.portfolio import Member, PairPast, PortfolioResult, run_portfolio
from desktop_app.research.trial import try_settings

D = Decimal
MINUTE = 60_000
START = 1_700_000_040_000
RULES = BacktestRules(MINUTE)
BTC, ETH = "BTC/USDT", "ETH/USDT"
MARKETS = {symbol: Market(symbol, symbol[:3], "USDT") for symbol in (BTC, ETH)}
BOTS: dict[str, dict[str, Any]] = {
    "ladder": {
        "base_order": {"volume": "100"},
        "safety_orders": {"volume": "50", "price_deviation": "0.5", "max_count": 4},
        "take_profit": {"percent": "0.8"},
        "stop_loss": {"percent": "3"},
        "limits": {"close_after_seconds": 18_000, "cooldown_seconds": 300},
    },
    "short": {
        "direction": "short",
        "base_order": {"volume": "100"},
        "take_profit": {"percent": "0.8", "trailing_deviation": "0.2"},
        "stop_loss": {"percent": "1", "timeout_seconds": 600},
    },
    "told": {
        "base_order": {"volume": "100", "type": "limit"},
        "take_profit": {"percent": "0.6"},
        "stop_loss": {"percent": "2"},
        "start": {
            "mode": "conditions",
            "all": [{"indicator": "rsi", "timeframe": "5m", "length": 7, "trigger": "less_than", "value": 45}],
        },
    },
    "grid": {"grid": {"lower": "92", "upper": "104", "lines": 41, "volume_per_line": "50"}},
}


def past(seed: int, count: int = 900, first: int = 0, gaps: int = 0) -> Candles:
    chance = np.random.default_rng(seed)
    close = np.round(100 + chance.normal(0, 0.15, count).cumsum(), 2)
    opened = np.concatenate(([100.0], close[:-1]))
    opened = np.where(chance.random(count) < 0.1, np.round(opened + chance.normal(0, 0.1, count), 2), opened)
    high = np.round(np.maximum(opened, close) + chance.uniform(0, 0.1, count), 2)
    low = np.round(np.minimum(opened, close) - chance.uniform(0, 0.1, count), 2)
    at = START + (first + np.arange(count, dtype=np.int64)) * MINUTE
    kept = np.sort(chance.permutation(count - 1)[gaps:] + 1) if gaps else np.arange(count)
    volume = chance.uniform(1, 9, count)
    return Candles(at[kept], opened[kept], high[kept], low[kept], close[kept], volume[kept])


def straight(*closes: float, first: float = 100.0, skip: tuple[int, ...] = ()) -> Candles:
    close = np.array(closes)
    opened = np.append([first], close[:-1])
    at = START + np.arange(len(close), dtype=np.int64) * MINUTE
    kept = np.array([i for i in range(len(close)) if i not in skip])
    high, low = np.maximum(opened, close), np.minimum(opened, close)
    return Candles(at[kept], opened[kept], high[kept], low[kept], close[kept], np.ones(len(kept)))


def bot(kind: str, *pairs: str, **more: Any) -> Settings:
    given = {"name": kind, "account": "demo", "pairs": list(pairs)} | BOTS.get(kind, {}) | more
    settings = read_settings("grid" if kind == "grid" else "dca", given).settings
    assert settings is not None
    return settings


def together(pasts: dict[str, Candles], *bots: Settings, rules: BacktestRules = RULES) -> PortfolioResult:
    markets = {symbol: rules.applied_to(MARKETS[symbol]) for symbol in pasts}
    members = [Member(one, tuple(symbol for symbol in one.pairs if symbol in pasts)) for one in bots]
    return run_portfolio(members, {symbol: PairPast(pasts[symbol], markets[symbol]) for symbol in pasts}, rules)


def bare(result: BacktestResult) -> list[tuple[Any, ...]]:
    return [
        (one.index, one.deal, one.side, one.fill.price, one.fill.amount, one.fill.fee, one.fill.at)
        for one in result.trades
    ]


def told(result: BacktestResult) -> list[tuple[Any, ...]]:
    return [(one.opened_at, one.closed_at, one.status, one.profit, one.position) for one in result.deals]


@pytest.mark.parametrize("balance", [None, D(1_000_000)])
def test_bots_whose_funds_never_bind_do_what_they_do_alone(balance: Decimal | None) -> None:
    rules = replace(RULES, balance=balance)
    pasts = {BTC: past(1, gaps=40), ETH: past(2, count=800, first=150, gaps=40)}
    bots = [bot(kind, symbol) for kind in BOTS for symbol in pasts]

    found = together(pasts, *bots, rules=rules)

    assert len(found.parts) == len(bots) == 8
    for part in found.parts:
        symbol = part.result.market.symbol
        alone = try_settings(bots[part.bot], pasts[symbol], MARKETS[symbol], rules)
        assert len(alone.trades) > 3, bots[part.bot].name
        assert bare(part.result) == bare(alone) and told(part.result) == told(alone), (bots[part.bot].name, symbol)
        assert part.result.most_funds_used == alone.most_funds_used and part.result.funds == alone.funds
    assert found.whole.most_used <= sum(one.most_used for one in found.bots)


def test_two_pairs_of_one_bot_do_what_two_bots_would_where_both_may_have_deals() -> None:
    pasts = {BTC: past(1), ETH: past(2)}
    limits = {"max_active_deals": 2, "close_after_seconds": 18_000, "cooldown_seconds": 300}

    found = together(pasts, bot("ladder", BTC, ETH, limits=limits))

    for part in found.parts:
        symbol = part.result.market.symbol
        alone = try_settings(bot("ladder", symbol), pasts[symbol], MARKETS[symbol], RULES)
        assert len(alone.trades) > 10
        # Deals are numbered through a bot's pairs.
        assert [row[2:] for row in bare(part.result)] == [row[2:] for row in bare(alone)]
        assert told(part.result) == told(alone)


def test_no_more_deals_run_at_once_than_the_bot_may_have_over_its_pairs() -> None:
    pasts = {BTC: past(1), ETH: past(2)}
    found = together(pasts, bot("ladder", BTC, ETH, limits={"max_active_deals": 1, "cooldown_seconds": 300}))

    spans = sorted(
        (deal.opened_at, deal.closed_at if deal.status.is_over else 10**15)
        for part in found.parts
        for deal in part.result.deals
    )
    assert len({part.result.market.symbol for part in found.parts if part.result.deals}) == 2
    assert all(end <= start for (_, end), (start, _) in pairwise(spans)), "one after the other"


def test_what_one_bot_has_spent_another_cannot_spend() -> None:
    pasts = {BTC: straight(*[100.0] * 5), ETH: straight(*[100.0] * 5)}
    rules = replace(RULES, balance=D(150), fee_percent=D(0))
    take = {"base_order": {"volume": "100"}, "take_profit": {"percent": "5"}}

    found = together(pasts, bot("first", BTC, **take), bot("second", ETH, **take), rules=rules)

    assert [len(part.result.deals) for part in found.parts] == [1, 0]
    assert found.whole.most_used == 100 and found.whole.funds == 150
    assert any("funds" in str(one.said) for one in found.parts[1].result.told_problems)


def test_money_that_comes_free_in_a_candle_is_there_for_the_next_and_not_for_its_own_opening() -> None:
    """The second bot opens with each candle; in the second one the first bot's take profit frees the money."""
    pasts = {BTC: straight(100.0, 106.0, 106.0, 106.0), ETH: straight(*[100.0] * 4)}
    rules = replace(RULES, balance=D(150), fee_percent=D(0))
    take = {"base_order": {"volume": "100"}, "take_profit": {"percent": "5"}, "limits": {"stop_after_deals": 1}}

    found = together(pasts, bot("first", BTC, **take), bot("second", ETH, **take), rules=rules)

    first, second = (part.result for part in found.parts)
    assert first.deals[0].closed_at == START + MINUTE
    assert [trade.fill.at for trade in second.trades][:1] and second.trades[0].fill.at > START + MINUTE


def test_the_balance_never_goes_below_nothing() -> None:
    pasts = {BTC: past(1), ETH: past(2)}
    rules = replace(RULES, balance=D(320))
    bots = [bot(kind, symbol) for kind in ("ladder", "told") for symbol in pasts]

    found = together(pasts, *bots, rules=rules)

    moved = sorted(
        ((trade.fill.at, int(trade.fill.trade_id[1:]), trade) for part in found.parts for trade in part.result.trades),
        key=lambda one: one[:2],
    )
    # Within one candle the order between lanes is not in the trades: sells of a candle count before its buys.
    balance = D(320)
    for at in sorted({one[0] for one in moved}):
        balance += sum((trade.quote for when, _, trade in moved if when == at), D(0))
        assert balance >= 0
    alone = [len(try_settings(one, pasts[one.pairs[0]], MARKETS[one.pairs[0]], RULES).trades) for one in bots]
    assert [len(part.result.trades) for part in found.parts] != alone, "the balance was meant to bind"


def test_a_deal_that_times_out_while_its_pair_has_no_candles_ends_at_the_next_open() -> None:
    pasts = {BTC: straight(*[100.0] * 9), ETH: straight(*[100.0] * 4, 90.0, 90.0, 90.0, 90.0, 90.0, skip=(2, 3, 4))}
    limits = {"max_active_deals": 2, "close_after_seconds": 120, "stop_after_deals": 2}
    settings = bot("x", BTC, ETH, base_order={"volume": "100"}, take_profit={"percent": "50"}, limits=limits)

    found = together(pasts, settings)

    sales = [
        (part.result.market.symbol, t.fill.at - START, t.fill.price)
        for part in found.parts
        for t in part.result.trades[1:]
    ]
    assert sales == [(BTC, 2 * MINUTE, D(100)), (ETH, 5 * MINUTE, D(90))]
    assert [deal.status for part in found.parts for deal in part.result.deals] == ["timed_out", "timed_out"]


def test_bots_on_one_pair_share_what_a_candle_trades() -> None:
    pasts = {BTC: straight(100.0, 98.0, 98.0)}
    rules = replace(RULES, volume_share_percent=D(50))
    ladder = {"volume": "50", "price_deviation": "1", "max_count": 1}
    bots = [bot("x", BTC, base_order={"volume": "100"}, safety_orders=ladder, take_profit={"percent": "9"})] * 2

    found = together(pasts, *bots, rules=rules)

    bought = [t.fill.amount for part in found.parts for t in part.result.trades if t.index == 1]
    assert bought == [D("0.25"), D("0.25")]


def test_a_bot_that_cannot_be_tested_is_refused() -> None:
    fine = bot("fine", BTC, base_order={"volume": "30"}, take_profit={"percent": "9"})
    small = bot("small", BTC, base_order={"volume": "3"}, take_profit={"percent": "9"})
    with pytest.raises(BacktestRefused) as refused:
        together({BTC: straight(100.0)}, fine, small)
    assert refused.value.bot == "small"


def test_it_stops_when_told_and_says_how_far_it_came() -> None:
    pasts = {BTC: past(1), ETH: past(2)}
    markets = {symbol: PairPast(pasts[symbol], MARKETS[symbol]) for symbol in pasts}
    members = [Member(bot("ladder", BTC, ETH), (BTC, ETH))]

    found = run_portfolio(members, markets, RULES, lambda done, _: done < 700)

    assert not found.is_complete
    assert all(700 <= part.result.candles_done < 800 for part in found.parts)
    assert exact(pasts[BTC].open[0]) == 100
