from datetime import UTC, date, timedelta, timezone

from desktop_app.gui.backtest.choices import (
    best_of,
    choices_of,
    finer_than,
    name_of_account,
    period_of_days,
    size_words,
    usual_days,
)
from desktop_app.research.past import KeptSeries, Source
from tests.gui.fake_engine import account_view, live_view

DAY = 86_400_000
NOON = 1_795_608_000_000  # 2026-11-25 12:00 UTC


def kept(exchange: str, timeframe: str = "1m", first: int = NOON - 10 * DAY, last: int = NOON) -> KeptSeries:
    source = Source(exchange, "BTC/USDT", timeframe)
    return KeptSeries(source, (last - first) // source.step_ms + 1, first, last, 0)


def test_candles_are_kept_under_the_exchange_a_simulated_market_is_the_accounts_alone() -> None:
    assert name_of_account(account_view()) == "sim-1"
    assert name_of_account(live_view()) == "binance"
    elsewhere = name_of_account(live_view(address="http://127.0.0.1:1"))
    assert elsewhere.startswith("binance at ")
    assert elsewhere != "binance"


def test_the_accounts_own_candles_come_first_and_say_what_is_not_there_yet() -> None:
    found = choices_of("BTC/USDT", (kept("imported"), kept("binance"), kept("kraken", "5m")), live_view())

    assert [(one.source.exchange, one.source.timeframe) for one in found[:4]] == [
        ("binance", "1m"), ("binance", "5m"), ("binance", "15m"), ("binance", "1h"),
    ]  # fmt: skip
    assert [one.source.exchange for one in found[4:]] == ["imported", "kraken"]
    assert found[0].label == "1m · Binance"
    assert found[1].label == "5m · Binance · none kept yet"
    assert found[4].account == ""
    assert best_of(found) == 0


def test_finer_candles_are_kept_ones_of_which_a_whole_number_makes_a_coarse_one() -> None:
    series = (kept("imported", "1m"), kept("binance", "15m"), kept("binance", "5m"), kept("kraken", "3m"))
    found = choices_of("BTC/USDT", series, live_view())
    quarter = next(one for one in found if (one.source.exchange, one.source.timeframe) == ("binance", "15m"))
    fine = finer_than(quarter, found)

    assert [(one.source.exchange, one.source.timeframe) for one in fine] == [
        ("binance", "5m"), ("imported", "1m"), ("kraken", "3m"),
    ]  # fmt: skip
    assert [one.source.timeframe for one in finer_than(fine[0], found)] == ["1m"]
    assert finer_than(None, found) == ()


def test_what_is_kept_is_better_than_what_would_have_to_be_fetched() -> None:
    found = choices_of("BTC/USDT", (kept("imported"),), live_view())

    assert found[best_of(found)].source.exchange == "imported"
    assert choices_of("BTC/USDT", (), None) == ()
    assert best_of(()) == 0


def test_days_are_whole_but_on_the_edges_of_what_is_kept() -> None:
    series = kept("binance")
    first, last = date(2026, 11, 15), date(2026, 11, 25)

    assert period_of_days(first, last, series, NOON + DAY, UTC) == (series.first, series.last + 60_000)
    midnight = 1_794_700_800_000  # 2026-11-15
    assert period_of_days(date(2026, 11, 14), last, series, NOON + DAY, UTC)[0] == midnight - DAY
    assert period_of_days(first, date(2026, 11, 26), None, NOON + DAY, UTC) == (midnight, NOON + DAY)
    assert period_of_days(last, first, None, NOON, UTC)[0] == period_of_days(last, first, None, NOON, UTC)[1]


def test_days_are_those_of_the_persons_zone() -> None:
    east = timezone(timedelta(hours=8))
    start, _ = period_of_days(date(2026, 11, 15), date(2026, 11, 16), None, NOON, east)

    assert start == 1_794_700_800_000 - 8 * 3_600_000


def test_without_candles_the_last_months_are_wanted() -> None:
    assert usual_days(None, live_view(), NOON, UTC) == (date(2026, 8, 27), date(2026, 11, 25))
    assert usual_days(None, account_view(), NOON, UTC) == (date(2026, 10, 26), date(2026, 11, 25))
    chart = choices_of("BTC/USDT", (kept("binance", first=NOON - DAY),), live_view())[0]
    assert usual_days(chart, live_view(), NOON, UTC) == (date(2026, 8, 27), date(2026, 11, 25))
    whole = choices_of("BTC/USDT", (kept("binance"),), live_view())[0]
    assert usual_days(whole, live_view(), NOON, UTC) == (date(2026, 11, 15), date(2026, 11, 25))


def test_sizes_are_told_in_round_units() -> None:
    assert (size_words(48), size_words(4_800), size_words(10_400_000)) == ("1 kB", "5 kB", "10.4 MB")
