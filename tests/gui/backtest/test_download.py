import asyncio
import itertools
from pathlib import Path

from desktop_app.core.gathering import rows
from desktop_app.core.said import said
from desktop_app.engine.problem import Problem
from desktop_app.gui.backtest.choices import DataChoice
from desktop_app.gui.backtest.download import PIECE, Fetched, fetch_missing, pieces_of
from desktop_app.research.past import Source
from tests.gui.backtest.trials import COUNT, END, MINUTE, SOURCE, START, fill, walk

CHOICE = DataChoice(SOURCE, None, "Paper wallet", "")


class Exchange:
    """Has all candles from `since` on; `breaks` after so many answers."""

    def __init__(self, since: int = START, breaks: int = 99) -> None:
        self.asked: list[tuple[int, int]] = []
        self._since, self._breaks = since, breaks

    async def candles(self, account: str, symbol: str, timeframe: str, start: int, end: int) -> object:
        if len(self.asked) >= self._breaks:
            raise Problem(said("unreachable", account=account, reason="no network"))
        self.asked.append((start, end))
        whole = walk()
        first, last = (int(whole.at.searchsorted(at)) for at in (max(start, self._since), end))
        return rows(whole, first, last)


def fetch(folder: Path, exchange: Exchange, *, stop_after: int = 99) -> tuple[Fetched, list[tuple[int, int]]]:
    told: list[tuple[int, int]] = []

    async def work() -> Fetched:
        return await fetch_missing(
            folder / "candles", CHOICE, START, END, exchange.candles,  # type: ignore[arg-type]
            lambda done, total: told.append((done, total)), lambda: len(exchange.asked) >= stop_after,
        )  # fmt: skip

    return asyncio.run(work()), told


def test_x_05_only_what_is_missing_is_asked_for_in_pieces_the_newest_first(tmp_path: Path) -> None:
    exchange = Exchange()

    found, told = fetch(tmp_path, exchange)

    assert found.coverage.is_whole
    assert exchange.asked == [(START + PIECE * MINUTE, END), (START, START + PIECE * MINUTE)]
    assert told == [(COUNT - PIECE, COUNT), (COUNT, COUNT)]
    assert fetch(tmp_path, exchange)[0].coverage.is_whole
    assert len(exchange.asked) == 2


def test_x_05_what_has_come_stays_when_it_breaks_off_and_the_rest_follows(tmp_path: Path) -> None:
    broken, _ = fetch(tmp_path, Exchange(breaks=1))

    assert broken.problem
    assert broken.coverage.candles == COUNT - PIECE

    rest = Exchange()
    assert fetch(tmp_path, rest)[0].coverage.is_whole
    assert rest.asked == [(START, START + PIECE * MINUTE)]


def test_x_05_it_stops_between_two_pieces_when_asked(tmp_path: Path) -> None:
    found, _ = fetch(tmp_path, Exchange(), stop_after=1)

    assert found.is_stopped
    assert found.coverage.candles == COUNT - PIECE


def test_x_05_what_an_exchange_does_not_have_is_asked_for_once(tmp_path: Path) -> None:
    exchange = Exchange(since=START + 100 * MINUTE)

    found, _ = fetch(tmp_path, exchange)

    assert found.coverage.missing == 100
    assert not found.problem
    assert len(exchange.asked) == len(set(exchange.asked)) == 3


def test_candles_that_do_not_fit_those_that_are_kept_are_told(tmp_path: Path) -> None:
    fill(tmp_path, range(100))
    wrong = Exchange()

    async def shifted(*asked: object) -> object:
        found = walk(seed=9)
        return type(found)(found.at + 7, found.open, found.high, found.low, found.close, found.volume)

    wrong.candles = shifted  # type: ignore[method-assign,assignment]
    found, _ = fetch(tmp_path, wrong)

    assert "other moments" in found.problem


def test_pieces_cover_a_span_without_overlap() -> None:
    pieces = pieces_of(0, 12_000 * MINUTE, MINUTE)

    assert pieces[0] == (0, PIECE * MINUTE)
    assert pieces[-1][1] == 12_000 * MINUTE
    assert all(first[1] == second[0] for first, second in itertools.pairwise(pieces))
    assert Source("a", "B/C", "1m").step_ms == MINUTE
