"""Which candles a backtest can be made of: what is kept of a pair, and what an account could still fetch."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from desktop_app.engine.candle_cache import kept_name
from desktop_app.engine.views import AccountView
from desktop_app.gui import fmt
from desktop_app.gui.i18n import tr
from desktop_app.research.past import KeptSeries, Source

FETCHED = ("1m", "5m", "15m", "1h")
DAY_MS = 86_400_000
_USUAL_DAYS, _SIMULATED_DAYS = 90, 30
_FEWEST_DAYS = 3  # of kept candles that a backtest begins with by itself


@dataclass(frozen=True, slots=True)
class DataChoice:
    """Candles of one source; `kept` None where there are none yet; `account` fetches them, empty: nobody can."""

    source: Source
    kept: KeptSeries | None
    account: str
    label: str


def name_of_account(view: AccountView) -> str:
    """What the candles of an account are kept under. A simulated market is this account's alone."""
    if view.mode == "sim":
        return f"sim-{view.account_id}"
    return kept_name(view.exchange, view.address)


def choices_of(symbol: str, series: tuple[KeptSeries, ...], view: AccountView | None) -> tuple[DataChoice, ...]:
    """What the account has and can have first, finest candles first; then what else is kept of the pair."""
    own = name_of_account(view) if view is not None else ""
    kept = {one.source: one for one in series if one.source.symbol == symbol}
    fetched = [Source(own, symbol, timeframe) for timeframe in FETCHED] if view is not None else []
    mine = sorted({*fetched, *(source for source in kept if source.exchange == own)}, key=lambda one: one.step_ms)
    others = sorted(
        (one for one in kept.values() if one.source.exchange != own),
        key=lambda one: (one.source.step_ms, -one.count, one.source.exchange),
    )
    found = [
        DataChoice(source, kept.get(source), view.name, _label(source, kept.get(source), view))
        for source in mine
        if view is not None
    ]
    return (*found, *(DataChoice(one.source, one, "", _label(one.source, one, None)) for one in others))


def finer_than(choice: DataChoice | None, choices: tuple[DataChoice, ...]) -> tuple[DataChoice, ...]:
    """Kept candles of the pair of which a whole number makes one of the chosen, those of the same place first."""
    if choice is None:
        return ()
    step = choice.source.step_ms
    found = [one for one in choices if one.kept is not None and one.source.step_ms < step]
    fitting = [one for one in found if step % one.source.step_ms == 0]
    return tuple(sorted(fitting, key=lambda one: (one.source.exchange != choice.source.exchange, one.source.step_ms)))


def best_of(choices: tuple[DataChoice, ...]) -> int:
    """What most people want: the finest candles that are kept of the account, else the longest kept, else the first."""
    for wanted in (True, False):
        kept = [i for i, one in enumerate(choices) if one.kept is not None and bool(one.account) is wanted]
        if kept:
            return kept[0]
    return 0


def _label(source: Source, kept: KeptSeries | None, view: AccountView | None) -> str:
    where = place_words(source.exchange, view)
    if kept is None:
        return tr("{timeframe} · {place} · none kept yet").format(timeframe=source.timeframe, place=where)
    return f"{source.timeframe} · {where}"


def place_words(exchange: str, view: AccountView | None) -> str:
    """Where candles are from, as people know it."""
    if view is not None and view.mode == "sim":
        return tr("{account} (simulated)").format(account=view.name)
    if exchange == "imported":
        return tr("imported file")
    if exchange.startswith("sim-"):
        return tr("simulated market")
    return exchange.split(" at ", maxsplit=1)[0].capitalize()


# --- days and moments


def day_of(at: int, zone: tzinfo) -> date:
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone).date()


def start_of(day: date, zone: tzinfo) -> int:
    """Midnight at a day's beginning, where people are."""
    return round(datetime.combine(day, time(), zone).timestamp() * 1000)


def end_of(day: date, zone: tzinfo) -> int:
    return start_of(day + timedelta(days=1), zone)


def period_of_days(first: date, last: date, kept: KeptSeries | None, now: int, zone: tzinfo) -> tuple[int, int]:
    """Whole days, but no later than now; on the days on which what is kept begins or ends, as far as it goes."""
    start, end = start_of(first, zone), min(end_of(last, zone), now)
    if kept is not None:
        if day_of(kept.first, zone) == first:
            start = max(start, kept.first)
        if day_of(kept.last, zone) == last:
            end = min(end, kept.end)
    return start, max(start, end)


def usual_days(choice: DataChoice | None, view: AccountView | None, now: int, zone: tzinfo) -> tuple[date, date]:
    """All that is kept; where nothing is, or no more than a chart has left behind, the last months."""
    kept = choice.kept if choice is not None else None
    can_fetch = choice is not None and bool(choice.account)
    if kept is not None and (not can_fetch or kept.end - kept.first >= _FEWEST_DAYS * DAY_MS):
        return day_of(kept.first, zone), day_of(kept.last, zone)
    back = _SIMULATED_DAYS if view is not None and view.mode == "sim" else _USUAL_DAYS
    return day_of(now - back * DAY_MS, zone), day_of(now, zone)


def size_words(count: int) -> str:
    """10.4 MB, 812 kB."""
    kilobytes = count / 1000
    return f"{kilobytes / 1000:,.1f} MB" if kilobytes >= 1000 else f"{max(1, round(kilobytes)):,} kB"


def day_words(at: int, zone: tzinfo) -> str:
    """A day in people's own time: 2026-02-11."""
    return fmt.moment(at, zone)[:10]


def moment_words(at: int, zone: tzinfo) -> str:
    """A minute in people's own time: 2026-02-11 03:00."""
    return fmt.moment(at, zone)[:16]
