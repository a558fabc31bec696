"""The command line: parse, find the noun, do it, and say what went wrong in one sentence."""

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from desktop_app.cli.output import FAILED, CallProblem, complain, speak_utf8, stop_speaking, visible
from desktop_app.cli.parser import parse

if TYPE_CHECKING:
    from desktop_app.cli.opening import OpenWindow
    from desktop_app.cli.session import BuildEngine, House, Paint
    from desktop_app.config import Paths
    from desktop_app.core.redaction import Scrubber


def main(
    arguments: Sequence[str],
    *,
    build_engine: "BuildEngine",
    open_window: "OpenWindow",
    paint: "Paint | None" = None,
    scrubber: "Scrubber | None" = None,
) -> int:
    """Do one call; the exit status. Never raises, whatever happens. `scrubber` knows what no log may show."""
    from desktop_app.core.redaction import Scrubber

    speak_utf8()
    scrubber = scrubber or Scrubber()
    paths: Paths | None = None
    try:
        call = parse(arguments)
        if (call.noun, getattr(call, "verb", None)) == ("bot", "check"):  # needs no data folder, so it costs nothing
            status = _check(call)
        else:
            house = _house(call, build_engine, paint, scrubber)
            paths = house.paths
            status = _open(call, house, open_window) if call.noun is None else _do(call, house)
        sys.stdout.flush()
    except SystemExit as shown:  # help or the version
        return shown.code if isinstance(shown.code, int) else 0
    except CallProblem as problem:
        complain(str(problem))
        return problem.exit_status
    except KeyboardInterrupt:
        complain("Stopped by Ctrl-C. What was already written down stays; orders on the exchange stay as they are.")
        return FAILED
    except BrokenPipeError:
        stop_speaking()
        return FAILED
    except Exception as error:  # noqa: BLE001 - no traceback ever reaches the person
        return _unforeseen(error, paths, scrubber)
    return status


def _house(
    call: argparse.Namespace, build_engine: "BuildEngine", paint: "Paint | None", scrubber: "Scrubber"
) -> "House":
    from desktop_app.cli.session import House, paths_of

    try:
        return House(paths_of(call.data_dir, call.profile), build_engine, scrubber, paint)
    except (ValueError, RuntimeError) as error:
        raise CallProblem(f"{error} Nothing was done. Choose another name with --profile or --data-dir.") from None


def _check(call: argparse.Namespace) -> int:
    from desktop_app.cli.check import check

    return check(call)


def _open(call: argparse.Namespace, house: "House", open_window: "OpenWindow") -> int:
    from desktop_app.cli.opening import Opening, opened

    return opened(house, Opening(call.document, call.in_background), open_window)


def _do(call: argparse.Namespace, house: "House") -> int:
    """Only the module of the noun is imported: starting must stay cheap."""
    match call.noun:
        case "account":
            from desktop_app.cli import account

            return account.act(call, house)
        case "bot":
            from desktop_app.cli import bot

            return bot.act(call, house)
        case "deal":
            from desktop_app.cli import deal

            return deal.act(call, house)
        case "trade":
            from desktop_app.cli import trade

            return trade.act(call, house)
        case "strategy":
            from desktop_app.cli import strategy

            return strategy.act(call, house)
        case "signal":
            from desktop_app.cli import signal

            return signal.act(call, house)
        case "candles":
            from desktop_app.cli import candles

            return candles.act(call, house)
        case "audit":
            from desktop_app.cli import audit

            return audit.act(call, house)
        case _:
            return _do_without_verb(call, house)


def _do_without_verb(call: argparse.Namespace, house: "House") -> int:
    match call.noun:
        case "run":
            from desktop_app.cli import run

            return run.act(call, house)
        case "backtest":
            from desktop_app.cli import backtest

            return backtest.act(call, house)
        case "optimise":
            from desktop_app.cli import optimise

            return optimise.act(call, house)
        case "panic":
            from desktop_app.cli import panic

            return panic.act(call, house)
        case _:
            from desktop_app.cli import doctor

            return doctor.act(call, house)


def _unforeseen(error: Exception, paths: "Paths | None", scrubber: "Scrubber") -> int:
    from desktop_app.cli.output import wording
    from desktop_app.engine.problem import Problem, of_store
    from desktop_app.store.errors import StoreError

    if isinstance(error, StoreError):
        error = of_store(error)
    if isinstance(error, Problem):
        complain(wording(error.said))
        return error.exit_status
    from desktop_app.cli.log_file import keep_traceback

    log = keep_traceback(error, paths, scrubber)
    what = visible(scrubber.scrub(f"{type(error).__name__}: {error}"))[:200]
    where = f"The details are in {log}; please report them." if log else "Please report it."
    complain(f"Something unexpected happened ({what}). Orders on the exchange stay as they are. {where}")
    return FAILED
