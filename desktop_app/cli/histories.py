"""What commands about candles share: a person's file, a kept series and a pair."""

from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.cli.output import BAD_INPUT, CallProblem, visible

if TYPE_CHECKING:
    from desktop_app.store.candle_files import CandleFile
    from desktop_app.store.candles import Series


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
