"""Work for the tests of worker processes: as modest, deaf, rich or short-lived as each needs."""

import os
import threading

from desktop_app.research.worker import Reporter


def add_up(report: Reporter, numbers: tuple[int, ...]) -> int:
    total = 0
    for at, number in enumerate(numbers):
        total += number
        report.part(total)
        if not report.progress(at + 1, len(numbers), at=number):
            break
    return total


def until_told(report: Reporter) -> str:
    """Works until somebody wants no more."""
    threads = threading.Event()
    done = 0
    while report.progress(done, 1_000_000):
        done += 1
        threads.wait(0.001)
    return "what there is"


def deaf(report: Reporter) -> None:
    report.part("listening to nobody")
    threading.Event().wait()


def broken(report: Reporter) -> None:
    raise ValueError("no such thing")


def out_of_memory(report: Reporter) -> None:
    raise MemoryError


def vanishing(report: Reporter) -> None:
    os._exit(7)


def nice_value(report: Reporter) -> int:
    return os.nice(0)


def modules(report: Reporter) -> tuple[str, ...]:
    import sys

    return tuple(sys.modules)
