"""`optimise`: many settings of a bot file, tried on candles of the past."""

import os
import sys
from argparse import Namespace
from decimal import Decimal
from typing import TYPE_CHECKING

from desktop_app.cli.backtest import candles_of, rules_of, symbol_of
from desktop_app.cli.output import BAD_INPUT, DONE, FAILED, complain, show
from desktop_app.cli.reading import read_bot, read_count, read_decimal, read_market_of, read_text_file
from desktop_app.cli.session import House

if TYPE_CHECKING:
    from desktop_app.research.search import Search

_SHOWN = 15


def act(call: Namespace, house: House) -> int:
    from desktop_app.research.optimised import to_json, to_text
    from desktop_app.research.optimiser import optimise
    from desktop_app.research.search import BadSearch, check
    from desktop_app.research.space import BadSpace

    settings = read_bot(call.file)
    symbol = symbol_of(call, settings)
    try:
        search = _search(call, settings.kind)
        check(search)
    except BadSpace as bad:
        complain(f"{call.space.name} cannot be searched: {bad}. Nothing was tried. Correct it.")
        return BAD_INPUT
    except BadSearch as bad:
        complain(f"This cannot be searched: {bad}. Nothing was tried.")
        return BAD_INPUT
    candles, timeframe_ms = candles_of(call, house, symbol)
    market, rules = read_market_of(call.market, symbol), rules_of(call, timeframe_ms)
    try:
        found = optimise(settings, candles, market, rules, search, progress=_Teller())
    except BadSearch as bad:
        complain(f"{call.file.name} cannot be searched: {bad}. Nothing was tried.")
        return BAD_INPUT
    except KeyboardInterrupt:
        complain("Stopped. Nothing was kept, and no bot was changed.")
        return FAILED
    if not found.trials:
        complain(
            f"None of the {found.refused:,} points makes a bot that {symbol} would take. No bot was changed. "
            "Check the space against `strongroom bot check`."
        )
        return FAILED
    show(to_json(found) if call.json else to_text(found, _SHOWN))
    return DONE


def _search(call: Namespace, kind: str) -> "Search":
    from desktop_app.research.goals import usual_objective
    from desktop_app.research.search import Search
    from desktop_app.research.space import read_space

    return Search(
        space=read_space(read_text_file(call.space, "search space")),
        sampler=call.sampler,
        trials=read_count(call.trials, "--trials") if call.trials is not None else None,
        objectives=(call.objective or usual_objective(kind),),
        unseen_percent=read_decimal(call.out_of_sample, "--out-of-sample", least=Decimal(0)),
        workers=max(1, read_count(call.workers, "--workers") if call.workers is not None else os.cpu_count() or 1),
        seed=read_count(call.seed, "--seed"),
    )


class _Teller:
    """Progress on a terminal, on one line."""

    def __init__(self) -> None:
        self._told = -1

    def __call__(self, done: int, total: int) -> bool:
        percent = done * 100 // max(1, total)
        if percent != self._told and sys.stderr.isatty():
            self._told = percent
            end = "\n" if done == total else ""
            sys.stderr.write(f"\r{done:,} of {total:,} tried{end}")
            sys.stderr.flush()
        return True
