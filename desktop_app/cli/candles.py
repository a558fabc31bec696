"""`candles`: price histories that are kept for backtests and charts."""

from argparse import Namespace

from desktop_app.cli.histories import find_series, pair_of, read_candles
from desktop_app.cli.output import BAD_INPUT, DONE, CallProblem, count, moment, show, show_document, show_table, visible
from desktop_app.cli.reading import read_moment
from desktop_app.cli.session import House

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
    """Every file for itself: those before one that is refused stay."""
    from desktop_app.store.candle_rules import CandleProblem
    from desktop_app.store.candles import CandleStore

    symbol, exchange = pair_of(call.symbol), call.exchange or IMPORTED
    store = CandleStore(house.paths.candles)
    added = skipped = gaps = missing = 0
    timeframe = ""
    for path in call.files:
        file = read_candles(path, call.timeframe)
        try:
            merged = store.merge(exchange, symbol, file.timeframe, file.candles)
        except CandleProblem as problem:
            raise CallProblem(f"{path}: {problem} Nothing of it was imported. Correct the file.", BAD_INPUT) from None
        added, skipped = added + merged.added, skipped + merged.skipped
        gaps, missing, timeframe = gaps + file.spacing.gaps, missing + file.spacing.missing, file.timeframe
    if call.json:
        document = {"exchange": exchange, "symbol": symbol, "timeframe": timeframe, "added": added}
        show_document({**document, "skipped": skipped, "gaps": gaps, "missing": missing})
    else:
        lacks = f" {count(gaps, 'gap')} ({missing} candles missing)." if gaps else ""
        known = f", {skipped} were already there" if skipped else ""
        show(f"Kept {count(added, 'candle')} of {timeframe} for {visible(symbol)}{known}.{lacks}")
    return DONE


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
