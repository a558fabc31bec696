"""How the price moves inside a candle, so that the backtest and a replay meet every level in the same order."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Protocol

from desktop_app.core.change import quick
from desktop_app.core.columns import Candles, exact
from desktop_app.core.events import ClockStruck, Event, PriceTick
from desktop_app.core.market import Candle
from desktop_app.core.matching import Matcher, Point
from desktop_app.core.strategy import Watch

_MOST_MOMENTS = 10_000  # of one candle: past this, two orders are answering each other without end


@quick
@dataclass(frozen=True, slots=True)
class Moment:
    """A point of the path at which something happens. Deliver the events, in order, before asking for the next."""

    point: Point
    events: tuple[Event, ...]


@quick
@dataclass(frozen=True, slots=True)
class _Leg:
    """A straight move of the price; in a jump everything trades at its end. `at`: what the clock shows on it."""

    start: Decimal
    end: Decimal
    candle_at: int
    bar_end: int
    is_jump: bool = False
    at: int = 0

    def point(self, level: Decimal) -> Point:
        if self.is_jump:
            return Point(self.end, self.at, level, self.candle_at, self.bar_end, jumped_from=self.start)
        return Point(level, self.bar_end, None, self.candle_at, self.bar_end)


@quick
@dataclass(frozen=True, slots=True)
class _Ahead:
    """What lies ahead as long as nothing happens: the nearest prices, falling and rising, at which an order fills or
    somebody looks."""

    watch: Watch
    below: Decimal | None
    above: Decimal | None

    def is_idle(self, end: Decimal) -> bool:
        """Whether nothing happens on the way from where the walk stands to this price."""
        if self.watch.follows and not _is_calm(self.watch, end):
            return False
        return (self.below is None or self.below < end) and (self.above is None or self.above > end)


class News(Protocol):
    """What bots are told where a candle opens, before its opening price: readings of conditions."""

    def next(self, index: int) -> int:
        """The first candle from `index` on that has news."""

    def events(self, index: int) -> tuple[Event, ...]: ...


class Walk:
    """The walk of one pair's candles over the orders in a matcher and the levels that bots watch.

    The caller delivers each moment's events; what the bots answer goes into the matcher at `point`, the place
    where the walk stands, before the next moment is asked for. `watch` and `wake_at` are asked again after each.
    """

    def __init__(
        self,
        matcher: Matcher,
        symbol: str,
        every_ms: int,
        watch: Callable[[], Watch],
        wake_at: Callable[[], int | None],
        *,
        is_high_first_on_tie: bool = False,
        previous: Candle | None = None,
        news: News | None = None,
        inside: Callable[[int], Sequence[Candle]] | None = None,
    ) -> None:
        """`previous`: the candle before the first, whose close the first jump starts from.

        `news` goes by the numbers of candles in columns, and so does `inside`, which gives the finer candles that are
        walked in a candle's place where there are any. Clocks and openings go by the coarse candle all the same.
        """
        self._inside = inside
        self._news = news
        self._matcher = matcher
        self._symbol = symbol
        self._every_ms = every_ms
        self._watch = watch
        self._wake_at = wake_at
        self._is_high_first_on_tie = is_high_first_on_tie
        self._close: Decimal | None = None
        self._told: list[Watch] = []  # what was watched at each tick given since the path last moved
        self._seen: _Ahead | None = None  # None: something has happened since, or may have
        self._moments = 0
        self.point: Point | None = None
        self.index = 0  # of the candle under way, when walking columns
        self.leg = -1  # of its path; -1: the jump to its open
        if previous:
            end = previous.at + every_ms
            self._close = previous.close
            self.point = Point(previous.close, end, None, previous.at, end)

    def columns(self, candles: Candles) -> Iterator[Moment]:
        """Walk many candles, leaping over those in which nothing can happen.

        Only for callers that change nothing between two moments but by what they answer.
        """
        total = len(candles)
        self.index = 0
        while self.index < total:
            yield from self.candle(candles.candle(self.index))
            self.leap(candles, self._next_visit(candles, self.index + 1))

    def leap(self, candles: Candles, index: int) -> None:
        """Go on at this candle: in those between nothing happened."""
        if self.index + 1 < index:
            self._close = exact(candles.close[index - 1])
            self._told.clear()
        self.index = index

    def candle(self, candle: Candle) -> Iterator[Moment]:
        """Walk one candle: the jump to its open, what is due by the clock, the opening tick, the path."""
        self._seen = None
        yield from self._arrive(candle)
        yield from self._open(candle)
        yield from self._finish(candle)

    # The three parts of a candle, for walks of several pairs that go side by side: what happens to one may change
    # what is watched on another.

    def arrive(self, candle: Candle) -> Iterator[Moment]:
        """The jump to its open."""
        self._seen = None
        yield from self._arrive(candle)

    def open(self, candle: Candle) -> Iterator[Moment]:
        """What is due by the clock, and the opening tick."""
        self._seen = None
        yield from self._open(candle)

    def finish(self, candle: Candle) -> Iterator[Moment]:
        """The path from its open on."""
        self._seen = None
        yield from self._finish(candle)

    def _arrive(self, candle: Candle) -> Iterator[Moment]:
        self._moments = 0
        self.leg = -1
        finer = self._inside(self.index) if self._inside is not None else ()
        self._offer(finer[0].volume if finer else candle.volume)
        if self._close is not None and self._close != candle.open:
            if self._ahead().is_idle(candle.open):
                self._told.clear()
            else:
                yield from self._walk_whole(self._jump(candle, self._close))
        self.leg = 0
        self.point = Point(candle.open, candle.at, None, candle.at, candle.at + self._every_ms)

    def _finish(self, candle: Candle) -> Iterator[Moment]:
        finer = self._inside(self.index) if self._inside is not None else ()
        yield from self._finer(candle, finer) if finer else self._legs(candle, 0)
        self._offer(None)

    def resume(self, candle: Candle, leg: int, price: Decimal) -> Iterator[Moment]:
        """Walk the rest of a candle from the place where an earlier walk stood: a leg, and the price on its path."""
        self._moments = 0
        self._seen = None
        self.leg = leg
        if leg < 0:
            jump = self._jump(candle, price)
            self.point = jump.point(price)
            yield from self._settle()
            yield from self._walk_whole(jump)
        if leg < 0 or (leg == 0 and price == candle.open):
            self.leg = 0
            self.point = Point(candle.open, candle.at, None, candle.at, candle.at + self._every_ms)
            yield from self._open(candle)
            yield from self._legs(candle, 0)
        else:
            yield from self._legs(candle, leg, price)

    def _open(self, candle: Candle) -> Iterator[Moment]:
        yield from self._settle()
        yield from self._strike(candle.at)
        if self._news is not None and (told := self._news.events(self.index)):
            self._told.clear()
            yield self._moment(*told)
        watch = self._ahead().watch
        opens = watch.wants_open and candle.at >= watch.opens_after
        if opens:
            # A deal opened here may watch the very levels that an earlier one was told of at this price.
            self._told.clear()
        if not self._told and (opens or watch.follows):
            self._told.append(watch)
            yield self._moment(self._tick(opens=True))
            yield from self._settle()

    def _legs(self, candle: Candle, first: int, entry: Decimal | None = None) -> Iterator[Moment]:
        """The path from its leg `first` on; `entry`: not from the start of that one, but from this price."""
        legs = tuple(pairwise(path(candle, is_high_first_on_tie=self._is_high_first_on_tie)))
        bar_end = candle.at + self._every_ms
        idle: Decimal | None = None  # how far the path has come with nothing to tell
        for self.leg in range(first, len(legs)):
            start, stop = legs[self.leg]
            if entry is None and (start == stop or self._ahead().is_idle(stop)):
                idle = stop if start != stop else idle
                continue
            leg = _Leg(start if entry is None else entry, stop, candle.at, bar_end)
            if entry is not None:
                self.point = leg.point(entry)
                yield from self._settle()
                entry = None
            stand = yield from self._walk(leg)
            idle = stop if stand != stop else None
        if idle is not None:
            self.point = Point(idle, bar_end, None, candle.at, bar_end)
            self._told.clear()
        self._close = candle.close

    def _finer(self, candle: Candle, finer: Sequence[Candle]) -> Iterator[Moment]:
        """The paths of the finer candles, one after the other; between two of them the price may jump."""
        bar_end = candle.at + self._every_ms
        stand = candle.open
        for nth, one in enumerate(finer):
            self._moments = 0
            if nth:
                self._offer(one.volume)
            if stand != one.open:
                yield from self._walk_whole(_Leg(stand, one.open, candle.at, bar_end, is_jump=True, at=bar_end))
            for start, stop in pairwise(path(one, is_high_first_on_tie=self._is_high_first_on_tie)):
                yield from self._walk_whole(_Leg(start, stop, candle.at, bar_end))
            stand = one.close
        self._close = candle.close

    def _jump(self, candle: Candle, start: Decimal) -> _Leg:
        return _Leg(start, candle.open, candle.at, candle.at + self._every_ms, is_jump=True, at=candle.at)

    # --- along a leg ---------------------------------------------------------------------------------------------

    def _walk_whole(self, leg: _Leg) -> Iterator[Moment]:
        stand = yield from self._walk(leg)
        if stand != leg.end:
            self.point = leg.point(leg.end)
            self._told.clear()

    def _walk(self, leg: _Leg) -> Generator[Moment, None, Decimal]:
        """Along the leg as far as something happens; returns how far that is."""
        stand = leg.start
        while stand != leg.end:
            ahead = self._ahead()
            if ahead.is_idle(leg.end):
                break
            below, above = self._matcher.levels(self._symbol)
            levels = (below, ahead.watch.below) if leg.end < stand else (above, ahead.watch.above)
            stand = _next_stand(stand, leg.end, levels)
            self.point = leg.point(stand)
            self._told.clear()
            yield from self._settle(is_corner=stand == leg.end)
        return stand

    def _offer(self, volume: Decimal | None) -> None:
        """What of the candle's volume limits may fill; None: the candle is over."""
        if self._matcher.shares_volume:
            self._seen = None
            self._matcher.offer(self._symbol, volume)

    def _ahead(self) -> _Ahead:
        if self._seen is None:
            watch = self._watch()
            below, above = self._matcher.levels(self._symbol)
            if watch.below is not None and (below is None or watch.below > below):
                below = watch.below
            if watch.above is not None and (above is None or watch.above < above):
                above = watch.above
            self._seen = _Ahead(watch, below, above)
        return self._seen

    def _settle(self, *, is_corner: bool = False) -> Iterator[Moment]:
        """All that happens where the walk stands: resting orders one by one, then whoever watches this price."""
        while True:
            assert self.point is not None
            while events := self._matcher.fill_next(self._symbol, self.point):
                self._told.clear()
                yield self._moment(*events)
            watch = self._ahead().watch
            is_turn = is_corner and watch.follows and not self._told
            if not (is_turn or _is_reached(watch.below, watch.above, self.point)) or watch in self._told:
                return
            self._told.append(watch)
            yield self._moment(self._tick(opens=False))

    def _strike(self, at: int) -> Iterator[Moment]:
        """What is due at or before the candle's opening moment, each alarm once."""
        struck: set[int] = set()
        while (due := self._wake_at()) is not None and due <= at and due not in struck:
            struck.add(due)
            self._told.clear()
            yield self._moment(ClockStruck(at))
            yield from self._settle()

    def _tick(self, *, opens: bool) -> PriceTick:
        assert self.point is not None
        return PriceTick(self._symbol, self.point.price, self.point.at, opens=opens, path=self.point.path)

    def _moment(self, *events: Event) -> Moment:
        assert self.point is not None
        self._moments += 1
        self._seen = None
        assert self._moments <= _MOST_MOMENTS, f"{self._symbol}: no end of events in one candle"
        return Moment(self.point, events)

    def next_visit(self, candles: Candles, start: int) -> int:
        """The first candle from `start` on in which something can happen."""
        self._seen = None
        return self._next_visit(candles, start)

    def _next_visit(self, candles: Candles, start: int) -> int:
        ahead = self._ahead()
        watch, below, above = ahead.watch, ahead.below, ahead.above
        if watch.follows:
            if watch.calm is None:
                return start
            least, most = watch.calm
            below = max((level for level in (below, least) if level is not None), default=None)
            above = min((level for level in (above, most) if level is not None), default=None)
        news = len(candles) if self._news is None else self._news.next(start)
        times = [due for due in (self._wake_at(), watch.opens_after if watch.wants_open else None) if due is not None]
        stop = max(start, int(candles.at.searchsorted(min(times)))) if times else len(candles)
        stop = min(stop, news)
        return candles.touching(start, stop, below, above)


def path(candle: Candle, *, is_high_first_on_tie: bool) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """Open → nearer extreme → farther extreme → close."""
    up, down = candle.high - candle.open, candle.open - candle.low
    is_high_first = up < down or (up == down and is_high_first_on_tie)
    nearer, farther = (candle.high, candle.low) if is_high_first else (candle.low, candle.high)
    return candle.open, nearer, farther, candle.close


def _next_stand(stand: Decimal, end: Decimal, levels: tuple[Decimal | None, Decimal | None]) -> Decimal:
    """The nearest of these levels on the way to the end, else the end."""
    nearest = end
    for level in levels:
        if level is not None and (nearest < level < stand or stand < level < nearest):
            nearest = level
    return nearest


def _is_calm(watch: Watch, price: Decimal) -> bool:
    """Whether it changes nothing for who follows that the price turns here."""
    if watch.calm is None:
        return False
    least, most = watch.calm
    return (least is None or least <= price) and (most is None or price <= most)


def _is_reached(below: Decimal | None, above: Decimal | None, point: Point) -> bool:
    if below is not None and point.highest <= below:
        return True
    return above is not None and point.lowest >= above
