from decimal import Decimal

from desktop_app.core.market import Market
from desktop_app.core.pair_list import PairList
from desktop_app.gui.backtest.choices import DataChoice
from desktop_app.gui.backtest.portfolio_plan import (
    bots_on,
    choice_like,
    currency_problem,
    members_of,
    pairs_of,
    shared_balance,
    why_not,
)
from desktop_app.gui.backtest.subject import Subject
from desktop_app.research.past import KeptSeries, Source
from tests.gui.backtest.trials import OTHER, QUICK, SIGNALS
from tests.gui.fake_engine import ACCOUNT, MARKETS

D = Decimal
ONE, TWO = Subject(QUICK, ACCOUNT, 1), Subject(OTHER, ACCOUNT, 2)
LISTED = Subject(QUICK.model_copy(update={"name": "List", "pairs": (), "pair_list": PairList(quote="USDT")}), ACCOUNT)
IN_BTC = Subject(QUICK.model_copy(update={"name": "In BTC", "pairs": ("ETH/BTC",)}), ACCOUNT)


def choice(exchange: str, symbol: str, timeframe: str, count: int, account: str = "") -> DataChoice:
    source = Source(exchange, symbol, timeframe)
    return DataChoice(source, KeptSeries(source, count, 0, count, 0) if count else None, account, timeframe)


def test_the_pairs_of_all_bots_are_needed_and_a_list_trades_those_it_may() -> None:
    pairs = pairs_of((ONE, TWO, LISTED))

    assert pairs == ("BTC/USDT", "ETH/USDT")
    assert pairs_of((LISTED,)) == ("BTC/USDT",)
    assert [member.symbols for member in members_of((ONE, LISTED), pairs)] == [("BTC/USDT",), pairs]
    assert bots_on("ETH/USDT", (ONE, TWO, LISTED), pairs) == (TWO, LISTED)


def test_one_balance_is_in_one_currency() -> None:
    assert currency_problem((ONE, TWO, LISTED)) == ""
    assert "BTC starter trades in USDT" in currency_problem((ONE, IN_BTC))
    assert "In BTC trades in BTC" in currency_problem((ONE, IN_BTC))


def test_candles_of_the_same_place_come_first_then_the_longest_kept_then_what_can_be_fetched() -> None:
    lead = choice("binance", "BTC/USDT", "1m", 10)
    here, long = choice("binance", "ETH/USDT", "1m", 5), choice("imported", "ETH/USDT", "1m", 50)
    short, hours = choice("okx", "ETH/USDT", "1m", 9), choice("binance", "ETH/USDT", "1h", 99)
    empty = choice("binance", "ETH/USDT", "1m", 0, "Main")

    assert choice_like(lead, (hours, long, here)) == here
    assert choice_like(lead, (empty, short, long)) == long
    assert choice_like(lead, (hours, empty)) == empty
    assert choice_like(lead, (hours,)) is None


def test_the_balance_is_a_thousand_or_what_all_of_them_need() -> None:
    prices = {"BTC/USDT": D(63_000), "ETH/USDT": D(3_400)}
    dear = Subject(
        QUICK.model_copy(update={"base_order": QUICK.base_order.model_copy(update={"volume": D(900)})}), ACCOUNT
    )

    assert shared_balance((ONE, TWO), MARKETS, {}) is None
    markets = {pair: MARKETS[pair] for pair in prices}
    assert shared_balance((ONE, TWO), markets, {}) == 1000
    assert shared_balance((ONE, TWO), markets, prices) == 1000
    assert shared_balance((dear, TWO), markets, prices) == 1500
    tight = {pair: Market(pair, pair[:3], "USDT", D("0.01"), D("0.1"), min_cost=D(10_000)) for pair in prices}
    assert shared_balance((ONE, TWO), tight, prices) == 1000


def test_a_bot_that_acts_on_alerts_has_no_past_to_share() -> None:
    assert why_not(Subject(SIGNALS, ACCOUNT)) == "trades on alerts from outside, and the past has none"
    assert why_not(ONE) == ""
