"""`optimise`: many settings of a bot file, tried on candles of the past."""

import os
import signal
import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING

from desktop_app.cli.output import BAD_INPUT, DONE, FAILED, complain, show, show_json
from desktop_app.cli.past import past_of, rules_of, symbol_of, with_volume_share
from desktop_app.cli.progress_line import ProgressLine, is_watched
from desktop_app.cli.reading import read_bot, read_count, read_decimal, read_market_of, read_text_file
from desktop_app.cli.session import House

if TYPE_CHECKING:
    from desktop_app.core.settings import Settings
    from desktop_app.research.goals import Limits
    from desktop_app.research.search import Search

_SHOWN = 15


def act(call: Namespace, house: House) -> int:
    from desktop_app.research.cluster import ClusterTrouble
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
    try:
        return _optimised(call, house, settings, search, symbol)
    except BadSearch as bad:
        complain(f"{call.file.name} cannot be searched: {bad}. Nothing was tried.")
        return BAD_INPUT
    except ClusterTrouble as trouble:
        complain(f"The cluster {search.cluster} cannot be used: {trouble} Nothing was tried. No bot was changed.")
        return FAILED
    except MemoryError:
        complain("The memory of this computer does not suffice. No bot was changed. Try fewer candles or workers.")
        return FAILED


def _optimised(call: Namespace, house: House, settings: "Settings", search: "Search", symbol: str) -> int:
    from desktop_app.core.bot_file import read_settings
    from desktop_app.research.assumptions import assumed
    from desktop_app.research.optimised import to_json
    from desktop_app.research.optimised_text import partial, to_text
    from desktop_app.research.optimiser import optimise
    from desktop_app.research.robustness import examine
    from desktop_app.research.walk_forward import check_folds, walk_forward

    past = past_of(call, house, symbol)
    market, rules = read_market_of(call.market, symbol), with_volume_share(call, rules_of(call, past.timeframe_ms))
    folds = read_count(call.walk_forward, "--walk-forward") if call.walk_forward is not None else None
    if folds is not None:
        check_folds(folds, search, len(past.candles))
    task, before = (settings, past.candles, market, rules), past.before if len(past.before) else None
    walked = said = None
    with _stoppable() as stopped:
        found = optimise(*task, search, before=before, progress=ProgressLine("tried", stopped.is_set))
        if found.is_complete and found.trials:
            said = examine(
                found, *task, before=before, progress=ProgressLine("steps of the check done", stopped.is_set)
            )
        if folds is not None and said is not None:
            told = ProgressLine("tried, walking forward", stopped.is_set)
            walked = walk_forward(*task, search, folds, is_rolling=call.rolling, before=before, progress=told)
    if not found.trials:
        complain(
            f"None of the {found.refused:,} points makes a bot that {symbol} would take. No bot was changed. "
            "Check the space against `strongroom bot check`."
            if found.is_complete
            else f"{partial(found)[0].partition('.')[0]}. Nothing was found. No bot was changed."
        )
        return FAILED
    data = settings.model_dump(mode="json", exclude_defaults=True)
    best = read_settings(settings.kind, found.trials[0].point.applied_to(data)).settings
    given = (past.candles, rules.applied_to(market), rules)
    taken = assumed(best or settings, *given, source=past.source, warm_up=before)
    if call.json:
        show_json(to_json(found, walked, said, taken))
    else:
        show(to_text(found, _SHOWN, walked, said, taken))
    if found.is_complete and not stopped.is_set():
        return DONE
    complain(partial(found)[0] if not found.is_complete else "Stopped in the checks of what was found.")
    return FAILED


def _search(call: Namespace, kind: str) -> "Search":
    from desktop_app.research.goals import usual_objective
    from desktop_app.research.search import Search
    from desktop_app.research.space import read_space

    names = [name.strip() for name in call.objective.split(",")] if call.objective else [usual_objective(kind)]
    return Search(
        space=read_space(read_text_file(call.space, "search space")),
        sampler=call.sampler,
        trials=read_count(call.trials, "--trials") if call.trials is not None else None,
        objectives=tuple(names),
        limits=_limits(call),
        unseen_percent=read_decimal(call.out_of_sample, "--out-of-sample", least=Decimal(0)),
        workers=max(1, read_count(call.workers, "--workers") if call.workers is not None else os.cpu_count() or 1),
        seed=read_count(call.seed, "--seed"),
        cluster=call.cluster,
    )


def _limits(call: Namespace) -> "Limits":
    from desktop_app.research.goals import Limits

    def limit(text: str | None, option: str) -> Decimal | None:
        return None if text is None else read_decimal(text, option, least=Decimal(0))

    return Limits(
        max_funds=limit(call.max_funds, "--max-funds"),
        max_drawdown=limit(call.max_drawdown, "--max-drawdown"),
        min_deals=read_count(call.min_deals, "--min-deals") if call.min_deals is not None else None,
    )


@contextmanager
def _stoppable() -> "Iterator[threading.Event]":
    """The first Ctrl-C asks for what was found so far; the second ends at once."""
    stopped = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stopped
        return

    def stop(*_: object) -> None:
        stopped.set()
        signal.signal(signal.SIGINT, usual)
        if is_watched():
            complain("Stopping. Press Ctrl-C once more to have no result.")

    usual = signal.signal(signal.SIGINT, stop)
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, usual)
