"""`candles`: price histories that are kept for backtests and charts."""

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.cli.output import BAD_INPUT, DONE, CallProblem, count, moment, show, show_document, show_table, visible
from desktop_app.cli.reading import read_moment
from desktop_app.cli.session import House

if TYPE_CHECKING:
    from desktop_app.store.candle_files import CandleFile
    from desktop_app.store.candles import Series

IMPORTED = "imported"


def act(call: Namespace, house: House) -> int:
    match call.verb:
        case "import":
            return _import(call, house)
        case "export":
            return _export(call, house)
        case "fetch" | "resample":
            from desktop_app.cli import candle_fetch

            return candle_fetch.fetch(call, house) if call.verb == "fetch" else candle_fetch.resample(call, house)
        case _:
            return _list(call, house)


def _import(call: Namespace, house: House) -> int:
    from desktop_app.store.candle_rules import CandleProblem
    from desktop_app.store.candles import CandleStore

    symbol = pair_of(call.symbol)
    file = read_candles(call.file, call.timeframe)
    exchange = call.exchange or IMPORTED
    with one_at_a_time(house):
        try:
            merged = CandleStore(house.paths.candles).merge(exchange, symbol, file.timeframe, file.candles)
        except CandleProblem as problem:
            raise CallProblem(f"{call.file}: {problem} Nothing was imported. Correct the file.", BAD_INPUT) from None
    if call.json:
        show_document(
            {
                "exchange": exchange,
                "symbol": symbol,
                "timeframe": file.timeframe,
                "added": merged.added,
                "skipped": merged.skipped,
                "gaps": file.spacing.gaps,
                "missing": file.spacing.missing,
            }
        )
    else:
        gaps = (
            f" {count(file.spacing.gaps, 'gap')} ({file.spacing.missing} candles missing)." if file.spacing.gaps else ""
        )
        known = f", {merged.skipped} were already there" if merged.skipped else ""
        show(f"Kept {count(merged.added, 'candle')} of {file.timeframe} for {visible(symbol)}{known}.{gaps}")
    return DONE


@contextmanager
def one_at_a_time(house: House) -> Iterator[None]:
    """Two imports into the same series at the same time could each undo the other."""
    from desktop_app.engine.lock import InstanceLock
    from desktop_app.engine.problem import Problem

    lock = InstanceLock(house.paths.candles / "import.lock")
    try:
        lock.acquire()
    except Problem as problem:
        if problem.said.code != "second_instance":
            raise
        raise CallProblem("Another import is under way. Nothing was imported. Try again when it is over.", 1) from None
    try:
        yield
    finally:
        lock.release()


def _export(call: Namespace, house: House) -> int:
    from desktop_app.store.candle_files import write_candle_file
    from desktop_app.store.candle_rules import CandleProblem
    from desktop_app.store.candles import CandleStore

    store = CandleStore(house.paths.candles)
    series = find_series(store.kept(), pair_of(call.symbol), call.timeframe, call.exchange)
    start, end = read_moment(call.start, "--from"), read_moment(call.end, "--to")
    candles = store.read(series.exchange, series.symbol, series.timeframe, start, end)
    if not len(candles):
        raise CallProblem("No candles are kept between these times. Nothing was written. `candles list` shows them.")
    try:
        write_candle_file(call.file, candles)
    except CandleProblem as problem:
        raise CallProblem(f"{problem} Nothing was written. Choose another name.") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise CallProblem(
            f"{call.file} cannot be written ({reason}). Nothing was written. Choose another one."
        ) from None
    if call.json:
        show_document({"file": str(call.file), "candles": len(candles), "timeframe": series.timeframe})
    else:
        show(f"Wrote {count(len(candles), 'candle')} of {series.timeframe} to {call.file}.")
    return DONE


def _list(call: Namespace, house: House) -> int:
    from desktop_app.store.candles import CandleStore

    kept = CandleStore(house.paths.candles).kept()
    if call.json:
        show_document(
            [
                {
                    "exchange": one.exchange,
                    "symbol": one.symbol,
                    "timeframe": one.timeframe,
                    "candles": one.count,
                    "from": one.first,
                    "to": one.last,
                    "gaps": one.gaps,
                }
                for one in kept
            ]
        )
    elif not kept:
        show("No candles are kept. `strongroom candles import FILE --symbol BTC/USDT` keeps those of a file.")
    else:
        rows = [
            (
                one.exchange,
                one.symbol,
                one.timeframe,
                str(one.count),
                moment(one.first),
                moment(one.last),
                str(one.gaps),
            )
            for one in kept
        ]
        show_table(("from", "pair", "timeframe", "candles", "first", "last", "gaps"), rows, numbers=(3, 6))
    return DONE


# --- also for backtests


def read_candles(path: Path, timeframe: str | None) -> "CandleFile":
    """A person's candle file. Raises CallProblem with the row and the reason."""
    from desktop_app.store.candle_files import read_candle_file
    from desktop_app.store.candle_rules import CandleProblem

    try:
        return read_candle_file(path, timeframe)
    except CandleProblem as problem:
        raise CallProblem(f"{path}: {problem} Nothing was used of it. Correct the file.", BAD_INPUT) from None
    except FileNotFoundError:
        raise CallProblem(f"There is no candle file {path}. Nothing was done. Check its name and folder.") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise CallProblem(f"The candle file {path} cannot be read ({reason}). Nothing was done. Check it.") from None


def pair_of(symbol: str) -> str:
    """Raises CallProblem."""
    parts = symbol.split("/")
    is_pair = len(parts) == 2 and parts[0] != parts[1] and all(any(map(str.isalnum, part)) for part in parts)
    if not is_pair or not symbol.isprintable() or len(symbol) > 41:
        raise CallProblem(f"--symbol {visible(symbol)[:40]} is no pair. Nothing was done. Write it like BTC/USDT.")
    return symbol


def find_series(kept: "tuple[Series, ...]", symbol: str, timeframe: str | None, exchange: str | None) -> "Series":
    """The one series that is meant. Raises CallProblem where it is none or one of several."""
    found = [
        one
        for one in kept
        if one.symbol == symbol and timeframe in (None, one.timeframe) and exchange in (None, one.exchange)
    ]
    if not found:
        wanted = f"{timeframe} candles of {symbol}" if timeframe else f"candles of {symbol}"
        raise CallProblem(
            f"No {visible(wanted)} are kept. Nothing was done. "
            f"`strongroom candles import FILE --symbol {visible(symbol)}` keeps those of a file."
        )
    if len(found) > 1:
        names = ", ".join(f"--exchange {one.exchange} --timeframe {one.timeframe}" for one in found)
        raise CallProblem(f"Several series of {visible(symbol)} are kept. Nothing was done. Choose one: {names}.")
    return found[0]
