import random
import subprocess
import sys
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest

from desktop_app.core.columns import Candles, exact
from desktop_app.exchange.synthetic.hours import CHAPTER_HOURS, HOUR_MS, Hours
from desktop_app.exchange.synthetic.market import (
    DEMO_SEED,
    MODEL_VERSION,
    PAIRS,
    Checkpoint,
    SyntheticMarket,
    TickColumns,
)
from desktop_app.exchange.synthetic.minutes import MINUTE_MS
from desktop_app.exchange.synthetic.noise import Floats

DAY_MS = 24 * HOUR_MS
START = 1_764_000_000_000
END = START + 30 * DAY_MS
SYMBOLS = [pair.symbol for pair in PAIRS]
YEAR_MINUTES = 525_600


@pytest.fixture(scope="module")
def market() -> SyntheticMarket:
    return SyntheticMarket(7, START)


@pytest.fixture(scope="module")
def month(market: SyntheticMarket) -> dict[str, Candles]:
    return {symbol: market.history(symbol, START, END) for symbol in SYMBOLS}


def returns(candles: Candles, every: int = 1) -> Floats:
    return np.diff(np.log(candles.close[::every]))


def echo(series: Floats, lag: int) -> float:
    """Autocorrelation."""
    centred = series - series.mean()
    return float((centred[lag:] * centred[:-lag]).mean() / series.var())


def tails(series: Floats) -> float:
    """Kurtosis; 3 for a bell curve."""
    centred = series - series.mean()
    return float((centred**4).mean() / (centred**2).mean() ** 2)


def same(one: Candles | TickColumns, other: Candles | TickColumns) -> bool:
    names = [name for name in type(one).__slots__ if name != "symbol"]
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)


# --- the pairs -----------------------------------------------------------------------------------------------------


def test_there_are_many_pairs_of_different_characters() -> None:
    markets = [pair.market for pair in PAIRS]

    assert len(set(SYMBOLS)) == len(PAIRS) >= 12
    assert sum(market.quote == "USDT" for market in markets) >= 10
    assert [market.quote for market in markets].count("BTC") == 2
    ticks = {market.price_tick for market in markets}
    assert Decimal("0.01") in ticks
    assert Decimal("1e-8") in ticks
    assert len(ticks) >= 5
    for market in markets:
        assert market.min_cost == (Decimal(5) if market.quote == "USDT" else Decimal("0.0001"))
        assert market.maker_fee == market.taker_fee == Decimal("0.001")
        assert market.min_amount >= market.amount_step > 0


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_every_price_and_amount_is_the_nearest_float_of_a_decimal_on_its_grid(
    market: SyntheticMarket, month: dict[str, Candles], symbol: str
) -> None:
    rules = next(pair for pair in PAIRS if pair.symbol == symbol)
    candles = month[symbol]
    for column in (candles.open[::997], candles.high[::997], candles.low[::997], candles.close[::997]):
        for price in column:
            assert exact(price) % rules.tick == 0
            assert rules.price_grid.decimal(price) == exact(price)
    for amount in candles.volume[::997]:
        assert exact(amount) % rules.lot == 0
    minute = market.ticks(symbol, START + DAY_MS)
    for price in (*minute.price, *minute.bid, *minute.ask):
        assert exact(price) % rules.tick == 0
    for amount in minute.volume:
        assert exact(amount) % rules.lot == 0


# --- candles and ticks agree ----------------------------------------------------------------------------------------


def test_a_month_of_candles_is_whole(month: dict[str, Candles]) -> None:
    for candles in month.values():
        assert len(candles) == 30 * 24 * 60
        assert candles.at[0] == START
        assert (np.diff(candles.at) == MINUTE_MS).all()
        assert (candles.high >= np.maximum(candles.open, candles.close)).all()
        assert (candles.low <= np.minimum(candles.open, candles.close)).all()
        assert (candles.low > 0).all()
        assert (candles.volume >= 0).all()


def test_each_candle_opens_where_the_last_one_closed(month: dict[str, Candles]) -> None:
    for candles in month.values():
        assert np.array_equal(candles.open[1:], candles.close[:-1])


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_ticks_tell_the_same_story_as_their_candle(
    market: SyntheticMarket, month: dict[str, Candles], symbol: str
) -> None:
    first = 12_345
    before = None
    for row in range(first, first + 150):
        ticks = market.ticks(symbol, START + row * MINUTE_MS)
        candles = month[symbol]
        assert 12 <= len(ticks.at) <= 20
        assert ticks.at[0] == candles.at[row]
        assert (np.diff(ticks.at) > 0).all()
        assert ticks.at[-1] < candles.at[row] + MINUTE_MS
        assert ticks.price[0] == candles.open[row]
        assert ticks.price[-1] == candles.close[row]
        assert ticks.price.max() == candles.high[row]
        assert ticks.price.min() == candles.low[row]
        assert ticks.volume.sum() == pytest.approx(candles.volume[row], rel=1e-9)
        assert ((ticks.volume > 0) == (ticks.side != 0)).all()
        assert (ticks.bid < ticks.ask).all()
        assert (ticks.price[ticks.side > 0] == ticks.ask[ticks.side > 0]).all()
        assert (ticks.price[ticks.side < 0] == ticks.bid[ticks.side < 0]).all()
        if before is not None:
            assert (ticks.bid[0], ticks.ask[0], ticks.price[0]) == before
        before = (ticks.bid[-1], ticks.ask[-1], ticks.price[-1])


def test_ratio_pairs_follow_the_two_pairs_they_are_made_of(month: dict[str, Candles]) -> None:
    made = month["ETH/USDT"].close / month["BTC/USDT"].close

    away = np.abs(month["ETH/BTC"].close / made - 1)
    assert away.mean() < 0.0003
    assert away.max() < 0.005  # trades lag behind quotes for some seconds


# --- the same market again ------------------------------------------------------------------------------------------


def test_the_order_of_questions_does_not_change_an_answer(month: dict[str, Candles]) -> None:
    other = SyntheticMarket(7, START)
    order = random.Random(1)
    for _ in range(40):
        symbol, row = order.choice(SYMBOLS), order.randrange(30 * 24 * 60)
        at = START + row * MINUTE_MS
        ticks = other.ticks(symbol, at)
        candles = other.history(symbol, at, at + MINUTE_MS)
        assert ticks.price[-1] == candles.close[0] == month[symbol].close[row]
        assert candles.volume[0] == month[symbol].volume[row]
    for row in (0, 61, 40_000):
        whole = other.minute(START + row * MINUTE_MS)
        fresh = SyntheticMarket(7, START)
        assert [ticks.symbol for ticks in whole] == SYMBOLS
        for ticks in whole:
            assert same(ticks, fresh.ticks(ticks.symbol, START + row * MINUTE_MS))


def test_a_market_continued_from_a_checkpoint_is_the_same_market(month: dict[str, Candles]) -> None:
    first = SyntheticMarket(7, START)
    first.minute(START + 5_000 * MINUTE_MS)
    kept = Checkpoint.from_json(first.checkpoint().to_json())

    second = SyntheticMarket(7, START, kept)

    assert len(kept.to_json()) < 500
    assert kept == first.checkpoint() == second.checkpoint()
    assert kept.at_ms == START + 5_001 * MINUTE_MS
    assert second.agrees_with(kept)
    at = kept.at_ms
    assert same(second.ticks("SOL/USDT", at), first.ticks("SOL/USDT", at))
    assert second.history("XRP/USDT", at, at + DAY_MS).close[-1] == month["XRP/USDT"].close[5_000 + 1_440]
    assert second.book("PEPE/USDT", at) == first.book("PEPE/USDT", at)


def test_another_process_makes_the_same_market(month: dict[str, Candles]) -> None:
    program = (
        "from desktop_app.exchange.synthetic.market import SyntheticMarket;"
        f"c = SyntheticMarket(7, {START}).history('DOGE/USDT', {END - HOUR_MS}, {END});"
        "print([float(x) for x in c.close], [float(x) for x in c.volume])"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    candles = month["DOGE/USDT"]
    assert said.strip() == f"{candles.close[-60:].tolist()} {candles.volume[-60:].tolist()}"


def test_another_seed_is_another_market(month: dict[str, Candles]) -> None:
    other = SyntheticMarket(8, START).history("BTC/USDT", START, START + DAY_MS)

    assert abs(np.corrcoef(returns(other), returns(month["BTC/USDT"])[: len(other) - 1])[0, 1]) < 0.1


def test_a_foreign_checkpoint_is_refused() -> None:
    mine = SyntheticMarket(7, START).checkpoint()

    with pytest.raises(ValueError, match="another simulated market"):
        SyntheticMarket(8, START, mine)
    with pytest.raises(ValueError, match="another version"):
        SyntheticMarket(7, START, Checkpoint(MODEL_VERSION + 1, 7, START, START, mine.prices))
    for text in ("", "[]", "{}", '{"version": 1}', mine.to_json().replace("7", "NaN")):
        with pytest.raises(ValueError, match="not a checkpoint"):
            Checkpoint.from_json(text)
    assert not SyntheticMarket(7, START).agrees_with(Checkpoint(MODEL_VERSION, 7, START, START, (1, 2)))


def test_history_begins_with_the_market_and_may_be_empty(market: SyntheticMarket) -> None:
    assert len(market.history("BTC/USDT", START - DAY_MS, START)) == 0
    assert market.history("BTC/USDT", START - DAY_MS, START + 2 * MINUTE_MS).at.tolist() == [START, START + MINUTE_MS]
    assert market.history("BTC/USDT", START + 1, START + MINUTE_MS + 1).at.tolist() == [START + MINUTE_MS]
    assert len(market.history("BTC/USDT", START + DAY_MS, START)) == 0


def test_a_market_may_begin_inside_an_hour() -> None:
    late = SyntheticMarket(7, START + 17 * MINUTE_MS + 500)

    candles = late.history("ETH/USDT", 0, START + 2 * HOUR_MS)

    assert late.start_ms == candles.at[0] == START + 17 * MINUTE_MS
    assert len(candles) == 103
    assert np.array_equal(candles.open[1:], candles.close[:-1])


def test_chapters_join_without_a_seam() -> None:
    market = SyntheticMarket(3, START)
    seam = START - START % HOUR_MS + CHAPTER_HOURS * HOUR_MS

    candles = market.history("BTC/USDT", seam - 6 * HOUR_MS, seam + 6 * HOUR_MS)

    assert np.array_equal(candles.open[1:], candles.close[:-1])
    assert np.abs(returns(candles)).max() < 0.02


# --- what real markets look like ------------------------------------------------------------------------------------


def test_volatility_comes_in_clusters_and_returns_do_not_repeat(month: dict[str, Candles]) -> None:
    for symbol in ("BTC/USDT", "ETH/USDT", "SOL/USDT", "DOGE/USDT", "LINK/USDT"):
        moves = returns(month[symbol])
        sizes = np.abs(moves)
        assert echo(sizes, 1) > echo(sizes, 60) > 0.05, symbol
        assert echo(sizes, 10) > 0.1, symbol
        assert abs(echo(moves, 1)) < 0.05, symbol


def test_tails_are_fat_and_jumps_happen(month: dict[str, Candles]) -> None:
    for symbol in SYMBOLS:
        assert tails(returns(month[symbol])) > (6 if symbol != "EUR/USDT" else 3.3), symbol
    for symbol in ("BTC/USDT", "XRP/USDT"):
        moves = np.abs(returns(month[symbol]))
        assert moves.max() > 9 * moves.std(), symbol
    assert tails(returns(month["BTC/USDT"], 60)) > 3.5


def test_volatility_is_that_of_the_pair(month: dict[str, Candles]) -> None:
    def yearly(symbol: str) -> float:
        return float(returns(month[symbol], 15).std() * np.sqrt(YEAR_MINUTES / 15))

    assert 0.55 < yearly("BTC/USDT") < 1.2
    assert yearly("EUR/USDT") < 0.15
    assert yearly("BTC/USDT") < yearly("SOL/USDT") < yearly("PEPE/USDT") < 3.0


def test_coins_move_with_bitcoin(month: dict[str, Candles]) -> None:
    lead = returns(month["BTC/USDT"], 60)
    together = {symbol: np.corrcoef(lead, returns(month[symbol], 60))[0, 1] for symbol in SYMBOLS}

    assert together["ETH/USDT"] > 0.65
    assert together["SOL/USDT"] > 0.5
    assert 0.1 < together["MOSS/USDT"] < together["ETH/USDT"]
    assert abs(together["EUR/USDT"]) < 0.4


def test_volume_follows_volatility_and_the_time_of_day(month: dict[str, Candles]) -> None:
    for symbol in ("BTC/USDT", "DOGE/USDT", "MOSS/USDT"):
        candles = month[symbol]
        assert np.corrcoef(np.abs(returns(candles)), candles.volume[1:])[0, 1] > 0.3, symbol
    for symbol in ("BTC/USDT", "ETH/USDT"):
        candles = month[symbol]
        hour = (candles.at - candles.at[0]) // HOUR_MS % 24  # the rhythm counts from the start
        afternoon = candles.volume[(hour >= 13) & (hour < 18)].mean()
        night = candles.volume[(hour >= 2) & (hour < 7)].mean()
        assert afternoon > 1.2 * night, symbol
    assert echo(month["BTC/USDT"].volume, 1) > 0.4


def test_phases_last_for_hours_to_days_and_push_the_price(market: SyntheticMarket) -> None:
    names = [market.phase(START + hour * HOUR_MS).name for hour in range(24 * 150)]
    runs = np.diff(np.flatnonzero([True, *(a != b for a, b in pairwise(names)), True]))
    levels = Hours(7, [PAIRS[0]], 0)
    path = levels.levels(0, 24 * 150)[0]
    push = dict.fromkeys(names, 0.0)
    for hour, move in enumerate(np.diff(path)):
        push[levels.phase(hour).name] += move

    assert set(names) == {"range", "bull", "bear", "surge", "slump", "quiet"}
    assert 8 < runs.mean() < 40
    assert runs.max() < 24 * 14
    assert push["bull"] > 0.5 > -0.5 > push["bear"]


@pytest.mark.parametrize("seed", [1])
def test_prices_stay_sane_for_ten_years(seed: int) -> None:
    coins = [pair for pair in PAIRS if pair.ratio_of is None]

    levels = Hours(seed, coins, 0).levels(0, 24 * 3_650)

    for coin, level in zip(coins, levels, strict=True):
        away = level - np.log(coin.anchor)
        assert np.abs(away).max() < 2.8, coin.symbol
        assert abs(away.mean()) < 0.35, coin.symbol
    assert np.abs(levels[3] - np.log(coins[3].anchor)).max() < 0.05  # EUR/USDT keeps its level


def test_the_thin_coin_is_thin(market: SyntheticMarket, month: dict[str, Candles]) -> None:
    def spread(symbol: str) -> float:
        minutes = [market.ticks(symbol, START + (900 + n) * MINUTE_MS) for n in range(20)]
        return float(np.mean([np.mean(ticks.ask / ticks.bid - 1) for ticks in minutes]))

    assert spread("MOSS/USDT") > 0.002
    assert 0 < spread("BTC/USDT") < 0.0001
    assert 0.2 < (month["MOSS/USDT"].volume == 0).mean() < 0.7
    assert (month["BTC/USDT"].volume > 0).all()


def test_a_dca_bot_on_bitcoin_has_something_to_do() -> None:
    """Base order, five safety orders 1 % apart, take profit 1 %: two to three deals in half a day, on average."""
    deals = 0
    for seed in range(10, 15):
        candles = SyntheticMarket(seed, START).history("BTC/USDT", START, START + DAY_MS // 2)
        deals += completed_deals(candles, step=0.01, profit=0.01)

    assert 5 <= deals <= 40


def test_a_newcomer_meets_a_market_that_is_awake() -> None:
    now = START + 30 * DAY_MS

    candles = SyntheticMarket(DEMO_SEED, START).history("BTC/USDT", now, now + HOUR_MS)

    assert completed_deals(candles, step=0.003, profit=0.005) >= 4


def test_a_seed_is_the_same_market_whenever_it_begins() -> None:
    later = START + 3 * DAY_MS + 17 * MINUTE_MS
    one = SyntheticMarket(DEMO_SEED, START).history("ETH/USDT", START, START + HOUR_MS)
    other = SyntheticMarket(DEMO_SEED, later).history("ETH/USDT", later, later + HOUR_MS)

    assert (one.close == other.close).all()


def completed_deals(candles: Candles, step: float, profit: float) -> int:
    done, entry, coins, rungs = 0, candles.open[0], 1 / candles.open[0], 1
    for high, low, close in zip(candles.high, candles.low, candles.close, strict=True):
        while rungs < 6 and low <= entry * (1 - step * rungs):
            coins += 1 / (entry * (1 - step * rungs))
            rungs += 1
        if high >= rungs / coins * (1 + profit):
            done, entry, coins, rungs = done + 1, close, 1 / close, 1
    return done


# --- quotes and books -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_a_book_surrounds_the_quote_of_its_moment(market: SyntheticMarket, symbol: str) -> None:
    rules = next(pair for pair in PAIRS if pair.symbol == symbol)
    minute = START + 7_777 * MINUTE_MS
    ticks = market.ticks(symbol, minute)
    for row in (0, 5, 13):
        book = market.book(symbol, int(ticks.at[row]))
        assert book.bids[0][0] == exact(ticks.bid[row])
        assert book.asks[0][0] == exact(ticks.ask[row])
        for side, is_bid in ((book.bids, True), (book.asks, False)):
            prices = [price for price, _ in side]
            assert len(side) == 20
            assert prices == sorted(set(prices), reverse=is_bid)
            assert all(price % rules.tick == 0 and amount % rules.lot == 0 for price, amount in side)
            assert all(amount >= rules.lot for _, amount in side)
        assert book == market.book(symbol, int(ticks.at[row]))


def test_levels_of_the_book_stay_while_the_price_moves(market: SyntheticMarket) -> None:
    ticks = market.ticks("BTC/USDT", START + 4_000 * MINUTE_MS)
    shared = 0
    for row in range(len(ticks.at) - 1):
        now, then = (dict(market.book("BTC/USDT", int(ticks.at[at])).bids[1:]) for at in (row, row + 1))
        shared += len(now.keys() & then.keys())

    assert shared > 40


def test_spread_widens_and_depth_thins_when_volatility_rises(market: SyntheticMarket) -> None:
    rows = []
    for minute in range(0, 30 * 24 * 60, 401):
        at = START + minute * MINUTE_MS
        candles = market.history("ETH/USDT", at - 15 * MINUTE_MS, at + 15 * MINUTE_MS)
        book = market.book("ETH/USDT", at + 30_000)
        spread = float(book.asks[0][0] / book.bids[0][0] - 1)
        depth = float(sum(price * amount for price, amount in book.bids))
        rows.append((returns(candles).std(), spread, depth))
    stress, spread_, depth_ = np.log(np.array(rows)).T

    assert np.corrcoef(stress, spread_)[0, 1] > 0.5
    assert np.corrcoef(stress, depth_)[0, 1] < -0.3


# --- the last day ---------------------------------------------------------------------------------------------------


def test_day_statistics_are_those_of_the_last_1440_candles(market: SyntheticMarket, month: dict[str, Candles]) -> None:
    candles = month["SOL/USDT"]
    stats = market.day_stats("SOL/USDT", START + 10 * DAY_MS + 30_000)
    day = slice(9 * 1440, 10 * 1440)

    assert stats.open == candles.open[day][0]
    assert stats.high == candles.high[day].max()
    assert stats.low == candles.low[day].min()
    assert stats.last == candles.close[day][-1]
    assert stats.volume == pytest.approx(candles.volume[day].sum())
    assert stats.quote_volume == market.quote_volume_24h("SOL/USDT", START + 10 * DAY_MS)
    assert stats.low * stats.volume < stats.quote_volume < stats.high * stats.volume


def test_day_statistics_exist_from_the_first_moment(market: SyntheticMarket) -> None:
    stats = market.day_stats("BTC/USDT", START)

    assert stats.open == stats.last == market.ticks("BTC/USDT", START).price[0]
    assert stats.quote_volume == 0


def test_memory_is_bounded_however_long_the_market_runs(market: SyntheticMarket) -> None:
    for hour in range(0, 40_000, 900):
        market.minute(START + hour * HOUR_MS)

    assert market._path.cache_info().currsize <= 4
    assert market._detail.cache_info().currsize <= 4
    assert market._candles.cache_info().currsize <= 768
