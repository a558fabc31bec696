"""Fetches the candles that are missing through an account, piece by piece: what has come stays, whenever it stops."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtWidgets import QWidget

from desktop_app.engine.problem import Problem
from desktop_app.gui import fmt
from desktop_app.gui.backtest.choices import DataChoice, moment_words, size_words
from desktop_app.gui.conditions.lab import off_loop
from desktop_app.gui.dialogs import confirmed
from desktop_app.gui.i18n import tr
from desktop_app.gui.wording import problem_text
from desktop_app.research.past import Coverage, keep, look

if TYPE_CHECKING:
    from desktop_app.core.columns import Candles

PIECE = 5_000  # candles asked for at once: a few requests of an exchange
_MOST_ROUNDS = 20  # of looking again at what is missing: gaps are told in parts

Fetch = Callable[[str, str, str, int, int], Awaitable["Candles"]]  # account, pair, timeframe, start, end
Told = Callable[[int, int], None]  # candles asked for, candles wanted


class Stop(Protocol):
    """Whether to go on is asked before each piece."""

    def __call__(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Fetched:
    """What there is now. `problem`: why it stopped early, in a sentence; empty when everything was asked for."""

    coverage: Coverage
    problem: str = ""
    is_stopped: bool = False


async def fetch_missing(
    folder: Path, choice: DataChoice, start: int, end: int, fetch: Fetch, told: Told, is_stopped: Stop
) -> Fetched:
    """Ask the account for every gap of a period. A simulated market's candles are kept here; those of an exchange
    the engine keeps."""
    source, step = choice.source, choice.source.step_ms
    found = await off_loop(lambda: look(folder, source, start, end))
    wanted, asked = found.missing, 0
    tried: set[tuple[int, int]] = set()
    for _ in range(_MOST_ROUNDS):
        pieces = [piece for gap in found.gaps for piece in pieces_of(gap.start, gap.end, step) if piece not in tried]
        if not pieces:
            break
        for first, last in reversed(pieces):  # the newest first: an exchange that has no more says so at the end
            if is_stopped():
                return Fetched(await off_loop(lambda: look(folder, source, start, end)), is_stopped=True)
            tried.add((first, last))
            try:
                candles = await fetch(choice.account, source.symbol, source.timeframe, first, last)
            except Problem as problem:
                return Fetched(await off_loop(lambda: look(folder, source, start, end)), problem_text(problem))
            if source.exchange.startswith("sim-"):
                words = await off_loop(lambda got=candles: keep(folder, source, got))  # type: ignore[misc]
                if words:
                    return Fetched(await off_loop(lambda: look(folder, source, start, end)), words)
            asked += (last - first) // step
            told(min(asked, wanted), wanted)
        found = await off_loop(lambda: look(folder, source, start, end))
    return Fetched(found)


def pieces_of(start: int, end: int, step: int) -> list[tuple[int, int]]:
    long = PIECE * step
    return [(at, min(at + long, end)) for at in range(start, end, long)]


async def may_fetch(
    parent: QWidget, choice: DataChoice, coverage: Coverage, start: int, end: int, zone: tzinfo
) -> bool:
    """Ask, with how much it is, before anything is fetched."""
    size, count = size_words(coverage.missing_bytes), fmt.whole(coverage.missing)
    lines = (
        tr("{count} candles of {pair}, {timeframe} each, from {start} to {end}: about {size} on this disk.").format(
            count=count, pair=choice.source.symbol, timeframe=choice.source.timeframe, size=size,
            start=moment_words(start, zone), end=moment_words(end, zone),
        ),
        tr("They are public prices; nothing is ordered. You can stop at any time: what has come is kept."),
    )  # fmt: skip
    title = tr("Get candles from {account}?").format(account=choice.account)
    return await confirmed(parent, title, lines, yes=tr("Get {size}").format(size=size), no=tr("Not now"))
