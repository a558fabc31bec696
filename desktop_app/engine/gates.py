"""Which bots a price concerns: a tick visits only those whose nearest level it reached."""

from bisect import bisect_left, insort
from decimal import Decimal

from desktop_app.core.events import PriceTick
from desktop_app.core.strategy import Watch

_NEVER_BELOW = Decimal("-Infinity")
_NEVER_ABOVE = Decimal("Infinity")
_NOTHING: tuple[int, ...] = ()
_IDLE = Watch()


class Gate:
    """The watches of all bots on one pair, sorted so that most ticks cost two comparisons."""

    def __init__(self) -> None:
        self._watches: dict[int, Watch] = {}
        self._below: list[tuple[Decimal, int]] = []  # ascending: the last is the first that a falling price meets
        self._above: list[tuple[Decimal, int]] = []  # ascending: the first is the first that a rising price meets
        self._followers: dict[int, None] = {}
        self._readers: dict[int, None] = {}
        self._openers: dict[int, int] = {}  # from when on
        self._opens_after = 0  # the earliest of those
        self._low = _NEVER_BELOW
        self._high = _NEVER_ABOVE

    def __len__(self) -> int:
        return len(self._watches)

    def update(self, bot_id: int, watch: Watch) -> None:
        """Note what this bot waits for from now on."""
        old = self._watches.get(bot_id, _IDLE)
        self._watches[bot_id] = watch
        if watch == old:
            return
        if watch.below != old.below:
            _move(self._below, bot_id, old.below, watch.below)
            self._low = self._below[-1][0] if self._below else _NEVER_BELOW
        if watch.above != old.above:
            _move(self._above, bot_id, old.above, watch.above)
            self._high = self._above[0][0] if self._above else _NEVER_ABOVE
        _flag(self._followers, bot_id, is_on=watch.follows)
        _flag(self._readers, bot_id, is_on=watch.reads)
        if watch.wants_open:
            self._openers[bot_id] = watch.opens_after
        else:
            self._openers.pop(bot_id, None)
        self._opens_after = min(self._openers.values(), default=0)

    def remove(self, bot_id: int) -> None:
        self.update(bot_id, _IDLE)
        self._watches.pop(bot_id, None)

    def visits(self, tick: PriceTick) -> tuple[int, ...]:
        """The bots that must be called for this tick, in a fixed order."""
        price = tick.price
        opens = self._openers and tick.opens and tick.at >= self._opens_after
        if self._low < price < self._high and not self._followers and not opens:
            return _NOTHING
        found = dict(self._followers)
        if opens:
            found.update((bot_id, None) for bot_id, after in self._openers.items() if tick.at >= after)
        for level, bot_id in reversed(self._below):
            if level < price:
                break
            found[bot_id] = None
        for level, bot_id in self._above:
            if level > price:
                break
            found[bot_id] = None
        return tuple(sorted(found))

    def nearest(self) -> Watch:
        """What all bots together wait for."""
        return Watch(
            below=self._below[-1][0] if self._below else None,
            above=self._above[0][0] if self._above else None,
            follows=bool(self._followers),
            wants_open=bool(self._openers),
            opens_after=self._opens_after,
            reads=bool(self._readers),
        )


def is_reached(watch: Watch, tick: PriceTick) -> bool:
    """Whether a bot that waits for `watch` must be called for `tick`."""
    return (
        watch.follows
        or (watch.wants_open and tick.opens and tick.at >= watch.opens_after)
        or (watch.below is not None and tick.price <= watch.below)
        or (watch.above is not None and tick.price >= watch.above)
    )


def _move(levels: list[tuple[Decimal, int]], bot_id: int, old: Decimal | None, new: Decimal | None) -> None:
    if old is not None:
        place = bisect_left(levels, (old, bot_id))
        assert levels[place] == (old, bot_id)
        del levels[place]
    if new is not None:
        insort(levels, (new, bot_id))


def _flag(bots: dict[int, None], bot_id: int, *, is_on: bool) -> None:
    if is_on:
        bots[bot_id] = None
    else:
        bots.pop(bot_id, None)
