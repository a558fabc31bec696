"""A backtest does not flatter: nothing of the future, no price that was not there, no more money or coins than are."""

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from desktop_app.core.bot_file import read_settings
from desktop_app.core.columns import Candles
from desktop_app.core.gathering import gather, rows
from desktop_app.core.market import Market
from desktop_app.core.order import OrderType, Side
from desktop_app.core.settings import Settings
from desktop_app.research.backtest import BacktestResult, BacktestRules
from desktop_app.research.detail import make_finer
from desktop_app.research.portfolio import Member, PairPast, run_portfolio
from desktop_app.research.trial import try_settings
from tests.research.test_portfolio import BOTS, BTC, MINUTE, past

D = Decimal
MARKET = Market(BTC, "BTC", "USDT", min_cost=D(5), min_amount=D("0.001"), maker_fee=D("0.0008"), taker_fee=D("0.001"))
STRICT = BacktestRules(MINUTE, slippage_percent=D("0.05"), fill_through=1, volume_share_percent=D(4), balance=D(700))
TRADE = {
    "amount": "100",
    "unit": "quote",
    "entry": {"type": "limit", "price": "99.8"},
    "take_profit": {"steps": [{"percent": "1", "share": "50"}, {"percent": "2", "share": "50"}]},
    "stop_loss": {"percent": "2.5"},
}
KINDS = [*BOTS, "trade"]


def settings_of(name: str) -> Settings:
    kind = {"grid": "grid", "trade": "smart_trade"}.get(name, "dca")
    parts: dict[str, Any] = TRADE if name == "trade" else BOTS[name]
    if name == "grid":
        parts = {"grid": {"lower": "96", "upper": "104", "lines": 15, "volume_per_line": "40"}}
    found = read_settings(kind, {"name": name, "account": "demo", "pairs": [BTC]} | parts).settings
    assert found is not None
    return found


def played(name: str, candles: Candles, rules: BacktestRules = STRICT) -> BacktestResult:
    return try_settings(settings_of(name), candles, MARKET, rules)


@pytest.fixture(scope="module")
def candles() -> Candles:
    return past(8, count=700, gaps=60)


@pytest.fixture(scope="module")
def results(candles: Candles) -> dict[str, BacktestResult]:
    return {name: played(name, candles) for name in KINDS}


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("cut", [101, 350])
def test_what_came_later_changes_nothing_that_came_before(
    name: str, cut: int, candles: Candles, results: dict[str, BacktestResult]
) -> None:
    shortened = played(name, rows(candles, 0, cut))

    assert shortened.trades == tuple(trade for trade in results[name].trades if trade.index < cut)


def test_finer_candles_that_came_later_change_nothing_that_came_before(candles: Candles) -> None:
    coarse = gather(candles, 5 * MINUTE, 10**15)
    rules = replace(STRICT, timeframe_ms=5 * MINUTE)

    def over(count: int) -> BacktestResult:
        part = rows(coarse, 0, count)
        finer = make_finer(part, 5 * MINUTE, candles, MINUTE)
        return try_settings(settings_of("grid"), part, MARKET, rules, inside=finer.inside)

    whole = over(len(coarse))

    assert len(whole.trades) > 10
    assert over(70).trades == tuple(trade for trade in whole.trades if trade.index < 70)


def test_what_came_later_changes_nothing_in_a_portfolio_either(candles: Candles) -> None:
    members = [Member(settings_of(name), (BTC,)) for name in ("ladder", "grid", "told")]

    def over(count: int) -> list[BacktestResult]:
        found = run_portfolio(members, {BTC: PairPast(rows(candles, 0, count), MARKET)}, STRICT)
        return [part.result for part in found.parts]

    for whole, shortened in zip(over(len(candles)), over(300), strict=True):
        assert shortened.trades == tuple(trade for trade in whole.trades if trade.index < 300)


@pytest.mark.parametrize("name", KINDS)
def test_every_price_was_there_in_its_candle(name: str, candles: Candles, results: dict[str, BacktestResult]) -> None:
    result = results[name]
    assert len(result.trades) > 2
    for trade in result.trades:
        candle, order = candles.candle(trade.index), result.orders[trade.client_id]
        assert trade.fill.at == candle.at
        if order.type is OrderType.MARKET:
            slip = D("1.0005") if trade.side is Side.BUY else D("0.9995")
            assert candle.low <= trade.fill.price / slip <= candle.high
            continue
        assert order.price is not None
        # What lacked volume when the price came to it trades at its own price, wherever the candles are by then.
        assert trade.fill.price == order.price or candle.low <= trade.fill.price <= candle.high
        assert trade.fill.price <= order.price if trade.side is Side.BUY else trade.fill.price >= order.price


@pytest.mark.parametrize("name", KINDS)
def test_limits_fill_no_more_of_a_candle_than_their_share(
    name: str, candles: Candles, results: dict[str, BacktestResult]
) -> None:
    filled: dict[int, Decimal] = defaultdict(Decimal)
    for trade in results[name].trades:
        if results[name].orders[trade.client_id].type is OrderType.LIMIT:
            filled[trade.index] += trade.fill.amount

    for index, amount in filled.items():
        assert amount <= candles.candle(index).volume * D("0.04")


def test_the_share_was_felt(candles: Candles, results: dict[str, BacktestResult]) -> None:
    free = replace(STRICT, volume_share_percent=None)

    assert any(len(played(name, candles, free).trades) != len(results[name].trades) for name in KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_neither_money_nor_coins_go_below_nothing(
    name: str, candles: Candles, results: dict[str, BacktestResult]
) -> None:
    coins = MARKET.amount_up(D(700) / D(str(candles.open[0]))) if name == "short" else D(0)
    money = D(700)
    for trade in results[name].trades:
        money, coins = money + trade.quote, coins + trade.base
        assert money >= 0 and coins >= 0
    assert money != 700


@pytest.mark.parametrize("name", KINDS)
def test_every_order_is_one_that_the_market_takes(name: str, results: dict[str, BacktestResult]) -> None:
    result = results[name]
    for client_id in {trade.client_id for trade in result.trades}:
        order = result.orders[client_id]
        price = order.price or next(t.fill.price for t in result.trades if t.client_id == client_id)
        assert order.amount % MARKET.amount_step == 0 and order.amount >= MARKET.min_amount
        assert order.price is None or order.price % MARKET.price_tick == 0
        assert order.amount * price >= MARKET.min_cost * D("0.999"), "a market order is judged before it slips"


def test_money_in_resting_orders_cannot_be_spent_again(candles: Candles) -> None:
    """A grid that fits its balance exactly locks all of it, so that a ladder beside it finds nothing."""
    grid, ladder = settings_of("grid"), settings_of("ladder")
    rules = BacktestRules(MINUTE)
    needed = try_settings(grid, candles, MARKET, rules).funds
    members = [Member(grid, (BTC,)), Member(ladder, (BTC,))]

    found = run_portfolio(members, {BTC: PairPast(rows(candles, 0, 3), MARKET)}, replace(rules, balance=needed))

    assert found.parts[0].result.deals and not found.parts[1].result.deals
