"""`candles fetch` and `candles resample`: histories from an exchange, and coarser ones from what is kept."""

import asyncio
import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from desktop_app.cli.histories import find_series, pair_of
from desktop_app.cli.output import BAD_INPUT, DONE, FAILED, CallProblem, count, show, show_document, visible
from desktop_app.cli.progress_line import ProgressLine
from desktop_app.cli.reading import read_moment
from desktop_app.cli.session import House

if TYPE_CHECKING:
    from desktop_app.engine.candle_download import Downloaded, Wanted
    from desktop_app.store.candles import CandleStore

_USUAL = "1m"


def fetch(call: Namespace, house: House) -> int:
    from desktop_app.engine.account_config import given_config, nearest_exchange
    from desktop_app.engine.candle_cache import kept_name
    from desktop_app.engine.candle_download import Wanted
    from desktop_app.store.candle_rules import CandleProblem, step_of
    from desktop_app.store.candles import CandleStore

    if (meant := nearest_exchange(call.exchange)) is not None or call.exchange == "sim":
        hint = f" Did you mean {meant}?" if meant else " `strongroom account exchanges` lists them all."
        raise CallProblem(
            f"There is no exchange {visible(call.exchange)[:40]} to fetch from. Nothing was fetched.{hint}", BAD_INPUT
        )
    symbol, timeframe = pair_of(call.symbol), call.timeframe or _USUAL
    try:
        step_of(timeframe)
        config = given_config({"rest_url": call.rest_url or ""})
    except CandleProblem as problem:
        raise CallProblem(f"{problem} Nothing was fetched.", BAD_INPUT) from None
    except ValueError as error:
        raise CallProblem(f"--rest-url: {error}. Nothing was fetched.", BAD_INPUT) from None
    store, name = CandleStore(house.paths.candles), kept_name(call.exchange, config.rest_url)
    start, end = read_moment(call.start, "--from"), read_moment(call.end, "--to")
    if start is None:
        start = _first_kept(store, name, symbol, timeframe)
    if end is not None and end <= start:
        raise CallProblem("--to is not after --from. Nothing was fetched. Exchange the two.", BAD_INPUT)
    wanted = Wanted(name, symbol, timeframe, start, end if end is not None else sys.maxsize)
    return _tell(call, wanted, _download(call, config.rest_url, store, wanted))


def _first_kept(store: "CandleStore", exchange: str, symbol: str, timeframe: str) -> int:
    for one in store.kept():
        if (one.exchange, one.symbol, one.timeframe) == (exchange, symbol, timeframe):
            return one.first
    raise CallProblem(
        f"No {timeframe} candles of {visible(symbol)} from {visible(exchange)} are kept yet. Nothing was fetched. "
        "Say since when: --from 2025-01-01.",
        BAD_INPUT,
    )


def _download(call: Namespace, rest_url: str, store: "CandleStore", wanted: "Wanted") -> "Downloaded":
    from desktop_app.engine.candle_download import download
    from desktop_app.engine.engine import wall_clock
    from desktop_app.exchange.live.history import History
    from desktop_app.exchange.live_config import LiveConfig
    from desktop_app.exchange.protocol import Refused, Unreachable
    from desktop_app.store.candle_rules import CandleProblem

    async def work() -> "Downloaded":
        async with History(call.exchange, LiveConfig(rest_url=rest_url), wall_clock) as history:
            return await download(history, store, wanted, ProgressLine("candles"))

    again = "What came is kept; the same command goes on from there."
    try:
        return asyncio.run(work())
    except KeyboardInterrupt:
        raise CallProblem(f"Stopped. {again}", FAILED) from None
    except (Unreachable, Refused) as error:
        raise CallProblem(f"{visible(str(error))} {again}", FAILED) from None
    except CandleProblem as problem:
        raise CallProblem(
            f"What {visible(call.exchange)} sent does not fit to what is kept: {problem} Nothing of it was kept.",
            FAILED,
        ) from None


def _tell(call: Namespace, wanted: "Wanted", done: "Downloaded") -> int:
    if call.json:
        show_document(
            {
                "exchange": wanted.exchange,
                "symbol": wanted.symbol,
                "timeframe": wanted.timeframe,
                "added": done.added,
                "skipped": done.known,
                "gaps": done.gaps,
                "missing": done.missing,
            }
        )
        return DONE
    known = f", {done.known} were already there" if done.known else ""
    gaps = f" {count(done.gaps, 'gap')} ({done.missing} candles that the exchange does not have)." if done.gaps else ""
    show(f"Fetched {count(done.added, 'candle')} of {wanted.timeframe} for {visible(wanted.symbol)}{known}.{gaps}")
    return DONE


def resample(call: Namespace, house: House) -> int:
    from desktop_app.engine.candle_download import resampled
    from desktop_app.store.candle_rules import CandleProblem, step_of
    from desktop_app.store.candles import CandleStore

    store, symbol = CandleStore(house.paths.candles), pair_of(call.symbol)
    try:
        every = step_of(call.timeframe)
    except CandleProblem as problem:
        raise CallProblem(f"{problem} Nothing was made.", BAD_INPUT) from None
    finer = tuple(
        one
        for one in store.kept()
        if one.symbol == symbol and step_of(one.timeframe) < every and every % step_of(one.timeframe) == 0
    )
    if not finer and any(one.symbol == symbol for one in store.kept()):
        raise CallProblem(
            f"No candles of {visible(symbol)} are kept that {call.timeframe} could be made of: theirs must go into it "
            "without a rest. Nothing was made.",
            BAD_INPUT,
        )
    series = find_series(finer, symbol, call.source, call.exchange)
    coarse = resampled(store.read(series.exchange, symbol, series.timeframe), every)
    try:
        merged = store.merge(series.exchange, symbol, call.timeframe, coarse)
    except CandleProblem as problem:
        raise CallProblem(f"They do not fit to what is kept: {problem} Nothing was changed.", FAILED) from None
    if call.json:
        document = {"exchange": series.exchange, "symbol": symbol, "timeframe": call.timeframe}
        show_document({**document, "added": merged.added, "skipped": merged.skipped})
    else:
        made = count(merged.added, "candle")
        show(f"Made {made} of {call.timeframe} for {visible(symbol)} out of those of {series.timeframe}.")
    return DONE
